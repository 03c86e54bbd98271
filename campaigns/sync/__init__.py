"""How the records of campaigns get to VoiceShot: a module a record."""

from campaigns.sync import batches, menus, sound_files, voiceshot

__all__ = ["batches", "menus", "sound_files", "voiceshot"]
