"""Contributors in the admin: pulled from OutVoice, looked at here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contributors.admin.pages import OwnPages
from contributors.history import of_contributor
from contributors.models import Contributor
from contributors.views import account, people
from contributors.views.access import visible_people
from contributors.views.contributor_page import money_context
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.timeline import Entry, Wanted


@admin.register(Contributor)
class ContributorAdmin(OwnPages, TimelineAdmin, ReadOnlyAdmin):
    list_display = ("name", "is_active", "remote_id", "connection", "last_seen_at", "payments")
    list_filter = ("is_active",)
    list_before_template = "admin/contributors/people_top.html"
    search_fields = ("name",)
    search_help_text = _("Name")
    ordering = ("name", "id")
    fields = ("name", "is_active", "remote_id", "connection", "first_seen_at", "last_seen_at", "payments")
    actions = None
    change_form_outer_before_template = "admin/contributors/contributor_money.html"
    change_form_outer_after_template = "admin/contributors/contributor_months.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contributor]:
        return visible_people(request.user).select_related("connection")

    def get_urls(self) -> list[URLPattern]:
        return [
            self.page_url("payees/", people.payees),
            self.page_url("pull/", people.pull),
            self.page_url("pull/live/", people.live_pull),
            self.page_url("pull/question/", people.question),
            self.page_url("missing/", people.missing),
            self.page_url("account/", account.account),
            self.page_url("account/check/", account.check),
            self.page_url("account/disconnect/", account.disconnect),
            self.page_url("account/own/", account.own_account),
            self.page_url("account/own/check/", account.own_check),
            self.page_url("account/own/disconnect/", account.own_disconnect),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**people.pull_context(request), **(extra_context or {})})

    def timeline_entries(self, obj: Contributor, wanted: Wanted) -> list[Entry]:
        return wanted.newest(super().timeline_entries(obj, wanted), of_contributor(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= money_context(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=_("Payments"))
    def payments(self, obj: Contributor) -> SafeString:
        url = reverse("admin:contributors_transaction_changelist", query={"contributor__id__exact": obj.pk})
        return format_html('<a class="vh-link" href="{}">{}</a>', url, _("Payments"))
