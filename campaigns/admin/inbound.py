"""What VoiceShot has posted, in the admin: first of all the calls and texts of people to us."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Attempt, InboundPost
from campaigns.views import inbound as views
from voicehub.common import about_numbers, phones
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.told import labelled

Kind, State = InboundPost.Kind, InboundPost.State
LONGEST_IN_LIST = 60
EVENTS = (Kind.ANSWER, Kind.HANG_UP, Kind.KEY)
# What it said, by VoiceShot's names, as people read it.
NAMES = {
    "txt": gettext_lazy("Text"),
    "status": gettext_lazy("Status"),
    "comment": gettext_lazy("Answer"),
    "duration": gettext_lazy("Seconds"),
    "keypress": gettext_lazy("Keys"),
    "dateandtime": gettext_lazy("Time at VoiceShot"),
    "dnis": gettext_lazy("Number that was called"),
    "callerid": gettext_lazy("Caller"),
}


class WhatFilter(admin.SimpleListFilter):
    """Without a choice the list is of people who called or wrote: all else is told by its campaign or its call."""

    title = gettext_lazy("what")
    parameter_name = "what"
    SHOWN: ClassVar[dict[str, tuple[Any, dict[str, Any]]]] = {
        "to-us": (
            gettext_lazy("Calls and texts to us"),
            {"state": State.UNMATCHED, "kind__in": (Kind.TEXT, Kind.INBOUND)},
        ),
        "others": (
            gettext_lazy("Calls that VoiceHub has not posted"),
            {"state": State.UNMATCHED, "kind": Kind.SUMMARY},
        ),
        "events": (gettext_lazy("Events of calls to us"), {"state": State.UNMATCHED, "kind__in": EVENTS}),
        "ours": (gettext_lazy("About our own calls"), {"state__in": (State.NEW, State.APPLIED)}),
        "failed": (State.FAILED.label, {"state": State.FAILED}),
        "all": (gettext_lazy("All"), {}),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in self.SHOWN.items()]

    def value(self) -> str:
        value = super().value()
        return value if value in self.SHOWN else "to-us"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _label, condition = self.SHOWN[self.value()]
        return queryset.filter(**condition)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }


@admin.register(InboundPost)
class InboundPostAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "kind", "number_shown", "says", "menuid")
    list_filter = (WhatFilter, ("received_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("callid__exact", "number__exact")
    search_help_text = gettext_lazy("The whole callid, or a number such as +18185550100")
    fields = ("received_at", "kind", "state", "number_shown", "menuid", "callid", "call", "said", "recordings")
    readonly_fields = ("recordings",)

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def get_urls(self) -> list[URLPattern]:
        listen = self.admin_site.admin_view(views.listen)
        return [path("<int:pk>/listen/", listen, name="campaigns_inboundpost_listen"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        may_listen = request.user.has_perm(views.LISTEN)
        return [name for name in super().get_fields(request, obj) if may_listen or name != "recordings"]

    @admin.display(description=gettext_lazy("Number"))
    def number_shown(self, obj: InboundPost) -> SafeString | str:
        if not obj.number:
            return _("Not told")
        url = reverse("admin:telephony_phonenumber_change", args=[obj.number])
        return format_html('<a class="vh-link" href="{}">{}</a>', url, phones.shown(obj.number))

    @admin.display(description=gettext_lazy("What it said"))
    def says(self, obj: InboundPost) -> str:
        return in_short(obj)

    @admin.display(description=gettext_lazy("What it said"))
    def said(self, obj: InboundPost) -> SafeString:
        told = ((label, _in_words(obj.told[name])) for name, label in NAMES.items() if name in obj.told)
        row = "<div><dt>{}</dt><dd>{}</dd></div>"
        return format_html('<dl class="vh-facts">{}</dl>', format_html_join("", row, told))

    @admin.display(description=gettext_lazy("Our call"))
    def call(self, obj: InboundPost) -> SafeString | str:
        attempt = Attempt.objects.filter(callid=obj.callid).select_related("campaign", "recipient").first()
        if attempt is None or obj.state != State.APPLIED:
            return ""
        url, what = attempt.recipient.get_absolute_url(), labelled(attempt.campaign, phones.shown(attempt.number))
        return format_html('<a class="vh-link" href="{}">{}</a>', url, what)

    @admin.display(description=gettext_lazy("What was said at prompts"))
    def recordings(self, obj: InboundPost) -> SafeString | str:
        player = '<p>{}</p><audio class="vh-player" controls preload="none" src="{}"></audio>'
        at = _("Prompt %s")
        rows = [
            (at % one.promptid, reverse("admin:campaigns_inboundpost_listen", args=[one.pk]))
            for one in obj.recordings.all()
        ]
        return format_html_join("", player, rows) or _("Nothing was recorded.")


@about_numbers.shown
def calls_and_texts_from(number: str, request: HttpRequest) -> Iterator[Section]:
    """What came from the number by way of VoiceShot."""
    if request.user.has_perm("campaigns.view_inboundpost"):
        posts = InboundPost.objects.filter(number=number, kind__in=(Kind.TEXT, Kind.INBOUND)).order_by("-pk")
        lines = [
            Line(labelled(post.get_kind_display(), in_short(post)), at=post.received_at, url=post.get_absolute_url())
            for post in posts[:MOST_LINES]
        ]
        listed = f"{reverse('admin:campaigns_inboundpost_changelist')}?what=all&q={number}"
        yield Section(_("Calls and texts to us by way of VoiceShot"), lines, url=listed.replace("+", "%2B"))


def in_short(post: InboundPost) -> str:
    """The words of a text, else how a call ended and what was pressed."""
    parts = [post.told.get(name) for name in ("txt", "comment", "status", "keypress")]
    whole = next((_in_words(part) for part in parts if part), "")
    return f"{whole[: LONGEST_IN_LIST - 1]}…" if len(whole) > LONGEST_IN_LIST else whole


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            _("%(keys)s at prompt %(prompt)s") % {"keys": keys, "prompt": at} for at, keys in value.items()
        )
    return " ".join(value) if isinstance(value, list) else str(value)
