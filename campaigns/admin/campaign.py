"""Campaigns in the admin: prepared, looked over, started, followed and copied."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import history, moving, services
from campaigns.admin.following import buckets_of, endings_by_hour, recipients_url, told_of
from campaigns.admin.parts import KeyRuleInline
from campaigns.admin.prompts import PromptInline
from campaigns.admin.states import OF_CAMPAIGN
from campaigns.forms import CampaignForm
from campaigns.forms.campaign import DAYS, FIELDS
from campaigns.models import Campaign, Recipient
from campaigns.views import campaign as views
from campaigns.views import preview
from voicehub.common import phones
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.sync.admin.base import RecordAdmin
from voicehub.sync.admin.following import live_cell
from voicehub.sync.admin.panel import Deed, Panel, RecordAction
from voicehub.sync.admin.states import STATES
from voicehub.sync.admin.versions import VersionedAdmin
from voicehub.sync.timeline import Entry, Kind, Wanted

State = Campaign.State
RUN, CHANGE = "campaigns.run_campaign", "campaigns.change_campaign"
# What may still be changed: the pace of a live one, and the name for good.
WHILE_LIVE, WHEN_OVER = ("name", "pace"), ("name",)


@admin.register(Campaign)
class CampaignAdmin(DeedsForManyAdmin, VersionedAdmin, RecordAdmin):
    form = CampaignForm
    list_display = ("name", "state_badge", "so_far", "menu", "started_at", "finished_at")
    live_columns = ("state_badge", "so_far")
    list_filter = ("state",)
    list_select_related = ("menu",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    for_many = (
        ForMany("pause", gettext_lazy("Pause")),
        ForMany("resume", gettext_lazy("Go on")),
        ForMany("stop", gettext_lazy("Stop for good")),
    )
    compressed_fields = False
    inlines = (PromptInline, KeyRuleInline)
    change_form_outer_before_template = "admin/campaigns/campaign/top.html"
    live_template = "admin/campaigns/campaign/live.html"
    timeline_kinds = (Kind.CHANGE, Kind.INBOUND)
    inbound_permission = "campaigns.view_inboundpost"
    fieldsets = (
        (None, {"fields": ("name", "menu", "caller_id")}),
        (gettext_lazy("When it calls"), {"fields": ("starts_at", "days", ("opens", "closes"), "time_zone", "pace")}),
        (gettext_lazy("Busy and no answer"), {"fields": (("tries", "retry_minutes"),)}),
        (gettext_lazy("No more calls"), {"fields": ("opt_out_key",)}),
    )

    class Media:
        css = {"all": ["voicehub/telephony.css", "voicehub/campaigns.css"]}

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("<int:pk>/preview/", preview.preview, "preview"),
            ("<int:pk>/preflight/", views.preflight_page, "preflight"),
            ("<int:pk>/start/", views.start, "start"),
            ("<int:pk>/try-out/", views.try_out, "try_out"),
            ("<int:pk>/duplicate/", views.duplicate, "duplicate"),
            ("<int:pk>/again/", views.call_again, "again"),
        )
        return [*(self._page_url(*page) for page in pages), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Where they cannot be changed any more, the days are told by name."""
        if "days" not in self.get_readonly_fields(request, obj):
            return self.fieldsets
        return [
            (title, {"fields": tuple("days_shown" if name == "days" else name for name in content["fields"])})
            for title, content in self.fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        if obj is None or obj.state == State.DRAFT:
            return ()
        kept = WHILE_LIVE if obj.is_live else WHEN_OVER
        return ("days_shown", *(name for name in FIELDS if name not in kept))

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and services.why_not_deleted(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Django would read every recipient to name it."""
        counts = {_("recipients"): sum(moving.tally(one).total() for one in objs)}
        return [str(one) for one in objs], counts, set(), []

    def may_act(self, request: HttpRequest, obj: Campaign) -> bool:
        return request.user.has_perm(RUN)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        services.save_campaign(obj, form.changed_data, user=request.user)

    def delete_model(self, request: HttpRequest, obj: Campaign) -> None:
        services.delete_draft(obj, user=request.user)

    def state_of(self, obj: Campaign) -> str:
        return OF_CAMPAIGN[State(obj.state)]

    def message_of(self, obj: Campaign) -> Any:
        return ""

    def job_of(self, obj: Campaign) -> None:
        return None

    def moving_among(self, records: list[Any]) -> list[Any]:
        return [one for one in records if one.is_live]

    def next_step(self, obj: Campaign, user: Any) -> Any:
        if obj.state != State.DRAFT:
            return STATES[self.state_of(obj)].who
        count = moving.tally(obj).total()
        if not count:
            return _("Next: give it words and recipients.")
        words = ngettext(
            "%d recipient. Next: look it over and start it.", "%d recipients. Next: look it over and start it.", count
        )
        return words % count

    def facts_of(self, obj: Campaign) -> list[tuple[Any, Any]]:
        return [
            (_("Menu"), obj.menu),
            (_("Shows"), phones.shown(obj.shown_caller_id)),
            (_("Started"), obj.started_at),
            (_("Started by"), obj.started_by),
            (_("Ended"), obj.finished_at),
            (_("Calls again those of"), obj.again_of),
        ]

    def deeds(self, obj: Campaign) -> list[Deed]:
        return [make(obj) for states, make in DEEDS if obj.state in states]

    def extra_actions(self, obj: Campaign, user: Any) -> list[RecordAction]:
        return [*self._links(obj, user), *copies_of(obj, user)]

    def _links(self, obj: Campaign, user: Any) -> Iterator[RecordAction]:
        if obj.state == State.DRAFT:
            url = self.url_of("preflight", obj.pk)
            yield RecordAction(_("Look it over and start"), url, "primary", is_post=False)
        if obj.state == State.DRAFT and user.has_perm(CHANGE):
            yield RecordAction(_("Add recipients"), reverse("campaign_import", args=[obj.pk]), is_post=False)
        if user.has_perm("campaigns.view_recipient"):
            yield RecordAction(_("Its recipients"), recipients_url(obj), is_post=False)
            yield RecordAction(_("What they hear"), self.url_of("preview", obj.pk), is_post=False)
        if obj.batches.exists():
            url = reverse("admin:campaigns_batch_changelist", query={"campaign__id__exact": obj.pk})
            yield RecordAction(_("Its posts"), url, is_post=False)

    def panel_of(self, request: HttpRequest, obj: Campaign) -> Panel:
        told = told_of(obj)
        pulse = (sorted(told.counts.items()), told.reasons, len(told.uncertain), told.unwanted_still_there)
        return replace(super().panel_of(request, obj), is_moving=obj.is_live, pulse=pulse)

    def followed(self, request: HttpRequest, obj: Campaign) -> dict[str, Any]:
        parts = {"campaign": obj, "progress": told_of(obj), "buckets": buckets_of(obj, told_of(obj).counts)}
        return super().followed(request, obj) | parts | {"chart": endings_by_hour(obj)}

    def timeline_entries(self, obj: Campaign, wanted: Wanted) -> list[Entry]:
        words = history.of_words(obj, wanted.limit) if Kind.CHANGE in wanted.kinds else ()
        return wanted.newest(super().timeline_entries(obj, wanted), words)

    def came_in(self, obj: Campaign, limit: int) -> Iterator[Entry]:
        ended = obj.attempts.exclude(ended_at=None).order_by("-pk")
        return history.posts_about(ended[:limit], limit)

    def with_roadblocks(self, records: Iterable[Campaign]) -> list[Campaign]:
        """With the tallies of all of them, read at once."""
        found: list[Campaign] = super().with_roadblocks(records)
        prefetch_related_objects(found, "tallies")
        return found

    @admin.display(description=gettext_lazy("Days"))
    def days_shown(self, obj: Campaign) -> str:
        return ", ".join(str(name) for day, name in DAYS if day in obj.days)

    @admin.display(description=gettext_lazy("So far"))
    @live_cell
    def so_far(self, obj: Campaign) -> SafeString | str:
        tallies = obj.tallies.all()
        total = sum(one.count for one in tallies)
        settled = sum(one.count for one in tallies if one.state not in Recipient.OPEN)
        if not total:
            return _("nobody yet")
        if obj.state == State.DRAFT:
            return ngettext("%d recipient", "%d recipients", total) % total
        words = _("%(settled)s of %(total)s")
        return format_html(
            '<progress class="vh-progress" max="{}" value="{}" aria-hidden="true"></progress> {}',
            total,
            settled,
            words % {"settled": f"{settled:,}", "total": f"{total:,}"},
        )


def _asked_of(label: Any, name: str, do: Any, done: Any, confirm: Any, style: str = "default") -> Any:
    return lambda campaign: Deed(
        label,
        name=name,
        do=lambda user, reason: do(campaign, user=user),
        done=done,
        confirm=confirm,
        style=style,
    )


DEEDS = (
    (
        (State.RUNNING,),
        _asked_of(
            gettext_lazy("Pause"),
            "pause",
            services.pause,
            gettext_lazy("Paused. Nothing more is posted; VoiceShot is told to hold what waits."),
            gettext_lazy("VoiceShot holds every waiting call of the menu. Calls that dial already go on."),
        ),
    ),
    (
        (State.PAUSED,),
        _asked_of(
            gettext_lazy("Go on"),
            "resume",
            services.resume,
            gettext_lazy("It goes on as soon as VoiceShot has released the menu."),
            gettext_lazy("VoiceShot releases every waiting call of the menu, and calling goes on."),
            "primary",
        ),
    ),
    (
        (State.RUNNING, State.PAUSED),
        _asked_of(
            gettext_lazy("Stop"),
            "stop",
            services.stop,
            gettext_lazy("It is stopping: VoiceShot deletes what does not dial yet."),
            gettext_lazy("It ends for good. Those who were not called yet are not called any more."),
            "danger",
        ),
    ),
)


def copies_of(campaign: Campaign, user: Any) -> Iterator[RecordAction]:
    """Buttons that make another campaign of this one."""
    if not user.has_perm("campaigns.add_campaign"):
        return
    yield RecordAction(_("Copy it"), reverse("admin:campaigns_campaign_duplicate", args=[campaign.pk]))
    counts = told_of(campaign).counts
    missed = sum(counts[state] for state in Recipient.TO_CALL_AGAIN)
    if campaign.state in Campaign.OVER and missed:
        words = ngettext(
            "A new draft for the %d who was busy or did not answer. Nobody is called before it is started.",
            "A new draft for the %d who were busy or did not answer. Nobody is called before it is started.",
            missed,
        )
        url = reverse("admin:campaigns_campaign_again", args=[campaign.pk])
        yield RecordAction(_("Call again those not reached"), url, "primary", confirm=words % missed)
