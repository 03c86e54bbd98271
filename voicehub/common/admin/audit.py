from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from voicehub.common import audit
from voicehub.common.models import AuditEntry
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.told import in_your_language


class ActionFilter(admin.SimpleListFilter):
    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return audit.actions()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "what_was_done", "about", "why")
    list_filter = (ActionFilter, ("at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("actor",)
    search_fields = ("=actor__username", "object_label__istartswith")
    search_help_text = _("A sign-in name, or how the name of the record begins.")
    fields = ("at", "actor", "what_was_done", "about", "object_model", "object_id", "why", "data")

    @admin.display(description=_("Action"), ordering="action")
    def what_was_done(self, obj: AuditEntry) -> str:
        return audit.words_for(obj.action)

    @admin.display(description=_("record"), ordering="object_label")
    def about(self, obj: AuditEntry) -> str:
        return in_your_language(obj.object_label)

    @admin.display(description=_("why"))
    def why(self, obj: AuditEntry) -> str:
        return in_your_language(obj.reason)
