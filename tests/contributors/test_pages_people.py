"""The list of contributors and the OutVoice account, through their pages."""

from html import unescape

import pytest
from django.urls import reverse

from contributors import demo, services
from contributors.models import Contributor
from tests.contributors.factories import make_payment, make_person, signed_in
from voicehub.sync.engine import drain_inline
from voicehub.sync.models import Connection, Exchange, OAuthToken, SyncJob


def at(name, *arguments):
    return reverse(f"admin:contributors_contributor_{name}", args=arguments)


LIST = at("changelist")


@pytest.fixture
def admin(db):
    return signed_in(make_person("boss", "Admins"))


@pytest.fixture
def client(db):
    return signed_in(make_person("sam", "Staff"))


def text_of(answer):
    return unescape(answer.content.decode())


def pulled(client):
    client.post(at("pull"))
    drain_inline()


def test_the_list_is_fetched_by_a_button_and_says_what_changed(client, connected, outvoice):
    names = {one.remote_id: one.name for one in Contributor.objects.all()}
    outvoice.set_payees({**names, "900": "Peter Parker"})
    pulled(client)
    page = text_of(client.get(LIST))
    assert "1 new contributor" in page
    assert "Peter Parker" in text_of(client.get(LIST, {"q": "peter"}))


def test_pressing_the_button_twice_fetches_once(client, connected, outvoice):
    before = len(outvoice.calls(operation="list-freelancers"))
    for _click in range(3):
        client.post(at("pull"))
    drain_inline()
    assert len(outvoice.calls(operation="list-freelancers")) == before + 1


def test_the_panel_follows_a_fetch_until_it_has_ended(client, connected):
    client.post(at("pull"))
    assert b"data-moving" in client.get(at("live_pull")).content
    drain_inline()
    assert b"data-moving" not in client.get(at("live_pull")).content


@pytest.fixture
def asked(client, connected, outvoice):
    """OutVoice's list has shrunk to one person, and the fetch asks whether that is right."""
    outvoice.set_payees({"1": "Steve Rogers"})
    pulled(client)
    return client


def test_a_list_that_lost_many_asks_first(asked):
    assert Contributor.objects.filter(is_active=True).count() > 3
    page = text_of(asked.get(LIST))
    assert "Are they really gone?" in page
    assert at("question") in page
    assert "Are they really gone?" in text_of(asked.get(at("question")))


def test_they_are_gone_deactivates_them_and_keeps_them(asked):
    everybody = Contributor.objects.count()
    asked.post(at("question"), {"answer": "gone"})
    drain_inline()
    assert [one.name for one in Contributor.objects.filter(is_active=True)] == ["Steve Rogers"]
    assert Contributor.objects.count() == everybody


def test_leave_as_it_is_changes_nobody_and_closes_the_question(asked):
    active = Contributor.objects.filter(is_active=True).count()
    asked.post(at("question"), {"answer": "leave"})
    drain_inline()
    assert Contributor.objects.filter(is_active=True).count() == active
    assert asked.get(at("question")).status_code == 302


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_no_answer_leaves_the_question_open(asked, answer):
    asked.post(at("question"), {"answer": answer})
    assert asked.get(at("question")).status_code == 200


def test_not_on_the_list_explains_and_offers_to_fetch(client, connected):
    page = text_of(client.get(at("missing")))
    assert "invited on OutVoice's own site" in page
    assert "accept" in page
    answer = client.post(at("pull"), {"from": "missing"})
    assert answer.url == at("missing")


def test_without_an_account_fetching_says_who_can_help(client, outvoice):
    assert "administrator can connect" in text_of(client.post(at("pull"), follow=True))


def test_a_contributor_leads_to_their_payments(client, connected, steve, tony, editor):
    make_payment(editor, steve)
    make_payment(editor, tony)
    page = client.get(at("change", steve.pk))
    link = f"{reverse('admin:contributors_transaction_changelist')}?contributor__id__exact={steve.pk}"
    assert link in text_of(page)
    assert len(client.get(link).context["cl"].result_list) == 1


