"""What reviewers gave: one's own view while at work, the team's once its consensus is open."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Assessment,
    Assignment,
    AssignmentState,
    Consensus,
    EvidenceVerdict,
    ReviewSubmission,
    Score,
    Submission,
    Sufficiency,
    User,
    View,
    counted,
    marks,
)
from reviews.assigning import ENDED
from reviews.submissions import SignedEvidence, SubmittedScore, SubmittedVerdict, unpacked

Ts = TypeVarTuple("Ts")


class Judgement(NamedTuple):
    """What the progress on one statement depends on: the mark that counts, and whether there
    are words for it."""

    mark: str
    has_text: bool


class Receipt(NamedTuple):
    """A finished review: its fingerprint, when it came in, and its marks."""

    sha256: str
    submitted_at: datetime
    marks: tuple[str, ...]


class CityAnswer(NamedTuple):
    """What a city signed about one statement, and what it cited there."""

    version: int
    mark: str
    text: str
    remit_reason: str
    evidence: tuple[SignedEvidence, ...]


class TeamProgress(NamedTuple):
    """How many of a team's reviews are in; for nobody who is still scoring."""

    submitted: int
    reviews: int


class TeamReview(NamedTuple):
    """The finished review of one member of a team, by its marks."""

    assignment_id: int
    reviewer: str
    lead: bool
    marks: tuple[str, ...]


class Justified(NamedTuple):
    """What one member of a team says about one statement: the mark that counts and its words,
    then both views whole, how sure the reviewer is, and the verdicts on the evidence."""

    reviewer: str
    lead: bool
    mark: str
    justification: str
    desk: View
    visit: View
    confidence: str = ""
    verdicts: tuple[SubmittedVerdict, ...] = ()


class OwnVerdict(NamedTuple):
    """What a reviewer has found in one piece of evidence."""

    sufficiency: Sufficiency
    note: str


def judgements(session: Session, assignment: Assignment) -> dict[int, Judgement]:
    """A reviewer's own scores by statement id."""
    rows = session.execute(
        select(
            Score.statement_id,
            Score.mark,
            Score.justification,
            Score.visit_mark,
            Score.visit_justification,
        )
        .where(Score.assignment_id == assignment.id)
        .order_by(Score.statement_id)
    )
    return {row[0]: _judged(View(*row[1:3]), View(*row[3:])) for row in rows}


def _judged(desk: View, visit: View) -> Judgement:
    view = counted(desk, visit)
    return Judgement(view.mark, bool(view.justification.strip()))


def own_verdicts(
    session: Session, assignment: Assignment, statement_id: int
) -> dict[int, OwnVerdict]:
    """A reviewer's own verdicts at one statement, by evidence id."""
    rows = session.execute(
        select(EvidenceVerdict.evidence_id, EvidenceVerdict.sufficiency, EvidenceVerdict.note)
        .where(
            EvidenceVerdict.assignment_id == assignment.id,
            EvidenceVerdict.statement_id == statement_id,
        )
        .order_by(EvidenceVerdict.evidence_id)
    )
    return {evidence: OwnVerdict(sufficiency, note) for evidence, sufficiency, note in rows}


def receipt(session: Session, assignment: Assignment) -> Receipt | None:
    """A reviewer's own finished review, None while it is not submitted."""
    row = session.execute(
        select(ReviewSubmission.sha256, ReviewSubmission.submitted_at, ReviewSubmission.packed)
        .where(ReviewSubmission.assignment_id == assignment.id)
        .order_by(ReviewSubmission.id)
    ).one_or_none()
    return row and Receipt(row.sha256, row.submitted_at, _reviewed(row.packed))


def signed_version(session: Session, assessment: Assessment) -> int | None:
    """The number of the latest signed version."""
    return session.scalar(_signed(select(Submission.version), assessment))


def city_answer(session: Session, assessment: Assessment, code: str) -> CityAnswer | None:
    """A city's answer to one statement in its latest signed version."""
    row = session.execute(
        _signed(select(Submission.version, Submission.document), assessment)
    ).one_or_none()
    if row is None:
        return None
    answer = _of_statement(json.loads(row.document)["answers"], code)
    return CityAnswer(
        version=row.version,
        mark=answer["mark"],
        text=answer["text"],
        remit_reason=answer["remit_reason"],
        evidence=tuple(map(SignedEvidence.of, answer["evidence"])),
    )


def city_marks(session: Session, assessment: Assessment) -> tuple[str, ...]:
    """A city's own marks in its latest signed version, in the order of the instrument."""
    packed = session.scalar(_signed(select(Submission.packed), assessment))
    return unpacked(packed or b"", missing=marks.EMPTY)


def team_progress(session: Session, assessment: Assessment) -> TeamProgress:
    """How many of the reviews that have not ended are submitted."""
    submitted = func.count().filter(Assignment.state == AssignmentState.SUBMITTED)
    row = session.execute(
        select(submitted, func.count()).where(
            Assignment.assessment_id == assessment.id, Assignment.state.not_in(ENDED)
        )
    ).one()
    return TeamProgress(*row)


def team_reviews(session: Session, assessment: Assessment) -> list[TeamReview]:
    """The finished reviews of a team, the lead first; none before its consensus is open."""
    rows = session.execute(
        _of_team(
            select(Assignment.id, User.name, Assignment.lead, ReviewSubmission.packed), assessment
        )
    )
    return [TeamReview(one, name, lead, _reviewed(packed)) for one, name, lead, packed in rows]


def justifications(session: Session, assessment: Assessment, code: str) -> list[Justified]:
    """What each of a team says about one statement; nothing before its consensus is open."""
    rows = session.execute(
        _of_team(select(User.name, Assignment.lead, ReviewSubmission.document), assessment)
    )
    said = [
        (name, lead, SubmittedScore.of(_of_statement(json.loads(text)["scores"], code)))
        for name, lead, text in rows
    ]
    return [
        Justified(name, lead, *one.view, one.desk, one.visit, one.confidence, one.verdicts)
        for name, lead, one in said
    ]


def agreed_marks(session: Session, consensus: Consensus) -> dict[int, str]:
    """The agreed levels by statement id."""
    rows = session.execute(
        select(AgreedLevel.statement_id, AgreedLevel.mark)
        .where(AgreedLevel.consensus_id == consensus.id)
        .order_by(AgreedLevel.statement_id)
    )
    return {statement: mark for statement, mark in rows}


def _signed(columns: Select[*Ts], assessment: Assessment) -> Select[*Ts]:
    return (
        columns.where(Submission.assessment_id == assessment.id)
        .order_by(Submission.version.desc())
        .limit(1)
    )


def _of_team(columns: Select[*Ts], assessment: Assessment) -> Select[*Ts]:
    """Joined to the consensus, so that nobody's view leaves the database before it is open."""
    return (
        columns.join(ReviewSubmission.assignment)
        .join(Assignment.reviewer)
        .join(Consensus, Consensus.assessment_id == Assignment.assessment_id)
        .where(
            Assignment.assessment_id == assessment.id,
            Assignment.state == AssignmentState.SUBMITTED,
        )
        .order_by(Assignment.lead.desc(), Assignment.id)
    )


def _of_statement(rows: list[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(row for row in rows if row["statement"] == code)


def _reviewed(packed: bytes) -> tuple[str, ...]:
    # A finished review lacks no statement: a byte without a level stands for "cannot judge".
    return unpacked(packed, missing=marks.CANNOT_JUDGE)
