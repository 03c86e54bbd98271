"""Checking a run's rows, some at a time: nothing is saved but what was found."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import RunKind

log = logging.getLogger(__name__)

CHUNK = 500
FOUND = ("values", "problems", "doubts", "key", "state")


def check_some(run: Run, kind: RunKind) -> bool:
    """Check the next rows. False when none was left, and the run waits for a person now."""
    rows = list(run.rows.filter(state=RunRow.State.NEW).order_by("number")[:CHUNK])
    if not rows:
        Run.objects.filter(pk=run.pk, state=Run.State.CHECKING).update(state=Run.State.READY)
        return False
    _check(run, kind, rows)
    _mark_repeats(run, rows)
    for row in rows:
        row.state = _state(row)
    with transaction.atomic():
        RunRow.objects.bulk_update(rows, FOUND)
    return True


def _check(run: Run, kind: RunKind, rows: Sequence[RunRow]) -> None:
    try:
        kind.check(run, rows)
    except Exception:
        log.exception("Run %s: a fault of our own while checking", run.pk)
        for row in rows:
            row.problems = [("", _("A fault in VoiceHub kept this line from being checked. Tell an administrator."))]


def _mark_repeats(run: Run, rows: Sequence[RunRow]) -> None:
    """Rows that mean the same as an earlier one of the run are doubtful."""
    keys = {row.key for row in rows if row.key}
    earlier = run.rows.filter(key__in=keys).values_list("key").annotate(first=Min("number"))
    first = dict(earlier.order_by())
    for row in rows:
        if row.key and first.setdefault(row.key, row.number) != row.number:
            row.doubts.append(_("The same as line %(line)d.") % {"line": first[row.key]})


def _state(row: RunRow) -> str:
    if row.problems:
        return RunRow.State.BAD
    return RunRow.State.DOUBTFUL if row.doubts else RunRow.State.READY
