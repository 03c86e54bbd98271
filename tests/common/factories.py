"""People for tests."""

from typing import Any

from django.contrib.auth.models import Group, Permission

from voicehub.common.models import User

PASSWORD = "a quiet harbour 7"


def make_person(name: str, *roles: str, permissions: tuple[str, ...] = (), **fields: Any) -> User:
    """A person who can sign in, with roles by name and permissions such as "sync.view_lane"."""
    person = User.objects.create_user(name, password=PASSWORD, **{"is_staff": True} | fields)
    person.groups.set(Group.objects.filter(name__in=roles))
    for permission in permissions:
        app, codename = permission.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person
