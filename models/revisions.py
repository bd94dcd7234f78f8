"""Revisions: every save of what several people or devices may edit, kept for good."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Answer
    from .calibration import CalibrationScore
    from .consensus import AgreedLevel
    from .people import User
    from .plans import PlanItem
    from .reports import Finding, Reply, ReportSection
    from .reviewing import Score

OWNERS = (
    "answer",
    "score",
    "agreed_level",
    "report_section",
    "finding",
    "reply",
    "plan_item",
    "calibration_score",
)
"""What a revision may be of: exactly one of these."""


class Revision(Base):
    """One save: its number, the whole content after it, who and when.

    `key` is the idempotency key under which the browser sent it and `sent_sha256` the hash
    of what it sent, so that a repeated request is recognised and never applied twice.
    """

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"), init=False)
    score_id: Mapped[int | None] = mapped_column(ForeignKey("score.id"), init=False)
    agreed_level_id: Mapped[int | None] = mapped_column(ForeignKey("agreed_level.id"), init=False)
    report_section_id: Mapped[int | None] = mapped_column(
        ForeignKey("report_section.id"), init=False
    )
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), init=False)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"), init=False)
    plan_item_id: Mapped[int | None] = mapped_column(ForeignKey("plan_item.id"), init=False)
    calibration_score_id: Mapped[int | None] = mapped_column(
        ForeignKey("calibration_score.id"), init=False
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    number: Mapped[int]
    content: Mapped[dict[str, str]] = mapped_column(JSON)
    by: Mapped[User] = relationship()
    at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str | None] = mapped_column(String(64), default=None)
    sent_sha256: Mapped[str | None] = mapped_column(String(64), default=None)

    answer: Mapped[Answer | None] = relationship(back_populates="revisions", init=False)
    score: Mapped[Score | None] = relationship(back_populates="revisions", init=False)
    agreed_level: Mapped[AgreedLevel | None] = relationship(back_populates="revisions", init=False)
    report_section: Mapped[ReportSection | None] = relationship(
        back_populates="revisions", init=False
    )
    finding: Mapped[Finding | None] = relationship(back_populates="revisions", init=False)
    reply: Mapped[Reply | None] = relationship(back_populates="revisions", init=False)
    plan_item: Mapped[PlanItem | None] = relationship(back_populates="revisions", init=False)
    calibration_score: Mapped[CalibrationScore | None] = relationship(
        back_populates="revisions", init=False
    )

    __table_args__ = (
        UniqueConstraint("by_id", "key"),
        *(UniqueConstraint(f"{owner}_id", "number") for owner in OWNERS),
        CheckConstraint(
            " + ".join(f"(CASE WHEN {owner}_id IS NULL THEN 0 ELSE 1 END)" for owner in OWNERS)
            + " = 1",
            name="of_exactly_one_thing",
        ),
        CheckConstraint("number >= 1", name="numbers_start_at_one"),
    )
