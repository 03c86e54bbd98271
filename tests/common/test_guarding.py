"""Nothing typed is overwritten, lost or made twice: what the forms, the drafts and the presses hold."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from telephony.models import Hotline
from tests.common.factories import make_person
from voicehub.common.guarding import drafts, presses, tidying
from voicehub.common.models import Draft, Press, User
from voicehub.common.roles import ADMINS, EDITORS
from voicehub.sync.opened import OpenedForm

pytestmark = pytest.mark.django_db

ADD = "/admin/telephony/hotline/add/"
NEW = {"name": "Orders", "did": "845 951 1110", "time_zone": "America/New_York"}


@pytest.fixture
def admin() -> User:
    return make_person("ada", ADMINS)


@pytest.fixture
def client(admin) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def opened(client: Client, page: str) -> dict[str, object]:
    """A page's form as a browser would send it untouched."""
    context = client.get(page).context
    form = context["adminform"].form if "adminform" in context else context["form"]
    return {name: value for name in form.fields if (value := form[name].value())}


def hidden(client: Client, page: str) -> dict[str, str]:
    """The marks by which a page's form is known."""
    guard = client.get(page).context
    return {presses.KEY: guard["press"], drafts.TICKET: guard["ticket"]}


def page_of(person: User) -> str:
    return reverse("admin:common_user_change", args=[person.pk])


def test_every_form_that_changes_a_record_is_stopped_where_it_was_changed_since(admin):
    admin.is_superuser = True
    request = RequestFactory().get("/")
    request.user = admin
    unguarded = [
        model._meta.label
        for model, model_admin in site._registry.items()
        if not issubclass(model_admin.get_form(request, model(), change=True), OpenedForm)
    ]
    assert not unguarded


def test_somebody_keeps_a_hundred_drafts_at_most_and_finds_those_of_long_addresses(admin):
    for number in range(drafts.MOST + 3):
        place = f"/admin/?{'x' * 600 if number == drafts.MOST + 2 else number}"
        assert drafts.keep(drafts.read_ticket(drafts.ticket_for(admin, place)), QueryDict("a=1"))
    assert Draft.objects.count() == drafts.MOST
    assert drafts.draft_of(admin, place)
    assert not drafts.draft_of(admin, "/admin/?0")


@pytest.mark.parametrize(
    "forged", ["[" * 100_000, '{"first_name": {"": 5}}', '{"first_name": {"": [5]}}', '{"first_name": {"": [{}]}}']
)
def test_a_forged_memory_of_what_a_page_showed_counts_as_none(client, forged):
    eve = make_person("eve", EDITORS, first_name="Evelyn")
    mine = opened(client, page_of(eve)) | {"groups": [group.pk for group in eve.groups.all()]}
    answer = client.post(page_of(eve), mine | {"first_name": "Eva", "opened": forged})
    assert answer.status_code == HTTPStatus.FOUND


def test_what_others_changed_is_told_with_their_name_and_what_both_changed_is_chosen(client):
    eve, root = make_person("eve", EDITORS), make_person("root", ADMINS, is_superuser=True)
    mine = opened(client, page_of(eve)) | {"first_name": "Eva", "groups": [group.pk for group in eve.groups.all()]}
    other = Client()
    other.force_login(root)
    theirs = opened(other, page_of(eve)) | {
        "first_name": "Evelyn",
        "email": "eve@example.org",
        "groups": mine["groups"],
    }
    assert other.post(page_of(eve), theirs).status_code == HTTPStatus.FOUND

    form = client.post(page_of(eve), mine).context["adminform"].form
    told = {one.label: (one.opened, one.now, one.typed, one.is_taken_over, one.who) for one in form.meanwhile}
    assert told == {
        "First name": ("–", "Evelyn", "Eva", False, "root"),
        "Email address": ("–", "eve@example.org", "–", True, "root"),
    }
    again = {**mine, "opened": form["opened"].value(), "email": form["email"].value(), "keep-first_name": "theirs"}
    assert client.post(page_of(eve), again).status_code == HTTPStatus.FOUND
    eve.refresh_from_db()
    assert (eve.first_name, eve.email) == ("Evelyn", "eve@example.org")


def test_a_list_of_choices_that_somebody_else_changed_is_taken_over_whole(client):
    eve = make_person("eve", EDITORS)
    roles = list(Group.objects.filter(name__in=(EDITORS, ADMINS)).values_list("pk", flat=True))
    mine = opened(client, page_of(eve)) | {"last_name": "Adams", "groups": [group.pk for group in eve.groups.all()]}
    eve.groups.set(roles)
    form = client.post(page_of(eve), mine).context["adminform"].form
    assert sorted(map(int, form["groups"].value())) == sorted(roles)
    assert form["last_name"].value() == "Adams"


