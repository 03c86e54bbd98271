"""Making posts of recipients, and what becomes of them on their way: everything is committed before a byte leaves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import moving, outcomes, wording
from campaigns.holding import hold_menu
from campaigns.models import Attempt, Batch, Campaign, Recipient
from campaigns.voiceshot import Post, SeenCall
from voicehub.common import do_not_call, outreach
from voicehub.sync import queue
from voicehub.sync.clock import database_now
from voicehub.sync.finish import finish
from voicehub.sync.models import JobState, SyncJob
from voicehub.sync.models.job import QUEUED

State, Of = Recipient.State, Attempt.State


def make(campaign: Campaign, recipients: Sequence[Recipient], *, closes_at: datetime) -> Batch | None:
    """Queue a post to recipients that wait, all of the same zones; call it under the campaign's lock.

    Those on the do-not-call list are skipped. None where nobody is left.
    """
    listed = do_not_call.listed(recipient.number for recipient in recipients)
    skipped = [recipient.pk for recipient in recipients if recipient.number in listed]
    moving.move(campaign, skipped, State.SKIPPED, among=(State.WAITING,), reason=_("On the do-not-call list."))
    wanted = [recipient for recipient in recipients if recipient.number not in listed]
    keys, fresh = [recipient.pk for recipient in wanted], {"reason": "", "due_at": None}
    moved = set(moving.move(campaign, keys, State.UNDER_WAY, among=(State.WAITING,), **fresh))
    called = [recipient for recipient in wanted if recipient.pk in moved]
    return _queue(campaign, called, closes_at) if called else None


def make_trial(campaign: Campaign, number: str, like: Recipient, *, user: Any, confirmation: Any) -> Batch:
    """Queue one call to a number (E.164) in the words of a recipient. A confirmation makes one call."""
    values = {
        "campaign": campaign,
        "connection": campaign.connection,
        "size": 1,
        "is_trial": True,
        "requested_by": user,
    }
    batch, is_new = Batch.objects.get_or_create(confirmation=confirmation, defaults=values)
    if is_new:
        Attempt.objects.create(campaign=campaign, batch=batch, recipient=like, number=number, is_trial=True)
        queue.send_once(batch, user=user)
    return batch


def _queue(campaign: Campaign, recipients: Sequence[Recipient], closes_at: datetime) -> Batch:
    user = campaign.started_by or campaign.created_by
    batch = Batch.objects.create(
        campaign=campaign,
        connection=campaign.connection,
        size=len(recipients),
        closes_at=closes_at,
        requested_by=user,
    )
    Attempt.objects.bulk_create(
        [
            Attempt(campaign=campaign, batch=batch, recipient=recipient, number=recipient.number)
            for recipient in recipients
        ],
        batch_size=moving.AT_ONCE // 2,
    )
    queue.send_once(batch, user=user)
    return batch


def ready_to_post(batch: Batch, now: datetime) -> Post | str:
    """The post as it goes out now, or why it must not: asked right before its first byte.

    Whoever came on the do-not-call list meanwhile, or is not wanted any more, is taken out of it.
    """
    campaign = moving.lock(batch.campaign_id)
    batch.campaign = campaign
    if reason := _why_not(campaign, batch, now):
        return reason
    attempts = batch.attempts.filter(state=Of.PREPARED).select_related("recipient").order_by("pk")
    listed = do_not_call.listed(attempts.values_list("number", flat=True))
    outcomes.not_made(campaign, batch.attempts.filter(Q(number__in=listed) | Q(is_unwanted=True)))
    called = list(attempts.all())
    if not called:
        return _("Nobody is left in it.")
    return wording.post_of(batch, called, list(campaign.prompts.select_related("sound_file")))


def _why_not(campaign: Campaign, batch: Batch, now: datetime) -> str:
    if batch.is_trial:
        return _why_no_trial(batch, now)
    if campaign.state != Campaign.State.RUNNING:
        return _("The campaign is not running.")
    closing = now + timedelta(seconds=settings.VOICESHOT_CLOSING_SECONDS)
    is_late = batch.closes_at is not None and batch.closes_at <= closing
    return _("The hours in which it may call are over.") if is_late else ""


def _why_no_trial(batch: Batch, now: datetime) -> str:
    attempt = batch.attempts.first()
    return outreach.obstacle(attempt.number, now=now) if attempt else _("Nobody is left in it.")


@transaction.atomic
def follow(batch: Batch, job: SyncJob) -> None:
    """Carry what became of a post over to its calls, their recipients and the campaign."""
    campaign, attempts = moving.lock(batch.campaign_id), batch.attempts.all()
    match JobState(job.state):
        case JobState.HELD:
            finish(job, JobState.CANCELLED, job.message)
        case JobState.DONE:
            outcomes.arrived(campaign, attempts)
        case JobState.UNCERTAIN:
            outcomes.lost(campaign, attempts.filter(state=Of.PREPARED), _("Nobody knows whether it was posted."))
            queue.look(batch)
        case JobState.REFUSED | JobState.FAILED | JobState.EXPIRED | JobState.CANCELLED:
            outcomes.not_made(campaign, attempts.filter(state__in=(Of.PREPARED, Of.UNCERTAIN)))
            if not batch.is_trial:
                _stand_still(campaign, job)
    outcomes.withdraw(attempts.filter(is_unwanted=True))
    outcomes.wake(campaign)


def _stand_still(campaign: Campaign, job: SyncJob) -> None:
    """What VoiceShot refuses it would refuse again: somebody has to look. Not where a person has settled it."""
    is_wrong = job.state in (JobState.REFUSED, JobState.FAILED) and not job.settlements.exists()
    if is_wrong:
        running = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.RUNNING)
        if running.update(state=Campaign.State.PAUSED, trouble=job.message):
            hold_menu(campaign.menu, is_paused=True)


def take_back_unsent(campaign: Campaign) -> None:
    """Cancel the posts that have not left; call it under the campaign's lock."""
    unsent = campaign.batches.filter(state__in=(Batch.State.WAITING, Batch.State.HELD))
    label, keys = Batch._meta.label_lower, unsent.values_list("pk", flat=True)
    for job in SyncJob.objects.filter(model=label, object_id__in=list(keys), once_only=True, state__in=QUEUED):
        finish(job, JobState.CANCELLED, _("It was taken back before it was posted."))


