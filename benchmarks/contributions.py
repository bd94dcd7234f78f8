"""What a figure is made of: its parts and what each brings to it, and what a level more would."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import aggregate
from benchmarks.config import Mean
from benchmarks.result import BenchmarkResult

STATEMENT = 3
PARTS = ("code", "weight", "value", "used", "share", "of_whole", "adds", "reason")
GAINS = ("code", "value", "step", "role", "role_gain", "whole_gain")


@dataclass(frozen=True, eq=False)
class Made:
    """One figure taken apart (METHOD 3.3); points, NaN where there are none.

    value   as in `scores`.
    joined  what the parts come to by `mean`. A calibrated role is the model's and not its parts':
            there, and only there, the two differ, by `moved`.
    parts   by part, in order: code, weight, value (as in `scores`), used (what the sum takes),
            share (0..1 of this figure, 0 for what is left out), of_whole (0..1 of the figure above
            all), adds (share x used, for arithmetic means), reason (why there is no value).
    """

    value: float
    joined: float
    mean: Mean
    parts: pd.DataFrame

    @property
    def moved(self) -> float:
        """What the figure is more than its parts."""
        return self.value - self.joined


def made(result: BenchmarkResult, round_id: str, city: str, code: str, series: str) -> Made:
    """How one figure of a whole result (of nobody's part of it) came about.

    Raises `LookupError` for a round, city, code or series without a row of scores.
    """
    own = _own(result, round_id, city, series)
    if code not in own.index:
        raise LookupError(f"no figure {code} of {city}")
    tree = _tree(result, own)
    used = _used(result, own, tree)
    live = _live(result, own, used)
    children = tree.loc[tree["parent"] == code]
    value = float(own["value"].astype(float)[code])
    kinds: dict[str, Mean] = dict(zip(tree["code"], tree["aggregation"], strict=True))
    mean = result.config.mean or kinds[code]
    if children.empty:
        return Made(value, value, mean, pd.DataFrame(columns=list(PARTS)))
    share = _shares(tree, live, code) * (1.0 if live[code] else np.nan)
    parts = pd.DataFrame(
        {
            "code": children["code"],
            "weight": children["weight"],
            "value": children["code"].map(own["value"]),
            "used": children["code"].map(used.where(live, np.nan)),
            "share": children["code"].map(share),
            "reason": children["code"].map(own["reason"]),
        }
    ).reset_index(drop=True)
    parts["of_whole"] = parts["share"] * _of_whole(tree, live, code)
    parts["adds"] = parts["share"] * parts["used"].fillna(0.0)
    joined = _joined(parts, mean) if live[code] else float("nan")
    return Made(value, joined, mean, parts[list(PARTS)])


def raised(
    result: BenchmarkResult, round_id: str, city: str, series: str, steps: Mapping[str, float]
) -> pd.DataFrame:
    """What a city would gain by one level more at each statement, the most first (METHOD 3.3).

    `steps`: points from the level of today to the next one, by statement; none for one without.
    Gives code, value, step (points of the statement), role, role_gain, whole_gain (points): by
    gain, of equal gains the lowest value, of these the first in the charter. Empty where there is
    no figure of the whole. Raises `LookupError` as `made` does.
    """
    own = _own(result, round_id, city, series)
    tree = _tree(result, own)
    leaves = own.loc[tree.loc[tree["level"] == STATEMENT, "code"]]
    now = leaves["value"].to_numpy(dtype=float)
    able = [
        str(code)
        for code, value in zip(leaves.index, now, strict=True)
        if steps.get(code) and not np.isnan(value)
    ]
    rows = np.repeat(now[None], len(able) + 1, axis=0)
    for row, code in enumerate(able, start=1):
        rows[row, list(leaves.index).index(code)] += steps[code]
    rolled = _rolled(result, pd.DataFrame(rows, columns=leaves.index), leaves, tree)
    parent = dict(zip(tree["code"], tree["parent"], strict=True))
    roles, whole = [parent[parent[code]] for code in able], str(tree["code"].iloc[0])
    gains = rolled.iloc[1:] - rolled.iloc[0]
    table = pd.DataFrame(
        {
            "code": able,
            "value": leaves.loc[able, "value"].to_numpy(dtype=float),
            "step": [float(steps[code]) for code in able],
            "role": roles,
            "role_gain": [gains[role].iloc[row] for row, role in enumerate(roles)],
            "whole_gain": gains[whole].to_numpy(dtype=float),
        },
        columns=list(GAINS),
    ).dropna(subset=["whole_gain"])
    order = table.assign(most=-table["whole_gain"].round(9))
    return order.sort_values(["most", "value"], kind="stable", ignore_index=True)[list(GAINS)]


def _own(result: BenchmarkResult, round_id: str, city: str, series: str) -> pd.DataFrame:
    """The scores of one city in one series, by code."""
    t = result.scores
    own = t.loc[(t["round"] == round_id) & (t["city"] == city) & (t["series"] == series)]
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    return own.set_index("code")


def _tree(result: BenchmarkResult, own: pd.DataFrame) -> pd.DataFrame:
    tree = result.structure
    return tree.loc[tree["code"].isin(own.index)].reset_index(drop=True)


def _rolled(
    result: BenchmarkResult, values: pd.DataFrame, leaves: pd.DataFrame, tree: pd.DataFrame
) -> pd.DataFrame:
    """Points of statements (columns) for every code; `leaves` knows which of them apply."""
    config = result.config
    applies = leaves["coverage"].notna().to_numpy(dtype=bool)
    applicable = pd.DataFrame(
        np.repeat(applies[None], len(values), axis=0), index=values.index, columns=values.columns
    )
    return aggregate.roll_up(
        values, tree, config.mean, config.missing, config.threshold, applicable=applicable
    )


def _used(result: BenchmarkResult, own: pd.DataFrame, tree: pd.DataFrame) -> pd.Series:
    """The points that a code goes into the sum above it with: the figure that is shown, or what
    there was of it where too few answers make it none."""
    leaves = own.loc[tree.loc[tree["level"] == STATEMENT, "code"]]
    row = leaves[["value"]].T.astype(float).reset_index(drop=True)
    rolled = _rolled(result, row, leaves, tree).iloc[0]
    return own["value"].astype(float).reindex(tree["code"]).fillna(rolled)


def _live(result: BenchmarkResult, own: pd.DataFrame, used: pd.Series) -> pd.Series:
    """What counts in the sum above it, by code: what has points; with the policy `zero` all that
    applies."""
    applies = own["coverage"].reindex(used.index).notna()
    there: pd.Series = applies if result.config.missing == "zero" else used.notna()
    return there


def _shares(tree: pd.DataFrame, live: pd.Series, code: str) -> pd.Series:
    """What part each child has in a code, by child: weights spread again over what counts."""
    children = tree.loc[tree["parent"] == code].set_index("code")
    weight = children["weight"].astype(float) * live.reindex(children.index)
    total = float(weight.sum())
    return weight / total if total > 0 else weight


def _of_whole(tree: pd.DataFrame, live: pd.Series, code: str) -> float:
    """What part a code has in the figure above all."""
    parent = dict(zip(tree["code"], tree["parent"], strict=True))
    share = 1.0
    while above := parent.get(code, ""):
        share *= float(_shares(tree, live, above)[code])
        code = above
    return share


def _joined(parts: pd.DataFrame, mean: Mean) -> float:
    there = parts.loc[parts["share"] > 0]
    used = there["used"].fillna(0.0).to_numpy(dtype=float)
    share = there["share"].to_numpy(dtype=float)
    held = np.maximum(used, aggregate.FLOOR)
    if mean == "geometric":
        return float(np.exp((share * np.log(held)).sum()))
    if mean == "harmonic":
        return float(1 / (share / held).sum())
    return float((share * used).sum())
