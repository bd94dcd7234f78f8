"""Statement to commitment to role to overall: weighted means up a tree of any depth."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

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
    leaves = _leaves(structure)
    wide = values.reindex(columns=leaves)
    applies = _like(wide, applicable).to_numpy(dtype=bool).T
    x = wide.to_numpy(dtype=float).T
    there = applies & ~np.isnan(x)
    points = np.where(there, x, 0.0)
    found = climb(points, there, applies, leaves, structure, mean, missing, threshold)
    shown = np.where(applies if missing == "zero" else there, points, np.nan)
    return _by_code(found.codes, found.value, leaves, shown, structure, values.index)


def coverage(
    scored: pd.DataFrame, structure: pd.DataFrame, applicable: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Weight of the scored leaves over weight of the applicable ones, 0..1, for every code.

    `scored` and `applicable` are bool, units by leaves. NaN where nothing applies (METHOD 3.2).
    A leaf not among the columns does not count.
    """
    leaves = _leaves(structure)
    wide = scored.reindex(columns=leaves, fill_value=False)
    asked = np.array([leaf in scored for leaf in leaves], dtype=bool)
    applies = _like(wide, applicable).to_numpy(dtype=bool).T & asked[:, None]
    there = applies & wide.to_numpy(dtype=bool).T
    share = there.astype(float)
    found = climb(share, there, applies, leaves, structure, "arithmetic")
    shown = np.where(applies, share, np.nan)
    return _by_code(found.codes, found.coverage, leaves, shown, structure, scored.index)


class Climbed(NamedTuple):
    """The codes that have others under them, and by units their values and coverage 0..1."""

    codes: list[str]
    value: np.ndarray
    coverage: np.ndarray


class Rows(Protocol):
    """Something that gives the floats of one leaf, by units: an array, or what makes one."""

    def __getitem__(self, row: int, /) -> np.ndarray: ...


def climb(
    points: Rows,
    scored: np.ndarray,
    applicable: np.ndarray,
    leaves: Sequence[str],
    structure: pd.DataFrame,
    mean: Mean | None = None,
    missing: Missing = "reweight",
    threshold: float = 0.0,
) -> Climbed:
    """`roll_up` and `coverage` in one go, on arrays of leaves (rows) by units (columns).

    points      0 where not `scored`.
    scored      bool, and only where `applicable`, which is bool too.
    Every step goes leaf by leaf over all units, so that one unit never moves another.
    """
    weight, inner = _weights(structure), _upwards(structure)
    kind: dict[str, Mean] = {}
    if mean is None:
        kind = dict(zip(structure["code"], structure["aggregation"], strict=True))
    there, applies = scored.view(np.int8), applicable.view(np.int8)
    live = applies if missing == "zero" else there
    size = scored.shape[1]
    nothing = np.zeros(size, dtype=np.int8)
    unasked = _Known(np.zeros(size), nothing, nothing + np.int8(1), nothing)
    place = {leaf: row for row, leaf in enumerate(leaves)}
    known: dict[str, _Known] = {}

    def below(code: str) -> _Known:
        if code in known or code not in place:
            return known.pop(code, unasked)
        row = place[code]
        own = there[row]
        return _Known(points[row], own if live is there else live[row], applies[row], own)

    value, covered = np.empty((len(inner), size)), np.empty((len(inner), size))
    for row, (parent, children) in enumerate(inner.items()):
        parts = [(weight[child], below(child)) for child in children]
        least = 1.0 if missing == "strict" else threshold
        here = known[parent] = _above(parts, mean or kind[parent], least)
        value[row], covered[row] = here.value, here.covered
        _blank(value[row], here.there, np.nan)
        _blank(covered[row], here.applies, np.nan)
    return Climbed(list(inner), value, covered)


def count_up(counts: pd.DataFrame, structure: pd.DataFrame, how: str = "sum") -> pd.DataFrame:
    """Counts of units (rows) on leaves (columns) for every code: their sum, or their `max`."""
    wide = counts.reindex(columns=list(structure["code"]), fill_value=0)
    known = {code: wide[code].to_numpy() for code in wide.columns}
    for parent, children in _upwards(structure).items():
        together = np.column_stack([known[child] for child in children])
        known[parent] = together.sum(axis=1) if how == "sum" else together.max(axis=1)
    return pd.DataFrame(known, index=counts.index)[list(structure["code"])]


