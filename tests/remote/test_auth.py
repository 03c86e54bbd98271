"""Tokens: refreshed once however many want one, never lost, forgotten only when they are refused."""

import json
import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.remote.rawserver import response
from voicehub.remote.auth import OAuthTokens, TokenPair, parse_token_answer
from voicehub.remote.errors import (
    AuthenticationError,
    ConfigurationError,
    RateLimitedError,
    RemoteError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Request, Response

NOW = datetime(2030, 1, 1, tzinfo=UTC)
OLD = TokenPair("AT-old", "RT-old", NOW)
GOOD = TokenPair("AT-good", "RT-good", NOW + timedelta(hours=1))
REFUSED = b'{"error":"invalid_request","message":"The refresh token is invalid.","hint":"Token has been revoked"}'


class MemoryStore:
    """A token store with the promises of the real one; `leases` counts how often somebody might refresh."""

    def __init__(self, pair=None):
        self.pair = pair
        self.reason = ""
        self.leases = 0
        self._lock = threading.Lock()

    def load(self):
        return self.pair

    def save(self, pair):
        assert self._lock.locked(), "saved without a lease"
        self.pair = pair

    def clear(self, reason):
        self.pair, self.reason = None, reason

    def lease(self, seconds):
        taken = self._lock.acquire(blocking=False)
        self.leases += taken
        return taken

    def release(self):
        self._lock.release()


class Provider:
    """Answers grants in turn, the last answer for ever; an exception is raised instead."""

    def __init__(self, *answers):
        self.asked = []
        self.answers = list(answers)

    def __call__(self, fields):
        self.asked.append(dict(fields))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def tokens_answer(number=1, **more):
    body = {"token_type": "Bearer", "expires_in": 3600, "access_token": f"AT{number}", "refresh_token": f"RT{number}"}
    return Response(200, {}, json.dumps({**body, **more}).encode())


def tokens_of(store, provider, wait=lambda seconds: None, now=lambda: NOW):
    return OAuthTokens(store, provider, margin_seconds=600, lease_seconds=45, wait=wait, now=now)


def test_a_sign_in_gives_a_pair_and_keeps_no_password():
    provider = Provider(tokens_answer())
    tokens = tokens_of(MemoryStore(), provider)
    assert tokens.sign_in("ed@example.org", "s3cret") == TokenPair("AT1", "RT1", NOW + timedelta(hours=1))
    assert provider.asked == [{"grant_type": "password", "username": "ed@example.org", "password": "s3cret"}]
    assert "s3cret" not in repr(vars(tokens))


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"error": "x", "error_description": "Wrong  password.", "message": "No."}, "Wrong password."),
        (401, {"error": "invalid_client", "message": "Client authentication failed"}, "Client authentication failed"),
        (400, {"error_description": ["?"], "message": "No."}, "No."),
        (400, {"error_description": "No user ed with s3cret."}, "No user ed with •••."),
        (403, {"error": "x"}, "The provider did not accept the sign-in."),
        (400, ["x"], "The provider did not accept the sign-in."),
        (400, "x", "The provider did not accept the sign-in."),
    ],
)
def test_a_refused_sign_in_says_why_in_the_providers_words(status, body, words):
    provider = Provider(Response(status, {}, json.dumps(body).encode()))
    with pytest.raises(AuthenticationError) as failure:
        tokens_of(MemoryStore(), provider).sign_in("ed", "s3cret")
    assert str(failure.value) == words


def test_a_refusal_that_is_a_web_page_is_told_in_our_words():
    with pytest.raises(AuthenticationError, match="did not accept"):
        tokens_of(MemoryStore(), Provider(Response(400, {}, b"<html>"))).sign_in("ed", "")


def test_a_good_token_is_used_without_asking_anybody():
    store, provider = MemoryStore(GOOD), Provider(tokens_answer())
    assert tokens_of(store, provider).access_token() == "AT-good"
    assert (provider.asked, store.leases) == ([], 0)


@pytest.mark.parametrize(("seconds", "is_refreshed"), [(601, False), (600, True), (0, True), (-9999, True)])
def test_a_token_is_refreshed_a_margin_before_its_end(seconds, is_refreshed):
    store = MemoryStore(TokenPair("AT-old", "RT-old", NOW + timedelta(seconds=seconds)))
    provider = Provider(tokens_answer())
    assert tokens_of(store, provider).access_token() == ("AT1" if is_refreshed else "AT-old")


def test_a_refresh_saves_both_tokens_at_once():
    store, provider = MemoryStore(OLD), Provider(tokens_answer())
    assert tokens_of(store, provider).access_token() == "AT1"
    assert store.pair == TokenPair("AT1", "RT1", NOW + timedelta(hours=1))
    assert provider.asked == [{"grant_type": "refresh_token", "refresh_token": "RT-old"}]


