"""The sandbox's own HTTP server: a thread a connection, so that each can be cut, kept waiting or fed by the byte.

Django's development server would not do: it drops header names with an underscore, and always answers in full.
"""

import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from voicehub.sandbox import control
from voicehub.sandbox.providers import PROVIDERS
from voicehub.sandbox.visit import Visit
from voicehub.sandbox.wire import Reply, Request, text_answer

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
LONGEST_LINE = 65536
LARGEST_BODY = 64 * 1024 * 1024


class SandboxServer(ThreadingTCPServer):
    """Listens on loopback only. Port 0 takes a free one; `url` tells which."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int) -> None:
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
            return Reply(self._by_the_clerk(control.answer, request, self.port))
        provider = PROVIDERS.get(request.path.split("/")[1])
        if provider is None:
            return Reply(control.not_found())
        visit = Visit(provider, request)
        self._by_the_clerk(visit.begin)
        if visit.wait:
            time.sleep(visit.wait)
            self._by_the_clerk(visit.finish)
        return visit.reply

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients that hang up are what this server is for.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            logger.exception("A connection to the sandbox failed.")

    def _by_the_clerk(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self._clerk.submit(work, *arguments).result()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SandboxServer

    def handle_one_request(self) -> None:
        request = self._read_request()
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
            logger.exception("The sandbox could not answer %s %s.", request.method, request.path)
            return Reply(text_answer("The sandbox itself has failed.", 500))

    def _read_request(self) -> Request | None:
        """The next request; None when there is none, or when it was refused or cut."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            return self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        if not self.raw_requestline or not self.parse_request():
            return None
        if "Transfer-Encoding" in self.headers:
            return self._refuse(HTTPStatus.LENGTH_REQUIRED)
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit():
            return self._refuse(HTTPStatus.BAD_REQUEST)
        if len(length) > 12 or int(length) > LARGEST_BODY:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(int(length))
        return self._make_request(body) if len(body) == int(length) else None

    def _make_request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        return Request(self.command, path, query, self._literal_headers(), body)

    def _literal_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return headers

    def _refuse(self, status: HTTPStatus) -> None:
        self.requestline, self.request_version, self.command = "", self.protocol_version, ""
        self.send_error(status)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the calls are recorded, and their paths may hold secrets."""
