from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from voicehub.common import notices
from voicehub.common.models import Notice
from voicehub.sync.admin.base import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Everybody's own notices."""

    list_display = ("repeated_at", "what", "level", "count", "read_at")
    list_display_links = None
    actions = ("read_selected",)
    list_filter = ("level", ("read_at", admin.EmptyFieldListFilter))
    list_before_template = "admin/common/read_all.html"
    fields = ("what", "level", "count", "created_at", "repeated_at", "read_at")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).filter(recipient=request.user)

    @admin.action(description=_("Mark the selected as read"))
    def read_selected(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        notices.mark_read(queryset)

    @admin.display(description=_("Notice"))
    def what(self, obj: Notice) -> str:
        return format_html('<a href="{}">{}</a>', obj.link, obj) if obj.link else str(obj)

    def get_urls(self) -> list[URLPattern]:
        read = path("read/", self.admin_site.admin_view(self.read_view), name="common_notice_read")
        return [read, *super().get_urls()]

    @method_decorator(require_POST)
    def read_view(self, request: HttpRequest) -> HttpResponse:
        """Mark the notice with the posted id as read, or all without one; then back to where the button was."""
        own = self.get_queryset(request)
        wanted = request.POST.get("notice", "")
        notices.mark_read(own.filter(pk=wanted) if wanted.isdecimal() and len(wanted) < 19 else own)
        back = request.POST.get("next", "")
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(
            back, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect(back if is_ours else "admin:common_notice_changelist")
