"""What migrations have made, once more: a test with real transactions empties every table behind it."""

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.db.models import Model

_made: dict[type[Model], list[Model]] = {}


def remember() -> None:
    """Keep every row of our database; called while it holds nothing but what migrations have made."""
    for app in apps.get_app_configs():
        for model in router.get_migratable_models(app, DEFAULT_DB_ALIAS, include_auto_created=True):
            if model._meta.can_migrate(connections[DEFAULT_DB_ALIAS]):
                _made[model] = list(model._base_manager.all())


def restore() -> None:
    """Write these rows into the empty tables."""
    with transaction.atomic():
        for model, rows in _made.items():
            model._base_manager.bulk_create(rows)
