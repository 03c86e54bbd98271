"""How each provider is doing, from what is known here: nobody is asked for it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from voicehub.sync.admin.conditions import of_lane
from voicehub.sync.admin.lanes import load_accounts, with_queues
from voicehub.sync.admin.states import badge
from voicehub.sync.clock import database_now
from voicehub.sync.models import Lane


def lanes_for(request: HttpRequest) -> list[Any]:
    """All lanes with their queues; several parts of a page share what was read for it once."""
    if not hasattr(request, "voicehub_lanes"):
        rows = with_queues(Lane.objects.order_by("provider"), database_now())
        request.voicehub_lanes = list(rows)  # type: ignore[attr-defined]
    return request.voicehub_lanes  # type: ignore[attr-defined]


def lights_for(request: HttpRequest) -> list[dict[str, Any]]:
    """A light for each provider, with the facts that its own page tells, for those who may see providers."""
    if not request.user.has_perm("sync.view_lane"):
        return []
    lanes = lanes_for(request)
    load_accounts(lanes)
    return [_light(lane) for lane in lanes]


def _light(lane: Any) -> dict[str, Any]:
    page: Any = admin.site.get_model_admin(Lane)
    condition = of_lane(lane, lane.as_of)
    return {
        "name": str(lane),
        "url": reverse("admin:sync_lane_change", args=[lane.pk]),
        "badge": badge(condition.state),
        "why": condition.why,
        "is_busy": bool(lane.waiting) and condition.is_open,
        "facts": page.facts_of(lane),
    }
