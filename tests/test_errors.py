"""What people see when something does not work: a page in words, with a way on."""

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_address_of_a_button_loaded_by_itself_says_so_and_leads_back(admin_client):
    url = reverse("admin:common_notice_read")
    answer = admin_client.get(
        url, headers={"Host": "testserver", "Referer": "http://testserver/admin/common/notice/?p=2"}
    )
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert b"This address is not a page" in answer.content
    assert b'href="/admin/common/notice/?p=2"' in answer.content


@pytest.mark.parametrize(
    "where",
    [
        "http://elsewhere.example/admin/",
        "http://testserver//elsewhere.example/",
        "http://testserver/admin/nowhere/?q=1",
        "//[",
    ],
)
def test_nothing_leads_back_to_another_host_or_to_the_same_page(admin_client, where):
    answer = admin_client.get("/admin/nowhere/", headers={"Host": "testserver", "Referer": where})
    assert answer.status_code == 404
    assert answer.content.count(b"<a href") == 1


def test_a_form_that_is_too_large_is_told_as_that(admin_client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = admin_client.post(reverse("admin:profile"), {"time_zone": "x" * 2000})
    assert answer.status_code == 413
    assert b"Nothing was done" in answer.content


def test_what_breaks_without_a_database_is_still_told_in_words(monkeypatch, admin_user):
    def away(*args, **kwargs):
        raise DatabaseError

    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 500
    assert b"may or may not have happened" in answer.content


def test_the_glossary_explains_every_state_once(admin_client):
    from voicehub.sync.admin.states import STATES

    shown = admin_client.get(reverse("admin:glossary")).content.decode()
    assert shown.count('<dt><span class="vh-state') == len(STATES)
