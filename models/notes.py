"""Notes that the people of a city leave each other under a statement. Nobody else reads them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User


class Note(Base):
    """One note; open until somebody of the city resolves it."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[User] = relationship(foreign_keys="Note.written_by_id")
    written_at: Mapped[datetime] = mapped_column(Moment)
    resolved_by: Mapped[User | None] = relationship(
        foreign_keys="Note.resolved_by_id", default=None
    )
    resolved_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    mentions: Mapped[list[Mention]] = relationship(
        back_populates="note", order_by="Mention.id", default_factory=list
    )

    __table_args__ = (
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_somebody"
        ),
    )


class Mention(Base):
    """A colleague for whom a note is meant."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    note: Mapped[Note] = relationship(back_populates="mentions", init=False)
    person: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("note_id", "person_id"),)
