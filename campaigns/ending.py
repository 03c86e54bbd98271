"""The notice that a campaign has ended, for the person who started it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from campaigns import moving
from campaigns.models import Campaign, Recipient
from voicehub.common.notices import notify


def tell_of(campaign: Campaign, state: str) -> None:
    """Say how a campaign came out that has just stopped or finished."""
    if campaign.started_by is None:
        return
    notify(
        campaign.started_by,
        _sentence(state) % {"name": campaign.name, "counts": _in_words(moving.tally(campaign))},
        link=campaign.get_absolute_url(),
        cause=f"campaign.ended {campaign.pk}",
    )


def _sentence(state: str) -> str:
    if state == Campaign.State.STOPPED:
        return _("The campaign %(name)s has stopped. Recipients: %(counts)s.")
    return _("The campaign %(name)s has finished. Recipients: %(counts)s.")


def _in_words(counts: Mapping[str, int]) -> str:
    """As in "7 reached, 1 busy"."""
    shares = [f"{counts[state]} {str(state.label).lower()}" for state in Recipient.State if counts.get(state)]
    return ", ".join(shares) or _("none")
