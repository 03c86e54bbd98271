"""Lists stay fast and honest at any size."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.gadgets.models import Gadget
from voicehub.sync.admin.paging import CappedPaginator
from voicehub.sync.models import Exchange

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]

LIST = "admin:gadgets_gadget_changelist"


@pytest.fixture
def gadgets(connection):
    """Sixty gadgets that no job waits for."""
    Gadget._base_manager.bulk_create(Gadget(name=f"Lamp {number}", connection=connection) for number in range(60))
    return Gadget._base_manager.order_by("-id")


def test_a_short_list_is_counted_to_the_end(gadgets):
    paginator = CappedPaginator(gadgets, 25)
    assert (paginator.count, paginator.num_pages, paginator.is_capped) == (60, 3, False)


def test_a_long_list_is_counted_no_further_than_the_cap(gadgets, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(CappedPaginator, "CAP", 50)
    with django_assert_num_queries(1) as asked:
        paginator = CappedPaginator(gadgets, 25)
        assert (paginator.count, paginator.num_pages, paginator.is_capped) == (50, 2, True)
    sql = asked[0]["sql"]
    assert "LIMIT 51" in sql
    assert "ORDER BY" not in sql


def test_a_list_of_exactly_the_cap_is_not_called_longer(gadgets, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "CAP", 60)
    assert not CappedPaginator(gadgets, 25).is_capped


def test_a_capped_list_says_so_on_its_page(gadgets, monkeypatch, admin_client):
    monkeypatch.setattr(CappedPaginator, "CAP", 50)
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "More than 50 gadgets: search or filter to see the others." in page
    assert "50 results" not in page


def test_the_last_page_before_the_cap_can_be_reached_and_none_after_it(gadgets, monkeypatch, admin_client):
    monkeypatch.setattr(CappedPaginator, "CAP", 50)
    assert admin_client.get(reverse(LIST), {"p": 2}).context["cl"].result_list[0].name == "Lamp 34"
    assert admin_client.get(reverse(LIST), {"p": 3}).status_code == 302


def test_a_search_for_thousands_of_words_is_cut_and_answered(gadgets, admin_client):
    words = "a " * 2000
    assert admin_client.get(reverse("admin:common_user_changelist"), {"q": words}).status_code == 200
    of_a_box = {"app_label": "common", "model_name": "auditentry", "field_name": "actor", "term": words}
    assert admin_client.get(reverse("admin:autocomplete"), of_a_box).status_code == 200
    assert admin_client.get(reverse(LIST), {"q": "lamp 59"}).context["cl"].query == "lamp 59"


def test_selecting_all_rows_of_all_pages_is_not_offered(gadgets, admin_client):
    assert "Select all 60" not in admin_client.get(reverse(LIST)).content.decode()


@pytest.fixture
def by_day(gadgets, admin_client):
    """The names on the page that shows days from one to another."""
    moments = {"late": "2026-03-01T22:59:59", "night": "2026-03-01T23:00:00", "next": "2026-03-02T22:59:59"}
    Gadget._base_manager.update(synced_at=datetime(2020, 1, 1, tzinfo=UTC))
    for name, moment in moments.items():
        pk = gadgets.filter(synced_at__year=2020).values("pk")[:1]
        Gadget._base_manager.filter(pk__in=list(pk.values_list("pk", flat=True))).update(
            name=name, synced_at=datetime.fromisoformat(moment).replace(tzinfo=UTC)
        )

    def names(**days):
        with timezone.override("Europe/Berlin"):
            return {gadget.name for gadget in shown(admin_client, days)}

    return names


def shown(client, days):
    from tests.sync.test_admin_site import site

    request = client.get(reverse(LIST), days).wsgi_request
    return list(site.get_model_admin(Gadget).get_changelist_instance(request).get_queryset(request))


def test_both_days_of_a_range_are_included_in_the_readers_own_zone(by_day):
    assert by_day(synced_at_from="2026-03-02", synced_at_to="2026-03-02") == {"night", "next"}
    assert by_day(synced_at_from="2026-03-01", synced_at_to="2026-03-01") == {"late"}


@pytest.mark.parametrize("rubbish", ["tomorrow", "2026-02-31", "0001-01-01", "9999-12-31", "'; --"])
def test_a_day_that_is_none_is_left_out_of_account(by_day, rubbish):
    assert {"late", "night", "next"} <= by_day(synced_at_from=rubbish, synced_at_to=rubbish)


def test_filters_of_calls_tell_answers_apart(admin_client):
    for status in (200, 302, 404, 429, 500, None):
        Exchange.objects.create(
            provider="pings", method="GET", url=f"/{status}", status=status, started_at=timezone.now(), duration_ms=1
        )
    url = reverse("admin:sync_exchange_changelist")
    found = {
        kind: {call.url for call in admin_client.get(url, {"answer": kind}).context["cl"].result_list}
        for kind in ("answered", "turned_down", "broken", "unheard")
    }
    assert found == {
        "answered": {"/200", "/302"},
        "turned_down": {"/404", "/429"},
        "broken": {"/500"},
        "unheard": {"/None"},
    }


def test_the_list_of_calls_does_not_read_what_was_said(admin_client, django_assert_max_num_queries):
    Exchange.objects.create(provider="pings", method="GET", url="/", started_at=timezone.now(), duration_ms=1)
    with django_assert_max_num_queries(12) as asked:
        admin_client.get(reverse("admin:sync_exchange_changelist"))
    assert not [query for query in asked if "response_body" in query["sql"]]
