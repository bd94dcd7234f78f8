"""A form filled in off line: whether it is the form of this city, what its rows say, and what
they would change.

A row is compared with the answer as it was when the sheet was made (its base), so that only
what a person changed in the sheet counts as a change, and what somebody else changed meanwhile
is noticed. Nothing here knows of Excel.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from models import Assessment, marks
from reviews import texts
from reviews.errors import Unusable
from reviews.questionnaires import AskedStatement, Questionnaire

FORMAT = "1"
FILLED = ("mark", "text", "remit_reason")
"""What a person fills in: fields of an answer."""

CODE, BASE = "statement", "base"
COLUMNS = (CODE, BASE, *FILLED)
"""What a sheet must bring back, by the keys of its columns."""

Labels = Callable[[AskedStatement], Mapping[str, str]]
"""The words in which a statement's marks are offered, by mark."""

Cells = Mapping[str, Callable[[str, AskedStatement], str]]
"""How the cells of the columns to fill in are read, by field: the text, as it would be stored."""


# Whose form it is.


def identity(assessment: Assessment, questionnaire: Questionnaire) -> dict[str, str]:
    """What makes a sheet the one of this city, round and version."""
    return {
        "format": FORMAT,
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "instrument": f"{questionnaire.code} {questionnaire.version}",
        "sha256": questionnaire.sha256 or "",
        "version": str(assessment.version),
    }


_REFUSALS = {
    "format": "This sheet was made in another way than sheets are now. Download a new one.",
    "round": "This sheet is of the round %(theirs)s, and this is the round %(ours)s.",
    "city": "This sheet is of %(theirs)s, and this is %(ours)s. Nothing was read from it.",
    "instrument": "This sheet asks another questionnaire (%(theirs)s) than this round (%(ours)s).",
    "sha256": "This sheet asks an older wording of the questionnaire. Download a new one.",
    "version": (
        "This sheet was made for version %(theirs)s of the assessment; the city works on version "
        "%(ours)s now. Download a new one."
    ),
}


def refuse_other(told: Mapping[str, str], ours: Mapping[str, str]) -> None:
    """Raise Unusable for the sheet of another city, round, questionnaire or version."""
    if "format" not in told:
        raise Unusable(
            "This is no sheet from here. Download the sheet of this city, and fill in that one.",
            field="file",
        )
    for name, message in _REFUSALS.items():
        theirs = told.get(name, "").strip()
        if theirs != ours[name]:
            raise Unusable(message, field="file", theirs=theirs[:60] or "-", ours=ours[name])


# What its rows say.


@dataclass(frozen=True)
class Line:
    """One line of a sheet as it was read, by the keys of its columns. `unreadable` are the
    columns whose formula came to nothing."""

    number: int
    cells: Mapping[str, str]
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """What a sheet says about one statement; `number` is its line, `chosen` whether it is still
    wanted."""

    code: str
    number: int
    base: int
    content: Mapping[str, str]
    chosen: bool = True

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "content": dict(self.content)}


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be taken. `column` is the key of the column, `number` the line, nought
    for the whole sheet; `place` is the cell as a spreadsheet names it."""

    number: int
    column: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "facts": dict(self.facts)}


@dataclass(frozen=True)
class Reading:
    """The rows that can be taken, and all that is wrong with the others."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read(
    lines: Iterable[Line],
    questionnaire: Questionnaire,
    numbers: Mapping[str, int],
    labels: Labels,
) -> Reading:
    """Read all lines of a city's sheet; `numbers` are those of the latest saves, by code of the
    statement."""

    def mark(text: str, statement: AskedStatement) -> str:
        return mark_of(text, statement, labels, statement.answer_marks)

    return read_cells(
        lines,
        questionnaire,
        numbers,
        {"mark": mark, **{name: typed_as(name) for name in FILLED if name != "mark"}},
    )


def typed_as(name: str) -> Callable[[str, AskedStatement], str]:
    """How a cell with a text is read."""
    return lambda text, statement: texts.typed(text, field=name)


def read_cells(
    lines: Iterable[Line], questionnaire: Questionnaire, numbers: Mapping[str, int], cells: Cells
) -> Reading:
    """Read all lines of a sheet, of whatever columns it has to fill in."""
    filled = [line for line in lines if _says_something(line, cells)]
    times = Counter(_code(line) for line in filled)
    rows, faults = [], []
    for line in filled:
        statement = questionnaire.statement(_code(line))
        found = list(_out_of_place(line, statement, times))
        if not found and statement is not None:
            row, found = _row(line, statement, numbers, cells)
            if not found:
                rows.append(row)
        faults += found
    absent = sum(statement.code not in times for statement in questionnaire.statements)
    if absent:
        faults.append(
            Fault(
                0,
                CODE,
                "%(count)d statements have no row in this sheet. Their answers stay as they are.",
                {"count": absent},
            )
        )
    return Reading(tuple(rows), tuple(faults))


