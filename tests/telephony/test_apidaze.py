"""The Apidaze client against the sandbox, through both doors: operations, errors by class, answers of every shape."""

import json
from datetime import UTC, datetime

import pytest

from telephony.apidaze import RemoteScript, RemoteSipAccount, RemoteStatus
from telephony.apidaze.answers import check
from tests.telephony.factories import VALUES
from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    PendingError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)
from voicehub.remote.http import Response

OURS = "http://127.0.0.1:8001/hooks/x/"


@pytest.fixture
def client(either, new_client):
    return new_client()


def test_the_accounts_are_listed_read_made_changed_and_deleted(client, apidaze):
    assert [account.values["username"] for account in client.list_accounts()][:2] == ["frontdesk", "ann"]
    made = client.create_account(VALUES)
    assert made.values == client.read_account(made.remote_id).values == VALUES
    client.change_account(made.remote_id, {"name": "Robert", "mwi_account": ""})
    assert client.read_account(made.remote_id).values == VALUES | {"name": "Robert", "mwi_account": ""}
    client.delete_account(made.remote_id)
    assert "bob" not in apidaze.sip_accounts()
    with pytest.raises(NotFoundError):
        client.read_account(made.remote_id)


def test_what_is_empty_is_not_sent_when_an_account_is_made(client, apidaze, either):
    client.create_account(VALUES | {"mwi_account": "", "name": ""})
    body = apidaze.calls("apidaze", either("create-account"))[-1]["body"]
    assert body == "username=bob&internal_caller_id_number=202&external_caller_id_number=31201234599"


def test_the_scripts_are_listed_read_made_changed_and_deleted(client, apidaze):
    (script,) = client.list_scripts()
    assert client.read_script(script.remote_id) == script
    client.change_script(script.remote_id, url=OURS, name="ours")
    assert (apidaze.scripts()[0]["url"], apidaze.scripts()[0]["name"]) == (OURS, "ours")
    client.delete_script(script.remote_id)
    assert client.list_scripts() == []
    assert client.create_script(url=OURS, name="ours").url == OURS
    with pytest.raises(RejectedError, match="already"):
        client.create_script(url=OURS, name="a second one")


@pytest.mark.parametrize("operation", ["list", "read", "script", "status"])
def test_single_records_may_come_as_lists(client, apidaze, operation):
    apidaze.switch_apidaze(answers_lists=True)
    told = {
        "list": lambda: client.list_accounts()[1].values["name"] == "Ann",
        "read": lambda: client.read_account("8").values["name"] == "Ann",
        "script": lambda: client.read_script("3").name == "main",
        "status": lambda: client.read_status("8").is_registered,
    }
    assert told[operation]()


def test_a_status_tells_whether_a_phone_is_signed_in_and_its_domain(client, apidaze, either):
    apidaze.fault("apidaze", either("account-status"), "uri-with-parameters")
    assert client.read_status("8") == RemoteStatus(True, "vm.1cdef287.apidaze.voip")
    assert client.read_status("9") == RemoteStatus(False, "vm.1cdef287.apidaze.voip")
    apidaze.fault("apidaze", either("account-status"), "status-as-account")
    assert client.read_status("8") == RemoteStatus(None, "")


@pytest.mark.parametrize(
    "document",
    [None, 5, "x", [], {}, [[]], {"uri": 5, "status": ["Registered"]}, {"uri": "sip:ann", "status": "REGISTRED"}],
)
def test_a_status_that_is_not_understood_says_nothing(document):
    assert RemoteStatus.parse(document) == RemoteStatus(None, "")


def test_a_status_is_read_in_any_case_from_a_list_too():
    assert RemoteStatus.parse([{"uri": "<sip:a@x.y:5060;ob>", "status": " NOT  registered"}]) == RemoteStatus(
        False, "x.y:5060"
    )


@pytest.mark.parametrize("domain", ["x" * 254, f"{'x' * 250}:12345", "x:123456"])
def test_a_domain_that_cannot_be_kept_is_none(domain):
    assert RemoteStatus.parse({"uri": f"sip:a@{domain}", "status": "Registered"}) == RemoteStatus(True, "")


