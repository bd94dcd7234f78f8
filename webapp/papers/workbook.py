"""The workbook: all tables of a frozen result, with a code book."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pandas as pd
from flask_babel import gettext

from benchmarks.result import BenchmarkResult
from models import Snapshot
from webapp.figures import computing
from webapp.figures.parts import fingerprints, of_snapshot
from webapp.papers import code_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


def made(snapshot: Snapshot) -> bytes:
    """The bytes of the workbook; the same for the same snapshot.

    Numbers are numbers, to their last digit; no text is taken for a formula or an address.
    """
    from xlsxwriter import Workbook

    result = computing.of_snapshot(snapshot)
    packed = io.BytesIO()
    book = Workbook(
        packed,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    created = snapshot.taken_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": _title(snapshot), "created": created})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    _about(book, snapshot, result, head)
    _code_book(book, head)
    for name in code_book.TABLES:
        _table(book.add_worksheet(name), _frame(result, name), head)
    book.close()
    return packed.getvalue()


def _title(snapshot: Snapshot) -> str:
    return gettext(
        "All figures of %(round)s, snapshot %(name)s",
        round=snapshot.round.title,
        name=f"{snapshot.round.slug}-{snapshot.number}",
    )


def _frame(result: BenchmarkResult, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(result, name)
    return frame


def _about(book: Workbook, snapshot: Snapshot, result: BenchmarkResult, head: Format) -> None:
    """Which figures these are, what each sheet holds, and what is to be known of all."""
    sheet = book.add_worksheet(gettext("About"))
    sheet.write_string(0, 0, _title(snapshot), head)
    facts = [(one.term, one.text) for one in (*of_snapshot(snapshot), *fingerprints(result))]
    note = gettext("For coordinators of this round only: single cities and reviewers are in it.")
    rows = [
        (gettext("Who may read this"), note),
        *facts,
        *((name, code_book.about(name)) for name in code_book.TABLES),
        *(("", rule) for rule in code_book.rules()),
    ]
    for place, row in enumerate(rows, 2):
        _write(sheet, place, row)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)


def _code_book(book: Workbook, head: Format) -> None:
    sheet = book.add_worksheet(gettext("Code book"))
    headings = ("table", "column", "type", "unit", "meaning")
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, head)
    every = (one for name in code_book.TABLES for one in code_book.columns(name))
    for row, one in enumerate(every, 1):
        _write(sheet, row, (one.table, one.name, one.type, one.unit, one.meaning))
    for place, width in enumerate((14, 18, 10, 20, 70)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)


def _table(sheet: Worksheet, table: pd.DataFrame, head: Format) -> None:
    for place, name in enumerate(table.columns):
        sheet.write_string(0, place, str(name), head)
        longest = max([len(str(name)), *table[name].map(lambda cell: len(str(cell))).head(500)])
        sheet.set_column(place, place, min(longest, 22) + 2)
    for row, cells in enumerate(table.itertuples(index=False, name=None), 1):
        _write(sheet, row, cells)
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _write(sheet: Worksheet, row: int, cells: Sequence[Any]) -> None:
    for place, cell in enumerate(cells):
        if cell is None or cell is pd.NA or cell != cell:
            continue
        if isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif isinstance(cell, str):
            sheet.write_string(row, place, cell)
        else:
            sheet.write_number(row, place, cell)
