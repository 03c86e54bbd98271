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

    What is `again_of` another one may be asked for only when nothing more comes of that.
    """
    if earlier := model._base_manager.filter(confirmation=confirmation).first():
        return earlier
    if problem := why_not_send(wanted["to"]):
        raise NotSendableError(problem)
    before = _repeated(model, again_of)
    values = {**wanted, "connection": voitex_account(), "requested_by": user, "again_of": before}
    record, is_new = model._base_manager.get_or_create(confirmation=confirmation, defaults=values)
    if is_new:
        # It counts already: were it counted first, a second press could take the first one for too much.
        limits.check(LIMITS[model], user=user, adding=limits.Use())
        queue.send_once(record, user=user)
    return record


def _repeated(model: type[Outgoing], key: int | None) -> Outgoing | None:
    before = model._base_manager.select_for_update().filter(pk=key).first() if key else None
    if before and before.state not in Outgoing.OVER:
        words = _("%(what)s is not settled: it may still have gone out. Settle it before it is sent again.")
        raise NotSendableError(words % {"what": before})
    return before
