"""What VoiceShot posts to us: summaries and events. Any part may be missing, odd or in another order."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from campaigns.voiceshot import xml
from campaigns.voiceshot.answers import call_in
from campaigns.voiceshot.records import SeenCall, e164
from voicehub.remote.card_numbers import without_card_numbers

# The longest real post has some hundred; a parser can be kept busy for minutes with more.
MOST_MARKS = 2000
LONGEST_NAME, LONGEST_TEXT = 100, 2000
TEST_CALLID = "0"
ENCODING = re.compile(rb"""[^<]{0,99}<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")
PLAIN_ENCODINGS = re.compile(rb"(?i)utf-?8|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?1|(windows|cp)-?125\d")


class Kind(StrEnum):
    """What a post is about."""

    SUMMARY = "summary"
    TEXT = "text"
    INBOUND = "inbound"
    ANSWER = "answer"
    HANG_UP = "hangup"
    KEY = "key"
    TEST = "test"


EVENTS = {"4": Kind.ANSWER, "5": Kind.HANG_UP}


@dataclass(frozen=True)
class Sound:
    """A recording that stood in a post, at which prompt, and what VoiceShot calls it."""

    promptid: str
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class InboundTold:
    """What a post says. `number` (E.164) was called, or called us; `rest` is what else it says, by VoiceShot's names.

    Numbers of payment cards are masked, wherever they stood.
    """

    kind: Kind
    call: SeenCall
    number: str
    rest: Mapping[str, Any] = field(repr=False)
    sounds: Sequence[Sound] = ()

    @property
    def as_said(self) -> dict[str, Any]:
        """What is kept of it beside callid, menuid and number."""
        call = self.call
        said = {"status": call.status, "comment": call.text, "duration": call.duration, "keypress": dict(call.keys)}
        return {name: value for name, value in {**said, **self.rest}.items() if value not in ("", None, {}, [])}


def read(body: bytes) -> InboundTold:
    """What a post says. Raises `xml.UnreadableError` for what is none, or is in no encoding that builds on ASCII."""
    if max(body.count(b"<"), body.count(b"=")) > MOST_MARKS or b"\0" in body or not _builds_on_ascii(body):
        raise xml.UnreadableError
    root = xml.read(body)
    if not (xml.is_named(root, "campaign") or xml.is_named(root, "prompt")):
        raise xml.UnreadableError
    texts = [without_card_numbers(text[:LONGEST_TEXT]) for text in _texts(root)]
    call, caller = _call(root), xml.attribute(root, "callerid")
    rest = {
        "dateandtime": xml.attribute(root, "dateandtime")[:LONGEST_NAME],
        "dnis": xml.attribute(root, "dnis")[:LONGEST_NAME],
        "callerid": "" if e164(caller) else without_card_numbers(caller[:LONGEST_NAME]),
        "txt": texts,
    }
    kind = _kind(root, call, has_text=bool(texts))
    return InboundTold(kind, call, call.number or e164(caller), rest, list(_sounds(root)))


def _builds_on_ascii(body: bytes) -> bool:
    """In any other encoding marks hide behind other bytes."""
    declared = ENCODING.match(body)
    return declared is None or PLAIN_ENCODINGS.fullmatch(declared[1]) is not None


def seen_call(kind: str, callid: str, menuid: str, number: str, said: Mapping[str, Any]) -> SeenCall:
    """What a post tells of a call of ours, from what was kept of it."""
    return SeenCall(
        callid=callid,
        menuid=menuid,
        number=number if kind == Kind.SUMMARY else "",
        status=said.get("status", ""),
        text=said.get("comment", ""),
        keys=said.get("keypress", {}),
        duration=said.get("duration"),
    )


def _call(root: xml.Element) -> SeenCall:
    call = call_in(root)
    pressed = xml.attribute(root, "keypress")[:40]
    keys = {**call.keys, xml.attribute(root, "promptid")[:10]: pressed} if pressed else call.keys
    masked = {promptid: without_card_numbers(value) for promptid, value in keys.items()}
    return replace(call, keys=masked, text=without_card_numbers(call.text))


def _kind(root: xml.Element, call: SeenCall, *, has_text: bool) -> Kind:
    if call.callid == TEST_CALLID:
        return Kind.TEST
    if xml.is_named(root, "prompt"):
        return Kind.KEY
    if event := EVENTS.get(xml.attribute(root, "action")):
        return event
    if call.number or call.status or not xml.attribute(root, "callerid"):
        return Kind.SUMMARY
    return Kind.TEXT if has_text else Kind.INBOUND


def _prompts(root: xml.Element) -> Iterator[xml.Element]:
    for block in xml.children(root, "prompts"):
        yield from xml.children(block, "prompt")


def _texts(root: xml.Element) -> Iterator[str]:
    return filter(None, (xml.attribute(prompt, "txt") for prompt in _prompts(root)))


def _sounds(root: xml.Element) -> Iterator[Sound]:
    for prompt in _prompts(root):
        for file in xml.children(prompt, "file"):
            if data := _decoded("".join(file.itertext())):
                name = xml.attribute(file, "filename")[:LONGEST_NAME]
                yield Sound(xml.attribute(prompt, "promptid")[:10], name, data)


def _decoded(text: str) -> bytes:
    """The bytes behind base64, which may hold blanks and line ends; none where it is broken."""
    try:
        return b64decode(text)
    except ValueError:
        return b""
