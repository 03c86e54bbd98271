"""Django's `migrate`, for every database that is ours: the log of hooks has one of its own on SQLite."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from voicehub.common.hooks.router import LOG


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        is_whole = options["database"] == DEFAULT_DB_ALIAS and not options["app_label"]
        if is_whole and LOG in connections:
            super().handle(*args, **options | {"database": LOG, "app_label": "hooks", "run_syncdb": False})
