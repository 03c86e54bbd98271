"""VoiceShot: posts in XML to one address, and what comes back. Knows no model."""

from campaigns.voiceshot.client import VoiceShotClient, VoiceShotSettings
from campaigns.voiceshot.records import Call, Ending, Post, SeenCall, WirePrompt

__all__ = ["Call", "Ending", "Post", "SeenCall", "VoiceShotClient", "VoiceShotSettings", "WirePrompt"]
