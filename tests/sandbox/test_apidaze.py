"""KPN's door to Apidaze: the fact sheet, section 9, sentence by sentence."""

import json
from email.message import Message
from email.parser import BytesHeaderParser

import pytest

from tests.sandbox.wire import FORM

GATEWAY = "/apidaze/communication/apidaze/cpaas/"
ANN = {
    "username": "bob",
    "name": "Bob",
    "internal_caller_id_number": "202",
    "external_caller_id_number": "31201234599",
    "mwi_account": "202",
}


@pytest.fixture
def made(apidaze):
    """An account, as the answer to its making shows it."""
    status, account = apidaze.call("POST", "sipaccounts", **ANN)
    assert status == 200, account
    return account


def headers_of(answer: bytes) -> Message:
    return BytesHeaderParser().parsebytes(answer.partition(b"\r\n")[2])


def test_a_token_comes_with_numbers_as_text(apidaze):
    token = apidaze.sign_in()
    assert token["expires_in"] == "3599"
    assert token["issued_at"].isdigit()
    assert token["token_type"] == "Bearer"


def test_a_wrong_client_id_is_an_error_of_the_server(apidaze):
    status, answer = apidaze.grant(client_id="nobody")
    assert status == 500
    assert answer["error"]["message"] == "invalid_client-invalid_client_id"
    assert answer["error"]["status"] == "500 - Internal Server Error"


def test_a_wrong_secret_has_a_shape_of_its_own(apidaze):
    status, answer = apidaze.grant(client_secret="wrong")
    assert (status, answer["ErrorCode"]) == (401, "invalid_client")


def test_a_token_is_asked_for_with_a_form_and_a_grant_type_alone(apidaze):
    path = "/apidaze/oauth/client_credential/accesstoken?grant_type=client_credentials"
    assert apidaze.ask("GET", path)[0] == 405
    assert apidaze.ask("POST", path, b"{}", Content_Type="application/json")[0] == 400
    assert apidaze.grant(query="")[0] == 400


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_good_token_nothing_is_shown(apidaze, token):
    apidaze.token = token
    status, answer = apidaze.call("GET", "sipaccounts")
    assert (status, answer["fault"]["detail"]["errorcode"]) == (401, "oauth.v2.InvalidAccessToken")


def test_a_token_can_be_too_old(apidaze, fresh):
    fresh.expire_apidaze_tokens()
    status, answer = apidaze.call("GET", "sipaccounts")
    assert (status, answer["fault"]["faultstring"]) == (401, "Access Token expired")
    apidaze.sign_in()
    assert apidaze.call("GET", "sipaccounts")[0] == 200


def test_a_token_is_given_out_without_a_subscription_and_then_refused(apidaze, fresh):
    fresh.switch_apidaze(is_subscribed=False)
    apidaze.sign_in()
    assert apidaze.call("GET", "sipaccounts")[0] == 403


def test_the_first_accounts_are_there(apidaze):
    status, accounts = apidaze.call("GET", "sipaccounts")
    assert status == 200
    assert [account["sip"]["username"] for account in accounts] == ["frontdesk", "ann", "warehouse", "Lift.Phone-2"]
    assert accounts[1] == {
        "id": "8",
        "name": "Ann",
        "sip": {"username": "ann", "password": accounts[1]["sip"]["password"]},
        "callerid": {
            "internal_name": "ann",
            "internal_number": "201",
            "external_name": "ann",
            "external_number": "31201234567",
        },
        "voicemail": {"mwi_account": ""},
        "created_at": "2012-07-24 22:38:25",
        "updated_at": "2012-07-24 22:38:25",
    }


def test_the_server_makes_a_password_and_shows_it_in_list_and_read(apidaze, fresh, made):
    assert len(made["sip"]["password"]) == 16
    assert apidaze.call("GET", f"sipaccounts/{made['id']}") == (200, made)
    assert made in apidaze.call("GET", "sipaccounts")[1]
    assert fresh.sip_accounts()["bob"]["password"] == made["sip"]["password"]


def test_a_change_is_partial_and_never_renames(apidaze, fresh, made):
    path = f"sipaccounts/{made['id']}"
    status, changed = apidaze.call("PUT", path, name="Robert", username="robert", mwi_account="")
    assert (status, changed["name"], changed["sip"]) == (200, "Robert", made["sip"])
    assert fresh.sip_accounts()["bob"]["internal_number"] == "202"
    assert fresh.sip_accounts()["bob"]["mwi_account"] == ""


