"""What is kept and logged of an exchange, and what never is."""

import json
import logging
from datetime import UTC, datetime

import pytest

from tests.remote.rawserver import OK, answers, keeps_alive, response
from voicehub.remote.errors import RemoteError, UncertainError
from voicehub.remote.http import Request
from voicehub.remote.redaction import MASK, Redactor

SECRETS = ("s3cret-password", "s3cret-token", "s3cret-key", "s3cret-fresh", "s3cret-cookie", "s3cret known")
ECHO = json.dumps(
    {
        "access_token": "s3cret-fresh",
        "note": "s3cret-token with s3cret-password and s3cret-key and s3cret known",
        "next": "https://me:s3cret-password@h/?api_key=s3cret-key",
    }
).encode()


def tell_everything(client, **more):
    return client.send(
        Request(
            "POST",
            "/token",
            params={"api_key": "s3cret-key"},
            headers={"Authorization": "Bearer s3cret-token"},
            form={"username": "ed", "password": "s3cret-password"},
            **more,
        )
    )


def told(server) -> None:
    """The test means nothing unless the secrets really went out."""
    for secret in (b"s3cret-password", b"s3cret-token", b"s3cret-key"):
        assert secret in server.requests[0]


def test_no_secret_is_in_the_record_or_the_log(serve, client_of, records, caplog):
    caplog.set_level(logging.DEBUG)
    server = serve(answers(response(ECHO, "Set-Cookie: a=s3cret-cookie", "Location: /?token=s3cret-fresh")))
    answer = tell_everything(client_of(server, redactor=Redactor(secret_values=["s3cret known"])))
    told(server)
    assert answer.body == ECHO
    for secret in SECRETS:
        assert secret not in repr(records[0])
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        b"s3cret-token s3cret-password\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ns3cret-token s3cret-password",
        b"HTTP/1.1 200 OK\r\nbad header line s3cret-token\r\nTransfer-Encoding: chunked\r\n\r\ns3cret-password",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 28\r\n\r\ns3cret-token s3cret-password",
    ],
)
def test_no_secret_is_in_a_failure(serve, client_of, records, caplog, data):
    caplog.set_level(logging.DEBUG)
    server = serve(answers(data))
    with pytest.raises(RemoteError) as failed:
        tell_everything(client_of(server))
    told(server)
    failure = failed.value
    chain = repr([failure, failure.__cause__, failure.__context__])
    assert "s3cret" not in chain + repr(records) + caplog.text


def test_a_record_says_what_was_asked_and_answered(serve, client_of, records):
    server = serve(answers(response(b'{"id": 7}', "Content-Type: application/json", status="201 Created")))
    before = datetime.now(UTC)
    client_of(server).send(Request("POST", "/gadgets", params={"dry": "1"}, json={"name": "Zoë"}))
    (record,) = records
    assert (record.method, record.url) == ("POST", f"{server.url}/gadgets?dry=1")
    assert record.request_headers["Content-Type"] == "application/json"
    assert json.loads(record.request_body) == {"name": "Zoë"}
    assert (record.status, record.response_body, record.error) == (201, '{"id": 7}', "")
    assert record.response_headers == {"Content-Length": "9", "Content-Type": "application/json"}
    assert before <= record.started_at <= datetime.now(UTC)
    assert 0 <= record.duration_ms < 2000


def test_a_file_is_recorded_by_its_size(serve, client_of, records):
    server = serve(answers(response(b"\x00\x01\x02")))
    client_of(server).send(Request("POST", "/x", body=b"RIFF\x00\x00"))
    assert (records[0].request_body, records[0].response_body) == ("<6 bytes>", "<3 bytes>")


def test_one_line_is_logged_for_each_exchange(serve, client_of, caplog):
    caplog.set_level(logging.INFO)
    server = serve(answers(OK), lambda peer: peer.read_request())
    client = client_of(server)
    client.send(Request("POST", "/a/b?token=s3cret", once_only=True))
    with pytest.raises(UncertainError):
        client.send(Request("POST", "/c", once_only=True))
    first, second = [record.getMessage() for record in caplog.records]
    assert first.startswith(f"POST 127.0.0.1:{server.port}/a/b 200 ")
    assert second.startswith(f"POST 127.0.0.1:{server.port}/c UncertainError ")
    assert first.endswith(" ms")


def test_a_record_that_cannot_be_kept_does_not_lose_the_answer(serve, client_of, caplog):
    def full(record):
        raise OSError("disk full")

    server = serve(answers(OK), lambda peer: peer.read_request())
    assert client_of(server, on_exchange=full).send(Request("POST", "/x", once_only=True)).text == "ok"
    with pytest.raises(UncertainError):
        client_of(server, on_exchange=full).send(Request("POST", "/x", once_only=True))
    assert caplog.text.count("OSError: disk full") == 2


def test_a_client_without_a_record_keeper_works(serve, client_of):
    assert client_of(serve(keeps_alive), on_exchange=None).send(Request("GET", "/x")).text == "ok"


def test_a_program_that_is_stopped_in_the_middle_leaves_a_record_and_no_half_used_connection(
    serve, client_of, records
):
    class StoppedError(BaseException):
        pass

    class Pieces:
        def __len__(self):
            return 4

        def __iter__(self):
            yield b"ab"
            raise StoppedError

    server = serve(keeps_alive)
    client = client_of(server)
    client.send(Request("GET", "/x"))
    with pytest.raises(StoppedError):
        client.send(Request("POST", "/x", body=Pieces()))
    assert client.send(Request("GET", "/x")).text == "ok"
    assert [bool(record.error) for record in records] == [False, True, False]
    assert server.connections == 2


def test_the_mask_tells_nothing_about_the_length(serve, client_of, records):
    client = client_of(serve(keeps_alive))
    for token in ("short", "x" * 500):
        client.send(Request("GET", "/x", headers={"Authorization": f"Bearer {token}"}))
    assert [record.request_headers["Authorization"] for record in records] == [MASK, MASK]
