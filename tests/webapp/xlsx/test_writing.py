"""Writing: nothing runs, only what may be filled in is open, and the same is the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tests.builders import NOW
from webapp.xlsx.reading import read_workbook
from webapp.xlsx.writing import LONGEST_CELL, Column, Prose, Table, write_workbook

COLUMNS = (Column("code", "Code"), Column("text", "Text", 30, fill=True, most=100))


def workbook(*lines: tuple[str, str], **more: object) -> bytes:
    return write_workbook([Table("T", COLUMNS, lines, **more)], title="A title", made_at=NOW)


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def lines_read(content: bytes) -> list[tuple[str, ...]]:
    return list(read_workbook(content).sheets[0].rows[2:])


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", "3", "007", "1e5", "TRUE"),
        *("https://example.org", " spaces ", "two\nlines", "a\r\nb", "\x01\x1f", "_x0041_"),
        *("<b>&amp;</b>", "Ανεμόπολη", "報告", "😀" * 10_000, "x" * 10_000),
    ],
)
def test_every_text_comes_back_as_it_was(text):
    content = workbook(("A", text))

    assert lines_read(content) == [("A", text)]
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["a\ufffeb", "a\uffffb"])
def test_what_xml_cannot_hold_is_left_out(text):
    assert lines_read(workbook(("A", text))) == [("A", "ab")]


def test_a_text_that_is_longer_than_a_cell_is_cut_and_says_so():
    (line,) = lines_read(workbook(("A", "😀" * 20_000)))

    assert line[1] == "😀" * ((LONGEST_CELL - 1) // 2) + "…"


def test_the_same_is_the_same_bytes():
    assert workbook(("A", "x")) == workbook(("A", "x"))


def test_the_sheet_is_locked_but_for_what_may_be_filled_in():
    content = workbook(("A", "x"))
    sheet, styles = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/styles.xml")
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1])
    style = dict(re.findall(r'<c r="(\w+)" s="(\d+)"', sheet))

    assert '<sheetProtection sheet="1"' in sheet
    assert 'locked="0"' not in formats[int(style["A3"])]
    assert 'locked="0"' in formats[int(style["B3"])]
    assert 'numFmtId="49"' in formats[int(style["B3"])]


def test_the_keys_are_hidden_and_the_head_stays_in_sight_on_screen_and_paper():
    content = workbook(("A", "x"), fixed=1)
    sheet, book = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/workbook.xml")

    assert read_workbook(content).sheets[0].rows[:2] == (("code", "text"), ("Code", "Text"))
    assert re.search(r'<row r="1"[^>]* hidden="1"', sheet)
    assert '<pane xSplit="1" ySplit="2"' in sheet
    assert 'paperSize="9"' in sheet
    assert 'orientation="landscape"' in sheet
    assert "T!$2:$2" in book
    assert "T!$A$2:$B$3" in book


def test_drop_downs_are_rows_of_a_hidden_sheet_and_equal_ones_are_one():
    content = workbook(
        ("A", ""), ("B", ""), ("C", ""), choices={"text": [("x", "y"), ("z",), ("x", "y")]}
    )
    sheet, book = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/workbook.xml")

    assert re.findall(r'<dataValidation type="list"[^>]* sqref="(\w+)"', sheet) == [
        "B3",
        "B4",
        "B5",
    ]
    assert re.findall(r"<formula1>(Lists[^<]+)", sheet) == [
        "Lists!$A$1:$B$1",
        "Lists!$A$2:$A$2",
        "Lists!$A$1:$B$1",
    ]
    assert '<sheet name="Lists" sheetId="2" state="hidden"' in book
    assert read_workbook(content).sheets[1].rows == (("x", "y"), ("z", ""))


def test_a_sheet_may_be_empty_or_prose_and_have_a_name_that_excel_would_refuse():
    content = write_workbook(
        [Table("T", COLUMNS, []), Prose("How/why: [this]? " + "x" * 40, "Head", ["One", "=2"])],
        title="A title",
        made_at=NOW,
    )

    table, prose = read_workbook(content).sheets
    assert len(table.rows) == 2
    assert prose.rows == (("Head",), ("One",), ("=2",))
    assert prose.name == f"How why   this   {'x' * 14}"
