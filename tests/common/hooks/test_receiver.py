"""Whoever rings gets an answer to live with, whatever they send and whatever is broken here."""

import contextlib
import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
import time_machine
from django.db import InterfaceError, connection, connections, router, transaction
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from tests.gadgets.hooks import Bell
from voicehub.common.hooks import bodies, journal
from voicehub.common.hooks.models import HookRequest, HookTally
from voicehub.sync.models import Connection

pytestmark = pytest.mark.django_db(databases="__all__")

FORM = "application/x-www-form-urlencoded"
TEN_MEGABYTES = 10_000_000


class Untouched(BytesIO):
    def read(self, *args):
        raise AssertionError("It was read.")


@pytest.mark.parametrize("send", [lambda bell: bell.ring("session=s1"), lambda bell: bell.post(b"session=s1")])
def test_a_provider_gets_its_answer_and_the_log_has_a_line(bell, lines, send):
    answer = send(bell)
    assert (answer.status_code, answer.json()) == (200, {"name": "Lamp", "session": "s1"})
    assert answer["Content-Length"] == str(len(answer.content))
    (line,) = lines()
    assert (line.kind, line.address_id, line.subject) == ("gadgets/bell", bell.address.pk, "s1")
    assert (line.outcome, line.status, line.words) == ("answered", 200, f"Told its name to {line.method}")


def test_no_other_middleware_has_a_say(bell):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(bell.path, b"", content_type=FORM, headers={"host": "no.such.host", "cookie": "sessionid=x"})
    assert answer.status_code == 200
    assert set(answer.headers) == {"Content-Type", "Content-Length", "Cache-Control"}


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/",
        "/hooks/nothing/{token}/",
        "/hooks/gadgets/bell/",
        "/hooks/gadgets/bell/{token}x/",
        "/hooks/gadgets/bell/{token}/more/",
        "/hooks/gadgets/bell/%00%FF/",
    ],
)
def test_a_wrong_address_is_not_found_and_only_counted(bell, lines, serve, path, caplog):
    answer = serve(path.format(token=bell.token), Untouched(), CONTENT_LENGTH=str(TEN_MEGABYTES))
    assert answer.status == 404
    assert lines() == []
    assert HookTally.objects.get().reason == "unknown"
    assert bell.token not in caplog.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PROPFINDING"])
def test_other_methods_are_not_allowed(bell, lines, method):
    answer = bell.client.generic(method, bell.path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert lines()[0].outcome == "wrong_method"


@pytest.mark.parametrize(
    ("query", "session"),
    [
        ("", ""),
        ("session", ""),
        ("session=a&session=b", "b"),
        ("session=" + "x" * 100_000, "x" * 100_000),
        ("session=%FF%FE", "��"),
        ("session=%00a", "\x00a"),
        ("session=%ED%A0%80", "���"),
        ("session=%zz&&=&%", "%zz"),
        ("&".join(f"p{number}=1" for number in range(3000)), ""),
    ],
)
def test_strange_parameters_are_answered_and_written_down(bell, lines, serve, query, session):
    asked = serve(bell.path, REQUEST_METHOD="GET", QUERY_STRING=query)
    assert (asked.status, json.loads(asked.body)["session"]) == (200, session)
    (line,) = lines()
    assert line.outcome == "answered"
    assert len(line.subject) <= 100
    assert len(line.query) <= 10_000


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"session=\xff", b"{" * 5000, b"<a>", b"\x00" * 5000])
def test_strange_bodies_are_answered_and_written_down(bell, lines, body):
    assert bell.post(body).status_code == 200
    assert lines()[0].outcome == "answered"


def test_a_body_announced_too_large_is_not_read(bell, lines, serve):
    assert serve(bell.path, Untouched(), CONTENT_LENGTH=str(TEN_MEGABYTES)).status == 413
    assert (lines()[0].outcome, lines()[0].body) == ("too_large", "")


def from_gunicorn(path, body, *headers):
    """What gunicorn makes of these bytes of a connection."""
    head = "\r\n".join((f"POST {path} HTTP/1.1", "Host: x", *headers, "", "")).encode()
    return next(RequestParser(Config(), iter([head, *body]), ("127.0.0.1", 1)))


