"""The seconds after a confirmation in which a payment can be taken back."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from contributors import services
from contributors.models import Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_person, signed_in
from voicehub.sync.engine import drain_inline
from voicehub.sync.services import TooLateError

State = Transaction.State


@pytest.fixture(autouse=True)
def a_quarter_of_a_minute(settings):
    settings.PAYMENT_UNDO_SECONDS = 15


@pytest.fixture
def editor(db):
    return make_person("ed", "Editors")


def states(*payments):
    return [Transaction.objects.get(pk=payment.pk).state for payment in payments]


def at(name, pk):
    return reverse(f"admin:contributors_transaction_{name}", args=[pk])


def test_nothing_is_sent_before_the_time_is_over(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    drain_inline()
    assert states(payment) == [State.WAITING]
    assert outvoice.calls(operation="transaction") == []


def test_it_goes_out_by_itself_afterwards(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    let_pass(seconds=16)
    drain_inline()
    assert states(payment) == [State.PAID]
    assert [row["cents"] for row in outvoice.ledger()] == [2000]


def test_the_page_counts_down_and_offers_to_cancel(pay, steve, editor):
    (payment,) = pay((steve, "20"))
    page = signed_in(editor).get(at("order", payment.order_id)).content.decode()
    assert "Nothing has been sent yet" in page
    assert "data-countdown" in page
    assert at("cancel", payment.pk) in page


def test_the_page_stops_counting_when_the_payment_is_made(pay, steve, editor):
    (payment,) = pay((steve, "20"))
    let_pass(seconds=16)
    drain_inline()
    assert "data-countdown" not in signed_in(editor).get(at("order", payment.order_id)).content.decode()


def test_cancelling_one_line_in_time_does_not_hurry_the_next_one(pay, steve, tony, editor, outvoice):
    first, second = pay((steve, "20"), (tony, "20.15"))
    services.cancel(first, user=editor)
    drain_inline()
    assert states(first, second) == [State.CANCELLED, State.WAITING]
    assert outvoice.calls(operation="transaction") == []


def test_all_lines_are_cancelled_at_one_press(pay, steve, tony, natasha, editor, outvoice):
    lines = pay((steve, "20"), (tony, "20.15"), (natasha, "30"))
    page = signed_in(editor).post(at("cancel_all", lines[0].order_id), follow=True).content.decode()
    let_pass(seconds=16)
    drain_inline()
    assert states(*lines) == [State.CANCELLED] * 3
    assert "3 payments are cancelled" in page
    assert outvoice.calls(operation="transaction") == []


def test_pressing_too_late_says_so(pay, steve, editor, outvoice):
    (payment,) = pay((steve, "20"))
    let_pass(seconds=16)
    drain_inline()
    page = signed_in(editor).post(at("cancel_all", payment.order_id), follow=True).content.decode()
    assert "Nothing is left to cancel" in page
    assert states(payment) == [State.PAID]


def test_cancelling_all_says_which_came_too_late(pay, steve, tony, editor, outvoice):
    first, _second = pay((steve, "20"), (tony, "20.15"))
    Transaction._base_manager.filter(pk=first.pk).update(state=State.SENDING)
    first.job.__class__.objects.filter(pk=first.job.pk).update(state="sending")
    words = services.cancel_order(first.order, user=editor)
    assert "1 payment is cancelled" in words
    assert "Too late" in words


@pytest.mark.django_db(transaction=True)
def test_when_cancel_and_worker_meet_exactly_one_of_them_wins(pay, steve, editor, outvoice):
    for _round in range(5):
        (payment,) = pay((steve, "20"))
        let_pass(seconds=16)
        said = []
        worker = threading.Thread(target=working)
        worker.start()
        try:
            services.cancel(payment, user=editor)
        except TooLateError as error:
            said.append(str(error))
        worker.join()
        booked = [row for row in outvoice.ledger() if row["cents"] == 2000]
        assert (states(payment)[0], bool(said)) in ((State.CANCELLED, False), (State.PAID, True))
        assert len(booked) == len(Transaction.objects.filter(state=State.PAID))


def working():
    try:
        drain_inline()
    finally:
        connection.close()
