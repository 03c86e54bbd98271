"""Accounts that need no signing in: their key stands in the settings."""

from typing import Any

from django.db import transaction

from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection
from voicehub.sync.registry import Provider


def account_by_key(provider: Provider) -> Connection | None:
    """The account whose key stands in the settings, connected if it was not yet; None where there is no key."""
    if not provider.account():
        return None
    connected = Connection.objects.filter(**in_account(provider)).first()
    return connected or _connect(_identity(provider))


def in_account(provider: Provider, prefix: str = "") -> dict[str, Any]:
    """Conditions for what belongs to that account; `prefix` leads there, such as "connection__"."""
    wanted = {**_identity(provider), "disconnected_at": None}
    return {f"{prefix}{name}": value for name, value in wanted.items()}


def _identity(provider: Provider) -> dict[str, Any]:
    return {"provider": provider.slug, "base_url": provider.base_url(), "account": provider.account()}


def _connect(identity: dict[str, Any]) -> Connection:
    """What another key was for is disconnected: nothing of it may go through this one."""
    with transaction.atomic():
        others = Connection.objects.filter(provider=identity["provider"], owner=None, disconnected_at=None)
        others.update(disconnected_at=database_now())
        fresh = {"disconnected_at": None, "stopped_reason": ""}
        connection, _made = Connection.objects.update_or_create(**identity, defaults=fresh)
    return connection
