"""Django's `flush`, with which every test with real transactions ends: what migrations have made stays."""

from typing import Any

from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS

from tests import restored


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        super().handle(**options | {"inhibit_post_migrate": True})
        if options["database"] == DEFAULT_DB_ALIAS:
            restored.restore()
