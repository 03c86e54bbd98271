"""Asking an address of this computer, as a provider asks its customer's server."""

import ipaddress
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

LARGEST = 1_000_000


class UnreachableError(Exception):
    """There is no whole answer; the text says why."""


def post(url: str, body: bytes, content_type: str, seconds: float, **headers: str) -> tuple[int, str]:
    """Status and text of the answer to a POST. Redirects are not followed. Raises UnreachableError."""
    parts = local(url)
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", target, body, {"Content-Type": content_type, **_named(headers)})
        return _read(connection)
    except (OSError, HTTPException, ValueError) as error:
        raise UnreachableError(f"{type(error).__name__}: {error}") from error


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
    try:
        answer = connection.getresponse()
        body = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if len(body) > LARGEST:
        raise UnreachableError("The answer is too long.")
    return answer.status, body.decode(errors="replace")
