"""A review filled in off line: whether the sheet is of this review, what its rows say, and how
those that are taken become scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from models import CONFIDENCES, Assignment, Score, SheetUpload, User, marks
from reviews import scoring, sheet_uploads, workbooks
from reviews.errors import Unusable
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent
from reviews.sheet_uploads import Decision, Taken
from reviews.workbooks import BASE, CODE, Comparison, Labels, Line, Reading, mark_of, typed_as

FORMAT = "review 1"
FILLED = Score.FIELDS
"""What a reviewer fills in: fields of a score."""

MARKS = ("mark", "visit_mark")
CONFIDENCE = "confidence"
COLUMNS = (CODE, BASE, *FILLED)
"""What a sheet must bring back, by the keys of its columns."""

_REFUSALS = {
    "format": (
        "This is no sheet of a review. Download the sheet of your review, and fill in that one."
    ),
    "review": (
        "This sheet is of another review, of %(city)s in the round %(round)s. Nothing was read "
        "from it."
    ),
    "instrument": "This sheet asks another questionnaire (%(theirs)s) than this round (%(ours)s).",
    "sha256": "This sheet asks an older wording of the questionnaire. Download a new one.",
    "version": (
        "This sheet was made for version %(theirs)s of what the city signed; version %(ours)s "
        "counts now. Download a new one."
    ),
}


def identity(assignment: Assignment, questionnaire: Questionnaire) -> dict[str, str]:
    """What makes a sheet the one of this review."""
    city = workbooks.identity(assignment.assessment, questionnaire)
    return {**city, "format": FORMAT, "review": str(assignment.id)}


def refuse_other(told: Mapping[str, str], ours: Mapping[str, str]) -> None:
    """Raise Unusable for the sheet of another review, city, questionnaire or version."""
    for name, message in _REFUSALS.items():
        theirs = told.get(name, "").strip()
        if theirs != ours[name]:
            facts = {
                "theirs": theirs[:60] or "-",
                "ours": ours[name],
                "city": told.get("city", "-")[:60],
                "round": told.get("round", "-")[:60],
            }
            raise Unusable(message, field="file", **facts)


def read(
    lines: Iterable[Line],
    questionnaire: Questionnaire,
    numbers: Mapping[str, int],
    labels: Labels,
    confidences: Mapping[str, str],
) -> Reading:
    """Read all lines. `numbers` are those of the latest saves by code of the statement, and
    `confidences` the words for how sure a reviewer is."""

    def mark(text: str, statement: AskedStatement) -> str:
        return mark_of(text, statement, labels, statement.score_marks)

    def confidence(text: str, statement: AskedStatement) -> str:
        return _confidence(text, confidences)

    chosen = {**dict.fromkeys(MARKS, mark), CONFIDENCE: confidence}
    cells = {name: chosen.get(name) or typed_as(name) for name in FILLED}
    return workbooks.read_cells(lines, questionnaire, numbers, cells)


def _confidence(text: str, words: Mapping[str, str]) -> str:
    said = " ".join(text.casefold().split())
    if not said:
        return ""
    for one in CONFIDENCES:
        if said in (one, words[one].casefold()):
            return one
    raise Unusable(
        '"%(said)s" does not say how sure you are. Choose from the list.',
        field=CONFIDENCE,
        said=text[:60],
    )


def city_level_hidden(assignment: Assignment, score: Score | None) -> bool:
    """Whether the reviewer has yet to give an own level before being shown the city's."""
    hidden = scoring.city_levels_hidden(assignment.assessment, assignment.reviewer)
    return hidden and (score is None or score.view.mark == marks.EMPTY)


def take(
    upload: SheetUpload,
    assignment: Assignment,
    compared: Sequence[Comparison],
    decisions: Mapping[str, Decision],
    known: Callable[[Score, Sent], Known],
    *,
    by: User,
    now: datetime,
) -> Taken:
    """Save the rows that were chosen, each as a save of its score. Raises NotNow, as give_score
    does."""
    scores = {one.statement_id: one for one in assignment.scores}

    def save(statement: AskedStatement, sent: Sent) -> None:
        score = scores.get(statement.id)
        if score is None:
            score = Score(statement_id=statement.id)
            assignment.scores.append(score)
        scoring.give_score(score, statement, sent, known(score, sent), by=by, now=now)

    return sheet_uploads.take_rows(upload, compared, decisions, save)
