from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tests.common.factories import make_person
from voicehub.common import notices
from voicehub.common.models import Notice
from voicehub.common.roles import ADMINS, STAFF

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return make_person("sam", STAFF)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_everybody_who_holds_a_permission_is_told(staff):
    ada, root = make_person("ada", ADMINS), make_person("root", is_superuser=True)
    make_person("gone", ADMINS, is_active=False)
    notices.notify("common.manage_people", "Somebody was locked out")
    assert set(Notice.objects.values_list("recipient", flat=True)) == {ada.pk, root.pk}


def test_repeated_failures_of_one_cause_are_one_notice_with_a_count(staff):
    for number in (1, 2, 3):
        notices.notify(staff, f"Failure {number}", cause="lane.halted outvoice")
    notice = Notice.objects.get()
    assert (notice.count, notice.text) == (3, "Failure 3")


def test_a_cause_that_comes_back_after_it_was_read_is_told_anew(staff):
    notices.notify(staff, "Failure", cause="lane.halted outvoice")
    notices.mark_read(notices.unread(staff))
    notices.notify(staff, "Failure again", cause="lane.halted outvoice")
    assert list(notices.unread(staff).values_list("text", "count")) == [("Failure again", 1)]


def test_notices_without_a_cause_stay_apart(staff):
    notices.notify(staff, "One")
    notices.notify(staff, "Two")
    assert Notice.objects.count() == 2


def test_everybody_is_told_in_their_own_language_whoever_tells(staff):
    french = make_person("fleur", STAFF, language="fr")
    with translation.override("fr"):
        notices.notify([staff, french], lambda: gettext("Yes"))
    assert notices.unread(staff).get().text == "Yes"
    assert notices.unread(french).get().text == "Oui"


def test_the_first_page_and_the_menu_show_what_is_unread(staff):
    notices.notify(staff, "OutVoice wants a new sign-in", level=Notice.Level.ERROR)
    page = signed_in(staff).get(reverse("admin:index")).content.decode()
    assert "OutVoice wants a new sign-in" in page
    menu = signed_in(staff).get(reverse("admin:profile")).context["sidebar_navigation"]
    badges = [item.get("badge") for group in menu for item in group["items"] if item["title"] == "Notices"]
    assert badges == ["1"]


def test_nobody_sees_or_marks_the_notices_of_others(staff):
    notices.notify(make_person("ada", ADMINS), "For Ada alone")
    notice = Notice.objects.get()
    client = signed_in(staff)
    assert "For Ada alone" not in client.get(reverse("admin:common_notice_changelist")).content.decode()
    client.post(reverse("admin:common_notice_read"), {"notice": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_marking_as_read_is_a_post_for_one_or_for_all(staff):
    for text in ("One", "Two", "Three"):
        notices.notify(staff, text)
    client, read = signed_in(staff), reverse("admin:common_notice_read")
    assert client.get(read).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post(read, {"notice": Notice.objects.get(text="Two").pk})
    assert set(notices.unread(staff).values_list("text", flat=True)) == {"One", "Three"}
    client.post(read)
    assert not notices.unread(staff).exists()


@pytest.mark.parametrize(
    ("wished", "reached"),
    [
        ("/admin/", "/admin/"),
        ("https://evil.example/", "/admin/common/notice/"),
        ("//evil.example", "/admin/common/notice/"),
    ],
)
def test_marking_as_read_leads_back_into_this_site_only(staff, wished, reached):
    answer = signed_in(staff).post(reverse("admin:common_notice_read"), {"next": wished})
    assert answer["Location"] == reached
