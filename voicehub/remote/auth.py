"""OAuth 2 with password and refresh grants, for providers whose refresh tokens work once.

Both tokens change at a refresh and the old pair dies with it: one caller refreshes at a time, under a lease that
outlives its request; the others wait, read the store again and take what they find.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from voicehub.remote.errors import AuthenticationError, RemoteError, UnavailableError, UnexpectedResponseError
from voicehub.remote.http import Response

DEFAULT_LIFE = 3600.0
LOOK_AGAIN_EVERY = 0.1


@dataclass(frozen=True)
class TokenPair:
    """An access token with its refresh token; `expires_at` is the access token's end, UTC."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Keeps one account's pair. `lease` is a conditional update: of many callers one gets True."""

    def load(self) -> TokenPair | None: ...
    def save(self, pair: TokenPair) -> None: ...
    def clear(self, reason: str) -> None: ...
    def lease(self, seconds: float) -> bool: ...
    def release(self) -> None: ...


Grant = Callable[[Mapping[str, str]], Response]


class OAuthTokens:
    """The tokens of one account. `grant` posts form fields to the token address and returns the answer."""

    def __init__(
        self,
        store: TokenStore,
        grant: Grant,
        *,
        margin_seconds: float,
        lease_seconds: float,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._grant = grant
        self._margin = timedelta(seconds=margin_seconds)
        self._lease_seconds = lease_seconds
        self._wait = wait
        self._now = now

    def sign_in(self, username: str, password: str) -> TokenPair:
        """Exchange name and password for a pair; the password is not kept. AuthenticationError when refused."""
        answer = self._grant({"grant_type": "password", "username": username, "password": password})
        if 400 <= answer.status < 500:
            raise AuthenticationError(_reason(answer) or "The provider did not accept the sign-in.")
        return parse_token_answer(answer, self._now())

    def access_token(self) -> str:
        """A token that is good for a while, refreshed when its end is near.

        AuthenticationError: a person has to sign in. UnavailableError: no token now; nothing was sent with it.
        """
        return self._usable(lambda pair: self._now() < pair.expires_at - self._margin)

    def renew(self, refused: str) -> str:
        """Another token than the `refused` one: a newer one that somebody else got, or a refreshed one."""
        return self._usable(lambda pair: pair.access != refused)

    def _usable(self, is_good: Callable[[TokenPair], bool]) -> str:
        for _look in range(int(self._lease_seconds / LOOK_AGAIN_EVERY)):
            pair = self._load()
            if is_good(pair):
                return pair.access
            if self._store.lease(self._lease_seconds):
                return self._refresh_leased(is_good)
            self._wait(LOOK_AGAIN_EVERY)
        raise UnavailableError("The sign-in is being renewed and takes too long. Nothing was sent.")

    def _refresh_leased(self, is_good: Callable[[TokenPair], bool]) -> str:
        try:
            pair = self._load()
            if not is_good(pair):
                pair = self._refresh(pair)
            return pair.access
        finally:
            self._store.release()

    def _refresh(self, pair: TokenPair) -> TokenPair:
        """The lost answer of a refresh may have been the only one: the next try shows whether the pair is dead."""
        try:
            answer = self._grant({"grant_type": "refresh_token", "refresh_token": pair.refresh})
        except RemoteError as error:
            raise UnavailableError("The sign-in could not be renewed. Nothing was sent.") from error
        if 400 <= answer.status < 500 and answer.status != 429:
            reason = "The provider does not accept the kept sign-in any more. Sign in again."
            self._store.clear(reason)
            raise AuthenticationError(reason)
        try:
            fresh = parse_token_answer(answer, self._now())
        except UnexpectedResponseError:
            raise UnavailableError("The sign-in could not be renewed. Nothing was sent.") from None
        self._store.save(fresh)
        return fresh

    def _load(self) -> TokenPair:
        pair = self._store.load()
        if pair is None:
            raise AuthenticationError("Nobody is signed in at the provider. Sign in first.")
        return pair


def parse_token_answer(answer: Response, now: datetime) -> TokenPair:
    """Read a token answer; a missing or odd `expires_in` counts as an hour. UnexpectedResponseError for no token."""
    body = answer.json() if answer.status == 200 else None
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str) or not body["access_token"]:
        raise UnexpectedResponseError("The provider answered the sign-in without a token.")
    refresh = body.get("refresh_token")
    life = timedelta(seconds=_life(body.get("expires_in")))
    return TokenPair(body["access_token"], refresh if isinstance(refresh, str) else "", now + life)


def _life(value: object) -> float:
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return DEFAULT_LIFE
    return seconds if 0 < seconds < 10 * 365 * 86400 else DEFAULT_LIFE


def _reason(answer: Response) -> str:
    """What the provider says about a refused sign-in, at most one line."""
    try:
        body = answer.json()
    except UnexpectedResponseError:
        return ""
    texts = [body.get(name) for name in ("error_description", "message")] if isinstance(body, dict) else []
    return next((" ".join(text.split())[:200] for text in texts if isinstance(text, str) and text), "")
