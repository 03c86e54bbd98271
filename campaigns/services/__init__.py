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
from campaigns.services.voiceshot import voiceshot_account

__all__ = [
    "NotStartableError",
    "call_again",
    "duplicate",
    "pause",
    "resume",
    "settle_missing",
    "start",
    "stop",
    "try_out",
    "voiceshot_account",
]
