"""Reading a script into elements that know their place, with expat: hostile input ends early and says where.

Places are offsets into the script as UTF-8 bytes until somebody wants to see them as line and column.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

LARGEST = 64 * 1024
DEEPEST = 8
MOST_PARTS = 1000

_BOM = "\ufeff".encode()
_UNSEEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_RUN = re.compile(rb"&[^;]*;|\r\n|[^&\r]+|\r")
_BARE_AMPERSAND = re.compile(rb"&\w*+\Z")
_ERRORS = expat.errors.codes


class UnreadableError(Exception):
    """The text is no script at all; the text says why. `data` is the script in UTF-8, `at` the place in it."""

    def __init__(self, code: str, text: str, data: bytes = b"", at: int = 0) -> None:
        super().__init__(text)
        self.code = code
        self.data = data
        self.at = at


@dataclass
class Written:
    """A value with its place. Each of its `runs` stands in the script character for character, at that offset."""

    at: int
    runs: list[tuple[int, str]]

    @cached_property
    def text(self) -> str:
        return "".join(run for _at, run in self.runs)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each run begins in the text."""
        return list(accumulate((len(run) for _at, run in self.runs[:-1]), initial=0))

    @property
    def start(self) -> int:
        """Where the first character stands that is not blank; of a blank value where it has its place."""
        return self.place_of(len(self.text) - len(self.text.lstrip())) if self.text.strip() else self.at

    def place_of(self, index: int) -> int:
        """The offset in the script of a character of the text."""
        number = bisect_right(self._starts, index) - 1
        at, run = self.runs[number]
        return at + len(run[: index - self._starts[number]].encode())


@dataclass(frozen=True)
class WrittenAttribute:
    at: int
    value: Written


@dataclass
class Element:
    name: str
    at: int
    attributes: dict[str, WrittenAttribute]
    content: "list[Element | Written]" = field(default_factory=list)

    @property
    def children(self) -> "list[Element]":
        return [child for child in self.content if isinstance(child, Element)]

    @cached_property
    def text(self) -> Written:
        """All text directly inside; a child counts as a blank between what stands before and after it."""
        return Written(self.at, [run for piece in self.content for run in piece.runs])

    @property
    def runs(self) -> list[tuple[int, str]]:
        return [(self.at, " ")]

    def named(self, name: str) -> "list[Element]":
        return [child for child in self.children if child.name == name]

    def value(self, attribute: str) -> str:
        """The value of an attribute, empty when it is not there."""
        return self.attributes[attribute].value.text if attribute in self.attributes else ""


@dataclass(frozen=True)
class Source:
    data: bytes
    root: Element

    def line_of(self, element: Element) -> int:
        return line_and_column(self.data, element.at)[0]


def read(script: str | bytes) -> Source:
    """A script as elements. Raises UnreadableError when it is too large, no XML, or XML of a kind not to be read."""
    data = _as_utf_8(script)
    return Source(data, _Reader(data).read())


def line_and_column(data: bytes, at: int) -> tuple[int, int]:
    """Where an offset stands, for people: both count from 1, columns in characters."""
    line = data.count(b"\n", 0, at) + data.count(b"\r", 0, at) - data.count(b"\r\n", 0, at) + 1
    start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    return line, len(data[start:at].decode(errors="replace")) + 1


def _as_utf_8(script: str | bytes) -> bytes:
    if len(script) > LARGEST:
        raise _too_large()
    data = script.encode(errors="surrogatepass") if isinstance(script, str) else bytes(script)
    if len(data) > LARGEST:
        raise _too_large()
    data = data.removeprefix(_BOM)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        text = _("This is not text in UTF-8. Save the script as UTF-8 and load it again.")
        raise UnreadableError("E1", text, data, error.start) from None
    if unseen := _UNSEEN.search(data):
        text = _("There is a character here that nobody can see and XML does not allow. Remove it.")
        raise UnreadableError("E1", text, data, unseen.start())
    return data