@pytest.mark.parametrize(
    ("body", "outcome", "status"),
    [
        ([b"5\r\nsessi\r\n", b"5\r\non=s1\r\n", b"0\r\n\r\n"], "answered", 200),
        ([b"0\r\n\r\n"], "answered", 200),
        ([b"not a size\r\nsessi\r\n"], "unreadable", 200),
        ([b"5\r\nsession=s1\r\n0\r\n\r\n"], "unreadable", 200),
        ([b"5\r\nse"], "unreadable", 200),
        ([b"FFFFF\r\n" + b"x" * 0xFFFFF + b"\r\n"] * 10, "too_large", 413),
    ],
)
def test_a_body_in_chunks_is_read_and_a_broken_one_answered(bell, lines, serve, body, outcome, status):
    request = from_gunicorn(bell.path, body, "Transfer-Encoding: chunked")
    answer = serve(bell.path, request.body, CONTENT_TYPE=FORM, HTTP_TRANSFER_ENCODING="chunked")
    assert (answer.status, lines()[0].outcome) == (status, outcome)
    if body[0].startswith(b"5\r\nsessi\r"):
        assert lines()[0].subject == "s1"


def test_a_body_that_comes_in_drops_is_not_waited_for_beyond_its_time(bell, lines, serve, monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.1)
    ours, theirs = socket.socketpair()
    theirs.sendall(f"POST {bell.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n".encode())

    def drip():
        with contextlib.suppress(OSError):
            while not is_over.wait(0.01):
                theirs.send(b"x")

    is_over = threading.Event()
    with ThreadPoolExecutor() as threads, ours, theirs:
        request = next(RequestParser(Config(), ours, ("127.0.0.1", 1)))
        threads.submit(drip)
        answer = serve(bell.path, request.body, CONTENT_LENGTH="9999", **{"gunicorn.socket": ours})
        is_over.set()
        ours.sendall(b"the answer")
    assert (answer.status, lines()[0].outcome) == (200, "unreadable")


@pytest.mark.parametrize(
    ("length", "outcome"), [("10", "answered"), (None, "answered"), ("4", "answered"), ("99", "unreadable")]
)
def test_a_missing_or_wrong_length_is_answered(bell, lines, serve, length, outcome):
    announced = {} if length is None else {"CONTENT_LENGTH": length}
    answer = serve(bell.path, BytesIO(b"session=s1"), CONTENT_TYPE=FORM, **announced)
    assert (answer.status, lines()[0].outcome) == (200, outcome)
    assert lines()[0].subject == {"10": "s1", None: "s1"}.get(length, "")


def test_without_a_length_a_server_that_cannot_tell_the_end_is_not_waited_for(bell, serve):
    source = {"wsgi.input": Untouched(), "wsgi.input_terminated": False}
    assert serve(bell.path, **source).status == 200


def test_a_fault_of_ours_is_answered_and_told_without_what_came_in(bell, lines, caplog, monkeypatch):
    def fail(self, request):
        with transaction.atomic():
            Connection.objects.update(account="b")
            return int(request.parameters["card"])

    monkeypatch.setattr(Bell, "answer", fail)
    answer = bell.ring("card=4111-1111")
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert (lines()[0].outcome, lines()[0].words[:10]) == ("failed", "ValueError")
    assert "ValueError in a request to /hooks/gadgets/bell/***/" in caplog.text
    assert "4111" not in caplog.text
    assert bell.token not in caplog.text
    assert Connection.objects.get().account == "a"


@pytest.mark.parametrize("wrong", [None, "text", {"status": 200}])
def test_an_answer_that_is_none_is_a_fault_of_ours(bell, lines, monkeypatch, wrong):
    monkeypatch.setattr(Bell, "answer", lambda self, request: wrong)
    assert bell.ring().content == b"{}"
    assert lines()[0].outcome == "failed"


def test_what_cannot_be_masked_is_not_kept(bell, lines, monkeypatch):
    def fail(self, request):
        raise ValueError

    monkeypatch.setattr(Bell, "kept", fail)
    assert bell.ring("session=s1").status_code == 200
    assert (lines()[0].subject, lines()[0].query) == ("", "")


