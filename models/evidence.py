"""A city's evidence: each document once, its versions, and what it is cited for."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import Confidentiality, DocumentKind, EvidenceKind

if TYPE_CHECKING:
    from .assessments import Assessment
    from .cities import City
    from .people import User


class Evidence(Base):
    """One document or page of a city, in all its rounds. `number` counts within the city.

    Withdrawn, not deleted: a signed version may name it.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id"), init=False)
    city: Mapped[City] = relationship()
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    document_kind: Mapped[DocumentKind] = mapped_column(
        words(DocumentKind), default=DocumentKind.OTHER
    )
    language: Mapped[str] = mapped_column(String(8), default="")
    abstract: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[date | None] = mapped_column(Date, default=None)
    confidentiality: Mapped[Confidentiality] = mapped_column(
        words(Confidentiality), default=Confidentiality.REVIEWERS
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    versions: Mapped[list[EvidenceVersion]] = relationship(
        back_populates="evidence", order_by="EvidenceVersion.number", default_factory=list
    )
    citations: Mapped[list[Citation]] = relationship(
        back_populates="evidence", order_by="Citation.id", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("city_id", "number"),
        CheckConstraint("number >= 1", name="numbers_start_at_one"),
    )

    @property
    def current(self) -> EvidenceVersion:
        """The version that drafts cite."""
        return self.versions[-1]


class EvidenceVersion(Base):
    """One state of a document: a web address, or a file whose bytes lie in the evidence store
    under `stored_as`. Never changed: a signed version names it by number and SHA-256."""

    __tablename__ = "evidence_version"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), init=False)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    evidence: Mapped[Evidence] = relationship(back_populates="versions", init=False)
    number: Mapped[int]
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    added_by: Mapped[User] = relationship()
    added_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str | None] = mapped_column(Text, default=None)
    file_name: Mapped[str | None] = mapped_column(String(255), default=None)
    media_type: Mapped[str | None] = mapped_column(String(120), default=None)
    size: Mapped[int | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True, default=None)
    stored_as: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)

    __table_args__ = (
        UniqueConstraint("evidence_id", "number"),
        CheckConstraint("number >= 1", name="numbers_start_at_one"),
        CheckConstraint("(kind = 'link') = (address IS NOT NULL)", name="a_link_has_an_address"),
        CheckConstraint(
            "(kind = 'file') = (stored_as IS NOT NULL AND sha256 IS NOT NULL AND size IS NOT NULL"
            " AND file_name IS NOT NULL AND media_type IS NOT NULL)",
            name="a_file_has_its_facts",
        ),
    )


class Citation(Base):
    """One use of evidence under one statement of an assessment: where to look, and what it shows.

    Withdrawn, not deleted, so that it can be taken back.
    """

    __tablename__ = "citation"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    evidence: Mapped[Evidence] = relationship(back_populates="citations", init=False)
    assessment: Mapped[Assessment] = relationship()
    pointer: Mapped[str] = mapped_column(String(200), default="")
    claim: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (
        Index("ix_citation_assessment_id_statement_id", "assessment_id", "statement_id"),
        Index(
            "uq_citation_evidence_id_assessment_id_statement_id",
            "evidence_id",
            "assessment_id",
            "statement_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
