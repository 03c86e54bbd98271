"""What the dial can do to Apidaze, and the test that loads a script of ours."""

import json
from http.client import RemoteDisconnected

import pytest

from tests.sandbox.wire import FORM

GATEWAY = "/apidaze/communication/apidaze/cpaas/"


def test_an_account_and_a_script_are_made_although_the_answer_is_lost(apidaze, fresh):
    fresh.set_scripts()
    fresh.fault("apidaze", "create-account", "cut-after")
    fresh.fault("apidaze", "create-script", "cut-after")
    with pytest.raises(RemoteDisconnected):
        apidaze.call("POST", "sipaccounts", username="bob")
    with pytest.raises(RemoteDisconnected):
        apidaze.call("POST", "externalscripts", url="http://127.0.0.1/x/")
    assert "bob" in fresh.sip_accounts()
    assert [script["url"] for script in fresh.scripts()] == ["http://127.0.0.1/x/"]


def test_an_account_can_be_deleted_and_then_not_be_made_again(apidaze, fresh):
    fresh.fault("apidaze", "delete-account", "cut-after")
    fresh.fault("apidaze", "create-account", "conflict")
    with pytest.raises(RemoteDisconnected):
        apidaze.call("DELETE", "sipaccounts/8")
    assert apidaze.call("POST", "sipaccounts", username="ann")[0] == 409
    assert "ann" not in fresh.sip_accounts()
    assert apidaze.call("POST", "sipaccounts", username="ann")[0] == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("refuse", 400),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("method-not-allowed", 405),
        ("conflict", 409),
        ("precondition-failed", 412),
        ("rate-limit", 429),
        ("error-before", 500),
        ("fault-in-500", 500),
        ("maintenance", 503),
        ("redirect", 302),
        ("fault-in-200", 200),
        ("failure-in-202", 202),
    ],
)
@pytest.mark.parametrize("door", ["", "native-"])
def test_a_refusal_of_the_dial_changes_nothing(apidaze, fresh, door, kind, status):
    fresh.fault("apidaze", f"{door}create-account", kind)
    ask = apidaze.native if door else apidaze.call
    path = "sipusers" if door else "sipaccounts"
    assert ask("POST", path, username="bob")[0] == status
    assert "bob" not in fresh.sip_accounts()
    assert ask("POST", path, username="bob")[0] in (200, 201)


@pytest.mark.parametrize(("kind", "status"), [("redirect-after", 302), ("bad-gateway-after", 502)])
def test_a_change_can_be_made_although_the_answer_says_nothing_of_it(apidaze, fresh, kind, status):
    fresh.fault("apidaze", "change-account", kind)
    assert apidaze.call("PUT", "sipaccounts/8", name="Anna")[0] == status
    assert fresh.sip_accounts()["ann"]["name"] == "Anna"


def test_a_rate_limit_tells_the_quota_beside_the_time_to_wait(apidaze, fresh):
    fresh.fault("apidaze", "list-accounts", "rate-limit", value=7)
    answer = apidaze.raw("GET", f"{GATEWAY}sipaccounts")
    assert b"\r\nRetry-After: 7\r\n" in answer
    assert b"\r\nquota-used: 10000\r\n" in answer


def test_a_token_can_expire_long_before_its_time(apidaze, fresh):
    fresh.fault("apidaze", "token", "token-expires-early")
    assert apidaze.sign_in()["expires_in"] == "3599"
    assert apidaze.call("GET", "sipaccounts")[0] == 401
    apidaze.sign_in()
    assert apidaze.call("GET", "sipaccounts")[0] == 200


@pytest.mark.parametrize("reads", [None, 0, 2])
def test_what_was_put_off_shows_after_so_many_reads(apidaze, fresh, reads):
    fresh.fault("apidaze", "change-account", "put-off", value=reads)
    assert apidaze.call("PUT", "sipaccounts/8", name="Anna") == (202, "")
    names = [apidaze.call("GET", "sipaccounts/8")[1]["name"] for _read in range(4)]
    old = 1 if reads is None else reads
    assert names == ["Ann"] * old + ["Anna"] * (4 - old)
    assert fresh.calls(operation="change-account")[-1]["is_acted"]


def test_creating_and_deleting_can_be_put_off_as_well(apidaze, fresh):
    fresh.fault("apidaze", "native-create-account", "put-off")
    fresh.fault("apidaze", "delete-account", "put-off", value=0)
    apidaze.native("POST", "sipusers", username="bob")
    apidaze.call("DELETE", "sipaccounts/8")
    assert fresh.sip_accounts().keys() >= {"ann"}
    apidaze.call("GET", "sipaccounts")
    assert {"ann", "bob"} & fresh.sip_accounts().keys() == set()
    apidaze.call("GET", "sipaccounts")
    assert "bob" in fresh.sip_accounts()


