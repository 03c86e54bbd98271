from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.common.factories import make_person
from voicehub.common import notices
from voicehub.common.models import Notice, User
from voicehub.common.roles import STAFF
from voicehub.middleware import POLICY

pytestmark = pytest.mark.django_db

MIDDAY_UTC = datetime(2026, 1, 15, 12, tzinfo=UTC)


def shown_time(client: Client) -> str:
    """The time of a notice of midday UTC, as the first page shows it."""
    page = client.get(reverse("admin:index")).content.decode()
    return page.partition('<time datetime="')[2].partition('"')[0]


@pytest.fixture
def person():
    person = make_person("sam", STAFF)
    notices.notify(person, "Lunch")
    Notice.objects.update(repeated_at=MIDDAY_UTC)
    return person


@pytest.mark.parametrize(
    ("own", "in_browser", "shown"),
    [
        ("Asia/Tokyo", "America/New_York", "2026-01-15T21:00:00+09:00"),
        ("", "America/New_York", "2026-01-15T07:00:00-05:00"),
        ("", "", "2026-01-15T12:00:00+00:00"),
        ("", "../../etc/passwd", "2026-01-15T12:00:00+00:00"),
        ("", "Europe", "2026-01-15T12:00:00+00:00"),
    ],
)
def test_times_are_in_the_persons_zone_else_in_the_browsers(person, own, in_browser, shown):
    person.time_zone = own
    person.save()
    client = Client()
    client.force_login(person)
    client.cookies["browser_time_zone"] = in_browser
    assert shown_time(client) == shown


def test_the_zone_of_one_request_does_not_stay_for_the_next(person):
    client = Client()
    client.force_login(person)
    User.objects.update(time_zone="Asia/Tokyo")
    assert shown_time(client).endswith("+09:00")
    User.objects.update(time_zone="")
    assert shown_time(client).endswith("+00:00")


@pytest.mark.parametrize(
    ("own", "in_browser", "spoken"),
    [("fr", "en", "fr"), ("en", "fr", "en"), ("", "fr-BJ,fr;q=0.9", "fr"), ("", "de", "en"), ("", "", "en")],
)
def test_pages_speak_the_persons_language_else_the_browsers(person, own, in_browser, spoken):
    person.language = own
    person.save()
    client = Client(headers={"accept-language": in_browser})
    client.force_login(person)
    with translation.override("en"):
        answer = client.get(reverse("admin:profile"))
    assert answer["Content-Language"] == spoken
    assert f'<html lang="{spoken}"' in answer.content.decode()


def test_who_is_not_signed_in_reads_the_sign_in_in_the_browsers_language():
    with translation.override("en"):
        answer = Client(headers={"accept-language": "fr"}).get(reverse("admin:login"))
    assert '<html lang="fr"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/healthz/alive", "/admin/login/", "/nowhere"])
def test_every_answer_carries_the_policy(path):
    answer = Client().get(path)
    assert answer["Content-Security-Policy"] == POLICY
    assert "unsafe-inline" not in POLICY.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize("name", ["index", "profile", "common_notice_changelist", "password_change"])
def test_no_page_needs_a_script_that_the_policy_forbids(person, name):
    client = Client()
    client.force_login(person)
    page = client.get(reverse(f"admin:{name}")).content.decode()
    scripts = [tag.partition(">")[0] for tag in page.split("<script")[1:]]
    assert scripts
    assert all('src="' in tag or 'type="application/json"' in tag for tag in scripts)
    assert not any(f" on{event}=" in page for event in ("click", "load", "submit", "change"))
