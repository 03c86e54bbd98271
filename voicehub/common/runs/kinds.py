"""What an app tells about its kind of run: the columns, how a row is checked and carried out, what became of it."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voicehub.common.models import Run, RunRow
from voicehub.sync.timeline import Change

Figure = tuple[Any, str]
# In the data of a row that does another one again: that row.
AGAIN_OF = "again_of_row"
# Where a run's options name the columns of the file that were not read.
UNKNOWN = "unknown_headings"


class RunRefusedError(Exception):
    """The run cannot start or go on as it is; the text says why and what to do."""


class RowRefusedError(Exception):
    """A row cannot be carried out after all; the text says why."""


@dataclass(frozen=True)
class Column:
    """A column of the file. It is found by its name, its label or one of the aliases, in any case.

    With `is_multiline` its cells may hold line breaks and tabs.
    """

    name: str
    label: Any
    help: Any = ""
    example: str = ""
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    is_multiline: bool = False


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row's record: `state` names words in the table of states."""

    state: str
    message: str = ""
    url: str = ""


@dataclass(frozen=True)
class Effect:
    """What a row does to a record: a word for it, and its fields. Where nothing stood before, `old` is empty."""

    word: Any
    changes: tuple[Change, ...] = ()


class RunKind(ABC):
    """One kind of import or bulk action.

    `check` and `apply` are called by background workers, `apply` inside a transaction of its own: it only writes to
    the database, whatever a provider has to learn it queues.
    """

    slug: str
    label: Any
    permission: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()
    # Checking takes next to nothing beside reading, so that it is done along with it and no row is written twice.
    is_checked_at_once: ClassVar[bool] = False

    def max_rows(self) -> int:
        """The most rows in one run."""
        return 100_000

    def may_start(self, user: Any) -> bool:
        return user.has_perm(self.permission)

    def may_cancel(self, user: Any) -> bool:
        return self.may_start(user)

    def subject(self, run: Run) -> Any:
        """The one record that the run is about, if there is one: people come from its page, and go back there."""
        return None

    def record_model(self) -> type[Model] | None:
        """The records that the lines are about: people come from their list, and go back there."""
        return None

    def sees_all(self, user: Any) -> bool:
        """Whether this person sees everybody's runs of this kind, and not only the own ones."""
        return False

    @abstractmethod
    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        """Fill in values, problems, doubts and keys of at most 2,000 rows; they are saved afterwards.

        A row that would change nothing gets the state SAME.
        """

    @abstractmethod
    def apply(self, run: Run, row: RunRow) -> int:
        """Carry one row out and return the key of its record. Raises RowRefusedError."""

    def columns_of(self, run: Run) -> Sequence[Column]:
        """The columns of what came in with this run."""
        return self.columns

    def mark_repeat(self, row: RunRow, line: int) -> None:
        """Note that a row means the same as an earlier line of the run."""
        row.doubts.append(_("The same as line %(line)d.") % {"line": line})

    def title_of(self, row: RunRow) -> str:
        """What tells people which row this is: what was typed."""
        return " · ".join(row.data[column.name] for column in self.columns_of(row.run) if row.data.get(column.name))

    def effect_of(self, row: RunRow) -> Effect | None:
        """What the row does to a record; None when that goes without saying, or nothing is done."""
        return None

    def remarks_on(self, row: RunRow) -> list[str]:
        """What a person should know about a row that can be carried out all the same."""
        return []

    def notes(self, run: Run) -> list[str]:
        """Sentences about the run as a whole, for the preview."""
        words = _("These columns of the file are not known here and were left out: %(names)s. Is one only misspelt?")
        unknown = run.options.get(UNKNOWN)
        return [words % {"names": ", ".join(unknown)}] if unknown else []

    def adjusting(self, run: Run) -> tuple[str, str] | None:
        """Address and name of a page on which a person may have the lines read in another way, before the start."""
        return None

    def totals(self, run: Run) -> list[Figure]:
        """Pairs of a name and a figure about the rows that would be carried out."""
        return []

    def start_label(self, run: Run) -> str:
        """What the button to start says."""
        count = run.rows.filter(state=RunRow.State.READY).count()
        return ngettext("Carry out %d line", "Carry out %d lines", count) % count

    def depends_on(self, run: Run) -> Any:
        """Whatever else a person should have seen before a run on hold is let go; it is compared by its `repr`."""
        return None

    def before_start(self, run: Run, user: Any) -> str:
        """Why the run has to stay on hold once it is started; empty when it may go. Raises RunRefusedError."""
        return ""

    def live(self, rows: Iterable[RunRow]) -> dict[int, RowOutcome]:
        """What became of the records of these rows by now, by the row's key."""
        return {}

    def tally(self, run: Run) -> Counter[str]:
        """How many records of the run are in which state by now."""
        return Counter({"done": run.rows.filter(state=RunRow.State.DONE).count()})

    def rows_with(self, run: Run, state: str) -> QuerySet[RunRow]:
        """The rows whose records are in this state of the `tally`."""
        return run.rows.filter(state=RunRow.State.DONE)

    def results(self, run: Run) -> list[Figure]:
        """Pairs of a name and a figure about what a started run has come to so far."""
        return []

    def is_moving(self, run: Run) -> bool:
        """Whether records of the run are still on their way."""
        return False

    def has_unsent(self, run: Run) -> bool:
        """Whether there are records of the run that `cancel` could take back."""
        return False

    def cancel(self, run: Run, user: Any, limit: int) -> int:
        """Take back up to `limit` records that have not started. Returns how many there were to try."""
        return 0

    def repeatable(self, run: Run) -> Iterator[dict[str, Any]]:
        """The data of rows that surely did nothing and may be done again; never of uncertain ones."""
        return not_done_again(run, Q(state__in=(RunRow.State.REFUSED, RunRow.State.CANCELLED)))


