"""The visit to a city: its programme, which the city reads, and its notes, which it never does."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User


class Visit(Base):
    """The programme of a team's visit to one city; `number` counts changes to its own fields."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True, init=False)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    meeting_point: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[User] = relationship()
    changed_at: Mapped[datetime] = mapped_column(Moment)
    number: Mapped[int] = mapped_column(default=1)

    sessions: Mapped[list[VisitSession]] = relationship(
        back_populates="visit",
        order_by="(VisitSession.starts_at, VisitSession.id)",
        default_factory=list,
    )

    __table_args__ = (CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),)
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}


class VisitSession(Base):
    """One appointment of the visit. `people` are named by their function, `about` holds codes of
    commitments and statements. One that is called off stays, for calendars and for notes."""

    __tablename__ = "visit_session"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True, init=False)
    led_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    visit: Mapped[Visit] = relationship(back_populates="sessions", init=False)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    minutes: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    people: Mapped[str] = mapped_column(Text)
    about: Mapped[list[str]] = mapped_column(JSON)
    led_by: Mapped[User | None] = relationship(foreign_keys="VisitSession.led_by_id")
    changed_by: Mapped[User] = relationship(foreign_keys="VisitSession.changed_by_id")
    changed_at: Mapped[datetime] = mapped_column(Moment)
    number: Mapped[int] = mapped_column(default=1)
    called_off_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 720", name="lasts_a_while"),)
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}

    @property
    def assessment(self) -> Assessment:
        return self.visit.assessment


class VisitNote(Base):
    """What one member of the team wrote down, about a session, a statement, or both."""

    __tablename__ = "visit_note"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("visit_session.id"), init=False)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    session: Mapped[VisitSession | None] = relationship()
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[User] = relationship()
    written_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    number: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(
            "session_id IS NOT NULL OR statement_id IS NOT NULL", name="is_about_something"
        ),
    )
    __mapper_args__ = {"version_id_col": number, "version_id_generator": False}
