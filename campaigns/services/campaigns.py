"""What a person does with a campaign: start, pause, go on, stop, try out, copy, and settle what is uncertain."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns import batching, driving, moving, outcomes
from campaigns.holding import hold_menu
from campaigns.models import Attempt, Batch, Campaign, KeyRule, Prompt, Recipient
from campaigns.rules import LIMIT
from campaigns.services import preflight
from campaigns.services.voiceshot import voiceshot_account
from voicehub.common import audit, limits, outreach
from voicehub.sync import queue, services
from voicehub.sync.clock import database_now
from voicehub.sync.models import JobState, Settlement, SyncJob
from voicehub.sync.services import NotYetError, TooLateError

State = Campaign.State
# What a copy does not take along.
OWN = ("id", "state", "again_of", "trouble", "wake_at", "started_by", "started_at", "finished_at", "created_at")
COPIED_AT_ONCE = 2000


class NotAskedError(NotYetError):
    """VoiceShot has to be asked about the calls first."""


class NotStartableError(Exception):
    """The campaign cannot be started as it is; the text says why, and what to do."""


@transaction.atomic
def start(campaign: Campaign, *, user: Any) -> Campaign:
    """Let a draft call. Raises NotStartableError. A second press changes nothing."""
    current = moving.lock(campaign.pk)
    if current.state != State.DRAFT:
        return current
    if obstacles := preflight.look(current).obstacles:
        raise NotStartableError(" ".join(obstacles))
    try:
        with transaction.atomic():
            return _enter(current, State.RUNNING, user, started_by=user, started_at=database_now())
    except IntegrityError as error:
        raise NotStartableError(preflight.menu_is_taken(current.menu)) from error


@transaction.atomic
def pause(campaign: Campaign, *, user: Any) -> Campaign:
    """Post nothing more, and have VoiceShot hold what waits on the menu. Raises TooLateError."""
    current = _in_state(campaign, State.RUNNING, State.PAUSED)
    if current.state == State.RUNNING:
        _enter(current, State.PAUSED, user)
        batching.take_back_unsent(current)
        hold_menu(current.menu, is_paused=True, user=user)
    return current


@transaction.atomic
def resume(campaign: Campaign, *, user: Any) -> Campaign:
    """Go on, and have VoiceShot release the menu. Raises TooLateError."""
    current = _in_state(campaign, State.PAUSED, State.RUNNING)
    if current.state == State.PAUSED:
        _enter(current, State.RUNNING, user, trouble="")
        driving.is_released(current, database_now(), user=user)
    return current


@transaction.atomic
def stop(campaign: Campaign, *, user: Any) -> Campaign:
    """End it: nothing more is posted, and VoiceShot deletes what does not dial yet. Raises TooLateError."""
    current = _in_state(campaign, State.RUNNING, State.PAUSED, State.STOPPING)
    if current.state != State.STOPPING:
        _enter(current, State.STOPPING, user)
        batching.take_back_unsent(current)
        outcomes.withdraw(Attempt.objects.filter(campaign=current))
    return current


@transaction.atomic
def try_out(campaign: Campaign, number: str, like: Recipient, *, user: Any, confirmation: UUID) -> Batch:
    """Call one number (E.164) in the words of a recipient; a confirmation calls once.

    Raises NotStartableError and LimitReachedError.
    """
    if earlier := Batch.objects.filter(confirmation=confirmation).first():
        return earlier
    current = moving.lock(campaign.pk)
    if problem := outreach.obstacle(number) or " ".join(preflight.faults_of(current)):
        raise NotStartableError(problem)
    batch = batching.make_trial(current, number, like, user=user, confirmation=confirmation)
    limits.check(LIMIT, user=user, adding=limits.Use())
    return batch


@transaction.atomic
def duplicate(campaign: Campaign, *, user: Any, name: str = "") -> Campaign:
    """A new draft with the same words and keys, and no recipients."""
    copied = {
        field.attname: getattr(campaign, field.attname)
        for field in Campaign._meta.concrete_fields
        if field.name not in OWN
    }
    title = name or _("%(name)s (copy)") % {"name": campaign.name}
    fresh = {"name": title[:120], "created_by_id": user.pk, "connection_id": voiceshot_account().pk}
    copy = Campaign(**copied | fresh)
    copy._history_user = user  # type: ignore[attr-defined]
    copy.save()
    for prompt in campaign.prompts.all():
        _copy_part(prompt, copy)
    for rule in campaign.key_rules.all():
        _copy_part(rule, copy)
    audit.record("campaign.duplicated", user, copy, str(campaign))
    return copy


@transaction.atomic
def call_again(campaign: Campaign, *, user: Any) -> Campaign:
    """A draft for those who were busy or did not answer, the same one as long as it is a draft.

    Raises TooLateError where there is nobody, or not yet.
    """
    current = moving.lock(campaign.pk)
    if current.state not in Campaign.OVER:
        raise TooLateError(_("The campaign is not over yet: wait for its end, or stop it."))
    if earlier := current.again.exclude(state__in=Campaign.OVER).first():
        return _the_same(earlier)
    if earlier := current.again.filter(state=State.DRAFT).first():
        return earlier
    again = duplicate(current, user=user, name=_("%(name)s (again)") % {"name": current.name})
    Campaign.objects.filter(pk=again.pk).update(again_of=current)
    again = moving.lock(again.pk)
    if not sum(len(moving.add_recipients(again, part)) for part in _not_reached(current, again)):
        raise TooLateError(_("Nobody was busy or did not answer: there is nobody to call again."))
    return again


def settle_missing(batch: Batch, *, call_again: bool, user: Any) -> int:
    """A person agrees that the uncertain calls of a post were not made, or leaves them. Returns how many there were.

    Raises TooLateError where nothing is uncertain, NotYetError where the calls may still arrive, or VoiceShot has not
    been asked about each of them since they could have: it is asked then.
    """
    try:
        return _settle_missing(batch, call_again=call_again, user=user)
    except NotAskedError:
        queue.look(batch)
        raise


@transaction.atomic
def _settle_missing(batch: Batch, *, call_again: bool, user: Any) -> int:
    campaign = moving.lock(batch.campaign_id)
    uncertain = batch.attempts.filter(state=Attempt.State.UNCERTAIN)
    count = uncertain.count()
    if not count:
        raise TooLateError(_("Nothing about this post is uncertain any more."))
    job = queue.jobs_of(batch).get(once_only=True)
    if not call_again:
        _leave(campaign, batch, uncertain)
    elif why := services.why_not_settle_absent(job, user):
        raise NotYetError(why)
    elif not _all_are_missing(batch, uncertain, job):
        raise NotAskedError(_("VoiceShot is being asked about these calls now. Look again in a minute."))
    elif job.state == JobState.UNCERTAIN:
        note = _("VoiceShot did not know the calls.")
        services.settle(job, finding=Settlement.Finding.NOT_THERE, looked_at="VoiceShot", note=note, user=user)
    else:
        outcomes.not_made(campaign, uncertain)
    audit.record("campaign.settled", user, campaign, _called_again(count) if call_again else _left(count))
    outcomes.wake(campaign)
    return count


def _all_are_missing(batch: Batch, uncertain: Any, job: SyncJob) -> bool:
    """Whether VoiceShot was asked about each of the calls once it could have come, and did not know it."""
    there_by = (job.started_at or batch.created_at) + timedelta(seconds=settings.SETTLE_WAIT_SECONDS)
    return not uncertain.exclude(missed_at__gte=there_by).exists()


def _leave(campaign: Campaign, batch: Batch, uncertain: Any) -> None:
    """The post stays uncertain, which it is."""
    rows = list(uncertain.values_list("pk", "recipient_id"))
    Attempt.objects.filter(pk__in=[row[0] for row in rows]).update(state=Attempt.State.ENDED, ended_at=database_now())
    words = _("Nobody knows whether its calls were made; it was left at that.")
    Batch.objects.filter(pk=batch.pk).update(message=words)
    reason = _("Nobody knows whether the call was made; it was left at that.")
    among = (Recipient.State.UNCERTAIN,)
    moving.move(campaign, [row[1] for row in rows], Recipient.State.FAILED, among=among, reason=reason)


def _called_again(count: int) -> str:
    return _("%d uncertain calls count as never made: they are made again.") % count


def _left(count: int) -> str:
    return _("%d uncertain calls were left at that.") % count


def _in_state(campaign: Campaign, *states: str) -> Campaign:
    current = moving.lock(campaign.pk)
    if current.state not in states:
        words = _("The campaign is %(state)s: this cannot be done now.")
        raise TooLateError(words % {"state": current.get_state_display().lower()})
    return current


def _enter(campaign: Campaign, state: str, user: Any, **values: Any) -> Campaign:
    for name, value in {"state": state, "wake_at": database_now(), **values}.items():
        setattr(campaign, name, value)
    campaign._history_user = user  # type: ignore[attr-defined]
    campaign.save()
    audit.record(f"campaign.{state}", user, campaign)
    outcomes.wake(campaign)
    return campaign


def _copy_part(part: Prompt | KeyRule, campaign: Campaign) -> None:
    part.pk, part.campaign = None, campaign
    part._state.adding = True
    part.save()


def _the_same(again: Campaign) -> Campaign:
    if again.state != State.DRAFT:
        raise TooLateError(_("%(name)s calls them again already: wait for its end.") % {"name": again})
    return again


def _not_reached(campaign: Campaign, again: Campaign) -> Iterator[list[Recipient]]:
    """Not those whom another campaign has called again since."""
    called = Recipient.objects.filter(campaign__again_of=campaign, tried__gt=0)
    found = Recipient.objects.filter(campaign=campaign, state__in=Recipient.TO_CALL_AGAIN).order_by("pk")
    found = found.exclude(number__in=called.values("number"))
    rows = found.values_list("number", "variables", "zones", "line").iterator(chunk_size=COPIED_AT_ONCE)
    for part in moving.parts(rows, COPIED_AT_ONCE):
        yield [
            Recipient(campaign=again, number=number, variables=variables, zones=zones, line=line)
            for number, variables, zones, line in part
        ]
