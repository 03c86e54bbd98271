"""Apidaze's native door to the same domain."""

import pytest

from tests.sandbox.wire import FORM, NATIVE_SECRET


@pytest.fixture
def made(apidaze):
    status, account = apidaze.native("POST", "sipusers", username="bob", name="Bob", internal_caller_id_number="202")
    assert status == 201, account
    return account


def test_key_and_secret_are_checked(apidaze):
    assert apidaze.native("GET", "validates") == (200, {"status": {"global": "Authentication succeeded"}})


@pytest.mark.parametrize("secret", ["", "sandbox", "0" * 32])
def test_what_is_no_pair_is_not_found(apidaze, secret):
    status, answer = apidaze.native("GET", "sipusers", secret=secret)
    assert (status, answer["code"]) == (404, "E_NOT_FOUND")
    assert answer["message"] == "api secret and api key are not a pair"


def test_the_secret_may_come_in_the_form(apidaze, fresh):
    body = f"api_secret={NATIVE_SECRET}&username=bob".encode()
    assert apidaze.ask("POST", "/apidaze/native/sandbox1/sipusers", body, Content_Type=FORM)[0] == 201
    assert "bob" in fresh.sip_accounts()


def test_both_doors_lead_to_the_same_accounts_in_different_words(apidaze):
    _status, account = apidaze.native("GET", "sipusers/8")
    assert account["id"] == 8
    assert account["sip"] == {"username": "ann"}
    assert account["callerid"] == {
        "internalCallerIdName": "Ann",
        "internalCallerIdNumber": "201",
        "outboundCallerIdName": "Ann",
        "outboundCallerIdNumber": "31201234567",
    }
    assert account["created_at"] == "2012-07-24T22:38:25.000Z"
    assert apidaze.native("GET", "sipusers")[1][1] == account
    assert apidaze.native("GET", "sipusers/8/status")[1]["status"] == "Registered"


def test_a_password_is_shown_only_when_it_is_new(apidaze, fresh, made):
    path = f"sipusers/{made['id']}"
    assert len(made["sip"]["password"]) == 16
    status, changed = apidaze.native("PUT", path, name="Robert")
    assert (status, changed["sip"]) == (202, {"username": "bob"})
    status, reset = apidaze.native("POST", f"{path}/password")
    assert (status, reset["sip"]["password"]) == (202, fresh.sip_accounts()["bob"]["password"])
    _status, again = apidaze.native("PUT", path, reset_password="true")
    assert again["sip"]["password"] == fresh.sip_accounts()["bob"]["password"]
    assert len({made["sip"]["password"], reset["sip"]["password"], again["sip"]["password"]}) == 3


def test_only_the_native_door_resets_passwords(apidaze, fresh):
    before = fresh.sip_accounts()["ann"]["password"]
    apidaze.call("PUT", "sipaccounts/8", reset_password="true")
    assert fresh.sip_accounts()["ann"]["password"] == before
    assert apidaze.call("POST", "sipaccounts/8/password")[0] == 404


def test_deleting_answers_nothing_and_then_404(apidaze, fresh, made):
    assert apidaze.native("DELETE", f"sipusers/{made['id']}") == (204, "")
    assert apidaze.native("DELETE", f"sipusers/{made['id']}")[1]["code"] == "E_NOT_FOUND"
    assert "bob" not in fresh.sip_accounts()


def test_scripts_have_more_keys_and_other_statuses(apidaze):
    status, script = apidaze.native("PUT", "externalscripts/3", url="http://a.example/")
    assert status == 202
    assert (script["id"], script["url"]) == (3, "http://a.example/")
    assert {"sms_url", "reseller_cust_id", "dev_cust_id"} < script.keys()
    assert apidaze.native("DELETE", "externalscripts/3")[0] == 204
    assert apidaze.native("POST", "externalscripts", url="http://b.example/")[0] == 201


def test_a_change_can_fail_inside_a_202(apidaze, fresh, made):
    fresh.fault("apidaze", "native-change-account", "failure-in-202", value="No such extension.")
    answer = apidaze.native("PUT", f"sipusers/{made['id']}", name="Robert")
    assert answer == (202, {"failure": "No such extension."})
    assert fresh.sip_accounts()["bob"]["name"] == "Bob"
