"""The ledger: months, sums, filters, links to exactly the payments that were added up, and files of the same rows."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contributors.ledger import Month
from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, signed_in
from voicehub.common.models import AuditEntry

LEDGER = reverse("admin:contributors_transaction_ledger")
CSV, XLSX = (reverse("admin:contributors_transaction_ledger_export", args=[name]) for name in ("csv", "xlsx"))
NOVEMBER = {"month": "2026-11"}


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def client(db):
    return signed_in(make_person("sam", "Staff"))


@pytest.fixture
def people(db):
    account = make_account()
    return [make_contributor(account, name) for name in ("Steve Rogers", "Tony Stark", "Zoë Müller")]


def at(day, hour=12, month=11, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def paid(user, person, amount, when, **values):
    return make_payment(user, person, amount, **{"paid_at": when, "created_at": when, **values})


def uncertain(user, person, amount, when):
    return make_payment(user, person, amount, state="uncertain", created_at=when)


def lines(answer):
    return [line["row"] for line in answer.context["rows"]]


def shown(answer):
    return [(row.name, row.currency, row.paid, row.maybe, row.count) for row in lines(answer)]


def totals(answer):
    return [(one.currency, one.paid, one.maybe, one.count) for one in answer.context["sums"]]


def in_csv(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def in_xlsx(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_row_adds_up_what_one_person_got_in_one_currency(people, editor, client):
    steve, tony, _zoe = people
    paid(editor, steve, "20.15", at(3))
    paid(editor, steve, "0.10", at(20))
    paid(editor, steve, "7", at(4), currency="EUR")
    paid(editor, tony, "1000", at(5))
    answer = client.get(LEDGER, NOVEMBER)
    assert shown(answer) == [
        ("Steve Rogers", "EUR", Decimal("7.00"), 0, 1),
        ("Steve Rogers", "USD", Decimal("20.25"), 0, 2),
        ("Tony Stark", "USD", Decimal("1000.00"), 0, 1),
    ]
    assert totals(answer) == [("EUR", Decimal("7.00"), 0, 1), ("USD", Decimal("1020.25"), 0, 3)]
    assert (lines(answer)[1].first, lines(answer)[1].last) == (at(3), at(20))


def test_many_small_amounts_add_up_to_the_cent(people, editor, client):
    payments = [paid(editor, people[0], "0.10", at(1)) for _payment in range(10)]
    assert totals(client.get(LEDGER, NOVEMBER)) == [("USD", Decimal("1.00"), 0, len(payments))]


@pytest.mark.parametrize(
    "state", ["draft", "waiting", "held", "sending", "refused", "failed", "expired", "cancelled"]
)
def test_what_is_not_paid_is_not_in_the_ledger_even_if_a_time_was_kept(people, editor, client, state):
    paid(editor, people[0], "20", at(3), state=state)
    answer = client.get(LEDGER, NOVEMBER)
    assert shown(answer) == []
    assert "Nothing was paid in this month." in answer.content.decode()


def test_what_may_have_been_paid_stands_apart(people, editor, client):
    paid(editor, people[0], "20", at(3))
    uncertain(editor, people[0], "5", at(9))
    uncertain(editor, people[1], "6", at(9, month=10))
    uncertain(editor, people[2], "7", at(9))
    answer = client.get(LEDGER, NOVEMBER)
    assert shown(answer) == [
        ("Steve Rogers", "USD", 20, 5, 1),
        ("Zoë Müller", "USD", 0, 7, 0),
    ]
    assert totals(answer) == [("USD", 20, 12, 1)]


def test_a_month_begins_and_ends_in_the_readers_time_zone(people, editor):
    first = paid(editor, people[0], "1", datetime(2026, 10, 31, 15, tzinfo=UTC))
    last = paid(editor, people[0], "2", datetime(2026, 11, 30, 14, 59, 59, 999999, tzinfo=UTC))
    paid(editor, people[0], "4", datetime(2026, 10, 31, 14, 59, 59, tzinfo=UTC))
    paid(editor, people[0], "8", datetime(2026, 11, 30, 15, tzinfo=UTC))
    reader = make_person("reader", "Staff")
    reader.time_zone = "Asia/Tokyo"
    reader.save()
    client = signed_in(reader)
    answer = client.get(LEDGER, NOVEMBER)
    assert totals(answer) == [("USD", 3, 0, 2)]
    assert "in the time zone Asia/Tokyo" in answer.content.decode()
    listed = client.get(answer.context["rows"][0]["paid_url"]).context["cl"].result_list
    assert {payment.pk for payment in listed} == {first.pk, last.pk}


def test_an_hour_that_comes_twice_at_the_end_of_a_day_belongs_to_the_day_both_times(people, editor):
    """7 April 2012 ended twice in Asunción; where a month ends so, nothing may fall between two months."""
    reader = make_person("reader", "Staff")
    reader.time_zone = "America/Asuncion"
    reader.save()
    whens = [datetime(2012, 4, 8, hour, 30, tzinfo=UTC) for hour in (2, 3, 4)]
    payments = [paid(editor, people[0], "1", when) for when in whens]
    url = reverse("admin:contributors_transaction_changelist")
    found = signed_in(reader).get(url, {"paid_at_from": "2012-04-07", "paid_at_to": "2012-04-07"})
    assert {one.pk for one in found.context["cl"].result_list} == {payments[0].pk, payments[1].pk}


def test_figures_lead_to_exactly_the_payments_that_they_add_up(people, editor, client):
    steve, tony, _zoe = people
    wanted = [paid(editor, steve, "1", at(1, 0)), paid(editor, steve, "2", at(30, 23, minute=59))]
    doubtful = uncertain(editor, steve, "3", at(15))
    paid(editor, steve, "4", at(15), currency="EUR")
    paid(editor, steve, "5", at(31, month=10))
    paid(editor, steve, "6", at(1, 0, month=12))
    paid(editor, tony, "7", at(15))
    paid(editor, steve, "8", at(15), state="refused")
    (line,) = client.get(LEDGER, NOVEMBER | {"currency": "USD", "q": "steve"}).context["rows"]
    rows = client.get(line["paid_url"]).context["cl"].result_list
    assert {payment.pk for payment in rows} == {payment.pk for payment in wanted}
    assert sum(payment.amount for payment in rows) == line["row"].paid
    assert [payment.pk for payment in client.get(line["maybe_url"]).context["cl"].result_list] == [doubtful.pk]


def test_an_editor_sees_and_exports_only_their_own(people, editor):
    paid(editor, people[0], "20", at(3))
    paid(make_person("other", "Editors"), people[1], "30", at(3))
    client = signed_in(editor)
    answer = client.get(LEDGER, NOVEMBER)
    assert shown(answer) == [("Steve Rogers", "USD", 20, 0, 1)]
    assert totals(answer) == [("USD", 20, 0, 1)]
    assert "These are the payments you asked for yourself." in answer.content.decode()
    assert [row["Contributor"] for row in in_csv(client.get(CSV, NOVEMBER))] == ["Steve Rogers"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Steve Rogers", "Steve Rogers", "Tony Stark", "Zoë Müller"]),
        ({"currency": "EUR"}, ["Steve Rogers"]),
        ({"q": "müller"}, ["Zoë Müller"]),
        ({"q": "st ro"}, ["Steve Rogers", "Steve Rogers"]),
        ({"q": "nobody"}, []),
        ({"o": "paid", "currency": "USD"}, ["Zoë Müller", "Tony Stark", "Steve Rogers"]),
        ({"o": "last", "currency": "USD"}, ["Steve Rogers", "Zoë Müller", "Tony Stark"]),
    ],
)
def test_page_and_files_have_the_same_rows_in_the_same_order(people, editor, client, query, expected):
    steve, tony, zoe = people
    paid(editor, steve, "1", at(9))
    paid(editor, steve, "2", at(1), currency="EUR")
    paid(editor, tony, "3", at(2))
    paid(editor, zoe, "4", at(3))
    answer = client.get(LEDGER, NOVEMBER | query)
    on_page = [(row.name, row.currency, f"{row.paid:.2f}", str(row.count)) for row in lines(answer)]
    assert [row[0] for row in on_page] == expected
    csv_rows = in_csv(client.get(CSV, NOVEMBER | query))
    assert [(row["Contributor"], row["Currency"], row["Paid"], row["Payments"]) for row in csv_rows] == on_page
    xlsx_rows = in_xlsx(client.get(XLSX, NOVEMBER | query))
    assert [
        (row["Contributor"], row["Currency"], f"{row['Paid']:.2f}", str(row["Payments"])) for row in xlsx_rows
    ] == on_page


def test_the_totals_are_those_of_all_pages_and_the_file_has_all_rows(people, editor, client):
    account = people[0].connection
    for number in range(52):
        paid(editor, make_contributor(account, f"Person {number:02}"), "10", at(3))
    first, second = client.get(LEDGER, NOVEMBER), client.get(LEDGER, NOVEMBER | {"page": "2"})
    assert (len(lines(first)), len(lines(second))) == (50, 2)
    assert totals(first) == totals(second) == [("USD", 520, 0, 52)]
    assert len(in_csv(client.get(CSV, NOVEMBER))) == 52
    assert lines(client.get(LEDGER, NOVEMBER | {"page": "rubbish"})) == lines(first)


def test_months_lead_to_the_one_before_and_after_with_the_same_filters(client):
    page = unescape(client.get(LEDGER, {"month": "2026-12", "currency": "USD", "q": "a&b"}).content.decode())
    assert "?month=2026-11&currency=USD&q=a%26b" in page
    assert "?month=2027-01&currency=USD&q=a%26b" in page


def test_without_a_month_it_is_the_current_one(people, editor, client):
    paid(editor, people[0], "20", timezone.now())
    paid(editor, people[0], "30", timezone.now() - timedelta(days=32))
    assert totals(client.get(LEDGER)) == [("USD", 20, 0, 1)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"month": "rubbish"}, "Write a month as in 2026-11."),
        ({"month": "2026-13"}, "Write a month as in 2026-11."),
        ({"month": "0001-01"}, "Write a month as in 2026-11."),
        ({"month": "2026-11-01"}, "Write a month as in 2026-11."),
        ({"currency": "dollars"}, "Write a currency by its three letters"),
        ({"q": "a\x00b"}, "Null characters are not allowed."),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"o": "rubbish"}, "Select a valid choice."),
    ],
)
def test_rubbish_is_told_at_the_field_and_exports_nothing(client, query, words):
    answer = client.get(LEDGER, NOVEMBER | query)
    assert answer.status_code == 200
    assert words in unescape(answer.content.decode())
    export = client.get(CSV, NOVEMBER | query)
    assert (export.status_code, export.url.partition("?")[0]) == (302, LEDGER)
    assert not AuditEntry.objects.filter(action="ledger.exported").exists()


def test_an_unknown_format_is_not_found_and_not_put_down(client):
    assert client.get(CSV.replace("csv", "exe"), NOVEMBER).status_code == 404
    assert not AuditEntry.objects.filter(action="ledger.exported").exists()


def test_an_export_is_put_down_with_what_was_asked_for(client):
    client.get(XLSX, NOVEMBER | {"currency": "USD"})
    assert AuditEntry.objects.get(action="ledger.exported").reason == "month=2026-11&currency=USD"


def test_accounts_are_named_where_there_is_more_than_one(people, editor, client):
    paid(editor, people[0], "20", at(3))
    assert "Account" not in in_csv(client.get(CSV, NOVEMBER))[0]
    other = make_account("own@example.org")
    other.name = "Peggy Carter"
    other.save()
    paid(editor, make_contributor(other, "Bucky"), "5", at(3), connection=other)
    answer = client.get(LEDGER, NOVEMBER)
    assert [line["account"] for line in answer.context["rows"]] == ["Peggy Carter", "Nick Fury"]
    assert [row["Account"] for row in in_csv(client.get(CSV, NOVEMBER))] == ["Peggy Carter", "Nick Fury"]
    payments = client.get(reverse("admin:contributors_transaction_changelist")).content.decode()
    assert "Peggy Carter" in payments


def test_a_month_takes_few_queries_however_many_rows_it_has(people, editor, client):
    for number in range(30):
        paid(editor, make_contributor(people[0].connection, f"Person {number}"), "1", at(3))
    with CaptureQueriesContext(connection) as queries:
        client.get(LEDGER, NOVEMBER)
    assert len(queries) <= 10


def test_months_know_their_neighbours_and_their_days():
    assert str(Month(2026, 12).moved(1)) == "2027-01"
    assert str(Month(2026, 1).moved(-1)) == "2025-12"
    assert Month(2028, 2).last_day.isoformat() == "2028-02-29"
    assert Month(2026, 11).moved(-23) == Month(2024, 12)


def test_the_menu_leads_to_the_ledger(client):
    page = client.get(LEDGER).content.decode()
    assert f'href="{LEDGER}"' in page
