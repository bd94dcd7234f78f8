"""Where to find a form again in a workbook that came back, whatever its sheets are called now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviews.errors import Unusable
from reviews.workbooks import CODE, Fault, Line
from webapp.xlsx.reading import ReadSheet, ReadWorkbook, letters_of
from webapp.xlsx.writing import FIRST, KEYS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = "fact"
"""The key over the hidden column of keys on the sheet about the workbook itself."""


@dataclass(frozen=True)
class Form:
    """A form that came back: what it says it is, its lines, and how its sheet names them."""

    told: Mapping[str, str]
    lines: tuple[Line, ...]
    sheet: str
    letters: Mapping[str, str]

    def place(self, fault: Fault) -> str:
        """The cell that a fault is about, such as Answers!H12."""
        return f"{self.sheet}!{self.letters[fault.column]}{fault.number}"


def find_form(book: ReadWorkbook, columns: Mapping[str, object], filled: Sequence[str]) -> Form:
    """The form in a workbook. `columns` are those that it must bring back, key and words, and
    `filled` those of them that a person fills in.

    Raises Unusable where there is none, and where columns are gone.
    """
    told: dict[str, str] = {}
    for _, rows in _tables(book, ABOUT):
        there = _places(rows[KEYS])
        told = {row[there[ABOUT]]: row[there["value"]] for row in rows if "value" in there}
    found = next(iter(_tables(book, CODE)), None)
    if found is None:
        return Form({}, (), "", {})
    name, rows = found
    there = _places(rows[KEYS])
    lost = [str(words) for key, words in columns.items() if key not in there]
    if lost:
        raise Unusable(
            "The sheet has lost these columns: %(columns)s. Download a new one, and copy what you "
            "wrote into it.",
            field="file",
            columns=", ".join(lost),
        )
    places = {key: there[key] for key in columns}
    lines = tuple(
        Line(
            number=place + 1,
            cells={key: row[column] for key, column in places.items()},
            unreadable=frozenset(
                key
                for key in filled
                if not row[places[key]] and (place, places[key]) in book.unreadable
            ),
        )
        for place, row in enumerate(rows)
        if place >= FIRST
    )
    return Form(told, lines, name, {key: letters_of(place) for key, place in places.items()})


def _tables(book: ReadWorkbook, key: str) -> Iterable[tuple[str, tuple[tuple[str, ...], ...]]]:
    return ((one.name, one.rows) for one in book.sheets if _has(one, key))


def _has(sheet: ReadSheet, key: str) -> bool:
    return bool(sheet.rows) and key in sheet.rows[KEYS]


def _places(keys: Sequence[str]) -> dict[str, int]:
    """Where each column is; of two that are called the same, the first."""
    return {key: place for place, key in reversed(list(enumerate(keys)))}
