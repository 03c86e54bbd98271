"""What the template `admin/sync/timeline.html` needs."""

from typing import Any, Protocol

from django.http import HttpRequest

from voicehub.sync.admin.states import badge
from voicehub.sync.timeline import MOST, NEWEST, Entry


class Entries(Protocol):
    def __call__(self, *, limit: int, with_calls: bool) -> list[Entry]: ...


def timeline_context(request: HttpRequest, entries: Entries) -> dict[str, Any]:
    """The newest entries, or all that are kept when `?all` asks for them; calls for those who may see calls."""
    limit = MOST if "all" in request.GET else NEWEST
    found = entries(limit=limit + 1, with_calls=request.user.has_perm("sync.view_exchange"))
    return {
        "timeline": [(entry, badge(entry.state) if entry.state else "") for entry in found[:limit]],
        "timeline_limit": limit,
        "has_older": len(found) > limit,
        "can_show_older": limit < MOST,
    }
