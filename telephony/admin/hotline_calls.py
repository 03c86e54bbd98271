"""Calls of hotlines in the admin: a list with the days drawn above it, and each call as a story."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from telephony.models import Hotline, HotlineCall
from telephony.number_links import number_link
from telephony.trigger.story import tell_step
from voicehub.common import about_numbers
from voicehub.common.about_numbers import MOST_LINES, Line, Section
from voicehub.common.charts import Chart, daily
from voicehub.sync.admin.base import ReadOnlyAdmin
from voicehub.sync.admin.filters import DayRangeFilter

SHORTEST_PART = 3
DAYS_DRAWN = 30
MOST_STEPS = 200
LONGEST_ID = 18


class HotlineFilter(admin.SimpleListFilter):
    title = gettext_lazy("hotline")
    parameter_name = "hotline__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(hotline.pk), hotline.name) for hotline in Hotline.objects.order_by("name")[:100]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = hotline_in(request)
        return queryset.filter(hotline=chosen) if chosen else queryset


@admin.register(HotlineCall)
class HotlineCallAdmin(ReadOnlyAdmin):
    list_display = ("first_at", "hotline", "caller_shown", "caller_name", "lasted")
    list_select_related = ("hotline",)
    list_filter = (HotlineFilter, ("first_at", DayRangeFilter))
    list_filter_submit = True
    search_fields = ("call_id__exact",)
    search_help_text = gettext_lazy("Three digits or more of the caller's number, or the whole id of a call.")
    list_before_template = "admin/telephony/hotlinecall/list_top.html"
    fields = ("hotline", "caller_shown", "caller_name", "first_at", "last_at", "call_id")
    readonly_fields = ("caller_shown",)
    change_form_outer_after_template = "admin/telephony/hotlinecall/story.html"

    class Media:
        css = {"all": ["voicehub/telephony.css"]}

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        digits = "".join(one for one in search_term if one.isdigit())
        if len(digits) < SHORTEST_PART or search_term.strip(" +()-0123456789"):
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(caller__contains=digits), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"chart": calls_a_day(hotline_in(request))}
        return super().changelist_view(request, context | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= {"call": obj, "steps": [tell_step(step) for step in obj.steps.all()[:MOST_STEPS]]}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description=gettext_lazy("Caller"))
    def caller_shown(self, obj: HotlineCall) -> SafeString | str:
        return number_link(obj.caller) or _("Withheld")

    @admin.display(description=gettext_lazy("From first to last request"))
    def lasted(self, obj: HotlineCall) -> str:
        return _("%d s") % (obj.last_at - obj.first_at).total_seconds()


@about_numbers.shown
def calls_from(number: str, request: HttpRequest) -> Iterator[Section]:
    """Which hotlines the number has called."""
    if request.user.has_perm("telephony.view_hotlinecall"):
        # Named, so that the index of hotline and caller serves.
        hotlines = list(Hotline.objects.values_list("pk", flat=True))
        calls = HotlineCall.objects.filter(hotline__in=hotlines, caller=number).select_related("hotline")
        lines = [
            Line(call.hotline, at=call.first_at, url=reverse("admin:telephony_hotlinecall_change", args=[call.pk]))
            for call in calls.order_by("-first_at")[:MOST_LINES]
        ]
        yield Section(_("Calls to hotlines"), lines)


def hotline_in(request: HttpRequest) -> int:
    """The id of the hotline whose calls are asked for; 0 for all."""
    asked = request.GET.get(HotlineFilter.parameter_name, "")
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_ID else 0


def calls_a_day(hotline: int = 0) -> Chart:
    """The calls of the last days, of one hotline or of all."""
    today = timezone.localdate()
    calls = HotlineCall.objects.filter(first_at__gte=timezone.now() - timedelta(days=DAYS_DRAWN))
    if hotline:
        calls = calls.filter(hotline_id=hotline)
    counted = calls.order_by().annotate(day=TruncDate("first_at")).values_list("day").annotate(number=Count("pk"))
    return daily(_("Calls a day, last %d days") % DAYS_DRAWN, dict(counted), until=today, days=DAYS_DRAWN)
