"""Fills a demo installation: people with well-known passwords, and what each app has to show."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from voicehub.common.models import User
from voicehub.common.roles import ADMINS, APPROVERS, EDITORS, STAFF

ROLE_OF = {"admin": ADMINS, "staff": STAFF, "approver": APPROVERS, "editor": EDITORS}


class Command(BaseCommand):
    help = "Adds the demo people and what the apps show in a demo. Changes nothing that is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VOICEHUB_DEMO:
            raise CommandError(_("Demo people have well-known passwords: they are made in demo mode only."))
        for name, role in ROLE_OF.items():
            if not User.objects.filter(username=name).exists():
                add_person(name, role)
        seed_apps()


@transaction.atomic
def add_person(name: str, role: str) -> None:
    """A demo person whose password is the name; the admin is a superuser."""
    person = User.objects.create_user(name, password=name, is_staff=True, is_superuser=role == ADMINS, is_demo=True)
    person.groups.add(Group.objects.get_or_create(name=role)[0])


def seed_apps() -> None:
    """Call `seed()` in the module `demo` of each app that has one."""
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "demo"):
            import_module(f"{app.name}.demo").seed()
