"""Data of cards and secret numbers that come in with a call: rules may compare them, and nothing of them is kept."""

import json
import logging

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter

from telephony.hooks import TriggerRequests
from telephony.models import HotlineStep
from telephony.trigger.masking import masked_call_id
from tests.common.factories import make_person
from tests.telephony.factories import make_hotline, make_rule
from voicehub.common.hooks import addresses, following, limits, receiver
from voicehub.common.hooks.models import HookRequest
from voicehub.common.hooks.receiver import _tell
from voicehub.common.roles import ADMINS
from voicehub.remote.card_numbers import without_card_numbers
from voicehub.sync import chores

pytestmark = pytest.mark.django_db(databases="__all__")

# Invented; the check digits are right.
CARD, GROUPED, DASHED = "4929137448266519", "5500 0000 0000 0004", "3782-822463-10005"
CVV, EXPIRY, ZIP, PHONE, PIN, KEYED, UNKNOWN = "73918", "0431z", "60619q", "7735550199", "80153", "64207", "zq-extra"
MARKERS = (CARD, GROUPED, DASHED, CVV, EXPIRY, ZIP, PHONE, PIN, KEYED, UNKNOWN)
KEPT = {"last_four": "6519", "amount": "57.25", "transaction_id": "T-875891"}
BODY = {
    "call_id": f"call-{CARD}",
    "cid": "8459511000",
    "cnam": f"ADAM {GROUPED}",
    "did": DASHED,
    "date_time": CARD,
    "contact_info": {"first_name": "Adam", "note": f"pays with {CARD}", "zip": ZIP, CARD: "x"},
    "branch_data": [
        {"branch": "1000", "input": "17"},
        {"branch": "105", "input": KEYED},
        {"branch": CARD, "input": CARD},
    ],
    "payment_info": [
        {"last_four": CARD, "amount": "57.25", "transaction_id": "T-875891"}
        | {"expiration": EXPIRY, "cvv": CVV, "zip": ZIP, "phone": PHONE, "anything": UNKNOWN, "number": CARD}
    ],
    "variables": [{"caller_pin ": PIN, "Access-Code": PIN, "said": f"it is {DASHED}", GROUPED: "y"}],
    "unknown": {"card": UNKNOWN},
}


@pytest.fixture
def ask(monkeypatch):
    """Ask as Voitex does; gives the answer. A rule proves that what must not be kept has come in."""
    monkeypatch.setattr(limits, "_last_word", {})
    hotline = make_hotline()
    make_rule(
        hotline,
        {
            "play": [{"type": "tts", "text": "{input}, {variable.caller_pin}, {contact.note}, {caller_name}"}],
            "variables": {"caller_pin": "{variable.caller_pin}", "again": "{variable.said}"},
        },
        ("input", "begins", KEYED[:4], "105"),
        ("variable", "begins", PIN[:4], "caller_pin"),
        ("amount", "is", "57.25"),
    )
    path = addresses.make(TriggerRequests(), str(hotline.pk), user=None)
    client = Client(raise_request_exception=False)
    return lambda body=BODY: client.post(path, json.dumps(body), "application/json").json()


def everything_stored():
    """Every row of every table of every database, as text."""
    for alias in connections:
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                yield from (str(row) for row in cursor.fetchall())


def test_nothing_of_a_card_or_a_secret_number_is_kept_anywhere(ask, caplog):
    caplog.set_level(logging.DEBUG)
    answer = ask()
    spoken = answer["play"][0]["text"]
    assert all(marker in spoken for marker in (CARD, GROUPED, PIN))
    assert answer["variables"] == {"caller_pin": PIN, "again": f"it is {DASHED}"}
    chores.run(following.CHORE.name)
    (step,) = HotlineStep.objects.all()
    admin = Client()
    admin.force_login(make_person("ann", ADMINS))
    page = admin.get(reverse("admin:hooks_hookrequest_change", args=[HookRequest.objects.get().pk]))
    told = "\n".join([*everything_stored(), caplog.text, page.content.decode(), str(mail.outbox)])
    assert step.request["payments"] == [list(KEPT.values())]
    assert all(text in told for text in KEPT.values())
    assert [marker for marker in MARKERS if marker in told] == []
    assert CARD[-8:] not in told
    assert step.request["path"][0] == ["1000", "17"]


def test_a_kind_that_fails_tells_nothing_either(ask, monkeypatch, caplog):
    """Not even a report of the error does, with all that the program held in its hands."""
    caplog.set_level(logging.DEBUG)
    reports = []

    def fail(answer, call):
        raise ValueError

    def report(kind, error):
        _tell(kind, error)
        reports.append(ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html())

    monkeypatch.setattr("telephony.hooks.trigger.for_wire", fail)
    monkeypatch.setattr(receiver, "_tell", report)
    assert ask() == {}
    chores.run(following.CHORE.name)
    assert HotlineStep.objects.get().has_failed
    (html,) = reports
    assert "decision" in html
    assert "ValueError" in caplog.text
    told = "\n".join([*everything_stored(), caplog.text, html])
    assert [marker for marker in MARKERS if marker in told] == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("4111111111111111", "•••"),
        ("41111111111111110126987", "•••"),
        ("4111 1111 1111 1111, 12/28", "•••, 12/28"),
        ("4111-1111-1111-1111", "•••"),
        ("4111.1111.1111.1111", "•••"),
        ("x5500000000000004x", "x•••x"),
        ("٤١١١١١١١١١١١١١١١", "•••"),
        ("+18459511000", "+18459511000"),
        ("845-951-1000, 718 555 0134", "845-951-1000, 718 555 0134"),
        ("2023-07-20 11:35:35", "2023-07-20 11:35:35"),
        ("1234567890123", "1234567890123"),
    ],
)
def test_numbers_that_may_be_a_cards_are_found(text, clean):
    assert without_card_numbers(text) == clean


def test_ids_of_calls_stay_apart():
    assert masked_call_id("AST10-1689867312.264") == "AST10-1689867312.264"
    ids = {masked_call_id(one) for one in (CARD, GROUPED, "x" * 500, "x" * 501)}
    assert len(ids) == 4
    assert all(len(one) <= 100 for one in ids)
    assert not any(CARD in one or GROUPED in one for one in ids)
