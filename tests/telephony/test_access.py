"""How VoiceHub proves who it is at either door, and that no secret is found in what is kept, logged or told."""

import logging
import threading
import traceback

import pytest
from django.db import connection, connections

from telephony import services
from telephony.sync.apidaze import make_client
from tests.ageing import let_pass
from tests.telephony.factories import VALUES, make_sip_account
from voicehub.remote.errors import ConfigurationError, RejectedError, RemoteError, UnavailableError
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Exchange, Lane, OAuthToken

MARKER = "m4rker"


def tokens_asked(sandbox):
    return len(sandbox.calls("apidaze", "token"))


def test_one_token_serves_every_client_until_its_end_is_near(apidaze, new_client):
    for _client in range(2):
        new_client().list_accounts()
        new_client().list_scripts()
    let_pass(minutes=54)
    new_client().list_accounts()
    assert tokens_asked(apidaze) == 1
    let_pass(minutes=2)
    new_client().list_accounts()
    assert tokens_asked(apidaze) == 2


def test_a_token_is_asked_for_with_a_form_and_its_grant_in_the_query(apidaze, new_client):
    new_client().list_accounts()
    asked, listed = apidaze.calls("apidaze")
    assert (asked["method"], asked["query"]) == ("POST", "grant_type=client_credentials")
    assert asked["body"] == "client_id=sandbox&client_secret=sandbox"
    assert listed["headers"]["Authorization"].startswith("Bearer ")


def test_a_token_of_another_secret_is_not_used(apidaze, new_client, settings):
    new_client().list_accounts()
    settings.APIDAZE_CLIENT_SECRET = "wrong"
    with pytest.raises(ConfigurationError, match="APIDAZE_CLIENT_SECRET"):
        new_client().list_accounts()
    assert tokens_asked(apidaze) == 2


@pytest.mark.parametrize("kind", ["unauthorized", "fault-in-200", "fault-in-500"])
@pytest.mark.parametrize("operation", ["list-accounts", "create-account"])
def test_a_token_that_is_refused_is_replaced_and_the_call_made_once_more(apidaze, new_client, operation, kind):
    apidaze.fault("apidaze", operation, kind)
    client = new_client()
    client.list_accounts() if operation == "list-accounts" else client.create_account(VALUES)
    assert (tokens_asked(apidaze), len(apidaze.calls("apidaze", operation))) == (2, 2)
    apidaze.fault("apidaze", "list-accounts", kind, count=9)
    with pytest.raises(ConfigurationError, match="KPN"):
        client.list_accounts()
    assert tokens_asked(apidaze) == 3


def test_a_token_that_ends_early_is_replaced(apidaze, new_client):
    new_client().list_accounts()
    apidaze.expire_apidaze_tokens()
    assert len(new_client().list_accounts()) == 4
    assert tokens_asked(apidaze) == 2


@pytest.mark.parametrize("wrong", ["APIDAZE_CLIENT_ID", "APIDAZE_CLIENT_SECRET"])
def test_a_wrong_id_or_secret_halts_the_provider_and_says_what_to_set(apidaze, either, settings, wrong):
    setattr(settings, wrong, "wrong")
    make_sip_account()
    drain_inline()
    halted = Lane.objects.get(pk="apidaze").halted_reason
    assert "APIDAZE_CLIENT_ID and APIDAZE_CLIENT_SECRET" in halted
    assert "bob" not in apidaze.sip_accounts()


def test_a_client_without_a_subscription_is_told_to_subscribe(apidaze, new_client):
    apidaze.switch_apidaze(is_subscribed=False)
    with pytest.raises(ConfigurationError, match="Subscribe"):
        new_client().list_accounts()


@pytest.mark.parametrize("kind", ["cut-after", "html", "bad-gateway-after", "redirect", "error-before"])
def test_without_a_token_nothing_was_sent(apidaze, new_client, kind):
    apidaze.fault("apidaze", "token", kind)
    with pytest.raises(UnavailableError):
        new_client().create_account(VALUES)
    assert apidaze.calls("apidaze", "create-account") == []


@pytest.mark.parametrize("missing", ["APIDAZE_CLIENT_ID", "APIDAZE_CLIENT_SECRET"])
def test_without_a_key_nothing_is_sent(apidaze, either, settings, missing):
    account = services.connection()
    setattr(settings, missing, "")
    with pytest.raises(ConfigurationError, match=missing):
        make_client(account, lambda exchange: None).list_accounts()
    assert apidaze.calls("apidaze") == []


