"""Assignments of reviewers to cities, declared conflicts, and the reviewers' scores."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from . import marks
from .base import Base, Moment, words
from .states import AssignmentState

if TYPE_CHECKING:
    from .assessments import Assessment
    from .cities import City
    from .people import User
    from .revisions import Revision
    from .submissions import ReviewSubmission


class Assignment(Base):
    """One reviewer's task to review one city in one round."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="assignments", init=False)
    reviewer: Mapped[User] = relationship()
    invited_at: Mapped[datetime] = mapped_column(Moment)
    lead: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AssignmentState] = mapped_column(
        words(AssignmentState), default=AssignmentState.INVITED
    )
    no_conflict_declared_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    ended_reason: Mapped[str] = mapped_column(Text, default="")

    scores: Mapped[list[Score]] = relationship(back_populates="assignment", default_factory=list)
    submission: Mapped[ReviewSubmission | None] = relationship(
        back_populates="assignment", default=None
    )

    __table_args__ = (UniqueConstraint("assessment_id", "reviewer_id"),)


class Conflict(Base):
    """A conflict of interest that a person declared, or that was declared about them."""

    __tablename__ = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), init=False)
    user: Mapped[User] = relationship(back_populates="conflicts", init=False)
    city: Mapped[City] = relationship()
    reason: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(Moment)


class Score(Base):
    """What one reviewer says about one statement of a city."""

    __tablename__ = "score"
    FIELDS: ClassVar[tuple[str, ...]] = ("mark", "justification")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assignment: Mapped[Assignment] = relationship(back_populates="scores", default=None)
    mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    justification: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="score", init=False)

    __table_args__ = (UniqueConstraint("assignment_id", "statement_id"),)
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.assignment.assessment
