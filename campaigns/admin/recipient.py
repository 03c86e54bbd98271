"""Whom campaigns call, in the admin: a campaign's list by what became of them, and each with every call."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import history, moving, services
from campaigns.admin.following import buckets_of, recipients_url
from campaigns.admin.states import OF_ATTEMPT, OF_RECIPIENT
from campaigns.models import Campaign, Recipient
from campaigns.results import results_table
from voicehub.common import about_numbers, phones
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.states import badge
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.export import Table
from voicehub.sync.services import TooLateError
from voicehub.sync.timeline import Entry, Kind

OF_CAMPAIGN = "campaign__id__exact"
# As many as a number of North America has, with its country's code.
DIGITS, LONGEST_ID = 11, 18
SHORTEST_PART = 3


@admin.register(Recipient)
class RecipientAdmin(TimelineAdmin, ReadOnlyAdmin):
    list_display = ("number_shown", "state_badge", "reason", "tried", "due_at", "finished_at", "campaign")
    list_select_related = ("campaign",)
    list_filter = ("state",)
    search_fields = ("number__exact",)
    search_help_text = gettext_lazy("The first three digits of the number, or more")
    list_before_template = "admin/campaigns/recipient/list_top.html"
    actions = ("take_out",)
    fields = (
        *("number_shown", "state_badge", "reason", "campaign_link", "variables_shown", "zones_shown"),
        *("tried", "due_at", "finished_at", "line"),
    )
    change_form_outer_after_template = "admin/campaigns/recipient/calls.html"
    timeline_kinds = (Kind.CHANGE, Kind.INBOUND)
    inbound_permission = "campaigns.view_inboundpost"

    class Media:
        css = {"all": ["voicehub/campaigns.css"]}

    def has_take_out_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("campaigns.delete_recipient")

    def came_in(self, obj: Recipient, limit: int) -> Iterator[Entry]:
        return history.posts_about(obj.attempts.all(), limit)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        digits = "".join(one for one in search_term if one.isdigit())
        if not search_term.strip():
            return queryset, False
        if len(digits) < SHORTEST_PART or len(digits) > DIGITS:
            return queryset.none(), False
        begins = digits if digits.startswith("1") else f"1{digits}"
        between = (f"+{begins:0<{DIGITS}}", f"+{begins:9<{DIGITS}}")
        # Named, so that the index of campaign and number serves.
        campaigns = list(Campaign.objects.values_list("pk", flat=True))
        return queryset.filter(campaign__in=campaigns, number__range=between), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        campaign = Campaign.objects.filter(pk=campaign_in(request)).first()
        context: dict[str, Any] = {"campaign": campaign}
        if campaign:
            chosen = request.GET.get("state__exact", "")
            context |= {
                "title": _("Recipients of %(name)s") % {"name": campaign},
                "all_url": recipients_url(campaign),
                "is_all": not chosen,
                "buckets": [
                    (bucket, bucket.state == chosen) for bucket in buckets_of(campaign, moving.tally(campaign))
                ],
            }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Of a campaign that has been started nobody can be taken out."""
        actions = super().get_actions(request)
        campaign = Campaign.objects.filter(pk=campaign_in(request)).first()
        if campaign and campaign.state != Campaign.State.DRAFT:
            actions.pop("take_out", None)
        return actions

    @admin.action(permissions=["take_out"], description=gettext_lazy("Take the selected ones out of the campaign"))
    def take_out(self, request: HttpRequest, queryset: QuerySet) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        try:
            count = sum(
                services.take_out(campaign, keys)
                for campaign in Campaign.objects.filter(recipients__in=keys).distinct()
            )
        except TooLateError as why:
            self.message_user(request, str(why), messages.WARNING)
        else:
            words = ngettext("%d recipient was taken out.", "%d recipients were taken out.", count)
            self.message_user(request, words % count, messages.SUCCESS)

    def export_table(self, records: QuerySet, columns: Sequence[Any]) -> Table:
        return results_table(records)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Recipient | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            calls = obj.attempts.select_related("batch").order_by("-pk")
            context["calls"] = [(call, badge(OF_ATTEMPT[call.state])) for call in calls]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=gettext_lazy("Number"), ordering="number")
    def number_shown(self, obj: Recipient) -> str:
        return phones.shown(obj.number)

    @admin.display(description=gettext_lazy("State"))
    def state_badge(self, obj: Recipient) -> SafeString:
        return badge(OF_RECIPIENT[Recipient.State(obj.state)])

    @admin.display(description=gettext_lazy("Campaign"))
    def campaign_link(self, obj: Recipient) -> SafeString:
        return format_html('<a class="vh-link" href="{}">{}</a>', obj.campaign.get_absolute_url(), obj.campaign)

    @admin.display(description=gettext_lazy("Variables"))
    def variables_shown(self, obj: Recipient) -> SafeString | str:
        return format_html_join("", "{}: {}<br>", obj.variables.items()) or _("None")

    @admin.display(description=gettext_lazy("Time zones"))
    def zones_shown(self, obj: Recipient) -> str:
        return obj.zones.replace(" ", ", ").replace("_", " ") or _("Not known")


def campaign_in(request: HttpRequest) -> int:
    """The key of the campaign whose recipients are asked for; 0 for all."""
    asked = request.GET.get(OF_CAMPAIGN, "")
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_ID else 0


@about_numbers.shown
def campaigns_about(number: str, request: HttpRequest) -> Iterator[Section]:
    """Which campaigns call the number, and what became of it."""
    if request.user.has_perm("campaigns.view_recipient"):
        # Named, so that the index of campaign and number serves.
        campaigns = list(Campaign.objects.values_list("pk", flat=True))
        found = Recipient.objects.filter(campaign__in=campaigns, number=number).select_related("campaign")
        lines = [
            Line(
                one.campaign,
                at=one.finished_at or one.due_at,
                url=one.get_absolute_url(),
                badge=badge(OF_RECIPIENT[Recipient.State(one.state)]),
            )
            for one in found.order_by("-pk")[:MOST_LINES]
        ]
        yield Section(_("Campaigns"), lines)
