"""Signs of life of the worker, and the figures behind them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min

from voicehub.sync.clock import database_now
from voicehub.sync.models import Heartbeat, JobState, Lane, SyncJob

BEAT = "voicehub.sync.tasks.beat"
DRAIN_ALIVE_SECONDS = 20
BUSY_ALLOWANCE_SECONDS = 120


def forget() -> None:
    """A worker starts: what a former one showed says nothing about this one, and nobody else will answer its bell."""
    Heartbeat.objects.filter(pk=1).update(queue_at=None, drain_at=None, rung_at=None)


def stamp_finished_beat(sender: Any, task: dict[str, Any], **kwargs: Any) -> None:
    """Called in the queue's monitor process: a beat has passed queue, worker and monitor."""
    if task["func"] == BEAT:
        Heartbeat.objects.filter(pk=1).update(queue_at=database_now())


def stamp_drain(*, answered: bool = False) -> None:
    """A drain is at work; with `answered` it has heard the doorbell and will see every job committed by now."""
    columns: dict[str, Any] = {"rung_at": None} if answered else {}
    Heartbeat.objects.filter(pk=1).update(drain_at=database_now(), **columns)


def worker_heartbeat_age() -> float | None:
    """Seconds since the worker last showed life, None when it never has."""
    return age_of(Heartbeat.objects.filter(pk=1).first(), database_now())


def age_of(beat: Heartbeat | None, now: datetime) -> float | None:
    """Seconds since such signs of life, None where there are none.

    A task that went through the queue counts; while a drain is at work, tasks may wait behind it for a while, and
    until the first one has come through, the drain is all there is to go by.
    """
    if beat is None or (beat.queue_at is None and beat.drain_at is None):
        return None
    drain_age = _age(beat.drain_at, now)
    queue_age = _age(beat.queue_at, now) if beat.queue_at else drain_age
    if drain_age < DRAIN_ALIVE_SECONDS and queue_age < BUSY_ALLOWANCE_SECONDS:
        return drain_age
    return queue_age


def is_worker_alive() -> bool:
    age = worker_heartbeat_age()
    return age is not None and age < settings.HEARTBEAT_STALE_SECONDS


def details() -> dict[str, Any]:
    """Queue depth, oldest due job, heartbeat and each provider's last good call; ages in seconds."""
    now = database_now()
    waiting = SyncJob.objects.filter(state=JobState.WAITING)
    oldest = waiting.filter(due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    return {
        "queue_depth": waiting.count(),
        "oldest_due_seconds": _age(oldest, now) if oldest else None,
        "heartbeat_seconds": worker_heartbeat_age(),
        "providers": {lane.pk: _good_call(lane.last_good_at) for lane in Lane.objects.all()},
    }


def _good_call(at: datetime | None) -> dict[str, str | None]:
    return {"last_good_call": at.isoformat() if at else None}


def _age(at: datetime | None, now: datetime) -> float:
    return abs((now - at).total_seconds()) if at else float("inf")
