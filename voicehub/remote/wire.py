"""One HTTP exchange on a transport of `requests`, with a deadline that holds whatever the peer does.

It repeats nothing, follows nothing and keeps no cookies. "Surely not sent" is told from "may have arrived" by
whether a connection stood, not by the class of an exception: those of `requests` do not tell.
"""

import functools
import http.client
import logging
import os
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from email.errors import MissingHeaderBodySeparatorDefect
from typing import Any, NamedTuple, Protocol

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from voicehub.remote.errors import UnavailableError, UncertainError, UnexpectedResponseError
from voicehub.remote.texts import gettext_noop as _

READ_SIZE = 65_536
# Providers and the routers on the way drop idle connections, often without a word, after a minute or more.
MAX_IDLE_SECONDS = 30

# Its lines quote whole addresses, keys in the query included; `http` writes masked ones.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class SizedBody(Sized, Iterable[bytes], Protocol):
    """A body sent piece by piece; `len()` is its size in bytes.

    One that has an `outline` (bytes) is recorded as that, any other by its size.
    """


@dataclass(frozen=True)
class Timeouts:
    """Seconds: `connect` for TCP and again for TLS, `read` for a silence, `total` from the start to the last byte.

    Only the look-up of the host's name can outlast `total`: the operating system cannot be interrupted there.
    """

    connect: float
    read: float
    total: float


class Origin(NamedTuple):
    """Where a connection leads; `authority` is the host as the provider wants it named."""

    scheme: str
    host: str
    port: int
    authority: str


@dataclass(frozen=True)
class Message:
    """A request, ready to be sent; `target` is its path with the query."""

    method: str
    origin: Origin
    target: str
    headers: Mapping[str, str]
    body: bytes | SizedBody | None


@dataclass
class Answer:
    """What has arrived so far. After a failure it holds the part that came."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


class ClosedBeforeAnswerError(UncertainError):
    """A kept connection turned out closed before any of the answer came."""


@dataclass
class Call:
    """What this thread is about: its deadline (of `time.monotonic`), and how far its connection has come."""

    deadline: float
    timeouts: Timeouts
    is_connected: bool = False
    is_kept: bool = False

    def seconds_left(self) -> float:
        """Raises TimeoutError when none is left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class ThisThread(threading.local):
    """The call that this thread is in, and its connections that are kept open."""

    call: Call

    def __init__(self) -> None:
        self.transport = TimedAdapter()


def exchange(
    message: Message, answer: Answer, timeouts: Timeouts, deadline: float, *, limit: int, is_fresh: bool
) -> None:
    """Send `message` once and fill `answer`; `is_fresh` uses a new connection and closes it afterwards.

    `deadline` is a time of `time.monotonic`, `limit` the most bytes of a body. Raises UnavailableError when nothing
    was sent, UncertainError when something may have been, UnexpectedResponseError for an answer that is too large
    or packed in an unknown way, ClosedBeforeAnswerError (an UncertainError) when a kept connection was closed.
    """
    call = _this_thread.call = Call(deadline, timeouts)
    transport = TimedAdapter() if is_fresh else _this_thread.transport
    try:
        # Not through a session: it would read the body of a redirect, however large, and look where it leads.
        with transport.send(_prepared(message), stream=True, timeout=(timeouts.connect, timeouts.read)) as response:
            _receive(response, answer, limit)
        return
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        failure = _explained(error, call, answer)
    finally:
        if is_fresh:
            transport.close()
    raise failure


class TimedSocket(socket.socket):
    """A socket that reads and writes only until the deadline of the thread's call, however the bytes trickle."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        call = _this_thread.call
        self.settimeout(min(call.timeouts.read, call.seconds_left()))
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_this_thread.call.seconds_left())
        super().sendall(*args, **kwargs)


class TimedTlsSocket(TimedSocket, ssl.SSLSocket):
    """The same over TLS."""


class LastLine:
    """Reads lines for `http.client` and remembers the last one."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.line = b""

    def readline(self, limit: int) -> bytes:
        self.line = self.file.readline(limit)
        return self.line

    def close(self) -> None:
        self.file.close()


class WholeResponse(http.client.HTTPResponse):
    """Refuses what `http.client` would take for a whole and final answer.

    A head that breaks off; a line that is no header, after which all headers are lost, those too that say where the
    body ends; an interim answer (103), whose final one would be read as the answer to the next request.
    """

    def begin(self) -> None:
        head = self.fp = LastLine(self.fp)  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            self.fp = self.fp and head.file
        is_garbled = any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.msg.defects)
        if is_garbled or head.line not in (b"\r\n", b"\n") or self.status < 200:
            raise http.client.HTTPException


