"""Reading a post: attributes by name whatever their case, values without odd blanks."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml import etree

from voicehub.sandbox.providers.voiceshot.sound import Sound
from voicehub.sandbox.providers.voiceshot.words import refusal
from voicehub.sandbox.wire import Request

Element = Any
MALFORMED, NO_CAMPAIGN_TAG = 3, 18
BLANKS = re.compile(rb"\s*")
PIECE = 65536
# The first element stands within so many bytes, or nobody will find it.
BEGINNING = 65536
SAFE: Any = {"resolve_entities": False, "no_network": True, "huge_tree": True}


@dataclass(frozen=True)
class Post:
    """A post's elements, and the sound file that came with it."""

    campaign: Element
    sound: Sound


class _Builder:
    """Makes a tree of elements as they come. The only text that matters is that of a file, which goes to disk."""

    def __init__(self) -> None:
        self.sound = Sound()
        self._tree: Any = etree.TreeBuilder()
        self._is_in_file = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        # With entities off, a builder of one's own gets each & in this form.
        self._tree.start(tag, {name: value.replace("&#38;", "&") for name, value in attributes.items()})
        self._is_in_file = tag == "file"

    def end(self, tag: str) -> None:
        self._tree.end(tag)
        self._is_in_file = False

    def data(self, text: str) -> None:
        if self._is_in_file:
            self.sound.take(text)

    def doctype(self, *names: str) -> None:
        raise refusal(MALFORMED)

    def close(self) -> Post:
        return Post(self._tree.close(), self.sound)


def read(request: Request) -> Post:
    """Raises RefusedError for what is no XML, or begins with another element."""
    builder: Any = _Builder()
    parser: Any = etree.XMLParser(target=builder, **SAFE)
    try:
        for piece in _pieces(request.body, PIECE):
            parser.feed(piece)
        post: Post = parser.close()
    except (etree.XMLSyntaxError, ValueError):
        raise refusal(MALFORMED) from None
    # A prefix that nobody has declared is logged, and passes.
    if parser.feed_error_log:
        raise refusal(MALFORMED)
    if name_of(post.campaign) != "campaign":
        raise refusal(NO_CAMPAIGN_TAG)
    return post


def action_of(request: Request) -> str:
    """What a post asks for, if its beginning tells; which error it gets is decided later."""
    parser = etree.XMLPullParser(("start",), **SAFE)
    with suppress(etree.XMLSyntaxError):
        for piece in _pieces(request.body[:BEGINNING], 1024):
            parser.feed(piece)
            for _event, root in parser.read_events():
                return text_of(root, "action")
    return ""


def _pieces(body: bytes, size: int) -> Iterator[bytes]:
    """The body without the blanks before it, never copied as a whole."""
    found = BLANKS.match(body)
    beginning = found.end() if found else 0
    return (body[at : at + size] for at in range(beginning, len(body), size))


def name_of(element: Element) -> str:
    return etree.QName(element).localname.lower()


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if name_of(child) == name)


def child(element: Element, name: str) -> Element | None:
    return next(children(element, name), None)


def has(element: Element, name: str) -> bool:
    return any(key.lower() == name for key in element.attrib)


def text_of(element: Element, name: str) -> str:
    return next((value.strip() for key, value in element.attrib.items() if key.lower() == name), "")


def digits_of(element: Element, name: str) -> str:
    return ten_digits(text_of(element, name))


def ten_digits(text: str) -> str:
    """A number without what people write between its digits, and without the leading 1 of eleven."""
    digits = "".join(filter(str.isdigit, text))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
