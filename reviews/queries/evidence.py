"""The library of a city: its documents, what they are used for, and how much room they take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    Assessment,
    Citation,
    City,
    Evidence,
    EvidenceVersion,
    Round,
    Statement,
    Submission,
)


class Use(NamedTuple):
    """One use of evidence that is not withdrawn: where, and what for."""

    evidence_id: int
    citation_id: int
    round: str
    round_slug: str
    code: str
    statement: str
    pointer: str
    claim: str


def library(session: Session, city: City) -> Sequence[Evidence]:
    """What a city has and has not removed, the newest first, with its versions."""
    rows = (
        select(Evidence)
        .where(Evidence.city_id == city.id, Evidence.withdrawn_at.is_(None))
        .options(selectinload(Evidence.versions).joinedload(EvidenceVersion.added_by))
        .order_by(Evidence.number.desc())
    )
    return session.scalars(rows).all()


def uses(session: Session, city: City, evidence: Evidence | None = None) -> Sequence[Use]:
    """Where the documents of a city are cited now, in the order of rounds and statements."""
    rows = (
        select(
            Citation.evidence_id,
            Citation.id,
            Round.title,
            Round.slug,
            Statement.code,
            Statement.title,
            Citation.pointer,
            Citation.claim,
        )
        .join(Citation.evidence)
        .join(Citation.assessment)
        .join(Assessment.round)
        .join(Statement, Statement.id == Citation.statement_id)
        .where(Evidence.city_id == city.id, Citation.withdrawn_at.is_(None))
        .order_by(Round.created_at.desc(), Round.id, Statement.id)
    )
    if evidence is not None:
        rows = rows.where(Citation.evidence_id == evidence.id)
    return [Use(*row) for row in session.execute(rows)]


def twin(
    session: Session, city: City, *, sha256: str | None = None, address: str | None = None
) -> EvidenceVersion | None:
    """The same file or the same address in the library of a city."""
    same = EvidenceVersion.sha256 == sha256 if sha256 else EvidenceVersion.address == address
    rows = (
        select(EvidenceVersion)
        .join(EvidenceVersion.evidence)
        .where(Evidence.city_id == city.id, Evidence.withdrawn_at.is_(None), same)
        .options(joinedload(EvidenceVersion.evidence))
        .order_by(EvidenceVersion.id)
        .limit(1)
    )
    return session.scalars(rows).one_or_none()


def used_bytes(session: Session, city: City) -> int:
    """How much the files of a city take, with all versions and with what was removed."""
    rows = (
        select(func.coalesce(func.sum(EvidenceVersion.size), 0))
        .join(EvidenceVersion.evidence)
        .where(Evidence.city_id == city.id)
    )
    return session.scalar(rows) or 0


def next_number(session: Session, city: City) -> int:
    """The number of the next document of a city; the caller has locked the city."""
    rows = select(func.coalesce(func.max(Evidence.number), 0)).where(Evidence.city_id == city.id)
    return (session.scalar(rows) or 0) + 1


def signed(
    session: Session, assessment: Assessment, versions: Sequence[int]
) -> set[tuple[int, int]]:
    """The documents that some signed versions of an assessment name: pairs of the id of the
    evidence and the number of its version."""
    rows = session.scalars(
        select(Submission.document)
        .where(Submission.assessment_id == assessment.id, Submission.version.in_(versions))
        .order_by(Submission.version)
    )
    return {pair for text in rows for pair in _named(json.loads(text))}


def _named(document: Mapping[str, Any]) -> set[tuple[int, int]]:
    # Before there were versions, a signed document named none: it means the first.
    return {
        (one["id"], one.get("version", 1))
        for answer in document["answers"]
        for one in answer["evidence"]
    }
