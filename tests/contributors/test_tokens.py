"""Ten workers, one account: the tokens in the database, under real threads."""

import threading

import pytest
from django.db import connection, connections

from contributors import services
from contributors.sync import make_client
from tests.ageing import let_pass
from voicehub.remote.errors import AuthenticationError
from voicehub.sync.models import Connection, OAuthToken
from voicehub.sync.tokens import DatabaseTokenStore


def refreshes(sandbox):
    return sum("grant_type=refresh_token" in call["body"] for call in sandbox.calls(operation="token"))


@pytest.mark.django_db(transaction=True)
def test_ten_workers_with_an_expired_token_make_one_refresh(outvoice, editor):
    account = services.connect(email="editor@example.org", password="sandbox", user=editor)
    let_pass(hours=2)
    names, barrier = [], threading.Barrier(10)

    def work():
        barrier.wait()
        try:
            names.append(make_client(account, lambda record: None).auth_check())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["Nick Fury"] * 10
    assert refreshes(outvoice) == 1


def test_a_refresh_whose_answer_was_lost_asks_for_a_sign_in_and_the_payment_waits(connected, outvoice, steve, pay):
    from voicehub.sync.engine import drain_inline

    (payment,) = pay((steve, "20"))
    let_pass(hours=2)
    outvoice.fault("outvoice", "token", "cut-after")
    drain_inline()
    payment.refresh_from_db()
    assert payment.state == "waiting"
    let_pass(minutes=20)
    drain_inline()
    payment.refresh_from_db()
    connected.refresh_from_db()
    assert payment.state == "waiting"
    assert "Sign in again" in connected.stopped_reason
    assert outvoice.calls(operation="transaction") == []


def test_tokens_are_unreadable_in_the_database(connected):
    pair = DatabaseTokenStore(connected.pk).load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM sync_oauthtoken")
        kept = str(cursor.fetchall())
    assert pair is not None
    assert pair.access not in kept
    assert pair.refresh not in kept
    assert pair.access not in repr(pair)


def test_a_wrong_password_connects_nothing_and_is_kept_nowhere(outvoice, editor):
    with pytest.raises(AuthenticationError):
        services.connect(email="editor@example.org", password="not-the-one", user=editor)
    assert not OAuthToken.objects.exists()
    assert services.installation_account() is None
    assert "not-the-one" in outvoice.calls(operation="token")[-1]["body"]
    assert "not-the-one" not in str(list(Connection.objects.values()))


def test_disconnecting_forgets_the_tokens(connected, editor):
    services.disconnect(connected, user=editor)
    assert not OAuthToken.objects.exists()
    assert services.installation_account() is None
