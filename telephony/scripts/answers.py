"""What Apidaze gets for an answer: always XML that can be read, in UTF-8."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from telephony.scripts.language import Kind, Part, part_of
from telephony.scripts.source import Element, read
from telephony.scripts.values import e164
from telephony.scripts.variables import Slot, pieces, value

CONTENT_TYPE = "text/xml; charset=utf-8"
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
HANGUP = f"{PROLOG}<document><work><hangup/></work></document>".encode()

_IN_TEXT = {"\r": "&#13;"}
_ANYWHERE = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


class Gap(NamedTuple):
    name: str
    kind: Kind


def answer(script: str, parameters: Mapping[str, str], script_address: str = "") -> bytes:
    """A script as it is served for a call: placeholders filled, comments left out.

    `parameters` are those of the call; `script_address` is our own address that Apidaze loaded, without its query.
    Raises UnreadableError for a script that cannot be read at all.
    """
    return "".join(
        piece
        if isinstance(piece, str)
        else escape(value(piece.name, piece.kind, parameters, script_address), _ANYWHERE)
        for piece in _template(script)
    ).encode()


@lru_cache(maxsize=128)
def would_ring_again(script: str) -> bool:
    """Whether a script that is loaded once more when its ringing has ended would ring the same people again."""
    works = read(script).root.named("work")
    return any(not verb.value("action").strip() for work in works for verb in work.named("dial"))


@lru_cache(maxsize=128)
def _template(script: str) -> tuple[str | Gap, ...]:
    """The answer in as few pieces as it takes: what is always the same, and gaps."""
    merged: list[str | Gap] = [PROLOG]
    for piece in _element(read(script).root, ""):
        if isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


def _element(element: Element, parent: str) -> Iterator[str | Gap]:
    part = part_of(element.name, parent) or Part("")
    yield f"<{element.name}"
    for name, attribute in element.attributes.items():
        yield f' {name}="'
        known = part.attributes.get(name)
        yield from _value(attribute.value.text, known.value.kind if known else Kind.KEYS, _ANYWHERE)
        yield '"'
    yield from (">", *_content(element, part), f"</{element.name}>") if element.content else ("/>",)


def _content(element: Element, part: Part) -> Iterator[str | Gap]:
    kind = part.text.kind if part.text else Kind.KEYS
    if kind == Kind.NUMBER:
        # As it was checked: who knows what others read out of blanks and brackets.
        yield e164(element.text.text).removeprefix("+")
        return
    for piece in element.content:
        if isinstance(piece, Element):
            yield from _element(piece, element.name)
        else:
            yield from _value(piece.text, kind, _IN_TEXT)


def _value(text: str, kind: Kind, escapes: dict[str, str]) -> Iterator[str | Gap]:
    for piece in pieces(text, kind):
        yield Gap(piece.name, kind) if isinstance(piece, Slot) else escape(piece, escapes)
