"""Quiet hours, by the clock where a number belongs."""

from datetime import UTC, datetime

import pytest

from voicehub.common import calling_hours
from voicehub.common.calling_hours import Hours

# New York; Paris; a toll-free number of many zones; no country's.
NEW_YORK, PARIS, TOLL_FREE, NOWHERE = "+12125550123", "+33199001234", "+18005550123", "+99900012345"


@pytest.fixture(autouse=True)
def nights(settings):
    settings.QUIET_HOURS = "21:00-08:00"


def at(hour, minute=0):
    return datetime(2026, 11, 28, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "now", "opens"),
    [
        (NEW_YORK, at(12, 59), at(13)),
        (NEW_YORK, at(13), at(13)),
        (NEW_YORK, at(1, 59), at(1, 59)),
        (NEW_YORK, at(2), at(13)),
        (PARIS, at(6, 59), at(7)),
        (PARIS, at(20), datetime(2026, 11, 29, 7, tzinfo=UTC)),
        (NOWHERE, at(7, 59), at(8)),
    ],
)
def test_it_is_quiet_by_the_clock_of_the_number(number, now, opens):
    assert calling_hours.opens_at(number, now=now) == opens
    assert bool(calling_hours.obstacle(number, now=now)) == (opens != now)


def test_a_number_of_several_zones_waits_for_all_of_them():
    zones = calling_hours.zones_of(TOLL_FREE)
    assert len(zones) > 3
    opens = calling_hours.opens_at(TOLL_FREE, now=at(14))
    assert opens > at(14)
    assert not any(Hours.parse("21:00-08:00").hold(opens.astimezone(zone).time()) for zone in zones)


def test_the_reason_says_what_time_it_is_there_and_when_it_may_go():
    words = calling_hours.obstacle(NEW_YORK, now=at(4, 10))
    assert words == "It is 23:10 there (America/New York), in the quiet hours: it may go from 08:00 on."


def test_a_number_that_it_is_never_day_for_is_left_alone_with_the_reason(settings):
    settings.QUIET_HOURS = "18:00-09:00"
    assert calling_hours.opens_at(TOLL_FREE, now=at(14)) is None
    assert "An administrator can make them shorter" in calling_hours.obstacle(TOLL_FREE, now=at(14))


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_later_not_earlier(settings):
    settings.QUIET_HOURS = "21:00-01:45"
    second_half_past_one = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert calling_hours.opens_at(NEW_YORK, now=second_half_past_one) == datetime(2026, 11, 1, 6, 45, tzinfo=UTC)


def test_quiet_hours_may_lie_within_a_day_or_be_none(settings):
    settings.QUIET_HOURS = "12:00-14:00"
    assert calling_hours.opens_at(PARIS, now=at(12, 30)) == at(13)
    settings.QUIET_HOURS = ""
    assert calling_hours.obstacle(PARIS, now=at(2)) == ""


@pytest.mark.parametrize("text", ["21:00", "nine-five", "08:00-08:00", "25:00-08:00", "21:00+02:00-08:00"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError):
        Hours.parse(text)
