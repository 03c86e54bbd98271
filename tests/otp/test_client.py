"""The Ourvoice client against the sandbox: pages, errors by class, answers of every shape."""

import pytest

from otp.ourvoice import OurvoiceClient, RemoteApp
from otp.sync import ourvoice_settings
from tests.otp.factories import VALUES
from voicehub.remote.errors import (
    ConfigurationError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UncertainError,
    UnexpectedResponseError,
)


@pytest.fixture
def client(ourvoice):
    return OurvoiceClient(ourvoice_settings(), lambda exchange: None)


@pytest.fixture
def app(client):
    return client.create_app(VALUES)


def test_25_apps_over_three_pages_all_arrive_and_no_link_is_followed(client, ourvoice):
    ourvoice.add_apps(*(f"App {number}" for number in range(23)))
    assert len(client.list_apps()) == 25
    assert [call["query"] for call in ourvoice.calls("ourvoice", "list-apps")] == ["page=1", "page=2", "page=3"]


def test_the_size_of_a_page_can_be_asked_for(client, ourvoice, settings):
    settings.OURVOICE_PAGE_SIZE = 1
    assert len(OurvoiceClient(ourvoice_settings(), lambda exchange: None).list_apps()) == 2
    assert [call["query"] for call in ourvoice.calls("ourvoice")] == ["page=1&limit=1", "page=2&limit=1"]


def test_a_list_that_grows_while_it_is_read_is_read_again(client, ourvoice):
    ourvoice.add_apps(*(f"App {number}" for number in range(12)))
    ourvoice.fault("ourvoice", "list-apps", "more-pages")
    assert len(client.list_apps()) == 14
    assert len(ourvoice.calls("ourvoice", "list-apps")) == 4


def test_a_list_that_never_stands_still_is_given_up(client, ourvoice):
    ourvoice.add_apps(*(f"App {number}" for number in range(12)))
    for _reading in range(3):
        ourvoice.fault("ourvoice", "list-apps", "more-pages")
        ourvoice.fault("ourvoice", "list-apps", "slow", value=0)
    with pytest.raises(UnexpectedResponseError):
        client.list_apps()


def test_a_list_with_too_many_pages_is_not_read(client, ourvoice, settings):
    settings.OURVOICE_MAX_PAGES = 1
    ourvoice.add_apps(*(f"App {number}" for number in range(12)))
    with pytest.raises(UnexpectedResponseError):
        OurvoiceClient(ourvoice_settings(), lambda exchange: None).list_apps()


def test_a_list_without_pages_is_one_page(client, ourvoice):
    ourvoice.fault("ourvoice", "list-apps", "no-meta")
    assert len(client.list_apps()) == 2


def test_an_app_is_made_changed_in_part_and_deleted(client, ourvoice, app):
    assert app.values == VALUES
    changed = client.change_app(app.remote_id, {"name": "Other"})
    assert changed.values == VALUES | {"name": "Other"}
    client.delete_app(app.remote_id)
    with pytest.raises(NotFoundError):
        client.read_app(app.remote_id)


def test_what_an_answer_does_not_say_is_left_open(client, ourvoice, app):
    ourvoice.fault("ourvoice", "read-app", "missing-keys")
    assert client.read_app(app.remote_id).values == {"name": "Till", "sender_id": VALUES["sender_id"]}
    ourvoice.fault("ourvoice", "read-app", "size-as-text")
    assert client.read_app(app.remote_id).values["code_size"] == 6


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "a\0b"},
        {"id": ["x"]},
        {"id": "x", "name": 7.5},
        {"id": "x", "name": "n" * 256},
        {"id": "x", "code_size": "six"},
        {"id": "x", "code_size": 10**6},
    ],
)
def test_what_is_no_app_is_not_taken_for_one(document):
    with pytest.raises(UnexpectedResponseError):
        RemoteApp.parse(document)


