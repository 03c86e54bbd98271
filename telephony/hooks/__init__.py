"""What providers ask VoiceHub while somebody holds the line."""

from telephony.hooks.script_loads import ScriptLoads

__all__ = ["ScriptLoads"]
