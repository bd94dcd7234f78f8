"""Consensus: the level a team of reviewers agrees on, beside and never over their own scores."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from . import marks
from .base import Base, Moment, words
from .states import ConsensusState

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .reviewing import Assignment
    from .revisions import Revision


class Consensus(Base):
    """The consensus of one city's team; `number` counts the changes to its agreed levels."""

    __tablename__ = "consensus"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True, init=False)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="consensus", init=False)
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    opened_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ConsensusState] = mapped_column(
        words(ConsensusState), default=ConsensusState.OPEN
    )
    number: Mapped[int] = mapped_column(default=0)
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id], default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    agreed_levels: Mapped[list[AgreedLevel]] = relationship(
        back_populates="consensus", default_factory=list
    )
    assents: Mapped[list[Assent]] = relationship(
        back_populates="consensus", order_by="Assent.id", default_factory=list
    )
    dissents: Mapped[list[Dissent]] = relationship(
        back_populates="consensus",
        order_by="Dissent.id",
        cascade="all, delete-orphan",
        default_factory=list,
    )

    __table_args__ = (
        CheckConstraint("(state = 'agreed') = (closed_at IS NOT NULL)", name="agreed_is_dated"),
        CheckConstraint(
            "(state = 'agreed') = (closed_by_id IS NOT NULL)", name="agreed_has_its_closer"
        ),
    )


class AgreedLevel(Base):
    """What the team agrees on for one statement, with the reason."""

    __tablename__ = "agreed_level"
    FIELDS: ClassVar[tuple[str, ...]] = ("mark", "reason")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    consensus: Mapped[Consensus] = relationship(back_populates="agreed_levels", default=None)
    mark: Mapped[str] = mapped_column(String(24), default=marks.EMPTY)
    reason: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="agreed_level", init=False)

    __table_args__ = (UniqueConstraint("consensus_id", "statement_id"),)
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.consensus.assessment


class Assent(Base):
    """One reviewer's word on the agreed levels as they stood at `consensus_number`.

    An empty `dissent` means agreed; a text is a dissent, kept with the consensus.
    """

    __tablename__ = "assent"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), init=False)
    consensus: Mapped[Consensus] = relationship(back_populates="assents", init=False)
    assignment: Mapped[Assignment] = relationship()
    consensus_number: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(Moment)
    dissent: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("consensus_id", "assignment_id"),)


class Dissent(Base):
    """Where one reviewer does not agree with the level of one statement as it stood at
    `level_number`, and why. Team and coordinators read it; it is printed nowhere."""

    __tablename__ = "dissent"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    consensus: Mapped[Consensus] = relationship(back_populates="dissents", init=False)
    assignment: Mapped[Assignment] = relationship()
    level_number: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("consensus_id", "assignment_id", "statement_id"),)
