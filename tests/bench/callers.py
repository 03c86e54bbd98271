"""Callers that keep a server busy over connections that stay open, with as little work as possible a request."""

import asyncio
import time


class Caller(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again after `pause` seconds, until `end`."""

    def __init__(self, question, pause, end):
        self.question = question if isinstance(question, bytes) else get(question)
        self.pause, self.end = pause, end
        self.took, self.buffer = [], b""
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        self.asked_at = time.perf_counter()
        if self.asked_at < self.end:
            self.transport.write(self.question)
        elif not self.over.done():
            self.over.set_result(self.took)

    def data_received(self, data):
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length_in(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.over.set_exception(ConnectionError(head.decode()))
        self.buffer = b""
        self.took.append(time.perf_counter() - self.asked_at)
        asyncio.get_running_loop().call_later(self.pause, self.ask) if self.pause else self.ask()

    def connection_lost(self, error):
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("The server hung up."))


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path, body):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


def length_in(head):
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


async def call(port, wishes, seconds):
    loop, end = asyncio.get_running_loop(), time.perf_counter() + seconds
    callers = [Caller(path, pause, end) for path, pause in wishes]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    took = await asyncio.gather(*(caller.over for caller in callers))
    for caller in callers:
        caller.transport.close()
    return took


def times_of(port, wishes, seconds):
    """The seconds that each caller's requests took; a wish is a path (or a request as it goes over the line) and a
    pause in seconds between requests.
    """
    return asyncio.run(call(port, wishes, seconds))
