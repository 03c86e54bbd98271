"""Campaigns in the admin: prepared, looked over, started, followed and copied."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import moving, services
from campaigns.admin.prompts import PromptInline
from campaigns.admin.states import OF_CAMPAIGN, OF_RECIPIENT
from campaigns.forms import CampaignForm
from campaigns.forms.campaign import FIELDS
from campaigns.models import Campaign, Recipient
from campaigns.services import progress, voiceshot_account
from campaigns.views import campaign as views
from campaigns.views import preview
from voicehub.common import phones
from voicehub.sync.admin.base import RecordAdmin
from voicehub.sync.admin.following import live_cell, part
from voicehub.sync.admin.panel import Deed, Panel, RecordAction
from voicehub.sync.admin.states import STATES, badge

State = Campaign.State
RUN = "campaigns.run_campaign"
# What may still be changed: the pace of a live one, and the name for good.
WHILE_LIVE, WHEN_OVER = ("name", "pace"), ("name",)


@admin.register(Campaign)
class CampaignAdmin(RecordAdmin):
    form = CampaignForm
    inlines = (PromptInline,)
    list_display = ("name", "state_badge", "so_far", "menu", "started_at", "finished_at")
    live_columns = ("state_badge", "so_far")
    list_filter = ("state",)
    list_select_related = ("menu",)
    search_fields = ("name__istartswith",)
    search_help_text = gettext_lazy("Beginning of the name")
    autocomplete_fields = ("menu",)
    actions = None
    warn_unsaved_form = True
    compressed_fields = False
    change_form_outer_before_template = "admin/campaigns/campaign/top.html"
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

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> tuple[str, ...]:
        if obj is None or obj.state == State.DRAFT:
            return ()
        kept = WHILE_LIVE if obj.is_live else WHEN_OVER
        return tuple(name for name in FIELDS if name not in kept)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """What has called somebody stays: it says who was called."""
        return super().has_delete_permission(request, obj) and not (obj and obj.state != State.DRAFT)

    def may_act(self, request: HttpRequest, obj: Campaign) -> bool:
        return request.user.has_perm(RUN)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if not change:
            person: Any = request.user
            obj.connection, obj.created_by = voiceshot_account(), person
        super().save_model(request, obj, form, change)

    def state_of(self, obj: Campaign) -> str:
        return OF_CAMPAIGN[State(obj.state)]

    def message_of(self, obj: Campaign) -> Any:
        return obj.trouble if obj.state == State.PAUSED else ""

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
        return [
            RecordAction(label, self.url_of(page, obj.pk), style, is_post=is_post)
            for states, permission, label, page, style, is_post in PAGES
            if obj.state in states and user.has_perm(permission)
        ]

    def panel_of(self, request: HttpRequest, obj: Campaign) -> Panel:
        so_far = moving.tally(obj)
        return replace(
            super().panel_of(request, obj),
            is_moving=obj.is_live,
            pulse=(obj.state, obj.trouble, tuple(sorted(so_far.items())), self.progress_of(obj).reasons),
        )

    def progress_of(self, obj: Campaign) -> progress.Progress:
        return progress.of(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Campaign | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= progress_context(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def follow_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The panel and the progress as they stand now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        panel = self.panel_of(request, obj)
        context = {"panel": panel, "original": obj, **progress_context(obj)}
        return part(request, "admin/campaigns/campaign/live.html", panel.mark, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("tallies")

    @admin.display(description=gettext_lazy("So far"))
    @live_cell
    def so_far(self, obj: Campaign) -> SafeString | str:
        tallies = obj.tallies.all()
        total = sum(one.count for one in tallies)
        settled = sum(one.count for one in tallies if one.state not in Recipient.OPEN)
        if not total:
            return _("nobody yet")
        words = _("%(settled)s of %(total)s")
        return format_html(
            '<progress class="vh-progress" max="{}" value="{}" aria-hidden="true"></progress> {}',
            total,
            settled,
            words % {"settled": f"{settled:,}", "total": f"{total:,}"},
        )


def progress_context(campaign: Campaign) -> dict[str, Any]:
    """What the part of a page shows that tells how far a campaign has come."""
    told = progress.of(campaign)
    listed = reverse("admin:campaigns_recipient_changelist")
    buckets = [
        {
            "badge": badge(OF_RECIPIENT[state]),
            "count": told.counts[state],
            "url": f"{listed}?campaign__id__exact={campaign.pk}&state__exact={state.value}",
        }
        for state in Recipient.State
        if told.counts[state]
    ]
    return {"progress": told, "buckets": buckets}


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
# Buttons that lead elsewhere: the states, the permission, the label, the page, the style, whether it is a POST.
PAGES = (
    (
        (State.DRAFT,),
        "campaigns.view_campaign",
        gettext_lazy("Look it over and start"),
        "preflight",
        "primary",
        False,
    ),
    (
        tuple(State),
        "campaigns.view_recipient",
        gettext_lazy("What a recipient hears"),
        "preview",
        "default",
        False,
    ),
    (tuple(State), "campaigns.add_campaign", gettext_lazy("Copy it"), "duplicate", "default", True),
    (Campaign.OVER, "campaigns.add_campaign", gettext_lazy("Call again those not reached"), "again", "default", True),
)
