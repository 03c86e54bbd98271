"""Whatever people upload: rows, or one clear sentence about what to do."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from voicehub.common.runs.files import FileRefusedError, read, unknown_headings
from voicehub.common.runs.kinds import Column
from voicehub.sync.export import Table, file_response

COLUMNS = (
    Column("name", "Name", is_required=True, aliases=("who",)),
    Column("amount", "Amount to pay"),
    Column("text", "Text", is_multiline=True),
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(range(256))


def rows_of(content, most=1000):
    return list(read(io.BytesIO(content), COLUMNS, most))


def data_of(content):
    return [row.data for row in rows_of(content)]


def why(content, most=1000):
    with pytest.raises(FileRefusedError) as refused:
        rows_of(content, most)
    return str(refused.value)


def workbook(*rows, **more):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
ANN = '<row r="2"><c r="A2" t="inlineStr"><is><t>Ann</t></is></c></row>'


def by_hand(sheet, packing=zipfile.ZIP_DEFLATED, **parts):
    """A workbook with that content of its sheet, and other parts of it replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook(["Name"]))) as whole:
        contents = {name: whole.read(name) for name in whole.namelist()}
    contents["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{SPACE}">{sheet}</worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as made:
        for name, content in (contents | parts).items():
            made.writestr(name, content)
    return file.getvalue()


def lying(content, name, size):
    """The archive with another size of one part declared, and the checksum that fits it."""
    with zipfile.ZipFile(io.BytesIO(content)) as honest:
        part, start = honest.getinfo(name), honest.read(name)[:size]
    truth = struct.pack("<III", part.CRC, part.compress_size, part.file_size)
    assert content.count(truth) == 2
    return content.replace(truth, struct.pack("<III", zlib.crc32(start), part.compress_size, size))


def memory_for(content):
    """What reading takes at most, in bytes, and what came of it."""
    tracemalloc.start()
    try:
        return read_or_refused(content), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


TWO = [{"name": "Ann", "amount": "20.15"}, {"name": "Zoë", "amount": "1"}]


@pytest.mark.parametrize(
    "content",
    [
        "Name,Amount to pay\nAnn,20.15\nZoë,1\n".encode(),
        "Name;Amount to pay\r\nAnn;20.15\r\nZoë;1".encode(),
        "who\tamount\nAnn\t20.15\nZoë\t1\n".encode(),
        "\ufeffNAME,amount\nAnn,20.15\nZoë,1\n".encode(),
        "Name,Amount\nAnn,20.15\nZoë,1\n".encode("utf-16"),
        "\ufeffName;Amount\nAnn;20.15\nZoë;1\n".encode("utf-16-be"),
        'Amount,Other,"Name"\n20.15,x,"Ann"\n1,y,"Zoë"\n'.encode(),
        "\n\nName,Amount\n\nAnn, 20.15 \n,\nZoë,1\n\n".encode(),
        workbook(["Name", "Amount"], ["Ann", 20.15], ["Zoë", 1.0]),
        workbook([None, None], ["amount", "who"], ["20.15", "Ann"], [None, None], [1, "Zoë"]),
    ],
)
def test_the_same_rows_are_read_however_they_were_saved(content):
    assert data_of(content) == TWO


def test_lines_are_counted_as_people_see_them():
    content = b'Name,Amount\n"Ann\nArcher",1\n\nBob,2\n'
    assert [row.number for row in rows_of(content)] == [2, 5]
    assert [row.number for row in rows_of(workbook(["Name"], ["Ann"], [None], ["Bob"]))] == [2, 4]


@pytest.mark.parametrize(
    "content", [PNG, PNG * 100, bytes(range(256)) * 9, b"\xff\xfeA", "Name\nZoë".encode("latin-1")]
)
def test_what_is_no_table_is_refused_with_what_to_do(content):
    assert "CSV UTF-8" in why(content) or "headings" in why(content)


def test_an_old_or_locked_workbook_is_refused_by_name():
    assert "old Excel file" in why(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", workbook()])
def test_an_empty_file_is_said_to_be_empty(content):
    assert "empty" in why(content)


def test_missing_headings_are_all_named_at_once():
    assert "Not found: Name." in why(b"Amount\n1\n")
    assert "Not found: Name, Amount to pay, Text." in why(b"x,y\n1,2\n")


def test_a_heading_that_stands_there_twice_is_refused():
    assert "twice" in why(b"Name,who\nAnn,Bob\n")


def test_too_many_lines_are_refused_as_soon_as_they_are_seen():
    assert "more than 1000 lines" in why(b"Name\n" + b"Ann\n" * 200_000)


def test_an_open_quotation_mark_is_said_with_its_line():
    assert "Line 3" in why(b'Name\nAnn\n"Bob\n')


def test_a_cell_that_never_ends_is_refused():
    assert "far too long" in why(b"Name\n" + b"x" * 300_000 + b"\n")


def test_a_long_cell_and_invisible_characters_are_problems_of_their_line():
    first, second, third = rows_of(f"Name\n{'x' * 6000}\nA\x07nn\nBob\n".encode())
    assert first.problems == [("name", "This is too long.")]
    assert "control character" in second.problems[0][1]
    assert second.data["name"] == "A\ufffdnn"
    assert third.problems == []


def test_a_column_for_longer_texts_takes_line_breaks():
    csv_file = b'Name,Text\nAnn,"First\r\nsecond\tthird\rlast"\n'
    for content in (csv_file, workbook(["Name", "Text"], ["Ann", "First\nsecond\tthird\nlast"])):
        (row,) = rows_of(content)
        assert (row.data["text"], row.problems) == ("First\nsecond\tthird\nlast", [])
    (row,) = rows_of(b"Name,Text\nAnn,a\x07b\n")
    assert (row.data["text"], len(row.problems)) == ("a\ufffdb", 1)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from("'=+-@ \tab"), max_size=5))
