"""What VoiceHub knows about a phone number, told by the apps on the number's page.

An app with something to tell has functions like this one, in a module that is loaded at start-up, such as its admin::

    @about_numbers.shown
    def texts_to(number: str, request: HttpRequest) -> Iterable[Section]:
        if request.user.has_perm("telephony.view_smsmessage"):
            texts = SmsMessage.objects.filter(to=number).order_by("-pk")[:MOST_LINES]
            lines = [Line(text.body, at=text.created_at, url=text.get_absolute_url()) for text in texts]
            yield Section(_("Texts to this number"), lines, url=...)

A section without lines is left out. Each function is called whenever the page is shown, so it makes do with one or
two indexed queries.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

MOST_LINES = 5


@dataclass(frozen=True)
class Line:
    """One thing that happened. `at` is UTC; `badge` is its state, `url` its page."""

    text: Any
    at: datetime | None = None
    url: str = ""
    badge: SafeString | str = ""


@dataclass(frozen=True)
class Section:
    """The newest lines about something, newest first; `url` leads to all of them."""

    title: Any
    lines: Sequence[Line]
    url: str = ""


Tell = Callable[[str, HttpRequest], Iterable[Section]]
_told: dict[str, Tell] = {}


def shown(tell: Tell) -> Tell:
    """Register a function of a number (E.164) and the request; a second one of the same name replaces the first."""
    _told[f"{tell.__module__}.{tell.__qualname__}"] = tell
    return tell


def sections_for(number: str, request: HttpRequest) -> list[Section]:
    return [section for tell in _told.values() for section in tell(number, request) if section.lines]
