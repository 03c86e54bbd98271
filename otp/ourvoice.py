"""The Ourvoice client. Source: the provider's API documentation (api-docs.getourvoice.com) and its public clients.

Ids are text and never checked for being UUIDs. Pages are counted on our own address: the links in a list lead to
a private host. There is no idempotency key: a create whose answer is lost is looked for in the list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnexpectedResponseError,
)
from voicehub.remote.http import ApiClient, ExchangeRecord, Request, Response, Timeouts, retry_after
from voicehub.remote.parsing import as_amount, as_integer, as_list, as_object, as_text
from voicehub.remote.redaction import Redactor

APPS = "/apps"
SEND = "/otp/send"
HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}
LONGEST_ID = 64
LONGEST_NAME = 255
LONGEST_ERROR = 500
LONGEST_STATUS = 40
READINGS = 3

# Of calls that send a code nothing is kept in which one could hide: no four digits, however they are set apart, but
# those of a date.
NO_CODES = Redactor(
    secret_pattern=re.compile(
        r"(?<!\d)(?<!\d-)(?!\d{4}-\d\d-\d\d(?![\d-]))"
        r"\d(?:[\s.,/_\u200b-\u200d\u2010-\u2015-]{0,2}\d){3,}"
    )
)
# Words for a code that did not go out, should Ourvoice use one of them although it has answered with a success.
NOT_SENT = frozenset({"canceled", "cancelled", "error", "expired", "failed", "failure", "rejected", "undelivered"})

Values = Mapping[str, Any]


@dataclass(frozen=True)
class RemoteApp:
    """An app as Ourvoice has it; `values` lacks what an answer did not say."""

    remote_id: str
    values: dict[str, Any]
    is_deleted: bool = False

    @classmethod
    def parse(cls, document: Any) -> "RemoteApp":
        """Raises UnexpectedResponseError for what is no app."""
        fields = as_object(document, "data")
        given = {name: read(fields[name]) for name, read in READERS.items() if fields.get(name) is not None}
        return cls(_id(fields.get("id"), "id"), given, is_deleted=fields.get("deleted_at") is not None)


@dataclass(frozen=True)
class RemoteSender:
    remote_id: str
    name: str


@dataclass(frozen=True)
class SentCode:
    """What Ourvoice says of a code that it sent; never the code itself. `cost` is in the account's currency (XOF)."""

    status: str
    cost: Decimal | None

    @classmethod
    def parse(cls, answer: Any, app_id: str) -> "SentCode":
        """Raises UnexpectedResponseError for what does not tell of a code of this app that was sent."""
        document = as_object(answer, _("the answer"))
        fields = as_object(document["data"], "data") if "data" in document else document
        status = _status(fields.get("status"))
        if document.get("success") is False or not _is_about(fields, app_id):
            raise UnexpectedResponseError(_("Ourvoice's answer does not say whether the code was sent."))
        if status.casefold() in NOT_SENT:
            raise UnexpectedResponseError(_("Ourvoice took it, but says: %(status)s.") % {"status": status})
        return cls(status, _cost(fields.get("cost")))


@dataclass(frozen=True)
class OurvoiceSettings:
    """Where Ourvoice is and how it is spoken to; times in seconds. Without a `page_size` Ourvoice chooses."""

    base_url: str
    api_key: str
    connect_timeout: float
    read_timeout: float
    page_size: int
    max_pages: int

    @property
    def deadline(self) -> float:
        """The longest one request may take."""
        return self.connect_timeout + self.read_timeout + 5


