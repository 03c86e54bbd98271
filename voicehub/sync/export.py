"""Tables as files for spreadsheets, CSV or XLSX, in flat memory however many rows there are.

What a spreadsheet would take for a formula is made harmless: names, titles and even headings come from other people.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import get_current_timezone, localtime
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

# A spreadsheet takes what begins so for a formula and runs it. An apostrophe before it keeps it a text; one that was
# there already gets another, so that `restored` knows which to take away.
FORMULA = re.compile("'*[=+\\-@\t\r]")
# What XML, and with it a workbook, cannot hold.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_CELL = 32_767
# Excel's own limit is a little higher; what is left goes on the next sheet.
ROWS_OF_A_SHEET = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AMOUNT_FORMAT, TIME_FORMAT = "0.00", "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True)
class Table:
    """Rows to export. `name` becomes the file's name; `rows` is read once, while the file is written.

    A value may be a text, a number, an amount (Decimal), a time or None; anything else is written as its text.
    Times are shown in `zone`, the reader's, who may be gone by the time that the rows are written.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    zone: tzinfo = field(default_factory=get_current_timezone)


def file_response(table: Table, file_format: str) -> HttpResponseBase:
    """The table as a download; raises Http404 for a format that is not in FORMATS."""
    if file_format not in FORMATS:
        raise Http404
    return FORMATS[file_format](table)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(table: Table) -> StreamingHttpResponse:
    """Written while it is sent. Amounts have two places, times say how far from UTC they are."""
    response = StreamingHttpResponse(_csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return response


def _csv_lines(table: Table) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Excel reads UTF-8 only when told so.
    yield "\ufeff" + writer.writerow([harmless(str(name)) for name in table.header])
    for row in table.rows:
        yield writer.writerow([_csv_text(value, table.zone) for value in row])


def _csv_text(value: Any, zone: tzinfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return localtime(value, zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value) if isinstance(value, int) else harmless(str(value))


def xlsx_response(table: Table) -> FileResponse:
    """A workbook, written to a file on disk first: its table of contents can be made only at the end."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    _write_workbook(table, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{table.name}.xlsx", content_type=XLSX)


def _write_workbook(table: Table, file: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = _new_sheet(book, table)
    for number, row in enumerate(table.rows):
        if number and number % ROWS_OF_A_SHEET == 0:
            sheet = _new_sheet(book, table)
        sheet.append([_cell(sheet, value, table.zone) for value in row])
    book.save(file)


def _new_sheet(book: Workbook, table: Table) -> Any:
    sheet = book.create_sheet()
    sheet.append([_cell(sheet, name, table.zone) for name in table.header])
    return sheet


def _cell(sheet: Any, value: Any, zone: tzinfo) -> Any:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, datetime):
        # Workbooks know no zones: what is written is what the clock on the reader's wall showed.
        return _formatted(sheet, localtime(value, zone).replace(tzinfo=None), TIME_FORMAT)
    if isinstance(value, Decimal):
        return _formatted(sheet, value, AMOUNT_FORMAT)
    return harmless(NOT_IN_XML.sub("\ufffd", str(value)))[:LONGEST_CELL]


def _formatted(sheet: Any, value: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def harmless(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text of which `harmless` made this."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


FORMATS: dict[str, Callable[[Table], HttpResponseBase]] = {"csv": csv_response, "xlsx": xlsx_response}
