"""Making up a call to a hotline, whose Trigger branch asks VoiceHub what to play and where to go."""

from voicehub.sandbox.providers.voitex.calls.call import TriggerCall, Turn
from voicehub.sandbox.providers.voitex.calls.plan import Plan

__all__ = ["Plan", "TriggerCall", "Turn"]
