"""Calibration: one fictional city that all reviewers of a round score before the reviews."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from . import marks
from .base import Base, Moment

if TYPE_CHECKING:
    from .people import User
    from .revisions import Revision
    from .rounds import Round


class CalibrationCase(Base):
    """The case of one round; `code` names the file it comes from, `sha256` its content."""

    __tablename__ = "calibration_case"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True, init=False)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    round: Mapped[Round] = relationship(back_populates="calibration")
    code: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    opened_by: Mapped[User] = relationship()
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    reviews: Mapped[list[CalibrationReview]] = relationship(
        back_populates="case", order_by="CalibrationReview.id", default_factory=list
    )

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="hash_is_sha256"),)


class CalibrationReview(Base):
    """One reviewer's view of the case; frozen once it is submitted."""

    __tablename__ = "calibration_review"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("calibration_case.id"), init=False)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    reviewer: Mapped[User] = relationship()
    case: Mapped[CalibrationCase] = relationship(back_populates="reviews", default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    scores: Mapped[list[CalibrationScore]] = relationship(
        back_populates="review", order_by="CalibrationScore.id", default_factory=list
    )

    __table_args__ = (UniqueConstraint("case_id", "reviewer_id"),)


class CalibrationScore(Base):
    """What one reviewer says about one statement of the case, by its code."""

    __tablename__ = "calibration_score"
    FIELDS: ClassVar[tuple[str, ...]] = ("mark", "justification")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    review_id: Mapped[int] = mapped_column(ForeignKey("calibration_review.id"), init=False)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    statement: Mapped[str] = mapped_column(String(20))
    review: Mapped[CalibrationReview] = relationship(back_populates="scores", default=None)
    mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    justification: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(
        back_populates="calibration_score", init=False
    )

    __table_args__ = (UniqueConstraint("review_id", "statement"),)
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}
