"""The last look right before a payment would leave: what keeps it, and how it gets on."""

import pytest
from django.urls import reverse

from contributors import services
from contributors.models import Contributor, Transaction
from tests.contributors.factories import make_order, make_person, signed_in
from voicehub.sync.engine import drain_inline

State = Transaction.State


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def settler(db):
    return make_person("sam", "Staff")


@pytest.fixture
def live(settings, connected):
    """As if the sandbox were the real thing: what is proven there is not known yet."""
    settings.VOICEHUB_DEMO = False
    return connected


def renamed(contributor, name):
    Contributor.objects.filter(pk=contributor.pk).update(name=name)


def release(person, order):
    address = reverse("admin:contributors_transaction_release", args=[order.pk])
    client = signed_in(person)
    shown = client.get(order.get_absolute_url()).context["name_on_hold"]
    data = {"reason": "I asked them", "name_shown": shown}
    return client.post(address, data, follow=True).content.decode()


def state_of(payment):
    payment.refresh_from_db()
    return payment.state


def test_a_payee_who_bears_another_name_now_is_not_paid(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    renamed(steve, "Baron Zemo")
    drain_inline()
    assert state_of(payment) == State.HELD
    assert "Baron Zemo" in payment.message
    assert outvoice.calls(operation="transaction") == []


def test_the_lines_behind_it_wait_too(pay, steve, tony, outvoice):
    _first, second = pay((steve, "20"), (tony, "20.15"))
    renamed(steve, "Baron Zemo")
    drain_inline()
    assert state_of(second) == State.HELD
    assert outvoice.calls(operation="transaction") == []


def test_who_settles_agrees_to_the_new_name_and_it_is_paid_once(pay, steve, settler, outvoice):
    (payment,) = pay((steve, "20"))
    renamed(steve, "Captain America")
    drain_inline()
    release(settler, payment.order)
    drain_inline()
    assert state_of(payment) == State.PAID
    assert payment.contributor_name == "Captain America"
    assert [row["cents"] for row in outvoice.ledger()] == [2000]


def test_who_left_the_list_after_the_confirmation_is_not_paid_and_cannot_be_released(pay, steve, settler, outvoice):
    (payment,) = pay((steve, "20"))
    Contributor.objects.filter(pk=steve.pk).update(is_active=False)
    drain_inline()
    assert "no longer on OutVoice" in release(settler, payment.order)
    drain_inline()
    assert state_of(payment) == State.HELD
    assert outvoice.calls(operation="transaction") == []


def test_who_left_the_list_before_the_confirmation_cannot_be_confirmed(steve, editor, outvoice):
    order = make_order(editor, [(steve, "20")])
    services.preview(order)
    Contributor.objects.filter(pk=steve.pk).update(is_active=False)
    confirm = reverse("admin:contributors_transaction_confirm", args=[order.pk])
    page = signed_in(editor).post(confirm, {"lines_shown": services.digest(order)}, follow=True).content.decode()
    assert "no longer on OutVoice" in page
    assert order.lines.get().state == State.DRAFT


def test_the_first_live_payment_must_be_small(live, pay, steve, outvoice):
    (payment,) = pay((steve, "5.01"))
    drain_inline()
    assert state_of(payment) == State.HELD
    assert "nothing above 5.00" in payment.message
    assert outvoice.calls(operation="transaction") == []


def test_it_is_said_before_anybody_presses(live, steve, editor):
    order = make_order(editor, [(steve, "5.01")])
    assert "nothing above 5.00" in signed_in(editor).get(order.get_absolute_url()).content.decode()


def test_a_matching_receipt_for_a_small_one_opens_the_way(live, pay, steve, settler, outvoice):
    (large,) = pay((steve, "50"))
    drain_inline()
    assert "Pay a small amount first" in release(settler, large.order)
    (small,) = pay((steve, "5"), title="Small", url="https://example.org/small")
    drain_inline()
    assert state_of(small) == State.PAID
    release(settler, large.order)
    drain_inline()
    assert state_of(large) == State.PAID
    assert sorted(row["cents"] for row in outvoice.ledger()) == [500, 5000]


@pytest.mark.parametrize("fault", ["receipt-times-100", "receipt-other-name", "cut-after", "refuse"])
def test_anything_but_a_matching_receipt_proves_nothing(live, pay, steve, outvoice, fault):
    outvoice.fault("outvoice", "transaction", fault)
    pay((steve, "5"), title="Small", url="https://example.org/small")
    drain_inline()
    (large,) = pay((steve, "50"))
    drain_inline()
    assert state_of(large) == State.HELD


def test_a_payment_that_is_put_on_hold_can_be_cancelled(live, pay, steve, editor):
    (payment,) = pay((steve, "50"))
    drain_inline()
    services.cancel(payment, user=editor)
    assert state_of(payment) == State.CANCELLED


def test_what_is_on_hold_too_long_expires_unsent(live, pay, steve, outvoice):
    from tests.ageing import let_pass
    from voicehub.sync.sweep import sweep

    (payment,) = pay((steve, "50"))
    drain_inline()
    let_pass(hours=5)
    sweep()
    assert state_of(payment) == State.EXPIRED
