"""What waits for a person: their cities, their reviews, the rounds they coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Answer,
    Assessment,
    Assignment,
    CityMembership,
    CityRole,
    Commitment,
    Role,
    Round,
    RoundState,
    Statement,
    User,
    marks,
)
from reviews import visibility


class CityTask(NamedTuple):
    """A city's assessment, with how many of the statements that the person sees have a level or
    a reason."""

    assessment: Assessment
    answered: int
    statements: int


class RoundTask(NamedTuple):
    slug: str
    title: str
    state: RoundState
    cities: int
    answers_due: datetime
    reviews_due: datetime


def cities_of(session: Session, who: User, now: datetime) -> list[CityTask]:
    """The assessments of a person's own cities, the newest round first."""
    seen = visibility.statement_in_sight(who, now)
    answered = (
        select(func.count())
        .select_from(Answer)
        .join(Statement, Statement.id == Answer.statement_id)
        .join(Statement.commitment)
        .join(Commitment.role)
        .where(
            Answer.assessment_id == Assessment.id,
            Answer.mark != marks.EMPTY,
            Answer.to_confirm.is_(False),
            seen,
        )
        .correlate(Assessment)
        .scalar_subquery()
    )
    statements = (
        select(func.count())
        .select_from(Statement)
        .join(Statement.commitment)
        .join(Commitment.role)
        .where(Role.instrument_id == Round.instrument_id, seen)
        .correlate(Round, Assessment)
        .scalar_subquery()
    )
    rows = session.execute(
        visibility.assessments(who, now)
        .join(Assessment.round)
        .join(CityMembership, CityMembership.city_id == Assessment.city_id)
        .where(
            CityMembership.user_id == who.id,
            CityMembership.role != CityRole.REVIEWER,
            Round.state != RoundState.PREPARING,
        )
        .with_only_columns(Assessment, answered, statements)
        .options(
            joinedload(Assessment.round),
            joinedload(Assessment.city),
            joinedload(Assessment.consensus),
            joinedload(Assessment.report),
        )
        .order_by(Round.created_at.desc(), Assessment.id)
        .distinct()
    )
    return [CityTask(*row) for row in rows]


def reviews_of(session: Session, who: User, now: datetime) -> Sequence[Assignment]:
    """A person's reviews, the one that is due next first."""
    rows = (
        visibility.assignments(who, now)
        .join(Assessment.round)
        .order_by(Round.created_at.desc(), Assignment.id)
        .options(
            joinedload(Assignment.assessment).joinedload(Assessment.round),
            joinedload(Assignment.assessment).joinedload(Assessment.city),
            joinedload(Assignment.assessment).joinedload(Assessment.consensus),
            joinedload(Assignment.assessment).joinedload(Assessment.report),
        )
    )
    return session.scalars(rows).all()


def rounds_of(session: Session, who: User, now: datetime) -> list[RoundTask]:
    """The rounds a person coordinates, the newest first."""
    cities = (
        select(func.count()).where(Assessment.round_id == Round.id).correlate(Round)
    ).scalar_subquery()
    rows = session.execute(
        visibility.rounds(who, now)
        .with_only_columns(
            Round.slug, Round.title, Round.state, cities, Round.answers_due, Round.reviews_due
        )
        .order_by(Round.created_at.desc(), Round.id)
    )
    return [RoundTask(*row) for row in rows]
