"""Keeps the providers' side out of our database, and ours out of theirs."""

from typing import Any

from django.db.models import Model

SANDBOX = "sandbox"


class SandboxRouter:
    """Sends the models of the sandbox, and nothing else, to the database named `sandbox`."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return SANDBOX if model._meta.app_label == SANDBOX else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if SANDBOX not in (db, app_label):
            return None
        return db == app_label
