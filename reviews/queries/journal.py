"""What the journal knows of one city in one round."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Entry


def last_doer(session: Session, assessment: Assessment, action: str) -> int | None:
    """The id of the person who did something to an assessment last."""
    return session.scalar(
        select(Entry.actor_id)
        .where(
            Entry.round_id == assessment.round.id,
            Entry.city_id == assessment.city.id,
            Entry.action == action,
        )
        .order_by(Entry.sequence.desc())
        .limit(1)
    )
