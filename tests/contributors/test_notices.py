"""Who is told what when a payment, or the account, needs somebody."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from contributors import services
from tests.ageing import let_pass
from voicehub.common.models import Notice
from voicehub.sync.engine import drain_inline


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


def test_a_refused_payment_is_told_to_the_requester_alone(pay, steve, outvoice, editor, admin):
    pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "refuse")
    drain_inline()
    assert len(told(editor)) == 1
    assert told(admin) == []


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
