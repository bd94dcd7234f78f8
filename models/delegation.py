"""Delegation in a city: who is invited, and who is responsible for which part until when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User


class Invitation(Base):
    """One address that was asked to help a city.

    `token_hash` is the SHA-256 of what the link holds. The link itself is worked out anew from
    `seed` and the secret key of the installation, so a copy of the database opens nothing.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    limited: Mapped[bool]
    seed: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[User] = relationship(foreign_keys="Invitation.invited_by_id")
    invited_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    accepted_by: Mapped[User | None] = relationship(
        foreign_keys="Invitation.accepted_by_id", default=None
    )
    accepted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_by_somebody"
        ),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="ended_one_way_only"),
        CheckConstraint("invited_at < expires_at", name="expires_later"),
    )

    def open_at(self, now: datetime) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at


class Part(Base):
    """A role or a commitment of the questionnaire, by its code, given to one person of the city.

    `due` is the last second of a day in Brussels.
    """

    __tablename__ = "part"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    assessment: Mapped[Assessment] = relationship()
    code: Mapped[str] = mapped_column(String(60))
    due: Mapped[datetime] = mapped_column(Moment)
    person: Mapped[User] = relationship(back_populates="parts", default=None)

    __table_args__ = (UniqueConstraint("assessment_id", "person_id", "code"),)
