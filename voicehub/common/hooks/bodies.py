"""The body of a request, read up to a limit. Django's own `request.body` takes a body sent in chunks for none."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Any

from django.http import HttpRequest

# A body that stops coming, or comes in drops, must not keep a thread of the web server for ever.
PATIENCE_SECONDS = 5


class TooLargeError(Exception):
    """There is more than may come in; it was not read."""


class UnreadableError(Exception):
    """It did not come as announced: cut off, too slow, or in chunks that are none."""


def read(request: HttpRequest, most: int) -> bytes:
    """The whole body. Raises TooLargeError and UnreadableError."""
    announced = _number(request.META.get("CONTENT_LENGTH"))
    if announced > most:
        raise TooLargeError
    # Without a length, only a server that knows where chunks end is asked; others would wait for ever.
    wanted = announced or (most + 1 if request.META.get("wsgi.input_terminated") else 0)
    with _patience(request.META):
        body = _read(request.META["wsgi.input"], wanted)
    if len(body) < announced:
        raise UnreadableError
    if len(body) > most:
        raise TooLargeError
    return body


@contextmanager
def _patience(meta: Mapping[str, Any]) -> Iterator[None]:
    """Hear no more of a body when its time is up, however it comes; the answer can still be sent."""
    has_body = meta.get("CONTENT_LENGTH") or meta.get("HTTP_TRANSFER_ENCODING")
    if not has_body or "gunicorn.socket" not in meta:
        yield
        return
    timer = Timer(PATIENCE_SECONDS, meta["gunicorn.socket"].shutdown, [socket.SHUT_RD])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(source: Any, size: int) -> bytes:
    try:
        return source.read(size) if size else b""
    except Exception as error:
        # Each web server has errors of its own for this.
        raise UnreadableError from error


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
