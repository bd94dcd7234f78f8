"""Submissions: the signed version of a city and the finished review of a reviewer, frozen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .reviewing import Assignment


class Submission(Base):
    """Version `version` of a city's assessment, as its signatory saw and signed it.

    `document` is canonical JSON, `sha256` its hash, `packed` one signed byte per statement
    in the order of the instrument (models/marks.py).
    """

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="submissions", init=False)
    version: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    signed_by: Mapped[User] = relationship()
    signed_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("assessment_id", "version"),
        CheckConstraint("version >= 1", name="versions_start_at_one"),
        CheckConstraint("length(sha256) = 64", name="hash_is_sha256"),
    )


class ReviewSubmission(Base):
    """The finished review of one reviewer, in the same packed form."""

    __tablename__ = "review_submission"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True, init=False)
    assignment: Mapped[Assignment] = relationship(back_populates="submission", init=False)
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    submitted_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="hash_is_sha256"),)


class FrozenRow(Exception):
    """Somebody tried to change or delete a row that is frozen for good."""


@event.listens_for(Submission, "before_update")
@event.listens_for(Submission, "before_delete")
@event.listens_for(ReviewSubmission, "before_update")
@event.listens_for(ReviewSubmission, "before_delete")
def refuse_change(mapper: Any, connection: Any, row: Submission | ReviewSubmission) -> None:
    raise FrozenRow(f"{mapper.class_.__name__} {row.id} never changes")