def test_what_was_put_off_and_cannot_be_done_any_more_is_forgotten(apidaze, fresh):
    fresh.fault("apidaze", "change-account", "put-off", value=0)
    apidaze.call("PUT", "sipaccounts/8", name="Anna")
    fresh.delete_sip_account("ann")
    assert [apidaze.call("GET", "sipaccounts")[0] for _read in range(2)] == [200, 200]
    assert not fresh.calls(operation="change-account")[-1]["is_acted"]


def test_records_can_lose_their_keys(apidaze, fresh):
    fresh.fault("apidaze", "list-accounts", "no-sip")
    assert all("sip" not in account for account in apidaze.call("GET", "sipaccounts")[1])
    fresh.fault("apidaze", "read-script", "missing-keys")
    assert list(apidaze.call("GET", "externalscripts/3")[1]) == ["id", "url"]


def test_records_can_come_as_apidaze_itself_words_them(apidaze, fresh):
    for operation in ("read-account", "list-scripts"):
        fresh.fault("apidaze", operation, "native-shape")
    account = apidaze.call("GET", "sipaccounts/8")[1]
    assert account["id"] == 8
    assert "outboundCallerIdNumber" in account["callerid"]
    assert account["created_at"].endswith("Z")
    assert apidaze.call("GET", "externalscripts")[1][0]["id"] == 3


def test_a_state_can_have_parameters_or_be_no_state_at_all(apidaze, fresh):
    fresh.fault("apidaze", "account-status", "uri-with-parameters")
    assert apidaze.call("GET", "sipaccounts/8/status")[1]["uri"].endswith(".voip;transport=udp;fs_nat=yes")
    fresh.fault("apidaze", "account-status", "status-as-account")
    assert "status" not in apidaze.call("GET", "sipaccounts/8/status")[1]


def test_the_test_loads_the_address_with_the_parameters_of_the_call(apidaze, host):
    url = f"{host.says('/script/', '<document><work/></document>')}?kept=1"
    answer = apidaze.call("GET", f"externalscripts/test?url={url}&caller_id_number=31612345678")
    assert answer == (200, "<document><work/></document>")
    assert host.asked == [
        ("GET", "/script/", {"kept": "1", "caller_id_number": "31612345678", "url": url}),
    ]


def test_the_test_takes_a_form_and_then_what_is_registered(apidaze, fresh, host):
    url = host.says("/form/", "<form/>")
    path = f"{GATEWAY}externalscripts/test"
    assert apidaze.ask("GET", path, f"url={url}".encode(), Content_Type=FORM)[1] == "<form/>"
    fresh.set_scripts(host.says("/registered/", "<registered/>"))
    assert apidaze.call("GET", "externalscripts/test")[1] == "<registered/>"
    assert apidaze.native("GET", "externalscripts/test")[1] == "<registered/>"
    assert all("api_secret" not in parameters for _method, _path, parameters in host.asked)
    fresh.set_scripts()
    assert apidaze.call("GET", "externalscripts/test")[0] == 400


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://scripts.example.org/", "this computer alone"),
        ("http://10.0.0.1/", "this computer alone"),
        ("http://[::/", "this computer alone"),
        ("http://127.0.0.1:1/", "ConnectionRefusedError"),
        ("http://127.0.0.1:99999/", "ValueError"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_the_reason(apidaze, url, reason):
    status, answer = apidaze.call("GET", f"externalscripts/test?url={url}")
    assert status == 400
    assert reason in answer["message"]


def test_a_script_that_answers_an_error_is_refused(apidaze, host):
    host.status = 404
    status, answer = apidaze.call("GET", f"externalscripts/test?url={host.url}/gone/")
    assert (status, answer["message"]) == (400, "The script could not be loaded. It answers 404.")


def test_the_sandbox_can_load_what_it_serves_itself(apidaze, fresh):
    status, text = apidaze.call("GET", f"externalscripts/test?url={fresh.url}/_sandbox/health")
    assert (status, text) == (200, {"status": "ok"})


def test_the_xml_of_a_test_can_come_inside_json(apidaze, fresh, host):
    fresh.fault("apidaze", "test-script", "xml-in-json")
    status, text = apidaze.ask("GET", f"{GATEWAY}externalscripts/test?url={host.says('/', '<a/>')}")
    assert (status, json.loads(text)) == (200, "<a/>")
