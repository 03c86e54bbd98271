"""Each fault of OutVoice: what the record shows, what OutVoice booked, and that nothing is ever sent again."""

import pytest

from contributors import services
from contributors.models import PaymentOrder, Transaction
from tests.ageing import let_pass
from tests.contributors.factories import make_order
from voicehub.sync.calls import perform
from voicehub.sync.claim import claim
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Exchange, Lane, SyncJob
from voicehub.sync.services import TooLateError
from voicehub.sync.sweep import sweep

State = Transaction.State

# fault, its value, state that the record shows, rows that OutVoice booked
FAULTS = [
    ("refuse", None, State.REFUSED, 0),
    ("unauthorized", None, State.REFUSED, 0),
    ("forbidden", None, State.REFUSED, 0),
    ("not-found", None, State.REFUSED, 0),
    ("rate-limit", 1, State.REFUSED, 0),
    ("rate-limit", None, State.REFUSED, 0),
    ("error-before", None, State.UNCERTAIN, 0),
    ("error-after", None, State.UNCERTAIN, 1),
    ("bad-gateway-after", None, State.UNCERTAIN, 1),
    ("cut-before", None, State.UNCERTAIN, 0),
    ("cut-after", None, State.UNCERTAIN, 1),
    ("cut-body", None, State.UNCERTAIN, 1),
    ("cut-head", None, State.UNCERTAIN, 1),
    ("late-after", 4, State.UNCERTAIN, 1),
    ("html", None, State.UNCERTAIN, 1),
    ("empty-200", None, State.UNCERTAIN, 1),
    ("redirect", None, State.UNCERTAIN, 0),
    ("quoted-receipt", None, State.PAID, 1),
    ("receipt-times-100", None, State.PAID, 1),
    ("receipt-other-name", None, State.PAID, 1),
]


def a_day_goes_by():
    """Three sweeps, a drain, and the clock one day on, twice over."""
    for _time in range(2):
        for _sweep in range(3):
            sweep()
        drain_inline()
        let_pass(days=1)


@pytest.mark.parametrize(("fault", "value", "state", "booked"), FAULTS)
def test_after_each_fault_the_record_says_what_is_known_and_nothing_is_sent_again(
    pay, steve, outvoice, fault, value, state, booked
):
    (payment,) = pay((steve, "20.15"))
    outvoice.fault("outvoice", "transaction", fault, value=value)
    drain_inline()
    a_day_goes_by()
    payment.refresh_from_db()
    assert payment.state == state
    assert payment.message
    assert len(outvoice.ledger()) == booked
    assert len(outvoice.calls(operation="transaction")) == 1


def test_what_was_surely_not_sent_is_sent_when_outvoice_is_back(pay, steve, outvoice, settings):
    (payment,) = pay((steve, "20"))
    address = settings.OUTVOICE_BASE_URL
    Connection.objects.update(base_url="http://127.0.0.1:9/outvoice")
    settings.OUTVOICE_BASE_URL = "http://127.0.0.1:9/outvoice"
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.WAITING
    Connection.objects.update(base_url=address)
    settings.OUTVOICE_BASE_URL = address
    let_pass(minutes=20)
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.PAID
    assert [row["cents"] for row in outvoice.ledger()] == [2000]


