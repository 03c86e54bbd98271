"""Lists that go out as a file: exactly the rows that are on them, on all of their pages."""

from abc import abstractmethod
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from voicehub.common.export import Table, file_response
from voicehub.sync.signals import person_acted
from voicehub.sync.told import labelled

FORMATS = ("csv", "xlsx")


class ExportAdmin(ModelAdmin):
    """Adds an address for each format. The list shows `export_urls`, with its own `filter_query` behind them."""

    @abstractmethod
    def export_table(self, records: QuerySet) -> Table:
        """These records, in their order."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:file_format>/", view, name=self._export_name), *super().get_urls()]

    @property
    def _export_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        urls = [(name.upper(), reverse(f"admin:{self._export_name}", args=[name])) for name in FORMATS]
        context = {"export_urls": urls, "filter_query": request.GET.urlencode()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest, file_format: str) -> HttpResponseBase:
        """The records that the list shows for this address, on all of its pages, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        records = self.listed(request)
        if records is None:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return self.export(request, records, file_format, request.GET.urlencode() or _("all"))

    def export(self, request: HttpRequest, records: QuerySet, file_format: str, which: str) -> HttpResponseBase:
        answer = file_response(self.export_table(records), file_format)
        what = labelled(self.opts.verbose_name_plural, which)
        person_acted.send(sender=self.model, action="record.exported", actor=request.user, obj=None, reason=what)
        return answer

    def listed(self, request: HttpRequest) -> QuerySet | None:
        """The records that the list shows for this address; None when the address makes no sense."""
        try:
            return self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return None