def test_of_many_presses_of_one_button_at_once_one_makes_a_record(client):
    body = NEW | hidden(client, ADD)
    first, second = client.post(ADD, body), client.post(ADD, body)
    assert (first.status_code, second.status_code) == (HTTPStatus.FOUND, HTTPStatus.FOUND)
    assert first["Location"] == second["Location"]
    assert Hotline.objects.count() == 1


def test_a_press_that_made_nothing_does_not_stand_in_the_way_of_the_next(client):
    body = NEW | hidden(client, ADD)
    assert client.post(ADD, body | {"did": "12"}).status_code == HTTPStatus.OK
    assert client.post(ADD, body).status_code == HTTPStatus.FOUND
    assert Hotline.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_who_claim_a_key_at_once_one_is_the_first(admin):
    key, barrier = presses.read_key(presses.new_key()), threading.Barrier(4)

    def claim(_number: int) -> bool:
        barrier.wait()
        try:
            return presses.is_first(admin, key)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(claim, range(4))) == [False, False, False, True]
    connections.close_all()


def test_a_draft_comes_back_to_who_typed_it_and_to_nobody_else(client):
    ticket = hidden(client, ADD)[drafts.TICKET]
    typed = {drafts.TICKET: ticket, "name": "Orders by night", "did": ""}
    assert client.post(reverse("admin:draft"), typed).status_code == HTTPStatus.NO_CONTENT
    assert "There is a draft of" in client.get(ADD).content.decode()
    assert client.get(reverse("admin:draft"), {drafts.TICKET: ticket}).json()["name"] == ["Orders by night"]
    other = Client()
    other.force_login(make_person("bob", ADMINS))
    assert "There is a draft of" not in other.get(ADD).content.decode()
    assert other.get(reverse("admin:draft"), {drafts.TICKET: ticket}).status_code == HTTPStatus.NOT_FOUND
    assert Client().get(reverse("admin:draft"), {drafts.TICKET: ticket}).status_code == HTTPStatus.NOT_FOUND
    forged = {drafts.TICKET: ticket[:-1] + ("a" if ticket[-1] != "a" else "b")}
    assert other.post(reverse("admin:draft"), typed | forged).status_code == HTTPStatus.NOT_FOUND


def test_a_draft_ends_with_the_save_and_is_deleted_when_nobody_came_back(client, settings):
    body = NEW | hidden(client, ADD)
    client.post(reverse("admin:draft"), body)
    assert client.post(ADD, body).status_code == HTTPStatus.FOUND
    assert not Draft.objects.exists()
    client.post(reverse("admin:draft"), body)
    with time_machine.travel(timezone.now() + timedelta(days=settings.DRAFT_DAYS, minutes=1)):
        assert tidying.CHORE.is_due()
        tidying.CHORE.run()
    assert not Draft.objects.exists()
    assert not Press.objects.exists()


def test_what_was_sent_after_the_session_had_ended_is_back_in_the_form_after_signing_in(client, admin):
    body = NEW | hidden(client, ADD)
    client.logout()
    answer = client.post(ADD, body, follow=True)
    assert "What you typed is kept: sign in and it is back." in answer.content.decode()
    client.force_login(admin)
    page = client.get(ADD)
    assert "data-take-now" in page.content.decode()
    kept = client.get(reverse("admin:draft"), {drafts.TICKET: page.context["ticket"]}).json()
    assert (kept["name"], kept["did"]) == (["Orders"], ["845 951 1110"])
    assert not Hotline.objects.exists()


def test_no_secret_is_ever_in_a_draft_and_the_database_holds_it_encrypted(client):
    page = reverse("admin:common_user_add")
    secrets = {"password1": "a quiet harbour 8", "otp_token": "123456", "x-api_key": "k", "client_secret": "s"}
    client.post(reverse("admin:draft"), {"username": "eve", **secrets, **hidden(client, page)})
    (draft,) = Draft.objects.all()
    assert json.loads(draft.body) == {"username": ["eve"]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM common_draft")
        assert "eve" not in cursor.fetchone()[0]


def test_what_is_too_long_to_be_kept_is_refused_and_leaves_the_earlier_draft(client):
    body = NEW | hidden(client, ADD)
    client.post(reverse("admin:draft"), body)
    too_long = client.post(reverse("admin:draft"), body | {"name": "x" * drafts.LONGEST})
    assert too_long.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert drafts.typed_in(Draft.objects.get())["name"] == ["Orders"]
