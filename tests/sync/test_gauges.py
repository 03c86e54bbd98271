"""Small figures that a provider tells about an account: from answers, from readings, and on its card."""

import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.ageing import let_pass
from tests.gadgets.models import Gadget
from tests.sync.test_admin_site import as_person, text_of
from voicehub.sync import gauges
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Gauge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gadget_pages")]


@pytest.fixture
def card(django_user_model):
    reader = as_person(django_user_model, "reader", "sync.view_lane")
    return lambda: facts(text_of(reader.get(reverse("admin:sync_lane_changelist"))))


def facts(page):
    return {name: text.strip() for name, text in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)}


def readings():
    return dict(Gauge.objects.values_list("name", "text"))


def test_the_card_tells_what_was_read_and_when(connection, card):
    gauges.record(connection, {"balance": "1,234 XOF"})
    assert card()["Balance"] == "1,234 XOF, read just now"
    let_pass(minutes=3)
    assert card()["Balance"] == "1,234 XOF, read 3\xa0minutes ago"


def test_a_new_reading_takes_the_place_of_the_old_one(connection):
    gauges.record(connection, {"balance": "1,234 XOF", "quota": "5 left"})
    gauges.record(connection, {"balance": "1,219 XOF"})
    assert readings() == {"balance": "1,219 XOF", "quota": "5 left"}


def test_of_several_accounts_the_card_names_each(connection, card):
    other = Connection.objects.create(provider="gadgets", base_url=connection.base_url, account="b", name="Desk")
    gauges.record(connection, {"balance": "1"})
    gauges.record(other, {"balance": "2"})
    told = card()
    assert (told["Balance (a)"], told["Balance (Desk)"]) == ("1, read just now", "2, read just now")


def test_a_provider_that_has_told_nothing_shows_none(connection, card):
    assert "Balance" not in card()


def test_what_the_headers_of_an_answer_tell_is_kept(make_gadget, provider):
    provider.headers = {"Quota-Left": "7"}
    make_gadget()
    drain_inline()
    assert readings() == {"quota": "7 left"}


def test_what_was_noted_a_moment_ago_is_left_and_later_taken(make_gadget, provider):
    for left, told in [("7", "7 left"), ("6", "7 left")]:
        provider.headers = {"Quota-Left": left}
        make_gadget()
        drain_inline()
        assert readings() == {"quota": told}
    let_pass(seconds=3)
    make_gadget()
    drain_inline()
    assert readings() == {"quota": "6 left"}


@pytest.mark.parametrize("headers", [{}, {"Quota-Left": "plenty"}])
def test_headers_that_tell_nothing_or_rubbish_cost_neither_a_statement_nor_an_outcome(make_gadget, provider, headers):
    provider.headers = headers
    make_gadget()
    with CaptureQueriesContext(database) as asked:
        drain_inline()
    assert not any("gauge" in query["sql"] for query in asked.captured_queries)
    assert Gadget.objects.get().sync_state == "in_step"


def test_a_text_of_any_length_is_kept_as_far_as_it_fits(connection):
    gauges.record(connection, {"balance": "9\0" + "9" * 500})
    assert readings() == {"balance": "9" * 100}
