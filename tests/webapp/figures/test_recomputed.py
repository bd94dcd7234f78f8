"""G1: the frozen figures are right, worked out once more from the frozen input by other means."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from benchmarks import frozen
from benchmarks.charts.drawing import points
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from models import Snapshot
from reviews import snapshots
from reviews.queries import levels
from reviews.submissions import canonical
from tests.benchmarks.tables import drawn
from webapp.extensions import db
from webapp.figures import computing

SERIES = ("self", "peer", "agreed")


# METHOD 3.1 to 3.3 in exact fractions, from nothing but the text: no table, no library.
def scores_of(tables):
    """The score by city, code and series; None where there is none."""
    asked = {one["statement_id"]: one for one in as_rows(tables["statements"])}
    under, said, scores = {}, {}, {}
    for one in as_rows(tables["structure"]):
        under.setdefault(one["parent"], []).append((one["code"], Fraction(one["weight"])))
    for one in as_rows(tables["scores"]):
        scale, scored = asked[one["statement_id"]], one["status"] == "scored"
        low, high = (scale["scale_min"], scale["scale_max"])[:: scale["direction"]]
        mark = Fraction(100 * (one["score"] - low), high - low) if scored else None
        if one["status"] != "missing":
            said.setdefault((one["city_id"], one["statement_id"], one["source"]), []).append(mark)

    def item(city, code, series):
        own, peers, agreed = (said.get((city, code, each), []) for each in SERIES)
        marked, settled = len(peers) - peers.count(None), agreed not in ([], [None])
        disputed = own == [None] and (2 * marked > len(peers) or settled)
        refused = peers.count(None) + (own == [None] and not disputed)
        voices = marked + refused + (own not in ([], [None]))
        applies = settled or (agreed != [None] and not 0 < voices <= 2 * refused)
        known = [x for x in said.get((city, code, series), []) if x is not None and applies]
        return applies, sum(known) / len(known) if known else None, Fraction(bool(known))

    def climb(city, code, series):
        parts = [(w, *climb(city, child, series)) for child, w in under.get(code, [])]
        wanted = sum(w for w, applies, _, _ in parts if applies)
        there = [(w, value) for w, _, value, _ in parts if value is not None]
        weight, total = sum(w for w, _ in there), sum(w * value for w, value in there)
        value = total / weight if weight and 3 * weight >= 2 * wanted else None
        covered = sum(w * part for w, _, _, part in parts) / wanted if wanted else Fraction(0)
        known = item(city, code, series) if code in asked else (wanted > 0, value, covered)
        scores[city, code, series] = known[1] if 3 * known[2] >= 2 else None
        return known

    for city in {one["city_id"] for one in as_rows(tables["scores"])}:
        for series in SERIES:
            climb(city, under[None][0][0], series)
    return scores


def as_rows(table):
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def means_of_groups(scores, cities):
    """The number of scores and their mean, by group, code and series."""
    known = sorted(
        Fraction(one["migrant_share"]) for one in cities if one["migrant_share"] is not None
    )
    thirds = [quantile(known, Fraction(part, 3)) for part in (1, 2)] if len(known) > 2 else None
    groups = {}
    for one in cities:
        names = ["all", f"country:{one['country']}"]
        if one["population"] is not None:
            over = sum(one["population"] >= limit for limit in (250_000, 500_000, 1_000_001))
            names.append("size:" + ("<250k", "250-500k", "500k-1M", ">1M")[over])
        if one["migrant_share"] is not None and thirds is not None:
            place = sum(one["migrant_share"] > third for third in thirds)
            flat = known[0] == known[-1]
            names.append("share:" + ("low", "middle", "high")[1 if flat else place])
        for (city, code, series), value in scores.items():
            if city == one["city_id"] and value is not None:
                for name in names:
                    groups.setdefault((name, code, series), []).append(value)
    return {key: (len(values), sum(values) / len(values)) for key, values in groups.items()}


def quantile(ordered, part):
    """Of type 7: between the two values around it."""
    place = (len(ordered) - 1) * part
    below = ordered[floor(place)]
    return below + (place - floor(place)) * (
        ordered[min(floor(place) + 1, len(ordered) - 1)] - below
    )


def rows(result, table):
    columns = result["tables"][table]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def compared(document, text):
    """How many scores and group means were compared; all are the same."""
    scores = scores_of(document["tables"])
    groups = means_of_groups(scores, as_rows(document["tables"]["cities"]))
    result, wrong, counted = json.loads(text), [], [0, 0]
    for row in rows(result, "scores"):
        if row["series"] in SERIES:
            mine, theirs = scores[row["city"], row["code"], row["series"]], row["value"]
            counted[0] += 1
            if not same(mine, theirs):
                wrong.append((row, mine))
    for row in rows(result, "peer_stats"):
        if row["series"] in SERIES and not row["suppressed"]:
            n, mean = groups[row["group_id"], row["code"], row["series"]]
            counted[1] += 1
            if (row["n"], row["mean"]) != (n, floor(mean + Fraction(1, 2))):
                wrong.append((row, n, mean))
    assert wrong == []
    return counted


def same(mine, theirs):
    """Whether two figures are one, as they are shown and to nine digits."""
    if mine is None or theirs is None:
        return mine is theirs
    shown = str(floor(mine + Fraction(1, 2)))
    return points(theirs) == shown and abs(mine - Fraction(theirs)) <= Fraction(1, 10**9)


def test_every_figure_of_the_demonstration_is_right(demo):
    with demo.app_context():
        snapshot = db.session.query(Snapshot).one()
        document = json.loads(snapshots.unpacked(snapshot.input))
        counted = compared(document, snapshots.unpacked(snapshot.result))

    # The whole, 4 roles, 11 commitments; only the group of all cities is large enough.
    above, statements = 1 + 4 + 11, len(document["tables"]["statements"]["rows"])
    assert counted == [12 * 3 * (above + statements), 3 * above]


def a_round_by_lot(seed):
    """A round with other weights, scales and directions, many holes and all kinds of cities."""
    lot = np.random.default_rng(seed)
    cities = [f"c{n:02}" for n in range(int(lot.integers(6, 16)))]
    frames = drawn(cities, statements=int(lot.integers(1, 5)), reviewers=3, seed=seed)
    weights = lot.choice([0.5, 1.0, 1.5, 3.0], len(frames.structure))
    structure = frames.structure.assign(weight=weights)
    weight = dict(zip(structure["code"], structure["weight"], strict=True))
    statements = frames.statements.assign(
        weight=frames.statements["statement_id"].map(weight),
        scale_max=lot.choice([4, 5, 7], len(frames.statements)),
        direction=lot.choice([1, -1], len(frames.statements)),
    )
    holes = lot.random(len(frames.scores))
    status = np.select([holes < 0.2, holes < 0.35], ["missing", "na"], frames.scores["status"])
    scores = frames.scores.assign(
        status=status, score=frames.scores["score"].where(status == "scored")
    )
    facts = frames.cities.assign(
        country=lot.choice(["BE", "SE", "PT"], len(cities)),
        population=lot.choice([90_000, 400_000, 1_000_000, 2_000_000], len(cities)),
        migrant_share=lot.choice([0.05, 0.1, 0.2, 0.3, 0.4], len(cities)),
    )
    return replace(frames, structure=structure, statements=statements, scores=scores, cities=facts)


def as_document(frames):
    """The frames as a snapshot freezes them."""
    tables = {}
    for name, kind in levels._ROWS.items():
        table = getattr(frames, name).reindex(columns=list(kind._fields)).astype(object)
        values = table.where(table.notna(), None).to_numpy().tolist()
        tables[name] = {"columns": list(kind._fields), "rows": values}
    parent = tables["structure"]["columns"].index("parent")
    for row in tables["structure"]["rows"]:
        row[parent] = row[parent] or None
    return json.loads(canonical({"round": "2026", "tables": tables, "earlier": None}))


@pytest.mark.parametrize("seed", range(8))
def test_every_figure_of_a_round_by_lot_is_right(seed):
    document = as_document(a_round_by_lot(seed))
    config = BenchmarkConfig(draws=10, resamples=0, named=("c01", "c03"))
    frames = computing.frames(levels.of_document(document["tables"]))

    counted = compared(document, frozen.frozen(compute(frames, config)))

    assert min(counted) > 0


def test_what_is_not_there_is_nowhere_a_number():
    document = as_document(a_round_by_lot(3))
    frames = computing.frames(levels.of_document(document["tables"]))

    text = frozen.frozen(compute(frames, BenchmarkConfig(draws=10, resamples=0)))

    def refuse(word):
        raise AssertionError(word)

    result = json.loads(text, parse_constant=refuse)
    missing = [row for row in rows(result, "scores") if row["value"] is None]
    assert {row["reason"] for row in missing} == {"no_data", "low_coverage", "not_applicable"}
    weights = {}
    for row in rows(result, "structure"):
        weights.setdefault(row["level"], []).append(row["effective_weight"])
    assert {
        level: pytest.approx(sum(of_level), abs=1e-12) for level, of_level in weights.items()
    } == {level: 1.0 for level in range(4)}