def test_ten_threads_with_an_expired_token_make_one_refresh():
    store = MemoryStore(OLD)
    others_wait = threading.Semaphore(0)
    looked_again = threading.Event()
    asked, given = [], []

    def provider(fields):
        asked.append(fields)
        for _ in range(9):
            assert others_wait.acquire(timeout=10)
        looked_again.set()
        return tokens_answer()

    def wait(seconds):
        others_wait.release()
        assert looked_again.wait(10)

    tokens = tokens_of(store, provider, wait)
    threads = [threading.Thread(target=lambda: given.append(tokens.access_token())) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == ["AT1"] * 10
    assert len(asked) == 1


def test_who_gets_the_lease_late_takes_what_was_refreshed_meanwhile():
    class SlowStore(MemoryStore):
        def lease(self, seconds):
            self.pair = GOOD
            return super().lease(seconds)

    provider = Provider(tokens_answer())
    assert tokens_of(SlowStore(OLD), provider).access_token() == "AT-good"
    assert provider.asked == []


def test_waiting_for_somebody_elses_refresh_has_an_end():
    store, waited = MemoryStore(OLD), []
    store.lease(45)
    with pytest.raises(UnavailableError):
        tokens_of(store, Provider(tokens_answer()), waited.append).access_token()
    assert sum(waited) == pytest.approx(45)


def test_after_a_refused_token_a_newer_one_is_taken():
    provider = Provider(tokens_answer())
    assert tokens_of(MemoryStore(GOOD), provider).renew("AT-older") == "AT-good"
    assert provider.asked == []


def test_after_a_refused_token_there_is_one_refresh_however_fresh_it_looked():
    store, provider = MemoryStore(GOOD), Provider(tokens_answer(1), tokens_answer(2))
    tokens = tokens_of(store, provider)
    assert tokens.renew("AT-good") == tokens.renew("AT-good") == "AT1"
    assert len(provider.asked) == 1


def test_nobody_signed_in_is_said_at_once():
    with pytest.raises(AuthenticationError, match="Sign in"):
        tokens_of(MemoryStore(), Provider(tokens_answer())).access_token()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_refresh_forgets_the_tokens_and_asks_for_a_sign_in(status):
    store = MemoryStore(OLD)
    with pytest.raises(AuthenticationError, match="Sign in again"):
        tokens_of(store, Provider(Response(status, {}, REFUSED))).access_token()
    assert store.pair is None
    assert store.reason == "The refresh token is invalid. Sign in again."
    assert store.lease(1), "the lease was given back"


LOST = {
    "no connection": UnavailableError("x"),
    "no answer": UncertainError("x"),
    "too large": UnexpectedResponseError("x"),
    "500": Response(500, {}, b"{}"),
    "502 page": Response(502, {}, b"<html>"),
    "redirect": Response(302, {"Location": "/login"}, b""),
    "not JSON": Response(200, {}, b"<html>"),
    "no token": Response(200, {}, b'{"token_type": "Bearer"}'),
    "empty": Response(200, {}, b""),
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_lost_answer_keeps_the_tokens_and_the_next_try_decides(lost):
    store = MemoryStore(OLD)
    provider = Provider(lost, tokens_answer())
    tokens = tokens_of(store, provider)
    with pytest.raises(UnavailableError):
        tokens.access_token()
    assert store.pair == OLD
    assert tokens.access_token() == "AT1"


def test_a_refresh_that_was_done_but_whose_answer_was_lost_ends_with_a_sign_in():
    store = MemoryStore(OLD)
    tokens = tokens_of(store, Provider(UncertainError("x"), Response(401, {}, REFUSED)))
    with pytest.raises(UnavailableError):
        tokens.access_token()
    with pytest.raises(AuthenticationError):
        tokens.access_token()
    assert store.pair is None


def test_too_many_refreshes_keep_the_tokens_and_say_when_to_come_again():
    store = MemoryStore(OLD)
    with pytest.raises(RateLimitedError) as failure:
        tokens_of(store, Provider(Response(429, {"Retry-After": "7"}, b""))).access_token()
    assert (failure.value.retry_after, store.pair) == (7, OLD)


def test_a_wrong_setting_is_not_mistaken_for_an_absent_provider():
    store = MemoryStore(OLD)
    with pytest.raises(ConfigurationError):
        tokens_of(store, Provider(ConfigurationError("x"))).access_token()
    assert store.pair == OLD


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (60, 60),
        ("60", 60),
        (59.5, 59.5),
        *[(odd, 3600) for odd in (None, "", "soon", "nan", "inf", 0, "0", -5, 10**400, 1e300, True, [60], {})],
    ],
)
def test_the_life_of_a_token_is_read_or_an_hour(life, seconds):
    assert parse_token_answer(tokens_answer(expires_in=life), NOW).expires_at == NOW + timedelta(seconds=seconds)


def test_a_missing_life_is_an_hour():
    answer = Response(200, {}, b'{"access_token": "AT1", "refresh_token": "RT1"}')
    assert parse_token_answer(answer, NOW).expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("body", [b"[]", b'"AT"', b"null", b'{"access_token": 5}', b'{"access_token": ""}'])
def test_an_answer_without_a_token_is_not_understood(body):
    with pytest.raises(UnexpectedResponseError):
        parse_token_answer(Response(200, {}, body), NOW)


def test_tokens_are_in_no_repr():
    assert "AT1" not in repr(TokenPair("AT1", "RT1", NOW))
    assert "RT1" not in repr(TokenPair("AT1", "RT1", NOW))


def test_neither_password_nor_tokens_are_in_a_record_a_log_or_a_failure(serve, client_of, records, caplog):
    """Over the wire, with a provider that echoes what it was told."""
    caplog.set_level(logging.DEBUG)

    def play(peer):
        peer.read_request()
        peer.send(response(tokens_answer(access_token="s3cret-AT", refresh_token="s3cret-RT").body))
        peer.read_request()
        peer.send(response(b'{"message": "s3cret-RT is used up"}', status="401 Unauthorized"))

    server = serve(play)
    client, store = client_of(server), MemoryStore()
    tokens = tokens_of(store, lambda fields: client.send(Request("POST", "/oauth/token", form=fields)))
    store.pair = tokens.sign_in("ed@example.org", "s3cret-pw")
    with pytest.raises(RemoteError) as failure:
        tokens.renew("s3cret-AT")
    assert b"s3cret-pw" in server.requests[0]
    assert b"s3cret-RT" in server.requests[1]
    assert len(records) == 2
    assert "s3cret" not in repr(records) + caplog.text + str(failure.value) + store.reason