class OurvoiceClient:
    """The account of one key. Raises the errors of `voicehub.remote.errors` and no others."""

    def __init__(self, config: OurvoiceSettings, on_exchange: Callable[[ExchangeRecord], None]) -> None:
        self._config = config
        self._on_exchange = on_exchange
        self._api = self._talk(Redactor())

    def list_apps(self) -> list[RemoteApp]:
        """All apps that are not deleted; a list that changes while it is read is read again."""
        for _reading in range(READINGS):
            pages = list(self._pages())
            if len({(page.last_page, page.total) for page in pages}) == 1:
                apps = {app.remote_id: app for page in pages for app in page.apps if not app.is_deleted}
                return list(apps.values())
        raise UnexpectedResponseError(_("Ourvoice's list of apps kept changing while it was read."))

    def read_app(self, remote_id: str) -> RemoteApp:
        app = _app(self._send("GET", _path(remote_id)))
        if app.is_deleted:
            raise NotFoundError(_("Ourvoice says that this app was deleted."))
        return app

    def create_app(self, values: Values) -> RemoteApp:
        return _app(self._send("POST", APPS, values=values))

    def change_app(self, remote_id: str, values: Values) -> RemoteApp:
        """Change the fields in `values`; the others stay as they are."""
        return _app(self._send("PUT", _path(remote_id), values=values))

    def delete_app(self, remote_id: str) -> None:
        response = self._send("DELETE", _path(remote_id))
        if response.status != HTTPStatus.NO_CONTENT:
            as_object(response.json(), _("the answer"))

    def list_senders(self) -> list[RemoteSender]:
        """The senders of the account; none where Ourvoice does not tell."""
        try:
            document = as_object(self._send("GET", "/senders").json(), _("the answer"))
        except NotFoundError:
            return []
        return [_sender(one) for one in as_list(document.get("data"), "data")]

    def read_balance(self) -> Decimal:
        """What is left on the account, in its currency (XOF)."""
        document = as_object(self._send("GET", "/current/balance").json(), _("the answer"))
        return as_amount(as_object(document.get("data"), "data").get("balance"), "balance")

    def read_again(self, path: str) -> None:
        """Ask once more for what stands at a path, its query included."""
        self._send("GET", f"/{path}")

    def send_code(self, app_id: str, number: str) -> SentCode:
        """Have a code sent to a phone; `number` is digits without a plus. Nobody learns the code here."""
        values = {"app_id": app_id, "send_to": number}
        request = Request("POST", SEND, headers=HEADERS, json=values, once_only=True)
        response = self._talk(NO_CODES).send(request)
        if not _is_success(response):
            raise _error(replace(response, body=NO_CODES.body(response.body).encode()), SEND)
        return SentCode.parse(response.json(), app_id)

    def _talk(self, redactor: Redactor) -> ApiClient:
        config = self._config
        return ApiClient(
            config.base_url,
            timeouts=Timeouts(config.connect_timeout, config.read_timeout, config.deadline),
            redactor=redactor,
            on_exchange=self._on_exchange,
            authorize=self._authorization,
        )

    def _pages(self) -> Iterator["Page"]:
        """The pages of one reading, up to the first that tells of another length than the one before."""
        number, before = 1, None
        while before is None or number <= before.last_page:
            page = self._page(number)
            yield page
            if before and before.last_page != page.last_page:
                return
            number, before = number + 1, page

    def _page(self, number: int) -> "Page":
        params = {"page": str(number)}
        if self._config.page_size:
            params["limit"] = str(self._config.page_size)
        page = Page.parse(self._send("GET", APPS, params=params).json())
        if page.last_page > self._config.max_pages:
            raise UnexpectedResponseError(
                _("Ourvoice's list has %(pages)d pages, more than OURVOICE_MAX_PAGES.") % {"pages": page.last_page}
            )
        return page

    def _send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, values: Values | None = None
    ) -> Response:
        """The one way to ask: any answer that is returned is a success."""
        body = None if values is None else dict(values)
        response = self._api.send(Request(method, path, params=params or {}, headers=HEADERS, json=body))
        if not _is_success(response):
            raise _error(response, path)
        return response

    def _authorization(self) -> dict[str, str]:
        if not self._config.api_key:
            raise ConfigurationError(
                _("There is no key for Ourvoice. Set OURVOICE_API_KEY and start VoiceHub again.")
            )
        return {"Authorization": f"Bearer {self._config.api_key}"}


@dataclass(frozen=True)
class Page:
    """A page of the list. Without `meta` there is one."""

    apps: list[RemoteApp]
    last_page: int
    total: int | None

    @classmethod
    def parse(cls, answer: Any) -> "Page":
        document = as_object(answer, _("the answer"))
        meta = as_object(document.get("meta") or {}, "meta")
        total = meta.get("total")
        return cls(
            apps=[RemoteApp.parse(one) for one in as_list(document.get("data"), "data")],
            last_page=as_integer(meta.get("last_page", 1), "meta.last_page"),
            total=None if total is None else as_integer(total, "meta.total"),
        )


def _is_success(response: Response) -> bool:
    return HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES


def _path(remote_id: str) -> str:
    return f"{APPS}/{quote(remote_id, safe='')}"


