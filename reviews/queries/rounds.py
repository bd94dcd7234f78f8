"""Rounds as their coordinators watch them: every city at a glance, and who can review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Assignment,
    City,
    CityMembership,
    CityRole,
    Consensus,
    Entry,
    Round,
    Submission,
    User,
    marks,
)
from reviews.assigning import ENDED
from reviews.hats import conflicted


class CityInRound(NamedTuple):
    """A city, its team, and how much there is of what; never what it says.

    `signed` is the number of the latest signed version, `active_at` the last deed in it.
    """

    assessment: Assessment
    answered: int
    agreed: int
    signed: int | None
    active_at: datetime | None


class PoolMember(NamedTuple):
    """Somebody who may be asked to review, from where, and how many reviews they have here."""

    user: User
    homes: str
    reviews: int


def cockpit(session: Session, round_: Round) -> list[CityInRound]:
    """Every city of a round, by name; in as many queries for one city as for hundreds."""
    rows = session.execute(
        select(Assessment, _answered(), _agreed(), _signed(), _active_at())
        .join(Assessment.city)
        .where(Assessment.round_id == round_.id)
        .options(
            joinedload(Assessment.round),
            joinedload(Assessment.city),
            joinedload(Assessment.consensus),
            joinedload(Assessment.report),
            selectinload(Assessment.assignments).joinedload(Assignment.reviewer),
        )
        .order_by(City.name, City.id)
    )
    return [CityInRound(*row) for row in rows]


def _answered() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Answer)
        .where(
            Answer.assessment_id == Assessment.id,
            Answer.mark != marks.EMPTY,
            Answer.to_confirm.is_(False),
        )
        .correlate(Assessment)
        .scalar_subquery()
    )


def _agreed() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(AgreedLevel)
        .join(AgreedLevel.consensus)
        .where(Consensus.assessment_id == Assessment.id, AgreedLevel.mark != marks.EMPTY)
        .correlate(Assessment)
        .scalar_subquery()
    )


def _signed() -> ScalarSelect[int]:
    return (
        select(func.max(Submission.version))
        .where(Submission.assessment_id == Assessment.id)
        .correlate(Assessment)
        .scalar_subquery()
    )


def _active_at() -> ScalarSelect[datetime]:
    return (
        select(func.max(Entry.at))
        .where(Entry.round_id == Assessment.round_id, Entry.city_id == Assessment.city_id)
        .correlate(Assessment)
        .scalar_subquery()
    )


def cities_in(session: Session, round_: Round) -> Sequence[City]:
    """The cities that take part, by name."""
    rows = (
        select(City)
        .join(Assessment, Assessment.city_id == City.id)
        .where(Assessment.round_id == round_.id)
        .order_by(City.name, City.id)
    )
    return session.scalars(rows).all()


def cities_outside(session: Session, round_: Round) -> Sequence[City]:
    """The cities that could still be added, by name."""
    inside = select(Assessment.city_id).where(Assessment.round_id == round_.id)
    rows = select(City).where(City.id.not_in(inside)).order_by(City.name, City.id)
    return session.scalars(rows).all()


def too_close(session: Session, round_: Round, who: User) -> frozenset[int]:
    """The ids of the cities of a round about which a person may learn nothing."""
    return frozenset(city.id for city in cities_in(session, round_) if conflicted(who, city))


def pool(session: Session, round_: Round, now: datetime) -> list[PoolMember]:
    """Everybody who reviews for a city of the network, by name."""
    reviews = (
        select(func.count())
        .select_from(Assignment)
        .join(Assignment.assessment)
        .where(
            Assignment.reviewer_id == User.id,
            Assignment.state.not_in(ENDED),
            Assessment.round_id == round_.id,
        )
        .correlate(User)
        .scalar_subquery()
    )
    offered = select(CityMembership.user_id).where(
        CityMembership.role == CityRole.REVIEWER,
        or_(CityMembership.ended_at.is_(None), CityMembership.ended_at > now),
    )
    rows = session.execute(
        select(User, reviews)
        .where(User.active, User.id.in_(offered))
        .options(
            selectinload(User.city_memberships).joinedload(CityMembership.city),
            selectinload(User.conflicts),
        )
        .order_by(User.name, User.id)
    )
    return [PoolMember(user, _homes(user), count) for user, count in rows]


def _homes(user: User) -> str:
    return ", ".join(
        sorted(one.city.name for one in user.city_memberships if one.role is CityRole.REVIEWER)
    )


def is_taken(session: Session, slug: str) -> bool:
    """Whether a round has this word in addresses already."""
    return session.scalar(select(Round.id).where(Round.slug == slug)) is not None
