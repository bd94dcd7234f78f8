"""Presence: on which statement a person of a city was last, one row per person, never kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Moment


class Presence(Base):
    """The latest heartbeat of one person. It counts for a minute and is no deed."""

    __tablename__ = "presence"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("user.id"), primary_key=True, autoincrement=False
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    seen_at: Mapped[datetime] = mapped_column(Moment)
