"""The notice that a campaign has ended, for the person who started it."""

from django.utils.translation import gettext as _

from campaigns import moving
from campaigns.models import Campaign, Recipient
from voicehub.common.notices import notify

REACHED = (Recipient.State.REACHED, Recipient.State.MACHINE)


def tell_of(campaign: Campaign, state: str) -> None:
    """Say how a campaign that is stopped or finished came out; nobody is told of one that nobody started."""
    if campaign.started_by is None:
        return
    counts = moving.tally(campaign)
    words = {"name": campaign.name, "reached": sum(counts[one] for one in REACHED), "total": counts.total()}
    notify(
        campaign.started_by,
        _sentence(state) % words,
        link=campaign.get_absolute_url(),
        cause=f"campaign.ended {campaign.pk}",
    )


def _sentence(state: str) -> str:
    if state == Campaign.State.STOPPED:
        return _("The campaign %(name)s has stopped: %(reached)d of %(total)d were reached.")
    return _("The campaign %(name)s has finished: %(reached)d of %(total)d were reached.")
