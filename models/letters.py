"""Letters: mail that waits to be sent, written in the transaction of the deed it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .delegation import Invitation


class Letter(Base):
    """One mail to one address. Where `body` says LINK, the link is put in when it is sent, so
    that none lies here to be read."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True, init=False)
    invitation: Mapped[Invitation] = relationship()
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
