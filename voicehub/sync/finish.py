"""Writing down how an attempt ended: the job, its record and the lane, in one transaction."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from voicehub.sync import exchanges, gauges, in_bulk, lanes, queue
from voicehub.sync.agreement import columns_after
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import GIVE_UP_AFTER, Outcome, accepted
from voicehub.sync.handlers import FollowHandler, OnceOnlyHandler, PullHandler, PullHeldError
from voicehub.sync.models.exchange import Exchange
from voicehub.sync.models.job import JobState, Operation, SyncJob
from voicehub.sync.models.record import RecordState, SyncedModel
from voicehub.sync.registry import handler_for
from voicehub.sync.work import Work

log = logging.getLogger(__name__)

ENDED_BADLY = {
    JobState.REFUSED: RecordState.REFUSED,
    JobState.FAILED: RecordState.FAILED,
    JobState.UNCERTAIN: RecordState.UNCERTAIN,
    JobState.EXPIRED: RecordState.FAILED,
    JobState.CANCELLED: RecordState.FAILED,
}


def write(results: Sequence[tuple[Work, Outcome]]) -> None:
    """Store the exchanges and outcomes of finished calls. All or nothing: a lost write leaves the claims leased."""
    with transaction.atomic():
        Exchange.objects.bulk_create(
            row
            for work, _outcome in results
            for row in exchanges.rows(work.exchanges, work.job.provider, work.connection, work.job.pk)
        )
        plain, others = in_bulk.split(results)
        for work, outcome in in_bulk.write(plain) + others:
            _write_one(work, outcome)
        lanes.learn(results)
        gauges.learn(results)


@transaction.atomic
def finish(job: SyncJob, state: JobState, message: str = "", **columns: Any) -> bool:
    """End a job that nobody is calling for: cancelled, expired, overtaken. False when it has moved on meanwhile."""
    changed = SyncJob.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts).update(
        state=state, message=message, finished_at=database_now(), lease_until=None, **columns
    )
    if changed:
        job.state, job.message = state, message
        write_without_call(job, Outcome(state, message))
    return bool(changed)


def hold(job: SyncJob, reason: str) -> None:
    """Put a due job on hold: a person has to look at it first."""
    changed = SyncJob.objects.filter(pk=job.pk, state=JobState.WAITING).update(
        state=JobState.HELD, hold_reason=reason, message=reason
    )
    if changed:
        job.state, job.hold_reason, job.message = JobState.HELD, reason, reason
        write_without_call(job, Outcome(JobState.HELD, reason))


def write_without_call(job: SyncJob, outcome: Outcome) -> None:
    """Carry what became of a job, without a call to the provider, over to its record and its app."""
    handler = handler_for(job.model)
    record = None if job.operation == Operation.PULL else handler.records().filter(pk=job.object_id).first()
    _write_record(job, outcome, record)
    _tell_handler(job)


def _write_one(work: Work, outcome: Outcome) -> None:
    job = work.job
    if outcome.candidates is not None:
        outcome = _choose(work, outcome.candidates)
    if outcome.fetched is not None:
        outcome = _absorb(work, outcome)
    if outcome.told is not None:
        outcome = _take_in(work, outcome)
    outcome = _tried_long_enough(job, outcome)
    if not _write_job(job, outcome):
        _write_late(job, outcome)
        return
    _write_record(job, outcome, work.record)
    _tell_handler(job)


def _write_job(job: SyncJob, outcome: Outcome) -> bool:
    """True when the claim was still ours."""
    now = database_now()
    is_waiting = outcome.state == JobState.WAITING
    mine = SyncJob.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.SENDING)
    if is_waiting and _has_newer(job):
        return _hand_over(mine, job, outcome)
    changed = mine.update(
        state=outcome.state,
        message=outcome.message,
        field_messages=outcome.field_messages,
        hold_reason=outcome.message if outcome.state == JobState.HELD else "",
        lease_until=None,
        failures=F("failures") + 1 if outcome.counts_as_failure else F("failures"),
        look_first=outcome.look_first,
        is_accepted=_is_accepted(job, outcome),
        due_at=now + timedelta(seconds=outcome.wait) if is_waiting else F("due_at"),
        finished_at=None if is_waiting else now,
    )
    job.state, job.message = outcome.state, outcome.message
    return bool(changed)


def _has_newer(job: SyncJob) -> bool:
    same = SyncJob.objects.filter(model=job.model, object_id=job.object_id, operation=job.operation)
    return same.filter(state=JobState.WAITING).exists()


def _hand_over(mine: Any, job: SyncJob, outcome: Outcome) -> bool:
    """A newer job of the record is waiting already: it takes over, and looks first where this one had to."""
    changed = mine.update(state=JobState.SUPERSEDED, lease_until=None, finished_at=database_now())
    SyncJob.objects.filter(
        model=job.model, object_id=job.object_id, operation=job.operation, state=JobState.WAITING
    ).update(
        look_first=outcome.look_first,
        is_accepted=_is_accepted(job, outcome),
        due_at=database_now() + timedelta(seconds=outcome.wait),
    )
    job.state = JobState.SUPERSEDED
    return bool(changed)


def _is_accepted(job: SyncJob, outcome: Outcome) -> bool:
    """Once the twin is found, or the job has ended, whoever tries again means it."""
    still_waits = outcome.state == JobState.WAITING and not outcome.remote_id
    return outcome.is_accepted or (job.is_accepted and still_waits)


def _tried_long_enough(job: SyncJob, outcome: Outcome) -> Outcome:
    if not outcome.counts_as_failure or job.once_only or database_now() - job.created_at < GIVE_UP_AFTER:
        return outcome
    return Outcome(JobState.FAILED, outcome.message, look_first=outcome.look_first, breaks_lane=outcome.breaks_lane)


def _choose(work: Work, candidates: Sequence[str]) -> Outcome:
    """Which of the remote records found is ours: one that no record of ours holds yet."""
    rows = work.handler.model._base_manager.filter(connection=work.connection)
    held = set(rows.filter(remote_id__in=candidates).values_list("remote_id", flat=True))
    left = [remote_id for remote_id in candidates if remote_id not in held]
    if len(left) > 1:
        SyncJob.objects.filter(pk=work.job.pk).update(options={**work.job.options, "candidates": left})
        return Outcome(
            JobState.UNCERTAIN,
            _("%(count)d records at the provider could be this one. A person has to choose.") % {"count": len(left)},
            look_first=True,
        )
    if not left and work.job.is_accepted:
        return accepted(_("The provider has taken it, but does not show it yet."), work.job.failures)
    return Outcome(JobState.WAITING, remote_id=left[0] if left else None)


def _absorb(work: Work, outcome: Outcome) -> Outcome:
    if not isinstance(work.handler, PullHandler) or work.connection is None:
        raise TypeError(f"{type(work.handler).__name__} reads no list")
    is_confirmed = bool(work.job.options.get("is_confirmed"))
    try:
        with transaction.atomic():
            text = work.handler.absorb(work.connection, outcome.fetched, is_confirmed=is_confirmed)
    except PullHeldError as question:
        return Outcome(JobState.HELD, str(question))
    return Outcome(JobState.DONE, text)


def _take_in(work: Work, outcome: Outcome) -> Outcome:
    if not isinstance(work.handler, FollowHandler):
        raise TypeError(f"{type(work.handler).__name__} does not follow its records")
    try:
        with transaction.atomic():
            return Outcome(JobState.DONE, work.handler.take_in(work.record, outcome.told))
    except Exception:
        # What finished at the same time must not be lost with it.
        log.exception("Job %s: what was told could not be taken in", work.job.pk)
        return Outcome(JobState.FAILED, _("A fault in VoiceHub kept the answer from being taken in."))


def _write_record(job: SyncJob, outcome: Outcome, record: Any = None) -> None:
    handler = handler_for(job.model)
    rows = handler.model._base_manager.filter(pk=job.object_id)
    if job.operation == Operation.LOOK:
        _write_looked(rows, outcome, record)
    elif job.operation == Operation.SEND and isinstance(handler, OnceOnlyHandler):
        done = handler.columns_when_done(job) if outcome.state == JobState.DONE else {}
        state = _state_of_record(handler, outcome.state)
        rows.update(state=state, message=outcome.message, **done, **outcome.columns)
    elif job.operation == Operation.PUSH:
        _write_pushed(rows, job, outcome, record)
    elif job.operation == Operation.REMOVE:
        _write_removed(rows, outcome, record)


def _write_looked(rows: Any, outcome: Outcome, record: Any) -> None:
    """What was told of a twin says nothing about the one that has taken its place."""
    if record and outcome.columns:
        rows.filter(remote_id=record.remote_id).update(**outcome.columns)


def _state_of_record(handler: OnceOnlyHandler, state: JobState) -> str:
    if state == JobState.DONE:
        return handler.done_state
    return state


def _write_pushed(rows: Any, job: SyncJob, outcome: Outcome, record: SyncedModel | None) -> None:
    if record is None:
        return
    rows.update(**_learned(rows, outcome, record))
    current = rows.filter(generation=record.generation).exclude(sync_state=RecordState.DELETING)
    if outcome.there is not None:
        columns = columns_after(record, outcome.there)
        current.update(**{name: columns[name] for name in in_bulk.OF_PRESENT})
    elif outcome.state != JobState.SUPERSEDED:
        surely_not_sent = outcome.state == JobState.REFUSED and not job.look_first
        sent = {} if surely_not_sent else record.sent_values
        current.update(sync_state=_record_state(outcome), sync_message=outcome.message, sent_values=sent)


def _learned(rows: Any, outcome: Outcome, record: SyncedModel) -> dict[str, Any]:
    """What holds whatever became of the record meanwhile; a person's choice about what is agreed comes first."""
    learned: dict[str, Any] = {"remote_id": outcome.remote_id or F("remote_id")}
    if outcome.state == JobState.DONE:
        learned |= {"synced_generation": record.generation, "synced_at": database_now()}
    if outcome.there is not None:
        columns = columns_after(record, outcome.there)
        learned |= {"seen_values": columns["seen_values"]}
        if list(rows.values_list("agreed_values", flat=True)) == [record.agreed_values]:
            learned |= {"agreed_values": columns["agreed_values"]}
    return learned


