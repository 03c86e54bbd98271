"""The OutVoice client. Source: OutVoice's API documentation (docs.outvoice.com) and its official plugins.

Amounts go out as a string of digits in minor units ("2000" is 20.00). There is no transaction id, no status call
and no idempotency key: a payment whose answer is lost cannot be looked up, so nothing here ever repeats one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voicehub.remote.auth import OAuthTokens, TokenPair, TokenStore
from voicehub.remote.errors import (
    AuthenticationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    SignInNeededError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import ApiClient, ExchangeRecord, Request, Response, Timeouts, retry_after
from voicehub.remote.redaction import Redactor

REFUSED_BEFORE_PAYING = (401, 403, 404, 405)
LONGEST_TEXT = 500


@dataclass(frozen=True)
class RemotePayee:
    """A payee of the account: `remote_id` is text, names may repeat."""

    remote_id: str
    name: str


@dataclass(frozen=True)
class PaymentReceipt:
    """OutVoice's own sentence about a payment, as in "$20.15 sent to Tony Stark"."""

    text: str

    _SENTENCE = re.compile(r"\$\s?(?P<amount>\d[\d,]*(?:\.\d{1,2})?) sent to (?P<name>.+?)\.?", re.DOTALL)

    @classmethod
    def parse(cls, body: str) -> "PaymentReceipt":
        """Raises UnexpectedResponseError for what cannot be a receipt: nothing, or a web page."""
        text = body.strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1].strip()
        if not text or text.startswith(("<", "{", "[")):
            raise UnexpectedResponseError(_("OutVoice answered without a receipt."))
        return cls(text)

    def mismatch(self, minor_units: int, name: str) -> str:
        """What in the receipt differs from what was asked, in words; empty when it matches."""
        found = self._SENTENCE.fullmatch(self.text)
        if not found:
            return _("The receipt could not be read.")
        differences = []
        paid = int(Decimal(found["amount"].replace(",", "")) * 100)
        if paid != minor_units:
            differences.append(
                _("The receipt says %(paid)s, asked for was %(asked)s.")
                % {"paid": f"{Decimal(paid) / 100:.2f}", "asked": f"{Decimal(minor_units) / 100:.2f}"}
            )
        if found["name"].split() != name.split():
            differences.append(
                _("The receipt names %(paid)s, asked for was %(asked)s.") % {"paid": found["name"], "asked": name}
            )
        return " ".join(differences)


@dataclass(frozen=True)
class OutVoiceSettings:
    """Where OutVoice is and how it is spoken to; times in seconds."""

    base_url: str
    token_path: str
    api_prefix: str
    transaction_path: str
    client_id: str
    connect_timeout: float
    read_timeout: float
    refresh_margin: float

    @property
    def deadline(self) -> float:
        """The longest one request may take."""
        return self.connect_timeout + self.read_timeout + 5


