"""The places in a message template that Ourvoice fills in, and what looks like one but is none.

Which of the two styles works in an account is not documented: both occur in what Ourvoice itself shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

CODES = ("[code]", "{{code}}")
APP_NAMES = ("[app_name]", "{{app_name}}")
IN_OTHER_STYLE = {one: other for pair in (CODES, APP_NAMES) for one, other in (pair, pair[::-1])}

_PLACEHOLDER = re.compile("|".join(map(re.escape, IN_OTHER_STYLE)))
_BRACKETED = re.compile(
    r"[\[{]{1,3}[^\[\]{}\n]{0,40}[\]}]{1,3}"  # [Code], {{ code }}, {code}
    r"|[\[{]{1,3}\s?\w{1,20}"  # [code
    r"|\w{1,20}\s?[\]}]{1,3}"  # code]
)
_MEANT = {"code": CODES, "appname": APP_NAMES}
# What other services call the same; only just so, for such a word may also be text.
_MEANT_ELSEWHERE = {
    **dict.fromkeys(("pin", "otp", "passcode", "token"), CODES),
    **dict.fromkeys(("name", "app"), APP_NAMES),
}
_ALIKE = 0.8


@dataclass(frozen=True)
class Lookalike:
    """Something in brackets that is no placeholder; `meant` is the one that it resembles, if any."""

    text: str
    meant: str = ""


def placeholders_in(template: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(template))


def filled_in(template: str, *, code: str, app_name: str) -> str:
    """The template with its placeholders replaced, in both styles."""
    return _PLACEHOLDER.sub(lambda found: code if found[0] in CODES else app_name, template)


def names(template: str, name: str) -> bool:
    """Whether the name of an app is written out in the template."""
    return bool(name) and renamed(template, name, "") != template


def renamed(template: str, old: str, new: str) -> str:
    """The template with the old name of its app, wherever that is a word of its own, replaced by the new one.

    Placeholders stay what they are, and so does the new name where it stands already: it may hold the old one.
    """
    longest_first = sorted({old, new} - {""}, key=len, reverse=True)
    words = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first)
    found = re.compile(f"{_PLACEHOLDER.pattern}|{words}")
    return found.sub(lambda one: new if one[0] == old else one[0], template)


def lookalikes(template: str) -> list[Lookalike]:
    """Misspelt placeholders, and whatever else stands in braces; a word in square brackets may just be text."""
    return list(dict.fromkeys(_lookalikes(template)))


def _lookalikes(template: str) -> Iterator[Lookalike]:
    for piece in _PLACEHOLDER.split(template):
        for text in _BRACKETED.findall(piece):
            meant = _meant_by(text)
            if meant or (text.startswith("{") and text.endswith("}")):
                yield Lookalike(text.strip(), meant)


def _meant_by(text: str) -> str:
    letters = "".join(filter(str.isalpha, text)).casefold()
    has_braces = "{" in text or "}" in text
    alike = get_close_matches(letters, _MEANT, 1, _ALIKE)
    meant = _MEANT[alike[0]] if alike else _MEANT_ELSEWHERE.get(letters)
    return meant[has_braces] if meant else ""
