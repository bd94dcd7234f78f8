"""A workbook as plain words: every cell of every sheet, formulas as what they last came to."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, time

from reviews.errors import Unusable
from webapp.xlsx.unpacking import Place, unpack


@dataclass(frozen=True)
class ReadSheet:
    """One sheet. The first row and the first column are those of the sheet, empty or not."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ReadWorkbook:
    sheets: tuple[ReadSheet, ...]
    unreadable: frozenset[Place]


def read_workbook(content: bytes) -> ReadWorkbook:
    """Read an uploaded workbook. Raises Unusable for whatever is wrong with it."""
    unpacked = unpack(content)
    try:
        sheets = _sheets(unpacked.content)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        # The reader is written in Rust: where it gives up, it raises what is no Exception.
        raise Unusable(
            "This file cannot be read. It is no Excel workbook (.xlsx), or it is damaged.",
            field="file",
        ) from None
    return ReadWorkbook(sheets, frozenset(unpacked.unreadable))


def _sheets(content: bytes) -> tuple[ReadSheet, ...]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return tuple(
        ReadSheet(
            name,
            tuple(
                tuple(map(words_of, row))
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ),
        )
        for name in book.sheet_names
    )


def words_of(cell: object) -> str:
    """A cell as a person would type it: whole numbers without a point, dates as 2026-11-30."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def letters_of(column: int) -> str:
    """The letters over a column that is counted from nought: A, B ... Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