def test_a_payment_that_waited_too_long_expires_unsent(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    let_pass(hours=5)
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.EXPIRED
    assert outvoice.calls(operation="transaction") == []


def test_a_payment_made_for_another_account_is_never_sent(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    Connection.objects.update(base_url="http://127.0.0.1:1/elsewhere")
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.REFUSED
    assert "never sent" in payment.message
    assert outvoice.calls(operation="transaction") == []


def test_switching_accounts_leaves_what_was_queued_for_the_old_one_unsent(pay, steve, outvoice, connected, editor):
    (payment,) = pay((steve, "20"))
    services.disconnect(connected, user=editor)
    other = Connection.objects.create(provider="outvoice", base_url=connected.base_url, account="other@example.org")
    drain_inline()
    payment.refresh_from_db()
    assert other.is_usable
    assert payment.state == State.WAITING
    assert outvoice.calls(operation="transaction") == []


@pytest.mark.parametrize("fault", ["receipt-times-100", "receipt-other-name", "cut-after"])
def test_lines_behind_a_doubtful_one_wait_until_a_person_releases_them(
    pay, steve, tony, natasha, outvoice, settler, fault
):
    doubtful, second, third = pay((steve, "20"), (tony, "20.15"), (natasha, "30"))
    outvoice.fault("outvoice", "transaction", fault)
    drain_inline()
    behind = [line.state for line in Transaction.objects.exclude(pk=doubtful.pk)]
    assert behind == [State.HELD, State.HELD]
    assert len(outvoice.calls(operation="transaction")) == 1
    services.release_behind(doubtful.order, user=settler, reason="looked")
    drain_inline()
    states = [line.state for line in Transaction.objects.filter(pk__in=[second.pk, third.pk])]
    assert states == [State.PAID, State.PAID]
    assert len(outvoice.ledger()) == 3


def test_cancelling_a_line_on_hold_does_not_let_the_next_one_slip_past_a_doubtful_one(
    pay, steve, tony, natasha, outvoice, editor
):
    _doubtful, second, third = pay((steve, "20"), (tony, "20.15"), (natasha, "30"))
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    services.cancel(second, user=editor)
    drain_inline()
    third.refresh_from_db()
    assert third.state == State.HELD
    assert len(outvoice.calls(operation="transaction")) == 1


def test_a_line_cancelled_in_its_turn_lets_the_next_one_go(pay, steve, tony, outvoice, editor):
    first, second = pay((steve, "20"), (tony, "20.15"))
    services.cancel(first, user=editor)
    drain_inline()
    second.refresh_from_db()
    assert second.state == State.PAID
    assert [row["cents"] for row in outvoice.ledger()] == [2015]


def test_a_refused_line_does_not_hold_the_next_one(pay, steve, tony, outvoice):
    first, second = pay((steve, "20"), (tony, "20.15"))
    outvoice.fault("outvoice", "transaction", "refuse")
    drain_inline()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.REFUSED, State.PAID)


def test_lines_of_one_article_go_in_their_order(pay, steve, tony, natasha, outvoice):
    pay((natasha, "30"), (steve, "20"), (tony, "20.15"))
    drain_inline()
    assert [row["cents"] for row in outvoice.ledger()] == [3000, 2000, 2015]


def test_a_token_revoked_in_the_middle_refuses_one_payment_and_pays_the_next(pay, steve, tony, outvoice):
    first, second = pay((steve, "20"), (tony, "20.15"))
    outvoice.fault("outvoice", "transaction", "unauthorized")
    drain_inline()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.REFUSED, State.PAID)
    assert len(outvoice.ledger()) == 1


def test_a_payment_refused_for_its_token_is_not_repeated_when_the_token_cannot_be_renewed(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "unauthorized")
    outvoice.fault("outvoice", "token", "error-before", count=3)
    drain_inline()
    a_day_goes_by()
    payment.refresh_from_db()
    assert payment.state == State.REFUSED
    assert len(outvoice.calls(operation="transaction")) == 1


def test_a_refused_refresh_stops_the_account_and_asks_for_a_new_sign_in(
    pay, steve, tony, outvoice, connected, editor
):
    first, second = pay((steve, "20"), (tony, "20.15"))
    outvoice.expire_tokens(refresh_too=True)
    let_pass(hours=2)
    drain_inline()
    first.refresh_from_db()
    second.refresh_from_db()
    connected.refresh_from_db()
    assert connected.stopped_reason
    assert first.state == State.WAITING
    assert second.state == State.HELD
    assert outvoice.calls(operation="transaction") == []
    services.connect(email="editor@example.org", password="sandbox", user=editor)
    drain_inline()
    second.refresh_from_db()
    assert second.state == State.PAID


def test_an_expired_token_is_refreshed_before_paying(pay, steve, outvoice):
    (payment,) = pay((steve, "20"))
    let_pass(hours=2)
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == State.PAID
    grants = [call["body"] for call in outvoice.calls(operation="token")]
    assert sum("grant_type=refresh_token" in body for body in grants) == 1


def test_five_failures_in_a_row_open_the_breaker(pay, steve, outvoice):
    for number in range(7):
        pay((steve, "20"), title=f"Story {number}", url=f"https://example.org/{number}")
    outvoice.fault("outvoice", "transaction", "cut-before", count=7)
    drain_inline()
    lane = Lane.objects.get(pk="outvoice")
    assert lane.open_until
    assert Transaction.objects.filter(state=State.WAITING).count() == 2
    assert len(outvoice.calls(operation="transaction")) == 5


