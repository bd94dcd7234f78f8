"""What the pages of the Excel round trip show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, SheetUpload, User, marks
from reviews.policy import Action, allowed
from reviews.questionnaires import AskedStatement
from reviews.sheet_uploads import UNDECIDED, Choice, Decision, faults_of
from reviews.workbooks import Comparison, Fault
from webapp import filters
from webapp.clock import now
from webapp.field_changes import FieldChange, text_change
from webapp.places import Place
from webapp.workbooks.forms import UploadForm
from webapp.workbooks.layout import COLUMN_WORDS, labels

# A form may not grow without end: what clashes is decided some at a time.
MOST_CLASHES = 10
MOST_CLASHING_BYTES = 100_000
MOST_FAULTS = 100


@dataclass(frozen=True)
class SheetPage:
    """The form of the city: out as a workbook, and in again."""

    title: str
    place: Place
    form: UploadForm
    waiting: str
    may_write: bool
    template: ClassVar[str] = "workbooks/sheet.html"

    @classmethod
    def of(
        cls, assessment: Assessment, form: UploadForm, waiting: SheetUpload | None, who: User
    ) -> SheetPage:
        return cls(
            title=gettext("Fill in with Excel"),
            place=Place.of(assessment),
            form=form,
            waiting=waiting.file_name if waiting else "",
            may_write=allowed(who, Action.ANSWER_WRITE, assessment, now()),
        )


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
class ChangesPage:
    """All that a sheet would change, before it does."""

    title: str
    place: Place
    file_name: str
    at: datetime
    key: str
    problem: str
    changes: tuple[ChangeLine, ...]
    clashes: tuple[ClashLine, ...]
    clashes_in_all: int
    same: int
    faults: tuple[FaultLine, ...]
    faults_in_all: int
    template: ClassVar[str] = "workbooks/changes.html"

    @property
    def to_decide(self) -> bool:
        return bool(self.changes or self.clashes)

    @classmethod
    def of(
        cls,
        upload: SheetUpload,
        compared: Sequence[Comparison],
        *,
        decided: Mapping[str, Decision] | None = None,
        problems: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> ChangesPage:
        """`decided` and `problems` are what was just sent and could not be stored, by code."""
        clashing = [one for one in compared if one.clash]
        faults = faults_of(upload)
        return cls(
            title=gettext("What the sheet would change"),
            place=Place.of(upload.assessment),
            file_name=upload.file_name,
            at=upload.at,
            key=upload.key,
            problem=problem,
            changes=tuple(_change_line(one) for one in compared if one.changes and not one.clash),
            clashes=tuple(
                _clash_line(
                    one,
                    (decided or {}).get(one.row.code, UNDECIDED),
                    (problems or {}).get(one.row.code, ""),
                )
                for one in _some(clashing)
            ),
            clashes_in_all=len(clashing),
            same=sum(not one.changes for one in compared),
            faults=tuple(map(_fault_line, faults[:MOST_FAULTS])),
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


def _change_line(one: Comparison) -> ChangeLine:
    return ChangeLine(
        code=one.row.code,
        title=one.statement.title,
        row=one.row.number,
        fields=tuple(_field_change(one, name) for name in one.changes),
        chosen=one.row.chosen,
    )


def _field_change(one: Comparison, name: str) -> FieldChange:
    before, after = one.stored[name], one.changes[name]
    if name == "mark":
        before, after = mark_words(one.statement, before), mark_words(one.statement, after)
        return FieldChange(str(COLUMN_WORDS[name]), before, after)
    return text_change(str(COLUMN_WORDS[name]), before, after)


def _clash_line(one: Comparison, decision: Decision, problem: str) -> ClashLine:
    asks = decision.choice not in (Choice.LEAVE, Choice.TAKE)
    return ClashLine(
        code=one.row.code,
        title=one.statement.title,
        row=one.row.number,
        seen=one.number,
        fields=tuple(_clash_field(one, name, decision.typed) for name in one.clash),
        others=tuple(_field_change(one, name) for name in one.changes if name not in one.clash),
        choice=decision.choice.value if asks else "",
        problem=problem,
    )


def _clash_field(one: Comparison, name: str, typed: Mapping[str, str]) -> ClashField:
    theirs, mine = one.stored[name], one.changes[name]
    options: tuple[tuple[str, str], ...] = ()
    if name == "mark":
        given = [*labels(one.statement), marks.EMPTY]
        options = tuple((mark, mark_words(one.statement, mark)) for mark in given)
    return ClashField(
        name=name,
        words=str(COLUMN_WORDS[name]),
        theirs=mark_words(one.statement, theirs) if options else theirs,
        mine=mark_words(one.statement, mine) if options else mine,
        typed=typed.get(name, mine),
        options=options,
    )


def mark_words(statement: AskedStatement, mark: str) -> str:
    """A mark in words, with what the statement's scale says about it."""
    texts = {str(value): text for value, text in statement.levels}
    return f"{filters.mark(mark)}: {texts[mark]}" if mark in texts else filters.mark(mark)


def _fault_line(fault: Fault) -> FaultLine:
    what = gettext(fault.message)
    where = ""
    if fault.number:
        where = gettext(
            '%(place)s, column "%(column)s"',
            place=fault.place,
            column=str(COLUMN_WORDS[fault.column]),
        )
    return FaultLine(where, what % fault.facts if fault.facts else what)
