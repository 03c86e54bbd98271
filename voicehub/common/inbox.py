"""The inbox on the first page: what needs somebody's attention, told by the apps.

An app with something to tell has a module `inbox` with functions like this one; they are found at start-up::

    @inbox.shown
    def uncertain_payments(request: HttpRequest) -> Iterable[Item]:
        payments = visible_payments(request.user).filter(UNCERTAIN)
        yield Item(_("Payments that are uncertain"), count=payments.count(), url=..., level="warning")

An item with a count leads to a list of exactly so many; with a count of nought it is left out. Each function is
called whenever the first page is shown, so it makes do with one or two indexed queries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voicehub.sync.models import RecordState, SyncedModel

LEVELS = ("error", "warning", "info")
NEEDS_SOMEBODY = (
    RecordState.REFUSED,
    RecordState.FAILED,
    RecordState.UNCERTAIN,
    RecordState.CHANGED,
    RecordState.GONE,
)


@dataclass(frozen=True)
class Item:
    """`level` is error, warning or info; `url` is where to look, `link` the words that lead there."""

    title: Any
    text: Any = ""
    url: str = ""
    link: Any = ""
    level: str = "info"
    count: int | None = None


Show = Callable[[HttpRequest], Iterable[Item]]
_shown: dict[str, Show] = {}


def shown(show: Show) -> Show:
    """Register a function that yields the items for a request; a second one of the same name replaces the first."""
    _shown[f"{show.__module__}.{show.__qualname__}"] = show
    return show


def items_for(request: HttpRequest) -> list[Item]:
    """All items, the worst first."""
    items = [item for show in _shown.values() for item in show(request) if item.count != 0]
    return sorted(items, key=lambda item: LEVELS.index(item.level))


def need_somebody(request: HttpRequest, model: type[SyncedModel], title: str) -> Iterable[Item]:
    """Records that do not get in step by themselves, for those who may change them."""
    app, name = model._meta.app_label, model._meta.model_name
    if request.user.has_perm(f"{app}.change_{name}"):
        yield Item(
            title,
            _("Refused, unclear, or not the same at the provider. Each page says what can be done."),
            url=reverse(f"admin:{app}_{name}_changelist", query={"sync_state__in": ",".join(NEEDS_SOMEBODY)}),
            link=_("Show them"),
            level="warning",
            count=model._base_manager.filter(sync_state__in=NEEDS_SOMEBODY).count(),
        )
