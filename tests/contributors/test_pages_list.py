"""The list of payments: who sees which, filters, search, sums, and the CSV file of exactly what is shown."""

import csv
import io
from datetime import UTC, datetime
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributors.models import Transaction
from tests.contributors.factories import (
    make_account,
    make_contributor,
    make_order,
    make_payment,
    make_person,
    signed_in,
)

LIST = reverse("admin:contributors_transaction_changelist")
EXPORT = reverse("admin:contributors_transaction_export", args=["csv"])
WORKBOOK = reverse("admin:contributors_transaction_export", args=["xlsx"])
TOTAL = reverse("admin:contributors_transaction_total")
MOST_QUERIES = 12


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


def shown(answer):
    return [payment.pk for payment in answer.context["cl"].result_list]


def exported(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def in_workbook(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def numbers(rows):
    return [int(row["Number"]) for row in rows]


def test_an_editor_sees_and_exports_only_their_own(people, editor):
    own = make_payment(editor, people[0])
    make_payment(make_person("other", "Editors"), people[0], title="Secret story")
    client = signed_in(editor)
    assert shown(client.get(LIST)) == [own.pk]
    assert shown(client.get(LIST, {"q": "Secret"})) == []
    assert numbers(exported(client.get(EXPORT))) == [own.pk]
    assert "20.00 USD" in client.get(TOTAL).content.decode()


def test_staff_see_all_newest_first(people, editor, client):
    payments = [make_payment(editor, people[0]) for _payment in range(3)]
    assert shown(client.get(LIST)) == [payment.pk for payment in reversed(payments)]


def test_a_page_holds_25_rows(people, editor, client):
    for _payment in range(26):
        make_payment(editor, people[0])
    assert len(shown(client.get(LIST))) == 25
    assert len(shown(client.get(LIST, {"p": 2}))) == 1


def test_drafts_are_listed_only_when_asked_for(people, editor, client):
    draft = make_order(editor, [(people[0], "20")]).lines.get()
    assert shown(client.get(LIST)) == []
    assert shown(client.get(LIST, {"state": "draft"})) == [draft.pk]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": "refused"}, ["b"]),
        ({"state": "nonsense"}, ["a", "b", "c"]),
        ({"contributor__id__exact": "tony"}, ["b"]),
        ({"created_at_from": "2026-02-01", "created_at_to": "2026-02-28"}, ["b"]),
        ({"created_at_from": "2026-02-02"}, ["c"]),
        ({"paid_at_from": "2026-02-02", "paid_at_to": "2026-03-01"}, ["c"]),
        ({"currency": "USD"}, ["a", "b", "c"]),
        ({"currency": "EUR"}, []),
        ({"q": "müller"}, ["c"]),
        ({"q": "stark"}, ["b"]),
        ({"q": "election night"}, ["a"]),
        ({"q": "lectio"}, ["a"]),
        ({"q": "/story/b"}, ["b"]),
        ({"q": "st"}, ["a", "b"]),
        ({"q": "nowhere"}, []),
        ({"q": 'quo"te'}, []),
        ({"q": "100%"}, []),
        ({"q": "AND OR NOT"}, []),
        ({"q": "title:a*"}, []),
        ({"q": "tony", "state": "paid"}, []),
    ],
)
def test_filters_and_search_show_and_export_the_same_rows(people, editor, client, filters, expected):
    titles = {"a": "Election night", "b": "The harbour", "c": "The bridge"}
    names = {}
    for month, (letter, person) in enumerate(zip("abc", people, strict=True), start=1):
        payment = make_payment(
            editor,
            person,
            title=titles[letter],
            url=f"https://example.org/story/{letter}",
            state="refused" if letter == "b" else "paid",
        )
        at = datetime(2026, month, 1, 12, tzinfo=UTC)
        Transaction._base_manager.filter(pk=payment.pk).update(**dict.fromkeys(("created_at", "paid_at"), at))
        names[payment.pk] = letter
    filters = {name: people[1].pk if value == "tony" and name != "q" else value for name, value in filters.items()}
    assert sorted(names[pk] for pk in shown(client.get(LIST, filters))) == expected
    assert sorted(names[pk] for pk in numbers(exported(client.get(EXPORT, filters)))) == expected
    assert numbers(in_workbook(client.get(WORKBOOK, filters))) == numbers(exported(client.get(EXPORT, filters)))


