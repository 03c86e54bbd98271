"""The page to print: who did what when, what was sent and answered, and never a proof where none is."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from contributors import services
from contributors.models import Approval, Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_order, make_person, signed_in
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, SyncJob

NO_PROOF = "It does not prove that anything was paid."


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def settler(db):
    return make_person("sam", "Staff")


@pytest.fixture
def sent(pay, steve):
    (payment,) = pay((steve, "20.15"))
    drain_inline()
    payment.refresh_from_db()
    return payment


@pytest.fixture
def uncertain(pay, steve, outvoice):
    outvoice.fault("outvoice", "transaction", "cut-after")
    (payment,) = pay((steve, "20.15"))
    drain_inline()
    payment.refresh_from_db()
    return payment


def receipt(person, payment):
    url = reverse("admin:contributors_transaction_receipt", args=[payment.pk])
    return unescape(signed_in(person).get(url).content.decode())


def heading(page):
    return re.search("<h1>(.*?)</h1>", page)[1]


def test_a_paid_payment_has_all_that_a_receipt_needs(sent, editor):
    page = receipt(editor, sent)
    assert heading(page) == f"Receipt: payment {sent.pk}"
    assert NO_PROOF not in page
    for words in (
        "20.15 USD (2015 cents)",
        f"Steve Rogers (id at OutVoice: {sent.contributor.remote_id})",
        sent.title,
        sent.url,
        "Nick Fury (editor@example.org at http://127.0.0.1",
        '"amount": "2015"',
        '"freelancer": "1"',
        "Answered 200 (OK).",
        "$20.15 sent to Steve Rogers",
    ):
        assert words in page
    assert page.count("<dd><span>ed</span>") == 2


def test_no_menu_no_script_of_the_admin_and_no_other_host(sent, editor):
    page = receipt(editor, sent)
    assert "nav-sidebar" not in page
    assert re.findall('(?:src|href)="(?!/)', page) == []
    assert "screen-only" in page


def test_times_are_in_utc_and_in_the_readers_zone(sent, editor):
    Transaction._base_manager.filter(pk=sent.pk).update(paid_at=datetime(2026, 11, 27, 22, 41, 58, tzinfo=UTC))
    editor.time_zone = "Europe/Amsterdam"
    editor.save()
    assert "27 Nov. 2026, 22:41:58 UTC (23:41:58 in Europe/Amsterdam)" in receipt(editor, sent)
    editor.time_zone = "Asia/Tokyo"
    editor.save()
    assert "27 Nov. 2026, 22:41:58 UTC (28 Nov. 2026, 07:41:58 in Asia/Tokyo)" in receipt(editor, sent)


def test_an_uncertain_payment_says_so_in_its_title_and_is_no_proof(uncertain, editor):
    page = receipt(editor, uncertain)
    assert heading(page) == f"No proof of payment: payment {uncertain.pk} is uncertain"
    assert f"<title>No proof of payment: payment {uncertain.pk}" in page
    assert NO_PROOF in page
    assert "No whole answer came back." in page
    assert "Receipt" not in page


def test_a_refused_payment_says_so_in_its_title_and_is_no_proof(pay, steve, outvoice, editor):
    outvoice.fault("outvoice", "transaction", "refuse", value="Bank details are missing.")
    (payment,) = pay((steve, "20"))
    drain_inline()
    page = receipt(editor, payment)
    assert heading(page) == f"Not paid: payment {payment.pk} was refused"
    assert NO_PROOF in page
    assert "Bank details are missing." in page
    assert "Answered 400 (Bad Request)." in page


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("approval", "Not paid yet: payment {}"),
        ("waiting", "Not paid yet: payment {}"),
        ("held", "Not paid yet: payment {}"),
        ("sending", "No proof of payment: payment {} is being sent"),
        ("failed", "Not paid: payment {}"),
        ("expired", "Not paid: payment {} was never sent"),
        ("cancelled", "Not paid: payment {} was cancelled"),
    ],
)
def test_no_other_state_looks_like_a_proof(pay, steve, editor, state, title):
    (payment,) = pay((steve, "20"))
    Transaction._base_manager.filter(pk=payment.pk).update(state=state, paid_at=timezone.now())
    page = receipt(editor, payment)
    assert heading(page) == title.format(payment.pk)
    assert NO_PROOF in page
    assert "<dt>Paid</dt>" not in page
    assert "Nothing was sent." in page


def test_a_receipt_that_differs_is_no_proof_and_tells_what_differs(sent, editor):
    Transaction._base_manager.filter(pk=sent.pk).update(receipt_mismatch="It names 2.00.")
    page = receipt(editor, sent)
    assert heading(page) == f"Paid, but OutVoice's receipt differs: payment {sent.pk}"
    assert "It names 2.00." in page
    assert NO_PROOF in page


def test_a_late_answer_that_contradicts_is_no_proof(sent, editor):
    SyncJob.objects.update(has_conflict=True)
    page = receipt(editor, sent)
    assert heading(page).startswith("No proof of payment")
    assert NO_PROOF in page


def test_who_settled_it_and_what_was_found_stands_on_it(uncertain, editor, settler):
    let_pass(minutes=20)
    services.settle(uncertain, finding="there", looked_at="OutVoice's list", note="Seen at 9.", user=settler)
    page = receipt(editor, uncertain)
    assert heading(page) == f"Receipt: payment {uncertain.pk}"
    assert "It is there: sam" in page
    assert "Looked at: OutVoice's list. Seen at 9." in page


@pytest.mark.parametrize(
    ("state", "note", "words"),
    [("approved", "Checked with the desk.", "Approved: ann"), ("open", "", "Waiting for approval")],
)
def test_the_approval_stands_on_it(pay, steve, editor, state, note, words):
    (payment,) = pay((steve, "20"))
    ann = make_person("ann", "Approvers")
    decided = {"decided_by": ann, "decided_at": timezone.now(), "note": note} if note else {}
    Approval.objects.create(order=payment.order, why="Above 10.", state=state, asked_by=editor, **decided)
    page = receipt(editor, payment)
    assert words in page
    assert (note or "Above 10.") in page


def test_when_the_call_is_not_kept_the_record_tells_what_was_sent(sent, editor):
    Exchange.objects.all().delete()
    page = receipt(editor, sent)
    assert "The call itself is not kept" in page
    assert '"amount": "2015"' in page
    assert "$20.15 sent to Steve Rogers" in page


def test_no_token_stands_on_it(sent, editor):
    from voicehub.sync.models import OAuthToken

    tokens = OAuthToken.objects.get()
    page = receipt(editor, sent)
    assert tokens.access_token not in page
    assert "Bearer" not in page


def test_a_very_long_answer_is_cut_and_says_so(sent, editor):
    Exchange.objects.filter(method="POST").update(response_body="x" * 5000)
    page = receipt(editor, sent)
    assert "x" * 1500 in page
    assert "x" * 1501 not in page
    assert "Cut here: 5000 characters in all." in page


def test_what_others_write_stays_text(pay, steve, editor):
    (payment,) = pay((steve, "20"), title="<b>Bold</b> & co")
    url = reverse("admin:contributors_transaction_receipt", args=[payment.pk])
    page = signed_in(editor).get(url).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in page
    assert "<b>Bold" not in page


def test_a_draft_has_no_receipt(steve, editor):
    order = make_order(editor, [(steve, "20")])
    url = reverse("admin:contributors_transaction_receipt", args=[order.lines.get().pk])
    assert signed_in(editor).get(url).url == order.get_absolute_url()


def test_somebody_elses_receipt_does_not_exist_for_an_editor(sent):
    url = reverse("admin:contributors_transaction_receipt", args=[sent.pk])
    assert signed_in(make_person("other", "Editors")).get(url).status_code == 404


def test_the_payments_page_leads_to_it(sent, editor):
    page = signed_in(editor).get(sent.get_absolute_url()).content.decode()
    assert reverse("admin:contributors_transaction_receipt", args=[sent.pk]) in page
