"""Ourvoice's sheet, section 9, sentence by sentence."""

import pytest

from voicehub.sandbox.providers.ourvoice.records import SENDER_ID

APP = {"name": "App Name", "sender_id": SENDER_ID}
READ_KEYS = [
    "id",
    "account_id",
    "name",
    "message_template",
    "sender_id",
    "code_size",
    "deleted_at",
    "created_at",
    "updated_at",
]
CREATED_KEYS = [
    "name",
    "sender_id",
    "message_template",
    "code_size",
    "account_id",
    "id",
    "updated_at",
    "created_at",
]


@pytest.fixture
def made(ourvoice):
    """An app, as the answer to its making shows it."""
    status, answer = ourvoice.call("POST", "apps", APP)
    assert status == 201, answer
    return answer["data"]


def test_the_two_apps_of_the_providers_page_are_there(ourvoice):
    status, answer = ourvoice.call("GET", "apps")
    assert status == 200
    assert [app["name"] for app in answer["data"]] == ["GOLDEN", "Eldon's App"]
    assert list(answer["data"][0]) == READ_KEYS
    assert answer["data"][0]["created_at"] == "2024-04-30T15:57:03.000000Z"
    assert answer["meta"]["total"] == 2


def test_a_list_is_paged_and_its_links_lead_astray(ourvoice, fresh):
    fresh.add_apps(*(f"App {number}" for number in range(23)))
    _status, answer = ourvoice.call("GET", "apps?page=2")
    assert len(answer["data"]) == 10
    assert (answer["meta"]["last_page"], answer["meta"]["from"], answer["meta"]["to"]) == (3, 11, 20)
    assert answer["links"]["next"] == "http://192.168.1.23:8000/api/v1/apps?page=3"
    assert answer["meta"]["links"][0]["label"] == "« Précédent"
    _status, beyond = ourvoice.call("GET", "apps?page=9")
    assert beyond["data"] == []


def test_a_new_app_comes_without_deleted_at_and_with_what_was_left_out(made):
    assert list(made) == CREATED_KEYS
    assert made["message_template"] == "Votre code pour App Name est: {{code}}"
    assert made["code_size"] == 6


def test_new_ids_are_as_malformed_as_the_samples(made):
    assert len(made["id"]) == 35


def test_the_same_app_twice_is_two_apps(ourvoice, made):
    ourvoice.call("POST", "apps", APP)
    _status, answer = ourvoice.call("GET", "apps")
    assert [app["name"] for app in answer["data"]].count("App Name") == 2


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_is_partial_and_leaves_the_template_alone(ourvoice, made, method):
    status, answer = ourvoice.call(method, f"apps/{made['id']}", {"name": "New App Name"})
    assert status == 200
    assert list(answer["data"]) == READ_KEYS
    assert answer["data"]["name"] == "New App Name"
    assert answer["data"]["message_template"] == "Votre code pour App Name est: {{code}}"
    assert answer["data"]["updated_at"] > made["updated_at"]


def test_deleting_is_soft_and_the_second_time_it_is_gone(ourvoice, fresh, made):
    path = f"apps/{made['id']}"
    assert ourvoice.call("DELETE", path) == (204, "")
    assert [ourvoice.call(method, path, {})[0] for method in ("DELETE", "GET", "PUT")] == [404, 404, 404]
    assert made["id"] not in fresh.apps()
    assert len(fresh.records("ourvoice")["apps"]) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"sender_id": ""}, "sender_id"),
        ({"sender_id": "GOLDEN"}, "sender_id"),
        ({"code_size": "6"}, "code_size"),
        ({"code_size": 13}, "code_size"),
        ({"code_size": True}, "code_size"),
        ({"message_template": None}, "message_template"),
    ],
)
def test_what_is_wrong_is_told_by_field(ourvoice, fresh, changes, field):
    status, answer = ourvoice.call("POST", "apps", APP | changes)
    assert status == 422
    assert list(answer["errors"]) == [field]
    assert len(fresh.apps()) == 2


def test_what_is_missing_is_told_by_field(ourvoice):
    status, answer = ourvoice.call("POST", "apps", {})
    assert (status, answer["errors"]["name"]) == (422, ["The name field is required."])
    assert "sender_id" in answer["errors"]


def test_errors_can_come_in_a_list_and_in_french(ourvoice, fresh):
    fresh.switch_ourvoice(error_shape="list", is_french=True)
    status, answer = ourvoice.call("POST", "apps", {"sender_id": SENDER_ID})
    assert status == 422
    assert answer == {
        "success": False,
        "message": "Les données fournies sont invalides.",
        "data": ["Le champ name est obligatoire."],
    }
    ourvoice.token = "wrong"
    assert ourvoice.call("GET", "apps")[1]["data"] == ["Non authentifié."]