def test_no_secret_is_kept_anywhere(pay, steve, outvoice, caplog):
    pay((steve, "20"))
    drain_inline()
    sent = outvoice.calls()
    pairs = outvoice.records("outvoice")["tokens"]
    tokens = {pair[name] for pair in pairs for name in ("access_token", "refresh_token")}
    assert any("sandbox" in call["body"] for call in sent)
    assert any(token in str(call["headers"]) for call in sent for token in tokens)
    kept = "".join(str(list(model.objects.values())) for model in (Exchange, SyncJob, Transaction, Connection))
    kept += caplog.text + raw_tokens()
    for secret in tokens | {"password=sandbox"}:
        assert secret not in kept


def raw_tokens():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM sync_oauthtoken")
        return str(cursor.fetchall())


def test_a_correction_that_shows_a_payment_made_twice_is_written_down(pay, steve, outvoice, settler):
    first, second, third = (
        pay((steve, "20"), title=f"Story {number}", url=f"https://example.org/{number}")[0] for number in range(3)
    )
    Transaction._base_manager.filter(pk=first.pk).update(state=State.REFUSED)
    Transaction._base_manager.filter(pk__in=[second.pk, third.pk]).update(replaces=first, state=State.REFUSED)
    outvoice.fault("outvoice", "transaction", "cut-after")
    SyncJob.objects.exclude(object_id=second.pk).filter(operation="send").update(state="cancelled")
    drain_inline()
    let_pass(minutes=20)
    for finding in ("not_there", "there"):
        services.settle(second, finding=finding, looked_at="OutVoice", note="", user=settler)
        Transaction._base_manager.filter(pk=third.pk).update(state=State.PAID)
    second.refresh_from_db()
    assert second.state == State.PAID


def test_releasing_twice_lets_only_one_line_out_at_a_time(pay, steve, tony, natasha, outvoice, settler):
    doubtful, second, third = pay((steve, "20"), (tony, "20.15"), (natasha, "30"))
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    services.release_behind(doubtful.order, user=settler, reason="looked")
    with pytest.raises(TooLateError):
        services.release_behind(doubtful.order, user=settler, reason="looked")
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == (State.WAITING, State.HELD)


def test_what_turned_out_to_be_paid_is_not_paid_again(pay, steve, outvoice, editor, settler):
    (payment,) = pay((steve, "20"))
    outvoice.fault("outvoice", "transaction", "cut-after")
    drain_inline()
    let_pass(minutes=20)
    services.settle(payment, finding="not_there", looked_at="OutVoice", note="", user=settler)
    again = make_order(editor, [(steve, "20")], title="Other words", url="https://example.org/other")
    Transaction._base_manager.filter(order=again).update(replaces=payment)
    services.preview(again)
    services.settle(payment, finding="there", looked_at="OutVoice", note="", user=settler)
    with pytest.raises(services.PaidAgainError):
        services.confirm(again, user=editor, lines_shown=services.digest(again))
    drain_inline()
    assert len(outvoice.ledger()) == 1


def test_a_draft_that_was_thrown_away_in_another_window_is_not_paid(connected, steve, editor, outvoice):
    order = make_order(editor, [(steve, "20")])
    services.preview(order)
    shown = services.digest(order)
    services.discard_draft(PaymentOrder.objects.get(pk=order.pk), user=editor)
    with pytest.raises(services.DiscardedError):
        services.confirm(order, user=editor, lines_shown=shown)
    with pytest.raises(services.DiscardedError):
        services.discard_draft(order, user=editor)
    drain_inline()
    assert outvoice.ledger() == []


def test_an_outcome_that_cannot_be_written_does_not_take_others_with_it(pay, steve, tony, outvoice, monkeypatch):
    from voicehub.sync import engine, finish

    (good,) = pay((steve, "20"))
    (bad,) = pay((tony, "20"), title="Another", url="https://example.org/another")
    write = finish.write

    def stumble(results):
        if any(work.record.pk == bad.pk for work, _outcome in results):
            raise ValueError("a fault of our own")
        write(results)

    claimed = claim("outvoice", "a drain").work
    outcomes = [(work, perform(work)) for work in claimed]
    monkeypatch.setattr(finish, "write", stumble)
    engine.write_stubbornly(outcomes)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (State.PAID, State.SENDING)
