"""Asking an address of this computer, as a provider asks its customer's server."""

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

LARGEST = 1_000_000


class UnreachableError(Exception):
    """There is no whole answer; the text says why."""


def post(url: str, body: bytes, content_type: str, seconds: float, **headers: str) -> tuple[int, str]:
    """Status and text of the answer to a POST, if all of it comes within these seconds.

    Redirects are not followed. Raises UnreachableError.
    """
    parts = local(url)
    deadline = time.monotonic() + seconds
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        with _hung_up_after(seconds, connection):
            connection.request("POST", target, body, {"Content-Type": content_type, **_named(headers)})
            answer = _read(connection)
    except (OSError, HTTPException, ValueError) as error:
        raise UnreachableError(_why(error, deadline, seconds)) from error
    if time.monotonic() > deadline:
        # An answer without a length ends with the connection, and looks whole.
        raise UnreachableError(_too_late(seconds))
    return answer


@contextmanager
def _hung_up_after(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """A time-out of the connection begins anew with each byte; this one does not."""
    connection.connect()
    timer = Timer(seconds, _hang_up, [connection.sock])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _hang_up(peer: socket.socket) -> None:
    with suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def _why(error: Exception, deadline: float, seconds: float) -> str:
    is_late = isinstance(error, TimeoutError) or time.monotonic() > deadline
    return _too_late(seconds) if is_late else f"{type(error).__name__}: {error}"


def _too_late(seconds: float) -> str:
    return f"There was no whole answer within {seconds:g} seconds"


def local(url: str) -> SplitResult:
    """The parts of an address. Raises UnreachableError for one of another computer."""
    try:
        parts = urlsplit(url)
        is_local = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_local = False
    if not is_local or parts.scheme != "http":
        raise UnreachableError("The sandbox asks this computer alone, at addresses like http://127.0.0.1.")
    return parts


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _read(connection: HTTPConnection) -> tuple[int, str]:
    answer = connection.getresponse()
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise UnreachableError("The answer is too long.")
    return answer.status, body.decode(errors="replace")