def test_what_an_export_has_kept_from_being_a_formula_is_read_as_it_was(file_format, text):
    answer = file_response(Table("t", ["Name", "Text"], [["Ann", text]]), file_format)
    (row,) = rows_of(b"".join(answer.streaming_content))
    assert row.data["text"] == text.strip()


def test_cells_beyond_the_headings_are_a_problem_of_their_line():
    assert "more cells" in rows_of(b"Name\nAnn,extra\n")[0].problems[0][1]


def test_formulas_in_a_workbook_are_not_believed():
    (row,) = rows_of(workbook(["Name", "Amount"], ["Ann", "=1+1"]))
    assert row.problems == [("amount", "This cell holds a formula: paste its value instead.")]


def test_what_looks_like_a_formula_in_csv_is_text():
    assert data_of(b"Name,Amount\n=cmd|' /C calc'!A0,1\n")[0]["name"].startswith("=cmd")


def test_numbers_come_without_noise():
    amounts = [20.15, 0.1 + 0.2, 1e3, 1, 1.005, 1234567.89]
    read_as = [one["amount"] for one in data_of(workbook(["Name", "Amount"], *(["Ann", one] for one in amounts)))]
    assert read_as == ["20.15", "0.3", "1000", "1", "1.005", "1234567.89"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    assert "far too large" in why(archive(xl__workbook="x" * 120_000_000))


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_part_that_is_longer_than_it_says_is_not_inflated(packing):
    types = zipfile.ZipFile(io.BytesIO(workbook(["Name"]))).read("[Content_Types].xml")
    sheet = f"<sheetData>{HEADING}{ANN}</sheetData>"
    bomb = by_hand(sheet, packing, **{"[Content_Types].xml": types + b" " * 60_000_000})
    _found, memory = memory_for(lying(bomb, "[Content_Types].xml", len(types)))
    assert memory < 3_000_000


@pytest.mark.parametrize("cells", [f"{'<c/>' * 5_000_000}", "".join(f'<c s="{n}"/>' for n in range(300_000))])
def test_a_row_that_would_fill_the_memory_is_refused(cells):
    found, memory = memory_for(by_hand(f"<sheetData>{HEADING}<row>{cells}</row></sheetData>"))
    assert "far too large" in str(found)
    assert memory < 3_000_000


def test_styles_that_would_fill_the_memory_are_refused():
    styles = "".join(f"<xf a='{number}'/>" for number in range(400_000))
    found, memory = memory_for(by_hand(f"<sheetData>{HEADING}</sheetData>", **{"xl/styles.xml": styles}))
    assert "far too large" in str(found)
    assert memory < 3_000_000


@pytest.mark.timeout(10)
def test_a_row_number_that_no_sheet_has_is_refused_at_once():
    far = ANN.replace('r="2"', 'r="99999999999"')
    assert "cannot be read" in why(by_hand(f"<sheetData>{HEADING}{far}</sheetData>"))


@pytest.mark.parametrize("size", ["A1:A1", "A1:XFD1048576"])
def test_what_a_sheet_says_about_its_size_does_not_matter(size):
    sheet = f'<dimension ref="{size}"/><sheetData>{HEADING}{ANN}</sheetData>'
    assert data_of(by_hand(sheet)) == [{"name": "Ann"}]


@pytest.mark.parametrize("place", ["B2", "CV2", "XFD2"])
def test_a_cell_of_a_workbook_beyond_the_headings_is_a_problem_of_its_line(place):
    more = ANN.replace("</row>", f'<c r="{place}"><v>1</v></c></row>')
    (row,) = rows_of(by_hand(f"<sheetData>{HEADING}{more}</sheetData>"))
    assert "more cells" in row.problems[0][1]


def test_columns_that_nobody_knows_are_named():
    for content in (b"Name,Amuont,,x\nAnn,1,,2\n", workbook(["Name", "Amuont", None, "x", None])):
        assert unknown_headings(io.BytesIO(content), COLUMNS) == ["Amuont", "x"]


def test_texts_that_would_fill_the_memory_are_refused():
    assert "far too large" in why(archive(xl__sharedStrings="x" * 25_000_000))


def test_an_archive_that_lies_about_its_size_unpacks_no_more_than_it_says():
    honest = archive(xl__sharedStrings="x" * 30_000_000)
    size = struct.pack("<L", 30_000_000)
    assert honest.count(size) == 2
    assert "cannot be read" in why(honest.replace(size, struct.pack("<L", 1000)))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + b"\x00" * 50,
        archive(hello="world"),
        workbook(["Name"], ["Ann"])[:-200],
        workbook(["Name"], ["Ann"])[:400] + b"\x00" * 300,
    ],
)
def test_a_broken_archive_is_refused_with_what_to_do(content):
    assert "anew" in why(content)


