"""Filters that read no table to know their choices."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str

from voicehub.sync.admin.states import STATES
from voicehub.sync.registry import providers


class ProviderFilter(SimpleListFilter):
    title = _("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(item.slug, item.label) for item in providers()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(provider=self.value()) if self.value() else queryset


class AnswerFilter(SimpleListFilter):
    """Calls by how the provider answered."""

    title = _("answer")
    parameter_name = "answer"
    KINDS = {
        "answered": Q(status__lt=400),
        "turned_down": Q(status__gte=400, status__lt=500),
        "broken": Q(status__gte=500),
        "unheard": Q(status=None),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind, STATES[kind].word) for kind in self.KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind = self.KINDS.get(self.value() or "")
        return queryset.filter(kind) if kind else queryset


class DayRangeFilter(RangeDateFilter):
    """From one day to another, both included, in the reader's time zone. The field wants an index.

    An admin that uses it sets `list_filter_submit = True`: two days are chosen before anything is asked.
    """

    YEARS = range(1970, 3000)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": start_of(first)})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": start_of(last + timedelta(days=1))})
        return queryset

    def _day(self, end: str) -> date | None:
        day = parse_date_str(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        return day if day and day.year in self.YEARS else None


def start_of(day: date) -> datetime:
    """The first moment of a day in the reader's time zone."""
    return make_aware(datetime.combine(day, time.min))
