"""What was said to providers and what they answered, masked before it was stored."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import AnswerFilter, ProviderFilter
from voicehub.sync.admin.states import badge
from voicehub.sync.curl import as_curl
from voicehub.sync.models import Exchange
from voicehub.sync.registry import provider_label
from voicehub.sync.rereading import is_read, read_again
from voicehub.sync.services import TooLateError
from voicehub.sync.timeline import answer_state, status_words

REPEAT = "sync.repeat_exchange"
MOST_REPETITIONS = 10
BIG = ("request_headers", "request_body", "response_headers", "response_body")


@admin.register(Exchange)
class ExchangeAdmin(ReadOnlyAdmin):
    list_display = ("call", "provider_name", "answer_badge", "duration", "started_at")
    list_filter = (ProviderFilter, AnswerFilter)
    fields = (
        "provider_name",
        "job_link",
        "started_at",
        "duration",
        "call",
        "sent",
        "answer_badge",
        "error",
        "answered",
    )
    change_form_outer_after_template = "admin/sync/exchange.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        is_list = request.resolver_match and not request.resolver_match.kwargs
        return rows.defer(*BIG) if is_list else rows.select_related("job", "connection", "repeats")

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(self.again_view)
        return [path("<int:pk>/again/", again, name="sync_exchange_again"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= {
                "command": as_curl(obj),
                "may_repeat": request.user.has_perm(REPEAT) and is_read(obj),
                "before": obj.repeats and _told(obj.repeats),
                "now": _told(obj),
                "repetitions": obj.repetitions.order_by("-id")[:MOST_REPETITIONS],
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the provider the same once more, and show what it answers beside what it answered then."""
        if not (request.user.has_perm(REPEAT) and self.has_view_permission(request)):
            raise PermissionDenied
        call = get_object_or_404(Exchange.objects.select_related("connection"), pk=pk)
        try:
            shown = read_again(call, user=request.user)
        except TooLateError as why:
            self.message_user(request, str(why), messages.WARNING)
            shown = call
        return redirect("admin:sync_exchange_change", shown.pk)

    @admin.display(description=_("Call"))
    def call(self, obj: Exchange) -> SafeString:
        return format_html('<span class="vh-address">{} {}</span>', obj.method, obj.url)

    @admin.display(description=_("Provider"))
    def provider_name(self, obj: Exchange) -> str:
        return str(provider_label(obj.provider))

    @admin.display(description=_("Answer"))
    def answer_badge(self, obj: Exchange) -> SafeString:
        return badge(answer_state(obj.status), status_words(obj.status) if obj.status else "")

    @admin.display(description=_("Took"))
    def duration(self, obj: Exchange) -> str:
        return _("%(time)d ms") % {"time": obj.duration_ms}

    @admin.display(description=_("Job"))
    def job_link(self, obj: Exchange) -> str:
        if obj.job is None:
            return ""
        url = reverse("admin:sync_syncjob_change", args=[obj.job_id])
        return format_html('<a class="vh-link" href="{}">{}</a>', url, obj.job)

    @admin.display(description=_("What was sent"))
    def sent(self, obj: Exchange) -> SafeString:
        return _as_text(obj.request_headers, obj.request_body)

    @admin.display(description=_("What came back"))
    def answered(self, obj: Exchange) -> SafeString:
        return _as_text(obj.response_headers, obj.response_body)


def _told(call: Exchange) -> dict[str, Any]:
    """What came back, without its headers: those differ each time."""
    words = status_words(call.status) if call.status else call.error
    state = badge(answer_state(call.status), words)
    return {
        "call": call,
        "badge": state,
        "body": _readable(call.response_body),
        "mark": (call.status, call.response_body),
    }


def _as_text(headers: dict[str, Any], body: str) -> SafeString:
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return format_html('<pre class="vh-pre">{}</pre>', "\n\n".join(filter(None, [lines, _readable(body)])))


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
