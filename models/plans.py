"""What a city does about the recommendations of its report, and how far it has got."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import PlanStatus

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .reports import Finding
    from .revisions import Revision


class PlanItem(Base):
    """What the city answers to one recommendation: whether it follows it, by which action, who
    sees to it, and until which day (`due`, as 2027-06-30 or empty)."""

    __tablename__ = "plan_item"
    FIELDS: ClassVar[tuple[str, ...]] = ("response", "action", "owner", "due")

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), unique=True, init=False)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    finding: Mapped[Finding] = relationship(back_populates="plan_item", default=None)
    response: Mapped[str] = mapped_column(String(20), default="")
    action: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[str] = mapped_column(String(10), default="")
    number: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[User | None] = relationship(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    updates: Mapped[list[PlanUpdate]] = relationship(
        back_populates="plan_item", order_by="PlanUpdate.id", default_factory=list
    )
    revisions: WriteOnlyMapped[Revision] = relationship(back_populates="plan_item", init=False)

    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.finding.assessment


class PlanUpdate(Base):
    """How far an action is, on one day, in the words of one person; a `review` is the word of
    the peers or the coordinators after about ten months."""

    __tablename__ = "plan_update"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    plan_item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id"), init=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    plan_item: Mapped[PlanItem] = relationship(back_populates="updates", init=False)
    status: Mapped[PlanStatus] = mapped_column(words(PlanStatus))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[User] = relationship()
    at: Mapped[datetime] = mapped_column(Moment)
    review: Mapped[bool] = mapped_column(default=False)