class OutVoiceClient:
    """One account at OutVoice. Raises the errors of `voicehub.remote.errors` and no others."""

    def __init__(
        self, config: OutVoiceSettings, store: TokenStore, on_exchange: Callable[[ExchangeRecord], None]
    ) -> None:
        self._config = config
        timeouts = Timeouts(config.connect_timeout, config.read_timeout, config.deadline)
        self._api = ApiClient(config.base_url, timeouts=timeouts, redactor=Redactor(), on_exchange=on_exchange)
        self._tokens = OAuthTokens(
            store,
            self._grant,
            margin_seconds=config.refresh_margin,
            lease_seconds=config.deadline + 10,
        )

    def sign_in(self, email: str, password: str) -> TokenPair:
        """Exchange e-mail and password for tokens, once. Raises AuthenticationError when OutVoice refuses them."""
        return self._tokens.sign_in(email, password)

    def auth_check(self) -> str:
        """The name of the account's owner, as OutVoice has it."""
        response = self._read("auth-check")
        text = response.text.strip()
        if text.startswith(("<", "{", "[")) or not text:
            raise UnexpectedResponseError(_("OutVoice did not say whose account this is."))
        return text.strip('"')[:255]

    def list_freelancers(self) -> list[RemotePayee]:
        """All payees of the account."""
        return list(_payees(self._read("list-freelancers").json()))

    def read_again(self, resource: str) -> None:
        """Ask once more for what stands at a path below the prefix, its query included."""
        self._read(resource)

    def create_transaction(
        self, *, freelancer: str, minor_units: int, currency: str, url: str, title: str
    ) -> PaymentReceipt:
        """Pay one freelancer, by one request that is never repeated. `minor_units` is in cents."""
        row = {
            "freelancer": freelancer,
            "amount": str(minor_units),
            "currency": currency,
            "url": url,
            "title": title,
        }
        token = self._tokens.access_token()
        response = self._api.send(
            Request(
                "POST",
                self._config.api_prefix + self._config.transaction_path,
                json=[row],
                headers=_bearer(token),
                once_only=True,
            )
        )
        if response.status == 401:
            self._renew_for_the_next(token)
        return _receipt(response)

    def _renew_for_the_next(self, refused: str) -> None:
        """This payment stays refused, also when no new token can be had now: that alone would mean "try again"."""
        try:
            self._tokens.renew(refused)
        except SignInNeededError as error:
            raise AuthenticationError(str(error)) from error
        except UnavailableError:
            return

    def _read(self, resource: str) -> Response:
        token = self._tokens.access_token()
        response = self._get(resource, token)
        if response.status == 401:
            response = self._get(resource, self._tokens.renew(token))
        return _readable(response)

    def _get(self, resource: str, token: str) -> Response:
        return self._api.send(Request("GET", self._config.api_prefix + resource, headers=_bearer(token)))

    def _grant(self, fields: Mapping[str, str]) -> Response:
        form = {**fields, "client_id": self._config.client_id}
        return self._api.send(Request("POST", self._config.token_path, form=form, once_only=True))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json, text/plain"}


def _receipt(response: Response) -> PaymentReceipt:
    """Read the answer to a payment; section by section as the documentation and the clients have it."""
    status = response.status
    if status == 200:
        return PaymentReceipt.parse(response.text)
    if status == 400:
        raise RejectedError(_("OutVoice refused: %(text)s") % {"text": _sentence(response)})
    if status == 429:
        raise RateLimitedError(_("OutVoice asked to wait."), retry_after(response))
    if status in REFUSED_BEFORE_PAYING:
        raise RejectedError(_("OutVoice turned the request away (%(status)d).") % {"status": status})
    raise UncertainError(_("OutVoice answered with an error (%(status)d); it may have paid.") % {"status": status})


def _readable(response: Response) -> Response:
    status = response.status
    if status == 200:
        return response
    if status in (401, 403):
        raise AuthenticationError(_("OutVoice does not accept the sign-in any more. Sign in again."))
    if status == 404:
        raise NotFoundError(_("OutVoice does not know this address."))
    if status == 429:
        raise RateLimitedError(_("OutVoice asked to wait."), retry_after(response))
    if 400 <= status < 500:
        raise RejectedError(_("OutVoice refused: %(text)s") % {"text": _sentence(response)})
    raise UnexpectedResponseError(_("OutVoice answered with an error (%(status)d).") % {"status": status})


def _sentence(response: Response) -> str:
    text = response.text.strip().strip('"')[:LONGEST_TEXT]
    return text if text and not text.startswith("<") else _("it gave no reason")


def _payees(answer: Any) -> Iterator[RemotePayee]:
    """Every pair of every map in the outer list or object; an empty answer in any shape means nobody."""
    for part in _maps(answer):
        for remote_id, name in part.items():
            if not isinstance(name, str) or not str(remote_id).strip():
                raise UnexpectedResponseError(
                    _("OutVoice's list has an entry that is no name: %(entry)s") % {"entry": repr(name)[:80]}
                )
            yield RemotePayee(str(remote_id)[:64], name.strip()[:255])


def _maps(answer: Any) -> Iterable[dict[str, Any]]:
    outer = answer.values() if isinstance(answer, dict) else answer or []
    if not isinstance(answer, dict | list | None):
        raise UnexpectedResponseError(_("OutVoice's list is no list: %(entry)s") % {"entry": repr(answer)[:80]})
    for part in outer:
        if part == []:
            continue
        if not isinstance(part, dict):
            raise UnexpectedResponseError(
                _("OutVoice's list has a part that is no list of names: %(entry)s") % {"entry": repr(part)[:80]}
            )
        yield part
