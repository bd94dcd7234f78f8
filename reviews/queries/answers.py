"""The answers of a city and what it cites, for task lists and for signing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from models import Answer, Assessment, Citation, Confidentiality, Evidence
from reviews.completeness import AnswerState


def states(session: Session, assessment: Assessment) -> dict[int, AnswerState]:
    """What progress depends on, by statement id; no text leaves the database for it."""
    rows = session.execute(
        select(
            Answer.statement_id,
            Answer.mark,
            func.trim(Answer.text) != "",
            func.trim(Answer.remit_reason) != "",
            Answer.to_confirm,
        )
        .where(Answer.assessment_id == assessment.id)
        .order_by(Answer.statement_id)
    )
    return {
        statement: AnswerState(mark, bool(text), bool(reason), to_confirm)
        for statement, mark, text, reason, to_confirm in rows
    }


def citations(
    session: Session, assessment: Assessment, statement_id: int | None = None
) -> Sequence[Citation]:
    """What is cited now, under one statement or under all, in the order it was added."""
    rows = (
        select(Citation)
        .join(Citation.evidence)
        .where(Citation.assessment_id == assessment.id, Citation.withdrawn_at.is_(None))
        .options(contains_eager(Citation.evidence).selectinload(Evidence.versions))
        .order_by(Citation.id)
    )
    if statement_id is not None:
        rows = rows.where(Citation.statement_id == statement_id)
    return session.scalars(rows).all()


def cited_until(session: Session, assessment: Assessment) -> dict[int, list[date | None]]:
    """Until when each piece of evidence is valid that readers of the signed version will see, by
    statement id; None for one without such a date."""
    rows = session.execute(
        select(Citation.statement_id, Evidence.valid_until)
        .join(Citation.evidence)
        .where(
            Citation.assessment_id == assessment.id,
            Citation.withdrawn_at.is_(None),
            Evidence.confidentiality != Confidentiality.CITY,
        )
        .order_by(Citation.id)
    )
    found: dict[int, list[date | None]] = {}
    for statement, until in rows:
        found.setdefault(statement, []).append(until)
    return found
