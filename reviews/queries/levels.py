"""The five tables that a benchmark is computed from: signed and submitted work, never drafts."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    City,
    CityMembership,
    CityRole,
    Commitment,
    Consensus,
    ConsensusState,
    Instrument,
    ReviewSubmission,
    Role,
    Round,
    Statement,
    Submission,
    marks,
)

WHOLE = "overall"
STATEMENT = 3
"""The level of the statements in the structure."""
Packed = tuple[str, str, bytes]
"""A city, a rater, and the levels in packed form."""


class StatementRow(NamedTuple):
    statement_id: str
    role: str
    commitment_id: str
    weight: float
    scale_min: int
    scale_max: int
    direction: int
    anchor_id: str
    instrument_version: str


class StructureRow(NamedTuple):
    code: str
    parent: str | None
    level: int
    weight: float
    aggregation: str


class ScoreRow(NamedTuple):
    round_id: str
    city_id: str
    statement_id: str
    source: str
    rater_id: str
    status: str
    score: int | None


class CityRow(NamedTuple):
    city_id: str
    country: str
    population: int | None
    migrant_share: float | None
    size_band: str | None


class AssignmentRow(NamedTuple):
    round_id: str
    city_id: str
    reviewer_id: str
    reviewer_city_id: str | None


class Tables(NamedTuple):
    """The five tables, each in a fixed order of rows."""

    statements: list[StatementRow]
    structure: list[StructureRow]
    scores: list[ScoreRow]
    cities: list[CityRow]
    assignments: list[AssignmentRow]


def tables(session: Session, round_: Round, *, without: frozenset[int] = frozenset()) -> Tables:
    """What counts in a round, but for the cities whose ids are in `without`.

    A reviewer appears under the same neutral id in scores and assignments. Scores of reviewers
    are there once the consensus of their team is open, agreed levels once it is closed.
    """
    asked = _asked(session, round_)
    reviews = _reviews(session, round_, without)
    packed = (
        ("self", _signed(session, round_, without)),
        ("peer", [(one.city, rater(one.reviewer), one.packed) for one in reviews]),
        ("agreed", _agreed(session, round_, without, [one.id for one in asked])),
    )
    codes = [one.code for one in asked]
    return Tables(
        statements=[_statement_row(one) for one in asked],
        structure=list(_structure(asked)),
        scores=[
            row for source, rows in packed for row in _unpacked(round_.slug, source, rows, codes)
        ],
        cities=_cities(session, round_, without),
        assignments=[
            AssignmentRow(round_.slug, one.city, rater(one.reviewer), one.home) for one in reviews
        ],
    )


_ROWS: dict[str, type[Any]] = {
    "statements": StatementRow,
    "structure": StructureRow,
    "scores": ScoreRow,
    "cities": CityRow,
    "assignments": AssignmentRow,
}


def document(found: Tables) -> dict[str, Any]:
    """The tables as plain values: the columns of each, and its rows in their order."""
    return {
        name: {"columns": list(kind._fields), "rows": [list(row) for row in getattr(found, name)]}
        for name, kind in _ROWS.items()
    }


def of_document(kept: Mapping[str, Any], *, without: Collection[str] = ()) -> Tables:
    """The tables behind such a document, but for some cities. Raises KeyError or TypeError for
    one that `document` has not made."""
    read = {name: [kind(*row) for row in kept[name]["rows"]] for name, kind in _ROWS.items()}
    if without:
        for name in ("scores", "cities", "assignments"):
            read[name] = [row for row in read[name] if row.city_id not in without]
    return Tables(**read)


def joined(earlier: Tables, found: Tables) -> Tables:
    """The tables of two rounds as one. A statement of another version of the questionnaire is
    another statement, whatever its code; only its anchor says that it asks the same."""
    if {one.instrument_version for one in earlier.statements} != {
        one.instrument_version for one in found.statements
    }:
        earlier = _marked_as_earlier(earlier)
    asked = {one.statement_id: one for one in (*earlier.statements, *found.statements)}
    tree = {one.code: one for one in (*earlier.structure, *found.structure)}
    cities = {one.city_id: one for one in (*earlier.cities, *found.cities)}
    return Tables(
        statements=list(asked.values()),
        structure=list(tree.values()),
        scores=[*earlier.scores, *found.scores],
        cities=list(cities.values()),
        assignments=[*earlier.assignments, *found.assignments],
    )


EARLIER = "~"


def _marked_as_earlier(tables: Tables) -> Tables:
    """The statements under names of their own."""
    return Tables(
        statements=[
            one._replace(
                statement_id=one.statement_id + EARLIER, anchor_id=one.anchor_id or one.statement_id
            )
            for one in tables.statements
        ],
        structure=[
            one._replace(code=one.code + EARLIER) if one.level == STATEMENT else one
            for one in tables.structure
        ],
        scores=[one._replace(statement_id=one.statement_id + EARLIER) for one in tables.scores],
        cities=tables.cities,
        assignments=tables.assignments,
    )


class _Asked(NamedTuple):
    """One statement with what stands above it."""

    id: int
    code: str
    weight: float
    anchor: str
    commitment: str
    commitment_weight: float
    role: str
    scale_minimum: int
    scale_maximum: int
    instrument: str
    version: str


class _Review(NamedTuple):
    """One submitted review; `home` is the city the reviewer comes from."""

    city: str
    reviewer: int
    packed: bytes
    home: str | None


def size_band(population: int | None) -> str | None:
    """The class of size that a city is compared in; None where nobody knows."""
    if population is None:
        return None
    for limit, band in ((250_000, "<250k"), (500_000, "250-500k"), (1_000_001, "500k-1M")):
        if population < limit:
            return band
    return ">1M"


def rater(user_id: int) -> str:
    """The neutral id under which a reviewer stands in the tables."""
    return f"P{user_id}"


def _asked(session: Session, round_: Round) -> list[_Asked]:
    """The statements in the order of packed scores."""
    rows = session.execute(
        select(
            Statement.id,
            Statement.code,
            Statement.weight,
            Statement.anchor,
            Commitment.code,
            Commitment.weight,
            Role.code,
            Instrument.scale_minimum,
            Instrument.scale_maximum,
            Instrument.code,
            Instrument.version,
        )
        .join(Statement.commitment)
        .join(Commitment.role)
        .join(Role.instrument)
        .where(Instrument.id == round_.instrument_id)
        .order_by(Role.position, Commitment.position, Statement.position)
    )
    return [_Asked(*row) for row in rows]


def _statement_row(one: _Asked) -> StatementRow:
    return StatementRow(
        statement_id=one.code,
        role=one.role,
        commitment_id=one.commitment,
        weight=one.weight,
        scale_min=one.scale_minimum,
        scale_max=one.scale_maximum,
        direction=1,
        anchor_id=one.anchor,
        instrument_version=f"{one.instrument} {one.version}",
    )


def _structure(asked: Sequence[_Asked]) -> Iterator[StructureRow]:
    """The tree from the whole down to the statements, level by level; roles weigh the same."""
    roles = dict.fromkeys(one.role for one in asked)
    commitments = {one.commitment: (one.role, one.commitment_weight) for one in asked}
    yield StructureRow(WHOLE, None, 0, 1.0, "arithmetic")
    for role in roles:
        yield StructureRow(role, WHOLE, 1, 1.0, "arithmetic")
    for code, (role, weight) in commitments.items():
        yield StructureRow(code, role, 2, weight, "arithmetic")
    for one in asked:
        yield StructureRow(one.code, one.commitment, STATEMENT, one.weight, "arithmetic")


def _signed(session: Session, round_: Round, without: frozenset[int]) -> list[Packed]:
    """The signed version that counts, per city."""
    latest = (
        select(func.max(Submission.version))
        .where(Submission.assessment_id == Assessment.id)
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(City.slug, Submission.packed)
        .join(Assessment, Assessment.id == Submission.assessment_id)
        .join(Assessment.city)
        .where(
            Assessment.round_id == round_.id,
            Assessment.city_id.not_in(without),
            Assessment.state.in_((AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW)),
            Submission.version == latest,
        )
        .order_by(City.slug)
    )
    return [(city, "self", packed) for city, packed in rows]


def _reviews(session: Session, round_: Round, without: frozenset[int]) -> list[_Review]:
    """The submitted reviews of the teams that see each other's scores by now."""
    home = (
        select(func.min(City.slug))
        .join(CityMembership, CityMembership.city_id == City.id)
        .where(
            CityMembership.user_id == Assignment.reviewer_id,
            CityMembership.role == CityRole.REVIEWER,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(City.slug, Assignment.reviewer_id, ReviewSubmission.packed, home)
        .join(Assignment, Assignment.id == ReviewSubmission.assignment_id)
        .join(Assessment, Assessment.id == Assignment.assessment_id)
        .join(Consensus, Consensus.assessment_id == Assessment.id)
        .join(Assessment.city)
        .where(
            Assessment.round_id == round_.id,
            Assessment.city_id.not_in(without),
            Assignment.state == AssignmentState.SUBMITTED,
        )
        .order_by(City.slug, Assignment.reviewer_id)
    )
    return [_Review(*row) for row in rows]


def _agreed(
    session: Session, round_: Round, without: frozenset[int], statement_ids: Sequence[int]
) -> Iterator[Packed]:
    """The agreed levels, per city whose consensus is closed."""
    places = {statement: place for place, statement in enumerate(statement_ids)}
    packed: dict[str, array[int]] = {}
    rows = session.execute(
        select(City.slug, AgreedLevel.statement_id, AgreedLevel.mark)
        .join(Consensus, Consensus.id == AgreedLevel.consensus_id)
        .join(Assessment, Assessment.id == Consensus.assessment_id)
        .join(Assessment.city)
        .where(
            Assessment.round_id == round_.id,
            Assessment.city_id.not_in(without),
            Consensus.state == ConsensusState.AGREED,
        )
        .order_by(City.slug, AgreedLevel.statement_id)
    )
    for city, statement, mark in rows:
        levels = packed.setdefault(city, array("b", [marks.PACKED_MISSING] * len(statement_ids)))
        levels[places[statement]] = marks.packed(mark)
    for city, levels in packed.items():
        yield city, "agreed", levels.tobytes()


_STATUS = {marks.PACKED_NOT_APPLICABLE: "na", marks.PACKED_MISSING: "missing"}


def _unpacked(
    round_id: str,
    source: str,
    packed: Iterable[Packed],
    codes: Sequence[str],
) -> Iterator[ScoreRow]:
    """One row per statement of each packed row."""
    for city, rater, levels in packed:
        for code, level in zip(codes, array("b", levels), strict=True):
            status = _STATUS.get(level, "scored")
            yield ScoreRow(
                round_id,
                city,
                code,
                source,
                rater,
                status,
                level if status == "scored" else None,
            )


def _cities(session: Session, round_: Round, without: frozenset[int]) -> list[CityRow]:
    rows = session.execute(
        select(City.slug, City.country, City.population, City.migrant_share)
        .join(Assessment, Assessment.city_id == City.id)
        .where(Assessment.round_id == round_.id, City.id.not_in(without))
        .order_by(City.slug)
    )
    return [CityRow(*row, size_band(row.population)) for row in rows]