def _says_something(line: Line, cells: Cells) -> bool:
    return bool(line.unreadable) or any(line.cells[name].strip() for name in (CODE, *cells))


def _code(line: Line) -> str:
    return line.cells[CODE].strip()


def _out_of_place(
    line: Line, statement: AskedStatement | None, times: Mapping[str, int]
) -> Iterable[Fault]:
    code = _code(line)
    if not code:
        yield Fault(line.number, CODE, "The code of the statement is missing.")
    elif statement is None:
        yield Fault(
            line.number, CODE, "There is no statement %(code)s for you here.", {"code": code[:20]}
        )
    elif times[code] > 1:
        yield Fault(
            line.number,
            CODE,
            "%(code)s stands in %(times)d rows. Keep the right one.",
            {"code": code, "times": times[code]},
        )


def _row(
    line: Line, statement: AskedStatement, numbers: Mapping[str, int], cells: Cells
) -> tuple[Row, list[Fault]]:
    content, faults = {}, []
    for name, read_cell in cells.items():
        try:
            if name in line.unreadable:
                raise Unusable(
                    "The formula in this cell came to nothing. Write the text itself.", field=name
                )
            content[name] = read_cell(line.cells[name], statement)
        except Unusable as error:
            faults.append(Fault(line.number, name, error.message, error.facts))
    base = line.cells[BASE].strip()
    if not (base.isascii() and base.isdecimal() and len(base) < 10):
        base = "-1"
    if not 0 <= int(base) <= numbers.get(statement.code, 0):
        faults.append(
            Fault(
                line.number,
                BASE,
                "The hidden number of this row was changed, so it cannot be compared. "
                "Download the sheet again.",
            )
        )
    return Row(statement.code, line.number, int(base), content), faults


def mark_of(text: str, statement: AskedStatement, labels: Labels, allowed: Collection[str]) -> str:
    """The mark that a cell means. Raises Unusable for what is no mark, or none that is allowed."""
    said = _plain(text)
    if not said:
        return marks.EMPTY
    mark = _ways_to_say(statement, labels).get(said)
    if mark is None:
        raise Unusable('"%(said)s" is no level of this statement.', field="mark", said=text[:60])
    if mark not in allowed:
        raise Unusable('"Not our competence" cannot be chosen for this statement.', field="mark")
    return mark


def _ways_to_say(statement: AskedStatement, labels: Labels) -> dict[str, str | None]:
    """The marks of a statement by all that may stand for them; None for what is ambiguous."""
    ways: dict[str, str | None] = {}
    said = [(words, mark) for mark, words in labels(statement).items()]
    said += [(mark, mark) for mark in statement.level_marks]
    said += [(text, str(value)) for value, text in statement.levels]
    for words, mark in said:
        plain = _plain(words)
        ways[plain] = mark if ways.get(plain, mark) == mark else None
    return ways


def _plain(text: str) -> str:
    """A text without regard to capitals and spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


# What they would change.


@dataclass(frozen=True)
class Comparison:
    """One row beside the answer as it is stored now. `changes` is what it would write over it,
    `clash` the fields of these that somebody else has changed since the sheet was made."""

    row: Row
    statement: AskedStatement
    stored: Mapping[str, str]
    number: int
    changes: Mapping[str, str]
    clash: tuple[str, ...]


def compare(
    row: Row,
    statement: AskedStatement,
    *,
    stored: Mapping[str, str],
    number: int,
    at_base: Mapping[str, str],
) -> Comparison:
    """Three texts per field: at the base, in the sheet, and now."""
    changes = {
        name: text
        for name, text in row.content.items()
        if as_kept(text) != as_kept(at_base[name]) and as_kept(text) != as_kept(stored[name])
    }
    clash = tuple(name for name in changes if stored[name] != at_base[name])
    return Comparison(row, statement, stored, number, changes, clash)


def as_kept(text: str) -> str:
    """A text as spreadsheets keep it, for comparing only: they lose control characters, and
    nobody sees a space at the end of a cell."""
    whole = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (one for one in whole if one in "\n\t" or not _unseen(one))
    return "".join(kept).strip()


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"