@pytest.mark.parametrize("name", ["change", "delete"])
def test_nobody_changes_or_deletes_a_contributor_here(admin, connected, steve, name):
    admin.post(at(name, steve.pk), {"name": "Somebody", "post": "yes"})
    steve.refresh_from_db()
    assert steve.name == "Steve Rogers"


def test_an_admin_connects_the_account_and_the_list_comes(admin, outvoice):
    form = {"email": " Editor@example.org ", "password": "sandbox"}
    page = text_of(admin.post(at("account"), form, follow=True))
    drain_inline()
    assert "the account of Nick Fury" in page
    assert Contributor.objects.filter(name="Tony Stark").exists()


def test_a_wrong_password_is_told_and_neither_kept_nor_shown(admin, outvoice, caplog):
    secret = "correct-horse-battery"
    page = text_of(admin.post(at("account"), {"email": "editor@example.org", "password": secret}))
    assert any(secret in call["body"] for call in outvoice.calls(operation="token"))
    assert "credentials" in page
    assert "editor@example.org" in page
    kept = "".join(str(list(model.objects.values())) for model in (Connection, Exchange, OAuthToken, SyncJob))
    assert secret not in page + kept + caplog.text
    assert services.installation_account() is None


def test_the_connected_account_is_checked_by_its_name(admin, connected):
    assert "this is the account of Nick Fury" in text_of(admin.post(at("check"), follow=True))


def test_a_check_that_fails_says_why(admin, connected, outvoice):
    outvoice.fault("outvoice", "auth-check", "error-before")
    assert "error" in text_of(admin.post(at("check"), follow=True))


def test_disconnecting_asks_first_and_forgets_the_tokens(admin, connected):
    assert "Disconnect the account of Nick Fury?" in text_of(admin.get(at("disconnect")))
    assert OAuthToken.objects.exists()
    admin.post(at("disconnect"))
    assert not OAuthToken.objects.exists()
    assert "No OutVoice account is connected" in text_of(admin.get(at("account")))


def test_after_a_refused_refresh_signing_in_again_lets_payments_go(admin, connected):
    Connection.objects.update(stopped_reason="OutVoice does not accept the sign-in any more.")
    assert "does not accept the sign-in" in text_of(admin.get(at("account")))
    admin.post(at("account"), {"email": "editor@example.org", "password": "sandbox"})
    assert services.installation_account().pk == connected.pk


@pytest.mark.parametrize("name", ["account", "check", "disconnect"])
@pytest.mark.parametrize("role", ["Editors", "Approvers", "Staff"])
def test_only_admins_touch_the_account(connected, name, role):
    other = signed_in(make_person("other", role))
    assert other.post(at(name), {"email": "a@example.org", "password": "x"}).status_code == 403
    assert OAuthToken.objects.exists()


@pytest.mark.parametrize("name", ["pull", "check"])
def test_what_changes_something_refuses_a_link(admin, connected, name):
    assert admin.get(at(name)).status_code == 405


def test_approvers_look_and_do_not_fetch(connected):
    approver = signed_in(make_person("approver", "Approvers"))
    assert approver.get(LIST).status_code == 200
    assert "Fetch the list now" not in text_of(approver.get(LIST))
    assert approver.post(at("pull")).status_code == 403


def test_the_demo_connects_the_sandbox_and_fetches_its_people_once(outvoice):
    make_person("admin", "Admins")
    demo.seed()
    assert Contributor.objects.filter(name="Natasha Romanov").exists()
    calls = len(outvoice.calls())
    demo.seed()
    assert len(outvoice.calls()) == calls


def test_the_demo_says_what_to_do_when_the_sandbox_is_silent(db, settings):
    make_person("admin", "Admins")
    settings.OUTVOICE_BASE_URL = "http://127.0.0.1:9/outvoice"
    with pytest.raises(demo.SandboxSilentError, match="Start it first"):
        demo.seed()
