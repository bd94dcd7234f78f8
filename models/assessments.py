"""A city's self-assessment in a round, and its answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from . import marks
from .base import Base, Moment, words
from .states import AssessmentState

if TYPE_CHECKING:
    from .cities import City
    from .consensus import Consensus
    from .people import User
    from .pool import PlannedSeat
    from .reports import Report
    from .reviewing import Assignment
    from .revisions import Revision
    from .rounds import Round
    from .snapshots import Consent
    from .submissions import Submission


class Assessment(Base):
    """One city in one round. `version` numbers the draft that the next signature will freeze."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), init=False)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True, init=False)
    city: Mapped[City] = relationship()
    round: Mapped[Round] = relationship(back_populates="assessments", default=None)
    state: Mapped[AssessmentState] = mapped_column(
        words(AssessmentState), default=AssessmentState.DRAFT
    )
    version: Mapped[int] = mapped_column(default=1)
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")

    answers: Mapped[list[Answer]] = relationship(back_populates="assessment", default_factory=list)
    submissions: Mapped[list[Submission]] = relationship(
        back_populates="assessment", order_by="Submission.version", default_factory=list
    )
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="assessment", order_by="Assignment.id", default_factory=list
    )
    consensus: Mapped[Consensus | None] = relationship(back_populates="assessment", default=None)
    report: Mapped[Report | None] = relationship(back_populates="assessment", default=None)
    seats: Mapped[list[PlannedSeat]] = relationship(
        back_populates="assessment",
        order_by="PlannedSeat.id",
        default_factory=list,
        cascade="all, delete-orphan",
    )
    consents: Mapped[list[Consent]] = relationship(
        back_populates="assessment", order_by="Consent.id", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("round_id", "city_id"),
        CheckConstraint("version >= 1", name="versions_start_at_one"),
    )

    @property
    def assessment(self) -> Assessment:
        """Itself: rights on an answer, an assignment or a consensus are rights on this."""
        return self


class Answer(Base):
    """What a city says about one statement. `number` counts its saves; the last one is here.

    One that was taken over names the signed version it comes from; it is not the city's word in
    this round while it is still `to_confirm`.
    """

    __tablename__ = "answer"
    FIELDS: ClassVar[tuple[str, ...]] = ("mark", "text", "remit_reason")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="answers", default=None)
    mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    text: Mapped[str] = mapped_column(Text, default="")
    remit_reason: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    carried_from: Mapped[Submission | None] = relationship(default=None)
    to_confirm: Mapped[bool] = mapped_column(default=False)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="answer", init=False)

    __table_args__ = (
        UniqueConstraint("assessment_id", "statement_id"),
        CheckConstraint(
            "NOT to_confirm OR carried_from_id IS NOT NULL", name="to_confirm_means_carried"
        ),
    )
    # A second writer who read the same number updates no row and fails, instead of winning.
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}
