"""The doors to campaigns: for pages, runs and commands alike."""

from campaigns.services.campaigns import (
    NotStartableError,
    call_again,
    duplicate,
    pause,
    resume,
    settle_missing,
    start,
    stop,
    try_out,
)
from campaigns.services.sound_files import add_sound, replace_sound
from campaigns.services.voiceshot import NotConnectedError, voiceshot_account

__all__ = [
    "NotConnectedError",
    "NotStartableError",
    "add_sound",
    "call_again",
    "duplicate",
    "pause",
    "replace_sound",
    "resume",
    "settle_missing",
    "start",
    "stop",
    "try_out",
    "voiceshot_account",
]
