"""The plain case, many at a time: a record was pushed and the provider agreed. A few statements for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from voicehub.sync.agreement import columns_after
from voicehub.sync.clock import database_now
from voicehub.sync.decisions import Outcome
from voicehub.sync.handlers import Handler
from voicehub.sync.models.job import JobState, Operation, SyncJob
from voicehub.sync.models.record import RecordState
from voicehub.sync.work import Work

Result = tuple[Work, Outcome]


def split(results: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    """Results that may be written in bulk, and the others."""
    plain: list[Result] = []
    others: list[Result] = []
    for result in results:
        (plain if _is_plain(*result) else others).append(result)
    return plain, others


def write(results: Sequence[Result]) -> list[Result]:
    """Write jobs and records of plain results. Returns those whose claim was lost, to be looked at one by one."""
    lost: list[Result] = []
    by_claim: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_claim[result[0].job.attempts].append(result)
    for attempts, group in by_claim.items():
        lost += _write_group(attempts, group)
    return lost


def _is_plain(work: Work, outcome: Outcome) -> bool:
    return (
        outcome.state == JobState.DONE
        and work.job.operation == Operation.PUSH
        and type(work.handler).after is Handler.after
    )


def _write_group(attempts: int, group: list[Result]) -> list[Result]:
    claims = SyncJob.objects.filter(pk__in=[work.job.pk for work, _outcome in group], attempts=attempts)
    changed = claims.filter(state=JobState.SENDING).update(
        state=JobState.DONE,
        message="",
        field_messages={},
        lease_until=None,
        look_first=False,
        is_accepted=False,
        finished_at=database_now(),
    )
    lost: list[Result] = []
    if changed < len(group):
        ours = set(claims.filter(state=JobState.DONE).values_list("pk", flat=True))
        lost = [result for result in group if result[0].job.pk not in ours]
        group = [result for result in group if result[0].job.pk in ours]
    for model in {work.handler.model for work, _outcome in group}:
        _write_records(model, [result for result in group if result[0].handler.model is model])
    return lost


OF_PRESENT = ("sync_state", "sync_message", "sent_values")


def _write_records(model: Any, group: list[Result]) -> None:
    """One prepared statement for all rows: the query builder would cost more than the rest of the job."""
    quote = connection.ops.quote_name
    now = connection.ops.adapt_datetimefield_value(database_now())
    is_current = "generation = %s AND sync_state <> %s"
    of_present = ", ".join(f"{name} = CASE WHEN {is_current} THEN %s ELSE {name} END" for name in OF_PRESENT)
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET "  # noqa: S608
        f"remote_id = COALESCE(NULLIF(%s, ''), remote_id), synced_generation = %s, synced_at = %s, "
        "seen_values = %s, agreed_values = CASE WHEN agreed_values = %s THEN %s ELSE agreed_values END, "
        f"{of_present} WHERE {quote(model._meta.pk.column)} = %s"
    )
    rows = []
    for work, outcome in group:
        record = work.record
        current = (record.generation, RecordState.DELETING.value)
        columns = columns_after(record, outcome.there or {})
        learned = (outcome.remote_id or "", record.generation, now, _adapted(columns["seen_values"]))
        agreed = (_adapted(record.agreed_values), _adapted(columns["agreed_values"]))
        present = [part for name in OF_PRESENT for part in (*current, _adapted(columns[name]))]
        rows.append((*learned, *agreed, *present, record.pk))
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, None) if isinstance(value, dict) else str(value)
