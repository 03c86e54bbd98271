"""The second factor, through the pages."""

import re
from base64 import b32decode
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from tests.common.factories import PASSWORD, make_person
from voicehub.common import second_factor
from voicehub.common.models import AuditEntry, Notice, RecoveryCode, SecondFactor, User
from voicehub.common.roles import ADMINS, EDITORS

pytestmark = pytest.mark.django_db
PAGE = "/admin/profile/second-factor/"


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def person(clock) -> User:
    return make_person("eve", EDITORS)


def code_of(person: User) -> str:
    """What the phone shows now."""
    return f"{totp(b32decode(SecondFactor.objects.get(person=person).secret)):06d}"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def set_up(person: User, clock: Any) -> list[str]:
    """Set up as the person would; returns the recovery codes, half a minute later."""
    client = signed_in(person)
    client.get(PAGE)
    page = client.post(PAGE, {"password": PASSWORD, "code": code_of(person)}).content.decode()
    person.refresh_from_db()
    clock.shift(30)
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page)


def first_step(person: User, **more: str) -> Client:
    client = Client()
    answer = client.post(reverse("admin:login"), {"username": person.username, "password": PASSWORD, **more})
    assert answer["Location"].startswith(reverse("admin:sign_in_code"))
    return client


def second_step(client: Client, code: str) -> bool:
    """True when the code let the person in."""
    client.post(reverse("admin:sign_in_code"), {"code": code})
    return client.get(reverse("admin:profile")).status_code == HTTPStatus.OK


def test_a_password_alone_lets_nobody_in_who_has_a_second_factor(person, clock):
    set_up(person, clock)
    client = first_step(person)
    assert client.get(reverse("admin:profile")).status_code == HTTPStatus.FOUND
    assert not second_step(client, "000000")
    assert second_step(client, code_of(person))
    assert AuditEntry.objects.filter(action="sign_in.code_failed", object_id=str(person.pk)).count() == 1


def test_a_code_is_good_once_and_for_about_a_minute(person, clock):
    set_up(person, clock)
    code = code_of(person)
    assert second_step(first_step(person), code)
    assert not second_step(first_step(person), code)
    clock.shift(30)
    late = code_of(person)
    clock.shift(70)
    assert not second_step(first_step(person), late)


def test_after_the_code_one_gets_where_one_wanted_to_but_not_to_another_site(person, clock):
    set_up(person, clock)
    for wanted, reached in (("/admin/profile/", "/admin/profile/"), ("https://evil.example/", "/admin/")):
        client = Client()
        form = {"username": person.username, "password": PASSWORD, "next": wanted}
        code_page = client.post(reverse("admin:login"), form)["Location"]
        assert client.post(code_page, {"code": code_of(person)})["Location"] == reached
        clock.shift(30)
    forged = first_step(person).post(
        f"{reverse('admin:sign_in_code')}?next=//evil.example", {"code": code_of(person)}
    )
    assert forged["Location"] == "/admin/"


def test_ten_recovery_codes_are_shown_once_and_each_lets_in_once(person, clock):
    codes = set_up(person, clock)
    assert len(set(codes)) == 10
    assert second_step(first_step(person), codes[0].upper().replace("-", " "))
    assert not second_step(first_step(person), codes[0])
    page = signed_in(person).get(PAGE).content.decode()
    assert "9 recovery codes" in page
    assert not any(code in page for code in codes)