def shares(known: pd.DataFrame, structure: pd.DataFrame) -> dict[str, np.ndarray]:
    """What part each leaf has in each code, 0..1: the weights that an arithmetic mean came to.

    `known` is bool, units by codes, as a rolled-up table has values: what is not known hands its
    weight to its siblings. Gives units by `leaves(structure)[code]`, by code; a row sums to 1, or
    is 0 where the code is not known.
    """
    weight = _weights(structure)
    inner = _upwards(structure)
    there = {code: known[code].to_numpy(dtype=float) for code in structure["code"]}
    found = {code: there[code][:, None] for code in structure["code"] if code not in inner}
    for parent, children in inner.items():
        w = np.column_stack([weight[child] * there[child] for child in children])
        total = _sum(w)
        w = w / np.where(total > 0, total, 1.0)[:, None] * there[parent][:, None]
        parts = [found[child] * part[:, None] for child, part in zip(children, w.T, strict=True)]
        found[parent] = np.concatenate(parts, axis=1)
    return found


def leaves(structure: pd.DataFrame) -> dict[str, list[str]]:
    """The leaves under each code, those of its first child first."""
    inner = _upwards(structure)
    under = {code: [code] for code in structure["code"] if code not in inner}
    for parent, children in inner.items():
        under[parent] = [leaf for child in children for leaf in under[child]]
    return under


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


class _Known(NamedTuple):
    """What is known of a code, by units; 0 stands for no value, no, and nothing covered."""

    value: np.ndarray
    there: np.ndarray
    applies: np.ndarray
    covered: np.ndarray


_Parts = list[tuple[float, _Known]]


def _above(parts: _Parts, mean: Mean, threshold: float) -> _Known:
    """What is known of the code above these weighted ones."""
    there = _weighed([(w, part.there) for w, part in parts])
    wanted = _weighed([(w, part.applies) for w, part in parts])
    same = all(part.covered is part.there for _, part in parts)
    covered = there if same else _weighed([(w, part.covered) for w, part in parts])
    least = threshold * wanted
    least -= 1e-9 * wanted
    enough = there >= least
    enough &= there > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        value = _mean(parts, there, mean)
        covered = covered / wanted
    known = _Known(value, enough.view(np.int8), (wanted > 0).view(np.int8), covered)
    _blank(known.value, known.there, 0.0)
    _blank(known.covered, known.applies, 0.0)
    return known


def _blank(values: np.ndarray, kept: np.ndarray, by: float) -> None:
    values[np.flatnonzero(kept == 0)] = by


def _mean(parts: _Parts, there: np.ndarray, mean: Mean) -> np.ndarray:
    if mean == "geometric":
        logs = _weighed([(w, np.log(np.maximum(part.value, FLOOR))) for w, part in parts])
        return np.asarray(np.exp(logs / there))
    if mean == "harmonic":
        shares = [(1.0, w * part.there / np.maximum(part.value, FLOOR)) for w, part in parts]
        return np.asarray(there / _weighed(shares))
    return np.asarray(_weighed([(w, part.value) for w, part in parts]) / there)


def _weighed(parts: Sequence[tuple[float, np.ndarray]]) -> np.ndarray:
    """The weighted sum, from the first to the last."""
    if len(parts) < 128 and all(w == 1 and part.dtype == np.int8 for w, part in parts):
        # Whole numbers need no order, and are added eight times as fast.
        count = parts[0][1].copy()
        for _, part in parts[1:]:
            count += part
        return count.astype(float)
    total = parts[0][0] * parts[0][1]
    for w, part in parts[1:]:
        total += part if w == 1 else w * part
    return np.asarray(total)


def _sum(columns: np.ndarray) -> np.ndarray:
    total = np.zeros(columns.shape[0])
    for column in columns.T:
        total = total + column
    return total


def _like(values: pd.DataFrame, applicable: pd.DataFrame | None) -> pd.DataFrame:
    if applicable is None:
        return pd.DataFrame(True, index=values.index, columns=values.columns)
    return applicable.reindex(index=values.index, columns=values.columns, fill_value=True)


def _leaves(structure: pd.DataFrame) -> list[str]:
    inner = set(structure["parent"])
    return [code for code in structure["code"] if code not in inner]


def _by_code(
    codes: list[str],
    values: np.ndarray,
    leaves: list[str],
    shown: np.ndarray,
    structure: pd.DataFrame,
    units: pd.Index,
) -> pd.DataFrame:
    """Both put together: units by all codes, in the structure's order."""
    known = dict(zip([*codes, *leaves], [*values, *shown], strict=True))
    return pd.DataFrame({code: known[code] for code in structure["code"]}, index=units)


def _weights(structure: pd.DataFrame) -> dict[str, float]:
    weights = structure["weight"].astype(float)
    return dict(zip(structure["code"].tolist(), weights.tolist(), strict=True))


def _children(structure: pd.DataFrame) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for code, parent in zip(structure["code"].tolist(), structure["parent"].tolist(), strict=True):
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
