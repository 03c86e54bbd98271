"""Pages that follow by themselves: parts of them are asked for again as long as something moves, see live.js."""

from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.html import format_html
from django.utils.http import quote_etag
from django.utils.safestring import SafeString

from voicehub.sync.models import JobState

MOVING = (JobState.WAITING, JobState.SENDING)
# What a record's own state says: it was read before its jobs, which may have ended in between.
ON_THE_WAY = ("waiting", "sending", "deleting")
MOST_ROWS = 200


class Pulse(NamedTuple):
    """Changes whenever something happens to one of the jobs behind a record."""

    moving: int
    jobs: int
    attempts: int
    last_end: Any


def pulse_of(jobs: QuerySet) -> Pulse:
    moving = Count("pk", filter=Q(state__in=MOVING))
    told = jobs.order_by().aggregate(
        moving=moving, jobs=Count("pk"), attempts=Sum("attempts"), end=Max("finished_at")
    )
    return Pulse(told["moving"], told["jobs"], told["attempts"] or 0, told["end"])


def mark_of(*shown: Any) -> str:
    """Another one means that the part looks different."""
    return sha256(" ".join(map(str, shown)).encode()).hexdigest()[:16]


def part(request: HttpRequest, template: str, mark: str, context: Callable[[], dict[str, Any]]) -> HttpResponse:
    """A part of a page, or 304 without a body where it still looks as the browser knows it: then nothing is read."""
    unchanged = get_conditional_response(request, etag=quote_etag(mark))
    return unchanged or TemplateResponse(request, template, {**context(), "mark": mark, "is_fragment": True})


def live_cell(column: Callable[[Any, Any], Any]) -> Callable[[Any, Any], SafeString]:
    """A column of a list whose cells are exchanged while the list follows."""

    @wraps(column)
    def shown(self: Any, obj: Any) -> SafeString:
        return cell(column.__name__, obj.pk, column(self, obj))

    return shown


def cell(column: str, pk: Any, content: Any) -> SafeString:
    return format_html('<span data-part="{}-{}">{}</span>', column, pk, content)


def asked_for(request: HttpRequest) -> list[int]:
    """The keys of the rows that a list asks about."""
    keys: Iterable[str] = request.GET.getlist("of")[:MOST_ROWS]
    return [int(key) for key in keys if key.isdecimal() and len(key) < 19]
