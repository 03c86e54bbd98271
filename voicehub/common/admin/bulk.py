"""Lists of records that go out as a file, come in from one, and are changed many at a time."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voicehub.common import runs
from voicehub.common.admin import run_pages
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.sync.admin.twins import TwinAdmin
from voicehub.sync.export import Table

MOST_NAMED = 20


class BulkAdmin(DeedsForManyAdmin, TwinAdmin):
    """Adds the way to the upload, and the page on which one change is made of many records."""

    file_kind: ClassVar[runs.FileKind]
    edit_kind: ClassVar[runs.EditKind]
    list_before_template = "admin/common/bulk_top.html"
    for_many = (ForMany("sync_now", gettext_lazy("Sync now")),)
    actions = [*TwinAdmin.actions, "edit_selected"]

    @property
    def media(self) -> Media:
        return super().media + run_pages.MEDIA

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("edit-many/", self.edit_many_view, "edit_many"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "file_kind": self.file_kind if self.file_kind.may_start(request.user) else None,
            "edit_url": self.url_of("edit_many") if self.edit_kind.may_start(request.user) else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_table(self, records: QuerySet, columns: Sequence[Any]) -> Table:
        return self.file_kind.table(records)

    @admin.action(permissions=["change"], description=gettext_lazy("Change all of these at once"))
    def edit_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        if request.POST.get("select_across") == "1":
            # All that are listed go by the address of the list: their ids would make one that no web server takes.
            return redirect(f"{self.url_of('edit_many')}?{request.GET.urlencode()}")
        chosen = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True))
        return redirect(f"{self.url_of('edit_many')}?id__in={chosen}")

    def edit_many_view(self, request: HttpRequest) -> HttpResponse:
        """The form for one change of the records that the list shows for this address."""
        if not self.edit_kind.may_start(request.user):
            raise PermissionDenied
        records = self.listed(request)
        if records is None or not records.exists():
            self.message_user(request, _("There is nothing to change: choose some on the list."), messages.WARNING)
            return redirect(self.url_of("changelist"))
        form = self.edit_kind.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect(self._edit_run(request.user, records, form.cleaned_data))
            except runs.FileRefusedError as error:
                form.add_error(None, str(error))
        return self._edit_page(request, records, form)

    def _edit_run(self, user: Any, records: QuerySet, edit: Any) -> Any:
        title = self._edit_title(records.count())
        rows = self.edit_kind.rows_for(records.iterator(chunk_size=500), edit)
        return runs.from_rows(self.edit_kind, title, rows, user=user)

    def _edit_title(self, count: int) -> str:
        return _("Change %(count)d %(records)s") % {"count": count, "records": model_ngettext(self.model, count)}

    def _edit_page(self, request: HttpRequest, records: QuerySet, form: Any) -> HttpResponse:
        count = records.count()
        context = {
            **self.admin_site.each_context(request),
            "title": self._edit_title(count),
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "named": [str(record) for record in records[:MOST_NAMED]],
            "unnamed": max(0, count - MOST_NAMED),
            "back_url": self.url_of("changelist"),
        }
        return TemplateResponse(request, "admin/common/edit_many.html", context)
