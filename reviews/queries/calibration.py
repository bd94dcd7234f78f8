"""A calibration case as people may see it: the panel after the own submission, how many are in
while it runs, who gave what once it is closed, and what waits for a reviewer."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import (
    CalibrationCase,
    CalibrationReview,
    CalibrationScore,
    Round,
    RoundState,
    User,
)
from reviews import visibility
from reviews.calibration import FEWEST_OTHERS, Counts


class Panel(NamedTuple):
    """What the others gave, without names: how many chose each mark, by statement. Empty while
    fewer than FEWEST_OTHERS have submitted."""

    others: int = 0
    counts: Counts = MappingProxyType({})


class Attendance(NamedTuple):
    """How many have submitted, how many have begun, and how many could take part."""

    submitted: int
    at_work: int
    reviewers: int


class Submitted(NamedTuple):
    """A finished view of a closed case: whose, and the marks by statement."""

    reviewer: str
    marks: dict[str, str]


class CaseTask(NamedTuple):
    """A case that waits for a person, or whose feedback does."""

    round_slug: str
    round: str
    closed: bool
    begun: bool
    submitted: bool


def panel(session: Session, review: CalibrationReview) -> Panel:
    """What the others gave; nothing before the own view is submitted, and nothing of a few."""
    own = aliased(CalibrationReview)
    rows = session.execute(
        select(CalibrationScore.statement, CalibrationScore.mark, func.count())
        .join(CalibrationScore.review)
        # Joined to the own view, so that no mark leaves the database before it is submitted.
        .join(own, own.case_id == CalibrationReview.case_id)
        .where(
            own.id == review.id,
            own.submitted_at.is_not(None),
            CalibrationReview.id != own.id,
            CalibrationReview.submitted_at.is_not(None),
        )
        .group_by(CalibrationScore.statement, CalibrationScore.mark)
        .order_by(CalibrationScore.statement, CalibrationScore.mark)
    )
    counts: dict[str, dict[str, int]] = {}
    for statement, mark, count in rows:
        counts.setdefault(statement, {})[mark] = count
    # A finished view lacks no statement: each of them was marked by all.
    others = max((sum(given.values()) for given in counts.values()), default=0)
    return Panel(others, counts) if others >= FEWEST_OTHERS else Panel()


def attendance(session: Session, case: CalibrationCase, now: datetime) -> Attendance:
    """How far the reviewers of a round are with its case: numbers, no names."""
    submitted, begun = session.execute(
        select(func.count().filter(CalibrationReview.submitted_at.is_not(None)), func.count())
        .select_from(CalibrationReview)
        .where(CalibrationReview.case_id == case.id)
    ).one()
    reviewers = session.scalar(_reviewers(case.round, now)) or 0
    return Attendance(submitted, begun - submitted, max(reviewers, begun))


def submitted(session: Session, case: CalibrationCase) -> list[Submitted]:
    """Who gave what, by name; nothing before the case is closed."""
    rows = session.execute(
        select(CalibrationReview.id, User.name, CalibrationScore.statement, CalibrationScore.mark)
        .join(CalibrationReview.reviewer)
        .join(CalibrationReview.scores)
        .join(CalibrationReview.case)
        .join(CalibrationCase.round)
        .where(
            CalibrationReview.case_id == case.id,
            CalibrationReview.submitted_at.is_not(None),
            or_(CalibrationCase.closed_at.is_not(None), Round.state == RoundState.CLOSED),
        )
        .order_by(User.name, CalibrationReview.id, CalibrationScore.statement)
    )
    found: dict[int, Submitted] = {}
    for number, name, statement, mark in rows:
        found.setdefault(number, Submitted(name, {})).marks[statement] = mark
    return list(found.values())


def tasks_of(session: Session, who: User, now: datetime) -> list[CaseTask]:
    """The cases of the rounds that still run: those to score and those with feedback to read."""
    own = aliased(CalibrationReview)
    rows = session.execute(
        visibility.calibration_cases(who, now)
        .join(CalibrationCase.round)
        .outerjoin(own, (own.case_id == CalibrationCase.id) & (own.reviewer_id == who.id))
        .where(
            Round.state != RoundState.CLOSED,
            or_(CalibrationCase.closed_at.is_(None), own.submitted_at.is_not(None)),
        )
        .with_only_columns(
            Round.slug,
            Round.title,
            CalibrationCase.closed_at.is_not(None),
            own.id.is_not(None),
            own.submitted_at.is_not(None),
        )
        .order_by(Round.created_at.desc(), Round.id)
    )
    return [CaseTask(*row) for row in rows]


def _reviewers(round_: Round, now: datetime) -> Select[int]:
    """How many people are reviewers in a round: of the pool, or in one of its teams."""
    there = visibility.reviews_in(round_.id, User.id, now)
    return select(func.count()).select_from(User).where(User.active, there)
