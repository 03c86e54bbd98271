"""What leaves, over which connection, and what comes back when all is well."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

import pytest

from tests.remote.rawserver import OK, answers, keeps_alive, response
from voicehub.remote.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Request, Response, raise_for_common_status, retry_after
from voicehub.remote.multipart import FilePart
from voicehub.remote.wire import close_kept_connections

GET = Request("GET", "/x")


def head_and_body(raw: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


@pytest.fixture
def sent(serve, client_of):
    """Sends a request and gives first line, headers and body as the provider got them."""

    def send(request, base="", **options):
        server = serve(keeps_alive)
        client_of(server.url + base, **options).send(request)
        return head_and_body(server.requests[0])

    return send


@pytest.mark.parametrize(
    ("base", "path", "target"),
    [
        ("", "/x", "/x"),
        ("/", "/x/", "/x/"),
        ("", "x", "/x"),
        ("", "", "/"),
        ("/outvoice", "/api/v1.0/list", "/outvoice/api/v1.0/list"),
        ("/outvoice/", "api/", "/outvoice/api/"),
        ("/ivrapi.asp", "", "/ivrapi.asp"),
        ("", "/a//b/../c/", "/a//b/../c/"),
        ("", "/a b/é", "/a%20b/%C3%A9"),
        ("", "/a%2Fb%3F", "/a%2Fb%3F"),
        ("", "/a#b", "/a%23b"),
        ("", "/index.php?route=a/b", "/index.php?route=a/b"),
    ],
)
def test_paths_arrive_as_they_were_given(sent, base, path, target):
    assert sent(Request("GET", path), base)[0] == f"GET {target} HTTP/1.1"


def test_parameters_are_added_to_those_of_the_path(sent):
    request = Request("GET", "/x?a=1", params={"b": "2 & 3", "c": "é"})
    assert sent(request)[0] == "GET /x?a=1&b=2+%26+3&c=%C3%A9 HTTP/1.1"


def test_an_absolute_address_replaces_the_base(serve, client_of):
    token_server = serve(keeps_alive)
    client_of("https://nowhere.invalid/base").send(Request("GET", f"{token_server.url}/token"))
    assert token_server.requests[0].startswith(b"GET /token HTTP/1.1\r\n")


def test_json_is_sent_as_json(sent):
    _, headers, body = sent(Request("POST", "/x", json=[{"title": "Ä ☎"}]))
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == [{"title": "Ä ☎"}]


def test_a_form_is_sent_urlencoded(sent):
    _, headers, body = sent(Request("POST", "/x", form={"username": "ed@example.org", "a": "ö &"}))
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body == b"username=ed%40example.org&a=%C3%B6+%26"


def test_a_multipart_form_carries_texts_and_files(sent):
    wav = FilePart('an "odd"\r\nname.wav', BytesIO(b"RIFF\x00\xff"), 6, "audio/wav")
    _, headers, body = sent(Request("POST", "/x", multipart={"sort_number": "5", "upload_file": wav}))
    boundary = headers["Content-Type"].partition("boundary=")[2].encode()
    texts, file, end = body.split(b"--" + boundary)[1:]
    assert texts.endswith(b'name="sort_number"\r\n\r\n5\r\n')
    assert b'name="upload_file"; filename="an %22odd%22%0D%0Aname.wav"\r\nContent-Type: audio/wav' in file
    assert file.endswith(b"\r\n\r\nRIFF\x00\xff\r\n")
    assert end == b"--\r\n"


def test_a_body_is_sent_as_it_is(sent):
    request = Request("POST", "/x", body=b"<campaign/>", headers={"content-type": "text/xml"})
    _, headers, body = sent(request)
    assert {name.lower(): value for name, value in headers.items()}["content-type"] == "text/xml"
    assert body == b"<campaign/>"


def test_a_post_without_a_body_says_so(sent):
    assert sent(Request("POST", "/x"))[1]["Content-Length"] == "0"


def test_headers_keep_their_spelling_and_the_requests_own_win(sent):
    request = Request("GET", "/x", headers={"auth_key": "own", "Accept": "application/json"})
    _, headers, _ = sent(request, authorize=lambda: {"Auth_Key": "of the client", "X-Who": "me"})
    assert headers["auth_key"] == "own"
    assert "Auth_Key" not in headers
    assert (headers["X-Who"], headers["Accept"]) == ("me", "application/json")


def test_proof_of_who_we_are_is_asked_for_each_request_anew(serve, client_of):
    server = serve(keeps_alive)
    tokens = iter(["one", "two"])
    client = client_of(server, authorize=lambda: {"Authorization": f"Bearer {next(tokens)}"})
    client.send(GET)
    client.send(GET)
    assert [head_and_body(raw)[1]["Authorization"] for raw in server.requests] == ["Bearer one", "Bearer two"]


def test_one_connection_serves_all_clients_of_a_thread(serve, client_of):
    server = serve(keeps_alive)
    for _ in range(3):
        client_of(server).send(GET)
        client_of(f"{server.url}/base").send(Request("POST", "/y", json={}))
    assert (server.connections, len(server.requests)) == (1, 6)


def test_every_once_only_request_has_a_connection_of_its_own_that_is_closed_afterwards(serve, client_of):
    server = serve(keeps_alive)
    client = client_of(server)
    client.send(GET)
    for number in range(3):
        client.send(Request("POST", "/pay", json={}, once_only=True))
        assert server.connections == number + 2
        assert server.closed.acquire(timeout=5)
    client.send(GET)
    assert server.connections == 4


def test_a_failure_that_is_still_held_keeps_no_connection_open(serve, client_of):
    server = serve(keeps_alive)
    client = client_of(server, largest_answer=1)
    with pytest.raises(UnexpectedResponseError) as failure:
        client.send(GET)
    client_of(server).send(GET)
    close_kept_connections()
    assert failure.value
    assert server.closed.acquire(timeout=5)


def test_threads_do_not_share_connections(serve, client_of):
    server = serve(keeps_alive)
    client = client_of(server)
    both = threading.Barrier(2)

    def work():
        client.send(GET)
        both.wait(5)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.connections == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_worker_does_not_share_connections(serve, client_of):
    server = serve(keeps_alive)
    client = client_of(server)
    client.send(GET)
    child = os.fork()
    if not child:
        os._exit(0 if client.send(GET).text == "ok" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.send(GET).text == "ok"
    assert (server.connections, len(server.requests)) == (2, 3)


def test_cookies_are_neither_kept_nor_sent(serve, client_of):
    server = serve(answers(response(b"", "Set-Cookie: session=1; Path=/"), OK))
    client = client_of(server)
    client.send(GET)
    client.send(GET)
    assert b"cookie" not in server.requests[1].lower()


def test_proxies_of_the_environment_are_not_used(serve, client_of, monkeypatch):
    proxy = serve(keeps_alive)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    server = serve(keeps_alive)
    assert client_of(server).send(GET).status == 200
    assert (proxy.connections, server.connections) == (0, 1)


def test_a_password_in_netrc_is_not_used(sent, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    assert "Authorization" not in sent(GET)[1]


UNSAFE = [
    "http://api.example.org",
    "http://10.0.0.1",
    "http://127.0.0.1.example.org",
    "https://user:pass@api.example.org",
    "http://127.0.0.1@example.org",
    "https://",
    "https://[::1",
    "https://127.0.0.1:port",
    "https://127.0.0.1:99999",
    "https://münchen.example",
    "https://exa mple.org",
    "https://example.org/\r\nX: y",
]


@pytest.mark.parametrize(
    ("base", "path"),
    [(url, "/x") for url in [*UNSAFE, "ftp://127.0.0.1", "127.0.0.1:80", ""]]
    + [("https://nowhere.invalid", url) for url in UNSAFE],
)
def test_an_address_that_is_not_safe_is_refused_before_anything_is_sent(client_of, records, base, path):
    with pytest.raises(ConfigurationError) as failure:
        client_of(base).send(Request("GET", path))
    assert "pass" not in str(failure.value)
    assert records == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_computer_may_be_talked_to_in_the_open(serve, client_of, host):
    server = serve(keeps_alive)
    assert client_of(f"http://{host}:{server.port}").send(GET).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer s3cret\r\nX-Evil: 1"},
        {"Authorization": "Bearer s3cret\n"},
        {"Authorization": "Bearer s3crét☎"},
        {"X\r\nY": "s3cret"},
        {"X Y": "s3cret"},
        {"": "s3cret"},
    ],
)
@pytest.mark.parametrize("is_ours", [True, False])
def test_a_header_that_cannot_be_sent_is_refused_and_not_quoted(serve, client_of, headers, is_ours):
    server = serve(keeps_alive)
    options = {"authorize": lambda: headers} if is_ours else {}
    with pytest.raises(ConfigurationError) as failure:
        client_of(server, **options).send(Request("GET", "/x", headers={} if is_ours else headers))
    assert "s3cr" not in str(failure.value)
    assert server.connections == 0


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "/x", json={"amount": float("nan")}),
        Request("POST", "/x", form={"title": "\ud800"}),
        Request("GET", "/x", params={"title": "\ud800"}),
        Request("GET", "/x\r\nHost: evil"),
        Request("GET", "/x\x00"),
        Request("GET", "/\ud800"),
    ],
)
def test_contents_that_cannot_be_sent_are_refused_before_anything_is_sent(serve, client_of, request_):
    server = serve(keeps_alive)
    with pytest.raises(RejectedError):
        client_of(server).send(request_)
    assert server.connections == 0


def test_a_text_with_bad_bytes_is_read_all_the_same():
    assert Response(200, {}, b"Zo\xeb \xc3\xab").text == "Zo� ë"


def test_headers_are_found_in_any_case(serve, client_of):
    server = serve(answers(response(b"", "X-RateLimit-Remaining: 5")))
    assert client_of(server).send(GET).headers["x-ratelimit-remaining"] == "5"


def test_what_is_secret_is_not_in_a_repr():
    request = Request("POST", "/x", headers={"a": "s3cret"}, json="s3cret", form={"a": "s3cret"}, body=b"s3cret")
    assert "s3cret" not in repr(request)
    assert "s3cret" not in repr(Response(200, {"a": "s3cret"}, b"s3cret"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthenticationError),
        (404, NotFoundError),
        (429, RateLimitedError),
        (400, RejectedError),
        (403, RejectedError),
        (422, RejectedError),
        (500, UnexpectedResponseError),
        (503, UnexpectedResponseError),
        (302, UnexpectedResponseError),
    ],
)
def test_a_status_raises_what_it_means_for_the_caller(status, kind):
    with pytest.raises(kind, match=r"^No luck$") as failure:
        raise_for_common_status(Response(status, {"Retry-After": "7"}, b""), "No luck")
    assert type(failure.value) is kind
    assert getattr(failure.value, "retry_after", 7) == 7


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_good_status_raises_nothing(status):
    raise_for_common_status(Response(status, {}, b""), "No luck")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("1.5", 1.5),
        (" 7 ", 7),
        ("999999999", 86_400),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("9" * 400, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_the_wait_that_a_provider_asks_for_is_read_in_seconds(value, seconds):
    assert retry_after(Response(429, {"Retry-After": value}, b"")) == seconds


def test_the_wait_may_be_given_as_a_date():
    due = datetime.now(UTC) + timedelta(seconds=90)
    wait = retry_after(Response(429, {"Retry-After": format_datetime(due, usegmt=True)}, b""))
    assert wait == pytest.approx(90, abs=3)


def test_without_a_word_about_waiting_there_is_none():
    assert retry_after(Response(429, {}, b"")) is None