def test_an_account_is_read_in_the_keys_of_either_door():
    times = {"created_at": "2012-07-24 22:38:25", "updated_at": "2020-02-14T17:32:40.000Z"}
    kpn = RemoteSipAccount.parse(
        {
            "id": " 8 ",
            "name": None,
            "sip": {"username": "ann", "password": "s3cret"},
            "callerid": {
                "internal_name": "a",
                "internal_number": 201,
                "external_name": "b",
                "external_number": "3120",
            },
            "voicemail": {"mwi_account": "201"},
            **times,
        }
    )
    native = RemoteSipAccount.parse(
        [
            {
                "id": 8,
                "name": "",
                "sip": {"username": "ann", "password": "s3cret"},
                "callerid": {
                    "internalCallerIdName": "a",
                    "internalCallerIdNumber": "201",
                    "outboundCallerIdName": "b",
                    "outboundCallerIdNumber": "3120",
                },
                "voicemail": {"mwi_account": "201"},
                **times,
            }
        ]
    )
    assert kpn == native
    assert kpn.values["internal_caller_id_number"] == "201"
    assert (kpn.internal_name, kpn.external_name) == ("a", "b")
    assert kpn.created_at == datetime(2012, 7, 24, 22, 38, 25, tzinfo=UTC)
    assert kpn.updated_at == datetime(2020, 2, 14, 17, 32, 40, tzinfo=UTC)
    assert "s3cret" not in repr(kpn)


def test_what_an_answer_does_not_say_is_left_open():
    account = RemoteSipAccount.parse({"id": 1, "callerid": "?", "sip": {}, "created_at": "soon", "updated_at": 5})
    assert (account.values, account.created_at, account.updated_at, account.password) == ({}, None, None, "")
    assert RemoteScript.parse({"id": 1}).url == ""


def test_what_no_database_holds_is_taken_out_of_texts():
    told = json.loads('{"id": "1", "name": " a\\u0000b\\ud800 "}')
    assert RemoteSipAccount.parse(told).values == {"name": "ab?"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        [{"id": "1"}, {"id": "2"}],
        {},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "a\0b"},
        {"id": ["x"]},
        {"id": True},
        {"id": "x", "name": 7.5},
        {"id": "x", "name": "n" * 256},
        {"id": "x", "sip": {"username": ["ann"]}},
    ],
)
def test_what_is_no_account_is_not_taken_for_one(document):
    with pytest.raises(UnexpectedResponseError):
        RemoteSipAccount.parse(document)


WRITES = {
    "create-account": lambda client: client.create_account(VALUES),
    "change-account": lambda client: client.change_account("8", {"name": "Anna"}),
    "delete-account": lambda client: client.delete_account("8"),
    "create-script": lambda client: client.create_script(url=OURS, name="ours"),
    "change-script": lambda client: client.change_script("3", url=OURS, name="ours"),
    "delete-script": lambda client: client.delete_script("3"),
}
CREATES = ("create-account", "create-script")


@pytest.mark.parametrize("operation", WRITES)
def test_what_was_only_accepted_is_waited_for_until_a_read_shows_it(client, apidaze, either, operation):
    if operation == "create-script":
        apidaze.set_scripts()
    apidaze.fault("apidaze", either(operation), "put-off", value=2)
    with pytest.raises(PendingError):
        WRITES[operation](client)
    apidaze.fault("apidaze", either(operation), "put-off", value=0)
    if operation not in CREATES:
        WRITES[operation](client)


@pytest.mark.parametrize("kind", ["html", "empty-200", "deep-json"])
def test_what_an_answer_does_not_show_is_read_and_believed_when_it_was_done(client, apidaze, either, kind):
    for operation in ("change-account", "delete-account", "change-script", "delete-script"):
        apidaze.fault("apidaze", either(operation), kind)
        WRITES[operation](client)
    assert "ann" not in apidaze.sip_accounts()
    assert apidaze.scripts() == []


