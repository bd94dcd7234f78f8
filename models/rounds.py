"""Rounds: one instrument, a set of cities, and the dates by which things are due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import RoundState

if TYPE_CHECKING:
    from .assessments import Assessment
    from .calibration import CalibrationCase
    from .instruments import Instrument
    from .snapshots import Snapshot


class Round(Base):
    """One run of self-assessment and peer review; `slug` is its word in addresses.

    In a blind round a reviewer sees the city's own level only after giving one.
    """

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), init=False)
    instrument: Mapped[Instrument] = relationship()
    answers_due: Mapped[datetime] = mapped_column(Moment)
    reviews_due: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    minimum_reviewers: Mapped[int] = mapped_column(default=2)
    blind: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RoundState] = mapped_column(words(RoundState), default=RoundState.PREPARING)

    assessments: Mapped[list[Assessment]] = relationship(
        back_populates="round", default_factory=list
    )
    calibration: Mapped[CalibrationCase | None] = relationship(back_populates="round", default=None)
    snapshots: Mapped[list[Snapshot]] = relationship(
        back_populates="round", order_by="Snapshot.number", default_factory=list
    )

    __table_args__ = (
        CheckConstraint("answers_due < reviews_due", name="answers_before_reviews"),
        CheckConstraint("minimum_reviewers >= 1", name="at_least_one_reviewer"),
    )
