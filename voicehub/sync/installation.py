"""Which mode this database was made for. Demo and live never share one."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from voicehub.sync import lanes
from voicehub.sync.models import Heartbeat, Installation


def stamp_mode(using: str, **kwargs: Any) -> None:
    """After a migration: write the mode into a new database and make its one-row tables."""
    if using != "default":
        return
    Installation.objects.get_or_create(pk=1, defaults={"mode": settings.VOICEHUB_MODE})
    Heartbeat.objects.get_or_create(pk=1)
    lanes.ensure_lanes()


def check_mode() -> None:
    """Raise ImproperlyConfigured when the database was made for the other mode."""
    stamped = Installation.objects.filter(pk=1).first()
    if stamped and stamped.mode != settings.VOICEHUB_MODE:
        raise ImproperlyConfigured(
            f"This database was made in {stamped.mode} mode and cannot be used in {settings.VOICEHUB_MODE} mode. "
            "Set VOICEHUB_MODE or DATABASE_URL."
        )
