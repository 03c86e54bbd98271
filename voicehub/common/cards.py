"""The first page's hook: what needs somebody's attention, told by the apps.

An app with something to tell has a module `cards` with functions like this one; they are found at start-up::

    @cards.shown
    def uncertain_payments(request: HttpRequest) -> Iterable[Card]:
        if request.user.has_perm("contributors.settle_transaction"):
            count = Transaction.objects.filter(state=Transaction.State.UNCERTAIN).count()
            if count:
                yield Card(_("%(count)d payments are uncertain") % {"count": count}, level="warning", url=...)

Each is called whenever the first page is shown, so it makes do with one or two indexed queries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Card:
    """`level` is info, warning or error; `url` is where to look, `link` the words that lead there."""

    title: Any
    text: Any = ""
    url: str = ""
    link: Any = ""
    level: str = "info"


Show = Callable[[HttpRequest], Iterable[Card]]
_shown: dict[str, Show] = {}


def shown(show: Show) -> Show:
    """Register a function that yields the cards for a request; a second one of the same name replaces the first."""
    _shown[f"{show.__module__}.{show.__qualname__}"] = show
    return show


def cards_for(request: HttpRequest) -> list[Card]:
    """All cards, the worst first."""
    order = ("error", "warning", "info")
    cards = [card for show in _shown.values() for card in show(request)]
    return sorted(cards, key=lambda card: order.index(card.level))
