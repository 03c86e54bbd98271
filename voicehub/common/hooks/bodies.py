"""The body of a request, read up to a limit. Django's own `request.body` takes a body sent in chunks for none."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Event, Lock, Thread
from typing import Any

from django.http import HttpRequest

# A body that stops coming, or comes in drops, must not keep a thread of the web server for ever.
PATIENCE_SECONDS = 5
WATCH_SECONDS = 0.2


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


def _patience(meta: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Hear no more of a body when its time is up, however it comes; the answer can still be sent."""
    has_body = meta.get("CONTENT_LENGTH") or meta.get("HTTP_TRANSFER_ENCODING")
    connection = meta.get("gunicorn.socket")
    return _watch.over(connection) if has_body and connection else nullcontext()


class _Watch:
    """Watches over the bodies that are being read, with one thread for all of them: to start one for each would cost
    more than the rest of an answer.
    """

    def __init__(self) -> None:
        self._ends: dict[object, tuple[float, socket.socket]] = {}
        self._has_work = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    @contextmanager
    def over(self, connection: socket.socket) -> Iterator[None]:
        self._start()
        key = object()
        self._ends[key] = time.monotonic() + PATIENCE_SECONDS, connection
        self._has_work.set()
        try:
            yield
        finally:
            self._ends.pop(key, None)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="hook-bodies", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._has_work.wait()
            time.sleep(WATCH_SECONDS)
            self._has_work.clear()
            self._end_overdue()
            if self._ends:
                self._has_work.set()

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for key, (end, connection) in self._ends.copy().items():
            if end < now and key in self._ends:
                del self._ends[key]
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


_watch = _Watch()


def _read(source: Any, size: int) -> bytes:
    try:
        return source.read(size) if size else b""
    except Exception as error:
        # Each web server has errors of its own for this.
        raise UnreadableError from error


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
