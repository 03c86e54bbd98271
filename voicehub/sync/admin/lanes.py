"""The page Providers: how each one is doing, the stop switch, and letting things go again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, DateTimeField, F, Min, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from voicehub.sync import lanes, services
from voicehub.sync.admin.base import ReadOnlyAdmin, StateAdmin
from voicehub.sync.admin.conditions import Condition, Roadblocks, of_account, of_lane
from voicehub.sync.admin.moments import moment
from voicehub.sync.admin.panel import Deed, Panel, RecordAction
from voicehub.sync.admin.states import STATES
from voicehub.sync.admin.timelines import TimelineAdmin
from voicehub.sync.clock import database_now
from voicehub.sync.models import Connection, Gauge, JobState, Lane, SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import gauge_labels, handler_for
from voicehub.sync.told import in_your_language

SWITCH = "sync.use_stop_switch"


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Everybody who waits for this provider reads it."),
        max_length=500,
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=_("Your own time. Empty: until somebody releases it."),
    )

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError(_("This time has passed already."))
        return until


@admin.register(Lane)
class LaneAdmin(TimelineAdmin, ReadOnlyAdmin, StateAdmin):
    fields = ("provider_name", "failures", "last_good_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_queues(super().get_queryset(request), database_now())

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:slug>/stop/", wrap(self.stop_view), name="sync_lane_stop"),
            path("<path:slug>/release/", wrap(self.release_view), name="sync_lane_release"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        lanes = list(self.get_queryset(request).order_by("provider"))
        load_accounts(lanes)
        panels = [self.panel_of(request, lane) for lane in lanes]
        return self._page(request, "providers", title=_("Providers"), panels=panels)

    def stop_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        lane = self._lane_to_switch(request, slug)
        form = StopForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            services.stop_lane(lane.pk, user=request.user, **form.cleaned_data)
            self.message_user(request, _("%(provider)s is stopped.") % {"provider": lane}, messages.SUCCESS)
            return redirect("admin:sync_lane_changelist")
        return self._page(request, "stop", title=_("Stop %(provider)s") % {"provider": lane}, lane=lane, form=form)

    def release_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        lane = self._lane_to_switch(request, slug)
        if request.method == "POST":
            count = services.release_lane(lane.pk, user=request.user)
            words = ngettext(
                "Released. %(count)d job that was due goes out now.",
                "Released. %(count)d jobs that were due go out now, one after the other.",
                count,
            )
            self.message_user(request, words % {"count": count}, messages.SUCCESS)
            return redirect("admin:sync_lane_changelist")
        title = _("Release %(provider)s") % {"provider": lane}
        return self._page(
            request, "release", title=title, lane=lane, panel=self.panel_of(request, lane), kinds=kinds(lane)
        )

    def panel_of(self, request: HttpRequest, obj: Any) -> Panel:
        if not hasattr(obj, "gauges"):
            load_accounts([obj])
        return replace(super().panel_of(request, obj), title=str(obj), url=self.url_of("change", obj.pk))

    def state_of(self, obj: Any) -> str:
        return of_lane(obj, obj.as_of).state

    def message_of(self, obj: Any) -> str:
        return of_lane(obj, obj.as_of).why

    def roadblock_of(self, obj: Lane, roadblocks: Roadblocks) -> Condition | None:
        return None

    def job_of(self, obj: Lane) -> None:
        return None

    def deeds(self, obj: Lane) -> list[Deed]:
        return []

    def facts_of(self, obj: Any) -> list[tuple[Any, Any]]:
        return [
            (_("Waiting"), waiting_words(obj.waiting or 0)),
            (_("Longest overdue since"), moment(obj.oldest_due)),
            (_("Last good call"), moment(obj.last_good_at) or _("None yet")),
            (_("Account"), accounts_in_words(obj.accounts)),
            *token_facts(obj, obj.as_of),
            *gauge_facts(obj, obj.as_of),
        ]

    def extra_actions(self, obj: Lane, user: Any) -> list[RecordAction]:
        if not user.has_perm(SWITCH):
            return []
        state = self.state_of(obj)
        stop = RecordAction(_("Stop…"), reverse("admin:sync_lane_stop", args=[obj.pk]), "danger", is_post=False)
        release = RecordAction(
            _("Release…"), reverse("admin:sync_lane_release", args=[obj.pk]), "primary", is_post=False
        )
        return [*([] if state == "running" else [release]), *([] if state == "stopped" else [stop])]

    @admin.display(description=_("Provider"))
    def provider_name(self, obj: Lane) -> str:
        return str(obj)

    def _lane_to_switch(self, request: HttpRequest, slug: str) -> Lane:
        if not request.user.has_perm(SWITCH):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=slug)

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/sync/{name}.html", context)


def with_queues(rows: QuerySet, now: datetime) -> QuerySet:
    """Lanes with how many jobs are `waiting`, when the `oldest_due` of them was due, and `as_of` which time (UTC)."""
    waiting = SyncJob.objects.filter(provider=OuterRef("pk"), state=JobState.WAITING).order_by()
    counted = waiting.values("provider").annotate(count=Count("pk")).values("count")
    overdue = waiting.filter(due_at__lte=now).order_by("due_at").values("due_at")
    as_of = Value(now, output_field=DateTimeField())
    rows = rows.select_related("stopped_by")
    return rows.annotate(waiting=Subquery(counted), oldest_due=Subquery(overdue[:1]), as_of=as_of)


def kinds(lane: Lane) -> list[dict[str, Any]]:
    """What waits for a provider: `what`, `count` and the time the oldest was `queued`, most frequent first."""
    groups = lanes.waiting_jobs(lane.pk).order_by().values("model", "operation")
    rows = groups.annotate(count=Count("pk"), queued=Min("created_at")).order_by("-count")
    return [{"what": kind_in_words(row["model"], row["operation"]), **row} for row in rows]


def kind_in_words(label: str, operation: str) -> str:
    records = handler_for(label).model._meta.verbose_name_plural
    return _("%(what)s: %(records)s") % {"what": Operation(operation).label, "records": records}


def waiting_words(count: int) -> str:
    return ngettext("%(count)d job", "%(count)d jobs", count) % {"count": count}


def accounts_in_words(accounts: Iterable[Connection]) -> str:
    return ", ".join(f"{account} ({STATES[of_account(account).state].word})" for account in accounts)


def load_accounts(lanes: Sequence[Any]) -> None:
    """Give each lane its `accounts` with their tokens, and their `gauges`, by one query for all of them."""
    accounts: dict[int, Any] = {}
    gauges: list[Gauge] = []
    for row in _accounts_by_gauge([lane.pk for lane in lanes]):
        account = accounts.setdefault(row.pk, row)
        if row.gauge:
            gauges.append(Gauge(connection=account, name=row.gauge, text=row.reading, read_at=row.read_at))
    for lane in lanes:
        lane.accounts = [account for account in accounts.values() if account.provider == lane.pk]
        lane.gauges = [gauge for gauge in gauges if gauge.connection.provider == lane.pk]


def _accounts_by_gauge(slugs: Sequence[str]) -> QuerySet:
    """Connected accounts, once for each gauge, or once for one without any."""
    connected = Connection.objects.filter(provider__in=slugs, disconnected_at=None).select_related("token")
    reading = {"gauge": F("gauges__name"), "reading": F("gauges__text"), "read_at": F("gauges__read_at")}
    return connected.annotate(**reading).order_by("pk")


def token_facts(lane: Any, now: datetime) -> Iterator[tuple[Any, Any]]:
    """Until when each account's sign-in token is good, with the account's name where there are several."""
    tokens = [account.token for account in lane.accounts if hasattr(account, "token") and account.token.expires_at]
    label = _("Sign-in token until (%(account)s)") if len(tokens) > 1 else _("Sign-in token until")
    for token in tokens:
        until = moment(token.expires_at) if token.expires_at > now else _("renewed by itself with the next call")
        yield label % {"account": token.connection}, until


def gauge_facts(lane: Any, now: datetime) -> Iterator[tuple[str, str]]:
    """What the provider told about each account, with the account's name where several are told about."""
    labels = gauge_labels(lane.pk)
    told = [gauge for gauge in lane.gauges if gauge.name in labels]
    has_many = len({gauge.connection_id for gauge in told}) > 1
    for gauge in sorted(told, key=lambda one: list(labels).index(one.name)):
        label = labels[gauge.name]
        yield f"{label} ({gauge.connection})" if has_many else str(label), gauge_in_words(gauge, now)


def gauge_in_words(gauge: Gauge, now: datetime) -> str:
    """ "1,234 XOF, read 3 minutes ago" """
    text = in_your_language(gauge.text)
    if now - gauge.read_at < timedelta(minutes=1):
        return _("%(text)s, read just now") % {"text": text}
    words = {"text": text, "time": timesince(gauge.read_at, now, depth=1)}
    return _("%(text)s, read %(time)s ago") % words
