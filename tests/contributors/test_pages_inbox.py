"""What the first page says about payments, the account and the list, and to whom."""

from html import unescape

import pytest
from django.urls import reverse

from contributors.models import Approval, Transaction
from tests.contributors.factories import make_account, make_contributor, make_payment, make_person, signed_in
from voicehub.common import inbox
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
    assert "Uncertain: look in OutVoice" in page
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


WORLD = (
    {"state": "uncertain"},
    {"state": "refused"},
    {"state": "failed"},
    {"state": "refused", "dealt_with_at": "2026-01-01T00:00:00Z"},
    {"state": "expired"},
    {"state": "held"},
    {"state": "paid"},
    {"state": "paid", "receipt_mismatch": "The receipt says 2."},
    {"state": "cancelled"},
    {"state": "waiting"},
)


@pytest.fixture
def world(db):
    """Payments in every state of two editors, and one that was paid again."""
    steve = make_contributor(make_account())
    people = [make_person("ed", "Editors"), make_person("eve", "Editors")]
    for person in people:
        made = [make_payment(person, steve, **values) for values in WORLD]
        make_payment(person, steve, state="waiting", replaces=made[1])
    orders = [payment.order for payment in Transaction.objects.filter(state="waiting", replaces=None)]
    for order, person in zip(orders, people, strict=True):
        Approval.objects.create(order=order, asked_by=person, why="Large")
    return people


class Asking:
    """As much of a request as the inbox wants to know."""

    def __init__(self, user):
        self.user = user


@pytest.mark.parametrize("who", ["ed", "Staff", "Approvers", "Admins"])
def test_each_count_is_exactly_what_its_list_shows(world, who):
    person = world[0] if who == "ed" else make_person("somebody", who)
    client = signed_in(person)
    counted = [item for item in inbox.items_for(Asking(person)) if item.count is not None]
    assert counted
    for item in counted:
        context = client.get(item.url).context
        shown = context["cl"].result_count if "cl" in context else sum(q.can_decide for q in context["questions"])
        assert (str(item.title), shown) == (str(item.title), item.count)


def test_an_editor_counts_only_their_own(world):
    counts = {item.url.rpartition("=")[2]: item.count for item in inbox.items_for(Asking(world[0])) if item.count}
    assert counts == {"uncertain": 1, "mismatch": 1, "held": 1, "refused": 1, "expired": 1}


def test_the_item_is_two_clicks_from_the_sign_in_for_editors_too(world):
    client = signed_in(world[0])
    first = client.get(reverse("admin:index"), follow=True).content.decode()
    listed = reverse("admin:contributors_transaction_changelist", query={"needs": "expired"})
    payment = Transaction.objects.get(state="expired", requested_by=world[0])
    assert listed in first
    assert payment.get_absolute_url() in client.get(listed).content.decode()


def test_what_was_dealt_with_leaves_the_inbox_and_says_who_and_why(world):
    payment = Transaction.objects.get(state="expired", requested_by=world[0])
    client = signed_in(world[0])
    address = reverse("admin:contributors_transaction_deal_with", args=[payment.pk])
    assert "say what was done" in client.post(address, {"reason": " "}, follow=True).content.decode()
    client.post(address, {"reason": "Paid by the bank"})
    payment.refresh_from_db()
    assert payment.dealt_with_at
    assert "expired" not in {item.url.rpartition("=")[2] for item in inbox.items_for(Asking(world[0]))}
    assert "nothing to deal with" in client.post(address, {"reason": "Again"}, follow=True).content.decode()


def test_what_is_paid_cannot_be_dealt_with(world):
    payment = Transaction.objects.filter(state="paid", receipt_mismatch="", requested_by=world[0]).get()
    address = reverse("admin:contributors_transaction_deal_with", args=[payment.pk])
    signed_in(world[0]).post(address, {"reason": "No"})
    payment.refresh_from_db()
    assert payment.dealt_with_at is None