def test_a_deleted_account_is_shown_once_more_and_then_gone(apidaze, made):
    path = f"sipaccounts/{made['id']}"
    assert apidaze.call("DELETE", path) == (200, made)
    for method in ("GET", "PUT", "DELETE"):
        status, answer = apidaze.call(method, path)
        assert (status, answer["status"]) == (404, "404 - Not Found")
    _status, again = apidaze.call("POST", "sipaccounts", **ANN)
    assert again["id"] != made["id"]
    assert again["sip"]["password"] != made["sip"]["password"]


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"username": ""}, 400, "username"),
        ({"username": "ann"}, 409, "in use"),
        ({"username": "ANN"}, 409, "in use"),
        ({"internal_caller_id_number": "+31"}, 400, "internal_caller_id_number"),
        ({"name": "x" * 101}, 400, "name"),
    ],
)
def test_an_account_is_refused_for_a_reason(apidaze, fresh, changes, status, word):
    answered, answer = apidaze.call("POST", "sipaccounts", **ANN | changes)
    assert answered == status
    assert word in answer["message"]
    assert answer["transactionId"]
    assert len(fresh.sip_accounts()) == 4


def test_a_body_that_is_no_form_is_refused(apidaze, fresh, made):
    body = json.dumps(ANN | {"username": "json"}).encode()
    for method, path in (("POST", "sipaccounts"), ("PUT", "sipaccounts/8"), ("POST", "externalscripts")):
        assert apidaze.ask(method, GATEWAY + path, body, Content_Type="application/json")[0] == 400
    assert "json" not in fresh.sip_accounts()


def test_the_state_of_an_account_names_its_domain(apidaze, fresh):
    fresh.change_sip_account("warehouse", is_registered=True)
    assert apidaze.call("GET", "sipaccounts/9/status") == (
        200,
        {"uri": "sip:warehouse@vm.1cdef287.apidaze.voip", "status": "Registered"},
    )
    fresh.change_sip_account("ann", is_registered=False)
    assert apidaze.call("GET", "sipaccounts/8/status")[1]["status"] == "Not registered"


@pytest.mark.parametrize("path", ["sipaccounts/x", "sipaccounts/0", "sipaccounts/99/status", "sipaccount", "calls"])
def test_what_is_unknown_is_404(apidaze, path):
    assert apidaze.call("GET", path)[0] == 404


def test_another_method_is_refused(apidaze):
    assert apidaze.call("PATCH", "sipaccounts/8")[0] == 405


def test_one_script_is_registered_and_a_second_is_refused(apidaze, fresh):
    status, scripts = apidaze.call("GET", "externalscripts")
    assert status == 200
    assert [(script["id"], script["url"]) for script in scripts] == [
        ("3", "https://scripts.example.org/apidaze/main.php")
    ]
    assert apidaze.call("POST", "externalscripts", url="http://127.0.0.1/x/")[0] == 400
    assert len(fresh.scripts()) == 1


def test_a_script_is_changed_deleted_and_made_again(apidaze, fresh):
    status, script = apidaze.call("PUT", "externalscripts/3", url="http://127.0.0.1/x/")
    assert (status, script["url"], script["name"]) == (200, "http://127.0.0.1/x/", "main")
    assert apidaze.call("DELETE", "externalscripts/3") == (204, "")
    assert apidaze.call("GET", "externalscripts/3")[0] == 404
    status, made = apidaze.call("POST", "externalscripts", url="http://127.0.0.1/y/", name="ours")
    assert status == 200
    assert apidaze.call("GET", f"externalscripts/{made['id']}") == (200, made)


@pytest.mark.parametrize("fields", [{}, {"url": ""}, {"url": "x"}, {"url": "http://a/", "name": "x" * 41}])
def test_a_script_needs_an_address_and_a_short_name(apidaze, fresh, fields):
    fresh.set_scripts()
    assert apidaze.call("POST", "externalscripts", **fields)[0] == 400
    assert fresh.scripts() == []


def test_single_records_can_come_as_lists(apidaze, fresh, made):
    fresh.switch_apidaze(answers_lists=True)
    assert apidaze.call("GET", f"sipaccounts/{made['id']}") == (200, [made])
    assert isinstance(apidaze.call("PUT", "externalscripts/3", url="http://a/")[1], list)


def test_errors_can_come_inside_error(apidaze, fresh):
    fresh.switch_apidaze(error_shape="nested")
    assert apidaze.call("GET", "sipaccounts/99")[1]["error"]["message"] == "The SIP account does not exist."


def test_every_answer_tells_the_quota(apidaze, fresh):
    fresh.switch_apidaze(quota_limit=50)
    for path in ("sipaccounts", "sipaccounts/99", "externalscripts"):
        headers = headers_of(apidaze.raw("GET", GATEWAY + path))
        assert (headers["quota-limit"], headers["quota-interval"], headers["quota-time-unit"]) == ("50", "1", "hour")
        assert headers["quota-reset-UTC"].endswith("Z")
    assert headers["quota-used"] == "3"


def test_a_quota_that_is_used_up_refuses_with_429(apidaze, fresh):
    fresh.switch_apidaze(quota_limit=1)
    assert apidaze.call("GET", "sipaccounts")[0] == 200
    refused = apidaze.raw("POST", f"{GATEWAY}sipaccounts", b"username=late", Content_Type=FORM)
    assert refused.startswith(b"HTTP/1.1 429 ")
    assert headers_of(refused)["quota-used"] == "1"
    assert "late" not in fresh.sip_accounts()
