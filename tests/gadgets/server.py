"""The provider's side of gadgets: stateful, deduplicates nothing, and fails when told to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class GadgetServer:
    """`fail(kind, ...)` dials the next requests' faults, oldest first; `gadgets` is what the provider holds.

    `headers` come with every answer. What it has `accepted` it acts on when told to.
    """

    def __init__(self):
        self.gadgets, self.calls, self.faults, self.headers, self.accepted = {}, [], [], {}, []
        self.lock = threading.Lock()
        self.gate = threading.Event()
        self.gate.set()
        self.most_at_once = self._at_once = 0
        self._number = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def fail(self, kind, times=1):
        self.faults += [kind] * times

    def act_on_accepted(self):
        while self.accepted:
            self._act(*self.accepted.pop(0))

    @property
    def sent(self):
        """The requests that changed something, or meant to."""
        return [call for call in self.calls if call[0] != "GET"]

    def stop(self):
        self.gate.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(server):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                with server.lock:
                    server.calls.append((self.command, self.path, body))
                    server._at_once += 1
                    server.most_at_once = max(server.most_at_once, server._at_once)
                    fault = server.faults.pop(0) if server.faults else None
                try:
                    server._answer(self, fault, body)
                finally:
                    with server.lock:
                        server._at_once -= 1

            do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

            def log_message(self, *args):
                pass

        return Handler

    def _answer(self, handler, fault, body):
        if fault == "hang":
            self.gate.wait(30)
        if fault and fault.isdigit():
            return self._reply(handler, int(fault), {"errors": {"name": ["Too short."]}})
        if fault == "cut before":
            return self._cut(handler)
        wanted = (handler.command, handler.path.rsplit("/", 1)[-1], body)
        if fault == "accept":
            self.accepted.append(wanted)
            return self._reply(handler, 202, {})
        with self.lock:
            status, answer = self._act(*wanted)
        if fault == "cut after":
            return self._cut(handler)
        if fault == "error after":
            return self._reply(handler, 500, {})
        if fault == "html":
            return self._reply(handler, 200, None, b"<html>Sorry</html>")
        return self._reply(handler, status, answer)

    def _act(self, method, key, body):
        if method == "GET":
            return 200, [{"id": number, **gadget} for number, gadget in self.gadgets.items()]
        if method == "POST":
            self._number += 1
            self.gadgets[f"g{self._number}"] = body
            return 201, {"id": f"g{self._number}"}
        if key not in self.gadgets:
            return 404, {}
        if method == "DELETE":
            del self.gadgets[key]
            return 200, {}
        self.gadgets[key] = body
        return 200, {"id": key}

    def _reply(self, handler, status, answer, raw=None):
        data = json.dumps(answer).encode() if raw is None else raw
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        for header in self.headers.items():
            handler.send_header(*header)
        handler.end_headers()
        handler.wfile.write(data)

    def _cut(self, handler):
        handler.close_connection = True
        handler.connection.shutdown(2)

    def wait_for_calls(self, count, seconds=10):
        """True once so many requests have arrived."""
        end = time.monotonic() + seconds
        while len(self.calls) < count and time.monotonic() < end:
            time.sleep(0.005)
        return len(self.calls) >= count
