"""What a sheet that came back would change, line by line, before it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from models import SheetUpload
from reviews.questionnaires import AskedStatement
from reviews.sheet_uploads import UNDECIDED, Choice, Decision, faults_of
from reviews.workbooks import Comparison, Fault
from webapp.field_changes import FieldChange, text_change

# A form may not grow without end: what clashes is decided some at a time.
MOST_CLASHES = 10
MOST_CLASHING_BYTES = 100_000
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fields:
    """The columns of one kind of sheet in words, and for a field that is chosen from a list what
    can be chosen, in words by mark; nothing for one that is typed."""

    words: Mapping[str, object]
    options: Callable[[str, AskedStatement], Mapping[str, str]]


@dataclass(frozen=True)
class ChangeLine:
    """A row that can be taken as it is."""

    code: str
    title: str
    row: int
    fields: tuple[FieldChange, ...]
    chosen: bool


@dataclass(frozen=True)
class ClashField:
    """One field that two people changed. `typed` is what the form holds; a level is chosen among
    `options`, pairs of mark and words."""

    name: str
    words: str
    theirs: str
    mine: str
    typed: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClashLine:
    """A row that somebody has to decide about; `others` are changes in it that clash with none."""

    code: str
    title: str
    row: int
    seen: int
    fields: tuple[ClashField, ...]
    others: tuple[FieldChange, ...]
    choice: str
    problem: str


@dataclass(frozen=True)
class FaultLine:
    where: str
    what: str


@dataclass(frozen=True)
class SheetChanges:
    """All that a sheet would change."""

    changes: tuple[ChangeLine, ...]
    clashes: tuple[ClashLine, ...]
    clashes_in_all: int
    same: int
    faults: tuple[FaultLine, ...]
    faults_in_all: int

    @property
    def to_decide(self) -> bool:
        return bool(self.changes or self.clashes)

    @classmethod
    def of(
        cls,
        upload: SheetUpload,
        compared: Sequence[Comparison],
        fields: Fields,
        *,
        decided: Mapping[str, Decision] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> SheetChanges:
        """`decided` and `problems` are what was just sent and could not be stored, by code."""
        clashing = [one for one in compared if one.clash]
        faults = faults_of(upload)
        return cls(
            changes=tuple(
                _change_line(one, fields) for one in compared if one.changes and not one.clash
            ),
            clashes=tuple(
                _clash_line(
                    one,
                    fields,
                    (decided or {}).get(one.row.code, UNDECIDED),
                    (problems or {}).get(one.row.code, ""),
                )
                for one in _some(clashing)
            ),
            clashes_in_all=len(clashing),
            same=sum(not one.changes for one in compared),
            faults=tuple(_fault_line(one, fields) for one in faults[:MOST_FAULTS]),
            faults_in_all=len(faults),
        )


def _some(clashing: Sequence[Comparison]) -> list[Comparison]:
    """As many as the form can carry back, but at least one."""
    some: list[Comparison] = []
    room = MOST_CLASHING_BYTES
    for one in clashing[:MOST_CLASHES]:
        room -= sum(len(one.changes[name].encode()) for name in one.clash)
        if room < 0 and some:
            break
        some.append(one)
    return some


def _change_line(one: Comparison, fields: Fields) -> ChangeLine:
    return ChangeLine(
        code=one.row.code,
        title=one.statement.title,
        row=one.row.number,
        fields=tuple(_field_change(one, name, fields) for name in one.changes),
        chosen=one.row.chosen,
    )


def _field_change(one: Comparison, name: str, fields: Fields) -> FieldChange:
    before, after = one.stored[name], one.changes[name]
    words, options = str(fields.words[name]), fields.options(name, one.statement)
    if options:
        return FieldChange(words, options.get(before, before), options.get(after, after))
    return text_change(words, before, after)


def _clash_line(one: Comparison, fields: Fields, decision: Decision, problem: str) -> ClashLine:
    asks = decision.choice not in (Choice.LEAVE, Choice.TAKE)
    return ClashLine(
        code=one.row.code,
        title=one.statement.title,
        row=one.row.number,
        seen=one.number,
        fields=tuple(_clash_field(one, name, fields, decision.typed) for name in one.clash),
        others=tuple(
            _field_change(one, name, fields) for name in one.changes if name not in one.clash
        ),
        choice=decision.choice.value if asks else "",
        problem=problem,
    )


def _clash_field(
    one: Comparison, name: str, fields: Fields, typed: Mapping[str, str]
) -> ClashField:
    theirs, mine = one.stored[name], one.changes[name]
    options = fields.options(name, one.statement)
    return ClashField(
        name=name,
        words=str(fields.words[name]),
        theirs=options.get(theirs, theirs),
        mine=options.get(mine, mine),
        typed=typed.get(name, mine),
        options=tuple(options.items()),
    )


def _fault_line(fault: Fault, fields: Fields) -> FaultLine:
    what = gettext(fault.message)
    where = ""
    if fault.number:
        where = gettext(
            '%(place)s, column "%(column)s"',
            place=fault.place,
            column=str(fields.words[fault.column]),
        )
    return FaultLine(where, what % fault.facts if fault.facts else what)
