"""Who gets in, and what people may change about each other: through the pages, by direct requests."""

from http import HTTPStatus

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from tests.common.factories import PASSWORD, make_person
from voicehub.common.models import AuditEntry, User
from voicehub.common.roles import ADMINS, EDITORS, ROLES, STAFF

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_person("ada", ADMINS)


@pytest.fixture
def superuser() -> User:
    return make_person("root", ADMINS, is_superuser=True)


@pytest.fixture
def person() -> User:
    return make_person("eve", EDITORS)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: User) -> str:
    return reverse("admin:common_user_change", args=[person.pk])


def roles_of(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def filled_in(person: User, roles: tuple[str, ...] = (EDITORS,), **changes: str) -> dict[str, object]:
    groups = [group.pk for group in Group.objects.filter(name__in=roles)]
    kept = {"username": person.username, "is_active": "on", "mail_wish": person.mail_wish}
    return {**kept, "groups": groups, **changes}


def sign_in(client: Client, name: str, password: str) -> HTTPStatus:
    answer = client.post(reverse("admin:login"), {"username": name, "password": password})
    return HTTPStatus(answer.status_code)


def test_four_roles_are_there_from_the_start():
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


def test_an_admin_adds_a_person_who_can_sign_in_at_once(admin):
    new = {"username": "ned", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    new["groups"] = [Group.objects.get(name=STAFF).pk]
    signed_in(admin).post(reverse("admin:common_user_add"), new)
    assert roles_of(User.objects.get(username="ned")) == {STAFF}
    client = Client()
    assert sign_in(client, "ned", PASSWORD) == HTTPStatus.FOUND
    assert client.get(reverse("admin:index")).status_code == HTTPStatus.OK


def test_an_admin_changes_roles_and_the_audit_tells(admin, person):
    answer = signed_in(admin).post(page_of(person), filled_in(person, (STAFF,)))
    assert answer.status_code == HTTPStatus.FOUND
    assert roles_of(person) == {STAFF}
    entry = AuditEntry.objects.get(action="person.changed")
    assert (entry.actor, entry.object_id) == (admin, str(person.pk))
    assert (entry.data["roles_given"], entry.data["roles_taken"]) == ([STAFF], [EDITORS])


def test_deactivating_a_person_ends_their_session(admin, person):
    at_work = signed_in(person)
    form = filled_in(person)
    del form["is_active"]
    signed_in(admin).post(page_of(person), form)
    assert at_work.get(reverse("admin:profile")).status_code == HTTPStatus.FOUND
    assert AuditEntry.objects.get(action="person.changed").data["changed"] == {"is_active": "False"}


def test_an_admin_cannot_make_anybody_a_superuser_or_give_raw_permissions(admin, person):
    everything = [permission.pk for permission in Permission.objects.all()]
    forged = filled_in(person, is_superuser="on", is_demo="on", user_permissions=everything)
    answer = signed_in(admin).post(page_of(person), forged)
    assert answer.status_code == HTTPStatus.FOUND
    person.refresh_from_db()
    assert not person.is_superuser
    assert not person.is_demo
    assert not person.user_permissions.exists()


def test_an_admin_cannot_add_a_superuser(admin):
    forged = {"username": "ned", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    signed_in(admin).post(reverse("admin:common_user_add"), forged | {"is_superuser": "on"})
    assert not User.objects.get(username="ned").is_superuser


def test_djangos_own_permission_to_change_users_opens_nothing(person):
    kind = ContentType.objects.get_for_model(User)
    for codename in ("view_user", "add_user", "change_user", "delete_user"):
        person.user_permissions.add(Permission.objects.create(content_type=kind, codename=codename, name=codename))
    client = signed_in(person)
    answer = client.post(page_of(person), filled_in(person, is_superuser="on"))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert client.get(reverse("admin:common_user_changelist")).status_code == HTTPStatus.FORBIDDEN
    assert not User.objects.get(pk=person.pk).is_superuser


@pytest.mark.parametrize("name", ["ada", "root"])
def test_nobody_changes_their_own_access(admin, superuser, name):
    myself = User.objects.get(username=name)
    before = (myself.is_superuser, roles_of(myself))
    forged = filled_in(myself, (EDITORS, STAFF), first_name="Me", is_superuser="")
    del forged["is_active"]
    signed_in(myself).post(page_of(myself), forged)
    myself.refresh_from_db()
    assert myself.first_name == "Me"
    assert myself.is_active
    assert (myself.is_superuser, roles_of(myself)) == before


def test_an_admin_sees_a_superuser_but_changes_nothing_about_them(admin, superuser):
    client = signed_in(admin)
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    unlock = reverse("admin:common_user_unlock", args=[superuser.pk])
    assert client.get(page_of(superuser)).status_code == HTTPStatus.OK
    assert client.post(page_of(superuser), filled_in(superuser)).status_code == HTTPStatus.FORBIDDEN
    assert client.post(password, {"password1": "x", "password2": "x"}).status_code == HTTPStatus.FORBIDDEN
    assert client.post(unlock).status_code == HTTPStatus.FORBIDDEN
    assert roles_of(superuser) == {ADMINS}


def test_an_admin_gives_no_role_beyond_the_four_and_takes_none_away(admin, person):
    special = Group.objects.create(name="Treasurers")
    person.groups.add(special)
    forged = filled_in(person)
    answer = signed_in(admin).post(page_of(admin_made := make_person("pia")), forged | {"groups": [special.pk]})
    assert answer.status_code == HTTPStatus.OK
    assert roles_of(admin_made) == set()
    signed_in(admin).post(page_of(person), forged)
    assert roles_of(person) == {EDITORS, "Treasurers"}


def test_a_superuser_makes_another_superuser(superuser, person):
    signed_in(superuser).post(page_of(person), filled_in(person, is_superuser="on"))
    assert User.objects.get(pk=person.pk).is_superuser


def test_nobody_deletes_a_person(superuser, person):
    answer = signed_in(superuser).post(reverse("admin:common_user_delete", args=[person.pk]), {"post": "yes"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert User.objects.filter(pk=person.pk).exists()


def test_an_admin_sets_a_new_password_and_the_audit_does_not_hold_it(admin, person):
    new = {"password1": "another harbour 8", "password2": "another harbour 8", "set-password": "1"}
    new["usable_password"] = "true"
    signed_in(admin).post(reverse("admin:auth_user_password_change", args=[person.pk]), new)
    assert sign_in(Client(), person.username, "another harbour 8") == HTTPStatus.FOUND
    assert AuditEntry.objects.filter(action="person.password_reset", actor=admin).count() == 1
    assert "harbour" not in str(list(AuditEntry.objects.values()))


def test_the_own_password_cannot_be_changed_without_knowing_it(admin):
    answer = signed_in(admin).get(reverse("admin:auth_user_password_change", args=[admin.pk]))
    assert answer["Location"] == reverse("admin:password_change")


def test_changing_the_own_password_is_audited(person):
    form = {"old_password": PASSWORD, "new_password1": "another harbour 8", "new_password2": "another harbour 8"}
    client = signed_in(person)
    client.post(reverse("admin:password_change"), form | {"old_password": "wrong"})
    assert not AuditEntry.objects.filter(action="person.password_changed").exists()
    client.post(reverse("admin:password_change"), form)
    assert AuditEntry.objects.get(action="person.password_changed").actor == person


def test_a_person_chooses_their_own_time_zone_and_nothing_more(person):
    forged = {
        "mail_wish": "never",
        "time_zone": "Asia/Tokyo",
        "is_superuser": "on",
        "is_staff": "",
        "username": "root",
    }
    signed_in(person).post(reverse("admin:profile"), forged)
    person.refresh_from_db()
    assert (person.time_zone, person.username, person.is_superuser, person.is_staff) == (
        "Asia/Tokyo",
        "eve",
        False,
        True,
    )


def test_the_page_of_a_person_tells_what_they_changed_about_themselves(person, admin):
    signed_in(person).post(reverse("admin:profile"), {"mail_wish": "never", "time_zone": "Asia/Tokyo"})
    AuditEntry.objects.create(
        action="person.changed",
        actor=person,
        object_model="common.user",
        object_id=person.pk,
        data={"changed": ["email"]},
    )
    page = signed_in(admin).get(reverse("admin:common_user_change", args=[person.pk]))
    assert page.status_code == 200
    assert b"Asia/Tokyo" in page.content


def test_an_unknown_time_zone_gets_a_message_at_its_field(person):
    answer = signed_in(person).post(reverse("admin:profile"), {"time_zone": "Mars/Olympus"})
    assert "time_zone" in answer.context["form"].errors


def test_a_password_typed_as_the_name_is_not_written_down():
    sign_in(Client(), PASSWORD, "x")
    entry = AuditEntry.objects.get(action="sign_in.failed")
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
    assert entry.object_label == ""


def test_sign_ins_are_audited(person):
    client = Client()
    sign_in(client, person.username, "wrong")
    sign_in(client, person.username, PASSWORD)
    client.post(reverse("admin:logout"))
    actions = list(AuditEntry.objects.order_by("id").values_list("action", "object_id"))
    assert actions == [(f"sign_in.{end}", str(person.pk)) for end in ("failed", "succeeded", "ended")]


class TestSignInLock:
    @pytest.fixture(autouse=True)
    def few_attempts(self, settings):
        settings.AXES_FAILURE_LIMIT = 3
        settings.AXES_COOLOFF_TIME = 7 / 60

    @pytest.fixture
    def locked(self, person: User) -> User:
        for _attempt in range(3):
            sign_in(Client(), person.username, "wrong")
        return person

    def test_the_right_password_is_of_no_use_while_the_sign_in_is_locked(self, locked):
        assert sign_in(Client(), locked.username, PASSWORD) == HTTPStatus.TOO_MANY_REQUESTS

    def test_a_locked_person_reads_how_long_and_who_can_help(self, locked):
        answer = Client().post(reverse("admin:login"), {"username": locked.username, "password": PASSWORD})
        assert int(answer["Retry-After"]) > 0
        page = answer.content.decode()
        assert "7 minutes" in page
        assert "An admin can unlock you" in page

    def test_others_at_the_same_address_still_get_in(self, locked, admin):
        assert sign_in(Client(), admin.username, PASSWORD) == HTTPStatus.FOUND

    def test_an_admin_unlocks_on_the_page_of_the_person(self, locked, admin):
        client = signed_in(admin)
        unlock = reverse("admin:common_user_unlock", args=[locked.pk])
        assert unlock in client.get(page_of(locked)).content.decode()
        assert client.get(unlock).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        client.post(unlock)
        assert sign_in(Client(), locked.username, PASSWORD) == HTTPStatus.FOUND
        assert AuditEntry.objects.get(action="sign_in.unlocked").actor == admin

    def test_who_is_not_locked_has_no_unlock_button(self, person, admin):
        page = signed_in(admin).get(page_of(person)).content.decode()
        assert reverse("admin:common_user_unlock", args=[person.pk]) not in page

    def test_the_passwords_tried_are_not_kept(self, locked):
        assert "wrong" not in str(list(AccessAttempt.objects.values()))


class TestModes:
    @pytest.fixture
    def demo_person(self) -> User:
        return make_person("demo", ADMINS, is_demo=True)

    def test_demo_people_sign_in_in_demo_mode(self, demo_person):
        assert sign_in(Client(), "demo", PASSWORD) == HTTPStatus.FOUND

    def test_demo_people_do_not_get_in_in_live_mode(self, demo_person, settings):
        settings.VOICEHUB_DEMO = False
        assert sign_in(Client(), "demo", PASSWORD) == HTTPStatus.OK

    def test_a_session_of_a_demo_person_ends_in_live_mode(self, demo_person, settings):
        client = signed_in(demo_person)
        assert client.get(reverse("admin:profile")).status_code == HTTPStatus.OK
        settings.VOICEHUB_DEMO = False
        assert client.get(reverse("admin:profile")).status_code == HTTPStatus.FOUND

    def test_others_sign_in_in_live_mode(self, admin, settings):
        settings.VOICEHUB_DEMO = False
        assert sign_in(Client(), "ada", PASSWORD) == HTTPStatus.FOUND
