"""Cities that take part in rounds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class City(Base):
    """A city; `slug` is its word in addresses, `population` in people, `migrant_share` 0..1.

    `languages` are those of its documents, as ISO codes with commas between; empty asks for none.
    """

    __tablename__ = "city"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    population: Mapped[int | None] = mapped_column(default=None)
    migrant_share: Mapped[float | None] = mapped_column(default=None)
    languages: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (
        CheckConstraint("migrant_share BETWEEN 0 AND 1", name="migrant_share_is_a_share"),
        CheckConstraint("population > 0", name="population_is_positive"),
    )