def test_secrets_are_masked_before_they_are_written_down(bell, lines, caplog):
    caplog.set_level(logging.DEBUG)
    bell.ring("session=s1&pin=98765")
    bell.post(b'{"cvv": "98765", "session": "s2"}', "application/json")
    kept = "".join(line.query + line.body for line in lines())
    assert "session=s1" in kept
    assert "98765" not in kept
    assert "98765" not in caplog.text


def test_too_many_a_minute_get_the_kinds_answer_and_are_counted(bell, lines, settings):
    settings.HOOK_REQUESTS_PER_MINUTE = 3
    with time_machine.travel(0, tick=False) as clock:
        assert [bell.ring().status_code for _number in range(4)] == [200] * 4
        clock.shift(1)
        over = bell.ring()
        assert (over.status_code, over.content, over["Retry-After"]) == (429, b"{}", "60")
        assert len(lines()) == 4
        assert HookTally.objects.get().count == 1
        clock.shift(61)
        assert bell.ring().status_code == 200


@pytest.fixture
def log_gone(bell):
    """The log has no table any more."""
    database = connections[router.db_for_write(HookRequest)]
    with database.schema_editor() as editor:
        editor.alter_db_table(HookRequest, "hooks_hookrequest", "gone")
    yield
    with database.schema_editor() as editor:
        editor.alter_db_table(HookRequest, "gone", "hooks_hookrequest")


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_log_that_is_gone_keeps_nobody_from_an_answer(bell, log_gone, caplog):
    assert bell.ring("session=s1").json()["name"] == "Lamp"
    assert "Inbound requests that were not written down: 1" in caplog.text
    assert "s1" not in caplog.text


def test_a_log_whose_connection_is_lost_keeps_nobody_from_an_answer(bell, caplog):
    def lose(execute, sql, *args):
        if "hooks_hookrequest" in sql or "hooks_hooktally" in sql:
            raise InterfaceError("connection already closed: s1")
        return execute(sql, *args)

    with connections[router.db_for_write(HookRequest)].execute_wrapper(lose):
        assert bell.ring("session=s1").json()["name"] == "Lamp"
        assert bell.client.get("/hooks/gadgets/bell/guess/").status_code == 404
    assert caplog.text.count("InterfaceError") == 2
    assert "s1" not in caplog.text


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_log_that_is_locked_keeps_nobody_from_an_answer(bell, lines, caplog):
    if "hooks" not in connections:
        pytest.skip("On PostgreSQL nothing locks a table against new rows.")
    import sqlite3

    log = connections["hooks"]
    with log.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(log.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert bell.ring().json()["name"] == "Lamp"
        assert "database is locked" in caplog.text
    finally:
        other.execute("ROLLBACK")
        other.close()
        log.close()
    assert bell.ring().status_code == 200
    assert len(lines()) == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_comes_in_together_is_written_together_by_a_thread_of_its_own(bell, lines, settings, monkeypatch):
    writes = []
    for name in ("_write_lines", "_write_counts"):
        work = getattr(journal, name)
        monkeypatch.setattr(journal, name, lambda taken, work=work: (writes.append(len(taken)), work(taken)))
    settings.HOOK_LOG_IN_BACKGROUND = True
    for number in range(20):
        assert bell.ring(f"session=s{number}").status_code == 200
        assert bell.client.get("/hooks/gadgets/bell/guess/").status_code == 404
    journal._writer.submit(connections.close_all).result()
    assert [line.subject for line in lines()] == [f"s{number}" for number in range(20)]
    assert HookTally.objects.get().count == 20
    assert len(writes) < 20


def test_a_line_that_cannot_be_made_costs_no_other_line(bell, lines, caplog):
    journal._lines.append(lambda: HookRequest(subject=None))
    assert bell.ring("session=s1").status_code == 200
    assert [line.subject for line in lines()] == ["s1"]
    assert "An inbound request was not written down: TypeError" in caplog.text


def test_a_database_that_is_away_still_leaves_the_kinds_answer(bell, caplog):
    def fail(*args):
        raise RuntimeError("Away")

    with connection.execute_wrapper(fail):
        answer = bell.ring()
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert "RuntimeError in a request to /hooks/gadgets/bell/***/" in caplog.text
