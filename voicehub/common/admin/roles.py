from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from voicehub.common import audit
from voicehub.common.access_fields import PermissionsField
from voicehub.common.forms import AuditedForm
from voicehub.common.roles import ROLES
from voicehub.sync.admin.base import FastListAdmin
from voicehub.sync.admin.versions import VersionedAdmin, reason_given

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(VersionedAdmin, GroupAdmin, FastListAdmin):  # type: ignore[misc]
    """What each role may do. For superusers: whoever may change a role could give themselves anything."""

    form = AuditedForm
    list_display = ("role",)

    @admin.display(description=gettext_lazy("Role"), ordering="name")
    def role(self, obj: Group) -> str:
        return gettext(obj.name)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """VoiceHub knows its own roles by their names."""
        return ("name",) if obj and obj.name in ROLES else ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, form_class=PermissionsField, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        role = form.instance
        before = _codenames(role)
        super().save_related(request, form, formsets, change)
        after = _codenames(role)
        audit.record(
            "role.changed" if change else "role.added",
            request.user,
            role,
            reason_given(request),
            given=sorted(after - before),
            taken=sorted(before - after),
        )


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


def _codenames(role: Group) -> set[str]:
    return set(role.permissions.values_list("codename", flat=True))
