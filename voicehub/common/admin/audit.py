from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter

from voicehub.common import audit
from voicehub.common.models import AuditEntry
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.told import in_your_language

SEE_ALL = "common.view_auditentry"


class ActionFilter(DropdownFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(audit.actions(), key=lambda action: action[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() else queryset


class KindFilter(DropdownFilter):
    """By what was acted upon. With `object_id` in the address beside it, it is one record."""

    title = _("kind of record")
    parameter_name = "object_model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = (model._meta for model in admin.site._registry if model._meta.app_label != "sandbox")
        named = [(kind.label_lower, capfirst(str(kind.verbose_name))) for kind in kinds]
        return sorted(named, key=lambda kind: kind[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(object_model=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """All entries for those who may see them, for everybody else what they did themselves."""

    list_display = ("at", "actor", "what_was_done", "about", "why", "address")
    list_filter = (("actor", AutocompleteSelectFilter), ActionFilter, KindFilter, ("at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("actor",)
    search_fields = ("=actor__username", "object_label__istartswith")
    search_help_text = _("A sign-in name, or how the name of the record begins.")
    fields = (
        "at",
        "actor",
        "what_was_done",
        "about",
        "object_model",
        "object_id",
        "why",
        "address",
        "details",
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        entries = super().get_queryset(request)
        return entries if request.user.has_perm(SEE_ALL) else entries.filter(actor=request.user.pk)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.list_filter if request.user.has_perm(SEE_ALL) else self.list_filter[1:]

    @admin.display(description=_("Action"), ordering="action")
    def what_was_done(self, obj: AuditEntry) -> str:
        return audit.words_for(obj.action)

    @admin.display(description=_("Details"))
    def details(self, obj: AuditEntry) -> str:
        return format_html_join("", "<div>{}: {}</div>", obj.data.items()) or "-"

    @admin.display(description=_("record"), ordering="object_label")
    def about(self, obj: AuditEntry) -> str:
        return in_your_language(obj.object_label)

    @admin.display(description=_("why"))
    def why(self, obj: AuditEntry) -> str:
        return in_your_language(obj.reason)
