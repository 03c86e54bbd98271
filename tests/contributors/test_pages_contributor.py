"""A contributor's page: all that was paid, by month and currency, in a table and a chart, and what is open."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributors.ledger import Month, MonthSum
from contributors.views.chart import MOST_BARS, charts
from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, signed_in


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def client(db):
    return signed_in(make_person("sam", "Staff"))


@pytest.fixture
def steve(db):
    return make_contributor(make_account())


def paid(user, person, amount, *when, **values):
    at = datetime(*when, 12, tzinfo=UTC)
    return make_payment(user, person, amount, **{"paid_at": at, "created_at": at, **values})


def page_of(client, person):
    return client.get(reverse("admin:contributors_contributor_change", args=[person.pk]))


def months(answer):
    return [(str(line["sum"].month), line["sum"].currency, line["sum"].paid) for line in answer.context["months"]]


def items(answer):
    return [item.payment.pk for item in answer.context["items"]]


def test_everything_paid_stands_by_month_and_currency_newest_first(steve, editor, client):
    paid(editor, steve, "20.15", 2026, 11, 3)
    paid(editor, steve, "5", 2026, 11, 9)
    paid(editor, steve, "7", 2026, 11, 9, currency="EUR")
    paid(editor, steve, "100", 2024, 12, 31)
    paid(editor, make_contributor(steve.connection, "Tony"), "9", 2026, 11, 3)
    answer = page_of(client, steve)
    assert months(answer) == [
        ("2026-11", "EUR", Decimal("7.00")),
        ("2026-11", "USD", Decimal("25.15")),
        ("2024-12", "USD", Decimal("100.00")),
    ]
    totals = [(one.currency, one.count, one.paid) for one in answer.context["totals"]]
    assert totals == [("EUR", 1, Decimal("7.00")), ("USD", 3, Decimal("125.15"))]


def test_each_month_leads_to_exactly_its_payments(steve, editor, client):
    first, second = paid(editor, steve, "1", 2026, 11, 1), paid(editor, steve, "2", 2026, 11, 30)
    paid(editor, steve, "3", 2026, 10, 31)
    url = page_of(client, steve).context["months"][0]["url"]
    assert {one.pk for one in client.get(url).context["cl"].result_list} == {first.pk, second.pk}


def test_the_chart_shows_the_numbers_of_the_table_with_axes(steve, editor, client):
    paid(editor, steve, "20", 2026, 11, 3)
    paid(editor, steve, "50", 2026, 9, 3)
    answer = page_of(client, steve)
    (chart,) = answer.context["charts"]
    assert [(bar.label, bar.title) for bar in chart.bars] == [
        ("Sep", "September 2026: 50.00"),
        ("Oct", "October 2026: 0.00"),
        ("Nov", "November 2026: 20.00"),
    ]
    highest, _none, lower = (bar.height for bar in chart.bars)
    assert lower / highest == pytest.approx(20 / 50, abs=0.01)
    assert [tick.label for tick in chart.ticks] == ["0", "10", "20", "30", "40", "50"]
    svg = re.search("<svg.*?</svg>", answer.content.decode(), re.DOTALL)[0]
    assert 'role="img"' in svg
    assert "USD" in svg
    assert "http" not in svg


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        ("0.01", ["0", "1"]),
        ("5", ["0", "1", "2", "3", "4", "5"]),
        ("6", ["0", "2", "4", "6"]),
        ("50.01", ["0", "20", "40", "60"]),
        ("1001", ["0", "500", "1000", "1500"]),
        ("9999999", ["0", "2000000", "4000000", "6000000", "8000000", "10000000"]),
    ],
)
def test_the_axis_ends_at_a_round_value_above_the_largest_sum(most, labels):
    (chart,) = charts([MonthSum(Month(2026, 11), "USD", 1, Decimal(most))])
    assert [tick.label for tick in chart.ticks] == labels
    assert chart.bars[0].y >= chart.ticks[-1].y


def test_the_chart_has_no_more_bars_than_fit_and_keeps_the_newest():
    sums = [MonthSum(Month(2026, 11).moved(-place), "USD", 1, Decimal(1)) for place in range(40)]
    (chart,) = charts(sums)
    assert len(chart.bars) == MOST_BARS
    assert chart.bars[-1].title.startswith("November 2026")
    assert [bar.year for bar in chart.bars if bar.year] == ["2024", "2025", "2026"]


def test_first_and_last_payment_are_linked(steve, editor, client):
    last = paid(editor, steve, "1", 2026, 11, 9)
    first = paid(editor, steve, "2", 2025, 1, 2)
    paid(editor, steve, "3", 2026, 12, 1, state="refused")
    answer = page_of(client, steve)
    assert (answer.context["first"], answer.context["last"]) == (first, last)
    text = answer.content.decode()
    assert first.get_absolute_url() in text
    assert last.get_absolute_url() in text


def test_open_items_are_what_has_not_ended_and_receipts_that_differ(steve, editor, client):
    wanted = [make_payment(editor, steve, state=state) for state in ("approval", "waiting", "held", "uncertain")]
    wanted.append(paid(editor, steve, "20", 2026, 11, 3, receipt_mismatch="It names 2.00."))
    for state in ("paid", "refused", "cancelled", "expired", "draft"):
        make_payment(editor, steve, state=state)
    answer = page_of(client, steve)
    assert sorted(items(answer)) == [payment.pk for payment in wanted]
    text = unescape(answer.content.decode())
    assert "It names 2.00." in text
    assert all(payment.get_absolute_url() in text for payment in wanted)


def test_many_open_items_are_cut_and_the_page_says_so(steve, editor, client):
    for _payment in range(23):
        make_payment(editor, steve, state="held")
    answer = page_of(client, steve)
    assert len(items(answer)) == 20
    assert "Only 20 are shown" in answer.content.decode()


def test_an_editor_sees_only_what_they_asked_for(steve, editor):
    own = paid(editor, steve, "20", 2026, 11, 3)
    other = make_person("other", "Editors")
    paid(other, steve, "99", 2026, 10, 3)
    make_payment(other, steve, state="held")
    answer = page_of(signed_in(editor), steve)
    assert months(answer) == [("2026-11", "USD", Decimal("20.00"))]
    assert (answer.context["first"], items(answer)) == (own, [])
    assert "These are the payments you asked for yourself." in answer.content.decode()


def test_payments_whose_time_was_not_kept_are_added_up_as_well(steve, editor, client):
    make_payment(editor, steve, "20", paid_at=None)
    paid(editor, steve, "5", 2026, 11, 3)
    answer = page_of(client, steve)
    assert months(answer) == [("2026-11", "USD", Decimal("5.00")), ("None", "USD", Decimal("20.00"))]
    assert "Time not kept" in answer.content.decode()


def test_months_are_those_of_the_reader(steve, editor):
    make_payment(editor, steve, "20", paid_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    reader = make_person("reader", "Staff")
    reader.time_zone = "Europe/Amsterdam"
    reader.save()
    answer = page_of(signed_in(reader), steve)
    assert months(answer) == [("2026-11", "USD", Decimal("20.00"))]
    assert "in the time zone Europe/Amsterdam" in answer.content.decode()


def test_somebody_never_paid_has_an_empty_page(steve, client):
    answer = page_of(client, steve)
    assert (answer.context["months"], answer.context["charts"], answer.context["first"]) == ([], [], None)
    assert "Nothing is open." in answer.content.decode()


def test_the_pay_button_begins_a_payment_to_this_person(steve, editor, client):
    url = page_of(signed_in(editor), steve).context["pay_url"]
    form = signed_in(editor).get(url).content.decode()
    assert f'<option value="{steve.pk}" selected>Steve Rogers' in form
    assert page_of(client, steve).context["pay_url"] == ""


@pytest.mark.parametrize("rubbish", ["x", "99999999", "9" * 30, "-1", ""])
def test_a_pay_button_with_rubbish_is_an_empty_form(editor, steve, rubbish):
    answer = signed_in(editor).get(reverse("admin:contributors_transaction_pay"), {"contributor": rubbish})
    assert answer.status_code == 200
    assert "selected>Steve" not in answer.content.decode()


def test_who_is_not_on_the_list_any_more_has_no_pay_button(steve, editor):
    type(steve).objects.filter(pk=steve.pk).update(is_active=False)
    assert page_of(signed_in(editor), steve).context["pay_url"] == ""


def test_who_may_not_see_payments_sees_none(steve, editor):
    from django.contrib.auth.models import Permission

    paid(editor, steve, "20", 2026, 11, 3)
    reader = make_person("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_contributor"))
    answer = page_of(signed_in(reader), steve)
    assert answer.status_code == 200
    assert "Paid so far" not in answer.content.decode()


def test_the_page_takes_few_queries_however_long_somebody_was_paid(steve, editor, client):
    for place in range(40):
        month = Month(2026, 11).moved(-place)
        paid(editor, steve, "1", month.year, month.number, 3)
        make_payment(editor, steve, state="held")
    with CaptureQueriesContext(connection) as queries:
        answer = page_of(client, steve)
    assert len(months(answer)) == 40
    assert len(queries) <= 16
