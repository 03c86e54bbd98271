"""Kinds of run whose lines are filled-in forms: each is read, checked and saved as the record's own page does it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import Effect, Figure, RowOutcome, RowRefusedError, RunKind
from voicehub.sync.timeline import Change


class FormKind(RunKind):
    """One line, one record: new, or changed where one has the line's `key`.

    The columns are called as the fields of the `form`; a cell that is left empty leaves a record as it is.
    """

    form: ClassVar[type[ModelForm]]
    key: ClassVar[str]

    @abstractmethod
    def save(self, record: Any, user: Any) -> None:
        """Save a record as its page does. Raises RowRefusedError."""

    @abstractmethod
    def found(self, keys: Iterable[str]) -> Mapping[str, Model]:
        """The records of these keys, by key, as they may be changed from a file."""

    @abstractmethod
    def key_of(self, text: str) -> str:
        """What is typed in the column of the key, as records have it."""

    def may_start(self, user: Any) -> bool:
        opts = self.record_model()._meta
        return user.has_perms([f"{opts.app_label}.{deed}_{opts.model_name}" for deed in ("add", "change")])

    def record_model(self) -> Any:
        return self.form._meta.model

    def sees_all(self, user: Any) -> bool:
        return self.may_start(user)

    @transaction.atomic
    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        for row in rows:
            row.key = self.key_of(row.data[self.key])
        there = self.found({row.key for row in rows})
        for row in rows:
            self._read(row, there.get(row.key))

    def _read(self, row: RunRow, record: Any) -> None:
        # A form writes into its record what it finds.
        before = self._shown(record) if record else {}
        form = self._filled_in(row, record)
        for name, texts in form.errors.items():
            row.problems += [(name if name in form.fields else "", text) for text in texts]
        row.values = {"record": record.pk if record else None, "before": before, "after": {}}
        if not row.problems:
            row.values["after"] = self._shown(form.save(commit=False))
            row.state = RunRow.State.SAME if row.values["after"] == before else row.state

    def _filled_in(self, row: RunRow, record: Any) -> ModelForm:
        """The form as somebody would have typed it who follows the line."""
        blank = self.form(instance=record)
        as_it_is = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
        typed = {column.name: row.data.get(column.name, "") for column in self.columns}
        return self.form(as_it_is | {name: text for name, text in typed.items() if text}, instance=record)

    def _shown(self, record: Any) -> dict[str, str]:
        return {column.name: str(getattr(record, column.name)) for column in self.columns}

    def mark_repeat(self, row: RunRow, line: int) -> None:
        row.problems.append((self.key, _("Line %(line)d is about the same one already.") % {"line": line}))

    def effect_of(self, row: RunRow) -> Effect | None:
        if not row.values or row.problems or row.state == RunRow.State.SAME:
            return None
        before, after = row.values["before"], row.values["after"]
        changed = [name for name in after if after[name] != before.get(name) and after[name]]
        changes = tuple(Change(self._label(name), before.get(name, ""), after[name]) for name in changed)
        return Effect(_("Changes") if row.values["record"] else _("New"), changes)

    def _label(self, name: str) -> str:
        return capfirst(str(next(column.label for column in self.columns if column.name == name)))

    def totals(self, run: Run) -> list[Figure]:
        ready = run.rows.filter(state=RunRow.State.READY)
        new = ready.filter(values__record=None).count()
        return [(name, str(count)) for name, count in ((_("New"), new), (_("Changed"), ready.count() - new)) if count]

    def apply(self, run: Run, row: RunRow) -> int:
        """Raises RowRefusedError where the record is not any more what the line has shown."""
        user = run.requested_by
        if not self.may_start(user):
            raise RowRefusedError(_("%(who)s may not do this any more.") % {"who": user})
        record: Any = self.found([row.key]).get(row.key)
        if (self._shown(record) if record else {}) != row.values["before"]:
            raise RowRefusedError(_("Not changed: somebody else has changed it since this was checked."))
        form = self._filled_in(row, record)
        if not form.is_valid():
            raise RowRefusedError(" ".join(str(text) for texts in form.errors.values() for text in texts))
        saved = form.save(commit=False)
        self.save(saved, user)
        return saved.pk

    def live(self, rows: Iterable[RunRow]) -> dict[int, RowOutcome]:
        keys = {row.pk: row.object_id for row in rows}
        records: Any = self.record_model()._base_manager.in_bulk(set(keys.values()))
        urls = {key: record.get_absolute_url() for key, record in records.items()}
        return {row: RowOutcome("done", url=urls[key]) for row, key in keys.items() if key in urls}
