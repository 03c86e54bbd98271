"""What providers ask VoiceHub while somebody holds the line."""

from telephony.hooks.script_loads import ScriptLoads
from telephony.hooks.trigger import TriggerRequests

__all__ = ["ScriptLoads", "TriggerRequests"]
