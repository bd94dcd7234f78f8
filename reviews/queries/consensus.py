"""What the members of a team say against single agreed levels; for the team and coordinators."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assignment, Consensus, Dissent, User


class Objection(NamedTuple):
    """One dissent; `level_number` is the version of the agreed level that it is about."""

    statement_id: int
    assignment_id: int
    reviewer: str
    level_number: int
    given_at: datetime
    text: str


def objections(session: Session, consensus: Consensus) -> list[Objection]:
    """All dissents in one consensus, in the order of the team."""
    rows = session.execute(
        select(
            Dissent.statement_id,
            Dissent.assignment_id,
            User.name,
            Dissent.level_number,
            Dissent.given_at,
            Dissent.text,
        )
        .join(Dissent.assignment)
        .join(Assignment.reviewer)
        .where(Dissent.consensus_id == consensus.id)
        .order_by(Assignment.lead.desc(), Assignment.id, Dissent.id)
    )
    return [Objection(*row) for row in rows]
