"""When a number may be called."""

from datetime import UTC, datetime, time, timedelta

import pytest

from campaigns.models import Campaign
from campaigns.windows import window_of

NEW_YORK, LOS_ANGELES, CHICAGO = "America/New_York", "America/Los_Angeles", "America/Chicago"
# A Wednesday, noon in New York.
NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def hours_of_the_law(settings):
    settings.QUIET_HOURS = "21:00-08:00"


def make_campaign(**values):
    return Campaign(**{"days": "12345", "opens": time(9), "closes": time(17), "time_zone": NEW_YORK} | values)


def new_york(day, hour, minute=0):
    """A time of November 2026 by New York's clock, as UTC; it is five hours behind."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def test_a_number_is_called_by_its_own_clock():
    window = window_of(make_campaign(), LOS_ANGELES, NOON)
    assert (window.opens_at, window.closes_at) == (new_york(25, 12), new_york(25, 20))


def test_of_several_zones_the_strictest_counts():
    window = window_of(make_campaign(), f"{NEW_YORK} {LOS_ANGELES}", NOON)
    assert (window.opens_at, window.closes_at) == (new_york(25, 12), new_york(25, 17))


def test_a_number_of_no_known_zone_is_called_when_it_is_time_from_coast_to_coast():
    window = window_of(make_campaign(), "", NOON)
    assert (window.opens_at, window.closes_at) == (new_york(25, 12), new_york(25, 17))


def test_after_the_hours_it_is_the_next_day_and_after_the_days_the_next_week():
    evening, friday = new_york(25, 18), new_york(27, 17)
    assert window_of(make_campaign(), NEW_YORK, evening).opens_at == new_york(26, 9)
    assert window_of(make_campaign(), NEW_YORK, friday).opens_at == new_york(30, 9)


def test_quiet_hours_hold_whatever_the_campaign_says():
    window = window_of(make_campaign(opens=time(0), closes=time(23, 59)), NEW_YORK, NOON)
    assert (window.opens_at, window.closes_at) == (new_york(25, 8), new_york(25, 21))


def test_quiet_hours_at_noon_make_two_windows(settings):
    settings.QUIET_HOURS = "12:00-14:00"
    morning = window_of(make_campaign(), NEW_YORK, new_york(25, 10))
    noon = window_of(make_campaign(), NEW_YORK, new_york(25, 12))
    assert (morning.opens_at, morning.closes_at) == (new_york(25, 9), new_york(25, 12))
    assert (noon.opens_at, noon.closes_at) == (new_york(25, 14), new_york(25, 17))


def test_nobody_is_called_before_the_beginning():
    window = window_of(make_campaign(starts_at=new_york(30, 10, 30)), NEW_YORK, NOON)
    assert (window.opens_at, window.closes_at) == (new_york(30, 10, 30), new_york(30, 17))


def test_where_it_is_never_time_in_all_zones_there_is_no_window():
    assert window_of(make_campaign(opens=time(9), closes=time(11)), f"{NEW_YORK} {LOS_ANGELES}", NOON) is None


def test_a_window_keeps_to_the_clock_on_the_day_it_is_put_back():
    sunday = datetime(2026, 11, 1, 4, tzinfo=UTC)
    window = window_of(make_campaign(days="7"), CHICAGO, sunday)
    assert window.opens_at == datetime(2026, 11, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_an_open_window_holds_the_present_and_one_to_come_lies_ahead(hour):
    now = datetime(2026, 11, 25, hour, tzinfo=UTC)
    window = window_of(make_campaign(), NEW_YORK, now)
    assert window.closes_at > now
    assert window.is_open(now) == (window.opens_at <= now)
