"""Recipients of a campaign from a file: one line, one number, with its variables."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import moving, numbers, wording
from campaigns.columns import Columns
from campaigns.models import Campaign, Prompt, Recipient
from voicehub.common import do_not_call, phones
from voicehub.common.models import Run, RunRow
from voicehub.common.runs import BulkKind, Column, RunRefusedError
from voicehub.common.runs.kinds import Figure

CHANGE, VIEW = "campaigns.change_campaign", "campaigns.view_campaign"
State = Recipient.State
# In the data of a line: what was wrong with single cells of it when the file was read.
UNREADABLE = "unreadable"
# Lines that become skipped recipients: all of them, and those of numbers on the do-not-call list.
SKIPPED, LISTED = "recipient_skipped", "do_not_call"
SPREADSHEET_LETTERS = 26


class RecipientsFromFile(BulkKind):
    """The options of such a run name its `campaign`, what the `columns` mean, and the `first` line of the file.

    What may not be called becomes a recipient all the same, skipped for a reason: so the numbers add up.
    """

    slug = "recipients"
    label = gettext_lazy("Recipients of campaigns")
    permission = CHANGE
    is_checked_at_once = True

    def max_rows(self) -> int:
        return 1_000_000

    def subject(self, run: Run) -> Campaign | None:
        return Campaign.objects.filter(pk=run.options["campaign"]).first()

    def record_model(self) -> type[Campaign]:
        return Campaign

    def sees_all(self, user: Any) -> bool:
        return user.has_perm(VIEW)

    def columns_of(self, run: Run) -> Sequence[Column]:
        columns = Columns.of(run.options)
        headings = run.options["first"]["data"] if columns.has_headings else {}
        places = sorted({columns.number, *columns.variables, *headings}, key=int)
        return [Column(place, headings.get(place) or spreadsheet_name(place)) for place in places]

    def check(self, run: Run, rows: Sequence[RunRow]) -> None:
        columns = Columns.of(run.options)
        needed = wording.variables_of(Prompt.objects.filter(campaign=run.options["campaign"]))
        for row in rows:
            read_line(row, columns, needed)
        usable = [row.key for row in rows if row.key]
        listed = do_not_call.listed(usable)
        there = _in_campaign(run.options["campaign"], usable)
        for row in rows:
            if row.key:
                _place(row, is_listed=row.key in listed, is_there=row.key in there)

    def mark_repeat(self, row: RunRow, line: int) -> None:
        row.state = RunRow.State.SAME
        row.values["same_as"] = line

    def remarks_on(self, row: RunRow) -> list[str]:
        if line := row.values.get("same_as"):
            return [_("The same number as in line %(line)d.") % {"line": line}]
        if row.state == RunRow.State.SAME:
            return [_("The number is in the campaign already.")]
        return [_("Will not be called. %(why)s") % {"why": why}] if (why := row.values.get("reason")) else []

    def notes(self, run: Run) -> list[str]:
        columns = Columns.of(run.options)
        labels = {column.name: column.label for column in self.columns_of(run)}
        notes = [_("The numbers stand in the column “%(name)s”.") % {"name": labels[columns.number]}]
        if columns.variables:
            names = ", ".join(f"{{{name}}}" for name in columns.variables.values())
            notes.append(_("Words of the campaign can hold these variables: %(names)s.") % {"names": names})
        return notes

    def adjusting(self, run: Run) -> tuple[str, str]:
        return reverse("campaign_columns", args=[run.pk]), _("Choose the columns")

    def totals(self, run: Run) -> list[Figure]:
        count = {state: run.rows.filter(state=state).count() for state in ("ready", "same", "bad")}
        skipped, listed = (self.rows_with(run, state).count() for state in (SKIPPED, LISTED))
        figures = (
            (_("Will be called"), count["ready"] - skipped, ""),
            (_("Skipped: on the do-not-call list"), listed, f"record-{LISTED}"),
            (_("Skipped: may not be called"), skipped - listed, f"record-{SKIPPED}"),
            (_("Left out: twice, or in the campaign already"), count["same"], "row-same"),
            (_("Cannot be used"), count["bad"], "row-bad"),
        )
        return [(name, _linked(number, shown)) for name, number, shown in figures if number]

    def rows_with(self, run: Run, state: str) -> QuerySet[RunRow]:
        if state not in (SKIPPED, LISTED):
            return super().rows_with(run, state)
        skipped = run.rows.filter(state__in=(RunRow.State.READY, RunRow.State.DONE), values__state=State.SKIPPED)
        return skipped.filter(values__is_listed=True) if state == LISTED else skipped

    def start_label(self, run: Run) -> str:
        count = run.rows.filter(state=RunRow.State.READY).count()
        return ngettext("Add %(count)s recipient", "Add %(count)s recipients", count) % {"count": f"{count:,}"}

    def before_start(self, run: Run, user: Any) -> str:
        campaign = self.subject(run)
        if campaign is None or campaign.state != Campaign.State.DRAFT:
            raise RunRefusedError(too_late())
        return ""

    def apply_many(self, run: Run, rows: QuerySet[RunRow]) -> None:
        drafts = Campaign.objects.select_for_update().filter(state=Campaign.State.DRAFT)
        campaign = drafts.filter(pk=run.options["campaign"]).first()
        if campaign is None:
            rows.update(state=RunRow.State.REFUSED, message=too_late())
            return
        recipient = campaign.recipients.filter(number=OuterRef("key")).values("pk")
        meanwhile = _("The number has come into the campaign meanwhile.")
        rows.filter(Exists(recipient)).update(state=RunRow.State.REFUSED, message=meanwhile)
        moving.add_selected(
            campaign,
            rows,
            number=F("key"),
            line=F("number"),
            variables=F("values__variables"),
            zones=KT("values__zones"),
            state=Coalesce(KT("values__state"), Value(State.WAITING, TextField())),
            reason=Coalesce(KT("values__reason"), Value("", TextField())),
        )
        rows.update(state=RunRow.State.DONE, object_id=Subquery(recipient))

    def results(self, run: Run) -> list[Figure]:
        campaign = self.subject(run)
        if campaign is None:
            return []
        return [(_("Recipients of the campaign now"), f"{moving.tally(campaign).total():,}")]


def read_line(row: RunRow, columns: Columns, needed: Collection[str]) -> None:
    """Fill in the number of a line as its key, and its variables; or what is wrong with it."""
    data = row.data
    used = {columns.number, *columns.variables}
    row.problems = [problem for problem in data.get(UNREADABLE, ()) if problem[0] in used]
    variables = {name: data[place] for place, name in columns.variables.items() if place in data}
    try:
        number = numbers.read(data.get(columns.number, ""))
    except numbers.NotCallableError as why:
        row.problems.append((columns.number, str(why)))
        return
    row.problems += [("", _without(name)) for name in needed if name not in variables]
    if not row.problems:
        row.key = number
        row.values = {"variables": variables, "zones": numbers.zones_of(number)}


def spreadsheet_name(place: str) -> str:
    """What a spreadsheet calls a column: "Column A" for "0"."""
    letters, rest = "", int(place) + 1
    while rest:
        rest, last = divmod(rest - 1, SPREADSHEET_LETTERS)
        letters = chr(ord("A") + last) + letters
    return _("Column %(letters)s") % {"letters": letters}


def _linked(number: int, shown: str) -> str:
    """A figure, with the way to the lines that it counts."""
    return format_html('<a class="vh-link" href="?show={}">{}</a>', shown, f"{number:,}") if shown else f"{number:,}"


def _without(name: str) -> str:
    return _("It has no %(name)s, which the words of the campaign need.") % {"name": f"{{{name}}}"}


def _place(row: RunRow, *, is_listed: bool, is_there: bool) -> None:
    """Where a usable line goes: nowhere when its number is there already, else to those called or skipped."""
    if is_there:
        row.state = RunRow.State.SAME
    reason = _("It is on the do-not-call list.") if is_listed else phones.obstacle(row.key)
    if reason:
        row.values |= {"state": State.SKIPPED, "reason": reason, "is_listed": is_listed}


def _in_campaign(campaign: int, usable: Sequence[str]) -> set[str]:
    there = Recipient.objects.filter(campaign=campaign)
    return set(there.filter(number__in=usable).values_list("number", flat=True)) if there.exists() else set()


def too_late() -> str:
    """Why nobody can be added any more."""
    return _("Recipients can only be added while the campaign is a draft. Duplicate it to call more people.")
