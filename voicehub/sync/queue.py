"""Putting jobs into the outbox, always in the transaction of the change that wants them."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from voicehub.sync.clock import database_now
from voicehub.sync.models.connection import Connection
from voicehub.sync.models.installation import Heartbeat
from voicehub.sync.models.job import HARMLESS, QUEUED, JobState, Operation, SyncJob
from voicehub.sync.models.record import RecordState, SyncedModel
from voicehub.sync.registry import handler_for

log = logging.getLogger(__name__)

RING_AGAIN_AFTER = timedelta(seconds=1)


def push(record: SyncedModel, user: Any = None) -> SyncJob:
    """Count a new generation of the record and make sure that one job is waiting to send it."""
    rows = type(record)._base_manager.filter(pk=record.pk)
    rows.update(generation=F("generation") + 1, sync_state=RecordState.WAITING, sync_message="")
    record.refresh_from_db(fields=["generation", "sync_state", "sync_message", "remote_id"])
    waiting = _of(record).filter(operation=Operation.PUSH, state=JobState.WAITING).first()
    passing = {"passes_stop": record.push_passes_stop}
    job = waiting or _create(record, Operation.PUSH, user, **passing, **_left_open(record))
    if waiting:
        SyncJob.objects.filter(pk=job.pk).update(due_at=database_now(), failures=0, **passing)
    ring_on_commit()
    return job


def remove(record: SyncedModel, user: Any = None) -> tuple[int, dict[str, int]]:
    """Delete at once what no provider has heard of; else mark it and queue the removal of its twin."""
    with transaction.atomic():
        rows = type(record)._base_manager.filter(pk=record.pk)
        current = rows.select_for_update().get()
        queued = _of(record).filter(state__in=QUEUED)
        queued.update(state=JobState.SUPERSEDED, finished_at=database_now())
        twin = current.remote_id_to_remove
        if not twin and not _of(record).filter(attempts__gt=0).exists():
            return rows.delete()
        rows.update(sync_state=RecordState.DELETING, sync_message="")
        unknown = {} if twin else _left_open(current) | {"look_first": True}
        _create(record, Operation.REMOVE, user, remote_id=twin, **unknown)
        ring_on_commit()
    return 0, {}


def send_once(record: Any, user: Any = None, hold_reason: str = "", not_before: datetime | None = None) -> SyncJob:
    """Queue a once-only record, to be sent at `not_before` (UTC) or at once.

    With a `hold_reason` it stays on hold until `release` is called.
    """
    handler = handler_for(type(record))
    due_at = max(not_before or database_now(), database_now())
    job = _create(
        record,
        Operation.SEND,
        user,
        once_only=True,
        state=JobState.HELD if hold_reason else JobState.WAITING,
        hold_reason=hold_reason,
        due_at=due_at,
        send_before=due_at + handler.send_within(),  # type: ignore[attr-defined]
    )
    ring_on_commit()
    return job


def release(jobs: Any, not_before: datetime | None = None) -> int:
    """Let jobs on hold go out; a person said so or what they waited for has happened. Returns how many.

    They are sent at `not_before` (UTC) or at once.
    """
    released = 0
    for job in jobs.filter(state=JobState.HELD):
        handler = handler_for(job.model)
        due_at = max(not_before or database_now(), database_now())
        fresh = {"send_before": due_at + handler.send_within()} if job.once_only else {}  # type: ignore[attr-defined]
        released += SyncJob.objects.filter(pk=job.pk, state=JobState.HELD).update(
            state=JobState.WAITING, hold_reason="", message="", due_at=due_at, **fresh
        )
    ring_on_commit()
    return released


def pull(model: Any, connection: Connection, user: Any = None, *, is_confirmed: bool = False) -> SyncJob:
    """Queue a read of the provider's list; one that is already queued will do."""
    label = model._meta.label_lower
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        mine = SyncJob.objects.filter(model=label, object_id=connection.pk, operation=Operation.PULL)
        mine.filter(state=JobState.HELD).update(state=JobState.CANCELLED, finished_at=database_now())
        job = mine.filter(state=JobState.WAITING).first() or SyncJob.objects.create(
            provider=handler_for(model).provider,
            connection=connection,
            model=label,
            object_id=connection.pk,
            operation=Operation.PULL,
            options={"is_confirmed": is_confirmed},
            due_at=database_now(),
            requested_by=user,
        )
        SyncJob.objects.filter(pk=job.pk).update(due_at=database_now(), options={"is_confirmed": is_confirmed})
        ring_on_commit()
    return job


