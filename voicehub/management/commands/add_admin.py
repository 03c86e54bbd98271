"""Adds the first admin of a live installation, and further ones."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from voicehub.common import audit
from voicehub.common.models import User
from voicehub.common.roles import ADMINS


class Command(BaseCommand):
    help = "Adds a person with the role Admins. The first one becomes a superuser too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the name to sign in with")
        parser.add_argument("--email", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input, ask nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = User(username=options["username"], email=options["email"], is_staff=True)
        person.is_superuser = not User.objects.filter(is_superuser=True, is_active=True, is_demo=False).exists()
        self._insist(lambda: person.full_clean(exclude=["password"]))
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else ask_twice()
        self._insist(lambda: validate_password(password, person))
        person.set_password(password)
        add(person)
        self.stdout.write(_("%(name)s is an admin now.") % {"name": person.username})
        if person.is_superuser:
            self.stdout.write(_("As the first one also a superuser, who may change what each role may do."))

    def _insist(self, check: Any) -> None:
        try:
            check()
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong


def ask_twice() -> str:
    """Raises CommandError when the two differ."""
    password = getpass(_("Password: "))
    if getpass(_("Password (again): ")) != password:
        raise CommandError(_("The two passwords differ. Nobody was added."))
    return password


@transaction.atomic
def add(person: User) -> None:
    person.save()
    person.groups.add(Group.objects.get_or_create(name=ADMINS)[0])
    audit.record("person.added", None, person, reason="manage.py add_admin", roles_given=[ADMINS])
