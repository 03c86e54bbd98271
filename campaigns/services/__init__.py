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
from campaigns.services.drafts import delete_draft, insist_on_state, save_campaign, take_out, why_not_deleted
from campaigns.services.menus import hold_menu, menu_of, save_menu
from campaigns.services.sound_files import add_sound, replace_sound
from campaigns.services.voiceshot import NotConnectedError, voiceshot_account

__all__ = [
    "NotConnectedError",
    "NotStartableError",
    "add_sound",
    "call_again",
    "delete_draft",
    "duplicate",
    "hold_menu",
    "insist_on_state",
    "menu_of",
    "pause",
    "replace_sound",
    "resume",
    "save_campaign",
    "save_menu",
    "settle_missing",
    "start",
    "stop",
    "take_out",
    "try_out",
    "voiceshot_account",
    "why_not_deleted",
]
