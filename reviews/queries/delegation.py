"""Who works on a city, on what, and who was invited; notes between them; who is where now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Assessment,
    City,
    CityMembership,
    Invitation,
    Letter,
    Mention,
    Note,
    Part,
    Presence,
    User,
)
from reviews.delegation import OFFICERS

HERE_FOR = timedelta(seconds=60)
"""How long a heartbeat counts."""


def memberships(session: Session, city: City, now: datetime) -> Sequence[CityMembership]:
    """Everybody who works on a city now, by name; a person with two roles stands there twice."""
    rows = (
        select(CityMembership)
        .join(CityMembership.user)
        .where(_at_work(city, now))
        .options(
            joinedload(CityMembership.city),
            joinedload(CityMembership.user).options(
                selectinload(User.parts),
                selectinload(User.city_memberships).joinedload(CityMembership.city),
            ),
        )
        .order_by(User.name, User.id, CityMembership.id)
    )
    return session.scalars(rows).all()


def _at_work(city: City, now: datetime) -> ColumnElement[bool]:
    return (
        (CityMembership.city_id == city.id)
        & CityMembership.role.in_(OFFICERS)
        & or_(CityMembership.ended_at.is_(None), CityMembership.ended_at > now)
    )


def colleagues(session: Session, city: City, now: datetime) -> list[User]:
    """The people behind these memberships, each once, by name."""
    return list(dict.fromkeys(one.user for one in memberships(session, city, now)))


def waiting(session: Session, city: City, now: datetime) -> Sequence[Invitation]:
    """The invitations to a city that can still be accepted, the oldest first."""
    rows = (
        select(Invitation)
        .join(Invitation.assessment)
        .where(
            Assessment.city_id == city.id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.id)
    )
    return session.scalars(rows).all()


def parts(session: Session, assessment: Assessment) -> Sequence[Part]:
    """All parts given in one assessment, the one that is due first before the others."""
    rows = (
        select(Part)
        .where(Part.assessment_id == assessment.id)
        .options(joinedload(Part.person))
        .order_by(Part.due, Part.id)
    )
    return session.scalars(rows).all()


def notes(
    session: Session, assessment: Assessment, statement_ids: Collection[int]
) -> Sequence[Note]:
    """The notes under some statements of one assessment, in the order of writing."""
    rows = (
        select(Note)
        .where(Note.assessment_id == assessment.id, Note.statement_id.in_(statement_ids))
        .options(
            joinedload(Note.written_by),
            joinedload(Note.resolved_by),
            selectinload(Note.mentions).joinedload(Mention.person),
        )
        .order_by(Note.id)
    )
    return session.scalars(rows).all()


def open_notes(
    session: Session, assessment: Assessment, statement_ids: Collection[int]
) -> list[Note]:
    """Those of them that nobody has resolved."""
    return [one for one in notes(session, assessment, statement_ids) if one.resolved_at is None]


def present(
    session: Session, assessment: Assessment, statement_id: int, now: datetime
) -> Sequence[User]:
    """Who of the city's own people is on a statement now, by name."""
    rows = (
        select(User)
        .join(Presence, Presence.person_id == User.id)
        .where(
            Presence.assessment_id == assessment.id,
            Presence.statement_id == statement_id,
            Presence.seen_at > now - HERE_FOR,
            User.active,
            User.id.in_(select(CityMembership.user_id).where(_at_work(assessment.city, now))),
        )
        .order_by(User.name, User.id)
    )
    return session.scalars(rows).all()


def unsent(session: Session) -> Sequence[Letter]:
    """The letters that wait, the oldest first."""
    rows = (
        select(Letter)
        .where(Letter.sent_at.is_(None))
        .options(joinedload(Letter.invitation))
        .order_by(Letter.id)
    )
    return session.scalars(rows).all()
