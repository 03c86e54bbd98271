"""What the first page says about payments, the account and the list, and to whom."""

from html import unescape

import pytest
from django.urls import reverse

from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, signed_in
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection


def first_page_of(person):
    return unescape(signed_in(person).get(reverse("admin:index"), follow=True).content.decode())


@pytest.fixture
def uncertain(db):
    steve = make_contributor(make_account())
    return make_payment(make_person("ed", "Editors"), steve, state="uncertain")


@pytest.mark.parametrize("role", ["Staff", "Admins"])
def test_those_who_settle_are_told_of_uncertain_payments(uncertain, role):
    page = first_page_of(make_person("sam", role))
    assert "1 payment is uncertain" in page
    assert "Look in OutVoice and settle them" in page


def test_those_who_only_look_are_told_not_to_pay_again(uncertain):
    assert "do not pay them again" in first_page_of(make_person("ann", "Approvers"))


def test_nobody_is_told_of_what_is_known(uncertain):
    type(uncertain)._base_manager.update(state="paid")
    assert "uncertain" not in first_page_of(make_person("sam", "Staff"))


@pytest.mark.parametrize("reason", ["", "Signed out."])
def test_only_admins_are_told_that_an_account_is_needed(db, reason):
    account = make_account()
    Connection.objects.filter(pk=account.pk).update(
        stopped_reason=reason, disconnected_at=None if reason else "2026-01-01T00:00:00Z"
    )
    assert "Nobody can be paid" in first_page_of(make_person("boss", "Admins"))
    assert "Nobody can be paid" not in first_page_of(make_person("sam", "Staff"))


def test_an_open_question_about_the_list_is_told_to_those_who_can_answer(connected, outvoice):
    sam = make_person("sam", "Staff")
    outvoice.set_payees({"1": "Steve Rogers"})
    signed_in(sam).post(reverse("admin:contributors_contributor_pull"))
    drain_inline()
    question = reverse("admin:contributors_contributor_question")
    assert question in first_page_of(sam)
    assert question not in first_page_of(make_person("ann", "Approvers"))
