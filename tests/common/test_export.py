"""Files for spreadsheets: the rows as they are, nothing that runs, nothing that breaks the file."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.http import Http404

from voicehub.sync import export
from voicehub.sync.export import Table, file_response

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROW = [7, Decimal("1234.5"), AT, None, "Zoë"]


def body(answer):
    return b"".join(answer.streaming_content)


def as_csv(*rows, zone=UTC):
    text = body(file_response(Table("t", ["A", "B", "C", "D", "E"], iter(rows), zone), "csv")).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def as_xlsx(*rows, zone=UTC):
    answer = file_response(Table("t", ["A", "B", "C", "D", "E"], iter(rows), zone), "xlsx")
    return openpyxl.load_workbook(io.BytesIO(body(answer)))


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_csv_has_the_rows_with_two_places_and_times_that_name_their_offset():
    rows = as_csv(ROW, zone=ZoneInfo("Asia/Tokyo"))
    assert rows == [["A", "B", "C", "D", "E"], ["7", "1234.50", "2026-01-02 12:04:05+09:00", "", "Zoë"]]


def test_a_workbook_has_numbers_and_times_as_the_readers_clock_showed_them():
    rows = values(as_xlsx(ROW, zone=ZoneInfo("Asia/Tokyo")).active)
    assert rows == [
        ["A", "B", "C", "D", "E"],
        [7, 1234.5, datetime.fromisoformat("2026-01-02T12:04:05"), None, "Zoë"],
    ]


def test_amounts_of_a_workbook_are_shown_with_two_places():
    assert as_xlsx(ROW).active["B2"].number_format == "0.00"


def test_headings_that_came_with_a_file_become_no_formula_either():
    table = Table("t", ["=HYPERLINK(1)", "a\0b"], iter([]), UTC)
    assert body(file_response(table, "csv")).decode().startswith("\ufeff'=HYPERLINK(1),")
    first, second = openpyxl.load_workbook(io.BytesIO(body(file_response(table, "xlsx")))).active[1]
    assert (first.value, first.data_type, second.value) == ("'=HYPERLINK(1)", "s", "a\ufffdb")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_becomes_a_formula(start):
    text = f"{start}HYPERLINK(1)"
    assert as_csv([text])[1] == [f"'{text}"]
    cell = as_xlsx([text]).active["A2"]
    assert (cell.data_type, cell.value.replace("_x000D_", "\r")) == ("s", f"'{text}")
    assert as_csv([f"'{text}"])[1] == [f"''{text}"]


def test_a_negative_number_stays_a_number():
    assert as_csv([-5, Decimal("-2.5")])[1] == ["-5", "-2.50"]
    assert values(as_xlsx([-5, Decimal("-2.5")]).active)[1][:2] == [-5, -2.5]


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\ufffeb"])
def test_what_a_workbook_cannot_hold_does_not_break_it(text):
    assert as_xlsx([text]).active["A2"].value == "a\ufffdb"


def test_a_text_longer_than_a_cell_is_cut():
    assert len(as_xlsx(["x" * 40_000]).active["A2"].value) == export.LONGEST_CELL


def test_a_table_without_rows_still_has_its_header():
    assert as_csv() == [["A", "B", "C", "D", "E"]]
    assert values(as_xlsx().active) == [["A", "B", "C", "D", "E"]]


def test_rows_that_do_not_fit_on_a_sheet_go_on_the_next(monkeypatch):
    monkeypatch.setattr(export, "ROWS_OF_A_SHEET", 2)
    book = as_xlsx([1], [2], [3])
    assert [values(sheet)[1:] for sheet in book] == [
        [[1, None, None, None, None], [2, None, None, None, None]],
        [[3, None, None, None, None]],
    ]


def test_an_unknown_format_is_not_found():
    with pytest.raises(Http404):
        file_response(Table("t", ["A"], iter([])), "exe")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_memory_stays_flat_however_many_rows_there_are(db, file_format):
    def most_memory(count):
        tracemalloc.start()
        answer = file_response(Table("t", ["A", "B"], ([n, "x" * 200] for n in range(count))), file_format)
        for _part in answer.streaming_content:
            pass
        answer.close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    most_memory(100)
    assert most_memory(4000) < most_memory(400) + 300_000
