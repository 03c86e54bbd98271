"""What came in at an address, for the timeline of whatever it was about."""

from collections.abc import Iterable
from http import HTTPStatus

from django.urls import reverse

from voicehub.common.hooks.kinds import kind_of
from voicehub.common.hooks.models import HookAddress, HookRequest
from voicehub.sync.timeline import Entry, Kind, status_words


def came_in_at(address: HookAddress, limit: int) -> Iterable[Entry]:
    """The newest requests at an address."""
    return map(request_entry, HookRequest.objects.filter(address_id=address.pk).order_by("-received_at")[:limit])


def request_entry(request: HookRequest) -> Entry:
    kind = kind_of(request.kind)
    has_failed = request.outcome != HookRequest.Outcome.ANSWERED or request.status >= HTTPStatus.BAD_REQUEST
    words = request.words or (request.get_outcome_display() if has_failed else status_words(request.status))
    return Entry(
        at=request.received_at,
        icon="call_received",
        title=str(kind.label) if kind else request.kind,
        text=words,
        kind=Kind.INBOUND,
        url=reverse("admin:hooks_hookrequest_change", args=[request.pk]),
    )
