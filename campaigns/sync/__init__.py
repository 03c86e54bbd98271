"""How the records of campaigns get to VoiceShot: a module a record."""

from campaigns.sync import batches, menus, voiceshot

__all__ = ["batches", "menus", "voiceshot"]
