"""Having somebody called or texted: once for a confirmation, however often that comes."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from telephony.models.outgoing import Outgoing
from telephony.obstacles import why_not_send
from telephony.rules import LIMITS
from telephony.services.voitex import voitex_account
from voicehub.common import limits
from voicehub.sync import queue


class NotSendableError(Exception):
    """It cannot be sent to this number; the text says why."""


@transaction.atomic
def send_out(
    model: type[Outgoing], wanted: dict[str, Any], *, confirmation: UUID, user: Any, again_of: int | None = None
) -> Outgoing:
    """Queue a call or a text. Raises NotConnectedError, NotSendableError and LimitReachedError.

    `again_of` is the key of what this repeats; see `why_no_repeat`.
    """
    if earlier := model._base_manager.filter(confirmation=confirmation).first():
        return earlier
    if problem := why_not_send(wanted["to"]):
        raise NotSendableError(problem)
    before = model._base_manager.select_for_update().filter(pk=again_of).first() if again_of else None
    if before and (problem := why_no_repeat(before, confirmation=confirmation)):
        raise NotSendableError(problem)
    values = {**wanted, "connection": voitex_account(), "requested_by": user, "again_of": before}
    record, is_new = model._base_manager.get_or_create(confirmation=confirmation, defaults=values)
    if is_new:
        # It counts already: were it counted first, a second press could take the first one for too much.
        limits.check(LIMITS[model], user=user, adding=limits.Use())
        queue.send_once(record, user=user)
    return record


def why_no_repeat(before: Outgoing, *, confirmation: UUID | None = None) -> str:
    """Why this must not be sent again; empty when it may be.

    Each is repeated once, so that two people, or two tabs, do not repeat the same one: what comes next repeats the
    repeat. The one of this `confirmation` does not count.
    """
    if before.state not in Outgoing.OVER:
        words = _("%(what)s is not settled: it may still have gone out. Settle it before it is sent again.")
        return words % {"what": before}
    # Plain, as mypy breaks down over the manager of a class that is only known while it runs.
    model: Any = type(before)
    repeats = model._base_manager.filter(again_of=before.pk)
    if repeat := repeats.exclude(confirmation=confirmation).first():
        words = _("%(what)s was sent again already, as %(repeat)s. Look at that one, and go on from there.")
        return words % {"what": before, "repeat": repeat}
    return ""