def test_secret_and_recovery_codes_stand_nowhere_in_the_database(person, clock):
    codes = set_up(person, clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM common_secondfactor")
        stored = cursor.fetchone()[0]
    assert stored.startswith("fernet:")
    kept = str([stored, *RecoveryCode.objects.values(), *AuditEntry.objects.values()])
    for secret in (SecondFactor.objects.get().secret, *codes):
        assert secret not in kept
        assert secret.replace("-", "") not in kept


def test_wrong_codes_lock_the_sign_in_as_wrong_passwords_do(person, clock, settings):
    settings.AXES_FAILURE_LIMIT = 3
    set_up(person, clock)
    client = first_step(person)
    answers = [client.post(reverse("admin:sign_in_code"), {"code": "000000"}).status_code for _try in range(4)]
    assert answers[2:] == [HTTPStatus.TOO_MANY_REQUESTS] * 2
    assert not second_step(client, code_of(person))


def test_ten_wrong_codes_from_anywhere_make_all_wait(person, clock):
    set_up(person, clock)
    for _try in range(second_factor.WRONG_CODES):
        assert not second_factor.accepts(person, "000000")
    assert not second_factor.accepts(person, code_of(person))
    clock.shift(second_factor.WAIT)
    assert second_factor.accepts(person, code_of(person))


def test_the_first_step_is_forgotten_after_minutes_and_by_a_new_password(person, clock):
    set_up(person, clock)
    late = first_step(person)
    clock.shift(6 * 60)
    assert not second_step(late, code_of(person))
    early = first_step(person)
    person.set_password("another harbour 8")
    person.save()
    assert not second_step(early, code_of(person))


def test_whoever_finds_a_screen_unlocked_does_not_set_one_up_and_lock_its_person_out(person):
    client = signed_in(person)
    client.get(PAGE)
    for typed in ({}, {"password": "wrong"}):
        answer = client.post(PAGE, {"code": code_of(person), **typed})
        assert answer.context["form"].errors
        person.refresh_from_db()
        assert not second_factor.is_on(person)


def test_switching_it_off_takes_password_and_code(person, clock):
    set_up(person, clock)
    client = signed_in(person)
    client.post(PAGE, {"act": "off", "password": "wrong", "code": code_of(person)})
    client.post(PAGE, {"act": "off", "password": PASSWORD, "code": "000000"})
    assert SecondFactor.objects.exists()
    client.post(PAGE, {"act": "off", "password": PASSWORD, "code": code_of(person)})
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    again = Client().post(reverse("admin:login"), {"username": "eve", "password": PASSWORD})
    assert again["Location"] == reverse("admin:index")
    assert AuditEntry.objects.filter(action="second_factor.off", actor=person).count() == 1


def test_an_admin_takes_it_away_and_the_person_is_told_and_signed_out(person, clock):
    set_up(person, clock)
    at_work, admin = signed_in(person), make_person("ada", ADMINS)
    reset = reverse("admin:common_user_reset_second_factor", args=[person.pk])
    assert reset in signed_in(admin).get(reverse("admin:common_user_change", args=[person.pk])).content.decode()
    signed_in(admin).post(reset)
    person.refresh_from_db()
    assert not second_factor.is_on(person)
    assert at_work.get(reverse("admin:profile")).status_code == HTTPStatus.FOUND
    assert Notice.objects.get(recipient=person).text.startswith("ada took your second factor away")
    assert AuditEntry.objects.get(action="second_factor.reset").actor == admin
    own = signed_in(admin).post(reverse("admin:common_user_reset_second_factor", args=[admin.pk]))
    assert own.status_code == HTTPStatus.FORBIDDEN


def test_whoever_runs_voicehub_takes_it_away_where_no_admin_can(person, clock):
    set_up(person, clock)
    call_command("reset_second_factor", "eve", stdout=StringIO())
    person.refresh_from_db()
    assert not second_factor.is_on(person)
    assert AuditEntry.objects.get(action="second_factor.reset").actor is None


def test_an_admin_who_has_to_have_one_gets_to_nothing_else_before(clock, settings):
    settings.REQUIRE_SECOND_FACTOR = "admins"
    admin, editor = make_person("ada", ADMINS), make_person("ed", EDITORS)
    client = signed_in(admin)
    for name in ("index", "profile", "common_user_changelist"):
        assert client.get(reverse(f"admin:{name}"))["Location"] == PAGE
    assert client.post(reverse("admin:common_notice_read"))["Location"] == PAGE
    assert signed_in(editor).get(reverse("admin:profile")).status_code == HTTPStatus.OK
    client.get(PAGE)
    client.post(PAGE, {"password": PASSWORD, "code": code_of(admin)})
    assert client.get(reverse("admin:profile")).status_code == HTTPStatus.OK
