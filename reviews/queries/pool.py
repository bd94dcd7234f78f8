"""The pool of reviewers, and who is in or planned for which team of a round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    City,
    CityMembership,
    CityRole,
    Conflict,
    PlannedSeat,
    ReviewerProfile,
    Round,
    User,
)
from reviews.pool import Member

_TIES = (
    selectinload(User.city_memberships).joinedload(CityMembership.city),
    selectinload(User.conflicts).joinedload(Conflict.city),
)


def members(session: Session, round_: Round, now: datetime) -> list[Member]:
    """Everybody who reviews for a city of the network, by name; in a fixed number of queries."""
    reviewed = (
        select(func.count())
        .select_from(Assignment)
        .join(Assignment.assessment)
        .join(Assessment.round)
        .where(
            Assignment.reviewer_id == User.id,
            Assignment.state == AssignmentState.SUBMITTED,
            Round.created_at < round_.created_at,
        )
        .correlate(User)
        .scalar_subquery()
    )
    rows = session.execute(
        select(User, ReviewerProfile, reviewed)
        .outerjoin(ReviewerProfile, ReviewerProfile.user_id == User.id)
        .where(User.active, _offered(now))
        .options(*_TIES)
        .order_by(User.name, User.id)
    )
    return [Member(*row) for row in rows]


def _offered(now: datetime) -> ColumnElement[bool]:
    return User.id.in_(
        select(CityMembership.user_id).where(
            CityMembership.role == CityRole.REVIEWER,
            or_(CityMembership.ended_at.is_(None), CityMembership.ended_at > now),
        )
    )


def teams(session: Session, round_: Round) -> Sequence[Assessment]:
    """Every city of a round by name, with who was asked and who is planned."""
    rows = (
        select(Assessment)
        .join(Assessment.city)
        .where(Assessment.round_id == round_.id)
        .options(
            joinedload(Assessment.round),
            joinedload(Assessment.city),
            joinedload(Assessment.consensus),
            joinedload(Assessment.report),
            selectinload(Assessment.assignments).joinedload(Assignment.reviewer),
            selectinload(Assessment.seats).joinedload(PlannedSeat.reviewer).options(*_TIES),
        )
        .order_by(City.name, City.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(rows).all()


def locked(round_: Round) -> Select[int]:
    """The rows to lock before the plan of a whole round is changed."""
    return (
        select(Assessment.id)
        .where(Assessment.round_id == round_.id)
        .order_by(Assessment.id)
        .with_for_update()
    )


def locked_city(city: City) -> Select[int]:
    """The rows to lock before somebody leaves the teams of one city."""
    return (
        select(Assessment.id)
        .where(Assessment.city_id == city.id)
        .order_by(Assessment.id)
        .with_for_update()
    )


def profile_of(session: Session, person: User) -> ReviewerProfile | None:
    """What a person has said about themselves as a reviewer."""
    rows = select(ReviewerProfile).where(ReviewerProfile.user_id == person.id)
    return session.scalars(rows).one_or_none()


def reviews_done(session: Session, person: User) -> int:
    """How many reviews a person has handed in here, over all rounds."""
    done = (
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.reviewer_id == person.id, Assignment.state == AssignmentState.SUBMITTED)
    )
    return session.scalar(done) or 0


def tasks_of(session: Session, person: User, city: City) -> Sequence[Assignment]:
    """All that a person was ever asked to review in a city, the oldest first."""
    rows = (
        select(Assignment)
        .join(Assignment.assessment)
        .where(Assignment.reviewer_id == person.id, Assessment.city_id == city.id)
        .options(joinedload(Assignment.assessment).joinedload(Assessment.consensus))
        .order_by(Assignment.id)
    )
    return session.scalars(rows).all()


def seats_of(session: Session, person: User, city: City) -> Sequence[PlannedSeat]:
    """Where a person is planned for a city."""
    rows = (
        select(PlannedSeat)
        .join(PlannedSeat.assessment)
        .where(PlannedSeat.reviewer_id == person.id, Assessment.city_id == city.id)
        .order_by(PlannedSeat.id)
    )
    return session.scalars(rows).all()


def cities(session: Session) -> Sequence[City]:
    """All cities of the network, by name."""
    return session.scalars(select(City).order_by(City.name, City.id)).all()
