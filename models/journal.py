"""The journal: one hash-chained row per deed, in the transaction of the deed itself."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Connection, ForeignKey, String, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .people import User

FIRST_HASH = "0" * 64


class Entry(Base):
    """Who did what to what, when. `facts` never holds a score, a level or a person's text."""

    __tablename__ = "entry"

    sequence: Mapped[int] = mapped_column(primary_key=True, init=False, autoincrement=False)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    action: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True, default=None)
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id"), index=True, default=None)
    actor: Mapped[User | None] = relationship(back_populates="deeds", default=None)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    previous_hash: Mapped[str] = mapped_column(String(64), init=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True, init=False)

    def computed_hash(self) -> str:
        """SHA-256 over the row and the hash of the row before it."""
        row = {
            "sequence": self.sequence,
            "actor": self.actor_id,
            "round": self.round_id,
            "city": self.city_id,
            "action": self.action,
            "at": self.at.astimezone(UTC).isoformat(),
            "facts": self.facts,
            "previous": self.previous_hash,
        }
        canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class ChainHead(Base):
    """The last link of the journal; its row lock puts writers in one order."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=FIRST_HASH)


@event.listens_for(ChainHead.__table__, "after_create")
def set_the_first_link(target: Any, connection: Connection, **rest: Any) -> None:
    """The chain begins with the table, so that two first writers do not both begin it."""
    connection.execute(target.insert().values(id=1, sequence=0, hash=FIRST_HASH))


@event.listens_for(Session, "before_flush")
def seal_entries(session: Session, context: Any, instances: Any) -> None:
    """Give each new entry its number and its hash, in the order in which they were written.

    The actor must have an id by now: it is part of what is hashed.
    """
    fresh = [thing for thing in session.new if isinstance(thing, Entry)]
    if not fresh:
        return
    with session.no_autoflush:
        head = session.scalars(select(ChainHead).with_for_update()).one()
    for entry in fresh:
        entry.actor_id = entry.actor.id if entry.actor else None
        head.sequence += 1
        entry.sequence = head.sequence
        entry.previous_hash = head.hash
        entry.hash = head.hash = entry.computed_hash()
