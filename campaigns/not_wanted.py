"""Numbers that come on the do-not-call list while a campaign is about to call them."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import moving, outcomes
from campaigns.models import Attempt, Campaign, Recipient
from voicehub.common import do_not_call

State = Recipient.State


@do_not_call.on_added
@transaction.atomic
def drop_waiting_calls(numbers: Collection[str]) -> None:
    """Skip those who wait, and have VoiceShot delete calls to the others at once."""
    for part in moving.parts(numbers):
        waiting = Recipient.objects.filter(number__in=part, state__in=Recipient.OPEN)
        campaigns = waiting.exclude(campaign__state=Campaign.State.DRAFT).values_list("campaign", flat=True)
        for pk in sorted(set(campaigns)):
            _drop(moving.lock(pk), part)


def _drop(campaign: Campaign, numbers: Collection[str]) -> None:
    of_theirs = campaign.recipients.filter(number__in=numbers)
    keys = list(of_theirs.filter(state=State.WAITING).values_list("pk", flat=True))
    moving.move(campaign, keys, State.SKIPPED, among=(State.WAITING,), reason=_("On the do-not-call list."))
    outcomes.withdraw(Attempt.objects.filter(recipient__in=of_theirs, is_trial=False))
    outcomes.wake(campaign)
