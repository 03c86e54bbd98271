"""Placeholders: {name} stands for a parameter of the call, {{ and }} for a brace. Nothing else is ever worked out.

What Apidaze tells about a call was chosen by whoever calls, so every value is made harmless for the place it goes to.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from django.utils.translation import gettext_lazy as _

from telephony.scripts.language import Kind

CALL_PARAMETERS: dict[str, Any] = {
    "caller_id_number": _("the caller's number"),
    "caller_username": _("the caller's name"),
    "destination_number": _("the number that was called"),
    "sip_from_uri": _("the SIP address of a caller with an account"),
    "session_id": _("the id of the call"),
    "uuid": _("the id of the line"),
    "dialed_digits": _("the keys that were pressed"),
    "bridge_status": _("how ringing somebody ended"),
    "hangup_cause": _("why a call ended"),
}
# Our own address, with its secret: it comes from us and never from a call, and only an address may begin with it.
SCRIPT_ADDRESS = "script_address"
# In the query of our own address: the name of the script to load.
SCRIPT_PARAMETER = "script"
# Names that no variable can have: a load would be taken for the last one, or lead to another script.
TAKEN_NAMES = frozenset({*CALL_PARAMETERS, SCRIPT_PARAMETER, "exiting", "work_tag", "url", "XML_error"})
OUR_ADDRESS = f"{{{SCRIPT_ADDRESS}}}"
LONGEST_VALUE = 500

_TOKENS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME_CHARACTERS = re.compile(r"[^\w.-]+", re.ASCII)
# What turns the direction of a text, and with it the words around a value.
_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_ADDRESSES = (Kind.ADDRESS, Kind.MEDIA)
TAKES_PLACEHOLDERS = frozenset(
    {Kind.WORDS, Kind.ADDRESS, Kind.MEDIA, Kind.SHOWN_NUMBER, Kind.ACCOUNT, Kind.NAME, Kind.RECORDING}
)


@dataclass(frozen=True)
class Slot:
    """A placeholder that begins at a character of the text; without a name where a brace stands alone."""

    name: str
    index: int


def pieces(text: str, kind: Kind) -> Iterator[str | Slot]:
    """A text with the places to fill. Kinds that take no placeholders are left as they are, braces and all."""
    position = 0
    for match in _TOKENS.finditer(text) if kind in TAKES_PLACEHOLDERS else ():
        yield text[position : match.start()]
        position = match.end()
        yield match[0][0] if match[0] in ("{{", "}}") else Slot(match[1] or "", match.start())
    yield text[position:]


def slots(text: str, kind: Kind) -> list[Slot]:
    return [piece for piece in pieces(text, kind) if isinstance(piece, Slot)]


def fill(text: str, kind: Kind, parameters: Mapping[str, str], script_address: str = "") -> str:
    """The text with the values of a call; what the call does not have is empty."""
    return "".join(
        piece if isinstance(piece, str) else value(piece.name, kind, parameters, script_address)
        for piece in pieces(text, kind)
    )


def value(name: str, kind: Kind, parameters: Mapping[str, str], script_address: str = "") -> str:
    """What stands for a placeholder at a place of this kind."""
    if name == SCRIPT_ADDRESS:
        return script_address if kind in _ADDRESSES else ""
    return _harmless(readable(parameters.get(name, "")), kind)


def script_named(address: str) -> str:
    """The script that an address of ours names in its query; empty when it names none."""
    query = address.partition("#")[0].partition("?")[2]
    return parse_qs(query).get(SCRIPT_PARAMETER, [""])[0]


def readable(text: Any) -> str:
    """The beginning of a text, on one line and without characters that XML or people cannot read."""
    cut = str(text)[:LONGEST_VALUE]
    return "".join(" " if one.isspace() else one for one in cut if one.isspace() or _is_readable(one))


def _is_readable(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in _TURNS
    return not is_control and ord(character) & 0xFFFE != 0xFFFE


def _harmless(text: str, kind: Kind) -> str:
    match kind:
        case Kind.ADDRESS | Kind.MEDIA:
            return quote(text, safe="")
        case Kind.SHOWN_NUMBER:
            return "".join(one for one in text if one in "0123456789")
        case Kind.ACCOUNT | Kind.NAME:
            return _NAME_CHARACTERS.sub("", text)
        case Kind.RECORDING:
            return _NAME_CHARACTERS.sub("", text).replace(".", "")
        case _:
            return text
