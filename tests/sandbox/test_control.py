"""The control interface: whom it refuses, and what it does."""

import json

import pytest

from tests.sandbox.wire import ROW
from voicehub.sandbox.providers import PROVIDERS

FAULT = {"provider": "outvoice", "operation": "transaction", "kind": "refuse"}


@pytest.fixture
def control(stranger):
    """Sends a payload to the control interface; returns status and answer."""

    def _control(method, name, payload=None, **headers):
        body = b"" if payload is None else json.dumps(payload).encode()
        if payload is not None:
            headers = {"Content_Type": "application/json"} | headers
        status, text = stranger.ask(method, f"/_sandbox/{name}", body, **headers)
        return status, json.loads(text)

    return _control


def test_health_answers_200(control):
    assert control("GET", "health") == (200, {"status": "ok"})


@pytest.mark.parametrize("name", ["reset", "faults", "records"])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_post_that_is_not_marked_as_json_is_refused(control, outvoice, fresh, name, content_type):
    outvoice.pay(ROW)
    assert control("POST", name, {"provider": "outvoice"}, Content_Type=content_type)[0] == 415
    assert len(fresh.ledger()) == 1


@pytest.mark.parametrize("name", ["health", "calls", "records", "faults"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:80", ""])
def test_another_host_name_is_refused(control, name, host):
    assert control("GET", name, Host=host)[0] == 403


def test_localhost_with_the_port_is_taken(control, stranger):
    assert control("GET", "health", Host=f"localhost:{stranger.address[1]}")[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_a_request_from_another_site_is_refused(control, outvoice, fresh, origin):
    outvoice.pay(ROW)
    assert control("POST", "reset", {}, Origin=origin)[0] == 403
    assert control("GET", "records", Origin=origin)[0] == 403
    assert len(fresh.ledger()) == 1


def test_a_request_of_its_own_site_is_taken(control, fresh):
    assert control("POST", "reset", {}, Origin=fresh.url)[0] == 200


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "[" * 100_000])
def test_bad_json_is_refused_in_json(stranger, text):
    status, answer = stranger.ask("POST", "/_sandbox/reset", text.encode(), Content_Type="application/json")
    assert status == 400
    assert json.loads(answer)["error"]


@pytest.mark.parametrize("path", ["/", "/_sandbox", "/_sandbox/", "/_sandbox/nothing", "/elsewhere/x", "/outvoicex"])
def test_everything_else_is_404_in_json(stranger, path):
    status, answer = stranger.ask("GET", path)
    assert status == 404
    assert json.loads(answer)["error"]


@pytest.mark.parametrize(("method", "name"), [("PUT", "faults"), ("GET", "reset"), ("BREW", "calls")])
def test_another_method_is_405(control, method, name):
    assert control(method, name)[0] == 405


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": "nobody"},
        {"provider": ["outvoice"]},
        {"operation": "nothing"},
        {"kind": "nothing"},
        {"kind": None},
        {"kind": "list-empty"},
        {"kind": "list-empty", "operation": "*"},
        {"kind": "refuse", "value": 5},
        {"kind": "unauthorized", "value": "x"},
        {"kind": "rate-limit", "value": "soon"},
        {"kind": "rate-limit", "value": -1},
        {"kind": "slow", "value": True},
        {"count": 0},
        {"count": -1},
        {"count": "3"},
        {"count": True},
        {"count": 10**30},
        {"times": 3},
    ],
)
def test_a_fault_that_could_never_happen_is_refused(control, fresh, changes):
    status, answer = control("POST", "faults", FAULT | changes)
    assert status == 400
    assert answer["error"]
    assert fresh.faults() == []


def test_the_dial_can_be_read_and_cleared(control, outvoice, fresh):
    fresh.fault("outvoice", "transaction", "refuse", count=3, value="No.")
    (fault,) = fresh.faults()
    assert {**FAULT, "remaining": 3, "value": "No."}.items() <= fault.items()
    fresh.clear_faults()
    assert fresh.faults() == []
    assert outvoice.pay(ROW)[0] == 200


