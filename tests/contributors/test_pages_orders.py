"""What people see and do after paying: live states, cancelling, settling, releasing."""

from html import unescape

import pytest
from django.urls import reverse

from contributors.models import Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Settlement, SyncJob
from voicehub.sync.services import stop_lane

State = Transaction.State


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def settler(db):
    return make_person("sam", "Staff")


@pytest.fixture
def uncertain(pay, steve, tony, outvoice):
    """A payment that OutVoice booked without answering, and one on hold behind it."""
    outvoice.fault("outvoice", "transaction", "cut-after")
    lines = pay((steve, "20"), (tony, "20.15"))
    drain_inline()
    return lines[0]


def at(name, pk):
    return reverse(f"admin:contributors_transaction_{name}", args=[pk])


def text_of(answer):
    return unescape(answer.content.decode())


def settle(person, payment, finding, **more):
    form = {"finding": finding, "looked_at": "OutVoice's list", "note": "", **more}
    return signed_in(person).post(at("settle", payment.pk), form, follow=True)


def state_of(payment):
    payment.refresh_from_db()
    return payment.state


def test_the_page_follows_while_something_moves_and_stops_when_it_is_settled(pay, steve, editor, outvoice):
    (payment,) = pay((steve, "20"))
    client = signed_in(editor)
    before = client.get(at("live", payment.order_id))
    drain_inline()
    after = client.get(at("live", payment.order_id))
    assert b"data-moving" in before.content
    assert b"data-moving" not in after.content
    assert b"<html" not in after.content
    assert before.context["mark"] != after.context["mark"]


def test_lines_on_hold_do_not_count_as_moving(uncertain, editor):
    page = signed_in(editor).get(at("order", uncertain.order_id))
    assert b"data-moving" not in page.content
    assert "has to be looked at first" in text_of(page)


def test_a_stopped_provider_is_told_on_the_page(pay, steve, editor, settler):
    (payment,) = pay((steve, "20"))
    stop_lane("outvoice", user=settler, reason="The bank called")
    page = text_of(signed_in(editor).get(at("order", payment.order_id)))
    assert "Paused" in page
    assert "The bank called" in page


def test_a_payment_that_waits_can_be_cancelled_and_is_never_sent(pay, steve, editor, outvoice):
    (payment,) = pay((steve, "20"))
    signed_in(editor).post(at("cancel", payment.pk))
    drain_inline()
    assert state_of(payment) == State.CANCELLED
    assert outvoice.calls(operation="transaction") == []


def test_cancelling_too_late_says_so_and_changes_nothing(pay, steve, editor):
    (payment,) = pay((steve, "20"))
    drain_inline()
    page = signed_in(editor).post(at("cancel", payment.pk), follow=True)
    assert "Too late to cancel" in text_of(page)
    assert state_of(payment) == State.PAID


def test_cancelling_one_line_lets_the_next_one_go(pay, steve, tony, editor, outvoice):
    first, second = pay((steve, "20"), (tony, "20.15"))
    signed_in(editor).post(at("cancel", first.pk))
    drain_inline()
    assert (state_of(first), state_of(second)) == (State.CANCELLED, State.PAID)
    assert [row["cents"] for row in outvoice.ledger()] == [2015]


def test_settling_as_there_makes_it_paid_and_sends_nothing(uncertain, settler, outvoice):
    settle(settler, uncertain, "there", note="Saw it")
    drain_inline()
    assert state_of(uncertain) == State.PAID
    assert len(outvoice.ledger()) == 1
    assert Settlement.objects.get().settled_by == settler


def test_settling_as_not_there_waits_for_a_quarter_of_an_hour(uncertain, settler):
    page = signed_in(settler).get(at("settle", uncertain.pk))
    assert "It can still arrive" in text_of(page)
    answer = settle(settler, uncertain, "not_there")
    assert "It can still arrive" in text_of(answer)
    assert state_of(uncertain) == State.UNCERTAIN
    let_pass(minutes=16)
    settle(settler, uncertain, "not_there")
    assert state_of(uncertain) == State.REFUSED


def test_the_requester_cannot_say_that_their_own_payment_is_not_there(uncertain, editor):
    editor.groups.set(make_person("model", "Staff", "Editors").groups.all())
    let_pass(minutes=16)
    assert "somebody else has to look" in text_of(signed_in(editor).get(at("settle", uncertain.pk)))
    answer = settle(editor, uncertain, "not_there")
    assert "somebody else has to look" in text_of(answer)
    assert state_of(uncertain) == State.UNCERTAIN


def test_in_a_one_person_newsroom_the_record_says_who_settled(uncertain, editor, settings):
    settings.SETTLE_NEEDS_SECOND_PERSON = False
    editor.groups.set(make_person("model", "Staff", "Editors").groups.all())
    let_pass(minutes=16)
    answer = settle(editor, uncertain, "not_there")
    assert "Settled by the person who asked for it." in text_of(answer)


def test_a_settlement_can_be_corrected_and_both_stay(uncertain, settler):
    let_pass(minutes=16)
    settle(settler, uncertain, "not_there", note="Nothing in the list")
    page = text_of(signed_in(settler).get(at("settle", uncertain.pk)))
    assert "Nothing in the list" in page
    answer = text_of(settle(settler, uncertain, "there", note="It came later"))
    assert state_of(uncertain) == State.PAID
    assert [one.finding for one in Settlement.objects.all()] == ["not_there", "there"]
    assert all(note in answer for note in ("Nothing in the list", "It came later"))


