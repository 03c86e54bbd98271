"""Pages of records that tell all that happened to them, and what their templates need."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from voicehub.sync.admin.states import badge
from voicehub.sync.timeline import MOST, NEWEST, Entry, Kind, Wanted, timeline

Entries = Callable[[Wanted], list[Entry]]
EVERYTHING = ""
# Who may not open the page that tells more gets no link to it.
NEEDED_TO_OPEN = {Kind.JOB: "sync.view_syncjob", Kind.CALL: "sync.view_exchange"}


@dataclass(frozen=True)
class Row:
    """An entry as it is shown; `restore_url` leads back to the version that it made."""

    entry: Entry
    badge: SafeString | str
    restore_url: str = ""


@dataclass(frozen=True)
class Choice:
    """A kind of entries that can be asked for alone."""

    label: Any
    url: str
    is_chosen: bool


def timeline_context(
    request: HttpRequest,
    entries: Entries,
    kinds: Sequence[Kind] = (Kind.CHANGE, Kind.JOB, Kind.CALL),
    restore_url: Callable[[int], str] | None = None,
) -> dict[str, Any]:
    """What `admin/sync/timeline.html` needs: the newest entries, of one kind where `?about` names it, all of them
    with `?all`. Calls are for those who may see calls. `restore_url` is for who may go back to a version.
    """
    may = request.user.has_perm
    offered = [kind for kind in kinds if kind != Kind.CALL or may(NEEDED_TO_OPEN[kind])]
    chosen = request.GET.get("about", EVERYTHING)
    shown = [kind for kind in offered if kind == chosen] or offered
    limit = MOST if "all" in request.GET else NEWEST
    found = entries(Wanted(limit + 1, frozenset(shown)))
    return {
        "timeline": [_row(entry, may, restore_url) for entry in found[:limit]],
        "timeline_choices": list(_choices(request, offered, shown)) if len(offered) > 1 else [],
        "timeline_limit": limit,
        "has_older": len(found) > limit,
        "older_url": _address(request, all="1") if limit < MOST else "",
    }


def _row(entry: Entry, may: Callable[[str], bool], restore_url: Callable[[int], str] | None) -> Row:
    needed = NEEDED_TO_OPEN.get(entry.kind)
    shown = replace(entry, url="") if needed and not may(needed) else entry
    back = restore_url(entry.version) if restore_url and entry.version is not None else ""
    return Row(shown, badge(entry.state) if entry.state else "", back)


def _choices(request: HttpRequest, offered: Sequence[Kind], shown: Sequence[Kind]) -> Iterator[Choice]:
    is_everything = len(shown) == len(offered)
    yield Choice(_("Everything"), _address(request, about=EVERYTHING), is_everything)
    for kind in offered:
        yield Choice(kind.label, _address(request, about=kind.value), not is_everything and kind in shown)


def _address(request: HttpRequest, **changed: str) -> str:
    """The page's own address with something changed in its parameters; without what has no value."""
    parameters = request.GET.copy()
    for name, value in changed.items():
        parameters[name] = value
        if not value:
            del parameters[name]
    return f"?{parameters.urlencode()}#timeline-title"


class TimelineAdmin(ModelAdmin):
    """A record whose page tells all that happened to it. `timeline_kinds` are the kinds of entries that it may have;
    who lacks `inbound_permission` is not told what came in.
    """

    change_form_outer_after_template = "admin/sync/timeline.html"
    timeline_kinds: tuple[Kind, ...] = (Kind.CHANGE,)
    inbound_permission = ""

    @property
    def media(self) -> Media:
        return super().media + Media(js=["voicehub/timeline.js"])

    def timeline_entries(self, obj: Any, wanted: Wanted) -> list[Entry]:
        """The newest things that happened to the object; an app that knows more about it adds that here."""
        inbound = self.came_in(obj, wanted.limit) if Kind.INBOUND in wanted.kinds else ()
        return wanted.newest(timeline(obj, wanted), inbound)

    def came_in(self, obj: Any, limit: int) -> Iterable[Entry]:
        """The newest requests from outside that were about the object."""
        return ()

    def followed(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the parts of the page need that may change while somebody looks at it."""
        may_see_inbound = self.inbound_permission and request.user.has_perm(self.inbound_permission)
        kinds = [kind for kind in self.timeline_kinds if kind != Kind.INBOUND or may_see_inbound]
        return timeline_context(request, partial(self.timeline_entries, obj), kinds, self.restoring(request, obj))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The record's own page tells it all."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)])
        return redirect(f"{page}#timeline-title")

    def restoring(self, request: HttpRequest, obj: Any) -> Callable[[int], str] | None:
        """How the page is addressed that goes back to a version of the object; None where this person may not."""
        return None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= self.followed(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
