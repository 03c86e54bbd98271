"""Where people are signed in, forgotten passwords, and the rules for new ones."""

from http import HTTPStatus

import pytest
import time_machine
from django.core import mail as outgoing
from django.test import Client
from django.urls import reverse

from tests.common.factories import PASSWORD, make_person
from voicehub.common.models import AuditEntry, SignIn, User
from voicehub.common.roles import ADMINS, EDITORS
from voicehub.common.sessions import device_words

pytestmark = pytest.mark.django_db
ON_A_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605 Version/26.1 Mobile Safari/604.1"
AT_A_DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
NEW = "another harbour 8"


@pytest.fixture
def person() -> User:
    return make_person("eve", EDITORS, email="eve@example.org")


def sign_in(name: str, password: str = PASSWORD, agent: str = AT_A_DESK) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(reverse("admin:login"), {"username": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:profile")).status_code == HTTPStatus.OK


def change_password(client: Client, old: str = PASSWORD, new: str = NEW) -> str:
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("admin:password_change"), form).content.decode()


def test_people_see_where_they_are_signed_in_and_end_one_session_or_all_others(person):
    desk, phone, third = sign_in("eve"), sign_in("eve", agent=ON_A_PHONE), sign_in("eve")
    page = desk.get(reverse("admin:profile")).content.decode()
    assert "Chrome on Linux" in page
    assert "Safari on iPhone" in page
    assert not any(key in page for key in SignIn.objects.values_list("session_key", flat=True))
    desk.post(reverse("admin:sign_out"), {"sign_in": SignIn.objects.get(device=ON_A_PHONE).pk})
    assert [is_in(client) for client in (desk, phone, third)] == [True, False, True]
    desk.post(reverse("admin:sign_out"))
    assert [is_in(client) for client in (desk, third)] == [True, False]
    assert AuditEntry.objects.filter(action="sign_in.session_ended", actor=person).count() == 2


def test_nobody_ends_the_session_of_somebody_else(person):
    make_person("mallory", EDITORS)
    eve, mallory = sign_in("eve"), sign_in("mallory")
    mallory.post(reverse("admin:sign_out"), {"sign_in": SignIn.objects.get(person=person).pk})
    mallory.post(reverse("admin:common_user_end_sessions", args=[person.pk]))
    assert is_in(eve)


def test_an_admin_signs_somebody_out_everywhere(person):
    make_person("ada", ADMINS)
    eve, ada = sign_in("eve"), sign_in("ada")
    ada.post(reverse("admin:common_user_end_sessions", args=[person.pk]))
    assert not is_in(eve)
    assert AuditEntry.objects.get(action="sign_in.sessions_ended").object_id == str(person.pk)


def test_a_new_password_ends_all_other_sessions(person):
    desk, phone = sign_in("eve"), sign_in("eve", agent=ON_A_PHONE)
    change_password(desk)
    assert [is_in(desk), is_in(phone)] == [True, False]
    assert "this one" in desk.get(reverse("admin:profile")).content.decode()
    assert SignIn.objects.filter(person=person).count() == 1


def test_a_session_ends_when_unused_and_after_days_in_any_case_and_no_polling_keeps_it(person, settings):
    with time_machine.travel("2026-11-28T08:00:00Z", tick=False) as clock:
        used, polled, polled_over_http = sign_in("eve"), sign_in("eve"), sign_in("eve")
        for _time in range(3):
            clock.shift(5 * 3600)
            assert is_in(used)
            polled.get(reverse("admin:profile"), headers={"sec-fetch-mode": "cors"})
            polled_over_http.get(reverse("admin:troubles"), headers={"x-fragment": "1"})
        assert not is_in(polled)
        assert not is_in(polled_over_http)
        settings.SESSION_DAYS = 1
        clock.shift(10 * 3600)
        assert not is_in(used)


@pytest.mark.parametrize(
    ("agent", "words"),
    [(ON_A_PHONE, "Safari on iPhone"), ("curl/8", "Unknown device"), (f"{AT_A_DESK} Edg/141", "Edge on Linux")],
)
def test_browsers_are_named_in_words(agent, words):
    assert device_words(agent) == words


def test_a_new_password_is_long_and_none_of_the_last(person):
    client = sign_in("eve")
    page = client.get(reverse("admin:password_change")).content.decode()
    assert "at least 12 characters" in page
    assert "one of the last 5" in page
    assert "at least 12" in change_password(client, new="harbour 8")
    change_password(client)
    assert "You have had this password before" in change_password(client, NEW, PASSWORD)
    assert "You have had this password before" in change_password(client, NEW, NEW)
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_forgotten_password_is_replaced_by_a_link_that_is_good_once(person):
    trouble = reverse("admin:admin_password_reset")
    at_work = sign_in("eve")
    for address in ("eve@example.org", "EVE@example.org", "nobody@example.org"):
        answer = Client().post(trouble, {"email": address}, follow=True).content.decode()
        assert "If somebody here has this address" in answer
    (message,) = outgoing.outbox
    link = next(line for line in message.body.splitlines() if "://" in line).partition("testserver")[2]
    client = Client()
    form_page = client.get(link)["Location"]
    client.post(form_page, {"new_password1": NEW, "new_password2": NEW})
    assert not is_in(at_work)
    assert is_in(sign_in("eve", NEW))
    assert "not good any more" in Client().get(link, follow=True).content.decode()
    actions = AuditEntry.objects.filter(action__startswith="person.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["person.reset_link_sent", "person.password_forgotten"]


def test_the_link_leads_to_our_public_address_whatever_host_the_request_names(person, settings):
    settings.PUBLIC_BASE_URL, settings.ALLOWED_HOSTS = "https://voicehub.example.org/", ["*"]
    Client().post(reverse("admin:admin_password_reset"), {"email": person.email}, headers={"host": "evil.example"})
    (message,) = outgoing.outbox
    assert "https://voicehub.example.org/admin/login/password/" in message.body
    assert "evil.example" not in message.body


def test_without_a_mail_server_the_page_says_who_can_help_and_sends_nothing(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    answer = Client().post(reverse("admin:admin_password_reset"), {"email": person.email}).content.decode()
    assert "Ask an admin" in answer
    assert 'name="email"' not in answer
    assert not AuditEntry.objects.filter(action="person.reset_link_sent").exists()


def test_who_knows_the_password_reads_why_they_do_not_get_in_and_nobody_else(person):
    User.objects.update(is_active=False)
    login = reverse("admin:login")
    for password, words in ((PASSWORD, "has been switched off"), ("wrong", "name or the password is not right")):
        assert words in Client().post(login, {"username": "eve", "password": password}).content.decode()
