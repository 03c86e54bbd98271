"""Recipients come in: from a file or pasted, read at once, looked over by a person, added in the background."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import columns as guessing
from campaigns.columns import Columns
from campaigns.models import Campaign
from campaigns.runs.recipients import UNREADABLE, RecipientsFromFile, too_late
from voicehub.common import runs
from voicehub.common.models import Run, RunRow
from voicehub.common.runs.files import FileRow, read_lines
from voicehub.common.runs.services import CHORE, digest_of, fill
from voicehub.sync import chores

__all__ = ["choose_columns", "import_file", "import_text", "too_late", "unfinished"]

# So many lines are looked at for a guess, and so many are shown to who decides.
LOOKED_AT, SHOWN = 50, 5
TO_BE_ADJUSTED = (Run.State.CHECKING, Run.State.READY)


def import_text(campaign: Campaign, text: str, *, user: Any) -> Run:
    """The same for what was pasted: a number a line, or rows of a spreadsheet."""
    return import_file(campaign, ContentFile(text.encode(), name=_("Pasted numbers")), user=user)


def import_file(campaign: Campaign, file: Any, *, user: Any) -> Run:
    """Read a file into a new run for the recipients of a campaign, its columns guessed. Raises FileRefusedError."""
    kind = RecipientsFromFile()
    shown = list(islice(read_lines(file, LOOKED_AT), LOOKED_AT))
    if not shown:
        raise runs.FileRefusedError(_("The file is empty."))
    lines = [line.data for line in shown]
    columns = guessing.guess(lines)
    options = {
        "campaign": campaign.pk,
        "columns": columns.stored(),
        "is_guess": not guessing.is_sure(columns, lines),
        "first": {"number": shown[0].number, "data": _data(shown[0])},
        "sample": lines[:SHOWN],
    }
    return fill(
        kind,
        str(file.name),
        lambda: _rows(read_lines(file, kind.max_rows()), columns),
        user=user,
        file_digest=digest_of(file),
        options=options,
    )


def unfinished(campaign: Campaign) -> bool:
    """Whether recipients are being added to the campaign just now."""
    return Run.objects.filter(
        kind=RecipientsFromFile.slug, state=Run.State.RUNNING, options__campaign=campaign.pk
    ).exists()


@transaction.atomic
def choose_columns(run: Run, columns: Columns) -> None:
    """Have the lines of a run read with other columns. Raises RunRefusedError when it has started meanwhile."""
    current = Run.objects.select_for_update().get(pk=run.pk)
    if current.state not in TO_BE_ADJUSTED:
        raise runs.RunRefusedError(_("This has been started: its columns cannot be changed any more."))
    first = current.options["first"]
    if columns.has_headings:
        current.rows.filter(number=first["number"]).delete()
    else:
        current.rows.get_or_create(number=first["number"], defaults={"data": first["data"]})
    current.rows.update(state=RunRow.State.NEW, values={}, key="")
    current.options |= {"columns": columns.stored(), "is_guess": False}
    # A worker that is still at it with the columns of before has lost the run.
    current.state, current.lease_until = Run.State.CHECKING, None
    current.save(update_fields=["options", "state", "lease_until"])
    chores.ring_on_commit(CHORE)


def _rows(lines: Iterator[FileRow], columns: Columns) -> Iterator[FileRow]:
    if columns.has_headings:
        next(lines)
    return (FileRow(line.number, _data(line)) for line in lines)


def _data(line: FileRow) -> dict[str, Any]:
    return {**line.data, UNREADABLE: line.problems} if line.problems else line.data
