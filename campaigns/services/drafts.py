"""Campaigns as people write them: saved, thrown away, recipients taken out."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import moving
from campaigns.models import Campaign
from campaigns.services.voiceshot import voiceshot_account
from voicehub.sync.services import TooLateError
from voicehub.sync.signals import person_acted

TAKEN_OUT_AT_ONCE = 5000


def insist_on_state(campaign: Campaign) -> None:
    """Nobody else brings it into another state until the transaction ends. Raises TooLateError where somebody has."""
    current = moving.lock(campaign.pk)
    if current.state != campaign.state:
        words = _("The campaign is %(state)s meanwhile. Open its page again to see what can still be changed.")
        raise TooLateError(words % {"state": current.get_state_display().lower()})


def save_campaign(campaign: Campaign, changed: Iterable[str], *, user: Any) -> None:
    """Save what a person has changed, and nothing else: the worker writes there too. Raises NotConnectedError."""
    campaign._history_user = user  # type: ignore[attr-defined]
    if campaign._state.adding:
        campaign.connection, campaign.created_by = voiceshot_account(), user
        campaign.save()
    elif changed := list(changed):
        campaign.save(update_fields=changed)


def why_not_deleted(campaign: Campaign) -> str:
    """What keeps a campaign from being thrown away, in words."""
    if campaign.state != Campaign.State.DRAFT:
        return _("It has been started: whom it called stays on record.")
    if campaign.batches.exists():
        return _("Somebody was called to try it out: that stays on record.")
    return ""


@transaction.atomic
def delete_draft(campaign: Campaign, *, user: Any) -> None:
    """Throw a draft away with its recipients. Raises TooLateError."""
    current = moving.lock(campaign.pk)
    if why := why_not_deleted(current):
        raise TooLateError(why)
    person_acted.send(sender=Campaign, action="record.deleted", actor=user, obj=current, reason="")
    # A million of them at once would not fit into memory.
    while keys := list(current.recipients.order_by("pk").values_list("pk", flat=True)[:TAKEN_OUT_AT_ONCE]):
        current.recipients.filter(pk__lte=keys[-1]).delete()
    current._history_user = user  # type: ignore[attr-defined]
    current.delete()


@transaction.atomic
def take_out(campaign: Campaign, keys: Collection[int]) -> int:
    """Take recipients out of a draft. Returns how many. Raises TooLateError."""
    current = moving.lock(campaign.pk)
    if current.state != Campaign.State.DRAFT:
        raise TooLateError(_("The campaign has been started: its recipients stay."))
    return moving.remove_recipients(current, current.recipients.filter(pk__in=keys))
