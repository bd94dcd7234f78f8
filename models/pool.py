"""The pool of reviewers: what each brings along, and seats planned before anybody is asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User


class ReviewerProfile(Base):
    """What a reviewer says about themselves: languages and roles as codes with commas between,
    how many cities a round, and how many reviews they did elsewhere."""

    __tablename__ = "reviewer_profile"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    user: Mapped[User] = relationship()
    changed_at: Mapped[datetime] = mapped_column(Moment)
    languages: Mapped[str] = mapped_column(String(200), default="")
    roles: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[int] = mapped_column(default=3)
    earlier_reviews: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("user_id"),
        CheckConstraint("capacity BETWEEN 0 AND 10", name="capacity_can_be_kept"),
        CheckConstraint("earlier_reviews BETWEEN 0 AND 99", name="earlier_reviews_are_counted"),
    )


class PlannedSeat(Base):
    """A reviewer planned for a city. Nobody but coordinators knows of it until it is announced;
    then it is gone, and an assignment is there."""

    __tablename__ = "planned_seat"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="seats", init=False)
    reviewer: Mapped[User] = relationship()
    planned_at: Mapped[datetime] = mapped_column(Moment)
    lead: Mapped[bool] = mapped_column(default=False)
    by_hand: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("assessment_id", "reviewer_id"),)
