"""Kinds of run whose lines make or change records that are kept in step with a provider.

A line shows beforehand what it changes, field by field, and overwrites nothing that it has not shown.
"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.utils.text import Truncator, capfirst, slugify
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import (
    AGAIN_OF,
    Effect,
    Figure,
    RowOutcome,
    RowRefusedError,
    RunKind,
    not_done_again,
)
from voicehub.sync.admin.states import STATES
from voicehub.sync.differences import Values
from voicehub.sync.export import Table
from voicehub.sync.models import Connection, RecordState, SyncedModel
from voicehub.sync.services import TooLateError, sync_now
from voicehub.sync.timeline import Change

TO_SEND_AGAIN = (RecordState.REFUSED, RecordState.FAILED)
QUIET = (RecordState.IN_STEP, RecordState.WAITING)
CHUNK = 2000
# What fits into the history of a record.
LONGEST_REASON = 100
# What is said of records that were deleted after the run: the name of a state in the table of states.
DELETED = "superseded"


Record = TypeVar("Record", bound=SyncedModel)


class RecordKind(RunKind):
    """Lines about records of `model`. Its `check` calls `plan` for every line that can be used.

    No two lines may be about the same record, nor give two records the same value of the `unique_field`.
    """

    model: ClassVar[type[SyncedModel]]
    unique_field: ClassVar[str] = ""

    @abstractmethod
    def save(self, record: Any, changed: Collection[str], user: Any) -> None:
        """Save a record, of which a line has changed these fields, as its form does. Raises RowRefusedError."""

    def record_model(self) -> type[SyncedModel]:
        return self.model

    def advice(self, record: Any, wanted: Values) -> Iterable[str]:
        """What is worth knowing about such values of a record, or of a new one, although they may be saved."""
        return ()

    def plan(
        self, row: RunRow, record: SyncedModel | None, wanted: Values, account: Connection | None = None
    ) -> None:
        """Write down what a line wants the fields of a record, or of a new one of the `account`, to be."""
        here = record.values_here() if record else {}
        changed = {name: value for name, value in wanted.items() if name not in here or here[name] != value}
        row.values = {
            "record": record.pk if record else None,
            "account": account.pk if account else None,
            "title": str(record or self.model(**changed)),
            "before": here,
            "changed": changed,
            "remarks": [*self.advice(record, changed), *_state_in_words(record)],
        }
        row.key = str(record.pk) if record else ""
        row.other_key = _mark(changed[self.unique_field]) if self.unique_field in changed else ""
        if record and not changed and not _is_sent_again(row, record):
            row.state = RunRow.State.SAME

    def mark_repeat(self, row: RunRow, line: int) -> None:
        words = _("Line %(line)d is about the same one already, or takes the same name.")
        row.problems.append(("", words % {"line": line}))

    def title_of(self, row: RunRow) -> str:
        return row.values.get("title") or super().title_of(row)

    def effect_of(self, row: RunRow) -> Effect | None:
        if not row.values or row.problems or row.state == RunRow.State.SAME:
            return None
        is_new, changed = row.values["record"] is None, row.values["changed"]
        if not changed:
            return Effect(_("Sent once more as it is"))
        changes = tuple(self._change(name, row.values["before"].get(name), changed[name]) for name in changed)
        return Effect(_("New") if is_new else _("Changes"), changes)

    def _change(self, name: str, old: Any, new: Any) -> Change:
        return Change(capfirst(self._label(name)), "" if old is None else _shown(old), _shown(new))

    def remarks_on(self, row: RunRow) -> list[str]:
        return row.values.get("remarks", []) if row.state == RunRow.State.READY else []

    def totals(self, run: Run) -> list[Figure]:
        ready = run.rows.filter(state=RunRow.State.READY)
        new = ready.filter(values__record=None).count()
        again = ready.exclude(values__record=None).filter(values__changed={}).count()
        counts = [(_("New"), new), (_("Changed"), ready.count() - new - again), (_("Sent once more"), again)]
        same = (_("Nothing to change"), run.rows.filter(state=RunRow.State.SAME).count())
        return [(name, str(count)) for name, count in (*counts, same) if count]

    def apply(self, run: Run, row: RunRow) -> int:
        """Make or change the record, unless it is not any more what the line has shown."""
        user = run.requested_by
        if not self.may_start(user):
            raise RowRefusedError(_("%(who)s may not do this any more.") % {"who": user})
        record = self._as_it_was_shown(row) if row.values["record"] else self._new(row)
        record.take(row.values["changed"])
        record._change_reason = Truncator(_("Through: %(run)s") % {"run": run}).chars(LONGEST_REASON)
        if changed := row.values["changed"]:
            self.save(record, changed, user)
        else:
            _send_again(record, user)
        return record.pk

    def _new(self, row: RunRow) -> SyncedModel:
        account = Connection.objects.get(pk=row.values["account"])
        if account.disconnected_at:
            raise RowRefusedError(_("It was checked for another account. Do it again for the present one."))
        return self.model(connection=account)

    def _as_it_was_shown(self, row: RunRow) -> SyncedModel:
        rows = self.model._base_manager.select_related("connection").select_for_update(of=("self",))
        try:
            record = usable(rows.filter(pk=row.values["record"]).first())
        except ValidationError as why:
            raise RowRefusedError(why.message) from why
        here, before = record.values_here(), row.values["before"]
        if differing := [name for name in here if here[name] != before.get(name)]:
            words = _(
                "Not changed: somebody else has changed it since this was checked (%(fields)s). "
                "Do it again to see what would change now."
            )
            raise RowRefusedError(words % {"fields": ", ".join(map(self._label, differing))})
        return record

    def _label(self, name: str) -> str:
        field: Any = self.model._meta.get_field(name)
        return str(field.verbose_name)

    def live(self, rows: Iterable[RunRow]) -> dict[int, RowOutcome]:
        keys = {row.pk: row.object_id for row in rows}
        records = self.model._base_manager.in_bulk(set(keys.values()))
        return {row: _outcome(records.get(key)) for row, key in keys.items()}

    def tally(self, run: Run) -> Counter[str]:
        done = run.rows.filter(state=RunRow.State.DONE).count()
        by_state = self._records(run).order_by().values_list("sync_state").annotate(count=Count("pk"))
        tally = Counter(dict(by_state))
        return tally + Counter({DELETED: done - tally.total()})

    def rows_with(self, run: Run, state: str) -> QuerySet[RunRow]:
        done, records = run.rows.filter(state=RunRow.State.DONE), self._records(run)
        if state == DELETED:
            return done.exclude(object_id__in=records.values("pk"))
        return done.filter(object_id__in=records.filter(sync_state=state).values("pk"))

    def is_moving(self, run: Run) -> bool:
        return self._records(run).filter(sync_state=RecordState.WAITING).exists()

    def repeatable(self, run: Run) -> Iterator[dict[str, Any]]:
        """Lines that changed nothing, and those whose record the provider has refused."""
        yield from super().repeatable(run)
        refused = self._records(run).filter(sync_state__in=TO_SEND_AGAIN)
        yield from not_done_again(run, Q(state=RunRow.State.DONE, object_id__in=refused.values("pk")))

    def _records(self, run: Run) -> QuerySet:
        """The records that the lines of the run have made or changed, as far as they still exist."""
        done = run.rows.filter(state=RunRow.State.DONE)
        return self.model._base_manager.filter(pk__in=done.values("object_id"))


class FileKind(RecordKind):
    """Records from a file. What stands here goes out as such a file too: taken in again, it changes nothing."""

    @abstractmethod
    def cells_of(self, record: Any) -> list[Any]:
        """What the columns say about a record as it is."""

    def table(self, records: QuerySet) -> Table:
        """Exactly these records, in their order."""
        header = [str(column.label) for column in self.columns]
        name = slugify(str(self.model._meta.verbose_name_plural))
        return Table(name, header, map(self.cells_of, records.iterator(chunk_size=CHUNK)))


class EditKind(RecordKind):
    """One change of many records that were chosen on their list. Its `form` asks what is to change."""

    form: ClassVar[type[forms.Form]]

    @abstractmethod
    def wanted(self, record: Any, edit: Mapping[str, Any]) -> Values:
        """What fields of the record should be, after what the form has asked. Raises ValidationError."""

    @staticmethod
    def rows_for(records: Iterable[SyncedModel], edit: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The lines of a run that makes the edit, which is what the form has found."""
        return ({"record": record.pk, "title": str(record), "edit": dict(edit)} for record in records)

    def title_of(self, row: RunRow) -> str:
        return row.data["title"]

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        records = self.model._base_manager.select_related("connection").in_bulk([row.data["record"] for row in rows])
        for row in rows:
            record = records.get(row.data["record"])
            try:
                self.plan(row, record, self.wanted(usable(record), row.data["edit"]))
            except ValidationError as error:
                row.problems += [("", message) for message in error.messages]


