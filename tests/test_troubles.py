"""What stands on top of every page while something does not go out, and that it goes by itself."""

from datetime import timedelta
from html import unescape
from http import HTTPStatus

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.common.factories import make_person
from voicehub import troubles
from voicehub.common.roles import EDITORS, STAFF
from voicehub.sync import lanes
from voicehub.sync.models import Heartbeat, Lane

pytestmark = pytest.mark.django_db

GO_ON = "You can go on editing: what you save is kept"


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    """What this process was told in another test."""
    monkeypatch.setattr(troubles, "_last", None)


@pytest.fixture
def ada():
    return make_person("ada", STAFF)


@pytest.fixture
def client(ada):
    Heartbeat.objects.filter(pk=1).update(queue_at=timezone.now(), drain_at=None)
    client = Client()
    client.force_login(ada)
    return client


def told(client):
    return unescape(client.get(reverse("admin:troubles")).content.decode())


def test_an_idle_installation_has_no_trouble(client):
    Lane.objects.update(last_good_at=timezone.now() - timedelta(days=300))
    assert "vh-trouble " not in told(client)


def test_a_silent_worker_is_told_within_a_minute_and_a_new_beat_ends_it(client):
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.HEARTBEAT_STALE_SECONDS), tick=False):
        page = told(client)
        assert "The background worker has not been heard of since" in page
        assert GO_ON in page
        Heartbeat.objects.filter(pk=1).update(queue_at=timezone.now())
        assert "vh-trouble " not in told(client)


def test_a_worker_that_is_busy_with_a_long_drain_is_not_called_silent(client):
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.HEARTBEAT_STALE_SECONDS + 10), tick=False):
        Heartbeat.objects.filter(pk=1).update(drain_at=timezone.now())
        assert "vh-trouble " not in told(client)


def test_a_stopped_provider_is_told_with_who_and_why_until_it_is_released(client, ada):
    lanes.stop("outvoice", user=ada, reason="maintenance")
    page = told(client)
    assert "OutVoice: nothing new is sent. Stopped by ada, because: maintenance." in page
    assert GO_ON in page
    lanes.release("outvoice")
    assert "vh-trouble " not in told(client)


def test_an_open_breaker_is_told_and_does_not_flicker_while_the_provider_is_tried_again(client):
    now = timezone.now()
    until = now + timedelta(seconds=15)
    Lane.objects.filter(pk="ourvoice").update(failures=Lane.BREAKER_THRESHOLD, open_until=until)
    assert "5 calls in a row failed." in told(client)
    Heartbeat.objects.filter(pk=1).update(queue_at=until)
    with time_machine.travel(until + timedelta(seconds=5), tick=False):
        assert "is being tried again" in told(client)
        Lane.objects.filter(pk="ourvoice").update(failures=0, open_until=None)
        assert "vh-trouble " not in told(client)


def test_people_are_told_of_providers_whose_records_they_see(client):
    Lane.objects.filter(pk__in=["outvoice", "voiceshot"]).update(halted_reason="The key is wrong.")
    editor = Client()
    editor.force_login(make_person("ed", EDITORS))
    page = told(editor)
    assert "OutVoice takes nothing before" in page
    assert "VoiceShot" not in page
    assert "VoiceShot takes nothing before" in told(client)


def test_a_page_shows_what_was_told_a_moment_ago_and_asks_for_nothing(client):
    profile = reverse("admin:profile")
    Lane.objects.filter(pk="voitex").update(halted_reason="The key is wrong.")
    assert "The key is wrong." not in client.get(profile).content.decode()
    told(client)
    assert "The key is wrong." in client.get(profile).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert "The key is wrong." not in client.get(profile).content.decode()


def test_what_has_not_changed_is_not_sent_again(client):
    mark = client.get(reverse("admin:troubles")).context["mark"]
    again = client.get(reverse("admin:troubles"), headers={"If-None-Match": f'"{mark}"'})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