def _too_large() -> UnreadableError:
    text = _("A script may have %(most)d kB at most. Shorten it, or split it into several scripts.")
    return UnreadableError("P4", text % {"most": LARGEST // 1024})


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._top = Element("", 0, {})
        self._open = [self._top]
        self._count = 0
        # Naming the encoding makes expat take no other from the prolog, which only has to agree.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.XmlDeclHandler = self._prolog
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def read(self) -> Element:
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            self._malformed(error.code)
        return self._top.children[0]

    def _refuse(self, code: str, text: str, at: int | None = None) -> NoReturn:
        at = self._parser.CurrentByteIndex if at is None else at
        raise UnreadableError(code, text, self._data, max(at, 0))

    def _prolog(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            text = _('The first line names the encoding %(name)s. Scripts are UTF-8: write encoding="utf-8".')
            self._refuse("E1", text % {"name": encoding[:40]})

    def _doctype(self, *names: object) -> None:
        text = _("A DOCTYPE is not allowed in a script, and neither are entities. Remove it.")
        self._refuse("E2", text, self._data.rfind(b"<!DOCTYPE", 0, self._parser.CurrentByteIndex + 1))

    def _instruction(self, target: str, text: str) -> None:
        self._refuse(
            "E4", _("Instructions such as <?%(name)s ...?> are not known here. Remove it.") % {"name": target[:40]}
        )

    def _start(self, name: str, values: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        self._count += 1 + len(values)
        if len(self._open) > DEEPEST:
            self._refuse("P4", _("This is nested too deeply to be a script. Close the elements before it."))
        if self._count > MOST_PARTS:
            self._refuse("P4", _("A script may have %d elements and attributes at most. Split it.") % MOST_PARTS)
        element = Element(name, at, dict(self._attributes(name, at, values)))
        self._refuse_prefixes(element)
        self._open[-1].content.append(element)
        self._open.append(element)

    def _attributes(self, name: str, at: int, values: dict[str, str]) -> Iterator[tuple[str, WrittenAttribute]]:
        """The attributes as they stand in the start tag, which expat has accepted as a whole."""
        written = _ATTRIBUTE.finditer(self._data, at + 1 + len(name.encode()))
        for (attribute, value), match in zip(values.items(), written, strict=False):
            quoted = 2 if match[2] is not None else 3
            runs = list(_runs(match[quoted], match.start(quoted), value))
            yield attribute, WrittenAttribute(match.start(1), Written(match.start(quoted), runs))

    def _refuse_prefixes(self, element: Element) -> None:
        text = _("Names have no prefix and no namespace in a script. Write %(name)s without it.")
        if ":" in element.name:
            self._refuse("E4", text % {"name": element.name[:40]})
        for name, attribute in element.attributes.items():
            if ":" in name or name == "xmlns":
                self._refuse("E4", text % {"name": f"<{element.name[:40]}>"}, attribute.at)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        at, content = self._parser.CurrentByteIndex, self._open[-1].content
        if content and isinstance(content[-1], Written):
            content[-1].runs.append((at, text))
        else:
            content.append(Written(at, [(at, text)]))

    def _malformed(self, code: int) -> NoReturn:
        at = max(self._parser.ErrorByteIndex, 0)
        if ampersand := _BARE_AMPERSAND.search(self._data, max(0, at - 100), at):
            self._refuse("E1", _("A bare & is not allowed in XML. Write &amp; instead."), ampersand.start())
        if code == _ERRORS[expat.errors.XML_ERROR_TAG_MISMATCH]:
            self._refuse("E1", self._not_closed(), self._data.rfind(b"</", 0, at + 2))
        if len(self._open) > 1 and code == _ERRORS[expat.errors.XML_ERROR_NO_ELEMENTS]:
            self._refuse("E1", self._not_closed(), at)
        self._refuse("E1", _malformed(code), at)

    def _not_closed(self) -> str:
        element = self._open[-1]
        text = _("Before this, <%(name)s> of line %(line)d has to be closed: write </%(name)s>.")
        return text % {"name": element.name[:40], "line": line_and_column(self._data, element.at)[0]}


def _runs(raw: bytes, at: int, value: str) -> Iterator[tuple[int, str]]:
    """The value of an attribute in runs: a reference and a Windows line end are one character each."""
    index = 0
    for match in _RUN.finditer(raw):
        length = 1 if match[0][:1] in (b"&", b"\r") else len(match[0].decode())
        yield at + match.start(), value[index : index + length]
        index += length


def _malformed(code: int) -> str:
    texts = {
        expat.errors.XML_ERROR_NO_ELEMENTS: _("There is no script here. Begin with <document>."),
        expat.errors.XML_ERROR_SYNTAX: _("A script begins with <document>, not with text."),
        expat.errors.XML_ERROR_UNDEFINED_ENTITY: _(
            "XML does not know this name after &. Write the character itself."
        ),
        expat.errors.XML_ERROR_BAD_CHAR_REF: _("There is no such character. Write the character itself."),
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: _("This attribute is there already. Remove one of the two."),
        expat.errors.XML_ERROR_UNCLOSED_TOKEN: _("What begins here is never closed. Look for a missing > or quote."),
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: _("Nothing may follow after </document>. Remove it."),
        expat.errors.XML_ERROR_MISPLACED_XML_PI: _(
            "<?xml ...?> may only be the very first thing. Remove what is before it."
        ),
    }
    return texts.get(
        expat.ErrorString(code),
        _("This is not well-formed XML. Look for a missing quote, or a < that should be &lt;."),
    )
