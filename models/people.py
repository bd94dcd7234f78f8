"""People, and what each is to a city and to a round."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import CityRole, PlatformRole, RoundRole

if TYPE_CHECKING:
    from .cities import City
    from .delegation import Part
    from .journal import Entry
    from .reviewing import Conflict
    from .rounds import Round


class User(Base):
    """A person with an account."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Moment)
    platform_role: Mapped[PlatformRole] = mapped_column(
        words(PlatformRole), default=PlatformRole.MEMBER
    )
    active: Mapped[bool] = mapped_column(default=True)

    city_memberships: Mapped[list[CityMembership]] = relationship(
        back_populates="user", default_factory=list, cascade="all, delete-orphan"
    )
    round_memberships: Mapped[list[RoundMembership]] = relationship(
        back_populates="user", default_factory=list, cascade="all, delete-orphan"
    )
    conflicts: Mapped[list[Conflict]] = relationship(
        back_populates="user", default_factory=list, cascade="all, delete-orphan"
    )
    parts: Mapped[list[Part]] = relationship(
        back_populates="person",
        order_by="Part.id",
        default_factory=list,
        cascade="all, delete-orphan",
    )
    deeds: WriteOnlyMapped[Entry] = relationship(
        back_populates="actor", init=False, passive_deletes=True
    )

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    # The four names that Flask-Login asks for; no base class, so models stays free of the web.
    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_anonymous(self) -> bool:
        return False

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return str(self.id)


class CityMembership(Base):
    """What a person is, or was, to a city. Ended ones stay: they still are a conflict.

    A `limited` contributor sees the statements of the parts given to them, and no others.
    """

    __tablename__ = "city_membership"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), index=True, init=False)
    city: Mapped[City] = relationship()
    role: Mapped[CityRole] = mapped_column(words(CityRole))
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    limited: Mapped[bool] = mapped_column(default=False)
    user: Mapped[User] = relationship(back_populates="city_memberships", default=None)

    __table_args__ = (
        UniqueConstraint("user_id", "city_id", "role"),
        CheckConstraint("NOT limited OR role = 'contributor'", name="only_contributors_limited"),
    )


class RoundMembership(Base):
    """What a person is to a round."""

    __tablename__ = "round_membership"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True, init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True, init=False)
    round: Mapped[Round] = relationship()
    role: Mapped[RoundRole] = mapped_column(words(RoundRole))
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    user: Mapped[User] = relationship(back_populates="round_memberships", default=None)

    __table_args__ = (UniqueConstraint("user_id", "round_id", "role"),)
