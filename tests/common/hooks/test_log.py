"""The log of what came in: found by its subject, kept for a while, in a database of its own on SQLite."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.common.factories import make_person
from voicehub.common.hooks import retention
from voicehub.common.hooks.models import HookAddress, HookRequest, HookTally
from voicehub.common.roles import STAFF
from voicehub.sync import chores

pytestmark = pytest.mark.django_db(databases="__all__")


def came_in(days_ago=0, **values):
    known = {"kind": "gadgets/bell", "address_id": 1, "method": "GET", "status": 200, "milliseconds": 1}
    at = timezone.now() - timedelta(days=days_ago)
    return HookRequest.objects.create(**known | {"outcome": "answered", "received_at": at} | values)


def test_the_log_is_apart_from_the_main_database_on_sqlite():
    expected = "hooks" if connection.vendor == "sqlite" else "default"
    assert HookRequest.objects.db == HookTally.objects.db == expected
    assert HookAddress.objects.db == "default"
    for alias in connections:
        tables = connections[alias].introspection.table_names()
        assert ("hooks_hookrequest" in tables) is (alias == expected)
        assert ("hooks_hookaddress" in tables) is (alias == "default")


def test_what_is_too_old_goes_in_slices_and_the_rest_stays(settings, monkeypatch):
    settings.HOOK_KEEP_DAYS = 30
    monkeypatch.setattr(retention, "SLICE", 2)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0)
    young = [came_in(days_ago=29).pk, came_in().pk]
    assert not retention.is_due()
    for _number in range(5):
        came_in(days_ago=31)
    HookTally.objects.create(hour=timezone.now() - timedelta(days=31), reason="unknown", count=1)
    assert retention.is_due()
    chores.run("hooks")
    assert sorted(HookRequest.objects.values_list("pk", flat=True)) == young
    assert not HookTally.objects.exists()


def test_requests_are_found_by_their_subject_and_read_but_never_changed(bell):
    bell.ring("session=s1&note=%3Cscript%3Eh%C3%A9&note=2")
    came_in(subject="s10")
    staff = Client()
    staff.force_login(make_person("sam", STAFF))
    found = staff.get(reverse("admin:hooks_hookrequest_changelist"), {"q": "s1"})
    assert [row.subject for row in found.context["cl"].result_list] == ["s1"]
    page = staff.get(reverse("admin:hooks_hookrequest_change", args=[found.context["cl"].result_list[0].pk]))
    text = page.content.decode()
    assert "session = s1\nnote = &lt;script&gt;hé\nnote = 2" in text
    assert f"Bell: Gadget {bell.gadget.pk}" in text
    assert 'name="_save"' not in text


@pytest.mark.parametrize(
    "query",
    [{"q": "s1"}, {"kind": "gadgets/bell"}, {"address_id": "1"}, {"outcome__exact": "failed"}],
)
def test_no_list_of_requests_reads_the_whole_table(query, django_assert_max_num_queries):
    log = connections[HookRequest.objects.db]
    if log.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by the number of rows, and there are none.")
    came_in(subject="s1")
    client = Client()
    client.force_login(make_person("root", is_superuser=True))
    with django_assert_max_num_queries(3, connection=log) as asked:
        assert client.get(reverse("admin:hooks_hookrequest_changelist"), query).status_code == 200
    for statement in asked.captured_queries:
        with log.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert "SCAN hooks_hookrequest" not in plan, (statement, plan)


def test_the_page_of_addresses_offers_missing_ones_and_says_how_many_came_to_none(bell):
    bell.client.get("/hooks/gadgets/bell/guess/")
    root = Client()
    root.force_login(make_person("root", is_superuser=True))
    page = root.get(reverse("admin:hooks_hookaddress_changelist")).content.decode()
    assert "Make an address: Door" in page
    assert "Make an address: Bell" not in page
    assert "1 request came in at an address that does not exist" in page