def _record_state(outcome: Outcome) -> RecordState:
    return RecordState.GONE if outcome.is_gone else ENDED_BADLY.get(outcome.state, RecordState.WAITING)


def _write_removed(rows: Any, outcome: Outcome, record: SyncedModel | None) -> None:
    if outcome.state == JobState.DONE:
        rows.delete()
    elif outcome.state == JobState.WAITING:
        learned = {"remote_id": outcome.remote_id} if outcome.remote_id else {}
        rows.update(sync_state=RecordState.DELETING, sync_message=outcome.message, **learned)
    elif outcome.state == JobState.CANCELLED and record:
        _keep(rows, record)
    elif outcome.state in ENDED_BADLY:
        rows.update(sync_state=ENDED_BADLY[outcome.state], sync_message=outcome.message)


def _keep(rows: Any, record: SyncedModel) -> None:
    """The removal was taken back: the record is as it was, and what it had not told yet it tells now."""
    rows.update(sync_state=RecordState.IN_STEP, sync_message="")
    if record.synced_generation < record.generation:
        queue.push(record)


def _write_late(job: SyncJob, outcome: Outcome) -> None:
    """The lease was lost before the answer came: the answer is evidence, it never overrules a person."""
    current = SyncJob.objects.select_for_update().get(pk=job.pk)
    if not job.once_only:
        _keep_remote_id(job, outcome)
    elif current.attempts != job.attempts or outcome.state not in (JobState.DONE, JobState.REFUSED):
        log.warning("Job %s: a late answer changes nothing", job.pk)
    elif current.state == JobState.UNCERTAIN:
        # Before the end of the job is told: what follows from it depends on them.
        handler_for(job.model).model._base_manager.filter(pk=job.object_id).update(**outcome.columns)
        finish(current, outcome.state, outcome.message)
    elif current.state != outcome.state:
        SyncJob.objects.filter(pk=job.pk).update(has_conflict=True, message=outcome.message)
        _tell_handler(SyncJob.objects.get(pk=job.pk))


def _keep_remote_id(job: SyncJob, outcome: Outcome) -> None:
    """Where it is still waited for: a record that has forgotten its twin on purpose has nothing sent."""
    if outcome.remote_id:
        rows = handler_for(job.model).model._base_manager.filter(pk=job.object_id, remote_id="")
        rows.exclude(sent_values={}).update(remote_id=outcome.remote_id)


def _tell_handler(job: SyncJob) -> None:
    """What an app does afterwards must never undo what is known about a call."""
    try:
        with transaction.atomic():
            handler_for(job.model).after(job)
    except Exception:
        log.exception("Job %s: the work after its end failed", job.pk)