@pytest.mark.parametrize(
    "form", [{"finding": ""}, {"looked_at": ""}, {"finding": "perhaps"}, {"looked_at": "a" * 201}]
)
def test_a_settlement_without_finding_or_place_is_not_recorded(uncertain, settler, form):
    answer = settle(settler, uncertain, **{"finding": "there", "note": "Kept", **form})
    assert "Kept" in text_of(answer)
    assert not Settlement.objects.exists()


def test_what_is_known_cannot_be_settled(pay, steve, settler):
    (payment,) = pay((steve, "20"))
    drain_inline()
    answer = settle(settler, payment, "not_there")
    assert "nothing to settle" in text_of(answer)
    assert state_of(payment) == State.PAID


def test_a_payment_made_again_and_the_old_one_lead_to_each_other(uncertain, settler, editor, steve):
    let_pass(minutes=16)
    settle(settler, uncertain, "not_there")
    client = signed_in(editor)
    form = client.get(reverse("admin:contributors_transaction_pay"), {"again": uncertain.pk}).context["form"]
    assert form.lines.forms[0].initial["replaces"] == uncertain.pk
    data = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, **form.article.initial}
    data |= {f"lines-0-{name}": value for name, value in form.lines.forms[0].initial.items()}
    preview = client.post(reverse("admin:contributors_transaction_pay"), data, follow=True)
    order = preview.context["order"]
    client.post(at("confirm", order.pk), {"lines_shown": preview.context["lines_shown"]})
    new = order.lines.get()
    assert f"Pays again payment {uncertain.pk}" in text_of(client.get(at("order", order.pk)))
    assert f"Paid again: payment {new.pk}" in text_of(client.get(at("order", uncertain.order_id)))


def test_staff_release_what_is_on_hold_with_a_reason(uncertain, settler, outvoice):
    client = signed_in(settler)
    refused = client.post(at("release", uncertain.order_id), {"reason": " "})
    assert "Say why" in text_of(refused)
    drain_inline()
    assert len(outvoice.ledger()) == 1
    client.post(at("release", uncertain.order_id), {"reason": "It is a different person"})
    drain_inline()
    assert len(outvoice.ledger()) == 2


def test_releasing_twice_changes_nothing_and_says_so(uncertain, settler, outvoice):
    client = signed_in(settler)
    for _click in range(2):
        answer = client.post(at("release", uncertain.order_id), {"reason": "Looked"}, follow=True)
    drain_inline()
    assert "Nothing is on hold here any more" in text_of(answer)
    assert len(outvoice.ledger()) == 2


def test_an_editor_neither_settles_nor_releases(uncertain, editor, outvoice):
    client = signed_in(editor)
    assert client.get(at("settle", uncertain.pk)).status_code == 403
    assert client.post(at("settle", uncertain.pk), {"finding": "there", "looked_at": "x"}).status_code == 403
    assert client.post(at("release", uncertain.order_id), {"reason": "x"}).status_code == 403
    assert state_of(uncertain) == State.UNCERTAIN


@pytest.mark.parametrize("name", ["order", "live", "cancel", "change"])
def test_an_editor_sees_nothing_of_somebody_elses_payment(pay, steve, name):
    (payment,) = pay((steve, "20"))
    other = signed_in(make_person("other", "Editors"))
    pk = payment.order_id if name in ("order", "live") else payment.pk
    method = other.post if name == "cancel" else other.get
    assert method(at(name, pk)).status_code == 404
    assert state_of(payment) == State.WAITING


def test_somebody_with_all_payments_in_view_sees_and_cannot_cancel(pay, steve):
    (payment,) = pay((steve, "20"))
    approver = signed_in(make_person("approver", "Approvers"))
    assert approver.get(at("order", payment.order_id)).status_code == 200
    assert approver.post(at("cancel", payment.pk)).status_code == 403
    assert state_of(payment) == State.WAITING


def test_the_payments_own_page_shows_what_happened_and_what_to_do(uncertain, settler):
    page = text_of(signed_in(settler).get(at("change", uncertain.pk)))
    assert at("settle", uncertain.pk) in page
    assert "do not pay it again" in page


def test_a_draft_is_shown_as_its_preview(steve, editor):
    from tests.contributors.factories import make_order

    order = make_order(editor, [(steve, "20")])
    answer = signed_in(editor).get(at("change", order.lines.get().pk))
    assert answer.url == at("order", order.pk)


@pytest.mark.parametrize("name", ["change", "delete", "history"])
def test_no_page_changes_or_deletes_a_payment(pay, steve, name):
    (payment,) = pay((steve, "20"))
    client = signed_in(make_person("boss", "Admins"))
    client.post(at(name, payment.pk), {"amount": "9", "post": "yes"})
    payment.refresh_from_db()
    assert payment.amount == 20


def test_there_is_no_page_that_adds_a_payment(db):
    client = signed_in(make_person("boss", "Admins"))
    assert client.get(reverse("admin:contributors_transaction_add")).status_code == 403


def test_every_act_of_a_person_is_put_down(uncertain, settler, editor):
    from voicehub.common.models import AuditEntry

    client = signed_in(settler)
    client.post(at("release", uncertain.order_id), {"reason": "Looked"})
    settle(settler, uncertain, "there")
    kept = set(AuditEntry.objects.filter(actor=settler).values_list("action", flat=True))
    assert {"payment.released", "job.settled"} <= kept


def test_a_cancelled_job_stays_cancelled(pay, steve, editor):
    (payment,) = pay((steve, "20"))
    for _click in range(2):
        signed_in(editor).post(at("cancel", payment.pk))
    assert SyncJob.objects.get(operation="send").state == "cancelled"
