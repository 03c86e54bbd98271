"""The frame of every page and the first page."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from tests.common.factories import make_person
from voicehub.common import inbox
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF
from voicehub.sync.models import Lane

pytestmark = pytest.mark.django_db

BANNER = "Sandbox in use: nothing leaves this computer"


def signed_in(*roles: str, **fields: object) -> Client:
    client = Client()
    client.force_login(make_person("somebody", *roles, **fields))
    return client


def menu_of(client: Client) -> dict[str, list[str]]:
    groups = client.get(reverse("admin:profile")).context["sidebar_navigation"]
    return {str(group["title"]): [str(item["title"]) for item in group["items"]] for group in groups}


def test_an_editor_comes_to_the_pay_form():
    answer = signed_in(EDITORS).get(reverse("admin:index"))
    assert answer["Location"] == reverse("admin:contributors_transaction_pay")


@pytest.mark.parametrize("role", [APPROVERS, STAFF, ADMINS])
def test_others_come_to_the_first_page_with_the_state_of_the_providers(role):
    Lane.objects.filter(pk="outvoice").update(halted_reason="The client id is wrong.")
    page = signed_in(role).get(reverse("admin:index")).content.decode()
    assert "OutVoice" in page
    assert "The client id is wrong." in page


def test_the_menu_shows_what_a_role_may_see_and_nothing_else():
    menu = menu_of(signed_in(EDITORS))
    assert menu == {
        "Payments": ["Pay contributors", "Payments", "Ledger", "Contributors"],
        "System": ["Notices", "Files and bulk actions", "Audit", "Words and states"],
    }


def test_the_menu_of_an_admin_has_people_but_no_raw_roles():
    assert menu_of(signed_in(ADMINS))["People"] == ["People"]


def test_the_menu_of_a_superuser_has_everything():
    menu = menu_of(signed_in(is_superuser=True))
    ours = ["Payments", "One-time passwords", "Telephony", "Campaigns", "Calls and texts"]
    assert list(menu) == [*ours, "Providers", "Sandbox providers", "People", "System"]
    assert menu["Providers"] == [
        "Set up",
        "Providers",
        "Accounts",
        "Jobs",
        "Provider calls",
        "Inbound addresses",
        "Inbound requests",
    ]


def test_the_menu_marks_the_page_one_is_on_and_no_other():
    client = signed_in(EDITORS)
    groups = client.get(reverse("admin:contributors_transaction_pay")).context["sidebar_navigation"]
    active = [str(item["title"]) for group in groups for item in group["items"] if item["active"]]
    assert active == ["Pay contributors"]


def test_items_of_the_apps_are_shown_the_worst_first(monkeypatch):
    monkeypatch.setattr(inbox, "_shown", {})
    inbox.shown(lambda request: [inbox.Item("Mild"), inbox.Item("Severe", level="error")])
    page = signed_in(STAFF).get(reverse("admin:index")).content.decode()
    assert page.index("Severe") < page.index("Mild")


@pytest.mark.parametrize(
    "name", ["login", "index", "profile", "password_change", "common_user_changelist", "common_user_add"]
)
def test_a_demo_says_on_every_page_that_the_sandbox_is_in_use(name):
    client = Client() if name == "login" else signed_in(ADMINS)
    assert BANNER in client.get(reverse(f"admin:{name}")).content.decode()


def test_a_live_installation_has_no_banner_and_names_no_demo_people(settings):
    settings.VOICEHUB_DEMO = False
    assert "editor" in signed_out_page(settings, demo=True)
    page = signed_out_page(settings, demo=False)
    assert BANNER not in page
    assert "editor" not in page


def signed_out_page(settings, *, demo: bool) -> str:
    settings.VOICEHUB_DEMO = demo
    return Client().get(reverse("admin:login")).content.decode()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", HTTPStatus.NOT_FOUND, "There is nothing here"),
        ("/admin/common/user/", HTTPStatus.FORBIDDEN, "ask an admin"),
    ],
)
def test_an_error_page_is_in_plain_words_with_a_way_on(path, status, words):
    answer = signed_in(EDITORS).get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert 'href="/admin/"' in page


def test_a_form_from_an_old_page_does_nothing_and_says_so():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("somebody", STAFF))
    answer = client.post(reverse("admin:profile"), {"time_zone": "Asia/Tokyo"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "nothing was done" in answer.content.decode()


def test_a_fault_of_ours_does_not_claim_to_know_what_happened(monkeypatch):
    def broken(request: object) -> list[inbox.Item]:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "_shown", {"broken": broken})
    client = signed_in(STAFF)
    client.raise_request_exception = False
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "may or may not have happened" in answer.content.decode()
