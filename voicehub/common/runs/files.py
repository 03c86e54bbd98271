"""Reading what people upload: CSV or XLSX, by what is in it and not by its name, row by row.

Nothing in a file is trusted: archives are measured before they are unpacked, XML is read without entities, formulas
are not evaluated, and text that no database can hold is replaced and reported. The apostrophe by which our own
exports keep a text from being a formula is taken away again.
"""

import csv
import io
import re
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from voicehub.common.models import RunRow
from voicehub.common.runs.cells import EMPTY, Cell, FileRefusedError, RawRow
from voicehub.common.runs.kinds import Column
from voicehub.common.runs.workbooks import MOST_COLUMNS, workbook_rows
from voicehub.sync.export import restored

__all__ = ["FileRefusedError", "FileRow", "read", "read_lines", "unknown_headings"]

LONGEST_CELL = 5_000
MOST_NAMED = 10
PLACES = tuple(map(str, range(MOST_COLUMNS)))
DELIMITERS = (",", ";", "\t")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
QUOTED = re.compile('"[^"]*"')
LINE_END = re.compile("\r\n?")
# Unicode's control characters and halves of surrogate pairs; the second leaves out the line break and the tab.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(slots=True)
class FileRow:
    """One row: the line in the file, the cells by column, and what is wrong with single cells.

    What a check finds fits in as well, under the names that it has in a `RunRow`: making very many of those takes
    longer than reading and checking them.
    """

    number: int
    data: dict[str, Any]
    problems: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    key: str = ""
    other_key: str = ""
    state: str = RunRow.State.NEW


def read(file: Any, columns: Sequence[Column], max_rows: int) -> Iterator[FileRow]:
    """The rows below the headings; empty ones are left out. Raises FileRefusedError at the first row or midway."""
    with closing(_raw_rows(file, columns)) as raw:
        rows = (row for row in raw if _has_something(row))
        headings = _headings(rows)
        places = _places(headings, columns)
        for count, (number, cells) in enumerate(rows, start=1):
            if count > max_rows:
                raise _too_many(max_rows)
            yield _file_row(number, cells, places, len(headings))


def read_lines(file: Any, max_rows: int) -> Iterator[FileRow]:
    """Every line, the first one too, with its cells by their places ("0", "1", ...); what is empty is left out.

    For files whose columns nobody knows beforehand. Raises FileRefusedError at the first row or midway.
    """
    with closing(_raw_rows(file, ())) as raw:
        for count, (number, cells) in enumerate(filter(_has_something, raw)):
            if count > max_rows:
                raise _too_many(max_rows)
            yield _line(number, cells)


def _line(number: int, cells: Sequence[Cell]) -> FileRow:
    line = FileRow(number, {})
    for place, cell in zip(PLACES, cells, strict=False):
        text, problem = _cleaned(cell)
        if text:
            line.data[place] = text
        if problem:
            line.problems.append((place, problem))
    return line


def unknown_headings(file: Any, columns: Sequence[Column]) -> list[str]:
    """Headings of columns that nobody reads: perhaps one of them is only misspelt. Raises FileRefusedError."""
    known = _names(columns)
    with closing(_raw_rows(file, columns)) as raw:
        headings = _headings(row for row in raw if _has_something(row))
    unknown = [_without_controls(text) for text in headings if text and _plain(text) not in known]
    return [Truncator(text).chars(40) for text in unknown[:MOST_NAMED]]


def _too_many(most: int) -> FileRefusedError:
    return FileRefusedError(_("The file has more than %(most)d lines. Divide it into several.") % {"most": most})


def _has_something(row: RawRow) -> bool:
    return any(cell.text or cell.problem for cell in row[1])


