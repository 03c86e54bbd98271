"""Who is told what when a payment, or the account, needs somebody."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from contributors import services
from contributors.attention import CONFLICT, REFUSED, needing
from contributors.models import Transaction
from tests.ageing import let_pass
from voicehub.common.models import Notice
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import SyncJob


@pytest.fixture
def admin(db):
    person = get_user_model().objects.create_user("ada", is_staff=True)
    person.groups.add(Group.objects.get(name="Admins"))
    return person


def told(person):
    return [notice.text for notice in Notice.objects.filter(recipient=person)]


def test_an_uncertain_payment_is_told_to_the_requester_and_to_those_who_settle(pay, steve, outvoice, editor, admin):
    pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    assert len(told(editor)) == len(told(admin)) == 1
    assert "Steve Rogers" in told(editor)[0]


def test_once_it_is_settled_nobody_is_asked_to_look_any_more(pay, steve, outvoice, editor, admin):
    (payment,) = pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    services.settle(payment, finding="there", looked_at="OutVoice", note="", user=admin)
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_refused_payment_is_told_once_to_the_requester_and_to_those_who_settle(pay, steve, outvoice, editor, admin):
    pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "refuse")
    drain_inline()
    assert len(told(editor)) == len(told(admin)) == 1


def test_who_asked_and_settles_as_well_is_told_once(pay, steve, outvoice, admin):
    pay((steve, "20"), user=admin)
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    assert len(told(admin)) == 1


def test_many_refusals_for_one_reason_are_one_notice_that_leads_to_all_of_them(pay, steve, outvoice, editor):
    for number in range(4):
        pay((steve, "20"), title=f"Story {number}", url=f"https://example.org/{number}")
    outvoice.fault("outvoice", "transaction", "refuse", count=4)
    drain_inline()
    notice = Notice.objects.get(recipient=editor)
    assert notice.count == 4
    assert notice.text.startswith("4 payments were not made: ")
    assert notice.link.endswith("?needs=refused")


def test_different_reasons_are_different_notices(pay, steve, outvoice, editor):
    for number, fault in enumerate(("refuse", "forbidden")):
        outvoice.fault("outvoice", "transaction", fault)
        pay((steve, "20"), title=f"Story {number}", url=f"https://example.org/{number}")
        drain_inline()
    assert len(told(editor)) == 2


def test_a_payment_on_hold_is_told(pay, steve, editor, admin):
    pay((steve, "20"))
    type(steve).objects.filter(pk=steve.pk).update(name="Baron Zemo")
    drain_inline()
    assert "is on hold" in told(editor)[0]
    assert len(told(admin)) == 1


def test_lines_that_only_wait_for_their_turn_are_no_news(pay, steve, tony, editor):
    pay((steve, "20"), (tony, "20"))
    drain_inline()
    assert told(editor) == []


def test_one_of_two_uncertain_ones_settled_leaves_the_notice(pay, steve, outvoice, editor, admin):
    payments = [pay((steve, "20"), title=t, url=f"https://example.org/{t}")[0] for t in ("one", "two")]
    outvoice.fault("outvoice", "transaction", "cut-after", count=2)
    drain_inline()
    services.settle(payments[0], finding="there", looked_at="OutVoice", note="", user=admin)
    assert Notice.objects.filter(recipient=editor, read_at=None).count() == 1
    services.settle(payments[1], finding="there", looked_at="OutVoice", note="", user=admin)
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_payment_that_went_through_is_no_news(pay, steve, editor, admin):
    pay((steve, "20"))
    drain_inline()
    assert told(editor) == told(admin) == []


def test_an_account_that_needs_a_sign_in_is_told_once_to_those_who_connect(pay, steve, tony, outvoice, editor, admin):
    pay((steve, "20"), (tony, "20"))
    outvoice.expire_tokens(refresh_too=True)
    let_pass(hours=2)
    drain_inline()
    assert [text for text in told(admin) if "Sign in again" in text] == told(admin)
    assert len(told(admin)) == 1


def refused(pay, steve, outvoice, **article):
    (payment,) = pay((steve, "20"), **article)
    outvoice.fault("outvoice", "transaction", "refuse")
    drain_inline()
    payment.refresh_from_db()
    return payment


def test_a_refusal_that_was_dealt_with_needs_nobody_any_more(pay, steve, outvoice, editor, admin):
    services.deal_with(refused(pay, steve, outvoice), user=admin, reason="Not wanted any more")
    assert not Notice.objects.filter(read_at=None).exists()


def test_paid_again_and_refused_again_needs_somebody_once(pay, steve, outvoice, editor):
    first = refused(pay, steve, outvoice)
    lines = [services.Line(steve, first.amount, first)]
    order = services.save_draft(user=editor, url=first.url, title=first.title, currency="USD", lines=lines)
    services.preview(order)
    services.confirm(order, user=editor, lines_shown=services.digest(order))
    outvoice.fault("outvoice", "transaction", "refuse")
    drain_inline()
    assert needing(Transaction.objects.all(), REFUSED).get().order == order


def test_a_late_answer_that_contradicts_a_settlement_stays_in_the_inbox(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    drain_inline()
    SyncJob.objects.filter(pk=payment.job.pk).update(has_conflict=True)
    assert list(needing(Transaction.objects.all(), CONFLICT)) == [payment]
