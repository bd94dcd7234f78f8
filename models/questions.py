"""Questions that a review team asks a city about a statement, and what the city answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .reviewing import Assignment


class Question(Base):
    """One question of one reviewer; open until the city answers it.

    `key` is random: pages name and order questions by it, because numbers and times would tell
    the city who asked. `number` counts the saves of the answer, `changed_at` is the last of them
    if it was not the first.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assignment: Mapped[Assignment] = relationship()
    key: Mapped[str] = mapped_column(String(32), unique=True)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    answer: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    answered_by: Mapped[User | None] = relationship(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_somebody"
        ),
        CheckConstraint("(answered_at IS NULL) = (number = 0)", name="answered_means_saved"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_says_something"),
        CheckConstraint(
            "withdrawn_at IS NULL OR answered_at IS NULL", name="answered_is_not_withdrawn"
        ),
        CheckConstraint(
            "changed_at IS NULL OR answered_at IS NOT NULL", name="answered_before_changed"
        ),
    )
    # A second writer who read the same number updates no row and fails, instead of winning.
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.assignment.assessment
