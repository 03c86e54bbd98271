"""Keeps the log of hooks in a database of its own, where there is one.

On SQLite there is: a line of the log would otherwise wait until an import has written its rows. PostgreSQL lets both
write at once, and the log is in the main database.
"""

from typing import Any

from django.db import connections
from django.db.models import Model

LOG = "hooks"
LOG_MODELS = ("hookrequest", "hooktally")


class HookRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        concrete = (model._meta.concrete_model or model)._meta
        is_log = _is_log(concrete.app_label, concrete.model_name)
        return LOG if is_log and LOG in connections else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        is_log = _is_log(app_label, model_name)
        if LOG not in connections or (db != LOG and not is_log):
            return None
        return db == LOG and is_log


def _is_log(app_label: str, model_name: str | None) -> bool:
    return app_label == "hooks" and model_name in LOG_MODELS
