"""Printouts: files made from a snapshot in the background, for people who asked for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import PrintoutKind, PrintoutState

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .snapshots import Snapshot


class Printout(Base):
    """One file made from a snapshot: asked for, waiting, in the making, ready or failed.

    About one city where `assessment` says so, else about its round. `progress` is in percent;
    `tries` counts the attempts. The same snapshot, kind, city and language is made once.
    """

    __tablename__ = "printout"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), init=False)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), init=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    snapshot: Mapped[Snapshot] = relationship()
    kind: Mapped[PrintoutKind] = mapped_column(words(PrintoutKind))
    asked_by: Mapped[User] = relationship()
    asked_at: Mapped[datetime] = mapped_column(Moment)
    assessment: Mapped[Assessment | None] = relationship(default=None)
    language: Mapped[str] = mapped_column(String(10), default="en")
    state: Mapped[PrintoutState] = mapped_column(
        words(PrintoutState), default=PrintoutState.WAITING
    )
    progress: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    made_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    failure: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, default=None)

    __table_args__ = (
        Index("ix_printout_snapshot_id_kind", "snapshot_id", "kind"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_in_percent"),
        CheckConstraint("tries >= 0", name="tries_are_counted"),
        CheckConstraint(
            "(state = 'ready') = (made_at IS NOT NULL AND content IS NOT NULL AND sha256 <> '')",
            name="ready_has_its_file",
        ),
        CheckConstraint("(state = 'failed') = (failure <> '')", name="failed_says_why"),
        CheckConstraint(
            "(kind IN ('city-report', 'brief')) = (assessment_id IS NOT NULL)",
            name="about_a_city_or_a_round",
        ),
    )
