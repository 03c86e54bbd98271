"""What is going on and how far it has come: told by the apps for the first page, as the inbox is.

An app with work that takes a while has functions like this one in its module `overview`::

    @running.shown
    def campaigns(request: HttpRequest) -> Iterable[Work]:
        if request.user.has_perm("campaigns.view_campaign"):
            yield Work(_("Campaign"), live, title="name", states=OF_CAMPAIGN, done=..., total=...)

What all of them yield is read by one statement.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, F, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from voicehub.sync.admin.states import badge

MOST = 12


@dataclass(frozen=True)
class Work:
    """Records that something goes on with. `title` names a column, `states` gives the words of a state's column;
    `done` and `total` are queries for one number a row.
    """

    kind: Any
    rows: QuerySet
    title: str
    states: Mapping[Any, str]
    done: Subquery
    total: Subquery

    def query(self, place: int) -> QuerySet:
        """Its rows in the columns that all kinds of work share; no model has any of these names."""
        return self.rows.order_by().values(
            row_place=Value(place),
            row_key=F("pk"),
            row_name=Cast(F(self.title), CharField()),
            row_standing=Cast(F("state"), CharField()),
            row_through=Coalesce(self.done, 0, output_field=BigIntegerField()),
            row_whole=Coalesce(self.total, 0, output_field=BigIntegerField()),
        )

    def told(self, row: Mapping[str, Any]) -> "Running":
        options = self.rows.model._meta
        return Running(
            kind=self.kind,
            title=row["row_name"],
            url=reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row["row_key"]]),
            badge=badge(self.states[row["row_standing"]]),
            done=row["row_through"],
            total=row["row_whole"],
        )


@dataclass(frozen=True)
class Running:
    """One thing that goes on: `done` of `total` are through."""

    kind: Any
    title: str
    url: str
    badge: SafeString
    done: int
    total: int


Show = Callable[[HttpRequest], Iterable[Work]]
_shown: dict[str, Show] = {}


def shown(show: Show) -> Show:
    """Register a function that yields the work for a request; a second one of the same name replaces the first."""
    _shown[f"{show.__module__}.{show.__qualname__}"] = show
    return show


def for_person(request: HttpRequest) -> Sequence[Running]:
    """What goes on, as far as this person may see it; the newest of each kind first."""
    kinds = [work for show in _shown.values() for work in show(request)]
    if not kinds:
        return []
    first, *others = [work.query(place) for place, work in enumerate(kinds)]
    rows = (first.union(*others, all=True) if others else first).order_by("row_place", "-row_key")
    return [kinds[row["row_place"]].told(row) for row in rows[:MOST]]
