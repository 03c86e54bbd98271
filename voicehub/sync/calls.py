"""One claimed job, done at the provider. Nothing here touches the database."""

import logging
from dataclasses import replace
from typing import Any

from voicehub.sync.agreement import words_for_conflicts
from voicehub.sync.decisions import Outcome, decide
from voicehub.sync.handlers import FollowHandler, LookHandler, OnceOnlyHandler, PullHandler, RecordHandler
from voicehub.sync.models import JobState
from voicehub.sync.models.job import Operation
from voicehub.sync.twins import TwinHandler
from voicehub.sync.work import Work

log = logging.getLogger(__name__)


def perform(work: Work) -> Outcome:
    """Do one claimed job at the provider. Never raises: every end is an outcome."""
    try:
        client = work.handler.client(work.connection, work.exchanges.append)  # type: ignore[arg-type]
        return _call(work, client)
    except Exception as error:
        return _decide(work, error)


def _call(work: Work, client: Any) -> Outcome:
    handler, job = work.handler, work.job
    if job.operation == Operation.SEND and isinstance(handler, OnceOnlyHandler):
        receipt = handler.send(client, work.record)
        return Outcome(JobState.DONE, receipt.message, columns=receipt.columns)
    if job.operation == Operation.PULL and isinstance(handler, PullHandler):
        return Outcome(JobState.DONE, fetched=handler.fetch(client))
    if job.operation == Operation.LOOK and isinstance(handler, LookHandler):
        return Outcome(JobState.DONE, columns=handler.look(client, work.record))
    if job.operation == Operation.LOOK and isinstance(handler, FollowHandler):
        return Outcome(JobState.DONE, told=handler.ask(client, work.record))
    if job.operation == Operation.WITHDRAW and isinstance(handler, FollowHandler):
        return Outcome(JobState.DONE, told=handler.withdraw(client, work.record))
    if job.operation == Operation.REMOVE and isinstance(handler, RecordHandler):
        return _remove(work, handler, client)
    if job.operation == Operation.PUSH and isinstance(handler, RecordHandler):
        return _push(work, handler, client)
    raise TypeError(f"{type(handler).__name__} cannot {job.operation}")


def _push(work: Work, handler: RecordHandler, client: Any) -> Outcome:
    record = work.record
    if record.remote_id:
        return _update(record, handler, client)
    if work.job.look_first:
        return Outcome(JobState.WAITING, candidates=tuple(handler.find(client, record)))
    return Outcome(JobState.DONE, remote_id=handler.create(client, record), there=record.values_here())


def _update(record: Any, handler: RecordHandler, client: Any) -> Outcome:
    if not isinstance(handler, TwinHandler):
        handler.update(client, record, record.values_here())
        return Outcome(JobState.DONE, there=record.values_here())
    there = handler.read(client, record.remote_id)
    sides = record.sides(there)
    changed = {name: value for name, value in sides.to_send().items() if name not in handler.fixed_fields}
    if changed:
        handler.update(client, record, changed)
    there = {**there, **changed}
    if conflicts := sides.conflicts():
        return Outcome(JobState.REFUSED, words_for_conflicts(record, conflicts), there=there)
    return Outcome(JobState.DONE, there=there)


def _remove(work: Work, handler: RecordHandler, client: Any) -> Outcome:
    remote_id = work.record.remote_id or work.job.remote_id
    if not remote_id and work.job.look_first:
        return Outcome(JobState.WAITING, candidates=tuple(handler.find(client, work.record)))
    if remote_id:
        handler.remove(client, remote_id)
    return Outcome(JobState.DONE)


def _decide(work: Work, error: Exception) -> Outcome:
    outcome = decide(
        error,
        once_only=work.job.once_only,
        operation=work.job.operation,
        failures=work.job.failures,
        was_on_the_wire=bool(work.exchanges),
    )
    if outcome.state == JobState.FAILED and not outcome.is_gone:
        log.error("Job %s: a fault of our own", work.job.pk, exc_info=error)
    if getattr(work.record, "remote_id", ""):
        # Its twin is there: what was accepted shows when that is read.
        outcome = replace(outcome, is_accepted=False)
    # A look that failed, for whatever reason, has to be made before anything is done again.
    return replace(outcome, look_first=True) if _is_looking(work) else outcome


def _is_looking(work: Work) -> bool:
    return work.job.look_first and not work.job.remote_id and not getattr(work.record, "remote_id", "")
