"""What Apidaze can be asked."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from telephony.apidaze.doors import NATIVE, ApidazeSettings, Door, KpnDoor, NativeDoor
from telephony.apidaze.records import PASSWORD, RemoteScript, RemoteSipAccount, RemoteStatus, one_of, text_at
from telephony.apidaze.resources import Resource, json_of, unclear
from voicehub.remote.auth import TokenStore
from voicehub.remote.errors import RejectedError, UnexpectedResponseError
from voicehub.remote.http import ExchangeRecord, Response
from voicehub.remote.redaction import Secret

Values = Mapping[str, str]
WEB_PAGE = re.compile("<(!doctype )?html", re.IGNORECASE)


class ApidazeClient:
    """The account of one id and secret. Raises the errors of `voicehub.remote.errors` and no others.

    Values go by the names of the fields that Apidaze takes: `username`, `name`, `internal_caller_id_number`,
    `external_caller_id_number`, `mwi_account`. Numbers are digits without +.
    """

    def __init__(
        self, config: ApidazeSettings, store: TokenStore, on_exchange: Callable[[ExchangeRecord], None]
    ) -> None:
        is_native = config.kind == NATIVE
        self._door: Door = NativeDoor(config, on_exchange) if is_native else KpnDoor(config, store, on_exchange)
        self._accounts = Resource(self._door, self._door.accounts, RemoteSipAccount.parse, "username")
        self._scripts = Resource(self._door, self._door.scripts, RemoteScript.parse, "url")

    def list_accounts(self) -> list[RemoteSipAccount]:
        return self._accounts.all()

    def read_account(self, remote_id: str) -> RemoteSipAccount:
        return self._accounts.read(remote_id)

    def create_account(self, values: Values) -> RemoteSipAccount:
        """Apidaze makes the password. What is empty is not sent."""
        return self._accounts.create({name: value for name, value in values.items() if value})

    def change_account(self, remote_id: str, values: Values) -> None:
        """Change the fields in `values`; the others stay as they are. A username cannot be changed."""
        self._accounts.change(remote_id, values)

    def delete_account(self, remote_id: str) -> None:
        self._accounts.delete(remote_id)

    def read_status(self, remote_id: str) -> RemoteStatus:
        return RemoteStatus.parse(json_of(self._accounts.ask("GET", remote_id, "/status")))

    def read_password(self, remote_id: str) -> Secret:
        """What a phone signs in with. Raises RejectedError where the door never tells it again."""
        if not self._door.shows_passwords:
            raise RejectedError(_("Apidaze tells a password only when it is made. Have a new one made."))
        return _password(self._accounts.read(remote_id).password)

    def reset_password(self, remote_id: str) -> Secret:
        """Have a new password made: phones drop out until they know it. Raises RejectedError where that cannot be."""
        if self._door.shows_passwords:
            raise RejectedError(_("KPN has no new passwords: delete the account and create it again."))
        fields = one_of(json_of(self._accounts.ask("POST", remote_id, "/password")))
        return _password(text_at(fields, *PASSWORD) or "")

    def list_scripts(self) -> list[RemoteScript]:
        return self._scripts.all()

    def read_script(self, remote_id: str) -> RemoteScript:
        return self._scripts.read(remote_id)

    def create_script(self, *, url: str, name: str) -> RemoteScript:
        return self._scripts.create({"url": url, "name": name})

    def change_script(self, remote_id: str, *, url: str, name: str | None = None) -> None:
        """Change the address, which Apidaze wants each time; without a name, that stays as it is."""
        self._scripts.change(remote_id, {"url": url} | ({} if name is None else {"name": name}))

    def delete_script(self, remote_id: str) -> None:
        self._scripts.delete(remote_id)

    def read_again(self, path: str) -> None:
        """Ask once more for what stands at a path, its query included; the door's own secrets are masked in it."""
        self._door.ask_again(path)

    def test_script(self, url: str, call: Values) -> str:
        """The XML that Apidaze gets when it loads `url` for a call with these parameters."""
        return _xml(self._door.ask("GET", f"{self._door.scripts}/test", params={**call, "url": url}))


def _password(text: str) -> Secret:
    if not text:
        raise UnexpectedResponseError(_("Apidaze did not tell the password."))
    return Secret(text)


def _xml(response: Response) -> str:
    """As it is, or as the one text of a JSON answer."""
    text = response.text.strip()
    if not text.startswith("<"):
        text = _only_text(json_of(response))
    if response.status >= HTTPStatus.MULTIPLE_CHOICES or not text.startswith("<") or WEB_PAGE.match(text):
        raise unclear(response)
    return text


def _only_text(document: Any) -> str:
    """The text that is wrapped in lists and objects of one part."""
    while isinstance(document, list | dict) and len(document) == 1:
        (document,) = document.values() if isinstance(document, dict) else document
    return document.strip() if isinstance(document, str) else ""
