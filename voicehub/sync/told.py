"""Texts that were written down once, in the language of whoever reads them.

What became of a job, a notice or an entry of the audit log is stored as it was written: in English by the worker, in
the language of the person by a page. `in_your_language` finds out which message of the program such a text is, and
says it again.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import repeat, zip_longest
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

ENGLISH = "en"
PLACEHOLDER = re.compile(r"%\(([\w-]+)\)[-+ #0-9.]*([a-z])|%[-+ #0-9.]*([a-z])|%%")
COLON = re.compile(r"\u00a0?: ")
A_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) ")
# A word that stands by itself in the text, whatever is filled in beside it.
WORD = re.compile(r"(?<![\w\0])\w{3,}(?![\w\0])")
# A message with less than this of its own could be found in anything, as “%(what)s: %(count)d” could.
LEAST_LETTERS = 6
# Where a single word is filled in that is one of the program's.
WORDS = ("state", "time-unit")

Forms = dict[str, tuple[str, ...]]
"""A message by language: what it says of one, and of many."""


def in_your_language(text: str) -> str:
    """The text as the message that it once was says it in the present language; else as it stands."""
    language = (get_language() or ENGLISH).partition("-")[0]
    return _translated(text, language) if text else text


def labelled(name: object, text: object) -> str:
    """ "Name: text", with the colon as the language has it."""
    return _("%(name)s: %(text)s") % {"name": name, "text": text}


@lru_cache(maxsize=4096)
def _translated(text: str, language: str) -> str:
    said = []
    sentences = A_SENTENCE_ENDS.split(text)
    while sentences:
        # Messages are of several sentences, and texts of several messages: the longest one that is known goes first.
        for count in range(len(sentences), 0, -1):
            found = _said_again(" ".join(sentences[:count]), language)
            if found is not None or count == 1:
                break
        said.append(_behind_a_label(sentences[0], language) if found is None else found)
        del sentences[:count]
    return " ".join(said)


def _behind_a_label(text: str, language: str) -> str:
    """ "OutVoice: Nothing was sent.", which is no message as a whole."""
    parts = COLON.split(text, maxsplit=1)
    translated = [_part(part, language) for part in parts] if len(parts) > 1 else parts
    if translated == parts:
        return text
    with override(language):
        return labelled(*translated)


def _part(text: str, language: str, is_word: bool = False) -> str:
    """What is filled in; a single word is mostly a name or a value, even if the program has it as well."""
    return _translated(text, language) if is_word or " " in text else text


def _said_again(text: str, language: str) -> str | None:
    if (language, text) in _exact():
        return _exact()[language, text]
    matches = ((message, match) for message in _likely(text, language) if (match := message.pattern.fullmatch(text)))
    best = max(matches, key=lambda one: one[0].letters, default=None)
    return best[0].said_in(language, best[1].groups()) if best else None


@dataclass(frozen=True)
class Message:
    """A message with places to fill in, as one language has it for one or for many."""

    text: str
    forms: Forms

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        places = [place for place in PLACEHOLDER.finditer(self.text) if place[0] != "%%"]
        fitting = [r"(-?\d+)" if (place[2] or place[3]) == "d" else "(.+?)" for place in places]
        literals = map(re.escape, self.literals)
        return re.compile(
            "".join(part for pair in zip_longest(literals, fitting, fillvalue="") for part in pair), re.DOTALL
        )

    @cached_property
    def literals(self) -> list[str]:
        return _fill(self.text, repeat("\0")).split("\0")

    @cached_property
    def letters(self) -> int:
        return sum(char.isalpha() for char in "".join(self.literals))

    @cached_property
    def key(self) -> str:
        """A word by which a text is recognised that may be this message."""
        return max(WORD.findall("\0".join(self.literals)), key=len, default="")

    def said_in(self, language: str, given: tuple[str, ...]) -> str:
        by_name = dict(zip(_names(self.text), given, strict=True))
        numbers = [int(text) for text in given if text.isdecimal()]
        forms = self.forms[language]
        form = forms[0] if not numbers or _is_one(numbers[0], language) else forms[-1]
        return _fill(form, (_part(by_name[name], language, name in WORDS) for name in _names(form)))


def _fill(text: str, given: Iterator[str]) -> str:
    return PLACEHOLDER.sub(lambda place: "%" if place[0] == "%%" else next(given), text)


def _names(text: str) -> list[str]:
    """What is filled in, in this order; what has no name is counted."""
    places = [place for place in PLACEHOLDER.finditer(text) if place[0] != "%%"]
    return [place[1] or str(number) for number, place in enumerate(places)]


def _is_one(number: int, language: str) -> bool:
    return number == 1 if language == ENGLISH else number < 2


def _likely(text: str, language: str) -> Iterator[Message]:
    for word in set(WORD.findall(text)):
        yield from _by_word()[language].get(word, ())


@cache
def _exact() -> dict[tuple[str, str], str]:
    """What each text is in each language."""
    found: dict[tuple[str, str], str] = {}
    for forms in _messages():
        for wanted, theirs in forms.items():
            for ours in forms.values():
                found |= {(wanted, text): said for text, said in zip(ours, theirs, strict=False)}
    return found


@cache
def _by_word() -> dict[str, dict[str, list[Message]]]:
    """Messages with something to fill in, by the language wanted and a word of theirs in another language."""
    found: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for forms in _messages():
        for language, texts in forms.items():
            for message in (Message(text, forms) for text in texts if _names(text)):
                if message.key and message.letters >= LEAST_LETTERS:
                    for wanted in forms.keys() - {language}:
                        found[wanted][message.key].append(message)
    return found


@cache
def _messages() -> list[Forms]:
    translated: dict[tuple[str, ...], Forms] = {}
    for path in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.mo"):
        for english, ours in _compiled(path):
            translated.setdefault(english, {ENGLISH: english})[path.parent.parent.name] = ours
    return list(translated.values())


def _compiled(path: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The messages of a file of gettext's, with the forms for many, which Python's own reader keeps to itself."""
    data = path.read_bytes()
    _magic, _revision, count, ids, texts = struct.unpack_from("<5I", data)
    # The first one is empty: it holds the headers.
    for entry in range(8, 8 * count, 8):
        yield _forms(data, ids + entry), _forms(data, texts + entry)


def _forms(data: bytes, entry: int) -> tuple[str, ...]:
    length, start = struct.unpack_from("<2I", data, entry)
    return tuple(data[start : start + length].decode().rpartition("\4")[2].split("\0"))
