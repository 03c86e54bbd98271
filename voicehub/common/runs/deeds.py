"""Buttons of records' own pages, pressed for many records: looked over first, carried out one by one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voicehub.common.models import Run, RunRow
from voicehub.common.runs.kinds import Effect, RowOutcome, RowRefusedError, RunKind
from voicehub.sync.admin.panel import Deed
from voicehub.sync.admin.states import STATES
from voicehub.sync.services import NotYetError, TooLateError

GONE = RowOutcome("removed")


class DeedsKind(RunKind):
    """What `model_admin` offers on the page of one record, for many. A row names its record and the deed."""

    def __init__(self, model_admin: Any) -> None:
        self.admin = model_admin
        self.slug = f"deeds-{model_admin.opts.label_lower}"[:40]
        self.label = format_lazy(
            gettext_lazy("Many at once: {records}"), records=model_admin.opts.verbose_name_plural
        )

    def max_rows(self) -> int:
        return 10_000

    def may_start(self, user: Any) -> bool:
        return user.is_active and self.admin.may_act_for_many(as_asked_by(user))

    def record_model(self) -> Any:
        return self.admin.model

    def rows_for(self, records: Iterable[Any], deed: str, reason: str = "") -> Iterator[dict[str, Any]]:
        """The lines of a run that does this to the records."""
        for record in records:
            yield {"record": record.pk, "title": str(record), "deed": deed, "reason": reason}

    def title_of(self, row: RunRow) -> str:
        return row.data["title"]

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        records = self._records(run.requested_by, rows)
        for row in rows:
            row.key = str(row.data["record"])
            try:
                deed = self._deed(run, row, records.get(row.data["record"]))
            except RowRefusedError as why:
                row.problems.append(("", str(why)))
            else:
                row.values = {"does": str(deed.label), "confirm": str(deed.confirm)}

    def apply(self, run: Run, row: RunRow) -> int:
        record = self._records(run.requested_by, [row]).get(row.data["record"])
        try:
            self._deed(run, row, record).do(run.requested_by, row.data["reason"])
        except (TooLateError, NotYetError) as why:
            raise RowRefusedError(str(why)) from why
        return row.data["record"]

    def _records(self, user: Any, rows: Sequence[RunRow]) -> dict[Any, Any]:
        """Those of the records that the person may see."""
        visible = self.admin.get_queryset(as_asked_by(user))
        return visible.in_bulk([row.data["record"] for row in rows])

    def _deed(self, run: Run, row: RunRow, record: Any) -> Deed:
        """Raises RowRefusedError where the page of the record would not offer it."""
        if record is None:
            raise RowRefusedError(_("It was deleted."))
        offered = self.admin.deeds_for_many(as_asked_by(run.requested_by), record)
        deed = next((one for one in offered if one.name == row.data["deed"]), None)
        if deed is None:
            raise RowRefusedError(self.admin.why_not_for_many(record))
        return deed

    def effect_of(self, row: RunRow) -> Effect | None:
        return Effect(row.values["does"]) if row.values and not row.problems else None

    def notes(self, run: Run) -> list[str]:
        """What the buttons ask before they are pressed, once each."""
        asked = run.rows.filter(state=RunRow.State.READY).order_by().values_list("values__confirm", flat=True)
        return [*super().notes(run), *sorted(filter(None, asked.distinct()))]

    def start_label(self, run: Run) -> str:
        count = run.rows.filter(state=RunRow.State.READY).count()
        return ngettext("Do it for %d record", "Do it for %d records", count) % count

    def live(self, rows: Iterable[RunRow]) -> dict[int, RowOutcome]:
        keys = {row.pk: row.object_id for row in rows}
        records = self.admin.model._base_manager.in_bulk(set(keys.values()))
        return {row: self._outcome(records.get(key)) for row, key in keys.items()}

    def _outcome(self, record: Any) -> RowOutcome:
        if record is None:
            return GONE
        opts = self.admin.opts
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(record.pk)])
        return RowOutcome(self.admin.state_for_many(record), url=url)


def as_asked_by(user: Any) -> HttpRequest:
    """What admin classes ask who somebody is, away from a browser: it carries nothing but the person."""
    request = HttpRequest()
    request.user = user
    return request


def not_possible(state: str) -> str:
    """Why a record in this state is left out."""
    return _("This is not possible for it now: its state is “%(state)s”.") % {"state": STATES[state].word}
