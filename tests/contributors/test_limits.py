"""What one person, and everybody together, may pay a day."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contributors import services
from contributors.models import Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_order, make_person, signed_in
from voicehub.common.limits import LimitReachedError
from voicehub.sync.engine import drain_inline

State = Transaction.State


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


@pytest.fixture
def colleague(db):
    return make_person("cleo", "Editors")


def test_without_a_limit_anything_goes(pay, steve):
    assert pay((steve, "5000"))[0].state == State.WAITING


def test_more_than_a_person_may_pay_a_day_is_refused_before_anything_is_queued(pay, steve, settings):
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "100"}
    pay((steve, "80"))
    with pytest.raises(LimitReachedError, match=r"20\.00 of 100\.00 USD is left"):
        pay((steve, "20.01"), title="Two")
    assert list(Transaction.objects.values_list("state", flat=True)) == [State.DRAFT, State.WAITING]


def test_what_is_left_may_be_used_up_to_the_cent(pay, steve, settings):
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "100"}
    pay((steve, "80"))
    assert pay((steve, "20"), title="Two")[0].state == State.WAITING


def test_the_message_names_who_can_raise_it(pay, steve, settings):
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "100"}
    with pytest.raises(LimitReachedError, match=r"an administrator can raise.*PAYMENT_DAILY_AMOUNT_PER_PERSON"):
        pay((steve, "101"))


def test_one_persons_limit_is_not_anothers(pay, steve, settings, colleague):
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "100"}
    pay((steve, "80"))
    assert pay((steve, "80"), title="Two", user=colleague)[0].state == State.WAITING


def test_the_installations_limit_counts_everybody(pay, steve, settings, colleague):
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "100"}
    pay((steve, "80"))
    with pytest.raises(LimitReachedError, match="all of you together"):
        pay((steve, "80"), title="Two", user=colleague)


@pytest.mark.parametrize("setting", ["PAYMENT_DAILY_NUMBER", "PAYMENT_DAILY_NUMBER_PER_PERSON"])
def test_the_number_of_payments_is_limited_too(pay, steve, tony, settings, setting):
    setattr(settings, setting, 3)
    pay((steve, "1"), (tony, "1"))
    with pytest.raises(LimitReachedError, match="1 of 3 is left"):
        pay((steve, "1"), (tony, "1"), title="Two")


def test_another_currency_has_a_limit_of_its_own(pay, steve, settings):
    settings.PAYMENT_DAILY_AMOUNT = {"EUR": "1"}
    assert pay((steve, "80"))[0].state == State.WAITING


def test_what_was_surely_not_paid_is_given_back(pay, steve, settings, outvoice):
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "100"}
    outvoice.fault("outvoice", "transaction", "refuse")
    pay((steve, "80"))
    drain_inline()
    assert pay((steve, "80"), title="Two")[0].state == State.WAITING


def test_what_may_have_been_paid_counts(pay, steve, settings, outvoice):
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "100"}
    outvoice.fault("outvoice", "transaction", "cut-after")
    pay((steve, "80"))
    drain_inline()
    with pytest.raises(LimitReachedError):
        pay((steve, "80"), title="Two")


def test_a_new_day_brings_a_new_limit(pay, steve, settings):
    settings.PAYMENT_DAILY_AMOUNT = {"USD": "100"}
    pay((steve, "80"))
    let_pass(days=1)
    assert pay((steve, "80"), title="Two")[0].state == State.WAITING


def test_the_preview_says_so_before_anybody_presses(steve, editor, settings):
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "10"}
    order = make_order(editor, [(steve, "20")])
    page = signed_in(editor).get(order.get_absolute_url()).content.decode()
    assert "more than you may do today" in page
    assert reverse("admin:contributors_transaction_confirm", args=[order.pk]) not in page


def test_a_press_that_meets_the_limit_shows_it_and_keeps_the_draft(steve, editor, settings):
    order = make_order(editor, [(steve, "20")])
    services.preview(order)
    settings.PAYMENT_DAILY_AMOUNT_PER_PERSON = {"USD": "10"}
    confirm = reverse("admin:contributors_transaction_confirm", args=[order.pk])
    page = signed_in(editor).post(confirm, {"lines_shown": services.digest(order)}, follow=True).content.decode()
    assert "more than you may do today" in page
    assert [(line.state, line.amount) for line in order.lines.all()] == [(State.DRAFT, Decimal("20"))]
