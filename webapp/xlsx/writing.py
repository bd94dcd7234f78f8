"""Writing a workbook to be filled in: locked but for some columns, with drop-downs, for paper too.

Every cell is written as text, so nothing in it runs; the same sheets made at the same moment
are the same bytes. A table's first row is hidden and holds the keys of its columns, by which
the reader knows them in whatever language the row below is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.cells import looks_like_a_formula
from webapp.xlsx.reading import letters_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
"""Characters of a cell, as Excel counts them: two for what lies beyond the basic plane."""

KEYS, HEAD, FIRST = 0, 1, 2
"""The rows of a table: keys, headings, and the first of its lines."""

_LISTS, _AS_TEXT = "Lists", 49
_GREY, _HEAD, _LINE = "#f3f2f1", "#dfe6f3", "#b1b4b6"
_STRANGE_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Column:
    """`width` in characters. What may be filled in is unlocked; `most` is how long it may get."""

    key: str
    words: str
    width: int = 10
    fill: bool = False
    hidden: bool = False
    most: int = 0


@dataclass(frozen=True)
class Table:
    """A sheet of lines. `choices` gives for a column the drop-down of each line; the first
    `fixed` columns stay in sight."""

    name: str
    columns: Sequence[Column]
    lines: Sequence[Sequence[str]]
    choices: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    fixed: int = 0


@dataclass(frozen=True)
class Prose:
    """A sheet to read: a heading and paragraphs."""

    name: str
    heading: str
    paragraphs: Sequence[str]


def write_workbook(sheets: Sequence[Table | Prose], *, title: str, made_at: datetime) -> bytes:
    """The bytes of a workbook. The first sheet is the one that it opens with."""
    from xlsxwriter import Workbook

    packed = io.BytesIO()
    # Numbers, formulas and addresses stay the text that they are.
    book = Workbook(
        packed,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties(
        {"title": title, "created": made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)}
    )
    styles = _Styles(book)
    lists = _Lists()
    for sheet in sheets:
        worksheet = book.add_worksheet(_STRANGE_IN_NAMES.sub(" ", sheet.name)[:31])
        worksheet.protect("", {"format_columns": True, "format_rows": True})
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        worksheet.set_footer("&L&A&R&P / &N")
        worksheet.fit_to_pages(1, 0)
        if isinstance(sheet, Table):
            _write_table(worksheet, sheet, styles, lists)
        else:
            _write_prose(worksheet, sheet, styles)
    lists.write(book)
    book.close()
    return packed.getvalue()


class _Styles:
    """The looks of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        common = {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 10}
        boxed = {**common, "border": 1, "border_color": _LINE}
        self.head: Format = book.add_format({**boxed, "bold": True, "bg_color": _HEAD})
        self.given: Format = book.add_format({**boxed, "bg_color": _GREY})
        # Text whatever is typed, so that 1-2 does not become a date nor -a an error.
        filled = {**boxed, "locked": False, "num_format": _AS_TEXT}
        self.filled: Format = book.add_format(filled)
        self.quoted: Format = book.add_format({**filled, "quote_prefix": True})
        self.heading: Format = book.add_format({**common, "bold": True, "font_size": 14})
        self.paragraph: Format = book.add_format({**common, "font_size": 11})

    def of(self, column: Column, text: str) -> Format:
        if not column.fill:
            return self.given
        return self.quoted if looks_like_a_formula(text) else self.filled


class _Lists:
    """The drop-downs: each is a row of a hidden sheet, because a list inside a cell may have
    255 characters only. Equal ones are written once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, ...], int] = {}

    def source(self, options: Sequence[str]) -> str:
        row = self._rows.setdefault(tuple(options), len(self._rows) + 1)
        return f"={_LISTS}!$A${row}:${letters_of(len(options) - 1)}${row}"

    def write(self, book: Workbook) -> None:
        if not self._rows:
            return
        worksheet = book.add_worksheet(_LISTS)
        worksheet.protect("")
        worksheet.hide()
        for options, row in self._rows.items():
            _write_line(worksheet, row - 1, options)


def _write_table(worksheet: Worksheet, table: Table, styles: _Styles, lists: _Lists) -> None:
    columns, last = table.columns, FIRST + len(table.lines) - 1
    _write_line(worksheet, KEYS, (column.key for column in columns))
    _write_line(worksheet, HEAD, (column.words for column in columns), styles.head)
    worksheet.set_row(KEYS, None, None, {"hidden": True})
    for place, column in enumerate(columns):
        worksheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
        if column.most and last >= FIRST:
            worksheet.data_validation(FIRST, place, last, place, _no_longer_than(column.most))
    for row, line in enumerate(table.lines, FIRST):
        for place, (column, text) in enumerate(zip(columns, line, strict=True)):
            worksheet.write_string(row, place, _fitting(text), styles.of(column, text))
    for key, options in table.choices.items():
        place = [column.key for column in columns].index(key)
        for row, offered in enumerate(options, FIRST):
            worksheet.data_validation(row, place, row, place, _one_of(lists.source(offered)))
    worksheet.freeze_panes(FIRST, table.fixed)
    worksheet.repeat_rows(HEAD)
    worksheet.print_area(HEAD, 0, max(last, HEAD), len(columns) - 1)


def _write_prose(worksheet: Worksheet, prose: Prose, styles: _Styles) -> None:
    worksheet.set_column(0, 0, 110)
    worksheet.hide_gridlines(2)
    worksheet.write_string(0, 0, prose.heading, styles.heading)
    for row, paragraph in enumerate(prose.paragraphs, 1):
        worksheet.write_string(row, 0, _fitting(paragraph), styles.paragraph)


def _write_line(
    worksheet: Worksheet, row: int, texts: Iterable[str], style: Format | None = None
) -> None:
    for place, text in enumerate(texts):
        worksheet.write_string(row, place, _fitting(text), style)


def _one_of(source: str) -> dict[str, object]:
    # A warning and no stop: what is typed may also be the number of a level.
    return {"validate": "list", "source": source, "error_type": "warning"}


def _no_longer_than(most: int) -> dict[str, object]:
    return {"validate": "length", "criteria": "<=", "value": most}


def _fitting(text: str) -> str:
    """A text without what XML cannot hold, cut where a cell ends."""
    clean = re.sub("[\ufffe\uffff\ud800-\udfff]", "", text)
    if len(clean.encode("utf-16-le")) <= 2 * LONGEST_CELL:
        return clean
    cut = clean.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)]
    return f"{cut.decode('utf-16-le', 'ignore')}…"