@pytest.mark.parametrize("key", ["", "sandbox", "sandbox|ourvoicex"])
def test_without_the_right_key_nothing_is_shown(ourvoice, key):
    ourvoice.token = key
    assert ourvoice.call("GET", "apps") == (401, {"message": "Unauthenticated."})


def test_who_does_not_ask_for_json_is_sent_to_the_sign_in(ourvoice):
    assert ourvoice.call("POST", "apps", {}, Accept="*/*")[0] == 302
    ourvoice.token = "wrong"
    assert b"Location: /login" in ourvoice.raw("GET", "/ourvoice/v1/apps")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_object_is_a_client_error(ourvoice, body):
    status, _text = ourvoice.ask("POST", "/ourvoice/v1/apps", body, Accept="application/json")
    assert status == 400


def test_apps_are_not_made_among_the_groups(ourvoice):
    assert ourvoice.call("POST", "groups", APP)[0] == 404


def test_a_method_that_is_not_understood_is_refused(ourvoice, made):
    assert ourvoice.call("POST", f"apps/{made['id']}", {})[0] == 405
    assert ourvoice.call("DELETE", "apps")[0] == 405


def test_senders_are_listed_unless_they_are_switched_off(ourvoice, fresh):
    status, answer = ourvoice.call("GET", "senders")
    assert (status, answer["data"][0]["id"]) == (200, SENDER_ID)
    fresh.switch_ourvoice(lists_senders=False)
    assert ourvoice.call("GET", "senders")[0] == 404


def test_a_code_of_the_apps_size_is_sent_and_paid_for(ourvoice, made):
    status, answer = ourvoice.call("POST", "otp/send", {"app_id": made["id"], "send_to": "2290167153974"})
    assert status == 200
    assert len(answer["data"]["code"]) == 6
    balance = ourvoice.call("GET", "current/balance")[1]["data"]["balance"]
    assert balance == 1234 - answer["data"]["cost"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "app_id"),
        ({"app_id": "x", "app_name": "GOLDEN"}, "app_name"),
        ({"app_id": "x"}, "app_id"),
        ({"app_name": "GOLDEN", "send_to": "+2290167153974"}, "send_to"),
    ],
)
def test_a_code_needs_one_app_and_a_number(ourvoice, values, field):
    status, answer = ourvoice.call("POST", "otp/send", {"send_to": "2290167153974", **values})
    assert (status, list(answer["errors"])) == (422, [field])


def test_without_credit_no_code_is_sent(ourvoice, fresh):
    fresh.switch_ourvoice(balance=14)
    status, _answer = ourvoice.call("POST", "otp/send", {"app_name": "GOLDEN", "send_to": "2290167153974"})
    assert status == 402
    assert fresh.records("ourvoice")["codes"] == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid-field", 422),
        ("invalid-list", 422),
        ("unauthorized-list", 401),
        ("maintenance", 503),
        ("no-credit", 402),
    ],
)
def test_a_refusal_of_the_dial_changes_nothing(ourvoice, fresh, kind, status):
    fresh.fault("ourvoice", "create-app", kind)
    assert ourvoice.call("POST", "apps", APP)[0] == status
    assert len(fresh.apps()) == 2


def test_the_dial_can_lose_keys_turn_sizes_into_text_and_leave_the_record_out(ourvoice, fresh, made):
    path = f"apps/{made['id']}"
    fresh.fault("ourvoice", "read-app", "missing-keys")
    assert "code_size" not in ourvoice.call("GET", path)[1]["data"]
    fresh.fault("ourvoice", "read-app", "size-as-text")
    assert ourvoice.call("GET", path)[1]["data"]["code_size"] == "6"
    fresh.fault("ourvoice", "change-app", "data-null")
    assert ourvoice.call("PUT", path, {"name": "Other"}) == (200, {"data": None})
    assert fresh.apps()[made["id"]]["name"] == "Other"


def test_the_dial_can_let_a_list_grow_and_lose_its_pages(ourvoice, fresh):
    fresh.fault("ourvoice", "list-apps", "more-pages")
    assert ourvoice.call("GET", "apps")[1]["meta"]["last_page"] == 2
    fresh.fault("ourvoice", "list-apps", "no-meta")
    assert list(ourvoice.call("GET", "apps")[1]) == ["data"]
