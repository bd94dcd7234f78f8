"""Instruments that can be read: what there is, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Commitment, Instrument, InstrumentState, Role, Statement


class InstrumentLine(NamedTuple):
    code: str
    version: str
    title: str
    language: str
    state: InstrumentState
    published_at: datetime
    statements: int


def readable(session: Session) -> list[InstrumentLine]:
    """Every instrument that was published, the newest first."""
    statements = (
        select(func.count())
        .select_from(Statement)
        .join(Statement.commitment)
        .join(Commitment.role)
        .where(Role.instrument_id == Instrument.id)
        .correlate(Instrument)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Instrument.code,
            Instrument.version,
            Instrument.title,
            Instrument.language,
            Instrument.state,
            Instrument.published_at,
            statements,
        )
        .where(Instrument.state != InstrumentState.DRAFT)
        .order_by(Instrument.published_at.desc(), Instrument.code, Instrument.version)
    )
    return [InstrumentLine(*row) for row in rows]


def published(session: Session) -> Sequence[Instrument]:
    """The instruments that a new round can use, by title."""
    rows = (
        select(Instrument)
        .where(Instrument.state == InstrumentState.PUBLISHED)
        .order_by(Instrument.title, Instrument.code, Instrument.version)
    )
    return session.scalars(rows).all()


def one_readable(session: Session, code: str, version: str) -> Instrument | None:
    """One version of an instrument; a draft is nobody's to read."""
    rows = select(Instrument).where(
        Instrument.code == code,
        Instrument.version == version,
        Instrument.state != InstrumentState.DRAFT,
    )
    return session.scalars(rows).one_or_none()
