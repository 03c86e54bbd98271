"""Payments above a limit wait for somebody else: who may decide, on what, and what happens at the same moment."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contributors import services
from contributors.models import Approval, Contributor, PaymentOrder, Transaction
from contributors.services.approvals import digest
from tests.ageing import let_pass
from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, signed_in
from voicehub.common.models import AuditEntry, Notice
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection
from voicehub.sync.services import TooLateError

State = Transaction.State
PAGE = reverse("admin:contributors_transaction_approvals")
DECIDE = reverse("admin:contributors_transaction_decide")


@pytest.fixture(autouse=True)
def above_one_hundred(settings):
    settings.PAYMENT_APPROVAL_ABOVE = {"USD": "100"}


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def approver(db):
    return make_person("ann", "Approvers")


@pytest.fixture
def asked(pay, steve):
    """An approval that was asked for: 150.00 to Steve Rogers."""
    (payment,) = pay((steve, "150"))
    return payment.order.approval


def states(order):
    return [line.state for line in order.lines.order_by("id")]


def decide(person, *approvals, decision="approve", note="", **more):
    """Press the button of the page as it looks to the person now."""
    client = signed_in(person)
    shown = {f"digest-{question.approval.pk}": question.digest for question in client.get(PAGE).context["questions"]}
    data = {"approval": [approval.pk for approval in approvals], "decision": decision, "note": note, **shown, **more}
    return client.post(DECIDE, data, follow=True)


def test_a_payment_above_the_limit_waits_and_nothing_is_queued(asked, outvoice):
    drain_inline()
    assert states(asked.order) == [State.APPROVAL]
    assert asked.order.lines.get().job is None
    assert outvoice.calls(operation="transaction") == []
    assert "150.00 USD" in asked.why


def test_at_the_limit_nobody_has_to_be_asked(pay, steve, outvoice):
    (payment,) = pay((steve, "100"))
    drain_inline()
    assert states(payment.order) == [State.PAID]


def test_a_currency_without_a_limit_needs_no_approval(pay, steve, settings):
    settings.PAYMENT_APPROVAL_ABOVE = {"EUR": "1"}
    (payment,) = pay((steve, "5000"))
    assert states(payment.order) == [State.WAITING]


def test_splitting_over_several_payments_does_not_dodge_it(pay, steve, tony):
    (first,) = pay((steve, "60"), title="One")
    (second,) = pay((steve, "60"), title="Two", url="https://example.org/two")
    (other,) = pay((tony, "60"), title="Three", url="https://example.org/three")
    assert [states(one.order)[0] for one in (first, second, other)] == [State.WAITING, State.APPROVAL, State.WAITING]
    assert "within 24 hours" in second.order.approval.why


def test_splitting_over_the_lines_of_one_order_does_not_dodge_it(pay, steve, tony):
    lines = pay((steve, "60"), (tony, "60"))
    assert states(lines[0].order) == [State.APPROVAL] * 2
    assert "total of 120.00 USD" in lines[0].order.approval.why


def test_splitting_over_two_accounts_does_not_dodge_it(pay, steve, editor):
    elsewhere = make_account("own@example.org")
    earlier = make_payment(editor, make_contributor(elsewhere, name=steve.name), "60")
    PaymentOrder._base_manager.filter(pk=earlier.order_id).update(confirmed_at=timezone.now())
    Connection.objects.filter(pk=elsewhere.pk).update(disconnected_at=timezone.now())
    (payment,) = pay((steve, "60"))
    assert states(payment.order) == [State.APPROVAL]


def test_after_a_day_earlier_payments_do_not_count_any_more(pay, steve, outvoice):
    pay((steve, "60"), title="One")
    drain_inline()
    let_pass(hours=25)
    (second,) = pay((steve, "60"), title="Two", url="https://example.org/two")
    assert states(second.order) == [State.WAITING]


def test_what_was_refused_does_not_count(pay, steve, outvoice):
    outvoice.fault("outvoice", "transaction", "refuse")
    pay((steve, "60"), title="One")
    drain_inline()
    (second,) = pay((steve, "60"), title="Two", url="https://example.org/two")
    assert states(second.order) == [State.WAITING]


def test_approved_it_goes_out_and_the_requester_is_told(asked, approver, editor, outvoice):
    page = decide(approver, asked, note="As agreed").content.decode()
    drain_inline()
    asked.refresh_from_db()
    assert states(asked.order) == [State.PAID]
    assert [row["cents"] for row in outvoice.ledger()] == [15000]
    assert (asked.state, asked.decided_by, asked.note) == (Approval.State.APPROVED, approver, "As agreed")
    assert "Approved: it goes out" in page
    assert Notice.objects.filter(recipient=editor, text__contains="As agreed").count() == 1
    assert AuditEntry.objects.filter(action="payment.approved", actor=approver).count() == 1


def test_approved_it_can_still_be_taken_back_for_a_while(asked, approver, editor, outvoice, settings):
    settings.PAYMENT_UNDO_SECONDS = 15
    decide(approver, asked)
    drain_inline()
    assert states(asked.order) == [State.WAITING]
    services.cancel_order(asked.order, user=editor)
    assert states(asked.order) == [State.CANCELLED]


def test_every_approver_gets_one_notice_that_goes_when_somebody_decides(approver, pay, steve):
    other = make_person("bob", "Approvers")
    (payment,) = pay((steve, "150"))
    assert Notice.objects.filter(recipient__in=[approver, other], read_at=None).count() == 2
    decide(approver, payment.order.approval)
    assert not Notice.objects.filter(recipient__in=[approver, other], read_at=None).exists()


def test_declined_nothing_is_sent_and_it_may_be_paid_again(asked, approver, editor, outvoice):
    decide(approver, asked, decision="decline", note="Not agreed with the desk")
    drain_inline()
    assert states(asked.order) == [State.CANCELLED]
    assert "Not agreed with the desk" in asked.order.lines.get().message
    assert outvoice.calls(operation="transaction") == []
    assert Notice.objects.filter(recipient=editor, text__contains="Not agreed").exists()


def test_declining_wants_a_reason(asked, approver):
    page = decide(approver, asked, decision="decline").content.decode()
    assert "Say why you decline" in page
    assert states(asked.order) == [State.APPROVAL]


def test_nobody_approves_what_they_asked_for_themselves(pay, steve, connected):
    admin = make_person("root", "Admins")
    (payment,) = pay((steve, "150"), user=admin)
    page = decide(admin, payment.order.approval).content.decode()
    assert "somebody else has to decide" in page
    assert states(payment.order) == [State.APPROVAL]
    with pytest.raises(services.NotAllowedError):
        services.approve(payment.order.approval, user=admin, shown=digest(payment.order.approval))


def test_nobody_approves_a_draft_they_had_a_hand_in(asked, approver):
    asked.order.history.update(history_user=approver)
    assert not services.open_approvals(approver).exists()
    with pytest.raises(services.NotAllowedError):
        services.approve(asked, user=approver, shown=digest(asked))


def test_without_the_permission_nobody_approves(asked):
    staff = make_person("staff", "Staff")
    assert signed_in(staff).get(PAGE).status_code == 403
    assert signed_in(staff).post(DECIDE, {"approval": asked.pk, "decision": "approve"}).status_code == 403
    with pytest.raises(services.NotAllowedError):
        services.approve(asked, user=staff, shown=digest(asked))
    assert states(asked.order) == [State.APPROVAL]


def test_a_name_that_changed_since_it_was_shown_must_be_looked_at_again(asked, approver, steve):
    shown = digest(asked)
    Contributor.objects.filter(pk=steve.pk).update(name="Steven Rogers")
    page = decide(approver, asked, **{f"digest-{asked.pk}": shown}).content.decode()
    assert "changed since you looked" in page
    assert states(asked.order) == [State.APPROVAL]


def test_a_payment_of_the_same_work_meanwhile_must_be_looked_at_first(asked, approver, editor, steve, pay):
    shown = digest(asked)
    pay((steve, "30"))
    with pytest.raises(services.ChangedError):
        services.approve(asked, user=approver, shown=shown)
    assert digest(asked) != shown


def test_without_a_mark_of_what_was_shown_nothing_is_approved(asked, approver):
    data = {"approval": asked.pk, "decision": "approve"}
    page = signed_in(approver).post(DECIDE, data, follow=True).content.decode()
    assert "changed since you looked" in page
    assert states(asked.order) == [State.APPROVAL]


def test_several_are_decided_at_one_go(pay, steve, tony, approver, outvoice):
    (first,) = pay((steve, "150"))
    (second,) = pay((tony, "200"), title="Two", url="https://example.org/two")
    page = decide(approver, first.order.approval, second.order.approval).content.decode()
    drain_inline()
    assert "Approved 2 questions" in page
    assert sorted(row["cents"] for row in outvoice.ledger()) == [15000, 20000]


def test_the_requester_takes_it_back(asked, editor, approver):
    cancel = reverse("admin:contributors_transaction_cancel", args=[asked.order.lines.get().pk])
    signed_in(editor).post(cancel)
    assert states(asked.order) == [State.CANCELLED]
    page = decide(approver, asked).content.decode()
    assert "already withdrawn" in page
    assert states(asked.order) == [State.CANCELLED]


def test_rubbish_is_answered_with_a_sentence(asked, approver):
    client = signed_in(approver)
    for data in ({}, {"approval": "x"}, {"approval": "9" * 30}, {"approval": asked.pk, "decision": "maybe"}):
        assert client.post(DECIDE, data, follow=True).status_code == 200
    assert states(asked.order) == [State.APPROVAL]


@pytest.mark.parametrize("second", ["approve", "decline"])
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_is_told_that_it_was_decided(pay, steve, outvoice, second):
    people = [make_person("ann", "Approvers"), make_person("bob", "Approvers")]
    (payment,) = pay((steve, "150"))
    approval, shown = payment.order.approval, digest(payment.order.approval)
    together = threading.Barrier(2)
    said = []

    def act(person, decision):
        together.wait(10)
        try:
            if decision == "approve":
                services.approve(approval, user=person, shown=shown)
            else:
                services.decline(approval, user=person, note="No")
        except TooLateError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in zip(people, ("approve", second), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain_inline()
    approval.refresh_from_db()
    is_approved = approval.state == Approval.State.APPROVED
    assert len(said) == 1
    assert "already" in said[0]
    assert [row["cents"] for row in outvoice.ledger()] == ([15000] if is_approved else [])
    assert states(payment.order) == [State.PAID if is_approved else State.CANCELLED]


def test_what_was_never_approved_is_not_sent_even_from_the_queue(asked, outvoice):
    from contributors import sequence

    sequence.start(asked.order, asked.asked_by)
    drain_inline()
    assert states(asked.order) == [State.HELD]
    assert outvoice.calls(operation="transaction") == []


def test_the_amounts_are_shown_with_two_places(asked, approver):
    assert asked.order.lines.get().amount == Decimal("150.00")
    assert "150.00 USD" in signed_in(approver).get(PAGE).content.decode()
