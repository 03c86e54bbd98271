"""What was said to providers and what they answered, masked before it was stored."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import AnswerFilter, ProviderFilter
from voicehub.sync.admin.states import badge
from voicehub.sync.models import Exchange
from voicehub.sync.registry import provider_label
from voicehub.sync.timeline import answer_state, status_words

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

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        is_list = request.resolver_match and not request.resolver_match.kwargs
        return rows.defer(*BIG) if is_list else rows.select_related("job")

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


def _as_text(headers: dict[str, Any], body: str) -> SafeString:
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return format_html('<pre class="vh-pre">{}</pre>', "\n\n".join(filter(None, [lines, _readable(body)])))


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
