"""Evidence of a city: a link or a file, and the statements it is cited under."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import EvidenceKind

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User


class Evidence(Base):
    """One document or page. Bytes of a file lie in the evidence store under `stored_as`."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship()
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    title: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[User] = relationship()
    added_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str | None] = mapped_column(Text, default=None)
    file_name: Mapped[str | None] = mapped_column(String(255), default=None)
    media_type: Mapped[str | None] = mapped_column(String(120), default=None)
    size: Mapped[int | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    stored_as: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)

    citations: Mapped[list[Citation]] = relationship(
        back_populates="evidence", default_factory=list
    )

    __table_args__ = (
        CheckConstraint("(kind = 'link') = (address IS NOT NULL)", name="a_link_has_an_address"),
        CheckConstraint(
            "(kind = 'file') = (stored_as IS NOT NULL AND sha256 IS NOT NULL AND size IS NOT NULL"
            " AND file_name IS NOT NULL AND media_type IS NOT NULL)",
            name="a_file_has_its_facts",
        ),
    )


class Citation(Base):
    """One use of evidence under one statement, with where to look in it.

    Withdrawn, not deleted: a signed version may name it.
    """

    __tablename__ = "citation"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    evidence: Mapped[Evidence] = relationship(back_populates="citations", init=False)
    pointer: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (UniqueConstraint("evidence_id", "statement_id"),)

    @property
    def assessment(self) -> Assessment:
        return self.evidence.assessment