def test_entities_in_a_workbook_are_not_expanded():
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    source = zipfile.ZipFile(io.BytesIO(workbook(["Name"], ["Ann"])))
    entries = {name: source.read(name) for name in source.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"]
    entries["xl/worksheets/sheet1.xml"] = doctype + sheet[sheet.index(b"<worksheet") :].replace(b"Ann", b"&b;")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
    assert "cannot be read" in why(file.getvalue())


def read_or_refused(content):
    """The rows, or the sentence with which they were refused; anything else is a fault of ours."""
    try:
        return rows_of(content)
    except FileRefusedError as refused:
        return str(refused)


@given(st.binary(max_size=300))
def test_whatever_bytes_are_uploaded_give_rows_or_one_sentence(content):
    found = read_or_refused(content)
    assert isinstance(found, list) or found.endswith(".")


@given(st.text(max_size=200))
def test_whatever_text_is_uploaded_gives_rows_that_a_database_takes(text):
    found = read_or_refused(f"Name,{text}\n{text}".encode("utf-8", "replace"))
    assert "\\x00" not in repr(found)


WHOLE = workbook(["Name", "Amount"], ["Ann", 1])


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_a_workbook_with_damage_gives_rows_or_one_sentence(damage, place):
    found = read_or_refused(WHOLE[:place] + damage + WHOLE[place + len(damage) :])
    assert isinstance(found, list) or found.endswith(".")
