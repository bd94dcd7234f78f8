"""Snapshots and releases as pages and files need them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Assessment, Instrument, Release, ReleaseApproval, Round, Snapshot
from reviews import releases


def around(session: Session, round_: Round) -> Round:
    """The round with its snapshots, approvals, releases and cities, in a few queries."""
    session.scalars(
        select(Round)
        .where(Round.id == round_.id)
        .options(
            selectinload(Round.snapshots).options(
                joinedload(Snapshot.taken_by),
                selectinload(Snapshot.approvals).joinedload(ReleaseApproval.by),
                selectinload(Snapshot.releases).joinedload(Release.released_by),
            ),
            selectinload(Round.assessments).options(
                joinedload(Assessment.city),
                joinedload(Assessment.consensus),
                joinedload(Assessment.report),
                selectinload(Assessment.consents),
            ),
        )
    ).one()
    return round_


def latest(session: Session, round_: Round) -> Snapshot | None:
    """The snapshot that the figures of a round come from."""
    rows = (
        select(Snapshot)
        .where(Snapshot.round_id == round_.id)
        .order_by(Snapshot.number.desc())
        .limit(1)
    )
    return session.scalars(rows).one_or_none()


def numbered(session: Session, round_: Round, number: int) -> Snapshot | None:
    rows = select(Snapshot).where(Snapshot.round_id == round_.id, Snapshot.number == number)
    return session.scalars(rows).one_or_none()


def before(session: Session, round_: Round) -> Snapshot | None:
    """The latest snapshot of the latest earlier round that asked by the same questionnaire, in
    whatever version."""
    rows = (
        select(Snapshot)
        .join(Snapshot.round)
        .join(Round.instrument)
        .where(
            Instrument.code == round_.instrument.code,
            Round.id != round_.id,
            Round.answers_due < round_.answers_due,
        )
        .order_by(Round.answers_due.desc(), Snapshot.number.desc())
        .limit(1)
    )
    return session.scalars(rows).one_or_none()


def public(session: Session, round_slug: str, now: datetime) -> Release | None:
    """The release of a round that everybody sees now; None before there is one."""
    rows = (
        select(Round)
        .where(Round.slug == round_slug)
        .options(
            selectinload(Round.snapshots).options(
                selectinload(Snapshot.releases), joinedload(Snapshot.taken_by)
            )
        )
    )
    round_ = session.scalars(rows).one_or_none()
    return releases.current(round_, now) if round_ is not None else None


class Taken(NamedTuple):
    """One snapshot of a round, without what is in it."""

    number: int
    taken_at: datetime
    result_sha256: str


def taken(session: Session, round_: Round) -> list[Taken]:
    """The snapshots of a round, the latest first."""
    rows = session.connection().execute(_TAKEN, {"round_id": round_.id})
    return [Taken(*row) for row in rows]


# Each look at a dashboard asks this, so it is written out once.
_TAKEN = (
    select(Snapshot.number, Snapshot.taken_at, Snapshot.result_sha256)
    .where(Snapshot.round_id == bindparam("round_id"))
    .order_by(Snapshot.number.desc())
)


def of_round(session: Session, round_slug: str, number: int) -> Snapshot | None:
    """A snapshot by the slug of its round."""
    rows = (
        select(Snapshot)
        .join(Snapshot.round)
        .where(Round.slug == round_slug, Snapshot.number == number)
    )
    return session.scalars(rows).one_or_none()
