"""When a number may be called: the campaign's days and hours by the clock of each of its zones, less the quiet hours.

Of several zones the strictest counts: it has to be time in all of them. Where none is known these are the campaign's
own and those of the mainland, from coast to coast.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from campaigns.models import Campaign
from voicehub.common.calling_hours import Hours

ONE_DAY = timedelta(days=1)
# In it every weekday comes once, by every clock.
DAYS_AHEAD = 9
COAST_TO_COAST = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Window:
    """From `opens_at` until `closes_at` (UTC); the first has passed where it is open now."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


def window_of(campaign: Campaign, zones: str, now: datetime) -> Window | None:
    """The window of numbers in these zones (names with blanks between them) that is open now, or the next one.

    None where there is none: it is never time in all the zones at once.
    """
    begin = max(now, campaign.starts_at) if campaign.starts_at else now
    hours = (campaign.days, campaign.opens, campaign.closes, settings.QUIET_HOURS)
    for opens_at, closes_at in _spans(*hours, _zones(zones, campaign.time_zone), begin.date()):
        opens_at = max(opens_at, campaign.starts_at) if campaign.starts_at else opens_at
        if closes_at > begin and opens_at < closes_at:
            return Window(opens_at, closes_at)
    return None


def _zones(zones: str, own: str) -> tuple[str, ...]:
    own = own or settings.TIME_ZONE
    return tuple(zones.split()) or (own, *COAST_TO_COAST)


@functools.lru_cache(maxsize=2048)
def _spans(days: str, opens: time, closes: time, quiet: str, zones: Sequence[str], first: date) -> tuple[Span, ...]:
    """The spans (UTC) of the days around and after `first`, in order."""
    dates = [first + place * ONE_DAY for place in range(-1, DAYS_AHEAD)]
    dates = [day for day in dates if str(day.isoweekday()) in days]
    spans: list[Span] | None = None
    for name in zones:
        here = list(_spans_in(ZoneInfo(name), dates, _allowed(opens, closes, quiet)))
        spans = here if spans is None else list(_common(spans, here))
    return tuple(spans or ())


def _spans_in(zone: ZoneInfo, dates: Iterable[date], hours: Sequence[tuple[time, time]]) -> Iterable[Span]:
    for day in dates:
        for begin, end in hours:
            # Where clocks are changed, a time may come twice, or not at all: the shorter span counts.
            yield max(_moments(day, begin, zone)), min(_moments(day, end, zone))


def _moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    return [datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def _allowed(opens: time, closes: time, quiet: str) -> list[tuple[time, time]]:
    """The hours of a day, less the quiet ones."""
    hours = Hours.parse(quiet)
    if hours is None:
        return [(opens, closes)]
    if hours.begin > hours.end:
        parts = [(max(opens, hours.end), min(closes, hours.begin))]
    else:
        parts = [(opens, min(closes, hours.begin)), (max(opens, hours.end), closes)]
    return [(begin, end) for begin, end in parts if begin < end]


def _common(ones: Iterable[Span], others: Sequence[Span]) -> Iterable[Span]:
    for begin, end in ones:
        for other_begin, other_end in others:
            if max(begin, other_begin) < min(end, other_end):
                yield max(begin, other_begin), min(end, other_end)
