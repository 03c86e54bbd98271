"""What has been confirmed for payment stays as it is; drafts can be changed and thrown away, and are remembered."""

import pytest
from django.urls import reverse

from contributors import services
from contributors.models import BulkChangeError, ConfirmedError, PaymentOrder, Transaction
from tests.contributors.factories import ARTICLE, make_account, make_contributor, make_order, make_person, signed_in
from voicehub.sync.engine import drain_inline


@pytest.fixture
def draft(db):
    return make_order(make_person("ed", "Editors"), [(make_contributor(make_account()), "20")])


@pytest.fixture
def sent(pay, steve):
    (payment,) = pay((steve, "20"))
    drain_inline()
    return payment


def stored(payment):
    return Transaction.objects.get(pk=payment.pk)


def test_a_sent_payment_is_neither_saved_nor_deleted(sent):
    sent.amount = 9
    for act in (sent.save, sent.delete, sent.save_without_historical_record):
        with pytest.raises(ConfirmedError, match="never changed or deleted"):
            act()
    assert stored(sent).amount == 20


def test_a_confirmed_order_is_neither_saved_nor_deleted(sent):
    order = PaymentOrder.objects.get(pk=sent.order_id)
    order.title = "Another story"
    for act in (order.save, order.delete):
        with pytest.raises(ConfirmedError):
            act()
    assert PaymentOrder.objects.get(pk=order.pk).title == ARTICLE["title"]


def test_a_payment_is_locked_as_soon_as_it_is_confirmed_and_before_anything_is_sent(pay, steve):
    (payment,) = pay((steve, "20"))
    with pytest.raises(ConfirmedError):
        payment.save()
    assert stored(payment).state == "waiting"


def test_an_earlier_version_from_the_history_cannot_be_put_back(sent):
    earlier = sent.history.earliest().instance
    assert earlier.state == "draft"
    with pytest.raises(ConfirmedError):
        earlier.save()
    assert stored(sent).state == "paid"


def test_no_line_gets_into_a_confirmed_order_or_out_of_it(sent, steve, editor):
    other = make_order(editor, [(steve, "5")], title="Another story")
    line = other.lines.get()
    line.order = sent.order
    stowaway = stored(sent)
    stowaway.order = other
    for payment in (line, stowaway):
        with pytest.raises(ConfirmedError):
            payment.save()
    assert sent.order.lines.get() == sent


@pytest.mark.parametrize("rows", [Transaction.objects, PaymentOrder.objects])
def test_nothing_is_changed_or_deleted_in_bulk(rows, draft):
    for change in (lambda: rows.update(title="x"), rows.all().delete, lambda: rows.bulk_update([], ["title"])):
        with pytest.raises(BulkChangeError):
            change()
    assert rows.get().title == ARTICLE["title"]


def test_the_lines_of_an_order_are_not_changed_in_bulk(draft):
    with pytest.raises(BulkChangeError):
        draft.lines.update(amount=1)
    assert draft.lines.get().amount == 20


@pytest.mark.parametrize("role", ["Admins", None])
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_no_page_changes_deletes_or_reverts_a_sent_payment(sent, role, page):
    person = make_person("boss", *filter(None, [role]))
    person.is_superuser = role is None
    person.save()
    form = {"amount": "9", "title": "x", "post": "yes", "revert": "1", "_save": "1", "_change_history": "1"}
    answer = signed_in(person).post(reverse(f"admin:contributors_transaction_{page}", args=[sent.pk]), form)
    assert answer.status_code == (302 if page == "history" else 403)
    assert (stored(sent).amount, stored(sent).title) == (20, ARTICLE["title"])


def test_the_list_offers_no_way_to_delete(sent):
    boss = make_person("boss")
    boss.is_superuser = True
    boss.save()
    url = reverse("admin:contributors_transaction_changelist")
    signed_in(boss).post(url, {"action": "delete_selected", "_selected_action": [sent.pk], "post": "yes"})
    assert stored(sent) == sent


def test_a_draft_can_be_changed_and_its_history_tells_who_did(draft, steve_again):
    other = make_person("other", "Editors")
    services.save_draft(
        user=other, order=draft, lines=[services.Line(steve_again, 7)], currency="USD", url=draft.url, title="New"
    )
    newest, first = draft.history.all()
    assert (newest.title, newest.history_user.username) == ("New", "other")
    assert (first.title, first.history_user.username) == (ARTICLE["title"], "ed")


def test_a_draft_can_be_thrown_away_and_its_history_stays(draft):
    line, number = draft.lines.get(), draft.pk
    services.discard_draft(draft, user=draft.requested_by)
    assert not PaymentOrder.objects.filter(pk=number).exists()
    for kept in (PaymentOrder.history.filter(id=number), Transaction.history.filter(id=line.pk)):
        assert [(row.history_type, row.history_user.username) for row in kept] == [("-", "ed"), ("+", "ed")]


@pytest.fixture
def steve_again(draft):
    return draft.lines.get().contributor
