"""OutVoice's sheet, section 9, sentence by sentence."""

import json

import pytest

from tests.sandbox.wire import CLIENT_ID, ROW

MULTIPART = (
    '--b0\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\npassword\r\n'
    f'--b0\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n{CLIENT_ID}\r\n'
    '--b0\r\nContent-Disposition: form-data; name="username"\r\n\r\neditor@example.org\r\n'
    '--b0\r\nContent-Disposition: form-data; name="password"\r\n\r\nsandbox\r\n--b0--\r\n'
)


def row(**changes):
    """The usual row, changed; None takes a key out."""
    return {key: value for key, value in (ROW | changes).items() if value is not None}


def test_a_password_gives_a_pair_of_tokens(stranger):
    status, pair = stranger.grant(grant_type="password", username="editor@example.org", password="sandbox")
    assert status == 200
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 3600)
    assert pair["access_token"] != pair["refresh_token"]


def test_a_token_request_may_come_as_multipart(stranger):
    status, text = stranger.ask(
        "POST", "/outvoice/oauth/token", MULTIPART.encode(), Content_Type="multipart/form-data; boundary=b0"
    )
    assert status == 200
    assert json.loads(text)["access_token"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"grant_type": "password", "username": "editor@example.org", "password": "wrong"},
            (
                400,
                {
                    "error": "invalid_grant",
                    "error_description": "The user credentials were incorrect.",
                    "message": "The user credentials were incorrect.",
                },
            ),
        ),
        (
            {"grant_type": "password", "username": "nobody@example.org", "password": "sandbox"},
            (
                400,
                {
                    "error": "invalid_grant",
                    "error_description": "The user credentials were incorrect.",
                    "message": "The user credentials were incorrect.",
                },
            ),
        ),
        (
            {
                "grant_type": "password",
                "username": "editor@example.org",
                "password": "sandbox",
                "client_id": "x",
            },
            (401, {"error": "invalid_client", "message": "Client authentication failed"}),
        ),
        (
            {"grant_type": "refresh_token", "refresh_token": "never given out"},
            (
                401,
                {
                    "error": "invalid_request",
                    "message": "The refresh token is invalid.",
                    "hint": "Token has been revoked",
                },
            ),
        ),
    ],
)
def test_a_refused_token_request_is_answered_as_the_sheet_says(stranger, fields, expected):
    assert stranger.grant(**fields) == expected


@pytest.mark.parametrize("fields", [{"grant_type": "client_credentials"}, {}])
def test_another_grant_or_none_is_not_supported(stranger, fields):
    status, error = stranger.grant(**fields)
    assert (status, error["error"]) == (400, "unsupported_grant_type")


def test_a_refresh_changes_both_tokens_and_ends_the_old_ones(outvoice):
    old = outvoice.sign_in()
    status, new = outvoice.refresh(old["refresh_token"])
    assert status == 200
    assert {new["access_token"], new["refresh_token"]}.isdisjoint(old.values())
    assert outvoice.auth_check()[0] == 401
    status, error = outvoice.refresh(old["refresh_token"])
    assert (status, error["hint"]) == (401, "Token has been revoked")
    outvoice.token = new["access_token"]
    assert outvoice.auth_check()[0] == 200


def test_an_expired_refresh_token_says_so(outvoice, fresh):
    pair = outvoice.sign_in()
    fresh.expire_tokens(refresh_too=True)
    status, error = outvoice.refresh(pair["refresh_token"])
    assert (status, error["hint"]) == (401, "Token has expired")


@pytest.mark.parametrize("call", ["auth_check", "list_freelancers", "pay"])
@pytest.mark.parametrize("reason", ["missing", "unknown", "expired", "revoked"])
def test_without_a_good_token_the_answer_is_401_in_json(outvoice, fresh, call, reason):
    if reason in ("missing", "unknown"):
        outvoice.token = "" if reason == "missing" else "nonsense"
    else:
        (fresh.expire_tokens if reason == "expired" else fresh.revoke_tokens)()
    arguments = [ROW] if call == "pay" else []
    status, text = getattr(outvoice, call)(*arguments)
    assert (status, json.loads(text)) == (401, {"message": "Unauthenticated."})
    assert fresh.ledger() == []


def test_an_expired_access_token_can_still_be_refreshed(outvoice, fresh):
    pair = outvoice.sign_in()
    fresh.expire_tokens()
    assert outvoice.refresh(pair["refresh_token"])[0] == 200


def test_two_sign_ins_do_not_disturb_each_other(outvoice):
    first = outvoice.token
    outvoice.sign_in()
    outvoice.token = first
    assert outvoice.auth_check()[0] == 200


def test_auth_check_answers_a_json_string(outvoice):
    assert outvoice.auth_check() == (200, '"Nick Fury"')


def test_the_list_is_one_map_inside_a_list(outvoice, fresh):
    fresh.set_payees({"1": "Steve Rogers", "2": "Tony Stark", "3": "Natasha Romanov"})
    assert outvoice.list_freelancers() == (
        200,
        '[{"1":"Steve Rogers","2":"Tony Stark","3":"Natasha Romanov"}]',
    )