class BulkKind(RunKind):
    """A kind for very many rows that only writes to our own database: up to 2,000 are carried out at a time."""

    @abstractmethod
    def apply_many(self, run: Run, rows: QuerySet[RunRow]) -> None:
        """Carry out these rows, and write what became of each: DONE with its record, or REFUSED with a message.

        A transaction is open, and nobody else writes to the rows. What this raises undoes all of it; then each row is
        carried out alone.
        """

    def apply(self, run: Run, row: RunRow) -> int:
        self.apply_many(run, run.rows.filter(pk=row.pk, state=RunRow.State.WAITING))
        row.refresh_from_db()
        if row.object_id is None:
            raise RowRefusedError(row.message)
        return row.object_id


def not_done_again(run: Run, rows: Q) -> Iterator[dict[str, Any]]:
    """The data of these rows of the run, for a new one; without those that a later run has done."""
    again = RunRow.objects.filter(run__again_of=run, state=RunRow.State.DONE)
    done = set(again.values_list(f"data__{AGAIN_OF}", flat=True))
    for pk, data in run.rows.filter(rows).order_by("number").values_list("pk", "data"):
        if pk not in done:
            yield {**data, AGAIN_OF: pk}


_kinds: dict[str, RunKind] = {}


def register(kind: RunKind) -> None:
    """Make a kind known. A second one of the same slug replaces the first."""
    _kinds[kind.slug] = kind


def kind_of(run: Run | str) -> RunKind:
    """The kind of a run, or the one with a slug. Raises RunRefusedError when nobody has registered it."""
    slug = run if isinstance(run, str) else run.kind
    if slug not in _kinds:
        raise RunRefusedError(_("There is no kind of run called %(slug)s.") % {"slug": slug})
    return _kinds[slug]


def kinds() -> list[RunKind]:
    return list(_kinds.values())


def kinds_for(user: Any) -> list[RunKind]:
    """What this person may start from a file."""
    return [kind for kind in _kinds.values() if kind.columns and kind.may_start(user)]
