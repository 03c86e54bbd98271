"""Which column of a file holds the number, and which are variables: guessed here, decided by people.

Columns go by their places: "0" is the first. A line is what stands in it by place, without what is empty.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from campaigns import numbers

Line = Mapping[str, str]

# The more they say, the earlier: one that only says "number" may be a house's.
NUMBER_HEADINGS = (
    *("phone number", "phonenumber", "telephone number", "phone", "telephone", "tel", "phone no"),
    *("mobile number", "mobile phone", "mobile", "cell phone", "cellphone", "cell", "number", "no"),
)
BETWEEN_WORDS = re.compile(r"[\W_]+")
NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
LONGEST_NAME = 40


@dataclass(frozen=True)
class Columns:
    """`number` is the place of the number; `variables` are their names by place, in small letters."""

    number: str
    variables: Mapping[str, str]
    has_headings: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Columns":
        """As they stand in the options of a run."""
        return cls(**options["columns"])

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def guess(lines: Sequence[Line]) -> Columns:
    """The columns, by the headings in the first line; where none is known, by what the lines look like."""
    first = lines[0]
    number = _by_heading(first)
    has_headings = number is not None
    if number is None:
        number = _by_looks(lines)
        has_headings = not _is_number(first.get(number, "")) and len(lines) > 1
    return Columns(number, _names(first, number) if has_headings else {}, has_headings)


def is_sure(columns: Columns, lines: Sequence[Line]) -> bool:
    """Whether nobody has to be asked: the heading says so, or there is nothing but numbers."""
    return _by_heading(lines[0]) is not None or all(
        line.keys() == {columns.number} and _is_number(line[columns.number]) for line in lines
    )


def _by_heading(first: Line) -> str | None:
    headings = {
        BETWEEN_WORDS.sub(" ", text).strip().casefold(): place for place, text in reversed(list(first.items()))
    }
    return next((headings[name] for name in NUMBER_HEADINGS if name in headings), None)


def _by_looks(lines: Sequence[Line]) -> str:
    """The place at which the most lines have a number; the first one of all where none has."""
    places = sorted({place for line in lines for place in line}, key=int)
    return max(places, key=lambda place: sum(_is_number(line.get(place, "")) for line in lines))


def _is_number(text: str) -> bool:
    try:
        return bool(numbers.read(text))
    except numbers.NotCallableError:
        return False


def _names(first: Line, number: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for place, text in first.items():
        name = variable_name(text)
        if name and place != number and name not in names.values():
            names[place] = name
    return names


def variable_name(heading: str) -> str:
    """What the variable of a column is called: "First name" is {first_name}; empty where no letter begins it."""
    ascii_only = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    name = NOT_IN_NAMES.sub("_", ascii_only).strip("_")[:LONGEST_NAME].strip("_")
    return name if name[:1].isalpha() else ""