def test_a_call_is_recorded_with_literal_header_names_and_secrets(outvoice, fresh):
    outvoice.raw("POST", "/outvoice/api/v1.0/transaction?a=b", json.dumps([ROW]).encode())
    data = b"GET /outvoice/x HTTP/1.1\r\nauth_key: K\r\nX-a: 1\r\nX-a: 2\r\nConnection: close\r\n\r\n"
    outvoice.exchange(data)
    signed_in, paid, strayed = fresh.calls()
    assert "password=sandbox" in signed_in["body"]
    assert (paid["method"], paid["path"], paid["query"]) == ("POST", "/outvoice/api/v1.0/transaction", "a=b")
    assert paid["headers"]["Authorization"] == f"Bearer {outvoice.token}"
    assert json.loads(paid["body"]) == [ROW]
    assert (paid["status"], paid["is_acted"], paid["fault"]) == (200, True, "")
    assert signed_in["id"] < paid["id"] < strayed["id"]
    assert signed_in["at"] < paid["at"] < strayed["at"]
    assert strayed["headers"] == {"auth_key": "K", "X-a": "1, 2", "Connection": "close"}


def test_calls_can_be_asked_for_by_provider_and_operation(outvoice, fresh):
    outvoice.auth_check()
    assert [call["operation"] for call in fresh.calls()] == ["token", "auth-check"]
    assert [call["operation"] for call in fresh.calls("outvoice", "token")] == ["token"]
    assert fresh.calls("nobody") == []


def test_records_show_every_table_of_a_provider(control, outvoice):
    outvoice.pay(ROW)
    status, records = control("GET", "records?provider=outvoice")
    assert status == 200
    assert {name: len(rows) for name, rows in records.items()} == {
        "clients": 1,
        "users": 2,
        "tokens": 1,
        "payees": 26,
        "ledger": 1,
    }
    _status, everything = control("GET", "records")
    assert everything["outvoice"] == records
    assert set(everything) == set(PROVIDERS)
    assert control("GET", "records?provider=nobody")[0] == 400


@pytest.mark.parametrize(
    "edits",
    [
        {"nonsense": True},
        {"payees": ["A"]},
        {"payees": {"1": 5}},
        {"expire_tokens": "yes"},
        {"revoke_tokens": False},
        {"deactivate_payee": "nobody"},
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(control, outvoice, fresh, edits):
    before = fresh.records("outvoice")
    assert control("POST", "records", {"provider": "outvoice", "payees": {"9": "X"}, **edits})[0] == 400
    assert fresh.records("outvoice") == before


def test_payees_can_be_replaced(outvoice, fresh):
    fresh.set_payees({"b": "Second", "a": "First"})
    assert outvoice.list_freelancers() == (200, '[{"b":"Second","a":"First"}]')


@pytest.mark.parametrize("payload", [{}, {"provider": "outvoice"}])
def test_a_reset_brings_back_the_first_state(control, outvoice, fresh, payload):
    outvoice.pay(ROW)
    fresh.set_payees({"1": "Somebody"})
    fresh.fault("outvoice", "*", "refuse")
    assert control("POST", "reset", payload) == (200, {})
    records = fresh.records("outvoice")
    assert (fresh.calls(), fresh.faults(), records["tokens"], records["ledger"]) == ([], [], [], [])
    assert records["payees"][0]["name"] == "Steve Rogers"
    assert records["users"][0]["email"] == "editor@example.org"
    assert outvoice.auth_check()[0] == 401


def test_a_reset_of_nobody_is_refused(control, outvoice, fresh):
    outvoice.pay(ROW)
    assert control("POST", "reset", {"provider": "nobody"})[0] == 400
    assert len(fresh.ledger()) == 1