def test_the_page_has_its_sums_at_once_and_all_filtered_payments_on_request(people, editor, client):
    for _payment in range(26):
        make_payment(editor, people[0], "10.10")
    make_payment(editor, people[0], "5", state="refused")
    page = unescape(client.get(LIST).content.decode())
    assert "242.40 USD</span>" in page
    assert "of 247.40 USD asked for in 25 payments" in page
    total = unescape(client.get(TOTAL, headers={"X-Fragment": "1"}).content.decode())
    assert "262.60 USD</span>" in total
    assert "of 267.60 USD asked for in 27 payments" in total
    assert "<html" not in total
    assert "5.00 USD" in client.get(TOTAL, {"state": "refused"}).content.decode()


def test_sums_keep_the_currencies_apart(people, editor, client):
    make_payment(editor, people[0], "20")
    make_payment(editor, people[0], "30", currency="EUR")
    page = client.get(TOTAL).content.decode()
    assert "20.00 USD" in page
    assert "30.00 EUR" in page


def test_a_filter_that_makes_no_sense_shows_the_list_and_exports_nothing(people, editor, client):
    make_payment(editor, people[0])
    for url in (EXPORT, TOTAL):
        answer = client.get(url, {"contributor__id__exact": "abc"})
        assert (answer.status_code, answer.url) == (302, LIST)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_never_reaches_a_spreadsheet(people, editor, client, start):
    payment = make_payment(editor, people[0])
    Transaction._base_manager.filter(pk=payment.pk).update(title=f"{start}HYPERLINK(1)", message=f"{start}1")
    (row,) = exported(client.get(EXPORT))
    assert row["Article title"] == f"'{start}HYPERLINK(1)"
    assert row["What happened"] == f"'{start}1"


def test_the_export_keeps_accents_amounts_and_times_as_they_are(people, editor, client):
    payment = make_payment(editor, people[2], "1234.50", title='A "quoted", title; really')
    Transaction._base_manager.filter(pk=payment.pk).update(created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    (row,) = exported(client.get(EXPORT))
    assert row["Contributor"] == "Zoë Müller"
    assert (row["Amount"], row["Currency"]) == ("1234.50", "USD")
    assert row["Article title"] == 'A "quoted", title; really'
    assert row["Date (UTC)"] == "2026-01-02 03:04:00+00:00"


def test_the_export_gives_times_in_the_zone_of_the_reader(people, editor):
    make_payment(editor, people[0])
    Transaction._base_manager.update(created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    reader = make_person("reader", "Staff")
    reader.time_zone = "Asia/Tokyo"
    reader.save()
    (row,) = exported(signed_in(reader).get(EXPORT))
    assert row["Date (Asia/Tokyo)"] == "2026-01-02 12:04:00+09:00"


def test_a_workbook_has_the_rows_of_the_list_in_its_order_with_amounts_as_numbers(people, editor, client):
    payments = [make_payment(editor, person, "20.15") for person in people]
    rows = in_workbook(client.get(WORKBOOK))
    assert numbers(rows) == shown(client.get(LIST)) == [payment.pk for payment in reversed(payments)]
    assert {row["Amount"] for row in rows} == {20.15}


def test_the_time_of_payment_is_exported_only_for_what_is_paid(people, editor, client):
    for state in ("paid", "refused"):
        make_payment(editor, people[0], state=state, paid_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    rows = {row["State"]: row["Paid (UTC)"] for row in exported(client.get(EXPORT))}
    assert rows == {"Paid": "2026-01-02 03:04:00+00:00", "Refused": ""}


def test_an_export_is_put_down(people, editor, client):
    from voicehub.common.models import AuditEntry

    client.get(EXPORT, {"state": "paid"})
    assert AuditEntry.objects.get(action="payment.exported").reason == "payments: state=paid"


def test_without_the_permission_nothing_is_exported(people, editor):
    reader = make_person("reader")
    reader.user_permissions.add(*_permissions("view_transaction"))
    client = signed_in(reader)
    assert client.get(EXPORT).status_code == 403
    assert EXPORT not in client.get(LIST).content.decode()


def _permissions(*codenames):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=codenames)


@pytest.mark.parametrize("query", [{}, {"state": "paid"}, {"q": "story"}, {"created_at_from": "2020-01-01"}])
def test_a_page_takes_few_queries_however_many_rows_it_has(people, editor, client, query):
    for number in range(30):
        make_payment(editor if number % 2 else make_person(f"p{number}"), people[number % 3], state="paid")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(LIST, query)
    assert len(queries) <= MOST_QUERIES