def _app(response: Response) -> RemoteApp:
    return RemoteApp.parse(as_object(response.json(), _("the answer")).get("data"))


def _sender(document: Any) -> RemoteSender:
    fields = as_object(document, "data")
    remote_id = _id(fields.get("id"), "id")
    return RemoteSender(remote_id, _short(fields.get("name") or remote_id))


def _id(value: Any, part: str) -> str:
    text = as_text(value, part)
    if not text.strip() or len(text) > LONGEST_ID or "\0" in text:
        raise UnexpectedResponseError(_("Ourvoice's answer is not understood: an id is empty or too long."))
    return text


def _text(value: Any) -> str:
    """Texts are compared after trimming, and whatever ends a line; nothing else about them is changed."""
    return as_text(value, "data").replace("\r\n", "\n").replace("\0", "").strip()


def _short(value: Any) -> str:
    text = _text(value)
    if len(text) > LONGEST_NAME:
        raise UnexpectedResponseError(_("Ourvoice's answer is not understood: a name is too long."))
    return text


def _size(value: Any) -> int:
    size = as_integer(value, "code_size")
    if not 0 <= size < 2**15:
        raise UnexpectedResponseError(_("Ourvoice's answer is not understood: a code size is out of bounds."))
    return size


def _status(value: Any) -> str:
    return NO_CODES.body(value.encode()).strip()[:LONGEST_STATUS] if isinstance(value, str) else ""


def _is_about(fields: Mapping[str, Any], app_id: str) -> bool:
    """How Ourvoice writes a number back is not documented: it is not compared."""
    return str(fields["app_id"]) == app_id if fields.get("app_id") else bool(fields.get("send_to"))


def _cost(value: Any) -> Decimal | None:
    """What cannot be read is not told: the code was sent all the same."""
    try:
        return as_amount(value, "cost")
    except UnexpectedResponseError:
        return None


READERS: dict[str, Callable[[Any], Any]] = {
    "name": _short,
    "sender_id": lambda value: _id(value, "sender_id"),
    "message_template": _text,
    "code_size": _size,
}


def _error(response: Response, path: str) -> Exception:
    """What a status other than 2xx means; only then is the body looked at, which may hold anything."""
    status = response.status
    said = _sentence(response)
    if status == HTTPStatus.UNAUTHORIZED:
        return ConfigurationError(
            _("Ourvoice does not accept the key (%(text)s). Set a good OURVOICE_API_KEY and start VoiceHub again.")
            % {"text": said}
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimitedError(_("Ourvoice asked to wait."), retry_after(response))
    if status == HTTPStatus.NOT_FOUND:
        return _not_found(path)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return RejectedError(_("Ourvoice's account has not enough credit: top it up. (%(text)s)") % {"text": said})
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RejectedError(_("Ourvoice refused: %(text)s") % {"text": said}, _fields(_document(response)))
    return UnexpectedResponseError(_("Ourvoice answered with an error (%(status)d).") % {"status": status})


def _not_found(path: str) -> Exception:
    if path == APPS:
        return UnavailableError(_("Ourvoice does not know the address of its own list. Look at OURVOICE_BASE_URL."))
    if path == SEND:
        return RejectedError(_("Ourvoice does not know this app, or does not send codes at this address."))
    return NotFoundError(_("Ourvoice does not have this app any more."))


def _document(response: Response) -> dict[str, Any]:
    try:
        document = response.json()
    except UnexpectedResponseError:
        return {}
    return document if isinstance(document, dict) else {}


def _fields(document: Mapping[str, Any]) -> dict[str, list[str]]:
    errors = document.get("errors")
    return {name: list(_texts(said)) for name, said in errors.items()} if isinstance(errors, dict) else {}


def _sentence(response: Response) -> str:
    """The provider's own words, wherever it has put them."""
    document = _document(response)
    data = document.get("data")
    places = (document.get("errors"), data if isinstance(data, list) else None, document.get("message"))
    said = next((texts for place in (*places, document.get("error")) if (texts := list(_texts(place)))), [])
    return " ".join(said)[:LONGEST_ERROR] or _("status %(status)d") % {"status": response.status}


def _texts(said: Any) -> Iterator[str]:
    """Every text in a text, a list or a map."""
    if isinstance(said, str) and said.strip():
        yield said.strip()
    elif isinstance(said, list | dict):
        for part in said.values() if isinstance(said, dict) else said:
            if isinstance(part, str | list):
                yield from _texts(part)
