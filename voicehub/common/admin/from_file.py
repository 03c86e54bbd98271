"""Lists whose records can come in from a file."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from voicehub.common import runs
from voicehub.sync.admin.base import FastListAdmin


class FromFileAdmin(FastListAdmin):
    """Adds the way to the upload, for those who may start it. `file_kind_slug` names a kind of run."""

    file_kind_slug: ClassVar[str]
    list_before_template = "admin/common/from_file_top.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        kind = runs.kind_of(self.file_kind_slug)
        context = {"file_kind": kind if kind.may_start(request.user) else None}
        return super().changelist_view(request, {**context, **(extra_context or {})})
