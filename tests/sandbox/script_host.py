"""A web server as Apidaze's customers run it: it answers scripts, and remembers who asked for them."""

from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from types import TracebackType
from urllib.parse import parse_qsl

BYE = "<document><work><hangup/></work></document>"


class ScriptHost:
    """Answers what `says` last gave for a path; given several, one after the other, and the last for ever."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.status = 200
        self.pause = 0.0
        self._answers: dict[str, deque[str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "ScriptHost":
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def says(self, path: str, *answers: str) -> str:
        """Let the path answer these, in their turn; returns its whole address."""
        self._answers[path] = deque(answers)
        return self.url + path

    def answer(self, method: str, path: str, parameters: dict[str, str]) -> bytes:
        self.asked.append((method, path, parameters))
        answers = self._answers.get(path, deque([BYE]))
        return (answers.popleft() if len(answers) > 1 else answers[0]).encode()

    def _handler(host) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                length = int(self.headers.get("Content-Length", 0))
                form = self.rfile.read(length).decode()
                parameters = dict(parse_qsl(f"{query}&{form}", keep_blank_values=True))
                body = host.answer(self.command, path, parameters)
                self.send_response(host.status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for piece in [body] if not host.pause else map(bytes, zip(body, strict=True)):
                    self.wfile.write(piece)
                    sleep(host.pause)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
