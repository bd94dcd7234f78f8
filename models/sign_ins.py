"""Sign-ins: one row per signed-in browser, so that signing out ends a copied cookie too."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment

if TYPE_CHECKING:
    from .people import User


class SignIn(Base):
    """One browser of one person; `token_hash` is the SHA-256 of what its cookie holds."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    user: Mapped[User] = relationship()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(Moment)
    password_given_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