def look(record: Any, user: Any = None, not_before: datetime | None = None) -> SyncJob:
    """Queue a look at what the provider tells of a record, at `not_before` (UTC) or at once."""
    return _again(record, Operation.LOOK, user, not_before)


def withdraw(record: Any, user: Any = None) -> SyncJob:
    """Have the provider take back what has not started of a record; its handler knows what. A stop lets it pass."""
    return _again(record, Operation.WITHDRAW, user)


def _again(record: Any, operation: Operation, user: Any, not_before: datetime | None = None) -> SyncJob:
    """A record has one such job, which is used again: they are many, and only the last one counts.

    One that is under way may have begun with less than is known now: another one follows it.
    """
    due_at = max(not_before or database_now(), database_now())
    with transaction.atomic():
        type(record)._base_manager.select_for_update().get(pk=record.pk)
        jobs = SyncJob.objects.filter(model=record._meta.label_lower, object_id=record.pk, operation=operation)
        idle = jobs.exclude(state=JobState.SENDING)
        job = idle.filter(state__in=QUEUED).first() or idle.first() or _create(record, operation, user, due_at=due_at)
        fresh = {
            "created_at": database_now(),
            "requested_by": user,
            "failures": 0,
            "finished_at": None,
            "message": "",
        }
        SyncJob.objects.filter(pk=job.pk).update(state=JobState.WAITING, due_at=due_at, **fresh)
        ring_on_commit()
    return job


def _left_open(record: SyncedModel) -> dict[str, Any]:
    """An earlier create may have left a twin whose id nobody knows, or one that the provider has still to make."""
    last = _of(record).filter(operation=Operation.PUSH).order_by("-id").first()
    if record.remote_id or last is None or not last.look_first:
        return {}
    return {"look_first": True, "is_accepted": last.is_accepted}


def jobs_of(record: Any) -> Any:
    """All jobs of a record, newest first; what goes by a name instead of a number has none."""
    return _of(record) if isinstance(record.pk, int) else SyncJob.objects.none()


def ring_on_commit() -> None:
    """Wake a worker once the transaction is committed. A ring that fails is logged: the ticker will find the job."""
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    from django_q.tasks import async_task

    now = database_now()
    silent = Q(rung_at=None) | Q(rung_at__lt=now - RING_AGAIN_AFTER) | Q(rung_at__gt=now + RING_AGAIN_AFTER)
    try:
        if Heartbeat.objects.filter(silent, pk=1).update(rung_at=now):
            async_task("voicehub.sync.tasks.drain")
    except Exception:
        log.exception("The doorbell did not ring; the ticker will")


def _of(record: Any) -> Any:
    """Not the readings of the list, which bear the number of their account, nor looks, which change nothing."""
    jobs = SyncJob.objects.filter(model=record._meta.label_lower, object_id=record.pk)
    return jobs.exclude(operation__in=HARMLESS)


def _create(record: Any, operation: Operation, user: Any, **values: Any) -> SyncJob:
    common = {
        "provider": handler_for(type(record)).provider,
        "connection_id": record.connection_id,
        "model": record._meta.label_lower,
        "object_id": record.pk,
        "operation": operation,
        "due_at": database_now(),
        "requested_by": user,
    }
    return SyncJob.objects.create(**common | values)
