"""Taking due jobs off the outbox: one short transaction under the lane's lock, stamped before anything is sent."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from voicehub.sync import seating
from voicehub.sync.clock import database_now
from voicehub.sync.finish import finish, hold
from voicehub.sync.handlers import OnceOnlyHandler
from voicehub.sync.models import JobState, Lane, SyncJob
from voicehub.sync.models.job import HARMLESS, Operation
from voicehub.sync.registry import Provider, handler_for, provider
from voicehub.sync.twins import TwinHandler
from voicehub.sync.work import Claimed, Work

log = logging.getLogger(__name__)

AHEAD = 8


def due_providers() -> list[str]:
    """Slugs of the providers that have a job due now."""
    waiting = SyncJob.objects.filter(state=JobState.WAITING, due_at__lte=database_now())
    return list(waiting.order_by().values_list("provider", flat=True).distinct())


def claim(slug: str, holder: str, *, seats: int | None = None, in_hand: int = 0) -> Claimed:
    """Claim due jobs of a provider for the drain `holder`, which has `in_hand` already and `seats` to keep.

    As many calls at once as the drain has seats; jobs that may be repeated are taken ahead of time, so that many
    share one transaction. Stop switch, breaker and limits hold over all drains: the lane's row is locked.
    """
    lane_of = provider(slug)
    with transaction.atomic():
        lane = Lane.objects.select_for_update().get(pk=slug)
        now = database_now()
        if not _is_open(lane, now):
            return Claimed([], 0)
        most = lane_of.concurrency()
        granted = seating.take(lane, holder, seats or min(lane_of.threads(), most), most, now)
        room = _room(lane, lane_of, granted, in_hand)
        due = _candidates(lane, _of_present_account(lane_of), now, room, granted - in_hand)
        jobs = _sendable(due, lane_of, now)
        work = _load(jobs)
        _stamp(work, lane_of, lane, now)
    return Claimed(work, granted)


def _is_open(lane: Lane, now: datetime) -> bool:
    waits = (lane.open_until, lane.next_start_at)
    return not lane.halted_reason and not any(until and until > now for until in waits)


def _room(lane: Lane, lane_of: Provider, seats: int, in_hand: int) -> int:
    """How many jobs may be taken into hand now."""
    most = 1 if lane_of.pause() else min(seats * AHEAD, lane.failures_left)
    return max(0, most - in_hand)


def _of_present_account(lane_of: Provider) -> Any:
    """Jobs of accounts that are connected. Of keys in the settings only the present one counts, at once."""
    usable = Q(connection__stopped_reason="", connection__disconnected_at=None)
    if account := lane_of.account():
        usable &= Q(connection__account=account)
    return SyncJob.objects.filter(Q(connection=None) | usable)


def _candidates(lane: Lane, jobs: Any, now: datetime, room: int, free_seats: int) -> list[SyncJob]:
    """Due jobs, oldest first."""
    if not room:
        return []
    jobs = jobs.filter(provider=lane.pk, state=JobState.WAITING, due_at__lte=now)
    running = SyncJob.objects.filter(model=OuterRef("model"), object_id=OuterRef("object_id"), state=JobState.SENDING)
    jobs = jobs.filter(~Exists(running))
    if lane.is_stopped(now):
        jobs = jobs.filter(Q(operation__in=HARMLESS) | Q(passes_stop=True))
    if database.features.has_select_for_update_skip_locked:
        jobs = jobs.select_for_update(skip_locked=True, of=("self",))
    return list(_startable(jobs.select_related("connection").order_by("due_at", "id")[:room], free_seats))


def _startable(jobs: Iterable[SyncJob], free_seats: int) -> Iterator[SyncJob]:
    """The jobs up to the first once-only one that would have to wait in hand for a free seat."""
    for taken, job in enumerate(jobs):
        if job.once_only and taken >= free_seats:
            return
        yield job


def _sendable(jobs: Iterable[SyncJob], lane_of: Provider, now: datetime) -> list[SyncJob]:
    """Finish what may not be sent any more; of a record with several jobs take none but the first."""
    sendable: dict[tuple[str, int], SyncJob] = {}
    for job in jobs:
        if job.send_before and job.send_before <= now:
            finish(job, JobState.EXPIRED, _("It waited too long and was not sent."))
        elif job.connection and job.connection.base_url != lane_of.base_url():
            finish(job, JobState.REFUSED, _("It was made for another account and never sent."))
        else:
            sendable.setdefault((job.model, job.object_id), job)
    return list(sendable.values())


def _load(jobs: Iterable[SyncJob]) -> list[Work]:
    by_model: dict[str, list[SyncJob]] = defaultdict(list)
    for job in jobs:
        by_model[job.model].append(job)
    work = []
    for label, group in by_model.items():
        handler = handler_for(label)
        ids = [job.object_id for job in group if job.operation != Operation.PULL]
        found = handler.records().in_bulk(ids) if ids else {}
        for job in group:
            if _is_overtaken(job, record := found.get(job.object_id)):
                finish(job, JobState.SUPERSEDED)
            elif reason := _obstacle(handler, job, record):
                hold(job, reason)
            else:
                work.append(Work(job, handler, job.connection, record))
    return work


def _obstacle(handler: Any, job: SyncJob, record: Any) -> str:
    """A fault is an obstacle for this job, not for those beside it."""
    if job.operation != Operation.SEND or not isinstance(handler, OnceOnlyHandler):
        return ""
    try:
        with transaction.atomic():
            return handler.obstacle(record)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Job %s: whether it may be sent could not be told", job.pk)
        return _("A fault in VoiceHub keeps this from being sent. Tell an administrator.")


def _is_overtaken(job: SyncJob, record: Any) -> bool:
    if job.operation == Operation.PULL:
        return False
    if record is None:
        return True
    return job.operation == Operation.PUSH and record.synced_generation >= record.generation


def _stamp(work: list[Work], lane_of: Provider, lane: Lane, now: datetime) -> None:
    """The claim itself. Once committed, a once-only job can only become done, refused or uncertain."""
    ids = [item.job.pk for item in work]
    if not ids:
        return
    until = now + seating.lease()
    SyncJob.objects.filter(pk__in=ids, state=JobState.WAITING).update(
        state=JobState.SENDING, attempts=F("attempts") + 1, lease_until=until, started_at=now
    )
    for item in work:
        item.job.state, item.job.attempts = JobState.SENDING, item.job.attempts + 1
        item.job.lease_until, item.job.started_at = until, now
    _note_what_is_sent(work)
    once_only = [item for item in work if item.job.once_only]
    for model in {item.handler.model for item in once_only}:
        records = [item.job.object_id for item in once_only if item.handler.model is model]
        model._base_manager.filter(pk__in=records).update(state=JobState.SENDING)
    if lane_of.pause():
        Lane.objects.filter(pk=lane.pk).update(next_start_at=now + timedelta(seconds=lane_of.pause()))


def _note_what_is_sent(work: list[Work]) -> None:
    """Should nobody see the answer, these values are recognised at the provider, whatever is edited meanwhile."""
    noted: dict[Any, list[Any]] = defaultdict(list)
    for item in work:
        if item.job.operation == Operation.PUSH and _leaves_traces(item) and item.record.note_sent():
            noted[item.handler.model].append(item.record)
    for model, records in noted.items():
        model._base_manager.bulk_update(records, ["sent_values"])


def _leaves_traces(push: Work) -> bool:
    return not push.record.remote_id or isinstance(push.handler, TwinHandler)


def renew_leases(work: Iterable[Work]) -> None:
    """Keep the claims of what is in hand in this process."""
    now = database_now()
    for attempts, items in by_attempts(work).items():
        SyncJob.objects.filter(pk__in=items, attempts=attempts, state=JobState.SENDING).update(
            lease_until=now + seating.lease()
        )


def by_attempts(work: Iterable[Work]) -> dict[int, list[int]]:
    """Job ids by claim number: a claim is told from an earlier one of the same job by it."""
    groups: dict[int, list[int]] = defaultdict(list)
    for item in work:
        groups[item.job.attempts].append(item.job.pk)
    return groups
