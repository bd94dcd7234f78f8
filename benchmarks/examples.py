"""Whom a city could learn from: near in size and powers, strong where it is weak (METHOD 3.8)."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from benchmarks.result import BenchmarkResult

COMMITMENT, STATEMENT = 2, 3
LEAD = 5.0
"""Fewer points ahead than this, and a city is no stronger than another (METHOD 3.10)."""
EXAMPLES = (
    *("code", "own", "city", "value", "shared", "either", "population", "own_population"),
    "near",
)


def near(result: BenchmarkResult, round_id: str, cities: pd.DataFrame, city: str) -> pd.DataFrame:
    """How near all other cities are to one, the nearest first.

    cities  city_id, population (NA where not known).
    Gives city, shared (statements that apply to both), either (to one of them at least),
    population, own_population, near (0..1: the mean of shared / either and of the smaller
    population over the larger; powers alone where one is not known). Equally near: by name.
    """
    applies = _applies(result, round_id)
    people = cities.set_index("city_id")["population"].astype("Float64").astype(float)
    own, here = applies.loc[city], people.reindex([city]).iloc[0]
    others = applies.drop(index=city).sort_index()
    there = people.reindex(others.index)
    shared, either = (others & own).sum(axis=1), (others | own).sum(axis=1)
    powers = shared / either.clip(lower=1)
    size = np.minimum(there, here) / np.maximum(there, here)
    table = pd.DataFrame(
        {
            "city": others.index.astype("str"),
            "shared": shared.to_numpy(dtype="int64"),
            "either": either.to_numpy(dtype="int64"),
            "population": there.to_numpy(),
            "own_population": here,
            "near": ((powers + size) / 2).fillna(powers).to_numpy(),
        }
    )
    order = table.assign(far=-table["near"].round(9))
    return order.sort_values(["far", "city"], ignore_index=True).drop(columns="far")


def examples(
    result: BenchmarkResult,
    round_id: str,
    cities: pd.DataFrame,
    city: str,
    among: Collection[str],
    *,
    series: str,
    weakest: int = 2,
    most: int = 3,
) -> pd.DataFrame:
    """Cities of `among` that are ahead of a city at its `weakest` commitments, the nearest first.

    Gives code, own, city, value (points of that series), and what `near` gives: by commitment, the
    weakest first, at most `most` cities that are ahead by 5 points and more.
    """
    t, tree = result.scores, result.structure
    commitments = tree.loc[tree["level"] == COMMITMENT, "code"]
    here = t.loc[(t["round"] == round_id) & (t["series"] == series)]
    wide = here.pivot(index="city", columns="code", values="value")
    wide = wide.reindex(columns=list(commitments))
    if city not in wide.index:
        return pd.DataFrame(columns=list(EXAMPLES))
    own = pd.Series(wide.loc[city]).dropna().round(9).sort_values(kind="stable")
    known = near(result, round_id, cities, city)
    parts = []
    for code in own.index[:weakest]:
        found = known.loc[known["city"].isin(list(among))]
        found = found.assign(code=code, own=own[code], value=found["city"].map(wide[code]))
        parts.append(found.loc[found["value"] - found["own"] >= LEAD - 1e-9].head(most))
    if not parts:
        return pd.DataFrame(columns=list(EXAMPLES))
    return pd.concat(parts, ignore_index=True)[list(EXAMPLES)]


def _applies(result: BenchmarkResult, round_id: str) -> pd.DataFrame:
    """Which statements apply to which city: bool, cities by statements."""
    t, tree = result.scores, result.structure
    leaves = tree.loc[tree["level"] == STATEMENT, "code"]
    rows = t.loc[(t["round"] == round_id) & (t["series"] == "self") & t["code"].isin(leaves)]
    return rows.pivot(index="city", columns="code", values="coverage").notna()
