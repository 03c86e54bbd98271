"""A bar chart of days or hours, drawn as SVG without a script; the same numbers stand in a table below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM, TOP = 40, 24, 12
NICE = (1, 2, 5)
DAY, HOUR, ONE_NUMBER = _("Day"), _("Hour"), (_("Number"),)
ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Time:
    """What a bar stands for: its name, a short one to write below it, and the numbers that add up to its height."""

    name: str
    mark: str
    numbers: Sequence[int]


@dataclass(frozen=True)
class Bar:
    """The rectangle that shows the sum of a time's numbers (SVG user units)."""

    time: Time
    x: float
    y: float
    width: float
    height: float

    @property
    def count(self) -> int:
        return sum(self.time.numbers)


@dataclass(frozen=True)
class Chart:
    """`top` is the highest value of the axis, a round one; `marks` are bars whose time is written below them.

    The table has a column for the times, called `unit`, and one for each of their numbers.
    """

    title: Any
    bars: list[Bar]
    top: int
    unit: Any = DAY
    columns: Sequence[Any] = ONE_NUMBER
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    ceiling: int = TOP

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def middle(self) -> float:
        return (self.base + self.ceiling) / 2

    @property
    def marks(self) -> list[Bar]:
        return self.bars[:: max(1, len(self.bars) // 6)]


def daily(title: Any, counts: Mapping[date, int], *, until: date, days: int) -> Chart:
    """The last `days` days up to `until`; a day that is not in `counts` has none."""
    wanted = [until - timedelta(days=back) for back in range(days - 1, -1, -1)]
    times = [Time(date_format(day), date_format(day, "j M"), (counts.get(day, 0),)) for day in wanted]
    return Chart(title, *_bars(times))


def hourly(title: Any, counts: Mapping[datetime, Sequence[int]], *, columns: Sequence[Any], hours: int) -> Chart:
    """The last `hours` hours (keys in UTC) up to the last in `counts`, of numbers by column, in the reader's zone."""
    last = max(counts, default=None)
    first = max(min(counts), last - (hours - 1) * ONE_HOUR) if last else None
    count = int((last - first) / ONE_HOUR) + 1 if last and first else 0
    wanted = [first + place * ONE_HOUR for place in range(count)] if first else []
    none = [0] * len(columns)
    times = [_hour(hour, counts.get(hour, none)) for hour in wanted]
    return Chart(title, *_bars(times), unit=HOUR, columns=columns)


def of_times(title: Any, times: Sequence[Time], *, unit: Any, columns: Sequence[Any]) -> Chart:
    """Whatever stretches of time they are, one after the other."""
    return Chart(title, *_bars(times), unit=unit, columns=columns)


def _hour(hour: datetime, numbers: Sequence[int]) -> Time:
    local = localtime(hour)
    return Time(f"{date_format(local)}, {local:%H:%M}", f"{local:%H:%M}", numbers)


def _bars(times: Sequence[Time]) -> tuple[list[Bar], int]:
    """The bars, and the value at the top of the axis."""
    top = _round_up(max((sum(time.numbers) for time in times), default=0))
    step = (WIDTH - LEFT) / max(1, len(times))
    return [_bar(time, LEFT + step * place, step, top) for place, time in enumerate(times)], top


def _bar(time: Time, x: float, step: float, top: int) -> Bar:
    height = (HEIGHT - BOTTOM - TOP) * sum(time.numbers) / top
    return Bar(
        time,
        round(x + step * 0.15, 1),
        round(HEIGHT - BOTTOM - height, 1),
        round(step * 0.7, 1),
        round(height, 1),
    )


def _round_up(most: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    scale = 1
    while True:
        for nice in NICE:
            if most <= nice * scale:
                return nice * scale
        scale *= 10
