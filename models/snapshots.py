"""Snapshots: benchmarks of a round, frozen; who approved them, and since when they are public."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from .base import Base, Moment, words
from .states import ConsentChoice
from .submissions import refuse_change

if TYPE_CHECKING:
    from .assessments import Assessment
    from .people import User
    from .rounds import Round


class Snapshot(Base):
    """One benchmark of a round, for good: what went in, by which choices, and what came out.

    `input` and `result` are canonical JSON, compressed with zlib; `input_sha256` and
    `result_sha256` are the hashes of the JSON. `choices` is the configuration of the method.
    `cities` are the slugs of the cities in it, `named` those that agreed to be named.
    """

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), init=False)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    round: Mapped[Round] = relationship(back_populates="snapshots", init=False)
    number: Mapped[int]
    input: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    input_sha256: Mapped[str] = mapped_column(String(64))
    choices: Mapped[str] = mapped_column(Text)
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result_sha256: Mapped[str] = mapped_column(String(64))
    method_version: Mapped[str] = mapped_column(String(20))
    cities: Mapped[list[str]] = mapped_column(JSON)
    named: Mapped[list[str]] = mapped_column(JSON)
    taken_by: Mapped[User] = relationship()
    taken_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")

    approvals: Mapped[list[ReleaseApproval]] = relationship(
        back_populates="snapshot", order_by="ReleaseApproval.id", default_factory=list
    )
    releases: Mapped[list[Release]] = relationship(
        back_populates="snapshot", order_by="Release.number", default_factory=list
    )

    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number >= 1", name="numbers_start_at_one"),
        CheckConstraint("(number = 1) = (reason = '')", name="a_further_one_has_its_reason"),
        CheckConstraint("length(input_sha256) = 64", name="input_hash_is_sha256"),
        CheckConstraint("length(result_sha256) = 64", name="result_hash_is_sha256"),
    )


class ReleaseApproval(Base):
    """A coordinator's word that the figures of a snapshot may become public."""

    __tablename__ = "release_approval"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), init=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    snapshot: Mapped[Snapshot] = relationship(back_populates="approvals", init=False)
    by: Mapped[User] = relationship()
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("snapshot_id", "by_id"),)


class Release(Base):
    """The figures of a snapshot, public from `public_from` on. `number` counts those of its round;
    every further one says why there is one. Until its time has come it can be called off."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), init=False)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), init=False)
    released_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    called_off_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), init=False)
    snapshot: Mapped[Snapshot] = relationship(back_populates="releases", init=False)
    round: Mapped[Round] = relationship()
    number: Mapped[int]
    public_from: Mapped[datetime] = mapped_column(Moment)
    released_by: Mapped[User] = relationship(foreign_keys=[released_by_id])
    released_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    called_off_by: Mapped[User | None] = relationship(foreign_keys=[called_off_by_id], default=None)
    called_off_at: Mapped[datetime | None] = mapped_column(Moment, default=None)

    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("released_at <= public_from", name="not_public_before_it_is_released"),
        CheckConstraint(
            "(called_off_at IS NULL) = (called_off_by_id IS NULL)", name="called_off_by_somebody"
        ),
        CheckConstraint(
            "called_off_at IS NULL OR called_off_at < public_from",
            name="what_is_public_is_not_called_off",
        ),
    )


class Consent(Base):
    """What a signatory decided about the name of the city in public figures of one round.

    The latest one counts; without any, the city is in figures of groups only.
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True, init=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), init=False)
    assessment: Mapped[Assessment] = relationship(back_populates="consents", init=False)
    choice: Mapped[ConsentChoice] = mapped_column(words(ConsentChoice))
    by: Mapped[User] = relationship()
    at: Mapped[datetime] = mapped_column(Moment)


@event.listens_for(Snapshot, "before_update")
@event.listens_for(Snapshot, "before_delete")
@event.listens_for(Consent, "before_update")
@event.listens_for(Consent, "before_delete")
def refuse_change_of_frozen(mapper: Any, connection: Any, row: Snapshot | Consent) -> None:
    """An approval or a release that is added to a snapshot changes nothing of its own."""
    session = object_session(row)
    if (
        session is None
        or row in session.deleted
        or session.is_modified(row, include_collections=False)
    ):
        refuse_change(mapper, connection, row)
