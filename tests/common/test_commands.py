"""The commands that make people."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.common.factories import PASSWORD
from voicehub.common.models import AuditEntry, User
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF
from voicehub.management.commands.seed_demo import ROLE_OF, add_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What somebody sends through standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def add_admin(name: str) -> str:
    out = io.StringIO()
    call_command("add_admin", name, "--password-stdin", stdout=out)
    return out.getvalue()


def roles_of(name: str) -> list[str]:
    return list(User.objects.get(username=name).groups.values_list("name", flat=True))


def test_the_first_admin_is_a_superuser_and_the_next_one_is_not(typed):
    typed(f"{PASSWORD}\n")
    assert "superuser" in add_admin("ada")
    typed(f"{PASSWORD}\n")
    assert "superuser" not in add_admin("bob")
    ada, bob = User.objects.get(username="ada"), User.objects.get(username="bob")
    assert (ada.is_superuser, bob.is_superuser) == (True, False)
    assert ada.check_password(PASSWORD)
    assert roles_of("ada") == roles_of("bob") == [ADMINS]
    assert AuditEntry.objects.filter(action="person.added").count() == 2


def test_a_demo_superuser_does_not_count_as_the_first_admin(typed):
    add_person("admin", ADMINS)
    typed(f"{PASSWORD}\n")
    assert "superuser" in add_admin("ada")


@pytest.mark.parametrize(("name", "password"), [("ada", "12345678"), ("ada", ""), ("a name", PASSWORD)])
def test_a_weak_password_or_an_impossible_name_adds_nobody(typed, name, password):
    typed(f"{password}\n")
    with pytest.raises(CommandError):
        add_admin(name)
    assert not User.objects.exists()


def test_two_different_passwords_add_nobody(monkeypatch):
    answers = iter([PASSWORD, "something else 9"])
    monkeypatch.setattr("voicehub.management.commands.add_admin.getpass", lambda question: next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("add_admin", "ada")
    assert not User.objects.exists()


def test_the_demo_has_one_person_of_each_role():
    for name, role in ROLE_OF.items():
        add_person(name, role)
    assert {name: roles_of(name) for name in ROLE_OF} == {
        "admin": [ADMINS],
        "staff": [STAFF],
        "approver": [APPROVERS],
        "editor": [EDITORS],
    }
    for person in User.objects.all():
        assert person.check_password(person.username)
        assert person.is_demo
        assert person.is_superuser is (person.username == "admin")


def test_the_demo_is_seeded_twice_without_doing_anything_twice(outvoice_sandbox):
    call_command("seed_demo")
    User.objects.filter(username="editor").update(first_name="Edith")
    before = list(User.objects.order_by("pk").values())
    call_command("seed_demo")
    assert list(User.objects.order_by("pk").values()) == before
    assert len(before) == 4


def test_a_live_installation_gets_no_demo_people(settings):
    settings.VOICEHUB_DEMO = False
    with pytest.raises(CommandError, match="demo mode only"):
        call_command("seed_demo")
    assert not User.objects.exists()
