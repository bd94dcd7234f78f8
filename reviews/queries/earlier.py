"""What a city did in the round before, by the same questionnaire in whatever version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Citation,
    Consensus,
    Evidence,
    Instrument,
    Round,
    Submission,
)


def last_assessment(session: Session, assessment: Assessment, code: str) -> Assessment | None:
    """The city in the last round before this one that it signed something in; `code` is the one
    of the questionnaire, which outlives its versions."""
    signed = exists().where(Submission.assessment_id == Assessment.id).correlate(Assessment)
    rows = (
        select(Assessment)
        .join(Assessment.round)
        .join(Round.instrument)
        .where(
            Assessment.city_id == assessment.city.id,
            Round.created_at < assessment.round.created_at,
            Instrument.code == code,
            signed,
        )
        .options(
            contains_eager(Assessment.round),
            joinedload(Assessment.city),
            joinedload(Assessment.consensus),
            joinedload(Assessment.report),
        )
        .order_by(Round.created_at.desc(), Round.id.desc())
        .limit(1)
    )
    return session.scalars(rows).one_or_none()


def carried(session: Session, assessment: Assessment) -> bool:
    """Whether the answers of the last round were taken over into this one."""
    found = exists().where(
        Answer.assessment_id == assessment.id, Answer.carried_from_id.is_not(None)
    )
    return session.scalar(select(found)) or False


def cited(session: Session, assessment: Assessment) -> Sequence[Citation]:
    """What an assessment cites, with all other uses of the same documents."""
    rows = (
        select(Citation)
        .join(Citation.evidence)
        .where(Citation.assessment_id == assessment.id, Citation.withdrawn_at.is_(None))
        .options(contains_eager(Citation.evidence).selectinload(Evidence.citations))
        .order_by(Citation.id)
    )
    return session.scalars(rows).all()


def agreed_level(
    session: Session, consensus: Consensus, statement_id: int
) -> tuple[str, str] | None:
    """What a team agreed on for one statement: its mark and its reason."""
    row = session.execute(
        select(AgreedLevel.mark, AgreedLevel.reason)
        .where(AgreedLevel.consensus_id == consensus.id, AgreedLevel.statement_id == statement_id)
        .order_by(AgreedLevel.id)
    ).one_or_none()
    return row and (row.mark, row.reason)
