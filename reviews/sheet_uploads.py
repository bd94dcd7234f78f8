"""A sheet that came back: put down until its sender has decided, taken row by row, set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models import Answer, Assessment, Assignment, SheetUpload, User
from reviews import assessments
from reviews.errors import Stale, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Kept, Known, Sent, content_of
from reviews.workbooks import Comparison, Fault, Reading, Row, compare

KEPT_FOR = timedelta(days=7)
MOST_FAULTS = 500

Earlier = Mapping[int, Mapping[str, str]]
"""What was stored at the bases of the rows, by statement id."""

# At a base that nobody knows any more no field was as it is: each counts as changed twice.
_FORGOTTEN = "\0"


class Choice(StrEnum):
    """What a person decides about one row."""

    TAKE = "take"
    LEAVE = "leave"
    THEIRS = "theirs"
    MINE = "mine"
    COMBINED = "combined"


@dataclass(frozen=True)
class Decision:
    """A choice about a row that clashes names the number of the answer it was made upon;
    `typed` are the fields that the person put together from both."""

    choice: Choice
    seen: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)


UNDECIDED = Decision(Choice.LEAVE)


@dataclass
class Taken:
    """What became of the rows, by code: saved, changed by somebody else in this moment, or
    refused for what was typed."""

    saved: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    refused: dict[str, Unusable] = field(default_factory=dict)


def put_down(
    assessment: Assessment,
    reading: Reading,
    *,
    file_name: str,
    key: str,
    by: User,
    now: datetime,
    instead_of: SheetUpload | None = None,
    assignment: Assignment | None = None,
) -> SheetUpload:
    """Keep what a sheet says until its sender has decided about it; the one before it is gone.
    `assignment` is the review that the sheet is of, if it is not of the city."""
    upload = instead_of or SheetUpload(
        assessment=assessment, by=by, key=key, file_name="", version=1, at=now, rows=[], faults=[]
    )
    upload.key, upload.at, upload.version = key, now, assessment.version
    upload.file_name, upload.assignment = file_name[:255], assignment
    upload.rows = [row.stored() for row in reading.rows]
    upload.faults = [fault.stored() for fault in reading.faults[:MOST_FAULTS]]
    record(by, "sheet:upload", assessment, now=now, rows=len(upload.rows))
    return upload


def waiting(
    upload: SheetUpload | None,
    assessment: Assessment,
    now: datetime,
    assignment: Assignment | None = None,
) -> bool:
    """Whether there is something to decide: a week old or of an earlier version it is void, and
    so is the sheet of a review for the city, and the other way round."""
    return (
        upload is not None
        and upload.assignment is assignment
        and upload.version == assessment.version
        and now < upload.at + KEPT_FOR
    )


def set_aside(upload: SheetUpload, *, by: User, now: datetime) -> None:
    """Write down that the rest of a sheet is not taken; whoever calls this takes it away."""
    record(by, "sheet:set-aside", upload.assessment, now=now, rows=len(upload.rows))


def rows_of(upload: SheetUpload) -> tuple[Row, ...]:
    """The rows that nobody has decided about yet."""
    return tuple(Row(**row) for row in upload.rows)


def faults_of(upload: SheetUpload) -> tuple[Fault, ...]:
    return tuple(Fault(**fault) for fault in upload.faults)


def comparisons(
    rows: Sequence[Row],
    questionnaire: Questionnaire,
    kept: Mapping[int, Kept],
    earlier: Earlier,
) -> list[Comparison]:
    """The rows beside what is stored, by statement in sight of the person, in its order."""
    found = {row.code: row for row in rows}
    compared = []
    for statement in questionnaire.statements:
        row = found.get(statement.code)
        if row is not None:
            one = kept.get(statement.id)
            stored = content_of(one) if one else dict.fromkeys(row.content, "")
            number = one.number if one else 0
            unknown = dict.fromkeys(row.content, _FORGOTTEN if row.base else "")
            at_base = earlier.get(statement.id, unknown)
            if row.base == number:
                at_base = stored
            compared.append(compare(row, statement, stored=stored, number=number, at_base=at_base))
    return compared


def take(
    upload: SheetUpload,
    compared: Sequence[Comparison],
    decisions: Mapping[str, Decision],
    answers: Mapping[int, Answer],
    known: Callable[[Answer, Sent], Known],
    *,
    by: User,
    now: datetime,
) -> Taken:
    """Save the rows of a city's sheet that were chosen, each as a save of its answer."""

    def save(statement: AskedStatement, sent: Sent) -> None:
        answer = answers.get(statement.id)
        if answer is None:
            answer = Answer(statement_id=statement.id)
            upload.assessment.answers.append(answer)
        assessments.save_answer(answer, statement, sent, known(answer, sent), by=by, now=now)

    return take_rows(upload, compared, decisions, save)


def take_rows(
    upload: SheetUpload,
    compared: Sequence[Comparison],
    decisions: Mapping[str, Decision],
    save: Callable[[AskedStatement, Sent], object],
) -> Taken:
    """Save the rows that were chosen; decided rows leave.

    What somebody else has changed in this moment stays, to be decided anew, and so does what
    cannot be stored. Raises NotNow, as `save` does.
    """
    taken = Taken()
    waiting = {row.code: row for row in rows_of(upload)}
    for one in compared:
        code = one.row.code
        decision = decisions.get(code, UNDECIDED)
        if not one.changes or decision.choice is Choice.THEIRS:
            del waiting[code]
        elif decision.choice is Choice.LEAVE:
            waiting[code] = replace(one.row, chosen=bool(one.clash))
        else:
            try:
                save(one.statement, _sent(one, decision))
            except Stale:
                taken.stale.append(code)
            except Unusable as error:
                taken.refused[code] = error
            else:
                taken.saved.append(code)
                del waiting[code]
    upload.rows = [row.stored() for row in waiting.values()]
    return taken


def _sent(one: Comparison, decision: Decision) -> Sent:
    """What is saved. Raises Stale for a row that clashes without a decision upon the clash."""
    if decision.choice is Choice.TAKE:
        if one.clash:
            raise Stale(
                "Somebody else changed this meanwhile.", theirs=one.stored, number=one.number
            )
        return Sent(one.changes, one.row.base)
    typed = decision.typed if decision.choice is Choice.COMBINED else {}
    return Sent({**one.changes, **typed}, decision.seen)
