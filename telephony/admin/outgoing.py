"""Calls and texts in the admin: asked for, looked over once more, sent, and followed to their end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, cast
from uuid import uuid4

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from telephony import services
from telephony.forms.outgoing import CallForm, ConfirmedForm, OutgoingForm, TextForm
from telephony.models import Hotline, NotificationCall, SmsMessage
from telephony.models.outgoing import Outgoing
from telephony.number_links import number_link
from telephony.rules import LIMITS
from telephony.sync.voitex import SLUG
from telephony.views.pages import MEDIA
from voicehub.common import about_numbers, calling_hours, limits, phones
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.common.admin.for_many import DeedsForManyAdmin, ForMany
from voicehub.common.sms import measure
from voicehub.sync.admin.conditions import Roadblocks
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.admin.once_only import OnceOnlyAdmin
from voicehub.sync.admin.panel import RecordAction
from voicehub.sync.admin.settling import Case
from voicehub.sync.admin.states import badge
from voicehub.sync.export import Table
from voicehub.sync.handlers import OnceOnlyHandler
from voicehub.sync.models import SyncJob
from voicehub.sync.models.job import Operation
from voicehub.sync.registry import handler_for

# Without what the filters of lists bring along, which works on lists alone.
PAGE_MEDIA = MEDIA + Media(js=["voicehub/live_check.js"])
SHORTEST_PART = 3
LATELY = timedelta(days=1)
FOR_MANY = (
    ForMany("cancel", gettext_lazy("Cancel what waits")),
    ForMany("release", gettext_lazy("Release what is on hold")),
)
REFUSALS = (services.NotConnectedError, services.NotSendableError, limits.LimitReachedError)


class OutgoingAdmin(DeedsForManyAdmin, OnceOnlyAdmin):
    """What calls and texts share: the way from a form over a page to confirm to a record that follows itself."""

    form_class: ClassVar[type[OutgoingForm]]
    new_title: ClassVar[Any]
    # What the button that sends says, with the number for %s.
    button: ClassVar[Any]
    # What is really going to happen, in whole sentences.
    warning: ClassVar[Any]
    # What an export has beside what all have, by the names of the fields.
    export_fields: ClassVar[tuple[str, ...]] = ()
    for_many = FOR_MANY
    list_filter = ("state", ("created_at", DayRangeFilter))
    list_filter_submit = True
    list_select_related = ("requested_by",)
    search_fields = ("reference__exact",)
    search_help_text = gettext_lazy("Three digits or more of the number, or the whole reference")
    list_before_template = "admin/telephony/outgoing/list_top.html"
    settle_for_example = gettext_lazy("For example: the person's phone, or Voitex's own list of what it sent.")

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def facts(self, wanted: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
        """What a person checks before it goes out."""
        yield _("To"), f"{phones.shown(wanted['to'])} ({phones.country(wanted['to'])})"
        clocks = {f"{timezone.now().astimezone(zone):%H:%M}" for zone in calling_hours.zones_of(wanted["to"])}
        yield _("Time there"), ", ".join(sorted(clocks)[:3])
        yield _("From"), phones.shown(wanted["caller"])

    def state_of(self, obj: Outgoing) -> str:
        return state_of(obj)

    def what_was_sent(self, obj: Outgoing) -> str:
        return _("%(what)s to %(number)s") % {"what": obj, "number": phones.shown(obj.to)}

    def case_of(self, obj: Outgoing, job: SyncJob) -> Case:
        return replace(super().case_of(obj, job), console_url="")

    def extra_actions(self, obj: Outgoing, user: Any) -> list[RecordAction]:
        actions = super().extra_actions(obj, user)
        if services.why_no_repeat(obj) or not self.may(user, "send"):
            return actions
        url = f"{self.url_of('new')}?again={obj.pk}"
        return [*actions, RecordAction(_("Send it again"), url, is_post=False)]

    def facts_of(self, obj: Outgoing) -> list[tuple[Any, Any]]:
        before = [(_("Repeats"), _link(obj.again_of))] if obj.again_of else []
        after = [(_("Sent again as"), _link(repeat)) for repeat in self._repeats(obj)]
        return [*before, *after, *super().facts_of(obj)]

    def _repeats(self, obj: Outgoing) -> Any:
        return self.model._base_manager.filter(again_of=obj.pk)

    def export_table(self, records: QuerySet, columns: Sequence[Any]) -> Table:
        """What went out to whom. The words of texts stay here."""
        names = ("created_at", "sent_at", "caller", "to", *self.export_fields, "reference", "requested_by", "message")
        header = [_("Number here"), _("State"), *(str(self.opts.get_field(name).verbose_name) for name in names)]
        rows = records.select_related("requested_by").iterator(chunk_size=2000)
        cells = ([one.pk, one.get_state_display(), *(getattr(one, name) for name in names)] for one in rows)
        return Table(str(self.opts.verbose_name_plural), header, cells)

    def get_urls(self) -> list[URLPattern]:
        return [
            self._page_url("new/", self.new_view, "new"),
            self._page_url("new/send/", self.send_view, "send"),
            *super().get_urls(),
        ]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        digits = "".join(one for one in search_term if one.isdigit())
        if len(digits) < SHORTEST_PART or search_term.strip(" +()-.0123456789"):
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(to__contains=digits), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_send = self.may(request.user, "send")
        context = {"new_url": self.url_of("new") if may_send else "", "new_title": self.new_title}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """The form; once it is good, the page that says what will happen. Nothing is sent yet."""
        self._insist_on_permission(request)
        if request.method != "POST":
            return self._form_page(request, self.form_class(initial=self._before(request)))
        form = self.form_class(request.POST)
        if not form.is_valid() or "change" in request.POST:
            return self._form_page(request, form)
        return self._confirm_page(request, form.cleaned_data, uuid4())

    @method_decorator(require_POST)
    def send_view(self, request: HttpRequest) -> HttpResponse:
        self._insist_on_permission(request)
        form, confirmed = self.form_class(request.POST), ConfirmedForm(request.POST)
        if not confirmed.is_valid():
            return self._form_page(request, form)
        confirmation = confirmed.cleaned_data["confirmation"]
        if earlier := self.model._base_manager.filter(confirmation=confirmation).first():
            return redirect(earlier)
        if not form.is_valid():
            return self._form_page(request, form)
        wanted = dict(form.cleaned_data)
        again_of = wanted.pop("again_of")
        try:
            sent = services.send_out(
                self.model, wanted, confirmation=confirmation, user=request.user, again_of=again_of
            )
        except REFUSALS as why:
            return self._confirm_page(request, form.cleaned_data, confirmation, str(why))
        return redirect(sent)

    def _before(self, request: HttpRequest) -> dict[str, Any]:
        """What the form begins with: what `?again=` names, else a number that is known, or that `?to=` names."""
        key = request.GET.get("again", "")
        before = self.model._base_manager.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        if before:
            return {**before.wanted(), "to": phones.shown(before.to), "again_of": before.pk}
        first = Hotline.objects.order_by("pk").values_list("did", flat=True).first() or ""
        return {"caller": first, "route": first, "to": request.GET.get("to", "")[:60]}

    def _form_page(self, request: HttpRequest, form: OutgoingForm) -> HttpResponse:
        hotlines = Hotline.objects.order_by("name")[:200]
        return self._page(request, "new.html", self.new_title, form=form, hotlines=hotlines)

    def _confirm_page(
        self, request: HttpRequest, wanted: dict[str, Any], confirmation: Any, refusal: str = ""
    ) -> HttpResponse:
        """What will happen, or why it cannot."""
        too_much = limits.why_too_much(LIMITS[self.model], user=request.user, adding=limits.Use(1))
        return self._page(
            request,
            "confirm.html",
            _("Check before it goes out"),
            wanted={name: value for name, value in wanted.items() if value is not None},
            confirmation=confirmation,
            facts=list(self.facts(wanted)),
            problem=refusal or self._why_not(wanted) or too_much,
            waits=self._roadblock(),
            earlier=self._earlier(wanted["to"]),
            minutes=self._minutes(),
            button=self.button % phones.shown(wanted["to"]),
            warning=self.warning,
        )

    def _minutes(self) -> int:
        handler = cast(OnceOnlyHandler, handler_for(self.model))
        return int(handler.send_within().total_seconds() // 60)

    def _why_not(self, wanted: dict[str, Any]) -> str:
        try:
            services.voitex_account()
        except services.NotConnectedError as why:
            return str(why)
        before = self.model._base_manager.filter(pk=wanted["again_of"]).first()
        return services.why_no_repeat(before) if before else ""

    def _earlier(self, to: str) -> list[Outgoing]:
        """What went to this number lately, or may have: a person should know before another one does."""
        lately = self.model._base_manager.filter(to=to, created_at__gte=timezone.now() - LATELY)
        return list(lately.filter(state__in=Outgoing.COUNTS)[:MOST_LINES])

    def _roadblock(self) -> str:
        try:
            connection = services.voitex_account()
        except services.NotConnectedError:
            return ""
        roadblock = Roadblocks().before(SLUG, connection.pk, Operation.SEND)
        return str(roadblock.why) if roadblock else ""

    def _page(self, request: HttpRequest, template: str, title: Any, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "media": PAGE_MEDIA, "title": title}
        urls = {name: self.url_of(name) for name in ("new", "send", "changelist")}
        return TemplateResponse(request, f"admin/telephony/outgoing/{template}", {**frame, **context, "urls": urls})

    def _insist_on_permission(self, request: HttpRequest) -> None:
        if not self.may(request.user, "send"):
            raise PermissionDenied

    @admin.display(description=gettext_lazy("To"))
    def to_shown(self, obj: Outgoing) -> SafeString | str:
        return number_link(obj.to)

    @admin.display(description=gettext_lazy("From"))
    def caller_shown(self, obj: Outgoing) -> str:
        return phones.shown(obj.caller)


@admin.register(NotificationCall)
class NotificationCallAdmin(OutgoingAdmin):
    form_class = CallForm
    export_fields = ("route", "branch")
    new_title = gettext_lazy("Call somebody")
    button = gettext_lazy("Call %s")
    warning = gettext_lazy(
        "A real phone rings, and it costs money. Whether somebody answers, Voitex does not tell VoiceHub."
    )
    list_display = ("__str__", "to_shown", "state_badge", "route_shown", "branch", "requested_by", "created_at")
    fields = (
        "to_shown",
        "caller_shown",
        "route_shown",
        "branch",
        "reference",
        "sent_at",
        "asked_by",
        "created_at",
    )

    def facts(self, wanted: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
        yield from super().facts(wanted)
        yield _("Goes through"), phones.shown(wanted["route"])
        yield _("Begins at branch"), wanted["branch"]

    @admin.display(description=gettext_lazy("Hotline"))
    def route_shown(self, obj: NotificationCall) -> str:
        return phones.shown(obj.route)


@admin.register(SmsMessage)
class SmsMessageAdmin(OutgoingAdmin):
    form_class = TextForm
    new_title = gettext_lazy("Text somebody")
    button = gettext_lazy("Text %s")

    warning = gettext_lazy(
        "A real text goes out, and it costs money. Whether it arrives, Voitex does not tell VoiceHub."
    )
    list_display = ("__str__", "to_shown", "state_badge", "beginning", "requested_by", "created_at")
    fields = (
        "to_shown",
        "caller_shown",
        "text_shown",
        "segments",
        "reference",
        "sent_at",
        "asked_by",
        "created_at",
    )

    def get_urls(self) -> list[URLPattern]:
        return [self._page_url("new/measure/", self.measure_view, "measure"), *super().get_urls()]

    @method_decorator(require_POST)
    def measure_view(self, request: HttpRequest) -> HttpResponse:
        """How long the text is that somebody types."""
        self._insist_on_permission(request)
        words = segments_in_words(request.POST.get("body", "")[:10_000].replace("\r\n", "\n"))
        return TemplateResponse(request, "admin/telephony/outgoing/_segments.html", {"segments": words})

    def _form_page(self, request: HttpRequest, form: OutgoingForm) -> HttpResponse:
        answer = super()._form_page(request, form)
        body = form["body"].value() or ""
        extra = {"measure_url": self.url_of("measure"), "segments": segments_in_words(body.replace("\r\n", "\n"))}
        answer.context_data |= extra  # type: ignore[attr-defined]
        return answer

    def facts(self, wanted: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
        yield from super().facts(wanted)
        yield _("Text"), wanted["body"]
        yield _("Length"), segments_in_words(wanted["body"])

    @admin.display(description=gettext_lazy("Text"))
    def beginning(self, obj: SmsMessage) -> str:
        return obj.body if len(obj.body) <= 60 else f"{obj.body[:59]}…"

    @admin.display(description=gettext_lazy("Text"))
    def text_shown(self, obj: SmsMessage) -> str:
        return linebreaksbr(obj.body)

    @admin.display(description=gettext_lazy("Length"))
    def segments(self, obj: SmsMessage) -> str:
        return segments_in_words(obj.body)


def segments_in_words(text: str) -> str:
    """ "120 characters, 1 message (GSM-7, 40 left)" """
    found = measure(text)
    words = ngettext("%(count)d message", "%(count)d messages", found.count) % {"count": found.count}
    signs = ngettext("%(count)d character", "%(count)d characters", len(text)) % {"count": len(text)}
    facts = {"signs": signs, "messages": words, "alphabet": found.encoding.label, "left": found.left}
    said = _("%(signs)s: %(messages)s (%(alphabet)s, %(left)d left)") % facts
    if not found.offending:
        return said
    return said + ". " + _("Longer because of: %s") % " ".join(found.offending[:10])


def _link(record: Outgoing) -> SafeString:
    return format_html('<a class="vh-link" href="{}">{}</a>', record.get_absolute_url(), record)


def state_of(record: Outgoing) -> str:
    """Its name in the table of states."""
    return "accepted" if record.state == Outgoing.State.DONE else record.state


def _tell_of(model: type[Outgoing], title: Any) -> None:
    """Have a number's page show what went out to it."""

    def told(number: str, request: HttpRequest) -> Iterator[Section]:
        name = model._meta.model_name
        if request.user.has_perm(f"telephony.view_{name}"):
            found = model._base_manager.filter(to=number).order_by("-pk")[:MOST_LINES]
            lines = [
                Line(str(one), at=one.created_at, url=one.get_absolute_url(), badge=badge(state_of(one)))
                for one in found
            ]
            yield Section(title, lines, url=reverse(f"admin:telephony_{name}_changelist", query={"q": number}))

    told.__qualname__ = f"told_of_{model._meta.model_name}"
    about_numbers.shown(told)


_tell_of(NotificationCall, gettext_lazy("Calls to this number"))
_tell_of(SmsMessage, gettext_lazy("Texts to this number"))
