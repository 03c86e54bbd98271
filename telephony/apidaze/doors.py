"""The two doors to Apidaze: how each proves who we are, and what it calls things."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from telephony.apidaze.answers import check, is_token_refused
from voicehub.remote.auth import ClientTokens, TokenStore
from voicehub.remote.errors import ConfigurationError
from voicehub.remote.http import ApiClient, ExchangeRecord, Request, Response, Timeouts
from voicehub.remote.redaction import MASK, Redactor

KPN = "kpn"
NATIVE = "native"
RENEW_EARLIER_SECONDS = 300

Form = Mapping[str, str]


@dataclass(frozen=True)
class ApidazeSettings:
    """Where Apidaze is and how it is spoken to; times in seconds.

    At the native door, id and secret are the API's key and secret, and there are no tokens.
    """

    kind: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    connect_timeout: float
    read_timeout: float
    # The sandbox's own stands in every handbook, and is an ordinary word besides: masked, it would spoil sentences.
    is_secret_public: bool = False

    @property
    def deadline(self) -> float:
        """The longest one request may take."""
        return self.connect_timeout + self.read_timeout + 5

    @property
    def token_key(self) -> str:
        """What a token is good for."""
        return "\n".join((self.token_url, self.client_id, self.client_secret))


class Door(ABC):
    """Sends a request and returns an answer that claims no error: 2xx, or a redirect, which is never followed."""

    accounts: ClassVar[str]
    scripts: ClassVar[str] = "externalscripts"
    shows_passwords: ClassVar[bool]

    def __init__(self, config: ApidazeSettings, on_exchange: Callable[[ExchangeRecord], None]) -> None:
        self._config = config
        self._redactor = Redactor(secret_values=self._secrets())
        self._api = ApiClient(
            config.base_url,
            timeouts=Timeouts(config.connect_timeout, config.read_timeout, config.deadline),
            redactor=self._redactor,
            on_exchange=on_exchange,
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Form | None = None,
        params: Form | None = None,
        is_about_a_record: bool = False,
    ) -> Response:
        """The one way to ask. `path` begins with a resource. Raises the errors of `voicehub.remote.errors`."""
        if not self._config.client_id or not self._config.client_secret:
            raise ConfigurationError(
                _("There is no key for Apidaze. Set APIDAZE_CLIENT_ID and APIDAZE_CLIENT_SECRET.")
            )
        response = self._answer(method, path, form, dict(params or {}))
        check(response, is_about_a_record=is_about_a_record, masked=self._redactor.text)
        return response

    def ask_again(self, path: str) -> Response:
        """Ask for what a path of a kept call names; what proves who we are is masked in it, and is put in anew."""
        parts = urlsplit(path)
        named = [part for part in parts.path.split("/") if part and part != MASK]
        params = {name: value for name, value in parse_qsl(parts.query) if value != MASK}
        return self.ask("GET", "/".join(named), params=params)

    def _secrets(self) -> tuple[str, ...]:
        return () if self._config.is_secret_public else (self._config.client_secret,)

    @abstractmethod
    def _answer(self, method: str, path: str, form: Form | None, params: dict[str, str]) -> Response: ...


class KpnDoor(Door):
    """KPN's gateway: a token for client id and secret, renewed once when it is refused."""

    accounts = "sipaccounts"
    shows_passwords = True

    def __init__(
        self, config: ApidazeSettings, store: TokenStore, on_exchange: Callable[[ExchangeRecord], None]
    ) -> None:
        super().__init__(config, on_exchange)
        self._tokens = ClientTokens(
            store,
            self._grant,
            margin_seconds=RENEW_EARLIER_SECONDS,
            lease_seconds=config.deadline + 10,
        )

    def _answer(self, method: str, path: str, form: Form | None, params: dict[str, str]) -> Response:
        def send(token: str) -> Response:
            headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
            # The words of an error may quote it.
            self._redactor = self._redactor.knowing(headers)
            return self._api.send(Request(method, f"/{path}", params=params, headers=headers, form=form))

        token = self._tokens.access_token()
        response = send(token)
        return send(self._tokens.renew(token)) if is_token_refused(response) else response

    def _grant(self) -> Response:
        config = self._config
        response = self._api.send(
            Request(
                "POST",
                config.token_url,
                params={"grant_type": "client_credentials"},
                headers={"Accept": "application/json"},
                form={"client_id": config.client_id, "client_secret": config.client_secret},
            )
        )
        check(response, is_about_a_record=False, masked=self._redactor.text)
        return response


class NativeDoor(Door):
    """Apidaze's own interface: the key stands in the path and the secret in the query, so neither is ever shown."""

    accounts = "sipusers"
    shows_passwords = False

    def _secrets(self) -> tuple[str, ...]:
        return (self._config.client_secret, self._config.client_id)

    def _answer(self, method: str, path: str, form: Form | None, params: dict[str, str]) -> Response:
        return self._api.send(
            Request(
                method,
                f"/{self._config.client_id}/{path}",
                params={**params, "api_secret": self._config.client_secret},
                headers={"Accept": "application/json"},
                form=form,
            )
        )
