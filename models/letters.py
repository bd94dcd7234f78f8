"""Letters: mail that waits to be sent, written in the transaction of the deed it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .assessments import Assessment
    from .delegation import Invitation
    from .people import User
    from .printouts import Printout
    from .reviewing import Assignment


class Letter(Base):
    """One mail to one address. Where `body` says LINK, the link is put in when it is sent, so
    that none lies here to be read.

    `kind` says what it tells of: an invitation, or something for a person who is known here, about
    a city or the person's own task; the right to it is looked up again when it is sent.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitation.id"), index=True, init=False
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), init=False)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), init=False)
    printout_id: Mapped[int | None] = mapped_column(ForeignKey("printout.id"), init=False)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(20), default="invitation")
    invitation: Mapped[Invitation | None] = relationship(default=None)
    person: Mapped[User | None] = relationship(default=None)
    assessment: Mapped[Assessment | None] = relationship(default=None)
    assignment: Mapped[Assignment | None] = relationship(default=None)
    printout: Mapped[Printout | None] = relationship(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (
        CheckConstraint(
            "(kind = 'invitation') = (invitation_id IS NOT NULL)", name="invitation_names_one"
        ),
        CheckConstraint("(invitation_id IS NULL) = (person_id IS NOT NULL)", name="for_somebody"),
    )
