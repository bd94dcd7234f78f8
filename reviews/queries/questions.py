"""Questions to the city, as each side may read them: what a reader may not know is not selected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import (
    Assessment,
    Assignment,
    CityMembership,
    CityRole,
    Consensus,
    Letter,
    Question,
    User,
)
from reviews import letters


class Exchange(NamedTuple):
    """One question with its answer. `asked_by` and `answered_by` are empty for whoever may not
    know, and so is `asked_at`."""

    key: str
    statement_id: int
    text: str
    due: datetime
    number: int
    answer: str
    answered_at: datetime | None
    changed_at: datetime | None
    asked_by: str
    asked_at: datetime | None
    answered_by: str


class Count(NamedTuple):
    """How many questions there are, and how many of them wait for an answer."""

    open: int
    all: int


_COLUMNS = (
    Question.key,
    Question.statement_id,
    Question.text,
    Question.due,
    Question.number,
    Question.answer,
    Question.answered_at,
    Question.changed_at,
)
_NAMELESS = literal("", String())


def of_city(
    session: Session, assessment: Assessment, statement_ids: Collection[int]
) -> list[Exchange]:
    """What the team has asked a city about some statements, without a word on who asked or when.

    Ordered by the random key: pages put the order of the statements before it.
    """
    rows = session.execute(
        select(*_COLUMNS, User.name)
        .join(Question.assignment)
        .outerjoin(Question.answered_by)
        .where(_of(assessment), Question.statement_id.in_(statement_ids))
        .order_by(Question.key)
    )
    return [Exchange(*row[:-1], "", None, row[-1] or "") for row in rows]


def count_of_city(
    session: Session, assessment: Assessment, statement_ids: Collection[int]
) -> Count:
    """How many questions a city has got about some statements."""
    unanswered = func.count().filter(Question.answered_at.is_(None))
    row = session.execute(
        select(unanswered, func.count())
        .select_from(Question)
        .join(Question.assignment)
        .where(_of(assessment), Question.statement_id.in_(statement_ids))
    ).one()
    return Count(*row)


def own(
    session: Session, assignment: Assignment, statement_id: int | None = None
) -> list[Exchange]:
    """A reviewer's own questions, at one statement or at all, in the order of asking."""
    rows = (
        select(*_COLUMNS, _NAMELESS, Question.asked_at, _NAMELESS)
        .where(Question.assignment_id == assignment.id, Question.withdrawn_at.is_(None))
        .order_by(Question.asked_at, Question.id)
    )
    if statement_id is not None:
        rows = rows.where(Question.statement_id == statement_id)
    return [Exchange(*row) for row in session.execute(rows)]


def of_team(
    session: Session, assessment: Assessment, statement_id: int | None = None
) -> list[Exchange]:
    """What a whole team has asked, with names; nothing before its consensus is open."""
    asker = aliased(User)
    rows = (
        select(*_COLUMNS, asker.name, Question.asked_at, _NAMELESS)
        .join(Question.assignment)
        .join(asker, Assignment.reviewer)
        .join(Consensus, Consensus.assessment_id == Assignment.assessment_id)
        .where(_of(assessment))
        .order_by(Question.key)
    )
    if statement_id is not None:
        rows = rows.where(Question.statement_id == statement_id)
    return [Exchange(*row) for row in session.execute(rows)]


def one_of_city(
    session: Session, assessment: Assessment, statement_ids: Collection[int], key: str
) -> Question | None:
    """A question that the city can be told of, by its key."""
    rows = (
        select(Question)
        .join(Question.assignment)
        .where(_of(assessment), Question.statement_id.in_(statement_ids), Question.key == key)
    )
    return session.scalars(rows).one_or_none()


def one_own(session: Session, assignment: Assignment, key: str) -> Question | None:
    """A question of one's own, withdrawn or not, by its key."""
    rows = select(Question).where(Question.assignment_id == assignment.id, Question.key == key)
    return session.scalars(rows).one_or_none()


def leads_to_tell(session: Session, assessment: Assessment, now: datetime) -> Sequence[User]:
    """The lead officers of a city for whom no letter about questions waits to be sent."""
    told = select(Letter.person_id).where(_waiting(Letter.assessment_id, assessment.id))
    rows = (
        select(User)
        .join(CityMembership, CityMembership.user_id == User.id)
        .where(
            CityMembership.city_id == assessment.city.id,
            CityMembership.role == CityRole.LEAD,
            CityMembership.ended_at.is_(None) | (CityMembership.ended_at > now),
            User.active,
            User.id.not_in(told),
        )
        .order_by(User.id)
        .distinct()
    )
    return session.scalars(rows).all()


def letters_waiting(session: Session, assessment: Assessment) -> Sequence[Letter]:
    """The letters about a city's questions that have not gone out."""
    rows = select(Letter).where(_waiting(Letter.assessment_id, assessment.id))
    return session.scalars(rows.order_by(Letter.id)).all()


def _of(assessment: Assessment) -> ColumnElement[bool]:
    return (Assignment.assessment_id == assessment.id) & Question.withdrawn_at.is_(None)


def _waiting(column: InstrumentedAttribute[int | None], of: int) -> ColumnElement[bool]:
    return (column == of) & (Letter.kind == letters.QUESTIONS) & Letter.sent_at.is_(None)
