"""Quiet hours: at what times nobody is called or texted, by the clock where the number belongs.

`QUIET_HOURS` is like "21:00-08:00"; empty means none. A number of several time zones is quiet while it is in any of
them; where none is known, the installation's counts.

Finding the zones of a number takes as long as reading it, some 20 microseconds: whoever asks for many thousands again
and again keeps them, and asks `opens_in`.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from voicehub.common.time_zones import known_names

ONE_DAY = timedelta(days=1)
# By then the quiet hours have ended once in every zone of the world.
LONGEST_LOOK = 2 * ONE_DAY


@dataclass(frozen=True)
class Hours:
    """Quiet from `begin` to `end`, over midnight where `end` is the earlier one."""

    begin: time
    end: time

    @classmethod
    @functools.lru_cache(maxsize=8)
    def parse(cls, text: str) -> "Hours | None":
        """None for an empty text. Raises ValueError for one that is not like "21:00-08:00"."""
        if not text.strip():
            return None
        begin, _dash, end = text.partition("-")
        hours = cls(_clock(begin), _clock(end))
        if hours.begin == hours.end:
            raise ValueError(text)
        return hours

    def hold(self, at: time) -> bool:
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def over_at(self, local: datetime) -> datetime:
        """When the quiet hours that hold at a local time are over, in the same zone."""
        day = local.date() if local.time() < self.end else local.date() + ONE_DAY
        # Where clocks are put back, an hour comes twice: `fold` tells in which of them it is.
        return datetime.combine(day, self.end, local.tzinfo).replace(fold=local.fold)

    def quiet_zones(self, zones: Sequence[ZoneInfo], at: datetime) -> list[ZoneInfo]:
        return [zone for zone in zones if self.hold(at.astimezone(zone).time())]


def _clock(text: str) -> time:
    return datetime.strptime(text.strip(), "%H:%M").replace(tzinfo=UTC).time()


def obstacle(number: str, *, now: datetime | None = None) -> str:
    """Why a number (E.164) must not be called or texted at this time, in words; empty when it may be."""
    now = now or timezone.now()
    hours = Hours.parse(settings.QUIET_HOURS)
    quiet = hours.quiet_zones(zones_of(number), now) if hours else []
    if not quiet:
        return ""
    opens, zone = opens_at(number, now=now), quiet[0]
    if opens is None:
        return _never(settings.QUIET_HOURS)
    words = {
        "time": f"{now.astimezone(zone):%H:%M}",
        "zone": zone.key.replace("_", " "),
        "end": f"{opens.astimezone(zone):%H:%M}",
    }
    return _("It is %(time)s there (%(zone)s), in the quiet hours: it may go from %(end)s on.") % words


def _never(hours: str) -> str:
    words = _(
        "This number may be in several time zones, and there is no time outside the quiet hours (%s) of all of them. "
        "An administrator can make them shorter (QUIET_HOURS)."
    )
    return words % hours


def opens_at(number: str, *, now: datetime) -> datetime | None:
    """The next time (UTC) at which a number (E.164) is outside the quiet hours; `now` when it is. See `opens_in`."""
    return opens_in(zones_of(number), now=now)


def opens_in(zones: Sequence[ZoneInfo], *, now: datetime) -> datetime | None:
    """The next time (UTC) at which it is quiet in none of the zones; `now` when that is now.

    None when there is no such time: the zones are too far apart for quiet hours as long as these.
    """
    hours = Hours.parse(settings.QUIET_HOURS)
    at = now
    while hours and (quiet := hours.quiet_zones(zones, at)):
        at = max(hours.over_at(at.astimezone(zone)).astimezone(UTC) for zone in quiet)
        if at > now + LONGEST_LOOK:
            return None
    return at


def zones_of(number: str) -> tuple[ZoneInfo, ...]:
    """The time zones in which a number (E.164) may be; the installation's where none is known."""
    return _known_zones(number) or (ZoneInfo(settings.TIME_ZONE),)


@functools.lru_cache(maxsize=4096)
def _known_zones(number: str) -> tuple[ZoneInfo, ...]:
    try:
        return _zones(tuple(time_zones_for_number(phonenumbers.parse(number))))
    except NumberParseException:
        return ()


@functools.cache
def _zones(names: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(name) for name in names if name != UNKNOWN_TIMEZONE and name in known_names())
