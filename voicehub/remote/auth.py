"""OAuth 2: tokens that many use and one caller at a time renews, under a lease that outlives its request.

The others wait, read the store again and take what they find. There are two kinds: a person's sign-in with refresh
tokens that work once, where the old pair dies with the refresh; and a client's id and secret, good for any number.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from voicehub.remote.errors import (
    AuthenticationError,
    RateLimitedError,
    SignInNeededError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Response, retry_after
from voicehub.remote.redaction import MASK
from voicehub.remote.texts import gettext_noop as _

DEFAULT_LIFE = 3600.0
LONGEST_LIFE = 10 * 365 * 86_400.0
LOOK_AGAIN_EVERY = 0.1
SIGN_IN_AGAIN = _("Sign in again.")


@dataclass(frozen=True)
class TokenPair:
    """An access token with its refresh token; `expires_at` is the access token's end, UTC."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Keeps the pair of one account."""

    def load(self) -> TokenPair | None: ...

    def save(self, pair: TokenPair) -> None:
        """Both tokens at once, committed when this returns."""

    def clear(self, reason: str) -> None:
        """Forget the pair: a person must sign in again, for this reason."""

    def lease(self, seconds: float) -> bool:
        """A conditional update: of many callers one gets True and may refresh."""

    def release(self) -> None: ...


class MemoryTokenStore:
    """Holds the pair of a sign-in that has not found its account yet; nobody else refreshes it."""

    def __init__(self) -> None:
        self._pair: TokenPair | None = None

    def load(self) -> TokenPair | None:
        return self._pair

    def save(self, pair: TokenPair) -> None:
        self._pair = pair

    def clear(self, reason: str) -> None:
        self._pair = None

    def lease(self, seconds: float) -> bool:
        return True

    def release(self) -> None:
        return None


class LeasedTokens(ABC):
    """The access token of one account. `grant` asks for new tokens and returns the answer.

    A token is renewed `margin_seconds` before its end. `lease_seconds` must outlast the deadline of the request for
    a new one, or two callers could renew at once; waiting for somebody else's renewal ends after as long.
    """

    def __init__(
        self,
        store: TokenStore,
        grant: Callable[..., Response],
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

    def access_token(self) -> str:
        """A token that is good for a while, renewed when its end is near.

        Raises UnavailableError when there is no token now; then nothing was sent with it.
        """
        return self._usable(lambda pair: self._now() < pair.expires_at - self._margin)

    def renew(self, refused: str) -> str:
        """Another token than the `refused` one: a newer one that somebody else got, or a new one."""
        return self._usable(lambda pair: pair.access != refused)

    @abstractmethod
    def _load(self) -> TokenPair | None:
        """What is in the store."""

    @abstractmethod
    def _ask(self) -> Response:
        """The answer that holds a new pair. Asked under the lease."""

    def _usable(self, is_good: Callable[[TokenPair], bool]) -> str:
        for _look in range(int(self._lease_seconds / LOOK_AGAIN_EVERY)):
            pair = self._load()
            if pair and is_good(pair):
                return pair.access
            if self._store.lease(self._lease_seconds):
                return self._renew_leased(is_good)
            self._wait(LOOK_AGAIN_EVERY)
        raise UnavailableError(_("The sign-in is being renewed and takes too long. Nothing was sent."))

    def _renew_leased(self, is_good: Callable[[TokenPair], bool]) -> str:
        try:
            pair = self._load()
            if not pair or not is_good(pair):
                pair = self._renewed()
            return pair.access
        finally:
            self._store.release()

    def _renewed(self) -> TokenPair:
        try:
            fresh = parse_token_answer(self._ask(), self._now())
        except (UncertainError, UnexpectedResponseError, UnavailableError):
            raise UnavailableError(_("The sign-in could not be renewed. Nothing was sent.")) from None
        self._store.save(fresh)
        return fresh


class OAuthTokens(LeasedTokens):
    """The tokens of a person's sign-in. `grant` posts the form fields that it gets to the token address.

    `access_token` and `renew` raise SignInNeededError when a person has to sign in.
    """

    def sign_in(self, username: str, password: str) -> TokenPair:
        """Exchange name and password for a pair, which the caller saves; the password is not kept.

        Raises AuthenticationError with the provider's words when it refuses them.
        """
        answer = self._grant({"grant_type": "password", "username": username, "password": password})
        if _is_refusal(answer):
            reason = _reason(answer, password) or _("The provider did not accept the sign-in.")
            raise AuthenticationError(reason)
        return parse_token_answer(answer, self._now())

    def _ask(self) -> Response:
        """Only a refusal forgets the pair. After a lost answer the next try shows whether it was replaced."""
        refresh_token = self._load().refresh
        answer = self._grant({"grant_type": "refresh_token", "refresh_token": refresh_token})
        if _is_refusal(answer):
            raise self._sign_in_again(_reason(answer, refresh_token))
        return answer

    def _sign_in_again(self, reason: str) -> SignInNeededError:
        text = f"{reason} {SIGN_IN_AGAIN}".strip()
        self._store.clear(text)
        return SignInNeededError(text)

    def _load(self) -> TokenPair:
        pair = self._store.load()
        if pair is None:
            raise SignInNeededError(_("Nobody is signed in at the provider. Sign in first."))
        return pair


class ClientTokens(LeasedTokens):
    """Tokens for an id and a secret; `grant` raises what a refusal of these means."""

    def _load(self) -> TokenPair | None:
        return self._store.load()

    def _ask(self) -> Response:
        return self._grant()


def parse_token_answer(answer: Response, now: datetime) -> TokenPair:
    """The pair in a token answer; a missing or odd `expires_in` (seconds) counts as an hour.

    Raises RateLimitedError for a 429, UnexpectedResponseError for anything else without a token.
    """
    if answer.status == 429:
        raise RateLimitedError(_("The provider asks to wait before signing in."), retry_after(answer))
    body = answer.json() if answer.status == 200 else None
    if not isinstance(body, dict) or not _text(body, "access_token"):
        raise UnexpectedResponseError(_("The provider answered the sign-in without a token."))
    life = timedelta(seconds=_life(body.get("expires_in")))
    return TokenPair(_text(body, "access_token"), _text(body, "refresh_token"), now + life)


def _is_refusal(answer: Response) -> bool:
    """Any 4xx but "too many requests", which says nothing about the pair."""
    return 400 <= answer.status < 500 and answer.status != 429


def _life(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return DEFAULT_LIFE
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return DEFAULT_LIFE
    return seconds if 0 < seconds < LONGEST_LIFE else DEFAULT_LIFE


def _reason(answer: Response, secret: str) -> str:
    """What the provider says about a refusal, on one line without the secret; empty when nothing readable."""
    try:
        body = answer.json()
    except UnexpectedResponseError:
        return ""
    if not isinstance(body, dict):
        return ""
    text = _text(body, "error_description") or _text(body, "message")
    return " ".join(text.replace(secret or MASK, MASK).split())[:200]


def _text(body: dict[str, object], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