class TimedConnection(HTTPConnection):
    """A connection on a timed socket that tells the thread's call how far it has come."""

    response_class = WholeResponse
    used_at = 0.0

    def _new_conn(self) -> socket.socket:
        try:
            return _connected(self.host, self.port, self.socket_options or [])
        except OSError as error:
            raise NewConnectionError(self, "refused, unknown or too slow") from error

    def connect(self) -> None:
        super().connect()
        _this_thread.call.is_connected = True

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self.used_at < MAX_IDLE_SECONDS and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None and not _this_thread.call.is_connected:
            _this_thread.call.is_connected = _this_thread.call.is_kept = True
        super().request(*args, **kwargs)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self.used_at = time.monotonic()
        return response


class TimedTlsConnection(TimedConnection, HTTPSConnection):
    """The same over TLS. The certificates are read for the first one: most processes never need them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"ssl_context": tls_context()})


class TimedPool(HTTPConnectionPool):
    ConnectionCls = TimedConnection


class TimedTlsPool(HTTPSConnectionPool):
    ConnectionCls = TimedTlsConnection


class TimedAdapter(HTTPAdapter):
    """Makes `requests` use timed connections. It never repeats."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": TimedPool, "https": TimedTlsPool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """`tls_context` verifies; the original would read all certificates again for each connection."""

    def close(self) -> None:
        """Close the connections now; the original leaves them to whoever collects the garbage."""
        pools = self.poolmanager.pools
        for key in pools.keys():  # noqa: SIM118 (it has keys, but cannot be iterated)
            pools[key].close()
        super().close()


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Trusts what the machine trusts and, for a machine without certificates, the bundle of `requests`."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = TimedTlsSocket
    return context


_this_thread = ThisThread()


def close_kept_connections() -> None:
    """Close what this thread keeps open."""
    _this_thread.transport.close()


# Parent and child would read each other's answers from the same connection.
os.register_at_fork(after_in_child=close_kept_connections)


def _connected(host: str, port: int, options: Iterable[Any]) -> TimedSocket:
    """Try each address of the host for no longer than connecting may take. Raises OSError."""
    call, failure = _this_thread.call, OSError()
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = TimedSocket(family, kind, protocol)
        try:
            sock.settimeout(min(call.timeouts.connect, call.seconds_left()))
            sock.connect(address)
            for option in options:
                sock.setsockopt(*option)
            # TLS comes next; its handshake has this time-out as a whole, unlike a read.
            sock.settimeout(min(call.timeouts.connect, call.seconds_left()))
            return sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure


def _prepared(message: Message) -> requests.PreparedRequest:
    """The message as it is: `requests` must not quote the address or choose headers anew."""
    prepared = requests.PreparedRequest()
    prepared.method = message.method
    prepared.url = f"{message.origin.scheme}://{message.origin.authority}{message.target}"
    prepared.headers = message.headers  # type: ignore[assignment]
    prepared.body = message.body  # type: ignore[assignment]
    prepared.hooks = {"response": []}
    return prepared


def _receive(response: requests.Response, answer: Answer, limit: int) -> None:
    answer.status, answer.headers = response.status_code, response.headers
    for piece in _unpacked(response, limit):
        answer.body += piece
        if len(answer.body) > limit:
            raise UnexpectedResponseError(_("The provider's answer is too large."))


def _unpacked(response: requests.Response, limit: int) -> Iterable[bytes]:
    pieces = iter(functools.partial(response.raw.read1, READ_SIZE, decode_content=False), b"")
    encoding = response.headers.get("Content-Encoding", "").lower()
    if encoding in ("", "identity"):
        return pieces
    if encoding == "gzip":
        return _gunzipped(pieces, limit)
    raise UnexpectedResponseError(_("The provider's answer is packed in a way that was not asked for."))


def _gunzipped(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Unpacks at most one byte more than `limit` at a time, so that a bomb stays small."""
    gzip, is_empty = zlib.decompressobj(zlib.MAX_WBITS | 16), True
    try:
        for piece in pieces:
            is_empty = False
            yield gzip.decompress(piece, limit + 1)
    except zlib.error:
        raise UnexpectedResponseError(_("The provider's answer could not be unpacked.")) from None
    if not is_empty and (not gzip.eof or gzip.unused_data):
        raise UnexpectedResponseError(_("The provider's answer could not be unpacked."))


def _explained(error: Exception, call: Call, answer: Answer) -> UnavailableError | UncertainError:
    if not call.is_connected:
        return UnavailableError(_("The provider could not be reached. Nothing was sent."))
    is_late = call.deadline <= time.monotonic() or isinstance(
        error, requests.Timeout | TimeoutError | ReadTimeoutError
    )
    if is_late:
        return UncertainError(_("The provider did not answer in time."))
    if call.is_kept and answer.status is None:
        return ClosedBeforeAnswerError(_("The provider closed the connection before it answered."))
    return UncertainError(_("The provider's answer was lost on the way."))
