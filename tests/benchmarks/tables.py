"""Builders of the five input tables: small ones by hand, large ones by a seeded draw."""

from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.frames import COLUMNS, Frames

CHARTER = {
    "policy-maker": ["PM1", "PM2", "PM3"],
    "service-provider": ["SP1", "SP2"],
    "employer": ["EM1", "EM2", "EM3"],
    "buyer": ["BU1", "BU2", "BU3"],
}
SMALL = {"policy-maker": {"PM1": ["PM1.1", "PM1.2"], "PM2": ["PM2.1"]}, "buyer": {"BU1": ["BU1.1"]}}


def a_structure(tree=SMALL, weights=None):
    """The structure of a tree of roles, commitments and statements; weights by code, else 1."""
    weights = weights or {}
    rows = [("overall", "", 0)]
    for role, commitments in tree.items():
        rows.append((role, "overall", 1))
        for commitment, statements in commitments.items():
            rows.append((commitment, role, 2))
            rows += [(statement, commitment, 3) for statement in statements]
    table = pd.DataFrame(rows, columns=["code", "parent", "level"])
    table["weight"] = [float(weights.get(code, 1)) for code in table["code"]]
    return table.assign(aggregation="arithmetic")


def the_frames(*marks, tree=SMALL, weights=None, version="v1"):
    """Frames from lines such as "2026 Ghent PM1.1 peer ann 3"; level, na or missing; "-" nobody."""
    structure = a_structure(tree, weights)
    leaves = structure.loc[structure["level"] == 3]
    role = dict(zip(structure["code"], structure["parent"], strict=True))
    statements = pd.DataFrame(
        {
            "statement_id": leaves["code"],
            "role": leaves["parent"].map(role),
            "commitment_id": leaves["parent"],
            "weight": leaves["weight"],
            "scale_min": 0,
            "scale_max": 4,
            "direction": 1,
            "anchor_id": "",
            "instrument_version": version,
        }
    ).reset_index(drop=True)
    rows = [line.split() for line in marks]
    scores = pd.DataFrame(
        [
            (
                *row[:4],
                "" if row[4] == "-" else row[4],
                row[5] if row[5] in ("na", "missing") else "scored",
                pd.NA if row[5] in ("na", "missing") else int(row[5]),
            )
            for row in rows
        ],
        columns=list(COLUMNS["scores"]),
    )
    peers = scores.loc[scores["source"] == "peer", ["round_id", "city_id", "rater_id"]]
    assignments = peers.drop_duplicates().set_axis(["round_id", "city_id", "reviewer_id"], axis=1)
    return Frames(
        statements=statements,
        structure=structure,
        scores=scores,
        cities=the_cities(sorted(set(scores["city_id"]))),
        assignments=assignments.assign(reviewer_city_id="elsewhere").reset_index(drop=True),
    )


def the_cities(names):
    return pd.DataFrame(
        {"city_id": list(names)}
        | {"country": "BE", "population": 300000, "migrant_share": 0.2, "size_band": "250-500k"}
    )


def drawn(cities, statements=4, reviewers=3, seed=1, rounds=("2026",)):
    """A whole round of the charter: levels by lot, some missing, some n/a, half with agreement."""
    tree = {
        role: {code: [f"{code}.{n + 1}" for n in range(statements)] for code in codes}
        for role, codes in CHARTER.items()
    }
    base, lot = the_frames("2026 x PM1.1 self - 1", tree=tree), np.random.default_rng(seed)
    ids = base.statements["statement_id"].to_numpy()
    parts, assigned = [], []
    for round_id in rounds:
        for place, city in enumerate(cities):
            voices = [("self", ""), *(("peer", f"r{place}-{n}") for n in range(reviewers))]
            voices += [("agreed", "")] if place % 2 else []
            for source, rater in voices:
                chance = lot.random(len(ids))
                status = np.select([chance < 0.08, chance < 0.12], ["missing", "na"], "scored")
                level = pd.Series(lot.integers(0, 5, len(ids)), dtype="Int64")
                parts.append(
                    pd.DataFrame(
                        {
                            "round_id": round_id,
                            "city_id": city,
                            "statement_id": ids,
                            "source": source,
                            "rater_id": rater,
                            "status": status,
                            "score": level.where(status == "scored"),
                        }
                    )
                )
                if source == "peer":
                    assigned.append((round_id, city, rater, "elsewhere"))
    return replace(
        base,
        scores=pd.concat(parts, ignore_index=True),
        cities=the_cities(cities),
        assignments=pd.DataFrame(assigned, columns=list(COLUMNS["assignments"])),
    )


def shuffled(frames, seed=0):
    """The same rows and columns in another order."""
    lot = np.random.default_rng(seed)
    return Frames(
        **{
            name: getattr(frames, name)
            .sample(frac=1, random_state=seed)
            .loc[:, lambda table: lot.permutation(table.columns)]
            for name in COLUMNS
        }
    )


def as_bytes(result):
    """Everything a result says, to the last digit."""
    tables = [t.to_csv(float_format="%.17g").encode() for t in result.tables.values()]
    return b"\n".join([*tables, result.result_hash.encode()])


def value(result, city, code, series, column="value", round_id="2026"):
    """One cell of the scores."""
    t = result.scores
    row = t[(t["city"] == city) & (t["code"] == code) & (t["series"] == series)]
    row = row[row["round"] == round_id]
    assert len(row) == 1
    return row[column].iloc[0]


def simulated(cities=24, raters=18, each=3, statements=4, seed=1, severity=12.0, rounds=("2026",)):
    """A round whose truth is known: frames, true points by city (rows) and role (columns).

    Cities meet `each` of the raters, in turn, so that all are linked; levels 0..4 are rounded.
    """
    tree = {
        role: {code: [f"{code}.{n + 1}" for n in range(statements)] for code in codes}
        for role, codes in CHARTER.items()
    }
    base, lot = the_frames("2026 x PM1.1 self - 1", tree=tree), np.random.default_rng(seed)
    role = base.statements["role"].to_numpy()
    ids = base.statements["statement_id"].to_numpy()
    names = [f"c{n:03}" for n in range(cities)]
    strict = lot.normal(0, severity, raters)
    hard = lot.normal(0, 10, len(ids))
    truth = pd.DataFrame(
        50 + lot.normal(0, 12, (cities, 1)) + lot.normal(0, 6, (cities, 4)),
        index=names,
        columns=list(CHARTER),
    )
    parts, assigned = [], []
    for round_id in rounds:
        for place, city in enumerate(names):
            at = [(place * 2 + k * 5) % raters for k in range(each)]
            points = truth.loc[city, role].to_numpy() + hard
            voices = [("self", "", points + 8)]
            voices += [("peer", f"r{r:03}", points - strict[r] + lot.normal(0, 4)) for r in at]
            for source, rater, mean in voices:
                level = np.clip(np.round((mean + lot.normal(0, 15, len(ids))) / 25), 0, 4)
                parts.append(
                    pd.DataFrame(
                        {
                            "round_id": round_id,
                            "city_id": city,
                            "statement_id": ids,
                            "source": source,
                            "rater_id": rater,
                            "status": "scored",
                            "score": pd.array(level.astype(int), dtype="Int64"),
                        }
                    )
                )
            assigned += [(round_id, city, f"r{r:03}", "elsewhere") for r in at]
    frames = replace(
        base,
        scores=pd.concat(parts, ignore_index=True),
        cities=the_cities(names),
        assignments=pd.DataFrame(assigned, columns=list(COLUMNS["assignments"])),
    )
    return frames, truth
