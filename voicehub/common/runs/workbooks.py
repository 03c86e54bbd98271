"""The first sheet of an XLSX workbook, row by row. Nothing is unpacked, or held in memory, before it is measured."""

import re
import tempfile
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from voicehub.common.runs.cells import Cell, FileRefusedError, RawRow

MOST_INFLATED = 100 * 1024 * 1024
MOST_SHARED_TEXT = 20 * 1024 * 1024
# Of all other parts: styles, names, properties.
MOST_OF_A_PART = 5 * 1024 * 1024
MOST_ENTRIES = 500
# Texts of a workbook shrink to a tenth, perhaps a fiftieth; what shrinks more was made to.
MOST_SHRUNK = 200
SMALL = 1024 * 1024
LONGEST_ROW = 1024 * 1024
LAST_ROW = 1_048_576
MOST_COLUMNS = 100
PIECE = 64 * 1024
SHEET = "xl/worksheets/"
ROW_ENDS = re.compile(rb"</(?:\w+:)?row>")
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def workbook_rows(file: IO[bytes]) -> Generator[RawRow, None, None]:
    """The rows with their numbers; cells beyond MOST_COLUMNS are there only when something stands in them."""
    try:
        with measured_copy(file) as copy, closing(load_workbook(copy, read_only=True, keep_links=False)) as workbook:
            sheet = workbook.worksheets[0]
            # What it says about its own size may be wrong.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(), start=1):
                if number > LAST_ROW:
                    raise FileRefusedError(_damaged())
                yield number, _cells(row)
    except FileRefusedError:
        raise
    except Exception as error:
        # Whatever a library stumbles over in a hostile or broken workbook, people can do one thing about it.
        raise FileRefusedError(_damaged()) from error


@contextmanager
def measured_copy(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A copy of the workbook in which every part is as long as it says.

    Asked for a whole part, Python inflates it to the end, however little is declared; in pieces it stops there.
    """
    with zipfile.ZipFile(file) as archive, tempfile.TemporaryFile() as copy:
        _measure(archive.infolist())
        with zipfile.ZipFile(copy, "w") as target:
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    _copy(archive, entry, target)
        copy.seek(0)
        yield copy


def _measure(entries: Sequence[zipfile.ZipInfo]) -> None:
    if any(entry.compress_type not in PACKINGS for entry in entries):
        # The others cannot be inflated in pieces, and no spreadsheet program uses them.
        raise FileRefusedError(_damaged())
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or total > MOST_INFLATED or any(_is_too_large(entry) for entry in entries):
        raise FileRefusedError(_too_large())


def _is_too_large(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.lower()
    most = MOST_SHARED_TEXT if "sharedstrings" in name else MOST_OF_A_PART
    is_read_whole = name.endswith((".xml", ".rels")) and not name.startswith(SHEET)
    is_made_to_shrink = entry.file_size > max(SMALL, MOST_SHRUNK * entry.compress_size)
    return is_made_to_shrink or (is_read_whole and entry.file_size > most)


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: zipfile.ZipFile) -> None:
    """The reader holds a row of a sheet in memory at a time: none may be longer than any that people make."""
    is_sheet = entry.filename.lower().startswith(SHEET)
    end, since_row = b"", 0
    with archive.open(entry) as source, target.open(entry.filename, "w") as sink:
        while piece := source.read(PIECE):
            seen = end + piece
            # A workbook has no document type; a bomb of entities has.
            if b"<!DOCTYPE" in seen:
                raise FileRefusedError(_damaged())
            since_row = 0 if ROW_ENDS.search(seen) else since_row + len(piece)
            if is_sheet and since_row > LONGEST_ROW:
                raise FileRefusedError(_too_large())
            sink.write(piece)
            end = piece[-40:]


def _damaged() -> str:
    return _("This workbook cannot be read; it may be damaged. Open it, save it as XLSX anew, or as CSV UTF-8.")


def _too_large() -> str:
    return _("This workbook is far too large when it is unpacked. Save only the sheet in question, as CSV UTF-8.")


def _cells(row: Sequence[Any]) -> list[Cell]:
    beyond = (cell for cell in row[MOST_COLUMNS:] if cell.value is not None)
    return [_cell(cell) for cell in (*row[:MOST_COLUMNS], *beyond)]


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Cell(str(cell.value), _("This cell holds a formula: paste its value instead."))
    if cell.data_type == "e":
        return Cell(str(cell.value), _("This cell holds an error."))
    return Cell(_text(cell.value))


def _text(value: Any) -> str:
    """What a person sees in the cell: 20.15 without the noise of binary fractions, 1 for 1.0, dates as 2026-11-27."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
