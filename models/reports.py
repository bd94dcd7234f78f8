"""City reports: what a team writes about a city, the city's reply, and what is published."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import Block, PeersAnswer, ReportState
from .submissions import refuse_change

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .plans import PlanItem
    from .revisions import Revision


class Report(Base):
    """The report on one city of a round. A `correction_reason` says that a correction of the
    published report is being prepared."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True, init=False)
    reply_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="report", default=None)
    state: Mapped[ReportState] = mapped_column(words(ReportState), default=ReportState.DRAFTING)
    sent_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    reply_due: Mapped[datetime | None] = mapped_column(Moment, default=None)
    reply_signed_by: Mapped[User | None] = relationship(default=None)
    reply_signed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    correction_reason: Mapped[str] = mapped_column(Text, default="")

    sections: Mapped[list[ReportSection]] = relationship(
        back_populates="report", order_by="ReportSection.id", default_factory=list
    )
    findings: Mapped[list[Finding]] = relationship(
        back_populates="report", order_by="Finding.place", default_factory=list
    )
    approvals: Mapped[list[Approval]] = relationship(
        back_populates="report",
        order_by="Approval.id",
        default_factory=list,
        cascade="all, delete-orphan",
    )
    editions: Mapped[list[Edition]] = relationship(
        back_populates="report", order_by="Edition.number", default_factory=list
    )

    __table_args__ = (
        CheckConstraint(
            "(state = 'drafting') = (sent_at IS NULL)", name="whoever_has_it_was_sent_it"
        ),
        CheckConstraint("(sent_at IS NULL) = (reply_due IS NULL)", name="a_reply_has_a_date"),
        CheckConstraint(
            "(reply_signed_at IS NULL) = (reply_signed_by_id IS NULL)", name="signed_by_somebody"
        ),
        CheckConstraint(
            "correction_reason = '' OR state = 'published'", name="only_published_is_corrected"
        ),
    )


class ReportSection(Base):
    """One block of text about one role; the introduction is about none (`role` is empty)."""

    __tablename__ = "report_section"
    FIELDS: ClassVar[tuple[str, ...]] = ("text",)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), init=False)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    report: Mapped[Report] = relationship(back_populates="sections", default=None)
    role: Mapped[str] = mapped_column(String(40), default="")
    block: Mapped[Block] = mapped_column(words(Block), default=Block.INTRODUCTION)
    text: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="report_section", init=False)

    __table_args__ = (
        UniqueConstraint("report_id", "role", "block"),
        CheckConstraint("(role = '') = (block = 'introduction')", name="a_block_has_its_role"),
    )
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.report.assessment


class Finding(Base):
    """One finding. `place` numbers it within its report for good (F1, F2 ...); `statement` is
    the code of the statement it is about, or empty. Withdrawn ones stay, and are not printed."""

    __tablename__ = "finding"
    FIELDS: ClassVar[tuple[str, ...]] = ("kind", "statement", "text", "priority", "addressee")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), init=False)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    report: Mapped[Report] = relationship(back_populates="findings", default=None)
    place: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(20), default="")
    statement: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[str] = mapped_column(String(10), default="")
    addressee: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    reply: Mapped[Reply | None] = relationship(back_populates="finding", default=None)
    plan_item: Mapped[PlanItem | None] = relationship(back_populates="finding", default=None)
    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="finding", init=False)

    __table_args__ = (
        UniqueConstraint("report_id", "place"),
        CheckConstraint("place >= 1", name="places_start_at_one"),
    )
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.report.assessment


class Reply(Base):
    """What the city replies to one finding, and what the peers answer to that reply."""

    __tablename__ = "reply"
    FIELDS: ClassVar[tuple[str, ...]] = ("text",)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), unique=True, init=False)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    finding: Mapped[Finding] = relationship(back_populates="reply", default=None)
    text: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(foreign_keys=[changed_by_id], default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    answer: Mapped[PeersAnswer | None] = mapped_column(words(PeersAnswer), default=None)
    answer_text: Mapped[str] = mapped_column(Text, default="")
    reworded: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], default=None)
    answered_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="reply", init=False)

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_is_dated"),
        CheckConstraint(
            "(reworded <> '') = (answer IS NOT NULL AND answer = 'reword')",
            name="reworded_has_its_words",
        ),
    )
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.finding.assessment


class Approval(Base):
    """A coordinator's word that edition number `edition` of a report may be published."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), init=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    report: Mapped[Report] = relationship(back_populates="approvals", init=False)
    edition: Mapped[int]
    by: Mapped[User] = relationship()
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("report_id", "edition", "by_id"),)


class Edition(Base):
    """A published report, for good. A correction is the next one and says why there is one."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), init=False)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    report: Mapped[Report] = relationship(back_populates="editions", init=False)
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_by: Mapped[User] = relationship()
    published_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        CheckConstraint("(number = 1) = (reason = '')", name="a_correction_has_its_reason"),
        CheckConstraint("length(sha256) = 64", name="hash_is_sha256"),
    )


@event.listens_for(Edition, "before_update")
@event.listens_for(Edition, "before_delete")
def refuse_change_of_edition(mapper: Any, connection: Any, row: Edition) -> None:
    refuse_change(mapper, connection, row)
