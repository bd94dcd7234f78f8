"""Printouts as pages, files and the work in the background need them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Assessment,
    Edition,
    Printout,
    PrintoutKind,
    PrintoutState,
    Report,
    Snapshot,
)
from reviews.printouts import LONGEST

WITH_REPORTS = (PrintoutKind.CITY_REPORT, PrintoutKind.BRIEF, PrintoutKind.COMPARATIVE)
"""The kinds in which reports are quoted."""


def one(
    session: Session,
    snapshot: Snapshot,
    kind: PrintoutKind,
    *,
    about: Assessment | None = None,
    language: str = "en",
) -> Printout | None:
    """The printout of a kind from a snapshot, whatever its state."""
    rows = select(Printout).where(
        Printout.snapshot_id == snapshot.id,
        Printout.kind == kind,
        Printout.assessment_id == (about.id if about is not None else None),
        Printout.language == language,
    )
    return session.scalars(rows.order_by(Printout.id).limit(1)).one_or_none()


def ready(session: Session, snapshot: Snapshot, kind: PrintoutKind) -> Printout | None:
    """The printout of a round that can be handed out; its content is read once it is asked for."""
    found = one(session, snapshot, kind)
    return found if found is not None and found.state is PrintoutState.READY else None


def of_snapshot(
    session: Session, snapshot: Snapshot, about: Assessment | None = None
) -> dict[PrintoutKind, Printout]:
    """What was asked for from a snapshot about a city, or about the round."""
    rows = (
        select(Printout)
        .where(
            Printout.snapshot_id == snapshot.id,
            Printout.assessment_id == (about.id if about is not None else None),
        )
        .options(joinedload(Printout.asked_by))
        .order_by(Printout.id.desc())
    )
    return {each.kind: each for each in session.scalars(rows)}


def outdated(session: Session, printout: Printout | None) -> bool:
    """Whether a report that is quoted in a file was published or corrected after it was made."""
    if printout is None or printout.made_at is None or printout.kind not in WITH_REPORTS:
        return False
    rows = (
        select(Edition.id)
        .join(Edition.report)
        .join(Report.assessment)
        .where(
            Edition.published_at > printout.made_at,
            Assessment.round_id == printout.snapshot.round_id,
        )
    )
    if printout.assessment_id is not None:
        rows = rows.where(Assessment.id == printout.assessment_id)
    return bool(session.scalar(select(rows.exists())))


def content(session: Session, printout: Printout) -> bytes:
    """The file itself."""
    rows = select(Printout.content).where(Printout.id == printout.id)
    return session.scalars(rows).one() or b""


def to_make(session: Session, now: datetime) -> Sequence[int]:
    """The ids of what waits, and of what has lost who was making it; the oldest first."""
    gone = and_(Printout.state == PrintoutState.MAKING, Printout.started_at < now - LONGEST)
    rows = (
        select(Printout.id)
        .where(or_(Printout.state == PrintoutState.WAITING, gone))
        .order_by(Printout.id)
    )
    return session.scalars(rows).all()


def taken(session: Session, printout_id: int) -> Printout | None:
    """One printout for a writer: others wait for it. Read afresh, and nothing of it is old."""
    rows = (
        select(Printout)
        .where(Printout.id == printout_id)
        .with_for_update(of=Printout)
        .execution_options(populate_existing=True)
    )
    return session.scalars(rows).one_or_none()
