"""Runs in the admin: the list, and the addresses of their pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from voicehub.common.admin import run_pages
from voicehub.common.models import Run
from voicehub.common.runs.kinds import kinds, kinds_for
from voicehub.common.runs.outcomes import NAMES
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.states import badge


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        user = request.user
        return [(kind.slug, kind.label) for kind in kinds() if kind.may_start(user) or kind.sees_all(user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Each person's own runs, and those of others where the kind lets them be seen."""

    list_display = ("title", "kind_shown", "state_badge", "requested_by", "created_at")
    list_filter = (KindFilter,)
    list_select_related = ("requested_by",)
    list_before_template = "admin/common/run/list_top.html"
    actions = None

    @property
    def media(self) -> Media:
        return super().media + run_pages.MEDIA

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return visible(request.user)

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page("new/<slug:kind_slug>/", run_pages.new),
            self._page("new/<slug:kind_slug>/template/<slug:file_format>/", run_pages.template),
            *(self._page(f"<int:pk>/{view.__name__}/", view) for view in run_pages.ACTS),
            self._page("<int:pk>/live/", run_pages.live),
            self._page("<int:pk>/rows/<slug:file_format>/", run_pages.rows),
            *super().get_urls(),
        ]

    def _page(self, route: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=f"common_run_{view.__name__}")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        return run_pages.show(request, run)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"kinds": kinds_for(request.user), **(extra_context or {})})

    @admin.display(description=_("Kind"))
    def kind_shown(self, obj: Run) -> Any:
        return next((kind.label for kind in kinds() if kind.slug == obj.kind), obj.kind)

    @admin.display(description=_("State"))
    def state_badge(self, obj: Run) -> SafeString:
        return badge(NAMES[Run.State(obj.state)])


def visible(user: Any) -> QuerySet[Run]:
    """The runs that this person may see."""
    open_kinds = [kind.slug for kind in kinds() if kind.sees_all(user)]
    return Run.objects.filter(Q(requested_by=user) | Q(kind__in=open_kinds))
