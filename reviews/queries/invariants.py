"""What the checks of the invariants look at: every city of every round, with all around it, and
every round with what is frozen of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models import Assessment, Assignment, Entry, Round, User
from reviews.invariants import Case, RoundCase
from reviews.queries import snapshots
from reviews.queries.revisions import saves_of
from reviews.questionnaires import Questionnaire
from reviews.saving import Kept


def cases(
    session: Session, *, approvers_needed: int, now: datetime, only: int | None = None
) -> Iterator[Case]:
    """Every city in every round, or the `only` assessment with this id, one at a time."""
    people = session.scalars(select(User).order_by(User.id)).all()
    rows = (
        select(Assessment)
        .options(selectinload(Assessment.assignments).selectinload(Assignment.scores))
        .order_by(Assessment.id)
    )
    if only is not None:
        rows = rows.where(Assessment.id == only)
    for assessment in session.scalars(rows):
        yield Case(
            assessment=assessment,
            questionnaire=Questionnaire.of(assessment.round.instrument),
            people=people,
            saves=saves_of(session, _kept(assessment)),
            deeds=_deeds(session, assessment),
            approvers_needed=approvers_needed,
            now=now,
        )


def rounds(session: Session, *, now: datetime) -> Iterator[RoundCase]:
    """Every round of which anything is frozen, one at a time."""
    rows = select(Round).where(Round.snapshots.any()).order_by(Round.id)
    for round_ in session.scalars(rows):
        yield RoundCase(snapshots.around(session, round_), now)


def _kept(assessment: Assessment) -> list[Kept]:
    """All that is saved version by version in one city."""
    kept: list[Kept] = [*assessment.answers]
    kept += [score for one in assessment.assignments for score in one.scores]
    if assessment.consensus is not None:
        kept += assessment.consensus.agreed_levels
    if assessment.report is not None:
        kept += [*assessment.report.sections, *assessment.report.findings]
        kept += [one.reply for one in assessment.report.findings if one.reply is not None]
    return kept


def _deeds(session: Session, assessment: Assessment) -> dict[str, int]:
    rows = session.execute(
        select(Entry.action, func.count())
        .where(Entry.round_id == assessment.round_id, Entry.city_id == assessment.city_id)
        .group_by(Entry.action)
        .order_by(Entry.action)
    )
    return {action: count for action, count in rows}
