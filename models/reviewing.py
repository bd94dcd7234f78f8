"""Assignments of reviewers to cities, conflicts, and the reviewers' scores and verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from . import marks
from .base import Base, Moment, words
from .states import AssignmentState, ConflictKind, Sufficiency

if TYPE_CHECKING:
    from .assessments import Assessment
    from .cities import City
    from .evidence import Evidence
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
    verdicts: Mapped[list[EvidenceVerdict]] = relationship(
        back_populates="assignment",
        order_by="EvidenceVerdict.id",
        cascade="save-update, merge, delete-orphan, delete",
        default_factory=list,
    )
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
    kind: Mapped[ConflictKind] = mapped_column(words(ConflictKind), default=ConflictKind.DECLARED)


class View(NamedTuple):
    """A mark, and the words for it."""

    mark: str
    justification: str


def counted(desk: View, visit: View) -> View:
    """The view that counts: the one after the visit where it has a mark, else the one from the
    desk. A visit that confirms the mark needs no new words."""
    if visit.mark == marks.EMPTY:
        return desk
    if visit.mark == desk.mark and not visit.justification.strip():
        return desk
    return visit


CONFIDENCES = ("low", "medium", "high")
"""How sure a reviewer may be of a score; "" for one who does not say."""


class Score(Base):
    """What one reviewer says about one statement of a city: from the desk, and after the visit."""

    __tablename__ = "score"
    FIELDS: ClassVar[tuple[str, ...]] = (
        "mark",
        "justification",
        "visit_mark",
        "visit_justification",
        "confidence",
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assignment: Mapped[Assignment] = relationship(back_populates="scores", default=None)
    mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    justification: Mapped[str] = mapped_column(Text, default="")
    visit_mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    visit_justification: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(8), default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="score", init=False)

    __table_args__ = (
        UniqueConstraint("assignment_id", "statement_id"),
        CheckConstraint("confidence IN ('', 'low', 'medium', 'high')", name="confidence_is_known"),
    )
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.assignment.assessment

    @property
    def view(self) -> View:
        """The mark that counts, with its words."""
        return counted(
            View(self.mark, self.justification), View(self.visit_mark, self.visit_justification)
        )


class EvidenceVerdict(Base):
    """What one reviewer found in one piece of signed evidence, for one statement."""

    __tablename__ = "evidence_verdict"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    assignment: Mapped[Assignment] = relationship(back_populates="verdicts", init=False)
    evidence: Mapped[Evidence] = relationship(init=False)
    sufficiency: Mapped[Sufficiency] = mapped_column(words(Sufficiency))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("assignment_id", "statement_id", "evidence_id"),)
