"""What is known of earlier saves, for saving and for the history of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import AgreedLevel, Answer, Revision, Score, User
from reviews.saving import Kept, Known, Sent

_OWNER = {
    Answer: Revision.answer_id,
    Score: Revision.score_id,
    AgreedLevel: Revision.agreed_level_id,
}


class Change(NamedTuple):
    """One save in the history: `content` is all that was stored after it."""

    number: int
    content: dict[str, str]
    by: str
    at: datetime


def known(session: Session, kept: Kept, sent: Sent, by: User) -> Known:
    """The save under the same key, and the content at the base that a save names."""
    under_key = None
    if sent.key is not None:
        under_key = session.scalars(
            select(Revision).where(Revision.by_id == by.id, Revision.key == sent.key)
        ).one_or_none()
    at_base = None
    if kept.id is not None and sent.base is not None:
        at_base = session.scalars(
            select(Revision).where(_of(kept), Revision.number == sent.base)
        ).one_or_none()
    return Known(under_key, at_base)


def history(session: Session, kept: Kept) -> Sequence[Change]:
    """All saves of one thing, the latest first."""
    if kept.id is None:
        return []
    rows = session.execute(
        select(Revision.number, Revision.content, User.name, Revision.at)
        .join(Revision.by)
        .where(_of(kept))
        .order_by(Revision.number.desc())
    )
    return [Change(*row) for row in rows]


def _of(kept: Kept) -> ColumnElement[bool]:
    return _OWNER[type(kept)] == kept.id