def test_the_first_payees_have_awkward_names_among_them(outvoice):
    (names,) = json.loads(outvoice.list_freelancers()[1])
    assert [names["1"], names["2"], names["3"]] == ["Steve Rogers", "Tony Stark", "Natasha Romanov"]
    assert len(names) > 20
    assert len(set(names.values())) == len(names) - 1
    assert any(not name.isascii() for name in names.values())
    assert any('"' in name and "&" in name for name in names.values())


@pytest.mark.parametrize(
    ("amount", "cents", "receipt"),
    [
        ("2000", 2000, "$20 sent to Steve Rogers"),
        (2000, 2000, "$20 sent to Steve Rogers"),
        ("2050", 2050, "$20.50 sent to Steve Rogers"),
        ("20.50", 2050, "$20.50 sent to Steve Rogers"),
        ("2005", 2005, "$20.05 sent to Steve Rogers"),
        ("1", 1, "$0.01 sent to Steve Rogers"),
    ],
)
def test_an_amount_is_booked_in_cents_and_receipted_in_dollars(outvoice, fresh, amount, cents, receipt):
    assert outvoice.pay(row(amount=amount)) == (200, receipt)
    assert [line["cents"] for line in fresh.ledger()] == [cents]


@pytest.mark.parametrize(
    "changes",
    [
        {"freelancer": "nobody"},
        {"freelancer": 1},
        {"freelancer": None},
        {"freelancer": "\ud800"},
        {"currency": "EUR"},
        {"currency": None},
        {"amount": "0"},
        {"amount": "0.00"},
        {"amount": 0},
        {"amount": -5},
        {"amount": "-5"},
        {"amount": 20.5},
        {"amount": "20.5"},
        {"amount": "20.555"},
        {"amount": "1,000"},
        {"amount": "２０"},
        {"amount": ""},
        {"amount": True},
        {"amount": None},
        {"amount": "9" * 30},
        {"url": None},
        {"title": " "},
    ],
)
def test_a_bad_row_is_refused_with_a_sentence_and_nothing_is_booked(outvoice, fresh, changes):
    status, sentence = outvoice.pay(row(), row(**changes))
    assert status == 400
    assert sentence.endswith(".")
    assert fresh.ledger() == []
    assert not fresh.calls(operation="transaction")[-1]["is_acted"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '"x"', "[1]", "{", '{"a":{}}', b"\xff", "[" * 100_000, "9" * 5000]
)
def test_a_body_without_readable_rows_is_refused(outvoice, fresh, text):
    assert outvoice.send(text)[0] == 400
    assert fresh.ledger() == []


def test_an_inactive_payee_is_not_listed_and_cannot_be_paid(outvoice, fresh):
    fresh.deactivate_payee("1")
    assert "1" not in json.loads(outvoice.list_freelancers()[1])[0]
    assert outvoice.pay(row())[0] == 400
    assert fresh.ledger() == []


def test_an_object_whose_keys_count_from_0_is_taken_like_an_array(outvoice, fresh):
    text = json.dumps({"0": row(), "1": row(freelancer="2", amount="2050")})
    assert outvoice.send(text) == (200, "$20 sent to Steve Rogers, $20.50 sent to Tony Stark")
    assert [line["cents"] for line in fresh.ledger()] == [2000, 2050]


def test_unknown_keys_are_ignored(outvoice, fresh):
    assert outvoice.pay(row(version="1.0", hash="deadbeef"))[0] == 200
    assert len(fresh.ledger()) == 1


def test_the_ledger_keeps_what_was_received(outvoice, fresh):
    text = json.dumps([row(title="Été \ud83d\ude00")], ensure_ascii=True)
    outvoice.send(text)
    (line,) = fresh.ledger()
    assert line["body"] == text
    assert (line["freelancer"], line["name"], line["url"]) == ("1", "Steve Rogers", ROW["url"])
    assert line["title"] == "Été 😀"
    assert line["booked_at"]


def test_half_a_character_in_a_title_is_no_accident(outvoice, fresh):
    assert outvoice.send(json.dumps([row(title="\ud800")]))[0] == 200
    assert len(fresh.ledger()) == 1


def test_the_same_request_twice_books_twice(outvoice, fresh):
    assert outvoice.pay(row()) == outvoice.pay(row())
    assert len(fresh.ledger()) == 2


@pytest.mark.parametrize(
    "path", ["/v1.0/transaction", "/v1.0/list-freelancers", "/api/v1.0/transactions", "/api/v1.0/", "/"]
)
def test_another_path_is_404_and_recorded(outvoice, fresh, path):
    assert outvoice.ask("POST", f"/outvoice{path}", b"[]")[0] == 404
    call = fresh.calls()[-1]
    assert (call["path"], call["operation"], call["status"]) == (f"/outvoice{path}", "", 404)


def test_the_ledger_cannot_be_read_through_the_api(outvoice):
    outvoice.pay(row())
    assert outvoice.ask("GET", "/outvoice/api/v1.0/transaction")[0] == 405
