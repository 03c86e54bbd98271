"""Rows as a file that people open in a spreadsheet: CSV or XLSX, written while it is sent or in a temporary file."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

# A spreadsheet takes what begins so for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
ILLEGAL_IN_XML = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])

Row = Sequence[Any]


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def response(name: str, file_format: str, header: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """The rows as a download called `name` with the ending of the format, one of FORMATS."""
    return xlsx_response(name, header, rows) if file_format == "xlsx" else csv_response(name, header, rows)


def csv_response(name: str, header: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def xlsx_response(name: str, header: Row, rows: Iterable[Row]) -> FileResponse:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in chain([header], rows):
        sheet.append([_text_cell(sheet, value) for value in row])
    # The answer closes it once it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Excel reads UTF-8 only when told so.
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([_harmless(value) for value in row])


def _harmless(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _text_cell(sheet: Any, value: Any) -> Any:
    """A cell that stays text, whatever it begins with; numbers stay numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    cell = WriteOnlyCell(sheet, value=str(value).translate(ILLEGAL_IN_XML))
    cell.data_type = "s"
    return cell
