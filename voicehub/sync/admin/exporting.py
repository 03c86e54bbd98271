"""Lists that go out as a file: exactly the rows and columns that are on them, on all of their pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from voicehub.sync.admin.list_cells import table_of
from voicehub.sync.export import Table, file_response
from voicehub.sync.signals import person_acted
from voicehub.sync.told import labelled

FORMATS = ("csv", "xlsx")
BOXES = "action_checkbox"
OF_SELECTED = ("export_selected_as_csv", "export_selected_as_xlsx")


class ExportAdmin(ModelAdmin):
    """Adds an address for each format, links to them below the list, and the export of what is selected."""

    change_list_template = "admin/sync/whole_list.html"
    # What the audit log calls it.
    export_action = "record.exported"

    def may_export(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def export_table(self, records: QuerySet, columns: Sequence[Any]) -> Table:
        """These records, in their order, with what the `columns` of the list show of each.

        A list that overrides this decides itself what stands in its file; never a secret.
        """
        return table_of(self, records, columns)

    def prepared(self, records: Iterable[Any]) -> list[Any]:
        """Some records of the list, each with what the columns need to know beside its fields."""
        return list(records)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:file_format>/", view, name=self._export_name), *super().get_urls()]

    @property
    def _export_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        others = super().get_actions(request)
        if IS_POPUP_VAR in request.GET or not self.may_export(request):
            return others
        own = [action for name in OF_SELECTED if (action := self.get_action(name))]
        return others | {name: (act, name, description) for act, name, description in own}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        formats = FORMATS if self.may_export(request) else ()
        urls = [(name.upper(), reverse(f"admin:{self._export_name}", args=[name])) for name in formats]
        context = {"export_urls": urls, "filter_query": request.GET.urlencode()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest, file_format: str) -> HttpResponseBase:
        """The records that the list shows for this address, on all of its pages, as a file."""
        if not self.may_export(request):
            raise PermissionDenied
        shown = self._shown(request)
        if shown is None:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        which = request.GET.urlencode() or _("all")
        return self._export(request, shown.queryset, shown.list_display, file_format, which)

    @admin.action(description=gettext_lazy("Export the selected as CSV"))
    def export_selected_as_csv(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        return self._export_selected(request, queryset, "csv")

    @admin.action(description=gettext_lazy("Export the selected as XLSX"))
    def export_selected_as_xlsx(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        return self._export_selected(request, queryset, "xlsx")

    def _export_selected(self, request: HttpRequest, records: QuerySet, file_format: str) -> HttpResponseBase:
        columns = self.get_changelist_instance(request).list_display
        which = _("%(count)d chosen") % {"count": records.count()}
        return self._export(request, records, columns, file_format, which)

    def _export(
        self, request: HttpRequest, records: QuerySet, shown: Sequence[Any], file_format: str, which: str
    ) -> HttpResponseBase:
        columns = [column for column in shown if column != BOXES]
        answer = file_response(self.export_table(records, columns), file_format)
        what = labelled(self.opts.verbose_name_plural, which)
        person_acted.send(sender=self.model, action=self.export_action, actor=request.user, obj=None, reason=what)
        return answer

    def listed(self, request: HttpRequest) -> QuerySet | None:
        """The records that the list shows for this address; None when the address makes no sense."""
        shown = self._shown(request)
        return None if shown is None else shown.queryset

    def _shown(self, request: HttpRequest) -> ChangeList | None:
        try:
            return self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return None
