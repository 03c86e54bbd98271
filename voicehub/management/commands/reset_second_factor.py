"""Takes somebody's second factor away, for the day on which no admin can do it in the browser."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from voicehub.common import second_factor
from voicehub.common.models import User


class Command(BaseCommand):
    help = "Takes a person's second factor away and signs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the name that the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(_("Nobody has this name. Look at the list of people."))
        second_factor.reset(person, None)
        self.stdout.write(_("%(name)s signs in with the password alone now.") % {"name": person.username})
