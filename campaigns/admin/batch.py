"""Posts to VoiceShot in the admin: what was sent at once, and what happens to calls whose fate nobody knows."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import history, services
from campaigns.admin.following import calls_of
from campaigns.models import Attempt, Batch
from voicehub.sync.admin.base import ReadOnlyAdmin, RecordAdmin
from voicehub.sync.admin.panel import Deed, RecordAction
from voicehub.sync.services import NotYetError, TooLateError
from voicehub.sync.timeline import Entry, Kind

SETTLE = "campaigns.settle_campaign"


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin, RecordAdmin):
    list_display = ("__str__", "campaign", "size", "state_badge", "is_trial", "sent_at", "created_at")
    list_select_related = ("campaign",)
    list_filter = ("state",)
    fields = ("campaign", "size", "is_trial", "asked_by", "created_at", "sent_at", "closes_at", "asked_at")
    readonly_fields = ("asked_by",)
    timeline_kinds = (*RecordAdmin.timeline_kinds, Kind.INBOUND)
    inbound_permission = "campaigns.view_inboundpost"

    def came_in(self, obj: Batch, limit: int) -> Iterable[Entry]:
        return history.posts_about(obj.attempts.exclude(ended_at=None).order_by("-pk")[:limit], limit)

    def may_act(self, request: HttpRequest, obj: Batch) -> bool:
        return request.user.has_perm(SETTLE)

    def facts_of(self, obj: Batch) -> list[tuple[Any, Any]]:
        counts = calls_of(obj)
        return [(state.label, str(counts[state])) for state in Attempt.State if counts[state]]

    def next_step(self, obj: Batch, user: Any) -> Any:
        uncertain = calls_of(obj)[Attempt.State.UNCERTAIN]
        if not uncertain:
            return ""
        words = ngettext(
            "Nobody knows whether %d call was made: VoiceShot is asked by its callid.",
            "Nobody knows whether %d calls were made: VoiceShot is asked by their callids.",
            uncertain,
        )
        return words % uncertain

    def deeds(self, obj: Batch) -> list[Deed]:
        missing = calls_of(obj)[Attempt.State.UNCERTAIN]
        return [_calling_again(obj, missing), _leaving(obj)] if missing else []

    def extra_actions(self, obj: Batch, user: Any) -> list[RecordAction]:
        return [RecordAction(_("The campaign"), obj.campaign.get_absolute_url(), is_post=False)]


def _calling_again(batch: Batch, missing: int) -> Deed:
    words = ngettext(
        "%d call of this post did not show up at VoiceShot. Look at VoiceShot's own site first: if it was made all "
        "the same, that number is called twice.",
        "%d calls of this post did not show up at VoiceShot. Look at VoiceShot's own site first: if they were made "
        "all the same, those numbers are called twice.",
        missing,
    )
    return Deed(
        _("Send the missing ones"),
        name="call_again",
        style="primary",
        confirm=words % missing,
        do=partial(_settle, batch, True),
        done=_("They count as never made: their numbers are called once more, if it is time."),
    )


def _leaving(batch: Batch) -> Deed:
    return Deed(
        _("Leave them"),
        name="leave",
        confirm=_("They count as failed. Nobody of them is called again."),
        do=partial(_settle, batch, False),
        done=_("They were left at that."),
    )


def _settle(batch: Batch, call_again: bool, user: Any, reason: str) -> None:
    try:
        services.settle_missing(batch, call_again=call_again, user=user)
    except NotYetError as why:
        raise TooLateError(str(why)) from why
