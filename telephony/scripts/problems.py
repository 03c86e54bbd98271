"""What can be wrong with a script: codes, and problems with their place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.scripts.source import line_and_column

MOST_SHOWN = 100


class Severity(StrEnum):
    """An error keeps a script from being published."""

    ERROR = "error"
    WARNING = "warning"


CODES: dict[str, Any] = {
    "E1": _("Not well-formed XML"),
    "E2": _("DOCTYPE or entities"),
    "E3": _("Not one document with one work"),
    "E4": _("Unknown, or in a place where it means nothing"),
    "E5": _("Something is missing"),
    "E6": _("Not one of the possible values"),
    "E7": _("Keys that cannot be pressed, or a wrong regular expression"),
    "E8": _("Not a web address"),
    "P1": _("A number that may not be dialled"),
    "P2": _("A placeholder where the text has to be fixed"),
    "P3": _("An unknown placeholder or a single brace"),
    "P4": _("Too large, too deep or too many elements"),
    "P5": _("A variable with a name that means something else"),
    "W1": _("Does not end with hangup"),
    "W2": _("Heard before the call is answered"),
    "W3": _("A number written in an unusual way"),
    "W4": _("Unknown SIP account or call"),
    "W5": _("A language, voice, attribute or element that Apidaze may not know"),
    "W6": _("An address or a name that may not work"),
    "W7": _("Records without saying so"),
    "W8": _("The same keys twice"),
    "W9": _("Leads to a script that is not here"),
    "W10": _("Rings again when the call is over"),
}


@dataclass(frozen=True)
class Problem:
    """`line` and `column` count from 1, columns in characters. `text` says what is wrong and what to do."""

    code: str
    line: int
    column: int
    text: str

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code.startswith("W") else Severity.ERROR


@dataclass(frozen=True)
class Finding:
    """A problem whose place is still an offset into the script."""

    code: str
    at: int
    text: str

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W")


def problems(findings: Iterable[Finding], data: bytes) -> Iterator[Problem]:
    """The findings in the order of their places; of very many the first ones, errors rather than warnings."""
    most = sorted(findings, key=lambda one: (one.is_warning, one.at))[:MOST_SHOWN]
    for one in sorted(most, key=lambda one: one.at):
        yield Problem(one.code, *line_and_column(data, one.at), one.text)
