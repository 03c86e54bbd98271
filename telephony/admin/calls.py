"""Calls to scripts in the admin: each by its newest load in the list, and on a page of its own as a story."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.models import Call
from telephony.number_links import is_number, number_link
from telephony.retelling import beginnings, retell
from telephony.script_address import KIND
from telephony.scripts import causes
from telephony.scripts.variables import readable
from voicehub.common.hooks.models import HookRequest
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import DayRangeFilter
from voicehub.sync.admin.paging import FastChangeList
from voicehub.sync.admin.states import badge

SHORTEST_PART = 4
# A part of a number is looked for among the newest loads only: that stays fast however long the log is.
NEWEST_SEARCHED = 20_000
MOST_STRAYS = 1000


class CallList(FastChangeList):
    """Tells each call of the page how it began."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = self.model_admin.prepared(self.result_list)


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = ("began", "state", "caller", "called", "script", "lasted", "outcome_of_call")
    list_before_template = "admin/telephony/call/list_top.html"
    list_filter = (("received_at", DayRangeFilter),)
    list_filter_submit = True
    search_fields = ("subject__exact",)
    search_help_text = gettext_lazy(
        "Four digits or more of a caller's or a called number, among the latest calls; or the whole id of a call."
    )
    fields = ("session",)
    readonly_fields = ("session",)
    change_form_outer_before_template = "admin/telephony/call/story.html"

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FastChangeList]:
        return CallList

    def prepared(self, records: Iterable[Call]) -> list[Call]:
        found: list[Any] = list(records)
        began = beginnings(call.subject for call in found)
        for call in found:
            call.beginning = began[call.subject]
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"strays": _strays() if request.user.has_perm("hooks.view_hookrequest") else 0, "kind": KIND}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        is_list = request.resolver_match is not None and not request.resolver_match.kwargs
        calls: QuerySet = super().get_queryset(request)
        return calls.newest_of_each() if is_list else calls  # type: ignore[attr-defined]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        digits = "".join(one for one in search_term if one in "0123456789")
        if len(digits) < SHORTEST_PART or len(digits) < len(search_term.strip(" +")):
            return super().get_search_results(request, queryset, search_term)
        newest = Call.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        lately = queryset.filter(pk__gt=newest - NEWEST_SEARCHED)
        return lately.filter(query__contains=digits), False

    @admin.display(description=gettext_lazy("State"))
    def state(self, obj: Call) -> SafeString:
        return badge("ended" if obj.is_last else "on_the_line")

    @admin.display(description=gettext_lazy("Caller"))
    def caller(self, obj: Call) -> SafeString | str:
        return _linked(obj.parameters.get("caller_id_number", ""))

    @admin.display(description=gettext_lazy("Number called"))
    def called(self, obj: Call) -> SafeString | str:
        return _linked(obj.parameters.get("destination_number", ""))

    @admin.display(description=gettext_lazy("Began"))
    def began(self, obj: Call) -> str:
        at = localtime(obj.beginning.at)  # type: ignore[attr-defined]
        return f"{date_format(at)}, {at:%H:%M:%S}"

    @admin.display(description=gettext_lazy("Script"))
    def script(self, obj: Call) -> SafeString | str:
        """The one that answered first; whoever may read calls may read scripts."""
        version = obj.beginning.version  # type: ignore[attr-defined]
        if version is None:
            return _("None")
        return format_html('<a class="vh-link" href="{}">{}</a>', version.script.get_absolute_url(), version.script)

    @admin.display(description=gettext_lazy("Lasted"))
    def lasted(self, obj: Call) -> str:
        began = obj.beginning.at  # type: ignore[attr-defined]
        return duration(obj.received_at - began) if obj.is_last else ""

    @admin.display(description=gettext_lazy("How it ended"))
    def outcome_of_call(self, obj: Call) -> str:
        cause = readable(obj.parameters.get("hangup_cause", ""))
        return causes.ended(cause) if obj.is_last else ""

    @admin.display(description=gettext_lazy("Id of the call"))
    def session(self, obj: Call) -> str:
        return obj.subject

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["story"], context["loads"] = retell(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def _linked(told: str) -> SafeString | str:
    """A number as Apidaze tells it, without a plus, linked to its page; an internal one as it is."""
    number = "+" + told.removeprefix("+")
    return number_link(number) if is_number(number) else readable(told) or _("Not told")


def duration(time: timedelta) -> str:
    """ "2 min 5 s" """
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    words = _("%(minutes)d min %(seconds)d s") if minutes else _("%(seconds)d s")
    return words % {"minutes": minutes, "seconds": seconds}


def _strays() -> int:
    """How many loads of the last day did not say of which call they were; of very many, the most that are counted."""
    lately = HookRequest.objects.filter(kind=KIND, subject="", received_at__gt=timezone.now() - timedelta(days=1))
    return lately[:MOST_STRAYS].count()
