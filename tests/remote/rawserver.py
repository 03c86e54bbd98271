"""A server of raw sockets that does what a script says, byte by byte, right or wrong."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, server: "RawServer") -> None:
        self._connection = connection
        self._server = server
        self._buffer = b""

    def read_request(self) -> bytes:
        """One whole request, which is then one of the server's `requests`; b"" when the client hung up."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._read():
                return b""
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0)
        while len(rest) < length:
            if not self._read():
                return b""
            rest = self._buffer.partition(b"\r\n\r\n")[2]
        self._buffer = rest[length:]
        self._server.requests.append(head + b"\r\n\r\n" + rest[:length])
        return self._server.requests[-1]

    def read_head(self) -> None:
        while b"\r\n\r\n" not in self._buffer and self._read():
            pass

    def sip(self, size: int, pause: float = 0.05) -> None:
        """Read `size` bytes slowly, or until the client hangs up."""
        while size > 0 and not self._server.is_over.wait(pause):
            piece = self._connection.recv(16_384)
            size -= len(piece) if piece else size

    def stop_reading(self) -> None:
        self._connection.shutdown(socket.SHUT_RD)

    def _read(self) -> bytes:
        piece = self._connection.recv(65536)
        self._buffer += piece
        return piece

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def answer(self, data: bytes = OK) -> None:
        if self.read_request():
            self.send(data)

    def trickle(self, data: bytes, pause: float = 0.05) -> None:
        """A byte at a time, then the last one for ever, until the client hangs up."""
        for number in range(100_000):
            self.send(data[min(number, len(data) - 1) :][:1])
            if self._server.is_over.wait(pause):
                return

    def reset(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def hang(self) -> None:
        """Say nothing and keep the connection until the test is over."""
        self._server.is_over.wait()

    def secure(self, context: ssl.SSLContext) -> None:
        self._connection = context.wrap_socket(self._connection, server_side=True)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class RawServer:
    """Plays the n-th script to the n-th connection, the last script to all that follow."""

    def __init__(self, *scripts: Callable[[Peer], None]) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed = threading.Semaphore(0)
        self.is_over = threading.Event()
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            connection, _address = self._listener.accept()
            if self.is_over.is_set():
                return connection.close()
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._threads.append(threading.Thread(target=self._play, args=(script, connection)))
            self._threads[-1].start()

    def _play(self, script: Callable[[Peer], None], connection: socket.socket) -> None:
        connection.settimeout(10)
        peer = Peer(connection, self)
        with contextlib.suppress(OSError):
            script(peer)
        peer.close()
        self.closed.release()

    def stop(self) -> None:
        self.is_over.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:
            thread.join()
        self._listener.close()


def answers(*data: bytes) -> Callable[[Peer], None]:
    """A script: one answer to each request on the connection, then hang up."""

    def play(peer: Peer) -> None:
        for one in data:
            peer.answer(one)

    return play


def keeps_alive(peer: Peer) -> None:
    while peer.read_request():
        peer.send(OK)


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body
