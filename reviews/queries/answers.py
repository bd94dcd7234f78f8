"""The answers of a city and what it cites, for task lists and for signing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from models import Answer, Assessment, Citation, Evidence
from reviews.completeness import AnswerState


def states(session: Session, assessment: Assessment) -> dict[int, AnswerState]:
    """What progress depends on, by statement id; no text leaves the database for it."""
    rows = session.execute(
        select(
            Answer.statement_id,
            Answer.mark,
            func.trim(Answer.text) != "",
            func.trim(Answer.remit_reason) != "",
        )
        .where(Answer.assessment_id == assessment.id)
        .order_by(Answer.statement_id)
    )
    return {
        statement: AnswerState(mark, bool(text), bool(reason))
        for statement, mark, text, reason in rows
    }


def citations(
    session: Session, assessment: Assessment, statement_id: int | None = None
) -> Sequence[Citation]:
    """What is cited now, under one statement or under all, in the order it was added."""
    rows = (
        select(Citation)
        .join(Citation.evidence)
        .where(Evidence.assessment_id == assessment.id, Citation.withdrawn_at.is_(None))
        .options(contains_eager(Citation.evidence))
        .order_by(Citation.id)
    )
    if statement_id is not None:
        rows = rows.where(Citation.statement_id == statement_id)
    return session.scalars(rows).all()