@pytest.mark.parametrize("kind", ["redirect", "html-before"])
def test_what_an_answer_does_not_show_is_read_and_not_believed_when_it_was_not_done(client, apidaze, either, kind):
    for operation in ("change-account", "delete-account", "change-script", "delete-script"):
        apidaze.fault("apidaze", either(operation), kind)
        with pytest.raises(UnexpectedResponseError):
            WRITES[operation](client)
    assert apidaze.sip_accounts()["ann"]["name"] == "Ann"
    assert apidaze.scripts()[0]["name"] == "main"


def test_a_change_of_which_the_answer_shows_other_values_was_not_made(client, apidaze, either):
    (first, *_others) = apidaze.sip_accounts().values()
    apidaze.fault("apidaze", either("change-account"), "unheeded")
    with pytest.raises(UnexpectedResponseError):
        client.change_account(str(first["id"]), {"name": "Other"})
    client.change_account(str(first["id"]), {"name": "Other"})


@pytest.mark.parametrize("kind", ["redirect", "html", "empty-200", "no-sip"])
def test_a_create_that_an_answer_does_not_show_is_looked_for_first(client, apidaze, either, kind):
    apidaze.fault("apidaze", either("create-account"), kind)
    with pytest.raises(UnexpectedResponseError):
        client.create_account(VALUES)


def test_a_record_in_the_shape_of_the_other_door_is_read_all_the_same(apidaze, new_client):
    apidaze.fault("apidaze", "create-account", "native-shape")
    assert new_client().create_account(VALUES).values == VALUES


def test_a_redirect_is_never_followed(client, apidaze, either):
    for operation, ask in (("read-account", client.read_account), ("account-status", client.read_status)):
        apidaze.fault("apidaze", either(operation), "redirect")
        with pytest.raises(UnexpectedResponseError):
            ask("8")
    assert {call["status"] for call in apidaze.calls("apidaze") if call["operation"] == either("read-account")} == {
        302
    }


def test_a_failure_inside_an_accepted_answer_is_a_refusal(client, apidaze, either):
    apidaze.fault("apidaze", either("change-account"), "failure-in-202", value="The lamp is broken.")
    with pytest.raises(RejectedError, match="The lamp is broken"):
        client.change_account("8", {"name": "Anna"})


def test_a_taken_username_is_told_at_its_field_with_the_transaction(client, apidaze):
    with pytest.raises(RejectedError) as refused:
        client.create_account(VALUES | {"username": "ANN"})
    assert "username is in use already" in refused.value.fields["username"][0]


@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_errors_are_read_in_every_shape_with_their_transaction(apidaze, new_client, shape):
    apidaze.switch_apidaze(error_shape=shape)
    with pytest.raises(RejectedError, match=r"internal_caller_id_number is not a number\. \(transaction [\w-]{36}\)"):
        new_client().create_account(VALUES | {"internal_caller_id_number": "+31"})


def test_ids_with_odd_characters_stay_in_their_place(client, apidaze, either):
    with pytest.raises(NotFoundError):
        client.read_account("../sipaccounts?x=1 é")
    assert apidaze.calls("apidaze")[-1]["operation"] == either("read-account")


def answer(status, document=None):
    return Response(status, {"Retry-After": "7"}, b"<html>" if document is None else json.dumps(document).encode())


FLAT = {"transactionId": "t-1", "status": "x", "name": "Nope", "message": "No.", "info": ""}
FAULT = {"fault": {"faultstring": "Something", "detail": {"errorcode": "policies.x"}}}
STATUSES = {
    200: None,
    201: None,
    202: None,
    203: None,
    204: None,
    302: None,
    400: RejectedError,
    401: ConfigurationError,
    403: RejectedError,
    404: NotFoundError,
    405: RejectedError,
    409: RejectedError,
    412: RejectedError,
    422: RejectedError,
    429: RateLimitedError,
    500: UnexpectedResponseError,
    502: UnexpectedResponseError,
    503: UnexpectedResponseError,
}


