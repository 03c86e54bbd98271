"""Checking a run's rows, some at a time: nothing is saved but what was found."""

import logging
from collections.abc import Sequence
from operator import attrgetter

from django.db import OperationalError, transaction
from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import RunKind

log = logging.getLogger(__name__)

CHUNK = 500
KEYS = ("key", "other_key")
FOUND = ["values", "problems", "doubts", *KEYS, "state"]


def check_some(run: Run, kind: RunKind) -> bool:
    """Check the next rows. False when none was left, and the run waits for a person now."""
    rows = list(run.rows.filter(state=RunRow.State.NEW).order_by("number")[:CHUNK])
    if not rows:
        _still_ours(run).update(state=Run.State.READY)
        return False
    check(run, kind, rows)
    return _save(run, rows)


def check(run: Run, kind: RunKind, rows: Sequence[RunRow]) -> None:
    """Have rows looked at that come after all others of the run; they are not saved."""
    _check(run, kind, rows)
    _mark_repeats(run, kind, rows)
    for row in rows:
        row.state = _state(row)


@transaction.atomic
def _save(run: Run, rows: Sequence[RunRow]) -> bool:
    """Keep what was found, unless the run has gone on without this worker, or has been taken from it. False then.

    An insert that meets the very rows: many times as fast as Django's bulk update.
    """
    if not _still_ours(run).select_for_update().exists():
        return False
    RunRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=FOUND)
    return True


def _still_ours(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(pk=run.pk, state=Run.State.CHECKING, lease_until=run.lease_until)


def _check(run: Run, kind: RunKind, rows: Sequence[RunRow]) -> None:
    """Have the kind look at the rows; over one at which it stumbles the others are not forgotten."""
    read = [list(row.problems) for row in rows]
    try:
        kind.check(run, rows)
    except OperationalError:
        raise
    except Exception:
        log.exception("Run %s: a fault of our own while checking", run.pk)
        for row, problems in zip(rows, read, strict=True):
            row.values, row.problems, row.doubts, row.key, row.other_key = {}, problems, [], "", ""
            if len(rows) > 1:
                _check(run, kind, [row])
            else:
                text = _("A fault in VoiceHub kept this line from being checked. Tell an administrator.")
                row.problems.append(("", text))


def _mark_repeats(run: Run, kind: RunKind, rows: Sequence[RunRow]) -> None:
    """Tell the kind of rows that mean the same as an earlier one of the run; one that cannot be used repeats none."""
    usable = [row for row in rows if not row.problems]
    firsts = [(attrgetter(column), _first_lines(run, column, usable)) for column in KEYS]
    told = [(key, lines) for key, lines in firsts if lines]
    for row in usable:
        first = min((lines.get(key(row), row.number) for key, lines in told), default=row.number)
        if first < row.number:
            kind.mark_repeat(row, first)


def _first_lines(run: Run, column: str, rows: Sequence[RunRow]) -> dict[str, int]:
    """The first line with each key of the rows, in the whole run."""
    keys = {getattr(row, column) for row in rows} - {""}
    if not keys:
        return {}
    earlier = run.rows.filter(**{f"{column}__in": keys}).exclude(state=RunRow.State.BAD)
    first = dict(earlier.order_by().values_list(column).annotate(first=Min("number")))
    for row in rows:
        if getattr(row, column):
            first.setdefault(getattr(row, column), row.number)
    return first


def _state(row: RunRow) -> str:
    if row.problems:
        return RunRow.State.BAD
    if row.doubts:
        return RunRow.State.DOUBTFUL
    return RunRow.State.SAME if row.state == RunRow.State.SAME else RunRow.State.READY
