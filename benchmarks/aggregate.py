"""Statement to commitment to role to overall: weighted means up a tree of any depth."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from benchmarks.config import Mean, Missing

FLOOR = 1.0
TIE = 9


def in_order(structure: pd.DataFrame, first: Iterable[str] = ()) -> pd.DataFrame:
    """The structure in reading order: parents before children, siblings by number.

    Siblings named in `first` come in that order, ahead of the others.
    """
    listed = {code: place for place, code in enumerate(first)}
    children = _children(structure)

    def walk(parent: str) -> list[str]:
        here = sorted(
            children.get(parent, []),
            key=lambda code: (listed.get(code, len(listed)), _natural(code)),
        )
        return [step for code in here for step in (code, *walk(code))]

    place = {code: number for number, code in enumerate(walk(""))}
    return structure.sort_values("code", key=lambda codes: codes.map(place), ignore_index=True)


def prune(structure: pd.DataFrame, leaves: Iterable[str]) -> pd.DataFrame:
    """The part of the structure that stands above these leaves, and the leaves."""
    parent = dict(zip(structure["code"], structure["parent"], strict=True))
    kept: set[str] = set()
    for leaf in leaves:
        code = leaf
        while code and code not in kept:
            kept.add(code)
            code = parent[code]
    return structure.loc[structure["code"].isin(kept)].reset_index(drop=True)


def roll_up(
    values: pd.DataFrame,
    structure: pd.DataFrame,
    mean: Mean | None = None,
    missing: Missing = "reweight",
    threshold: float = 0.0,
    *,
    applicable: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Values of units (rows) on leaves (columns) for every code of the tree (METHOD 3.3).

    structure   code, parent ("" for the root), weight; `aggregation` where `mean` is None.
    mean        arithmetic, geometric or harmonic; the last two take 1 point for anything less.
    missing     what a NaN means: reweight over the others, zero, or strict: no value.
    threshold   a code has no value where its children with a value carry less than this share
                of the weight of its applicable children.
    applicable  bool, like `values`: what is False leaves the denominator and is never missing.
    Gives one column per code, in the structure's order. A leaf not among the columns is missing.
    """
    codes, weight = list(structure["code"]), _weights(structure)
    kind: dict[str, Mean] = {}
    if mean is None:
        kind = dict(zip(codes, structure["aggregation"], strict=True))
    inner = _upwards(structure)
    leaves = [code for code in codes if code not in inner]
    wide = values.reindex(columns=leaves)
    applies = _like(wide, applicable)
    known = {leaf: wide[leaf].where(applies[leaf]).to_numpy(dtype=float) for leaf in leaves}
    counts = {leaf: applies[leaf].to_numpy(dtype=bool) for leaf in leaves}
    if missing == "zero":
        known = {leaf: np.where(counts[leaf] & np.isnan(x), 0.0, x) for leaf, x in known.items()}
    for parent, children in inner.items():
        x = np.column_stack([known[child] for child in children])
        w = np.array([weight[child] for child in children]) * np.column_stack(
            [counts[child] for child in children]
        )
        counts[parent] = _sum(w) > 0
        known[parent] = _mean(x, w, mean or kind[parent], 1.0 if missing == "strict" else threshold)
    return pd.DataFrame({code: known[code] for code in codes}, index=values.index)


def coverage(
    scored: pd.DataFrame, structure: pd.DataFrame, applicable: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Weight of the scored leaves over weight of the applicable ones, 0..1, for every code.

    `scored` and `applicable` are bool, units by leaves. NaN where nothing applies (METHOD 3.2).
    """
    return roll_up(scored.astype(float), structure, "arithmetic", applicable=applicable)


def count_up(counts: pd.DataFrame, structure: pd.DataFrame, how: str = "sum") -> pd.DataFrame:
    """Counts of units (rows) on leaves (columns) for every code: their sum, or their `max`."""
    wide = counts.reindex(columns=list(structure["code"]), fill_value=0)
    known = {code: wide[code].to_numpy() for code in wide.columns}
    for parent, children in _upwards(structure).items():
        together = np.column_stack([known[child] for child in children])
        known[parent] = together.sum(axis=1) if how == "sum" else together.max(axis=1)
    return pd.DataFrame(known, index=counts.index)[list(structure["code"])]


def effective_weights(structure: pd.DataFrame) -> pd.Series:
    """The share of each code in the root, by code: within each level they sum to 1."""
    weight = _weights(structure)
    share: dict[str, float] = {}
    for parent, children in reversed(_upwards(structure).items()):
        share.setdefault(parent, 1.0)
        together = sum(weight[child] for child in children)
        share |= {child: share[parent] * weight[child] / together for child in children}
    codes = list(structure["code"])
    return pd.Series([share.get(code, 1.0) for code in codes], index=codes, name="weight")


def competition_rank(values: pd.Series) -> pd.Series:
    """Ranks, 1 = highest, ties share the best, NaN has none; equal means equal to 1e-9."""
    return values.astype(float).round(TIE).rank(method="min", ascending=False).astype("Int64")


def _mean(x: np.ndarray, w: np.ndarray, mean: Mean, threshold: float) -> np.ndarray:
    """Weighted means along rows; column by column, so that one unit never moves another."""
    there = np.where(np.isnan(x), 0.0, w)
    weight, wanted = _sum(there), _sum(w)
    safe = np.where(np.isnan(x), FLOOR, x)
    held = np.maximum(safe, FLOOR)
    with np.errstate(invalid="ignore", divide="ignore"):
        if mean == "geometric":
            value = np.exp(_sum(there * np.log(held)) / weight)
        elif mean == "harmonic":
            value = weight / _sum(there / held)
        else:
            value = _sum(there * safe) / weight
    enough = (weight > 0) & (weight >= threshold * wanted - 1e-9 * wanted)
    return np.where(enough, value, np.nan)


def _sum(columns: np.ndarray) -> np.ndarray:
    total = np.zeros(columns.shape[0])
    for column in columns.T:
        total = total + column
    return total


def _like(values: pd.DataFrame, applicable: pd.DataFrame | None) -> pd.DataFrame:
    if applicable is None:
        return pd.DataFrame(True, index=values.index, columns=values.columns)
    return applicable.reindex(index=values.index, columns=values.columns, fill_value=True)


def _weights(structure: pd.DataFrame) -> dict[str, float]:
    return dict(zip(structure["code"], structure["weight"].astype(float), strict=True))


def _children(structure: pd.DataFrame) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for code, parent in zip(structure["code"], structure["parent"], strict=True):
        children.setdefault(parent, []).append(code)
    return children


def _upwards(structure: pd.DataFrame) -> dict[str, list[str]]:
    """The children of every inner code, lowest codes first, so that a loop climbs the tree."""
    children = _children(structure)
    order, level = [], children.get("", [])
    while level:
        order += [code for code in level if code in children]
        level = [child for code in level for child in children.get(code, [])]
    return {code: children[code] for code in reversed(order)}


def _natural(code: str) -> tuple[tuple[int, str], ...]:
    """A sort key by which PM1.2 comes before PM1.10."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
