"""Sums by month as bars, drawn here: no script, no other host, and the same numbers stand in the table beside it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.dates import MONTHS_3
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contributors.ledger import Month, MonthSum

MOST_BARS = 24
WIDTH, HEIGHT = 760, 280
LEFT, RIGHT, TOP, BOTTOM = 76, 8, 24, 52
STEPS = (1, 2, 5, 10)
MOST_TICKS = 5


@dataclass(frozen=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True)
class Bar:
    """A month; `year` is written below the first month of each year only."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    year: str
    title: str


@dataclass(frozen=True)
class Chart:
    """The geometry of one currency's bars, in the units of the picture."""

    currency: str
    title: str
    ticks: Sequence[Tick]
    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM
    middle: float = (LEFT + WIDTH - RIGHT) / 2


def charts(sums: Sequence[MonthSum]) -> list[Chart]:
    """One chart for each currency, each over its newest months. `sums` are newest first."""
    by_currency: dict[str, dict[Month, MonthSum]] = defaultdict(dict)
    for one in sums:
        if one.month:
            by_currency[one.currency][one.month] = one
    return [_chart(currency, months) for currency, months in sorted(by_currency.items())]


def _chart(currency: str, sums: dict[Month, MonthSum]) -> Chart:
    months = _newest_months(sums)
    top, ticks = _scale(max(sums[month].paid for month in months if month in sums))
    words = {"currency": currency, "first": months[0].name, "last": months[-1].name}
    return Chart(
        currency=currency,
        title=_("Paid by month in %(currency)s, %(first)s to %(last)s") % words,
        ticks=ticks,
        bars=list(_bars(months, sums, top)),
    )


def _newest_months(sums: dict[Month, MonthSum]) -> list[Month]:
    """Without a gap, from the first month to the last one, but no more than fit."""
    last, first = max(sums), min(sums)
    count = 12 * (last.year - first.year) + last.number - first.number + 1
    return [last.moved(-place) for place in reversed(range(min(count, MOST_BARS)))]


def _scale(most: Decimal) -> tuple[Decimal, list[Tick]]:
    """The value at the upper end of the axis, and round values up to it."""
    step = _step(most)
    count = ceil(most / step)
    return step * count, [Tick(_y(step * n, step * count), number_format(step * n)) for n in range(count + 1)]


def _step(most: Decimal) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 ... by which a few ticks reach the largest sum."""
    power = Decimal(1)
    while 10 * power * MOST_TICKS < most:
        power *= 10
    return next(step * power for step in STEPS if step * power * MOST_TICKS >= most)


def _y(value: Decimal, top: Decimal) -> float:
    return round(HEIGHT - BOTTOM - float(value / top) * (HEIGHT - BOTTOM - TOP), 1)


def _bars(months: Sequence[Month], sums: dict[Month, Any], top: Decimal) -> Iterator[Bar]:
    room = (WIDTH - LEFT - RIGHT) / len(months)
    width = min(room * 0.7, 48)
    for place, month in enumerate(months):
        paid = sums[month].paid if month in sums else Decimal()
        middle = LEFT + room * (place + 0.5)
        y = _y(paid, top)
        yield Bar(
            x=round(middle - width / 2, 1),
            y=y,
            width=round(width, 1),
            height=round(HEIGHT - BOTTOM - y, 1),
            middle=round(middle, 1),
            label=capfirst(str(MONTHS_3[month.number])),
            year=str(month.year) if place == 0 or month.number == 1 else "",
            title=f"{month.name}: {number_format(paid, 2)}",
        )
