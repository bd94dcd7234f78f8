"""Reading: every cell as the words that a person would type."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from reviews.errors import Unusable
from tests.workbooks import sheet_of, with_parts, written
from webapp.xlsx.reading import letters_of, read_workbook, words_of


def test_the_sheets_are_read_with_their_empty_beginnings():
    content = written({"One": [["", ""], ["", "x"]], "Two": [["y"]], "Empty": []})

    sheets = [(one.name, one.rows) for one in read_workbook(content).sheets]

    assert sheets == [("One", (("", ""), ("", "x"))), ("Two", (("y",),)), ("Empty", ())]


def test_a_formula_is_read_as_what_it_came_to():
    content = written({"A": [[("=1+2", 3), ('="a"&"b"', "ab"), ("=1=1", True)]]})

    assert read_workbook(content).sheets[0].rows == (("3", "ab", "TRUE"),)


def test_text_that_stands_in_the_cell_itself_is_read():
    row = '<row><c t="inlineStr"><is><t>a</t></is></c><c t="str"><v>b</v></c></row>'

    assert read_workbook(with_parts(sheet=sheet_of(row))).sheets[0].rows == (("a", "b"),)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("3", "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (True, "TRUE"),
        (date(2026, 11, 30), "2026-11-30"),
        (datetime(2026, 11, 30, 23, 59), "2026-11-30T23:59:00"),
        (time(9, 30), "09:30:00"),
        ("", ""),
    ],
)
def test_cells_become_words(cell, words):
    assert words_of(cell) == words


def test_a_reader_that_gives_up_says_so_in_words():
    strange = with_parts(**{"xl/_rels/workbook.xml.rels": b"<Relationships/>"})

    with pytest.raises(Unusable, match="This file cannot be read"):
        read_workbook(strange)


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (702, "AAA")]
)
def test_columns_have_letters(column, letters):
    assert letters_of(column) == letters
