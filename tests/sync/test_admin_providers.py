"""The page Providers: how each one is doing, the stop switch, and letting things go again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.sync.test_admin_site import as_person, text_of
from voicehub.sync import lanes
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Lane, SyncJob
from voicehub.sync.signals import person_acted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]

LIST = "admin:sync_lane_changelist"
STOP = "admin:sync_lane_stop"
RELEASE = "admin:sync_lane_release"


@pytest.fixture
def boss(django_user_model, connection):
    return as_person(django_user_model, "boss", "sync.view_lane", "sync.use_stop_switch")


def stop(client, **data):
    return client.post(reverse(STOP, args=["pings"]), {"reason": "an outage", **data}, follow=True)


def test_the_page_tells_how_each_provider_is_doing(boss, make_ping):
    make_ping()
    lanes.stop("gadgets", user=None, reason="an outage")
    Connection.objects.filter(provider="pings").update(name="Desk", stopped_reason="The sign-in was refused.")
    page = text_of(boss.get(reverse(LIST)))
    assert "because: an outage." in page
    assert "What is due goes out." in page
    assert "1 job" in page
    assert "Desk (Sign in again)" in page


def test_switches_are_shown_to_those_who_may_use_them(boss, django_user_model):
    reader = as_person(django_user_model, "reader", "sync.view_lane")
    switch = reverse(STOP, args=["pings"])
    assert switch in text_of(boss.get(reverse(LIST)))
    assert switch not in text_of(reader.get(reverse(LIST)))


def test_a_stopped_provider_gets_nothing_new(boss, make_ping, provider):
    make_ping()
    assert "Pings is stopped." in text_of(stop(boss))
    drain_inline()
    assert provider.sent == []
    lane = Lane.objects.get(pk="pings")
    assert (lane.stop_reason, lane.stopped_by.username, lane.stopped_until) == ("an outage", "boss", None)


def test_a_stop_needs_a_reason(boss):
    assert "This field is required." in text_of(stop(boss, reason=" "))
    assert Lane.objects.get(pk="pings").stopped_at is None


def test_the_end_of_a_stop_is_meant_in_the_persons_own_time(boss):
    berlin = ZoneInfo("Europe/Berlin")
    until = (timezone.now().astimezone(berlin) + timedelta(hours=3)).replace(second=0, microsecond=0)
    with timezone.override(berlin):
        from voicehub.sync.admin.lanes import StopForm

        form = StopForm({"reason": "an outage", "until": until.strftime("%Y-%m-%dT%H:%M")})
        assert form.is_valid()
    assert form.cleaned_data["until"] == until


def test_a_stop_ends_by_itself_at_its_end(boss):
    until = datetime.now(UTC) + timedelta(hours=3)
    stop(boss, until=until.strftime("%Y-%m-%dT%H:%M"))
    assert Lane.objects.get(pk="pings").stopped_until == until.replace(second=0, microsecond=0)
    assert "then it goes on by itself." in text_of(boss.get(reverse(LIST)))


@pytest.mark.parametrize("until", ["2020-01-01T10:00", "soon"])
def test_a_stop_that_would_end_before_it_begins_is_refused_and_nothing_typed_is_lost(boss, until):
    page = text_of(stop(boss, reason="an outage of theirs", until=until))
    assert Lane.objects.get(pk="pings").stopped_at is None
    assert "an outage of theirs" in page
    assert until in page


def test_releasing_shows_first_how_much_would_be_sent(boss, make_ping, make_gadget, provider):
    for _number in range(3):
        make_ping()
    make_gadget()
    stop(boss)
    page = boss.get(reverse(RELEASE, args=["pings"]))
    assert [(kind["what"], kind["count"]) for kind in page.context["kinds"]] == [("Send once: pings", 3)]
    assert page.context["kinds"][0]["queued"] == SyncJob.objects.filter(provider="pings").earliest("id").created_at
    assert "<td>3</td>" in text_of(page)
    assert Lane.objects.get(pk="pings").stopped_at is not None


def test_releasing_lets_everything_go_spread_over_time(boss, make_ping, provider):
    for _number in range(3):
        make_ping()
    stop(boss)
    page = text_of(boss.post(reverse(RELEASE, args=["pings"]), follow=True))
    assert "3 jobs that were due go out now" in page
    due = list(SyncJob.objects.order_by("due_at").values_list("due_at", flat=True))
    assert due == sorted(set(due))
    assert Lane.objects.get(pk="pings").stopped_at is None


def test_what_was_halted_is_released_as_well(boss):
    Lane.objects.filter(pk="pings").update(halted_reason="The key is missing.", failures=9)
    assert "The key is missing." in text_of(boss.get(reverse(RELEASE, args=["pings"])))
    boss.post(reverse(RELEASE, args=["pings"]))
    lane = Lane.objects.get(pk="pings")
    assert (lane.halted_reason, lane.failures) == ("", 0)


def test_the_audit_hears_of_both_switches(boss):
    heard = []

    def hear(**kwargs):
        heard.append((kwargs["action"], kwargs["actor"].username, kwargs["obj"].pk, kwargs["reason"]))

    person_acted.connect(hear)
    stop(boss)
    boss.post(reverse(RELEASE, args=["pings"]))
    person_acted.disconnect(hear)
    assert heard == [("lane.stopped", "boss", "pings", "an outage"), ("lane.released", "boss", "pings", "")]


def test_a_provider_that_is_none_is_not_found(boss):
    assert boss.post(reverse(STOP, args=["nobody"]), {"reason": "x"}).status_code == 404
