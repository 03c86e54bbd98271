"""What became of a run: how many lines are where, in words that account for every one of them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import RowOutcome, RunKind, kind_of
from voicehub.sync.admin.states import STATES

ROW, RECORD = "row", "record"
NOT_BEGUN = f"{ROW}-{RunRow.State.WAITING}"
# States of records in which somebody has something to do before they come to an end.
OPEN = ("approval", "held", "uncertain", "changed", "gone")
ON_THE_WAY = ("waiting", "sending")
# A run's own state, in the names of the table of states.
NAMES = {
    Run.State.READING: "checking",
    Run.State.CHECKING: "checking",
    Run.State.READY: "ready",
    Run.State.HELD: "held",
    Run.State.RUNNING: "at_work",
    Run.State.CANCELLING: "cancelling",
    Run.State.CANCELLED: "cancelled",
    Run.State.DONE: "finished",
}


@dataclass(frozen=True)
class Share:
    """Some lines of a run: those in a state of their own, or those whose records are in a state."""

    source: str
    state: str
    count: int

    @property
    def word(self) -> Any:
        return _("Not begun") if self.key == NOT_BEGUN else STATES[self.state].word

    @property
    def key(self) -> str:
        return f"{self.source}-{self.state}"


@dataclass(frozen=True)
class Standing:
    """Where a run stands. `done` of `total` lines are through what is going on at the moment."""

    state: str
    is_moving: bool
    total: int
    done: int
    shares: tuple[Share, ...]

    @property
    def sentence(self) -> str:
        """Every line accounted for, as in "200 lines: 185 paid, 15 cannot be used"."""
        lines = ngettext("%d line", "%d lines", self.total) % self.total
        return _("%(lines)s: %(shares)s.") % {
            "lines": lines,
            "shares": ", ".join(f"{share.count} {str(share.word).lower()}" for share in self.shares) or "–",
        }


def standing(run: Run) -> Standing:
    """Where the run stands now: two grouped queries."""
    kind = kind_of(run)
    rows = _by_state(run)
    records = kind.tally(run) if run.started_at else Counter()
    own = Counter(rows)
    own.pop(RunRow.State.DONE, None)
    shares = [Share(ROW, state, count) for state, count in own.items() if count]
    shares += [Share(RECORD, state, count) for state, count in records.items() if count]
    is_moving = run.state in Run.AT_WORK or (run.started_at is not None and kind.is_moving(run))
    state = _state(run, records, is_moving)
    return Standing(state, is_moving, sum(rows.values()), _through(run, rows, records), tuple(shares))


def _state(run: Run, records: Counter[str], is_moving: bool) -> str:
    if run.state == Run.State.DONE and is_moving:
        return "at_work"
    if run.state == Run.State.DONE and any(records[state] for state in OPEN):
        return "open"
    return NAMES[Run.State(run.state)]


def _by_state(run: Run) -> Counter[str]:
    return Counter(dict(run.rows.order_by().values_list("state").annotate(count=Count("pk"))))


def _through(run: Run, rows: Counter[str], records: Counter[str]) -> int:
    """Lines that are checked, or once it has started, lines of which nothing is on its way any more."""
    if run.started_at is None:
        return sum(rows.values()) - rows[RunRow.State.NEW]
    return sum(rows.values()) - rows[RunRow.State.WAITING] - sum(records[state] for state in ON_THE_WAY)


def rows_of(run: Run, key: str) -> QuerySet[RunRow]:
    """The rows of a share, by its key; all of them for anything else."""
    source, _dash, state = key.partition("-")
    if source == ROW and state in RunRow.State.values:
        return run.rows.filter(state=state).order_by("number")
    if source == RECORD and state in STATES:
        return kind_of(run).rows_with(run, state).order_by("number")
    return run.rows.order_by("number")


def outcome_of(row: RunRow, live: dict[int, RowOutcome]) -> RowOutcome:
    """What a row shows: the state of its record where it has made one."""
    return live.get(row.pk) or RowOutcome(row.state, row.message)


def live_of(kind: RunKind, rows: list[RunRow]) -> dict[int, RowOutcome]:
    return kind.live([row for row in rows if row.object_id is not None])
