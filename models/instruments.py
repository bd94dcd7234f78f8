"""Instruments: versioned questionnaires of roles, commitments, statements and level texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Moment, words
from .states import InstrumentState, StatementKind


class Instrument(Base):
    """One version of one questionnaire; immutable from the day it is published."""

    __tablename__ = "instrument"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    introduction: Mapped[str] = mapped_column(Text)
    scale_minimum: Mapped[int]
    scale_maximum: Mapped[int]
    state: Mapped[InstrumentState] = mapped_column(
        words(InstrumentState), default=InstrumentState.DRAFT
    )
    sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    published_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    roles: Mapped[list[Role]] = relationship(
        back_populates="instrument", order_by="Role.position", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("scale_minimum < scale_maximum", name="scale_has_two_ends"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_means_dated"),
        CheckConstraint("(state = 'draft') = (sha256 IS NULL)", name="published_means_hashed"),
    )


class Role(Base):
    """One of the four roles of a city in the Charter."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), init=False)
    instrument: Mapped[Instrument] = relationship(back_populates="roles", init=False)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    position: Mapped[int]

    commitments: Mapped[list[Commitment]] = relationship(
        back_populates="role", order_by="Commitment.position", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("instrument_id", "code"),
        UniqueConstraint("instrument_id", "position"),
    )


class Commitment(Base):
    """One promise of the Charter; `principles` are the Common Basic Principles it serves."""

    __tablename__ = "commitment"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), init=False)
    role: Mapped[Role] = relationship(back_populates="commitments", init=False)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    principles: Mapped[list[str]] = mapped_column(JSON)
    weight: Mapped[float]
    position: Mapped[int]

    statements: Mapped[list[Statement]] = relationship(
        back_populates="commitment", order_by="Statement.position", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("role_id", "code"),
        UniqueConstraint("role_id", "position"),
        CheckConstraint("weight >= 0", name="weight_is_not_negative"),
    )


class Statement(Base):
    """What a city says how far it is with; `anchor` survives a change of wording or code."""

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), init=False)
    commitment: Mapped[Commitment] = relationship(back_populates="statements", init=False)
    code: Mapped[str] = mapped_column(String(20))
    anchor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[StatementKind] = mapped_column(words(StatementKind))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    guidance: Mapped[str] = mapped_column(Text)
    evidence_examples: Mapped[list[str]] = mapped_column(JSON)
    weight: Mapped[float]
    may_be_outside_remit: Mapped[bool]
    position: Mapped[int]

    levels: Mapped[list[Level]] = relationship(
        back_populates="statement", order_by="Level.value", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("commitment_id", "code"),
        UniqueConstraint("commitment_id", "position"),
        CheckConstraint("weight >= 0", name="weight_is_not_negative"),
    )


class Level(Base):
    """One step of a statement's scale, with the text that a visitor could check."""

    __tablename__ = "level"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), init=False)
    statement: Mapped[Statement] = relationship(back_populates="levels", init=False)
    value: Mapped[int]
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("statement_id", "value"),)
