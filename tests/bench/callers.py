"""Callers that keep a server busy over kept connections, with as little work as possible for each request."""

import asyncio
import time


class Caller(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again; `pause` is seconds between two questions."""

    def __init__(self, question, end, pause=0.0):
        self.question, self.end, self.pause = question, end, pause
        self.took, self.buffer = [], b""
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        if time.perf_counter() >= self.end:
            self.over.set_result(None)
            return
        self.asked_at = time.perf_counter()
        self.transport.write(self.question)

    def data_received(self, data):
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length_in(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(head.decode())
        self.buffer = b""
        self.took.append(time.perf_counter() - self.asked_at)
        if self.pause:
            asyncio.get_running_loop().call_later(self.pause, self.ask)
        else:
            self.ask()

    def connection_lost(self, error):
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("The server hung up."))


def length_in(head):
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def question(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


async def call(port, callers, seconds):
    loop, end = asyncio.get_running_loop(), time.perf_counter() + seconds
    made = []
    for path, pause in callers:
        made.append((await loop.create_connection(lambda: Caller(question(path), end, pause), "127.0.0.1", port))[1])  # noqa: B023
    await asyncio.gather(*(caller.over for caller in made))
    for caller in made:
        caller.transport.close()
    return [caller.took for caller in made]


def times_of(port, callers, seconds):
    """The times in seconds that each caller's requests took; a caller is a path and a pause between requests."""
    return asyncio.run(call(port, callers, seconds))
