"""From the tables of a round to its benchmark, working or frozen; made once, kept while it fits.

Working figures are the coordinators' own and change with every submission. All others see what a
coordinator has frozen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from benchmarks import frozen
from benchmarks.compute import compute, linked
from benchmarks.config import METHOD_VERSION, BenchmarkConfig
from benchmarks.frames import Frames
from benchmarks.result import BenchmarkResult
from models import Round, Snapshot, User
from reviews import snapshots
from reviews.queries import levels
from reviews.queries import snapshots as kept
from reviews.submissions import canonical, sha256
from webapp.figures.keeping import Kept

_results = Kept(16)
_inputs = Kept(8)


def freeze(
    session: Session, round_: Round, *, reason: str = "", by: User, now: datetime
) -> Snapshot:
    """Compute the benchmark of the cities that are final, and freeze it with all that went in.

    Raises as reviews.snapshots.take does.
    """
    snapshots.need_enough(round_)
    there = snapshots.in_next(round_)
    inside = {one.city.id for one in there}
    outside = {one.city.id for one in round_.assessments} - inside
    found = _as_first_grouped(round_, levels.tables(session, round_, without=frozenset(outside)))
    before = kept.before(session, round_)
    document = {
        "round": round_.slug,
        "tables": levels.document(found),
        "earlier": _earlier(before) if before is not None else None,
    }
    config = BenchmarkConfig(named=snapshots.named(there), known=snapshots.named_before(round_))
    result = _computed(document, config)
    text = snapshots.Frozen(
        input=canonical(document),
        choices=canonical(config.as_dict),
        result=frozen.frozen(result),
        method_version=METHOD_VERSION,
    )
    return snapshots.take(round_, text, reason=reason, by=by, now=now)


def _as_first_grouped(round_: Round, found: levels.Tables) -> levels.Tables:
    """The tables with the cities' facts as the first snapshot of the round knew them: a city that
    moves to another group would make two figures that are a city apart."""
    if not round_.snapshots:
        return found
    return found._replace(cities=tables_of(round_.snapshots[0]).cities)


def _earlier(snapshot: Snapshot) -> dict[str, Any]:
    """The input of an earlier round, without what that one was compared with."""
    document = _input(snapshot)
    return {
        "round": document["round"],
        "snapshot": snapshot.number,
        "input_sha256": snapshot.input_sha256,
        "tables": document["tables"],
    }


def of_snapshot(snapshot: Snapshot, *, without: Collection[str] = ()) -> BenchmarkResult:
    """The frozen result. For somebody who may learn nothing of some of its cities (slugs) it is
    computed again without them, from the frozen input: group figures would tell of them."""
    hidden = tuple(sorted(set(without) & set(snapshot.cities)))

    def make() -> BenchmarkResult:
        if not hidden:
            return frozen.thawed(snapshots.unpacked(snapshot.result))
        config = _choices(snapshot)
        others = replace(
            config,
            named=tuple(one for one in config.named if one not in hidden),
            known=tuple(one for one in config.known if one not in hidden),
        )
        return _computed(_input(snapshot), others, hidden)

    return _results.get((snapshot.result_sha256, hidden), make)


def recomputed(snapshot: Snapshot) -> str:
    """The hash of the result that the frozen input and choices give now."""
    document = json.loads(snapshots.unpacked(snapshot.input))
    return sha256(frozen.frozen(_computed(document, _choices(snapshot))))


def _choices(snapshot: Snapshot) -> BenchmarkConfig:
    return BenchmarkConfig.of(json.loads(snapshot.choices))


def tables_of(snapshot: Snapshot, *, without: Collection[str] = ()) -> levels.Tables:
    """The frozen input, but for some cities (slugs)."""
    return levels.of_document(_input(snapshot)["tables"], without=without)


def earlier_of(snapshot: Snapshot) -> tuple[str, int] | None:
    """The round (slug) and number of the snapshot that changes were reckoned from."""
    before = _input(snapshot)["earlier"]
    return (before["round"], before["snapshot"]) if before is not None else None


def goes_back_to(session: Session, snapshot: Snapshot) -> Iterator[Snapshot]:
    """The frozen rounds that a snapshot goes back to, the oldest first."""
    earlier = earlier_of(snapshot)
    found = kept.of_round(session, *earlier) if earlier is not None else None
    if found is not None:
        yield from goes_back_to(session, found)
        yield found


def _input(snapshot: Snapshot) -> dict[str, Any]:
    found: dict[str, Any] = _inputs.get(
        snapshot.input_sha256, lambda: json.loads(snapshots.unpacked(snapshot.input))
    )
    return found


def working(
    session: Session, round_: Round, *, without: frozenset[int] = frozenset()
) -> tuple[BenchmarkResult, levels.Tables]:
    """What a round looks like now, and the tables behind it; `without` are ids of cities."""
    found = levels.tables(session, round_, without=without)
    before = kept.before(session, round_)
    key = hashlib.sha256(repr(found).encode("utf-8", "replace")).hexdigest()
    hidden = tuple(sorted(without))

    def make() -> BenchmarkResult:
        document = {
            "tables": levels.document(found),
            "earlier": _earlier(before) if before is not None else None,
        }
        gone = {one.city.slug for one in round_.assessments if one.city.id in without}
        return _computed(document, BenchmarkConfig(), gone)

    about = before.result_sha256 if before is not None else ""
    return _results.get((key, about, hidden), make), found


def _computed(
    document: Mapping[str, Any], config: BenchmarkConfig, without: Collection[str] = ()
) -> BenchmarkResult:
    found = levels.of_document(document["tables"], without=without)
    result = compute(frames(found), config)
    if document["earlier"] is None:
        return result
    earlier = levels.of_document(document["earlier"]["tables"], without=without)
    if not found.scores or not earlier.scores:
        return result
    return linked(result, frames(levels.joined(earlier, found)))


def frames(tables: levels.Tables) -> Frames:
    """The tables as the method reads them."""
    return Frames(
        statements=pd.DataFrame(tables.statements, columns=levels.StatementRow._fields),
        structure=pd.DataFrame(tables.structure, columns=levels.StructureRow._fields),
        scores=pd.DataFrame(tables.scores, columns=levels.ScoreRow._fields),
        cities=pd.DataFrame(tables.cities, columns=levels.CityRow._fields),
        assignments=pd.DataFrame(tables.assignments, columns=levels.AssignmentRow._fields),
    )
