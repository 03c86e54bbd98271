"""Charts of the first page: how much there was of something a day or a week, told by the apps.

An app with something to draw has a module `overview` with functions like this one; they are found at start-up::

    @figures.shown
    def calls(request: HttpRequest) -> Iterable[Figures]:
        if request.user.has_perm("telephony.view_hotlinecall"):
            yield Figures(_("Calls a day"), [Series(_("Calls"), HotlineCall.objects.all(), "first_at")])

Each number is a count within a range of times, of all charts by one statement: the column of the time needs an index,
and what there is very much of is counted from tallies (`measure`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import Aggregate, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.common import charts
from voicehub.common.counting import Asked, Counts
from voicehub.sync.admin.filters import start_of


class Span(Enum):
    """What a bar stands for: its length in days, how many are drawn, and what the column of the table is called."""

    DAY = (1, 14, charts.DAY)
    WEEK = (7, 12, gettext_lazy("Week"))

    def first_days(self) -> list[date]:
        """The days on which the spans begin, in the reader's time zone; weeks begin on Mondays."""
        days, count, _unit = self.value
        today = localdate()
        last = today - timedelta(days=today.weekday()) if self is Span.WEEK else today
        return [last - timedelta(days=days * back) for back in range(count - 1, -1, -1)]

    def name_of(self, first: date) -> str:
        if self is Span.DAY:
            return date_format(first)
        return _("%(first)s to %(last)s") % {
            "first": date_format(first),
            "last": date_format(first + timedelta(days=6)),
        }


@dataclass(frozen=True)
class Series:
    """A column of the table: rows whose time (`at`, a column) lies in the span, or a `measure` of them."""

    name: Any
    rows: QuerySet
    at: str
    measure: Aggregate | None = None

    def within(self, begin: datetime, end: datetime) -> QuerySet:
        return self.rows.filter(**{f"{self.at}__gte": begin, f"{self.at}__lt": end})


@dataclass(frozen=True)
class Figures:
    """A chart; `url` is where what it counts is listed. Those of a higher `rank` come later."""

    title: Any
    series: Sequence[Series]
    span: Span = Span.DAY
    url: str = ""
    rank: int = 0


@dataclass(frozen=True)
class Drawn:
    """A chart and where what it counts is listed."""

    chart: charts.Chart
    url: str


@dataclass(frozen=True)
class Pending:
    """Figures with their numbers asked for: a row a span, with its first day."""

    figures: Figures
    rows: Sequence[tuple[date, Sequence[Asked]]]

    def drawn(self) -> Drawn:
        span = self.figures.span
        times = [
            charts.Time(span.name_of(first), date_format(first, "j M"), [asked.number for asked in row])
            for first, row in self.rows
        ]
        names = [series.name for series in self.figures.series]
        return Drawn(charts.of_times(self.figures.title, times, unit=span.value[2], columns=names), self.figures.url)


Show = Callable[[HttpRequest], Iterable[Figures]]
_shown: dict[str, Show] = {}


def shown(show: Show) -> Show:
    """Register a function that yields the charts for a request; a second one of the same name replaces the first."""
    _shown[f"{show.__module__}.{show.__qualname__}"] = show
    return show


def pending(request: HttpRequest, counts: Counts) -> list[Pending]:
    """All charts, with their numbers asked for and not known yet."""
    found = [figures for show in _shown.values() for figures in show(request)]
    return [Pending(one, list(_asked(one, counts))) for one in sorted(found, key=lambda one: one.rank)]


def _asked(figures: Figures, counts: Counts) -> Iterator[tuple[date, list[Asked]]]:
    length = timedelta(days=figures.span.value[0])
    for first in figures.span.first_days():
        begin, end = start_of(first), start_of(first + length)
        yield first, [counts.ask(series.within(begin, end), series.measure) for series in figures.series]