@pytest.mark.django_db(transaction=True)
def test_workers_without_a_token_ask_for_one_together(apidaze):
    account, barrier, told = services.connection(), threading.Barrier(5), []

    def work():
        barrier.wait()
        try:
            told.append(len(make_client(account, lambda exchange: None).list_accounts()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [4] * 5
    assert tokens_asked(apidaze) == 1


def test_the_token_is_unreadable_in_the_database(apidaze, new_client):
    new_client().list_accounts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sync_oauthtoken")
        row = str(cursor.fetchall())
    assert OAuthToken.objects.get().access_token not in row


FAULTS = ["refuse", "not-found", "rate-limit", "redirect", "cut-after", "html", "error-after", "field-error"]


@pytest.mark.parametrize("kind", FAULTS)
def test_neither_secret_nor_key_is_in_a_record_a_log_or_a_failure(either, apidaze, settings, caplog, kind):
    """Also when the provider says them itself."""
    caplog.set_level(logging.DEBUG)
    settings.APIDAZE_CLIENT_SECRET = f"{MARKER}/secret"
    settings.APIDAZE_CLIENT_ID = f"{MARKER}-id" if settings.APIDAZE_KIND == "native" else "sandbox"
    # Where the words are cut off, half of the secret must not stay.
    words = f"No: {'x' * 480} {settings.APIDAZE_CLIENT_SECRET} {settings.APIDAZE_CLIENT_ID}"
    kept, told = [], []
    client = make_client(services.connection(), kept.append)
    for operation in ("token", "list-accounts", "create-account"):
        name = operation if operation == "token" else either(operation)
        value = words if kind in ("refuse", "field-error") else None
        apidaze.fault("apidaze", name, kind, value=value)
    for ask in (client.list_accounts, lambda: client.create_account(VALUES), lambda: client.read_status("8")):
        try:
            ask()
        except RemoteError as error:
            told += traceback.format_exception(error)
    assert MARKER in str(apidaze.calls("apidaze"))
    assert kept
    assert told
    assert MARKER not in repr(kept) + caplog.text + "".join(told)


def test_a_token_that_an_error_quotes_is_not_in_its_words(apidaze, new_client):
    client = new_client()
    client.list_accounts()
    token = OAuthToken.objects.get().access_token
    apidaze.fault("apidaze", "list-accounts", "refuse", value=f"Not with {token}.")
    with pytest.raises(RejectedError, match="Not with") as failure:
        client.list_accounts()
    assert token not in str(failure.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://[bad/", "ftp://x"])
def test_an_address_that_does_not_answer_tells_no_secret(native, settings, caplog, url):
    caplog.set_level(logging.DEBUG)
    settings.APIDAZE_BASE_URL, settings.APIDAZE_CLIENT_SECRET = url, MARKER
    kept = []
    with pytest.raises(RemoteError) as failure:
        make_client(services.connection(), kept.append).list_accounts()
    told = "".join(traceback.format_exception(failure.value))
    assert MARKER not in repr(kept) + caplog.text + told


def test_no_password_of_a_phone_is_in_what_is_kept(either, apidaze, new_client, kept, caplog):
    caplog.set_level(logging.DEBUG)
    client = new_client()
    made = client.create_account(VALUES)
    client.list_accounts()
    client.read_account("8")
    try:
        known = {made.password, client.reset_password("8")}
    except RejectedError:
        known = {made.password, client.read_password("8")}
    known |= {row["password"] for row in apidaze.sip_accounts().values()}
    assert len(known - {""}) >= 5
    assert not [word for word in known if word and word in repr(kept) + caplog.text]


def test_no_password_is_in_an_exchange_that_the_engine_stores(either, apidaze):
    make_sip_account()
    drain_inline()
    stored = str(list(Exchange.objects.values()))
    assert "bob" in stored
    assert not [row for row in apidaze.sip_accounts().values() if row["password"] in stored]


def test_kpn_tells_a_password_and_makes_no_new_one(apidaze, new_client):
    assert new_client().read_password("8") == apidaze.sip_accounts()["ann"]["password"]
    with pytest.raises(RejectedError, match="create it again"):
        new_client().reset_password("8")


def test_the_native_door_makes_a_new_password_and_tells_no_old_one(native, new_client):
    with pytest.raises(RejectedError, match="new one"):
        new_client().read_password("8")
    made = new_client().reset_password("8")
    assert made == native.sip_accounts()["ann"]["password"]
