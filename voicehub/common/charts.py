"""A bar chart of days, drawn as SVG without a script; the same numbers stand in a table below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM, TOP = 40, 24, 12
NICE = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """A day, how many, and the rectangle that shows it (SVG user units)."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """`top` is the highest value of the axis, a round one; `marks` are days to write below it."""

    title: Any
    bars: list[Bar]
    top: int
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
    top = _round_up(max((counts.get(day, 0) for day in wanted), default=0))
    step = (WIDTH - LEFT) / days
    room = HEIGHT - BOTTOM - TOP
    return Chart(
        title,
        [_bar(day, counts.get(day, 0), LEFT + step * place, step, room, top) for place, day in enumerate(wanted)],
        top,
    )


def _bar(day: date, count: int, x: float, step: float, room: int, top: int) -> Bar:
    height = room * count / top
    return Bar(
        day,
        count,
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
