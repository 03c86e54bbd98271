"""The chore behind runs: checks, carries out and cancels, some rows at a time, one worker a run."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.checking import check_some
from voicehub.common.runs.kinds import BulkKind, RowRefusedError, RunKind, kind_of
from voicehub.sync.chores import Chore
from voicehub.sync.clock import database_now

log = logging.getLogger(__name__)

SLICE_SECONDS = 5.0
# So much longer than a slice that nobody has to renew it.
LEASE = timedelta(seconds=60)
CHUNK = 20
# Of a kind that carries out many at once: some twenty milliseconds, in which nobody else can write to SQLite.
MANY = 2000
FORGET_UNREAD_AFTER = timedelta(hours=1)
State = Run.State


def is_due() -> bool:
    return _free().exists() or _unread().exists()


def work(seconds: float = SLICE_SECONDS) -> None:
    """Go on with every run that nobody else is busy with, until none is left or the slice ends."""
    _unread().delete()
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at and (run := _claim()):
        try:
            _work_on(run, ends_at)
        finally:
            # The end of its turn, and not nothing: those that have waited longer come first.
            Run.objects.filter(pk=run.pk, lease_until=run.lease_until).update(lease_until=database_now())


CHORE = Chore("runs", is_due, work)


def _free() -> Any:
    now = database_now()
    return Run.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), state__in=Run.AT_WORK)


def _unread() -> Any:
    """Runs whose upload died half-way; whoever uploaded has seen an error and no run."""
    return Run.objects.filter(state=State.READING, created_at__lt=database_now() - FORGET_UNREAD_AFTER)


def _claim() -> Run | None:
    until = database_now() + LEASE
    waiting = _free().order_by(F("lease_until").asc(nulls_first=True), "id")
    for pk in waiting.values_list("pk", flat=True)[:10]:
        if _free().filter(pk=pk).update(lease_until=until):
            return Run.objects.select_related("requested_by", "cancelled_by").get(pk=pk)
    return None


def _work_on(run: Run, ends_at: float) -> None:
    kind = kind_of(run)
    steps = {State.CHECKING: check_some, State.RUNNING: apply_some, State.CANCELLING: cancel_some}
    step = steps[State(run.state)]
    while step(run, kind) and time.monotonic() < ends_at:
        pass


def apply_some(run: Run, kind: RunKind) -> bool:
    """Carry out the next rows: each with its record, or not at all. False when the run has ended."""
    waiting = run.rows.filter(state=RunRow.State.WAITING).order_by("number")
    keys = dict(waiting.values_list("number", "pk")[: MANY if isinstance(kind, BulkKind) else CHUNK])
    if not keys:
        _end(run, State.RUNNING, State.DONE)
    elif isinstance(kind, BulkKind):
        try:
            return _apply_many(run, kind, until=max(keys))
        except OperationalError:
            raise
        except Exception:
            log.exception("Run %s: a fault of our own with lines %s to %s", run.pk, min(keys), max(keys))
    return bool(keys) and all(_apply_one(run, kind, key) for key in keys.values())


@transaction.atomic
def _apply_many(run: Run, kind: BulkKind, until: int) -> bool:
    """Carry out the rows that still wait, up to a line. False when the run has ended."""
    if not Run.objects.select_for_update().filter(pk=run.pk, state=State.RUNNING).exists():
        return False
    kind.apply_many(run, run.rows.filter(state=RunRow.State.WAITING, number__lte=until))
    return True


@transaction.atomic
def _apply_one(run: Run, kind: RunKind, key: int) -> bool:
    """Carry out a row that still waits. False when the run has ended.

    The run's row is locked, so that cancelling comes before or after this row and never in between. What the kind
    locks it holds for one row only: of two that lock several in different orders, each would wait for the other.
    """
    if not Run.objects.select_for_update().filter(pk=run.pk, state=State.RUNNING).exists():
        return False
    row = run.rows.filter(pk=key, state=RunRow.State.WAITING).first()
    if row is not None:
        _apply(run, kind, row)
        row.save(update_fields=["state", "message", "object_id"])
    return True


def _apply(run: Run, kind: RunKind, row: RunRow) -> None:
    row.run = run
    try:
        with transaction.atomic():
            row.object_id = kind.apply(run, row)
        row.state = RunRow.State.DONE
    except RowRefusedError as error:
        row.state, row.message = RunRow.State.REFUSED, str(error)
    except OperationalError:
        # The database is away or busy, and the row has not had its turn.
        raise
    except Exception:
        log.exception("Run %s, line %s: a fault of our own", run.pk, row.number)
        row.state = RunRow.State.REFUSED
        row.message = _("A fault in VoiceHub stopped this line; nothing was done. Tell an administrator.")


def cancel_some(run: Run, kind: RunKind) -> bool:
    """Take back the next records that have not started. False when none is left."""
    if kind.cancel(run, run.cancelled_by, CHUNK):
        return True
    _end(run, State.CANCELLING, State.CANCELLED)
    return False


def _end(run: Run, before: str, after: str) -> None:
    Run.objects.filter(pk=run.pk, state=before).update(state=after, finished_at=database_now())
