"""Workbooks as people and other programs send them back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from xlsxwriter import Workbook

from webapp.xlsx.reading import read_workbook
from webapp.xlsx.writing import KEYS

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

Cells = dict[str, list[list[Any]]]
"""The cells of a workbook by the name of the sheet."""


def cells_of(content: bytes) -> Cells:
    return {one.name: [list(row) for row in one.rows] for one in read_workbook(content).sheets}


def written(cells: Mapping[str, list[list[Any]]]) -> bytes:
    """A plain workbook, as a program writes it that keeps no locks and no drop-downs. What
    begins with an equals sign is a formula; a pair is a formula with what it came to."""
    packed = io.BytesIO()
    with Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in cells.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        sheet.write_formula(number, place, cell[0], None, cell[1])
                    else:
                        sheet.write(number, place, cell)
    return packed.getvalue()


def filled(
    content: bytes, changes: Mapping[str, Mapping[str, Any]], sheet: str = "Answers"
) -> bytes:
    """A form with some cells filled in, by code of the statement and key of the column."""

    def fill(cells: Cells) -> None:
        rows = cells[sheet]
        for row in rows:
            for key, value in changes.get(row[rows[KEYS].index("statement")], {}).items():
                row[rows[KEYS].index(key)] = value

    return edited(content, fill)


def edited(content: bytes, edit: Callable[[Cells], object]) -> bytes:
    """A workbook after somebody went over its cells."""
    cells = cells_of(content)
    edit(cells)
    return written(cells)


def with_parts(**parts: bytes) -> bytes:
    """A small workbook with some parts exchanged: `sheet`, `strings`, or any by its name."""
    names = {"sheet": SHEET, "strings": STRINGS}
    exchanged = {names.get(name, name): part for name, part in parts.items()}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written({"A": [["x"]]}))) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, exchanged.pop(name) if name in exchanged else old.read(name))
        for name, part in exchanged.items():
            new.writestr(name, part)
    return packed.getvalue()


def sheet_of(rows: str) -> bytes:
    """The XML of a sheet with these rows."""
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def strings_of(*texts: str, attributes: str = "") -> bytes:
    """The XML of the shared strings."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f"<sst {_MAIN} {attributes}>{items}</sst>".encode()
