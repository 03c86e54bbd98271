"""How long a text is as an SMS: its alphabet, what each character takes up, and into how many messages it goes.

GSM-7 is the default alphabet of 3GPP TS 23.038 with its extension table; a text with any other character goes out in
UCS-2. Longer texts are sent in segments, each a little shorter because it says which part it is.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
GSM_7_UNITS = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENSION, 2)

# What Unicode's own decompositions do not lead to.
_STAND_INS = {
    character: stand_in
    for characters, stand_in in (
        ("‘’‚‛′‹›`´", "'"),
        ("“”„‟″«»", '"'),
        ("‐‑‒–—―−", "-"),
        ("•·", "."),
        ("œ", "oe"),
        ("Œ", "OE"),
        ("\t\u2028\u2029", " "),
    )
    for character in characters
}
# Symbols, the joints inside emoji and marks without a letter: a text says the same without them.
_MAY_BE_LEFT_OUT = frozenset({"So", "Sk", "Cf", "Cc", "Mn", "Me"})


class Encoding(Enum):
    """An alphabet, and how many units fit into a message that is `alone` and into `each` of several."""

    GSM_7 = ("GSM-7", 160, 153)
    UCS_2 = ("UCS-2", 70, 67)

    def __init__(self, label: str, alone: int, each: int) -> None:
        self.label = label
        self.alone = alone
        self.each = each


@dataclass(frozen=True)
class Segments:
    """What a text comes to as an SMS.

    `units`: septets in GSM-7, where a character of the extension table takes two; UTF-16 code units in UCS-2.
    `count`: segments, at least one. `left`: units that still fit into the last one. `offending`: the characters
    that GSM-7 does not have, each once, in the order of the text.
    """

    encoding: Encoding
    units: int
    count: int
    left: int
    offending: tuple[str, ...] = ()


def measure(text: str) -> Segments:
    offending = tuple(dict.fromkeys(character for character in text if character not in GSM_7_UNITS))
    encoding = Encoding.UCS_2 if offending else Encoding.GSM_7
    widths = [_units_of(character, encoding) for character in text]
    units = sum(widths)
    if units <= encoding.alone:
        return Segments(encoding, units, 1, encoding.alone - units, offending)
    return Segments(encoding, units, *_packed(widths, encoding.each), offending)


def _units_of(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return GSM_7_UNITS[character]
    return 2 if ord(character) > 0xFFFF else 1


def _packed(widths: Iterable[int], each: int) -> tuple[int, int]:
    """How many segments, and what is left in the last: a pair that does not fit whole goes into the next one."""
    count, left = 1, each
    for width in widths:
        if width > left:
            count, left = count + 1, each
        left -= width
    return count, left


def in_gsm_7(text: str) -> str | None:
    """The text with every offending character replaced or left out; None where one has no stand-in."""
    replaced = [stand_in(character) for character in unicodedata.normalize("NFC", text)]
    return None if None in replaced else "".join(filter(None, replaced))


def stand_in(character: str) -> str | None:
    """What says nearly the same in GSM-7: itself, a plain letter or sign, or nothing; None for other scripts."""
    if character in GSM_7_UNITS:
        return character
    if character in _STAND_INS:
        return _STAND_INS[character]
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    if all(part in GSM_7_UNITS for part in plain):
        return plain
    return "" if unicodedata.category(character) in _MAY_BE_LEFT_OUT else None
