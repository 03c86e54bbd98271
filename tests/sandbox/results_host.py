"""A web server as VoiceShot's customers run it: it takes results, and answers events with commands."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any

from lxml import etree

Element = Any


class ResultsHost:
    """`came` are the posts, in order; `answer` makes status and body of the answer to one."""

    def __init__(self) -> None:
        self.came: list[Element] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Element], tuple[int, str]] = lambda post: (200, "")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/results/"

    def __enter__(self) -> "ResultsHost":
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def summaries(self) -> list[Element]:
        return [post for post in self.came if post.tag == "campaign"]

    def told(self, name: str) -> list[str]:
        """The values of one attribute of all summaries."""
        return [post.get(name) for post in self.summaries]

    def take(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        post = etree.fromstring(body, etree.XMLParser(huge_tree=True))
        self.headers.append(headers)
        self.came.append(post)
        return self.answer(post)

    def _handler(host) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text = host.take(body, dict(self.headers.items()))
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
