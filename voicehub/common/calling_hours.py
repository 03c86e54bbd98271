"""Quiet hours: at what times nobody is called or texted, by the clock where the number belongs.

`QUIET_HOURS` is like "21:00-08:00"; empty means none. A number of several time zones is quiet while it is in any of
them; where none is known, the installation's counts.
"""

import functools
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from voicehub.common.time_zones import known_names

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """Quiet from `begin` to `end`, over midnight where `end` is the earlier one."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Hours | None":
        """None for an empty text. Raises ValueError for one that is not like "21:00-08:00"."""
        if not text.strip():
            return None
        begin, _dash, end = text.partition("-")
        hours = cls(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))
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
        return datetime.combine(day, self.end, local.tzinfo)


def obstacle(number: str, *, now: datetime | None = None) -> str:
    """Why a number (E.164) must not be called or texted at this time, in words; empty when it may be."""
    now = now or timezone.now()
    hours = Hours.parse(settings.QUIET_HOURS)
    opens = opens_at(number, now=now)
    if hours is None or opens == now:
        return ""
    zone = next(zone for zone in zones_of(number) if hours.hold(now.astimezone(zone).time()))
    words = {
        "time": f"{now.astimezone(zone):%H:%M}",
        "zone": zone.key.replace("_", " "),
        "end": f"{opens.astimezone(zone):%H:%M}",
    }
    return _("It is %(time)s there (%(zone)s), in the quiet hours: it may go from %(end)s on.") % words


def opens_at(number: str, *, now: datetime) -> datetime:
    """The next time (UTC) at which it is quiet in none of the number's zones; `now` when that is now."""
    hours = Hours.parse(settings.QUIET_HOURS)
    if hours is None:
        return now
    zones, at = zones_of(number), now
    # Zones may take turns in being quiet; after a day and a bit, every end has been met.
    for _turn in range(2 * len(zones) + 2):
        quiet = [zone for zone in zones if hours.hold(at.astimezone(zone).time())]
        if not quiet:
            break
        at = max(hours.over_at(at.astimezone(zone)) for zone in quiet).astimezone(now.tzinfo)
    return at


@functools.lru_cache(maxsize=65536)
def zones_of(number: str) -> tuple[ZoneInfo, ...]:
    """The time zones in which a number (E.164) may be; the installation's where none is known."""
    try:
        names = time_zones_for_number(phonenumbers.parse(number))
    except NumberParseException:
        names = ()
    known = [ZoneInfo(name) for name in names if name != UNKNOWN_TIMEZONE and name in known_names()]
    return tuple(known) or (ZoneInfo(settings.TIME_ZONE),)