def usable(record: Record | None) -> Record:
    """A record that can be changed; load its connection with it. Raises ValidationError when it cannot."""
    if record is None:
        raise ValidationError(_("It was deleted."))
    if record.sync_state == RecordState.DELETING:
        raise ValidationError(_("It is being deleted."))
    if record.connection and record.connection.disconnected_at:
        raise ValidationError(_("It belongs to an account that is not connected any more."))
    return record


def _mark(value: Any) -> str:
    return sha256(str(value).encode()).hexdigest()


def _shown(value: Any) -> str:
    return "–" if value == "" else str(value)


def _state_in_words(record: SyncedModel | None) -> list[str]:
    """Where a record stands, when a person should know it before changing it."""
    if record is None or record.sync_state in QUIET:
        return []
    return [f"{STATES[record.sync_state].word}. {record.sync_message}".strip()]


def _is_sent_again(row: RunRow, record: SyncedModel) -> bool:
    return AGAIN_OF in row.data and record.sync_state in TO_SEND_AGAIN


def _send_again(record: SyncedModel, user: Any) -> None:
    try:
        sync_now(record, user=user)
    except TooLateError as why:
        raise RowRefusedError(str(why)) from why


def _outcome(record: Any) -> RowOutcome:
    if record is None:
        return RowOutcome(DELETED, _("It was deleted since."))
    return RowOutcome(record.sync_state, record.sync_message, record.get_absolute_url())
