"""The time zones of people and browsers, by their names in the IANA list ("Europe/Amsterdam")."""

import zoneinfo
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache
def known_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def choices() -> list[tuple[str, Any]]:
    """The names people choose from: places, and UTC."""
    places = sorted(name for name in known_names() if "/" in name and not name.startswith("Etc/"))
    return [("", _("As in the browser")), ("UTC", "UTC"), *[(name, name.replace("_", " ")) for name in places]]


def validate_time_zone(name: str) -> None:
    """Raise ValidationError for a name that is in no list."""
    if name not in known_names():
        raise ValidationError(_("There is no time zone “%(name)s”."), params={"name": name}, code="unknown")