def settle_if_found(batch: Batch) -> None:
    """End an uncertain post as accepted once all of its calls have shown up."""
    if batch.attempts.filter(Q(state=Of.UNCERTAIN) | outcomes.LEFT).exists():
        return
    if job := queue.jobs_of(batch).filter(once_only=True, state=JobState.UNCERTAIN).first():
        finish(job, JobState.DONE, _("The answer was lost; VoiceShot has its calls."))


def take_in(batch: Batch, asked: Sequence[str], seen: Sequence[SeenCall], *, is_withdrawn: bool) -> str:
    """Take in what VoiceShot says of these callids of a post, after it was asked or told to delete them.

    What it says of others, however many, was not asked for.
    """
    seen = [one for one in seen if not one.callid or one.callid in asked]
    outcomes.apply(seen)
    campaign = moving.lock(batch.campaign_id)
    missing, now = _missing(batch, asked, seen), database_now()
    gone = missing.count()
    if is_withdrawn:
        # Of a post whose answer was lost, it may only be on its way still.
        outcomes.not_made(campaign, missing.exclude(state=Of.UNCERTAIN), Of.WITHDRAWN)
        _withdraw_the_rest(batch, asked)
    else:
        Batch.objects.filter(pk=batch.pk).update(asked_at=now)
        missing.update(missed_at=now)
        outcomes.lost(campaign, missing.filter(state=Of.POSTED), _("VoiceShot does not know the call any more."))
    settle_if_found(batch)
    outcomes.wake(campaign)
    return _in_words(len(asked), gone, is_withdrawn=is_withdrawn)


def _missing(batch: Batch, asked: Sequence[str], seen: Sequence[SeenCall]) -> Any:
    """Those of which VoiceShot says nothing. What it names by the number alone may be one of them."""
    missing = batch.attempts.filter(callid__in=asked).exclude(callid__in=[one.callid for one in seen])
    return missing.exclude(number__in=[one.number for one in seen if not one.callid])


def _withdraw_the_rest(batch: Batch, asked: Sequence[str]) -> None:
    """Those that came to be unwanted while VoiceShot was told of the others."""
    rest = batch.attempts.filter(is_unwanted=True, state__in=(Of.POSTED, Of.UNCERTAIN)).exclude(callid__in=asked)
    if rest.exists():
        queue.withdraw(batch)


def _in_words(asked: int, gone: int, *, is_withdrawn: bool) -> str:
    if is_withdrawn:
        words = ngettext(
            "%(gone)d call was taken back; %(left)d could not be, it dials or has ended.",
            "%(gone)d calls were taken back; %(left)d could not be, they dial or have ended.",
            gone,
        )
        return words % {"gone": gone, "left": asked - gone}
    return _("VoiceShot knows %(seen)d of %(asked)d calls.") % {"seen": asked - gone, "asked": asked}
