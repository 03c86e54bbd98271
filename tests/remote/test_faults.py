"""What the client makes of every way in which a conversation can break."""

import gzip
import random
import socket
import threading
import time
import tracemalloc

import pytest

from tests.remote.rawserver import OK, answers, keeps_alive, response
from voicehub.remote import wire
from voicehub.remote.errors import RemoteError, UnavailableError, UncertainError, UnexpectedResponseError
from voicehub.remote.http import Request

GET = Request("GET", "/x")
POST = Request("POST", "/x", json={"amount": "2000"})
PAY = Request("POST", "/x", json={"amount": "2000"}, once_only=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def full_port():
    """A port whose queue is full: a connection is neither accepted nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for sock in waiting:
            sock.close()


@pytest.mark.parametrize("request_", [GET, POST, PAY])
def test_a_refused_connection_is_surely_not_sent(client_of, records, request_):
    with pytest.raises(UnavailableError):
        client_of(f"http://127.0.0.1:{free_port()}").send(request_)
    assert [(record.status, bool(record.error)) for record in records] == [(None, True)]


def test_an_unknown_host_is_surely_not_sent(client_of, records):
    with pytest.raises(UnavailableError):
        client_of("https://nowhere.invalid").send(PAY)
    assert len(records) == 1


def test_a_connection_that_takes_too_long_is_surely_not_sent(client_of, full_port):
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        client_of(f"http://127.0.0.1:{full_port}", connect=0.2).send(PAY)
    assert time.monotonic() - began < 1.2


def test_the_deadline_holds_while_many_addresses_are_tried(client_of, full_port, monkeypatch):
    """A name with ten addresses must not take ten times as long."""
    found = socket.getaddrinfo("127.0.0.1", full_port, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found * 10)
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        client_of(f"http://localhost:{full_port}", connect=0.2, total=0.5).send(PAY)
    assert time.monotonic() - began < 1.4


def hangs_after(data: bytes):
    def play(peer):
        peer.read_request()
        peer.send(data)
        peer.hang()

    return play


def closes_after(data: bytes):
    def play(peer):
        peer.read_request()
        peer.send(data)

    return play


def resets_after_reading(peer):
    peer.read_request()
    peer.reset()


BROKEN = {
    "reset after reading": resets_after_reading,
    "closed after reading": closes_after(b""),
    "no answer": hangs_after(b""),
    "half a status line": closes_after(b"HTTP/1.1 2"),
    "only a status line": closes_after(b"HTTP/1.1 200 OK\r\n"),
    "half a header": closes_after(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "no end of the head": closes_after(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n"),
    "body cut": closes_after(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n$20 sent"),
    "no body": closes_after(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"),
    "chunked body cut": closes_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n$20 sent\r\n"),
    "chunk cut": closes_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n$20"),
    "chunk size that is none": closes_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n$20\r\n"),
    "body stops": hangs_after(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n$20"),
    "not HTTP": closes_after(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "another version": closes_after(b"HTTP/2 200\r\n\r\n"),
    "interim answer that is no 100": closes_after(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK),
    "garbled header": closes_after(b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 20\r\n\r\n$20 sent"),
    "endless headers": closes_after(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000),
    "endless header": closes_after(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000),
}


@pytest.mark.parametrize("request_", [GET, POST, PAY], ids=["get", "post", "once only"])
@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_never_a_success(serve, client_of, records, script, request_):
    server = serve(script)
    with pytest.raises(UncertainError) as failure:
        client_of(server, read=0.2).send(request_)
    assert type(failure.value) is UncertainError
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None
    assert [(server.connections, bool(record.error)) for record in records] == [(1, True)]


@pytest.mark.parametrize("request_", [GET, POST, PAY], ids=["get", "post", "once only"])
def test_a_connection_reset_on_accept_is_a_failure(serve, client_of, request_):
    """The reset may be seen before or after the first byte leaves: the client says truthfully which it was."""
    server = serve(lambda peer: peer.reset())
    with pytest.raises((UnavailableError, UncertainError)):
        client_of(server).send(request_)
    assert server.connections == 1


def test_what_came_of_a_cut_answer_is_kept_as_evidence(serve, client_of, records):
    server = serve(BROKEN["body stops"])
    with pytest.raises(UncertainError):
        client_of(server, read=0.2).send(PAY)
    assert (records[0].status, records[0].response_body) == (200, "$20")


def trickles(data: bytes):
    def play(peer):
        peer.read_request()
        peer.trickle(data)

    return play


TRICKLES = {
    "status line": trickles(b"HTTP/1.1 200 OKKK"),
    "headers": trickles(b"HTTP/1.1 200 OK\r\nA: bbb"),
    "body": trickles(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nxxx"),
    "chunked body": trickles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\nxxx"),
    "size of a chunk": trickles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000"),
    "body without an end": trickles(b"HTTP/1.1 200 OK\r\n\r\nxxx"),
}


@pytest.mark.parametrize("script", TRICKLES.values(), ids=TRICKLES)
def test_the_deadline_holds_however_the_answer_trickles(serve, client_of, script):
    began = time.monotonic()
    with pytest.raises(UncertainError):
        client_of(serve(script), read=5, total=0.3).send(PAY)
    assert 0.2 < time.monotonic() - began < 1.3


def test_the_deadline_holds_for_interim_answers_without_end(serve, client_of):
    def play(peer):
        peer.read_request()
        while True:
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    began = time.monotonic()
    with pytest.raises(UncertainError):
        client_of(serve(play), total=0.5).send(PAY)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_deadline_holds_while_the_provider_does_not_read(serve, client_of, is_kept):
    def play(peer):
        if is_kept:
            peer.answer()
        peer.hang()

    client = client_of(serve(play), connect=5, total=0.5)
    if is_kept:
        client.send(GET)
    began = time.monotonic()
    with pytest.raises(UncertainError):
        client.send(Request("POST", "/x", body=b"x" * 10_000_000))
    assert time.monotonic() - began < 1.5


def answers_once_then_hangs_up(peer):
    peer.answer()
    peer.read_request()


def test_a_post_on_a_kept_connection_that_was_closed_is_uncertain_and_not_repeated(serve, client_of, records):
    server = serve(answers_once_then_hangs_up, keeps_alive)
    client = client_of(server)
    client.send(POST)
    with pytest.raises(UncertainError) as failure:
        client.send(POST)
    assert type(failure.value) is UncertainError
    assert (server.connections, len(server.requests), len(records)) == (1, 2, 2)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_a_repeatable_request_is_sent_again_on_a_fresh_connection(serve, client_of, records, method):
    server = serve(answers_once_then_hangs_up, answers(b"HTTP/1.1 204 No Content\r\n\r\n"))
    client = client_of(server)
    client.send(GET)
    assert client.send(Request(method, "/x")).status == 204
    assert (server.connections, len(server.requests)) == (2, 3)
    assert [bool(record.error) for record in records] == [False, True, False]


def test_a_request_is_sent_again_only_once(serve, client_of):
    server = serve(answers_once_then_hangs_up, closes_after(b""))
    client = client_of(server)
    client.send(GET)
    with pytest.raises(UncertainError):
        client.send(GET)
    assert len(server.requests) == 3


def test_a_body_sent_piece_by_piece_is_not_sent_again(serve, client_of):
    class Pieces:
        def __len__(self):
            return 4

        def __iter__(self):
            return iter([b"ab", b"cd"])

    server = serve(answers_once_then_hangs_up, keeps_alive)
    client = client_of(server)
    client.send(GET)
    with pytest.raises(UncertainError):
        client.send(Request("PUT", "/x", body=Pieces()))
    assert server.requests[-1].endswith(b"\r\n\r\nabcd")
    assert server.connections == 1


def test_a_kept_connection_seen_to_be_closed_is_replaced_before_anything_is_sent(serve, client_of):
    server = serve(answers(OK))
    client = client_of(server)
    for _ in range(3):
        assert client.send(POST).status == 200
        assert server.closed.acquire(timeout=5)
    assert server.connections == 3


def test_a_connection_that_was_idle_for_long_is_not_used_again(serve, client_of, monkeypatch):
    server = serve(keeps_alive)
    client = client_of(server)
    client.send(POST)
    monkeypatch.setattr(wire, "MAX_IDLE_SECONDS", 0)
    client.send(POST)
    assert server.connections == 2


def test_an_answer_given_before_the_body_was_sent_is_read(serve, client_of):
    """A server that refuses a large body may answer and close at once; its answer must not be lost to the pipe."""
    told = threading.Event()

    def play(peer):
        peer.read_head()
        peer.send(response(b"too large", status="413 Content Too Large"))
        peer.stop_reading()
        told.set()
        peer.hang()

    class Pieces:
        def __len__(self):
            return 3_000

        def __iter__(self):
            assert told.wait(5)
            yield from (b"x" * 1_000, b"x" * 1_000, b"x" * 1_000)

    assert client_of(serve(play)).send(Request("POST", "/x", body=Pieces())).status == 413


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_an_answer_and_is_not_followed(serve, client_of, method, status):
    elsewhere = serve(keeps_alive)
    server = serve(answers(response(b"", f"Location: {elsewhere.url}/y", status=f"{status} Moved")))
    answer = client_of(server).send(Request(method, "/x"))
    assert (answer.status, answer.headers["location"]) == (status, f"{elsewhere.url}/y")
    assert (elsewhere.connections, len(server.requests)) == (0, 1)


def test_a_redirect_to_nonsense_is_an_answer_too(serve, client_of):
    server = serve(answers(response(b"", "Location: http://[", status="302 Found")))
    assert client_of(server).send(POST).status == 302


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n",
    ],
)
def test_an_answer_without_a_body_is_complete_and_keeps_the_connection(serve, client_of, data):
    server = serve(answers(data, OK))
    client = client_of(server)
    assert client.send(GET).body == b""
    assert client.send(GET).body == b"ok"
    assert server.connections == 1


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503])
def test_a_refusal_is_an_answer(serve, client_of, status):
    server = serve(answers(response(b"no", status=f"{status} No")))
    assert client_of(server).send(POST).status == status


@pytest.mark.parametrize("framing", [b"Content-Length: 300000", b"Connection: close", b"Transfer-Encoding: chunked"])
def test_an_answer_that_is_too_large_is_refused(serve, client_of, records, framing):
    body = b"493e0\r\n" + b"x" * 300_000 if b"chunked" in framing else b"x" * 300_000
    server = serve(closes_after(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n" + body), keeps_alive)
    client = client_of(server, largest_answer=200_000)
    with pytest.raises(UnexpectedResponseError):
        client.send(POST)
    assert records[0].status == 200
    assert client.send(POST).body == b"ok"


def test_a_packed_answer_is_unpacked(serve, client_of):
    server = serve(answers(response(gzip.compress(b"hello", mtime=0), "Content-Encoding: gzip")))
    assert client_of(server).send(GET).text == "hello"


def test_a_bomb_is_refused_before_it_grows(serve, client_of):
    server = serve(answers(response(gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip")))
    tracemalloc.start()
    with pytest.raises(UnexpectedResponseError):
        client_of(server, largest_answer=1_000_000).send(GET)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"plain", "gzip"),
        (gzip.compress(b"hello", mtime=0)[:-3], "gzip"),
        (gzip.compress(b"hello", mtime=0) + b"more", "gzip"),
        (b"hello", "br"),
        (b"hello", "gzip, gzip"),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_no_success(serve, client_of, body, encoding):
    server = serve(answers(response(body, f"Content-Encoding: {encoding}")))
    with pytest.raises(UnexpectedResponseError):
        client_of(server).send(POST)


def test_every_failure_is_one_of_ours(serve, client_of):
    """Bytes at random, always the same ones, must never surface as an exception of a library."""
    chance = random.Random(20)
    heads = [b"Content-Length: ", b"Transfer-Encoding: ", b"Content-Encoding: gzip", b"HTTP/1.1 ", b"200 OK", b": "]
    parts = [*heads, b"\r\n", b"\r\n\r\n", b"\n", b"5", b"-1", b"9" * 20, b"ff\r\n", b"abc", b"\x00\xff", b"chunked"]
    failures = 0
    for _ in range(150):
        data = b"HTTP/1.1 200 OK\r\n" + b"".join(chance.choice(parts) for _ in range(chance.randrange(12)))
        server = serve(closes_after(data))
        try:
            client_of(server, read=0.1).send(PAY)
        except RemoteError:
            failures += 1
    assert failures > 75