@pytest.mark.parametrize("status", STATUSES)
def test_every_return_code_has_its_meaning_whatever_the_body(status):
    meaning = STATUSES[status]
    for document in (None, [], {}, FLAT if status >= 400 else {"id": "8"}):
        if meaning is None:
            check(answer(status, document), is_about_a_record=True, masked=str)
        else:
            with pytest.raises(meaning) as failure:
                check(answer(status, document), is_about_a_record=True, masked=str)
            assert type(failure.value) is meaning


@pytest.mark.parametrize(
    ("status", "document", "meaning", "words"),
    [
        (500, {"error": {**FLAT, "message": "invalid_client-invalid_client_id"}}, ConfigurationError, "CLIENT_ID"),
        (401, {"ErrorCode": "invalid_client", "Error": "ClientId is Invalid"}, ConfigurationError, "ClientId is"),
        (
            404,
            {"code": "E_NOT_FOUND", "message": "api secret and api key are not a pair"},
            ConfigurationError,
            "pair",
        ),
        (403, FAULT, ConfigurationError, "Subscribe"),
        (401, {"fault": {"faultstring": "Invalid access token"}}, ConfigurationError, "Subscribe"),
        (404, {"code": "E_NOT_FOUND", "message": "No such user"}, NotFoundError, "any more"),
        (404, {"fault": {"faultstring": "Unable to identify proxy"}}, UnavailableError, "APIDAZE_BASE_URL"),
        (200, {"error": {**FLAT}}, UnexpectedResponseError, "No."),
        (200, FLAT, UnexpectedResponseError, "transaction t-1"),
        (200, FAULT, UnexpectedResponseError, "Something"),
        (200, {"error": "Sorry"}, UnexpectedResponseError, "Sorry"),
        (202, {"failure": "No lamp"}, RejectedError, "No lamp"),
        (400, {"failure": 5}, RejectedError, "status 400"),
        (400, {"error": {"message": ["x"], "name": "Bad"}}, RejectedError, "Bad"),
        (400, {"fault": "x", "error": []}, RejectedError, "status 400"),
        (503, {"fault": {"faultstring": "Down", "detail": "x"}}, UnexpectedResponseError, "Down"),
        (400, {**FLAT, "message": "url and name are wrong"}, RejectedError, "url"),
    ],
)
def test_the_words_of_an_error_are_read_in_the_order_of_the_documents(status, document, meaning, words):
    with pytest.raises(meaning) as failure:
        check(answer(status, document), is_about_a_record=True, masked=str)
    assert words in str(failure.value)
    if "url and" in str(document):
        assert set(failure.value.fields) == {"url", "name"}


def test_a_list_that_is_not_found_is_a_wrong_address():
    with pytest.raises(UnavailableError, match="APIDAZE_BASE_URL"):
        check(answer(404), is_about_a_record=False, masked=str)


def test_being_told_to_wait_says_how_long():
    with pytest.raises(RateLimitedError) as failure:
        check(answer(429, FLAT), is_about_a_record=True, masked=str)
    assert failure.value.retry_after == 7


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("cut-after", UncertainError),
        ("cut-body", UncertainError),
        ("hang", UncertainError),
        ("trickle", UncertainError),
    ],
)
def test_a_lost_answer_is_uncertain(apidaze, new_client, settings, kind, error):
    settings.APIDAZE_READ_TIMEOUT = settings.APIDAZE_CONNECT_TIMEOUT = 0.3
    client = new_client()
    client.list_scripts()
    apidaze.fault("apidaze", "create-account", kind)
    with pytest.raises(error):
        client.create_account(VALUES)


def test_a_list_that_is_none_is_not_taken_for_an_empty_one(client, apidaze, either):
    for kind in ("html", "empty-200", "deep-json", "fault-in-200"):
        apidaze.fault("apidaze", either("list-accounts"), kind, count=2)
        with pytest.raises((UnexpectedResponseError, ConfigurationError)):
            client.list_accounts()
        apidaze.clear_faults()
