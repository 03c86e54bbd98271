"""A provider's traffic as a whole: circuit breaker, halts, and the stop switch."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from voicehub.sync import queue
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.models import Connection, JobState, Lane, SyncJob
from voicehub.sync.registry import providers
from voicehub.sync.signals import trouble_found
from voicehub.sync.work import Work

BREAKER_FIRST_WAIT = 15.0
BREAKER_LONGEST_WAIT = 300.0
GOOD_CALL_NOTED_EVERY = timedelta(seconds=2)
RELEASE_SPREAD_SECONDS = 0.1


def ensure_lanes() -> None:
    """One row for each registered provider."""
    Lane.objects.bulk_create([Lane(pk=item.slug) for item in providers()], ignore_conflicts=True)


def learn(results: Sequence[tuple[Work, Outcome]]) -> None:
    """Take from finished calls what concerns the whole provider or account."""
    by_lane: dict[str, list[Outcome]] = defaultdict(list)
    for work, outcome in results:
        by_lane[work.job.provider].append(outcome)
        if outcome.stops_connection and work.connection:
            stop_connection(work.connection, outcome.message)
    for slug, outcomes in by_lane.items():
        _learn_of_lane(slug, outcomes)


def stop_connection(connection: Connection, reason: str) -> None:
    """Nothing goes through an account until a person has signed in again."""
    Connection.objects.filter(pk=connection.pk, stopped_reason="").update(stopped_reason=reason)
    trouble_found.send(sender=Connection, subject=connection, text=reason)


def _halt(slug: str, reason: str) -> None:
    lane = Lane.objects.get(pk=slug)
    Lane.objects.filter(pk=slug).update(halted_reason=reason)
    trouble_found.send(sender=Lane, subject=lane, text=reason)


def _learn_of_lane(slug: str, outcomes: Sequence[Outcome]) -> None:
    now = database_now()
    lane = Lane.objects.filter(pk=slug)
    broken = sum(outcome.breaks_lane for outcome in outcomes)
    if any(outcome.was_answered for outcome in outcomes):
        stale = Q(last_good_at=None) | Q(last_good_at__lt=now - GOOD_CALL_NOTED_EVERY) | Q(failures__gt=0)
        lane.filter(stale).update(last_good_at=now, failures=0, open_until=None)
    if broken:
        _count_failures(lane, broken, now)
    pause = max(outcome.pauses_lane for outcome in outcomes)
    if pause:
        lane.update(open_until=now + timedelta(seconds=pause))
    for outcome in outcomes:
        if outcome.halts_lane:
            _halt(slug, outcome.message)


def _count_failures(lane: Any, broken: int, now: datetime) -> None:
    lane.update(failures=F("failures") + broken)
    failures = lane.values_list("failures", flat=True).get()
    if failures >= Lane.BREAKER_THRESHOLD:
        wait = min(BREAKER_LONGEST_WAIT, BREAKER_FIRST_WAIT * 2 ** min(failures - Lane.BREAKER_THRESHOLD, 10))
        lane.update(open_until=now + timedelta(seconds=wait))


def stop(slug: str, *, user: Any, reason: str, until: datetime | None = None) -> None:
    """Start nothing new at the provider; reads still pass. `until` ends the stop by itself (UTC)."""
    Lane.objects.filter(pk=slug).update(
        stopped_at=database_now(), stopped_until=until, stopped_by=user, stop_reason=reason
    )


def waiting_jobs(slug: str) -> Any:
    """What would be sent if the provider were released now."""
    return SyncJob.objects.filter(provider=slug, state=JobState.WAITING)


def release(slug: str) -> int:
    """Let the provider's jobs go again, spread over time. Returns how many are waiting."""
    with transaction.atomic():
        lane = Lane.objects.select_for_update().get(pk=slug)
        now = database_now()
        Lane.objects.filter(pk=lane.pk).update(
            stopped_at=None, stopped_until=None, stop_reason="", halted_reason="", failures=0, open_until=None
        )
        due = list(waiting_jobs(slug).filter(due_at__lte=now).order_by("due_at", "id"))
        for place, job in enumerate(due):
            job.due_at = now + timedelta(seconds=place * RELEASE_SPREAD_SECONDS)
        SyncJob.objects.bulk_update(due, ["due_at"], batch_size=500)
        queue.ring_on_commit()
    return len(due)


def clear_halts() -> None:
    """A worker that starts has read the settings anew: what was set right may be tried again."""
    Lane.objects.exclude(halted_reason="").update(halted_reason="")
