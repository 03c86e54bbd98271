"""Numbers of North America, the only ones that VoiceShot calls: read as people write them, and their time zones."""

import functools
import re

from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number

from voicehub.common import phones
from voicehub.common.time_zones import known_names

# What people write between digits, and what comes along unseen when a number is copied.
NOISE = re.compile("[\\s()./\u2010-\u2014\u200b-\u200f\u202a-\u202e\u2060\ufeff-]+")
PLAIN = re.compile(r"(?:\+?1|001)?([2-9]\d{2}[2-9]\d{6})", re.ASCII)
# Without its point it might be somebody else's.
FRACTION = re.compile(r"\s*\+?\d+\.0+\s*", re.ASCII)
DAMAGED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
AS_LONG_AS_ONE = 10
# A number that belongs to no area may be in any zone of the continent; none of the others is in more than this.
MOST_ZONES = 5


class NotCallableError(Exception):
    """VoiceShot cannot call what was typed; the text says why, and what to do."""


def read(typed: str) -> str:
    """The number in E.164; its country's code may be left out. Raises NotCallableError."""
    if FRACTION.fullmatch(typed):
        raise NotCallableError(
            _("A spreadsheet has made a quantity of this number. Make the column one of text there.")
        )
    text = NOISE.sub("", typed)
    if found := PLAIN.fullmatch(text):
        return f"+1{found[1]}"
    raise NotCallableError(_why_not(text))


def zones_of(number: str) -> str:
    """The names of the time zones in which a number (E.164) may be, blanks between; empty where none is known."""
    return _zones_of_exchange(number[2:8])


@functools.lru_cache(maxsize=1 << 16)
def _zones_of_exchange(digits: str) -> str:
    """The first six digits decide. Only the area code is asked for most, but nobody says for which."""
    number = PhoneNumber(country_code=1, national_number=int(f"{digits}0100"))
    names = [name for name in time_zones_for_geographical_number(number) if name != UNKNOWN_TIMEZONE]
    return " ".join(name for name in names if name in known_names()) if len(names) <= MOST_ZONES else ""


def _why_not(text: str) -> str:
    if not text:
        return _("There is no number in this line.")
    if DAMAGED.fullmatch(text):
        return _(
            "A spreadsheet has damaged this number, its last digits are lost. Make the column one of text there, and "
            "put the numbers into it anew."
        )
    if text.startswith(("+", "00")) and not text.startswith(("+1", "001")):
        return _why_not_abroad(text)
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return _("This is no phone number: write ten digits, as in 415 555 2671.")
    return _what_is_wrong_with(digits)


def _why_not_abroad(text: str) -> str:
    try:
        number = phones.read(text)
    except phones.NotANumberError as why:
        return str(why)
    words = {"number": phones.shown(number), "country": phones.country(number)}
    return _("%(number)s (%(country)s) is not in North America: VoiceShot calls numbers there alone.") % words


def _what_is_wrong_with(digits: str) -> str:
    is_long = len(digits) > AS_LONG_AS_ONE
    rest = digits[1:] if is_long and digits.startswith("1") else digits
    if len(rest) < AS_LONG_AS_ONE:
        return _("This is too short: a number has ten digits, its area code among them.")
    if len(rest) > AS_LONG_AS_ONE:
        return _("This is too long: a number has ten digits, or eleven with a 1 in front.")
    if rest[0] in "01":
        return _("No area code begins with 0 or 1: look at the first digits.")
    return _("After its area code no number goes on with 0 or 1: look at the digits.")
