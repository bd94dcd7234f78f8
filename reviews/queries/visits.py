"""The programme of a visit, and its notes: one's own, and the team's once its consensus is open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Assessment, Assignment, AssignmentState, Consensus, User, Visit, VisitNote
from models import VisitSession as Appointment


def visit(session: Session, assessment: Assessment) -> Visit | None:
    """The programme with all its sessions, the earliest first, also those called off."""
    rows = (
        select(Visit)
        .where(Visit.assessment_id == assessment.id)
        .options(
            joinedload(Visit.changed_by),
            selectinload(Visit.sessions).options(
                joinedload(Appointment.led_by), joinedload(Appointment.changed_by)
            ),
        )
    )
    return session.scalars(rows).one_or_none()


def own_notes(session: Session, assessment: Assessment, who: User) -> Sequence[VisitNote]:
    """What a person has written about a visit, the oldest first."""
    rows = _notes(assessment).where(VisitNote.written_by_id == who.id)
    return session.scalars(rows).all()


def notes_of_others(session: Session, assessment: Assessment, who: User) -> Sequence[VisitNote]:
    """What the others of a team have written, the oldest first.

    Joined to the consensus, so that nobody's note leaves the database before it is open, and to
    finished reviews, so that nothing of whoever has left the team does.
    """
    rows = (
        _notes(assessment)
        .join(Consensus, Consensus.assessment_id == VisitNote.assessment_id)
        .join(
            Assignment,
            (Assignment.assessment_id == VisitNote.assessment_id)
            & (Assignment.reviewer_id == VisitNote.written_by_id),
        )
        .where(
            Assignment.state == AssignmentState.SUBMITTED,
            VisitNote.written_by_id != who.id,
        )
    )
    return session.scalars(rows).all()


def _notes(assessment: Assessment) -> Select[VisitNote]:
    return (
        select(VisitNote)
        .where(VisitNote.assessment_id == assessment.id)
        .options(joinedload(VisitNote.written_by), joinedload(VisitNote.session))
        .order_by(VisitNote.id)
    )
