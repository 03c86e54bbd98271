"""The inbox on the first page: what needs somebody's attention, told by the apps.

An app with something to tell has a module `inbox` with functions like this one; they are found at start-up::

    @inbox.shown
    def uncertain_payments(request: HttpRequest) -> Iterable[Item]:
        payments = visible_payments(request.user).filter(UNCERTAIN)
        yield Item(_("Payments that are uncertain"), count=payments, url=..., level="warning")

An item with a count leads to a list of exactly so many; with a count of nought it is left out. Counts are given as
queries, and those of all items are found out by one statement; whatever an item needs beyond that, the first page
pays for each time that it is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from voicehub.common.counting import Asked, Counts
from voicehub.sync.models import JobState, RecordState, SyncedModel, SyncJob
from voicehub.sync.models.job import QUEUED, Operation
from voicehub.sync.told import in_your_language

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
    """`level` is error, warning or info; `url` is where to look, `link` the words that lead there.

    With `only_if` it is shown where there is such a row, and `text_from` names the column that its text comes from;
    with `unless` where there is none. `find_text` is asked last: an empty answer means that nothing is the matter.
    """

    title: Any
    text: Any = ""
    url: str = ""
    link: Any = ""
    level: str = "info"
    count: Any = None
    only_if: QuerySet | None = None
    text_from: str = ""
    unless: QuerySet | None = None
    find_text: Callable[[], str] | None = None


@dataclass(frozen=True)
class Pending:
    """An item, and what was asked about it."""

    item: Item
    count: Asked | None
    only_if: Asked | None
    unless: Asked | None

    def settled(self) -> Item | None:
        """The item with its number and its text; None when it does not need anybody."""
        number = self.count.number if self.count else self.item.count
        is_wanted = self.only_if is None or self.only_if.number
        if number == 0 or not is_wanted or (self.unless and self.unless.number):
            return None
        text = self.item.text
        if self.item.text_from and self.only_if:
            text = in_your_language(self.only_if.text)
        if self.item.find_text and not (text := self.item.find_text()):
            return None
        return replace(self.item, count=number, text=text)


Show = Callable[[HttpRequest], Iterable[Item]]
_shown: dict[str, Show] = {}


def shown(show: Show) -> Show:
    """Register a function that yields the items for a request; a second one of the same name replaces the first."""
    _shown[f"{show.__module__}.{show.__qualname__}"] = show
    return show


def items_for(request: HttpRequest) -> list[Item]:
    """All items, the worst first."""
    return settled(pending(request, Counts()))


def pending(request: HttpRequest, counts: Counts) -> list[Pending]:
    """All items, with their numbers asked for and not known yet."""
    return [_pending(item, counts) for show in _shown.values() for item in show(request)]


def settled(items: Iterable[Pending]) -> list[Item]:
    """Those that need somebody, the worst first."""
    found = [item for item in (one.settled() for one in items) if item]
    return sorted(found, key=lambda item: LEVELS.index(item.level))


def _pending(item: Item, counts: Counts) -> Pending:
    return Pending(
        item,
        count=counts.ask(item.count) if isinstance(item.count, QuerySet) else None,
        only_if=None if item.only_if is None else counts.ask(item.only_if, text=item.text_from),
        unless=None if item.unless is None else counts.ask(item.unless),
    )


def in_state(
    request: HttpRequest, model: type[Model], state: str, title: str, text: str, *, permission: str
) -> Iterable[Item]:
    """The records of a model in one state, for those who may see them and hold the permission to do something."""
    app, name = model._meta.app_label, model._meta.model_name
    if request.user.has_perms((f"{app}.view_{name}", permission)):
        yield Item(
            title,
            text,
            url=reverse(f"admin:{app}_{name}_changelist", query={"state__exact": state}),
            link=_("Show them"),
            level="warning",
            count=model._base_manager.filter(state=state),
        )


def need_somebody(request: HttpRequest, model: type[SyncedModel], title: str) -> Iterable[Item]:
    """Records that do not get in step by themselves, for those who may change them; and the question that waits for
    them when a list came back much shorter than it was.
    """
    app, name = model._meta.app_label, model._meta.model_name
    if not request.user.has_perm(f"{app}.change_{name}"):
        return
    listed = f"admin:{app}_{name}_changelist"
    yield Item(
        title,
        _("Refused, unclear, or not the same at the provider. Each page says what can be done."),
        url=reverse(listed, query={"sync_state__in": ",".join(NEEDS_SOMEBODY)}),
        link=_("Show them"),
        level="warning",
        count=model._base_manager.filter(sync_state__in=NEEDS_SOMEBODY),
    )
    yield Item(
        _("%(records)s: are some of them gone at the provider?")
        % {"records": capfirst(model._meta.verbose_name_plural)},
        url=reverse(listed),
        link=_("Answer"),
        level="warning",
        # The states once more as the index of queued jobs has them, which otherwise would not be found.
        only_if=SyncJob.objects.filter(
            model=model._meta.label_lower, operation=Operation.PULL, state=JobState.HELD, state__in=QUEUED
        ),
        text_from="hold_reason",
    )
