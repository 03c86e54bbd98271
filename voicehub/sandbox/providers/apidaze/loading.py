"""Loading a script as Apidaze does, but from this computer alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPMethod
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlencode

from voicehub.sandbox.asking import UnreachableError, local
from voicehub.sandbox.providers.apidaze.words import FORM

SECONDS = 10.0
LARGEST = 1_000_000


class UnloadableError(Exception):
    """A script could not be loaded; the text says why."""


@dataclass(frozen=True)
class Loaded:
    status: int
    content_type: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def load(url: str, parameters: Mapping[str, str], method: str = HTTPMethod.GET) -> Loaded:
    """What is at the address, asked with the parameters behind those that it has, or in a form.

    Redirects are not followed. Raises UnloadableError for an address of another computer, and when there is no
    whole answer.
    """
    try:
        parts = local(url)
    except UnreachableError as why:
        raise UnloadableError(str(why)) from why
    encoded = urlencode(parameters)
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        if method == HTTPMethod.POST:
            connection.request(method, _target(parts, parts.query), encoded, {"Content-Type": FORM})
        else:
            connection.request(method, _target(parts, "&".join(filter(None, [parts.query, encoded]))))
        return _read(connection)
    except (OSError, HTTPException, ValueError) as error:
        raise UnloadableError(f"{type(error).__name__}: {error}") from error


def _target(parts: SplitResult, query: str) -> str:
    return (parts.path or "/") + (f"?{query}" if query else "")


def _read(connection: HTTPConnection) -> Loaded:
    try:
        answer = connection.getresponse()
        body = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if len(body) > LARGEST:
        raise UnloadableError("The answer is too long.")
    return Loaded(answer.status, answer.headers.get("Content-Type", ""), body)
