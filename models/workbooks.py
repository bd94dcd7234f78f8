"""Sheets that came back: what a person filled in off line and has not decided about yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .reviewing import Assignment


class SheetUpload(Base):
    """The rows of one sheet that wait for the decision of the person who sent it, and the faults
    of those that cannot be taken. A row leaves once it is decided; a person has one at a time.

    `assignment` is there for the sheet of a review, and not for that of a city. `version` is the
    version of the assessment that the sheet is for; `key` tells this upload from the next one of
    the same person.
    """

    __tablename__ = "sheet_upload"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), init=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    by: Mapped[User] = relationship()
    key: Mapped[str] = mapped_column(String(32))
    file_name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    assignment: Mapped[Assignment | None] = relationship(default=None)

    __table_args__ = (UniqueConstraint("assessment_id", "by_id"),)
