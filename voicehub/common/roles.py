"""The roles, and how apps give them permissions.

A role is a group. Four of them are made by a migration; what each may do is added by the app that owns the
permission, in a migration of its own::

    # contributors/migrations/0002_roles.py
    from django.db import migrations

    from voicehub.common.roles import ADMINS, EDITORS, grant


    class Migration(migrations.Migration):
        dependencies = [("contributors", "0001_payments"), ("common", "0004_roles")]
        operations = [
            grant(EDITORS, {"contributors.transaction": ["pay_transaction", "view_transaction"]}),
            grant(ADMINS, {"contributors.transaction": ["settle_transaction"], "sync.lane": ["use_stop_switch"]}),
        ]

Every model named must be known to that migration: depend on the migration that declares the permission. A grant
runs once and only adds, so what an installation has changed in its roles since then stays.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db import migrations, router
from django.utils.translation import gettext_noop

EDITORS = gettext_noop("Editors")
APPROVERS = gettext_noop("Approvers")
STAFF = gettext_noop("Staff")
ADMINS = gettext_noop("Admins")
ROLES = (EDITORS, APPROVERS, STAFF, ADMINS)

Permissions = Mapping[str, Iterable[str]]


class _Grant(migrations.RunPython):
    """Takes the models as they are; RunPython has them all made anew each time, which takes longer than to migrate.

    They may not know each other's newest classes, so rows of different models are linked by their keys.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            self.code(from_state.apps, schema_editor)


def grant(role: str, permissions: Permissions) -> migrations.RunPython:
    """Give a role permissions: `{"app.model": ["codename", …]}`. Reversible.

    The rows of Django's content types and permissions are made here, because Django makes them only after all
    migrations have run. Raises LookupError when the model does not declare such a permission.
    """
    return _Grant(
        partial(_give, role=role, permissions=permissions), partial(_take, role=role, permissions=permissions)
    )


def _give(apps: Any, schema_editor: Any, *, role: str, permissions: Permissions) -> None:
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
    for label, codenames in permissions.items():
        group.permissions.add(*[_permission(apps, label, codename).pk for codename in codenames])


def _take(apps: Any, schema_editor: Any, *, role: str, permissions: Permissions) -> None:
    for group in apps.get_model("auth", "Group").objects.filter(name=role):
        for label, codenames in permissions.items():
            group.permissions.remove(*[_permission(apps, label, codename) for codename in codenames])


def _permission(apps: Any, label: str, codename: str) -> Any:
    model = apps.get_model(label)
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type_id=kind.pk, codename=codename, defaults={"name": _name(model, codename)}
    )
    return permission


def _name(model: Any, codename: str) -> str:
    options = model._meta
    by_default = {
        f"{action}_{options.model_name}": f"Can {action} {options.verbose_name}"
        for action in options.default_permissions
    }
    declared = by_default | dict(options.permissions)
    if codename not in declared:
        raise LookupError(f"{options.label} has no permission {codename}: it has {', '.join(declared)}")
    return declared[codename]
