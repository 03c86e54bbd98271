"""The sandbox's own HTTP server: a thread a connection, so that each can be cut, kept waiting or fed by the byte.

Django's development server would not do: it drops header names with an underscore, and always answers in full.
"""

import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Event, Thread
from typing import Any

from django.db import transaction

from voicehub.sandbox import control
from voicehub.sandbox.contract import Errand, Tick
from voicehub.sandbox.intake import Intake, read_parts
from voicehub.sandbox.providers import PROVIDERS
from voicehub.sandbox.router import SANDBOX
from voicehub.sandbox.visit import Visit
from voicehub.sandbox.wire import PARTS, Answer, Reply, Request, text_answer

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
LONGEST_LINE = 65536
LARGEST_BODY = 320 * 1024 * 1024
LONGEST_NUMBER = 12
TICK_SECONDS = 0.2


class SandboxServer(ThreadingTCPServer):
    """Listens on loopback only. Port 0 takes a free one; `url` tells which."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        # The server closes itself where it cannot listen.
        self._is_over = Event()
        super().__init__((HOST, port), Handler)
        # One clerk writes for all connections: SQLite lets a single writer in anyway, and waiting here is shorter
        # than in its busy handler. It also saves opening the database anew for each connection.
        self._clerk = ThreadPoolExecutor(1, "clerk")

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def respond(self, request: Request) -> Reply:
        """Do what the request asks for, and tell how it is to be answered."""
        if request.path.startswith(control.PREFIX):
            return Reply(self._control(request))
        provider = PROVIDERS.get(request.path.lstrip("/").partition("/")[0])
        if provider is None:
            return Reply(control.not_found())
        visit = Visit(provider, request)
        self._by_the_clerk(visit.begin)
        if visit.wait:
            time.sleep(visit.wait)
            self._by_the_clerk(visit.finish)
        if visit.errand:
            self._by_the_clerk(visit.conclude, visit.errand, visit.errand.run())
        return visit.reply

    def _control(self, request: Request) -> Answer:
        outcome = self._by_the_clerk(control.answer, request, self.port)
        if isinstance(outcome, Errand):
            return self._by_the_clerk(control.conclude, outcome, outcome.run())
        return outcome

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        Thread(target=self._tick, name="ticker", daemon=True).start()
        super().serve_forever(poll_interval)

    def server_close(self) -> None:
        self._is_over.set()
        super().server_close()

    def _tick(self) -> None:
        """What the providers do by themselves, for as long as the server runs."""
        ticks = [provider.tick for provider in PROVIDERS.values() if provider.tick]
        before = time.monotonic()
        while not self._is_over.wait(TICK_SECONDS):
            now = time.monotonic()
            for tick in ticks:
                self._tick_once(tick, before, now)
            before = now

    def _tick_once(self, tick: Tick, before: float, now: float) -> None:
        try:
            errand = self._by_the_clerk(in_a_transaction, tick, before, now)
            if errand:
                self._by_the_clerk(control.conclude, errand, errand.run())
        except Exception:
            logger.exception("A provider could not do what it does by itself.")

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients that hang up are what this server is for.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            logger.exception("A connection to the sandbox failed.")

    def _by_the_clerk(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self._clerk.submit(work, *arguments).result()


def in_a_transaction(tick: Tick, before: float, now: float) -> Errand | None:
    with transaction.atomic(SANDBOX):
        return tick(before, now)


class UnreadableError(Exception):
    """What came in is no request that this server takes."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SandboxServer

    def handle_one_request(self) -> None:
        try:
            request = self._read_request()
        except UnreadableError as unreadable:
            self.send_error(unreadable.status)
            request = None
        if request is None:
            self.close_connection = True
            return
        reply = self._respond(request)
        is_still_good = reply.deliver(self.connection, reply.answer, reply.seconds)
        self.close_connection = self.close_connection or not is_still_good

    def _respond(self, request: Request) -> Reply:
        try:
            return self.server.respond(request)
        except Exception:
            logger.exception("The sandbox could not answer a request.")
            return Reply(text_answer("The sandbox itself has failed.", 500))

    def _read_request(self) -> Request | None:
        """The next request; None when there is none, or when it was cut. Raises UnreadableError."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            # What send_error wants to know, and parse_request would have found out.
            self.requestline, self.request_version, self.command = "", self.protocol_version, ""
            raise UnreadableError(HTTPStatus.REQUEST_URI_TOO_LONG)
        if not self.raw_requestline or not self.parse_request():
            return None
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, self._literal_headers())
        return self._with_body(request, self._body_length())

    def _with_body(self, request: Request, length: int) -> Request | None:
        if request.media_type != PARTS:
            body = self.rfile.read(length)
            return replace(request, body=body) if len(body) == length else None
        intake = Intake(self.rfile, length)
        fields, files = read_parts(intake, request.header("Content-Type"))
        is_whole = intake.is_whole()
        return replace(request, body=intake.beginning, fields=fields, files=files) if is_whole else None

    def _body_length(self) -> int:
        if "Transfer-Encoding" in self.headers:
            raise UnreadableError(HTTPStatus.LENGTH_REQUIRED)
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit():
            raise UnreadableError(HTTPStatus.BAD_REQUEST)
        if len(length) > LONGEST_NUMBER or int(length) > LARGEST_BODY:
            raise UnreadableError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return int(length)

    def _literal_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return headers

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the calls are recorded, and their paths may hold secrets."""
