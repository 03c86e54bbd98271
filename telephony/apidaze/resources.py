"""Records behind a door: listed, read, created, changed and deleted in the same way, whatever they are."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

from django.utils.translation import gettext as _

from telephony.apidaze.doors import Door, Form
from telephony.apidaze.records import rows_of
from voicehub.remote.errors import NotFoundError, PendingError, UnexpectedResponseError
from voicehub.remote.http import Response

DONE = (HTTPStatus.OK, HTTPStatus.CREATED)


class Remote(Protocol):
    def has(self, values: Mapping[str, str]) -> bool: ...

    def contradicts(self, values: Mapping[str, str]) -> bool: ...


R = TypeVar("R", bound=Remote)


class Resource(Generic[R]):
    """A success shows what was asked for. Where an answer does not (202, a redirect, a web page, other values), a
    read has to.

    `identity` is the field by which a new record is recognised.
    """

    def __init__(self, door: Door, path: str, parse: Callable[[Any], R], identity: str) -> None:
        self._door = door
        self._path = path
        self._parse = parse
        self._identity = identity

    def all(self) -> list[R]:
        return [self._parse(row) for row in rows_of(json_of(self._door.ask("GET", self._path)))]

    def read(self, remote_id: str) -> R:
        return self._parse(json_of(self.ask("GET", remote_id)))

    def create(self, values: Form) -> R:
        """Raises PendingError for what was only accepted: it has to show in the list."""
        response = self._door.ask("POST", self._path, form=values)
        if response.status == HTTPStatus.ACCEPTED:
            raise PendingError(_("Apidaze has taken it, but does not show it yet."))
        made = self._told(response, values)
        if made is None or not made.has({self._identity: values[self._identity]}):
            raise unclear(response)
        return made

    def change(self, remote_id: str, values: Form) -> None:
        response = self.ask("PUT", remote_id, form=values)
        if response.status != HTTPStatus.NO_CONTENT and self._told(response, values) is None:
            _look_back(response, lambda: self.read(remote_id).has(values))

    def delete(self, remote_id: str) -> None:
        response = self.ask("DELETE", remote_id)
        if response.status != HTTPStatus.NO_CONTENT and not _says_done(response):
            _look_back(response, lambda: not self._exists(remote_id))

    def ask(self, method: str, remote_id: str, part: str = "", form: Form | None = None) -> Response:
        """Ask about one record. Raises NotFoundError when there is none of this id."""
        path = f"{self._path}/{quote(remote_id, safe='')}{part}"
        return self._door.ask(method, path, form=form, is_about_a_record=True)

    def _told(self, response: Response, values: Form) -> R | None:
        """The record that a success shows, unless it is not as it was to be."""
        try:
            told = self._parse(response.json()) if response.status in DONE else None
        except UnexpectedResponseError:
            return None
        return None if told is None or told.contradicts(values) else told

    def _exists(self, remote_id: str) -> bool:
        try:
            return bool(self.read(remote_id))
        except NotFoundError:
            return False


def json_of(response: Response) -> Any:
    """What was read. Raises UnexpectedResponseError, also for a redirect, whatever it holds."""
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise unclear(response)
    return response.json()


def unclear(response: Response) -> UnexpectedResponseError:
    return UnexpectedResponseError(
        _("Apidaze's answer (%(status)d) does not show whether it was done.") % {"status": response.status}
    )


def _says_done(response: Response) -> bool:
    try:
        return response.status in DONE and isinstance(response.json(), dict | list)
    except UnexpectedResponseError:
        return False


def _look_back(response: Response, has_happened: Callable[[], bool]) -> None:
    """Raises PendingError for what was accepted and does not show yet, UnexpectedResponseError for what never may."""
    if has_happened():
        return
    if response.status == HTTPStatus.ACCEPTED:
        raise PendingError(_("Apidaze has taken it, but does not show it yet."))
    raise unclear(response)