def test_texts_are_trimmed_and_otherwise_left_as_they_are():
    app = RemoteApp.parse({"id": "x", "message_template": " Votre code  «é»\r\nest [code]. ", "deleted_at": "2024"})
    assert app.values == {"message_template": "Votre code  «é»\nest [code]."}
    assert app.is_deleted


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refuse", RejectedError),
        ("forbidden", RejectedError),
        ("no-credit", RejectedError),
        ("invalid-field", RejectedError),
        ("invalid-list", RejectedError),
        ("unauthorized", ConfigurationError),
        ("unauthorized-list", ConfigurationError),
        ("not-found", UnavailableError),
        ("rate-limit", RateLimitedError),
        ("sign-in-page", UnexpectedResponseError),
        ("redirect", UnexpectedResponseError),
        ("error-after", UnexpectedResponseError),
        ("bad-gateway-after", UnexpectedResponseError),
        ("maintenance", UnexpectedResponseError),
        ("html", UnexpectedResponseError),
        ("empty-200", UnexpectedResponseError),
        ("data-null", UnexpectedResponseError),
        ("deep-json", UnexpectedResponseError),
        ("cut-after", UncertainError),
        ("cut-head", UncertainError),
        ("cut-body", UncertainError),
        ("hang", UncertainError),
    ],
)
def test_each_failure_of_a_create_is_named_by_what_follows_from_it(client, ourvoice, settings, kind, error):
    settings.OURVOICE_READ_TIMEOUT = 0.3
    ourvoice.fault("ourvoice", "create-app", kind)
    with pytest.raises(error):
        OurvoiceClient(ourvoice_settings(), lambda exchange: None).create_app(VALUES)


@pytest.mark.parametrize("kind", ["html-before", "html", "empty-200"])
def test_a_removal_counts_only_when_ourvoice_has_said_so(client, ourvoice, app, kind):
    ourvoice.fault("ourvoice", "delete-app", kind)
    with pytest.raises(UnexpectedResponseError):
        client.delete_app(app.remote_id)


def test_errors_are_told_by_field_in_the_providers_words(client, ourvoice):
    ourvoice.switch_ourvoice(is_french=True)
    with pytest.raises(RejectedError) as refused:
        client.create_app(VALUES | {"sender_id": "GOLDEN"})
    assert refused.value.fields == {"sender_id": ["Le champ sender_id sélectionné est invalide."]}
    assert "Le champ sender_id sélectionné est invalide." in str(refused.value)


def test_errors_in_a_list_are_told_as_a_sentence(client, ourvoice):
    ourvoice.switch_ourvoice(error_shape="list")
    with pytest.raises(RejectedError) as refused:
        client.create_app(VALUES | {"name": ""})
    assert "The name field is required." in str(refused.value)


def test_without_a_key_nothing_is_sent(ourvoice, settings):
    settings.OURVOICE_API_KEY = ""
    with pytest.raises(ConfigurationError):
        OurvoiceClient(ourvoice_settings(), lambda exchange: None).list_apps()
    assert ourvoice.calls("ourvoice") == []


def test_the_key_is_never_in_what_is_kept_of_a_call(ourvoice):
    kept = []
    OurvoiceClient(ourvoice_settings(), kept.append).list_apps()
    assert "sandbox|ourvoice" not in repr(kept)
    assert ourvoice.calls("ourvoice")[0]["headers"]["Authorization"] == "Bearer sandbox|ourvoice"


def test_senders_are_listed_where_ourvoice_tells_them(client, ourvoice):
    assert [sender.name for sender in client.list_senders()] == ["GOLDEN"]
    ourvoice.switch_ourvoice(lists_senders=False)
    assert client.list_senders() == []


def test_ids_with_odd_characters_stay_in_their_place(client, ourvoice):
    with pytest.raises(NotFoundError):
        client.read_app("../apps?x=1 é")
    assert ourvoice.calls("ourvoice")[0]["operation"] == "read-app"