def _headings(rows: Iterator[RawRow]) -> list[str]:
    """The first row, up to the last heading. Raises FileRefusedError when there is none."""
    _number, cells = next(rows, (0, ()))
    texts = [cell.text.strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if not texts:
        raise FileRefusedError(_("The file is empty."))
    return texts


def _raw_rows(file: Any, columns: Sequence[Column]) -> Generator[RawRow, None, None]:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == ZIP:
        return workbook_rows(file)
    if start == OLE:
        raise FileRefusedError(
            _("This is an old Excel file, or one with a password. Save it as XLSX without one, or as CSV UTF-8.")
        )
    return _csv_rows(file, next((name for bom, name in BOMS if start.startswith(bom)), "utf-8"), columns)


def _file_row(number: int, cells: Sequence[Cell], places: dict[int, Column], width: int) -> FileRow:
    row = FileRow(number, {})
    for place, column in places.items():
        cell = cells[place] if place < len(cells) else EMPTY
        row.data[column.name], problem = _cleaned(cell, column.is_multiline)
        if problem:
            row.problems.append((column.name, problem))
    if any(cell.text for cell in cells[width:]):
        row.problems.append(("", _("There are more cells in this line than headings.")))
    return row


def _cleaned(cell: Cell, is_multiline: bool = False) -> tuple[str, str]:
    if len(cell.text) <= LONGEST_CELL and cell.text.isprintable() and not cell.text.startswith("'"):
        return cell.text.strip(), cell.problem
    text = LINE_END.sub("\n", restored(cell.text)).strip()
    if len(text) > LONGEST_CELL:
        return _without_controls(text[:LONGEST_CELL]), _("This is too long.")
    clean = _without_controls(text, CONTROL_IN_LINES if is_multiline else CONTROL)
    if clean == text:
        return text, cell.problem
    if is_multiline:
        return clean, _("There is an invisible control character in this cell.")
    return clean, _("There is an invisible control character or a line break in this cell.")


def _without_controls(text: str, controls: re.Pattern[str] = CONTROL) -> str:
    return controls.sub("\ufffd", text)


def _places(headings: Sequence[str], columns: Sequence[Column]) -> dict[int, Column]:
    """Which column stands where. Raises FileRefusedError with all that is missing."""
    names = _names(columns)
    found = {place: names[_plain(text)] for place, text in enumerate(headings) if _plain(text) in names}
    missing = [str(one.label) for one in columns if one.is_required and one not in found.values()]
    if not found or missing:
        wanted = ", ".join(missing if found else [str(one.label) for one in columns])
        raise FileRefusedError(
            _("The first line must hold the headings. Not found: %(wanted)s. The template shows how it should look.")
            % {"wanted": wanted}
        )
    if len({column.name for column in found.values()}) < len(found):
        raise FileRefusedError(_("A heading stands there twice. Take one of the columns away."))
    return found


def _names(columns: Iterable[Column]) -> dict[str, Column]:
    return {_plain(text): one for one in columns for text in (*one.aliases, str(one.label), one.name)}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _csv_rows(file: Any, encoding: str, columns: Sequence[Column]) -> Generator[RawRow, None, None]:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter = _delimiter(text, columns)
        yield from _numbered(csv.reader(text, delimiter=delimiter, strict=True))
    except UnicodeError as error:
        raise FileRefusedError(
            _("This is neither CSV nor XLSX, or not written in UTF-8. Save it as “CSV UTF-8” or as XLSX.")
        ) from error
    finally:
        text.detach()


def _delimiter(text: io.TextIOWrapper, columns: Sequence[Column]) -> str:
    """The separator that makes the most headings known, or the most cells; the first line that is not empty tells."""
    known = _names(columns)
    line = next((line for line in iter(lambda: text.readline(100_000), "") if line.strip(" \t\r\n,;")), "")
    text.seek(0)
    return max(DELIMITERS, key=lambda one: (_known_parts(line, one, known), QUOTED.sub("", line).count(one)))


def _known_parts(line: str, delimiter: str, known: Container[str]) -> int:
    return sum(_plain(part.strip('"\r\n ')) in known for part in line.split(delimiter))


def _numbered(reader: Any) -> Iterator[RawRow]:
    line = 1
    try:
        for row in reader:
            yield line, [Cell(text) for text in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError(
            _("Line %(line)d cannot be read: a quotation mark is missing or a cell is far too long.") % {"line": line}
        ) from error
