"""The net under the doorbell: frees what a dead worker left behind, expires, and queues what is scheduled."""

from django.db.models import Max
from django.utils.translation import gettext as _

from voicehub.sync import chores, queue, seating
from voicehub.sync.accounts import account_by_key
from voicehub.sync.clock import database_now
from voicehub.sync.finish import finish
from voicehub.sync.handlers import PullHandler
from voicehub.sync.models import Connection, JobState, SyncJob
from voicehub.sync.models.job import QUEUED, Operation
from voicehub.sync.registry import handlers, provider, providers

BATCH = 500


def sweep() -> None:
    """Everything periodic that belongs to the engine. Safe to run at any time, in any number of places."""
    free_lost_claims()
    seating.clear_abandoned(database_now())
    expire_overdue()
    queue_scheduled_pulls()
    chores.ring_due()
    if SyncJob.objects.filter(state=JobState.WAITING, due_at__lte=database_now()).exists():
        queue.ring()


def free_lost_claims() -> int:
    """Jobs whose worker died: what may be repeated waits again, what may not becomes uncertain."""
    lost = SyncJob.objects.filter(state=JobState.SENDING, lease_until__lt=database_now())
    for job in lost[:BATCH]:
        if job.once_only:
            finish(
                job,
                JobState.UNCERTAIN,
                _("The worker stopped in the middle of this call; nobody saw the answer."),
            )
        else:
            _wait_again(job)
    return len(lost)


def _wait_again(job: SyncJob) -> None:
    newer = SyncJob.objects.filter(
        model=job.model, object_id=job.object_id, operation=job.operation, state=JobState.WAITING
    )
    mine = SyncJob.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.SENDING)
    if newer.update(look_first=True, is_accepted=job.is_accepted):
        mine.update(state=JobState.SUPERSEDED, lease_until=None, finished_at=database_now())
    else:
        mine.update(state=JobState.WAITING, look_first=True, lease_until=None, due_at=database_now())


def expire_overdue() -> int:
    """Once-only jobs that waited beyond their time are not sent any more; a person decides."""
    overdue = SyncJob.objects.filter(state__in=QUEUED, send_before__lt=database_now())
    for job in overdue[:BATCH]:
        finish(job, JobState.EXPIRED, _("It waited too long and was not sent."))
    return len(overdue)


def queue_scheduled_pulls() -> None:
    """Queue a pull for each usable account whose last one began longer ago than the provider's interval."""
    now = database_now()
    for item in providers():
        account_by_key(item)
    for handler in handlers():
        every = provider(handler.provider).pull_every() if isinstance(handler, PullHandler) else None
        if every is None:
            continue
        for connection in Connection.objects.filter(
            provider=handler.provider,
            base_url=provider(handler.provider).base_url(),
            stopped_reason="",
            disconnected_at=None,
        ):
            pulls = SyncJob.objects.filter(
                model=handler.model._meta.label_lower, object_id=connection.pk, operation=Operation.PULL
            )
            last = pulls.aggregate(last=Max("created_at"))["last"]
            if last is None or last < now - every:
                queue.pull(handler.model, connection)
