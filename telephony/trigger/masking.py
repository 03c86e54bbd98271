"""What must not be kept of a call: numbers of cards, secret numbers, and what callers key in."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from voicehub.remote.card_numbers import without_card_numbers
from voicehub.remote.redaction import MASK

# A value whose name holds one of these is not kept: in doubt rather one too many.
SECRET_WORDS = (
    *("pin", "cvv", "cvc", "cvn", "csc", "code", "pass", "pwd", "secret", "token", "otp"),
    *("ssn", "social", "card", "expir", "zip", "postal", "security"),
)
SECRET_NAMES = frozenset({"exp", "pan"})
# What chooses from a menu; more keys than that may be a secret number.
MOST_KEYS = 2
LONGEST_ID = 80
# As Asterisk makes them, of a time and a counter: it is no card's number, whatever the digits.
_ASTERISK_ID = re.compile(r"[A-Za-z]{1,8}[0-9]{0,3}-[0-9]{10}\.[0-9]{1,6}", re.ASCII)


def is_secret(name: str) -> bool:
    flat = re.sub(r"[\W_]", "", name.lower())
    return flat in SECRET_NAMES or any(word in flat for word in SECRET_WORDS)


def masked_keys(keys: str) -> str:
    return keys if len(keys) <= MOST_KEYS else MASK


def masked_call_id(call_id: str) -> str:
    """The id of a call without what may be a card's number, and not too long; two ids never become one."""
    clean = call_id if _ASTERISK_ID.fullmatch(call_id) else without_card_numbers(call_id)
    if clean == call_id and len(call_id) <= LONGEST_ID:
        return call_id
    return f"{clean[:40]}-{salted_hmac('hotline call', call_id).hexdigest()[:16]}"


def masked_values(values: Mapping[str, str]) -> dict[str, str]:
    """Variables or fields of a contact: names stay, but for such as are numbers of cards themselves."""
    return {
        without_card_numbers(name): MASK if value and is_secret(name) else without_card_numbers(value)
        for name, value in values.items()
    }


def masked_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as it was sent, without what a caller may have put into its texts."""
    masked = dict(answer)
    if "play" in masked:
        masked["play"] = [{name: without_card_numbers(text) for name, text in one.items()} for one in masked["play"]]
    if "variables" in masked:
        masked["variables"] = masked_values(masked["variables"])
    return masked
