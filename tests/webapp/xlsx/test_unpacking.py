"""Unpacking: what would cost more than it is worth is refused before anybody reads it."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from reviews.errors import Unusable
from tests.workbooks import SHEET, sheet_of, strings_of, with_parts, written
from webapp.xlsx.reading import read_workbook
from webapp.xlsx.unpacking import unpack

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
BROKEN = "This file cannot be read. It is no Excel workbook (.xlsx), or it is damaged."
TOO_MUCH = "There is far more in this file than in a sheet from here. It was not read."


def refusal(content: bytes) -> str:
    with pytest.raises(Unusable) as caught:
        read_workbook(content)
    assert caught.value.field == "file"
    return str(caught.value)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, part in members:
            archive.writestr(member, part)
    return packed.getvalue()


def lying(content: bytes, name: str, size: int) -> bytes:
    """The same file, with another size declared for one part in the directory at its end."""
    changed = bytearray(content)
    place = changed.rindex(b"PK\x01\x02", 0, changed.rindex(name.encode()))
    struct.pack_into("<I", changed, place + 24, size)
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"just text", BROKEN),
        (b"PK\x03\x04 and no more", BROKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "This is an old Excel file"),
        (zipped(("word/document.xml", b"<x/>")), BROKEN),
        (
            zipped(
                ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
                ("content.xml", b"<x/>"),
            ),
            "This is an OpenDocument file. Save it as an Excel workbook (.xlsx)",
        ),
        (written({"A": [["x"]]})[:-40], BROKEN),
        (with_parts(sheet=b"<worksheet><sheetData>"), BROKEN),
        (with_parts(sheet=b"\xff\xfe not XML"), BROKEN),
        (with_parts(**{"xl/workbook.xml": b"<workbook/>", "xl/styles.xml": b"<a></b>"}), BROKEN),
    ],
    ids=[
        *("empty", "text", "cut ZIP", "old Excel", "DOCX", "ODS", "cut XLSX"),
        *("open element", "bytes", "broken styles"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content, said):
    assert refusal(content).startswith(said)


@pytest.mark.parametrize(
    "content",
    [
        with_parts(sheet=b" " * 20_000_001),
        with_parts(**{"xl/media/picture.png": b"\0" * 20_000_001}),
        zipped(("xl/workbook.xml", b"<x/>"), *((f"{n}.xml", b"") for n in range(1_000))),
        with_parts(sheet=sheet_of('<row r="1">' + "<c/>" * 400_000 + "</row>")),
        with_parts(sheet=sheet_of(ONE + '<row r="5001"><c r="A5001"><v>1</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="1"><c r="&#88;FD1"><v>1</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="99999999"><c><v>1</v></c></row>')),
        with_parts(sheet=sheet_of("<row>" + "<c><v>1</v></c>" * 201 + "</row>")),
        with_parts(strings=strings_of("x", attributes='uniqueCount="999999999"')),
        with_parts(
            strings=strings_of("a" * 1_000_000),
            sheet=sheet_of('<row r="1">' + '<c t="s"><v>0</v></c>' * 21 + "</row>"),
        ),
    ],
    ids=[
        *("sheet", "picture", "parts", "elements", "row", "column", "column in disguise"),
        *("row without cells", "cells without place", "believed count", "one text many times"),
    ],
)
def test_what_would_fill_the_memory_is_refused(content):
    assert refusal(content) == TOO_MUCH


@pytest.mark.parametrize(
    "content",
    [
        with_parts(sheet=b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'),
        with_parts(sheet=b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'),
        with_parts(sheet=b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'),
        with_parts(strings=strings_of("x", attributes='uniqueCount="4294967295"')),
        with_parts(sheet=sheet_of('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="-1"><c><v>1</v></c></row>')),
        with_parts(sheet=sheet_of('<row r="1"><c r="1A"><v>1</v></c></row>')),
        with_parts(**{"../../outside.xml": b"<x/>"}),
        with_parts(**{"/etc/passwd": b"<x/>"}),
        with_parts(**{"..\\outside.xml": b"<x/>"}),
    ],
    ids=[
        *("laughs", "file", "address", "count", "negative text", "no such text"),
        *("negative row", "strange place", "above", "absolute", "backslash"),
    ],
)
def test_what_is_made_to_harm_is_refused(content):
    assert refusal(content) == BROKEN


def test_a_link_inside_is_refused():
    link = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refusal(zipped(("xl/workbook.xml", b"<x/>"), (link, b"/etc/passwd"))) == BROKEN


def test_two_parts_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("xl/workbook.xml", b"<x/>"), ("xl/workbook.xml", b"<y/>"))

    assert refusal(twice) == BROKEN


def test_a_part_that_is_larger_than_it_says_is_refused():
    assert refusal(lying(with_parts(sheet=sheet_of(ONE)), SHEET, 10)) == BROKEN


def test_the_reader_gets_the_parts_that_were_checked_and_no_others():
    content = with_parts(**{"xl/vbaProject.bin": b"macro", "xl/drawings/drawing1.xml": b"<x/>"})

    with zipfile.ZipFile(io.BytesIO(unpack(content).content)) as archive:
        names = set(archive.namelist())

    assert names == {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        SHEET,
    }


def test_a_table_that_says_to_be_huge_and_is_not_is_read():
    sheet = sheet_of(ONE).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')

    assert read_workbook(with_parts(sheet=sheet)).sheets[0].rows == (("1",),)


def test_formulas_that_failed_or_were_never_worked_out_are_named():
    row = (
        '<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>1+1</f></c>'
        '<c r="D2"><f>1+1</f><v>2</v></c><c r="E2"/></row>'
    )

    assert unpack(with_parts(sheet=sheet_of(row))).unreadable == {(1, 1), (1, 2)}
