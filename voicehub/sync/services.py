"""What a person may do about a job: cancel, release, try again, settle. Each is one door for pages and commands."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from voicehub.remote.errors import RemoteError
from voicehub.remote.http import ExchangeRecord
from voicehub.sync import lanes, queue
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.exchanges import store_exchanges
from voicehub.sync.finish import finish, write_without_call
from voicehub.sync.models import Connection, JobState, Lane, Settlement, SyncedModel, SyncJob
from voicehub.sync.models.job import QUEUED
from voicehub.sync.registry import provider
from voicehub.sync.signals import person_acted
from voicehub.sync.told import in_your_language

TRY_AGAIN = (JobState.REFUSED, JobState.FAILED, JobState.CANCELLED, JobState.WAITING)


class TooLateError(Exception):
    """It cannot be done any more, or not now; the text says why."""


class NotYetError(Exception):
    """The person may not do this now; the text says why and when."""


def test_connection(connection: Connection, *, user: Any) -> None:
    """Ask the provider something without effect. Raises TooLateError with what is in the way, if anything is."""
    exchanges: list[ExchangeRecord] = []
    ask = provider(connection.provider).test
    if ask is None:
        raise TooLateError(_("This provider has nothing that can be asked without an effect."))
    try:
        ask(connection, exchanges.append)
    except RemoteError as why:
        _tested(connection, user, "account.failed", str(why))
        raise TooLateError(in_your_language(str(why))) from why
    finally:
        store_exchanges(exchanges, connection.provider, connection)
    _tested(connection, user, "account.answered")


def _tested(connection: Connection, user: Any, action: str, reason: str = "") -> None:
    person_acted.send(sender=Connection, action=action, actor=user, obj=connection, reason=reason)


def cancel(job: SyncJob, *, user: Any) -> None:
    """Take a job that has not started off the queue. Raises TooLateError when a worker was faster."""
    with transaction.atomic():
        current = SyncJob.objects.select_for_update().get(pk=job.pk)
        if current.state not in QUEUED or not finish(current, JobState.CANCELLED, _("Cancelled; nothing was sent.")):
            raise TooLateError(
                _("Too late to cancel: this is already %(state)s.") % {"state": current.get_state_display().lower()}
            )
        person_acted.send(sender=SyncJob, action="job.cancelled", actor=user, obj=current, reason="")


def may_retry(job: SyncJob) -> bool:
    """Whether it is a repeatable job that ended badly, or waits for its next try."""
    return not job.once_only and job.state in TRY_AGAIN


def retry(job: SyncJob, *, user: Any) -> None:
    """Try a repeatable job that ended badly once more. Raises TooLateError when there is nothing to try again."""
    with transaction.atomic():
        current = SyncJob.objects.select_for_update().get(pk=job.pk)
        if not may_retry(current):
            raise TooLateError(_("This cannot be tried again as it is."))
        newer = SyncJob.objects.filter(
            model=current.model, object_id=current.object_id, operation=current.operation, state__in=QUEUED
        ).exclude(pk=current.pk)
        if newer.exists():
            raise TooLateError(_("A newer change of this record is waiting already."))
        SyncJob.objects.filter(pk=current.pk).update(
            state=JobState.WAITING, due_at=database_now(), failures=0, finished_at=None, requested_by=user
        )
        write_without_call(current, Outcome(JobState.WAITING))
        person_acted.send(sender=SyncJob, action="job.retried", actor=user, obj=current, reason="")
        queue.ring_on_commit()


def release(job: SyncJob, *, user: Any) -> None:
    """Let a job on hold go; what held it is looked at once more before it starts. Raises TooLateError."""
    with transaction.atomic():
        if not queue.release(SyncJob.objects.filter(pk=job.pk)):
            raise TooLateError(_("This is not on hold any more."))
        current = SyncJob.objects.get(pk=job.pk)
        write_without_call(current, Outcome(JobState.WAITING))
        person_acted.send(sender=SyncJob, action="job.released", actor=user, obj=current, reason="")


def sync_now(record: SyncedModel, *, user: Any) -> None:
    """Send a record once more, by its last job where that can be tried again. Raises TooLateError."""
    job = queue.jobs_of(record).order_by("-id").first()
    if job and may_retry(job):
        retry(job, user=user)
    else:
        queue.push(record, user)


def settle(job: SyncJob, *, finding: str, looked_at: str, note: str, user: Any) -> Settlement:
    """Record what a person found at the provider about an uncertain once-only job, and end the job accordingly.

    "Not there" is believed only `SETTLE_WAIT_SECONDS` after the attempt and, with `SETTLE_NEEDS_SECOND_PERSON`,
    from somebody other than the requester (NotYetError). A later call corrects an earlier finding.
    Raises TooLateError when the job is not uncertain and was never settled.
    """
    with transaction.atomic():
        current = SyncJob.objects.select_for_update().get(pk=job.pk)
        if current.state != JobState.UNCERTAIN and not current.settlements.exists():
            raise TooLateError(
                _("This is not uncertain any more: it is %(state)s.") % {"state": current.get_state_display().lower()}
            )
        if finding == Settlement.Finding.NOT_THERE:
            _check_not_there(current, user)
        settlement = Settlement.objects.create(
            job=current,
            finding=finding,
            looked_at=looked_at,
            note=note,
            settled_by=user,
            is_by_requester=current.requested_by_id == user.pk,
        )
        _end(current, settlement)
        person_acted.send(sender=SyncJob, action="job.settled", actor=user, obj=current, reason=str(settlement))
    return settlement


def why_not_settle_absent(job: SyncJob, user: Any) -> str:
    """Why this person may not say "it is not there" now; empty when they may."""
    waited = (database_now() - job.started_at).total_seconds() if job.started_at else float("inf")
    left = settings.SETTLE_WAIT_SECONDS - waited
    if left > 0:
        return _("It can still arrive. Look again in %(minutes)d minutes.") % {"minutes": left // 60 + 1}
    if settings.SETTLE_NEEDS_SECOND_PERSON and job.requested_by_id == user.pk:
        return _("You asked for this yourself: somebody else has to look whether it is not there.")
    return ""


def _check_not_there(job: SyncJob, user: Any) -> None:
    if why := why_not_settle_absent(job, user):
        raise NotYetError(why)


def _end(job: SyncJob, settlement: Settlement) -> None:
    is_there = settlement.finding == Settlement.Finding.THERE
    state = JobState.DONE if is_there else JobState.REFUSED
    words = (
        _("%(who)s found it at the provider.")
        if is_there
        else _("%(who)s looked and did not find it at the provider. It is safe to do it again.")
    )
    message = words % {"who": settlement.settled_by}
    SyncJob.objects.filter(pk=job.pk).update(state=state, message=message, has_conflict=False)
    job.state, job.message = state, message
    write_without_call(job, Outcome(state, message))


def stop_lane(slug: str, *, user: Any, reason: str, until: Any = None) -> None:
    """Throw a provider's stop switch."""
    lanes.stop(slug, user=user, reason=reason, until=until)
    _tell_lane("lane.stopped", slug, user, reason)


def release_lane(slug: str, *, user: Any) -> int:
    """Release a provider. Returns how many jobs go out, spread over time."""
    waiting = lanes.release(slug)
    _tell_lane("lane.released", slug, user, "")
    return waiting


def _tell_lane(action: str, slug: str, user: Any, reason: str) -> None:
    person_acted.send(sender=Lane, action=action, actor=user, obj=Lane.objects.get(pk=slug), reason=reason)
