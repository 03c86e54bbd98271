"""Each fault: what goes over the wire, and what OutVoice has done."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead, RemoteDisconnected

import pytest

from tests.sandbox.wire import ROW

PAY = "/outvoice/api/v1.0/transaction"
BODY = json.dumps([ROW]).encode()
RECEIPT = "$20 sent to Steve Rogers"

# fault, its value, status, what the answer begins with, rows booked
ANSWERED = [
    ("refuse", None, 400, "Your account", 0),
    ("refuse", "No more money.", 400, "No more money.", 0),
    ("field-error", None, 400, "The amount field", 0),
    ("unauthorized", None, 401, '{"message"', 0),
    ("forbidden", None, 403, '{"message"', 0),
    ("not-found", None, 404, '{"message"', 0),
    ("rate-limit", None, 429, '{"message"', 0),
    ("error-before", None, 500, '{"message"', 0),
    ("error-after", None, 500, '{"message"', 1),
    ("bad-gateway-after", None, 502, "<!DOCTYPE html>", 1),
    ("html", None, 200, "<!DOCTYPE html>", 1),
    ("html-before", None, 200, "<!DOCTYPE html>", 0),
    ("redirect", None, 302, "<!DOCTYPE html>", 0),
    ("deep-json", None, 200, "[[[[[[[[[[", 1),
    ("quoted-receipt", None, 200, f'"{RECEIPT}"', 1),
    ("receipt-times-100", None, 200, "$2000 sent to Steve Rogers", 1),
    ("receipt-other-name", None, 200, "$20 sent to Victor von Doom", 1),
    ("slow", 0.01, 200, RECEIPT, 1),
    ("late-after", 0.01, 200, RECEIPT, 1),
    ("trickle", 0.0001, 200, RECEIPT, 1),
]


@pytest.mark.parametrize(("kind", "value", "status", "beginning", "booked"), ANSWERED)
def test_an_answered_fault(outvoice, fresh, kind, value, status, beginning, booked):
    fresh.fault("outvoice", "transaction", kind, value=value)
    answer = outvoice.pay(ROW)
    assert answer[0] == status
    assert answer[1].startswith(beginning)
    assert len(fresh.ledger()) == booked
    call = fresh.calls(operation="transaction")[-1]
    assert (call["fault"], call["status"], call["is_acted"]) == (kind, status, bool(booked))
    assert outvoice.pay(ROW) == (200, RECEIPT)


def test_an_empty_answer_is_200_with_nothing_in_it(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "empty-200")
    assert outvoice.pay(ROW) == (200, "")
    assert len(fresh.ledger()) == 1


@pytest.mark.parametrize(("kind", "booked"), [("cut-before", 0), ("cut-after", 1)])
def test_a_cut_connection_gives_no_answer_at_all(outvoice, fresh, kind, booked):
    fresh.fault("outvoice", "transaction", kind)
    with pytest.raises(RemoteDisconnected):
        outvoice.pay(ROW)
    assert len(fresh.ledger()) == booked
    assert fresh.calls(operation="transaction")[-1]["status"] is None
    assert outvoice.pay(ROW) == (200, RECEIPT)


def test_a_cut_head_ends_within_a_header_line(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "cut-head")
    assert outvoice.raw("POST", PAY, BODY) == b"HTTP/1.1 200 OK\r\nContent-Ty"
    assert len(fresh.ledger()) == 1


def test_a_cut_body_is_shorter_than_its_length_says(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "cut-body")
    with pytest.raises(IncompleteRead) as cut:
        outvoice.pay(ROW)
    assert cut.value.partial == RECEIPT[: len(RECEIPT) // 2].encode()
    assert len(fresh.ledger()) == 1


def test_a_late_answer_comes_after_the_payment_was_booked(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "late-after", value=60)
    outvoice.timeout = 0.3
    with pytest.raises(TimeoutError):
        outvoice.pay(ROW)
    assert len(fresh.ledger()) == 1


def test_a_slow_call_is_recorded_at_once_and_done_later(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "slow", value=60)
    outvoice.timeout = 0.3
    with pytest.raises(TimeoutError):
        outvoice.pay(ROW)
    assert fresh.ledger() == []
    call = fresh.calls(operation="transaction")[-1]
    assert (call["status"], call["is_acted"]) == (None, False)


def test_a_hanging_call_does_nothing_and_never_answers(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "hang")
    outvoice.timeout = 0.3
    with pytest.raises(TimeoutError):
        outvoice.pay(ROW)
    assert fresh.ledger() == []
    assert fresh.calls(operation="transaction")[-1]["status"] is None


def test_a_trickled_answer_comes_byte_by_byte(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "trickle", value=0.005)
    with outvoice.open(outvoice.head("POST", PAY, BODY) + BODY) as connection:
        pieces = list(iter(lambda: connection.recv(65536), b""))
    assert b"".join(pieces).endswith(RECEIPT.encode())
    assert len(pieces) > 50
    assert len(fresh.ledger()) == 1


def test_a_rate_limit_says_how_long_to_wait_only_when_told_to(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "rate-limit")
    fresh.fault("outvoice", "transaction", "rate-limit", value=7)
    assert b"Retry-After" not in outvoice.raw("POST", PAY, BODY)
    assert b"\r\nRetry-After: 7\r\n" in outvoice.raw("POST", PAY, BODY)


def test_a_redirect_leads_to_a_private_address(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "redirect")
    assert b"\r\nLocation: http://10.0.0.1/" in outvoice.raw("POST", PAY, BODY)


def test_a_receipt_of_cents_is_multiplied_too(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "receipt-times-100")
    assert outvoice.pay(ROW | {"amount": "2015"}) == (200, "$2015 sent to Steve Rogers")
    assert fresh.ledger()[0]["cents"] == 2015


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("list-split", None, [{"1": "A"}, {"2": "B"}]),
        ("list-object", None, {"0": {"1": "A", "2": "B"}}),
        ("list-empty", None, []),
        ("list-empty-list", None, [[]]),
        ("list-empty-map", None, [{}]),
        ("list-empty-object", None, {}),
        ("list-null", None, None),
        ("list-duplicate-names", None, [{"1": "A", "2": "A"}]),
        ("list-payee-gone", None, [{"2": "B"}]),
        ("list-payee-gone", "2", [{"1": "A"}]),
        ("list-rubbish", None, [{"1": 7, "2": None, "3": ["x"]}, "what", 5]),
    ],
)
def test_the_list_in_each_of_its_shapes(outvoice, fresh, kind, value, expected):
    fresh.set_payees({"1": "A", "2": "B"})
    fresh.fault("outvoice", "list-freelancers", kind, value=value)
    status, text = outvoice.list_freelancers()
    assert (status, json.loads(text)) == (200, expected)
    assert json.loads(outvoice.list_freelancers()[1]) == [{"1": "A", "2": "B"}]


def test_a_renewal_whose_answer_was_lost_has_happened(outvoice, fresh):
    pair = outvoice.sign_in()
    fresh.fault("outvoice", "token", "cut-after")
    with pytest.raises(RemoteDisconnected):
        outvoice.refresh(pair["refresh_token"])
    assert outvoice.auth_check()[0] == 401
    assert outvoice.refresh(pair["refresh_token"])[0] == 401


def test_a_renewal_can_be_refused_although_the_token_is_good(outvoice, fresh):
    pair = outvoice.sign_in()
    fresh.fault("outvoice", "token", "refresh-token-used")
    status, error = outvoice.refresh(pair["refresh_token"])
    assert (status, error["hint"]) == (401, "Token has been revoked")
    assert outvoice.refresh(pair["refresh_token"])[0] == 200


@pytest.mark.parametrize(("kind", "status", "name"), [("refuse", 400, "invalid_grant"), ("error-before", 500, None)])
def test_a_refused_token_request_has_the_form_of_a_token_error(stranger, fresh, kind, status, name):
    fresh.fault("outvoice", "token", kind)
    answer, error = stranger.grant(grant_type="password", username="editor@example.org", password="sandbox")
    assert answer == status
    assert error["error"] == (name or "server_error")
    assert fresh.records("outvoice")["tokens"] == []


def test_a_refusal_is_not_turned_into_a_receipt(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "quoted-receipt")
    assert outvoice.pay(ROW | {"amount": "0"}) == (400, "The amount is too small.")


def test_a_fault_of_one_operation_leaves_the_others_alone(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "error-before")
    assert outvoice.auth_check()[0] == 200
    assert outvoice.pay(ROW)[0] == 500


def test_a_fault_of_any_operation_meets_the_next_call_of_each_kind(outvoice, fresh):
    fresh.fault("outvoice", "*", "error-before", count=2)
    assert [outvoice.auth_check()[0], outvoice.pay(ROW)[0], outvoice.pay(ROW)[0]] == [500, 500, 200]


def test_faults_of_one_operation_come_in_the_order_they_were_dialled(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "forbidden", count=2)
    fresh.fault("outvoice", "transaction", "not-found")
    assert [outvoice.pay(ROW)[0] for _ in range(4)] == [403, 403, 404, 200]


def test_concurrent_calls_never_take_one_fault_twice(outvoice, fresh):
    fresh.fault("outvoice", "transaction", "error-before", count=5)
    with ThreadPoolExecutor(20) as pool:
        statuses = [answer[0] for answer in pool.map(lambda _: outvoice.pay(ROW), range(20))]
    assert sorted(statuses) == [200] * 15 + [500] * 5
    assert len(fresh.ledger()) == 15
    assert fresh.faults()[0]["remaining"] == 0


def test_a_cut_request_is_nothing_that_happened(outvoice, fresh):
    with outvoice.open(outvoice.head("POST", PAY, BODY) + BODY[:-5]) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert fresh.ledger() == []
    assert fresh.calls(operation="transaction") == []


def test_hundred_calls_on_one_connection_are_all_answered(outvoice, fresh):
    head = outvoice.head("GET", "/outvoice/api/v1.0/auth-check", Connection="keep-alive")
    last = outvoice.head("GET", "/outvoice/api/v1.0/auth-check")
    assert outvoice.exchange(head * 99 + last).count(b'"Nick Fury"') == 100
    assert len(fresh.calls(operation="auth-check")) == 100


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /outvoice/api/v1.0/auth-check HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /outvoice/oauth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /outvoice/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /outvoice/oauth/token HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n", 413),
        (b"GET /".ljust(65537, b"a"), 414),
        (b"GET / HTTP/1.1\r\n" + b"X: ".ljust(65537, b"a"), 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET relative HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
    ],
)
def test_what_is_no_reasonable_request_is_refused(stranger, data, status):
    # The data is never longer than what is read, or the refusal could be lost on its way.
    assert stranger.exchange(data).startswith(f"HTTP/1.1 {status} ".encode())
