"""Two rounds on one scale: linked by the questions they share, or not compared at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from benchmarks.coverage import first_word
from benchmarks.severity import Z

LEAST_ANCHORS = 5
LEAST_SHARE = 0.2
LEAST_FOR_TUCKER = 30
DRIFT = 3.0
SMALLEST_SPREAD = 0.1
REAL = 5.0
FOLDS = 50

LinkedBy = Literal["identical", "anchor", "none"]
Method = Literal["chained_mean", "chained_linear", "tucker"]
TRENDS = {
    "city": "str",
    "code": "str",
    "round_from": "str",
    "round_to": "str",
    "change": "float64",
    "lo": "float64",
    "hi": "float64",
    "linked_by": "str",
    "n_anchor": "int64",
    "real": "bool",
    "reason": "string",
}
ANCHORS = {
    "old": "str",
    "new": "str",
    "change": "float64",
    "standardised": "float64",
    "distance": "float64",
    "dropped": "bool",
}


@dataclass(frozen=True)
class Line:
    """to = intercept + slope * from: carries scores of one round to the scale of the other."""

    intercept: float
    slope: float


@dataclass(frozen=True)
class Link:
    """How two rounds hang together for one code, and what changed.

    trends     city, code, round_from, round_to: change (points, + = better), lo, hi (95 %),
               linked_by, n_anchor, real (the interval excludes 0 and the change is 5 points or
               more), reason (`unlinked`, `no_data`, or none). One row per city of either round.
    anchors    old, new (the statement in each round), change (points, mean over the cities),
               standardised, distance (robust sd from the other anchors), dropped.
    line       new scores to the old scale; None where nothing links.
    linked_by  identical, anchor or none.
    """

    trends: pd.DataFrame
    anchors: pd.DataFrame
    line: Line | None
    linked_by: LinkedBy


def link(
    old: pd.DataFrame,
    new: pd.DataFrame,
    anchors: Mapping[str, str],
    weights: pd.Series,
    *,
    scores: tuple[pd.Series, pd.Series] | None = None,
    se: pd.Series | None = None,
    method: Literal["chained_mean", "tucker"] = "chained_mean",
    threshold: float = 2 / 3,
    code: str = "",
    round_from: str = "",
    round_to: str = "",
) -> Link:
    """The change of every city between two rounds, on the older one's scale (METHOD 3.10).

    old, new   cities by statements of one code, points, NaN where there is none; columns are
               all that was asked.
    anchors    statement of the old round to the same question in the new one (same anchor_id).
    weights    effective weight of each statement of both rounds, any unit.
    scores     the two published scores by city; None: the weighted means of what is there.
    se         standard error of (new score - old score) by city, points, from the joint severity
               model (without common reviewers sqrt(se_old^2 + se_new^2)); None: no interval.
    method     tucker is used only with 30 cities in both rounds, else the chained mean.
    threshold  share of the anchors' weight a city must have scored in both rounds to help link.
    Linked `identical` where both rounds asked the same statements, every one an anchor or the
    same id; by `anchor` where at least 5 anchors without drift carry 20 % of the weight of both
    rounds; else `none`, and no change. The interval adds the error of the line, by jackknife over
    the cities (at most 50 folds). Raises `ValueError` where a statement has no weight.
    Source: Kolen and Brennan 2004, common-item non-equivalent groups.
    """
    _need_weights([*old.columns, *new.columns], weights)
    pairs = sorted((a, b) for a, b in anchors.items() if a in old and b in new)
    both = sorted(set(old.index) & set(new.index))
    found = _anchors(old.loc[both], new.loc[both], pairs)
    total = scores or (_weighted(old, weights), _weighted(new, weights))
    linked_by, kept = _linked_by(old, new, found, weights)
    line, error = None, pd.Series(0.0, index=both)
    if linked_by == "identical":
        line = Line(0.0, 1.0)
    elif linked_by == "anchor":
        table = _common(old, new, kept, weights, total, threshold, both)
        linked_by, line, error = _drawn_line(table, method, total[1])
    return Link(
        trends=_trends(total, line, error, se, linked_by, len(kept)).assign(
            code=code, round_from=round_from, round_to=round_to
        )[list(TRENDS)],
        anchors=found,
        line=line,
        linked_by=linked_by,
    )


def linking_line(
    total_from: pd.Series | np.ndarray,
    anchor_from: pd.Series | np.ndarray,
    total_to: pd.Series | np.ndarray,
    anchor_to: pd.Series | np.ndarray,
    method: Method = "chained_mean",
) -> Line:
    """The line that carries totals of one group's form to the scale of the other's.

    One number per unit: the total and the anchor score of the units that answered the one form,
    and of those that answered the other. chained_mean moves by the difference of the means,
    chained_linear goes from total to anchor in the first group and on to the total in the second
    (sd with n), tucker regresses on the anchor with the first group as the population. Raises
    `ValueError` where a linear line is asked of scores without variance.
    """
    x, v, y, w = (
        np.asarray(a, dtype=float) for a in (total_from, anchor_from, total_to, anchor_to)
    )
    if method == "chained_mean":
        return Line(float((y.mean() - w.mean()) - (x.mean() - v.mean())), 1.0)
    if min(a.var() for a in (x, v, y, w)) <= 0:
        raise ValueError(f"no {method} line: one of the scores is the same for all")
    if method == "chained_linear":
        slope = y.std() / w.std() * v.std() / x.std()
        middle = y.mean() + y.std() / w.std() * (v.mean() - w.mean())
    else:
        gamma = np.cov(y, w, ddof=0)[0, 1] / w.var()
        middle = y.mean() + gamma * (v.mean() - w.mean())
        slope = np.sqrt((y.var() + gamma**2 * (v.var() - w.var())) / x.var())
    return Line(float(middle - slope * x.mean()), float(slope))


def _need_weights(statements: list[str], weights: pd.Series) -> None:
    without = sorted(set(statements) - set(weights.dropna().index))
    if without:
        raise ValueError(f"no weight: {', '.join(without)}")


def _anchors(old: pd.DataFrame, new: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """How each anchor moved over the cities of both rounds, and which moved unlike the others."""
    a = _array(old[[pair[0] for pair in pairs]])
    b = _array(new[[pair[1] for pair in pairs]])
    change = _means(b - a)
    spread = np.sqrt(np.nanmean([_variances(a), _variances(b)])) if a.size and len(a) > 1 else 0.0
    standardised = change / (max(spread, 1.0) if np.isfinite(spread) else 1.0)
    distance, dropped = _drift(standardised)
    columns = {
        "old": [pair[0] for pair in pairs],
        "new": [pair[1] for pair in pairs],
        "change": change,
        "standardised": standardised,
        "distance": distance,
        "dropped": dropped,
    }
    return pd.DataFrame(columns).astype(ANCHORS)


def _drift(moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Robust distance of each anchor from the others, and whether it is dropped: the worst
    first, until none of the rest is further than 3 off; one never scored in both is dropped."""
    distance, dropped = np.full(len(moved), np.nan), np.isnan(moved)
    while (~dropped).sum() > 2:
        for j in np.flatnonzero(~dropped):
            rest = moved[~dropped & (np.arange(len(moved)) != j)]
            middle = np.median(rest)
            robust = 1.4826 * np.median(np.abs(rest - middle))
            distance[j] = (moved[j] - middle) / max(robust, SMALLEST_SPREAD)
        far = np.where(dropped, 0.0, np.abs(distance)).round(9)
        if far.max() <= DRIFT:
            break
        dropped[int(far.argmax())] = True
    return distance, dropped


def _linked_by(
    old: pd.DataFrame, new: pd.DataFrame, found: pd.DataFrame, weights: pd.Series
) -> tuple[LinkedBy, pd.DataFrame]:
    same: dict[str, str] = dict(zip(found["old"], found["new"], strict=True))
    if not set(old.index) & set(new.index):
        return "none", found.iloc[:0]
    if {same.get(code, code) for code in map(str, old)} == set(new) and _same_shares(
        old, same, weights
    ):
        return "identical", old.columns.to_frame(index=False, name="old")
    kept = found.loc[~found["dropped"]]
    share = min(
        weights.reindex(kept[side]).sum() / max(weights.reindex(asked.columns).sum(), 1e-300)
        for side, asked in (("old", old), ("new", new))
    )
    enough = len(kept) >= LEAST_ANCHORS and share >= LEAST_SHARE - 1e-9
    return ("anchor" if enough else "none"), kept


def _same_shares(old: pd.DataFrame, same: dict[str, str], weights: pd.Series) -> bool:
    before = weights.reindex(old.columns).to_numpy(dtype=float)
    after = weights.reindex([same.get(code, code) for code in map(str, old)]).to_numpy(dtype=float)
    return bool(np.allclose(before / before.sum(), after / after.sum(), rtol=0, atol=1e-9))


def _common(
    old: pd.DataFrame,
    new: pd.DataFrame,
    kept: pd.DataFrame,
    weights: pd.Series,
    total: tuple[pd.Series, pd.Series],
    threshold: float,
    both: list[str],
) -> pd.DataFrame:
    """The cities that can link: their totals and their anchor scores in both rounds.

    Both anchor scores are over the same anchors with the older weights, so that they differ by
    what the city did and by nothing else.
    """
    a = _array(old.loc[both, kept["old"]])
    b = _array(new.loc[both, kept["new"]])
    w = weights.reindex(kept["old"]).to_numpy(dtype=float)
    there = np.where(np.isnan(a) | np.isnan(b), 0.0, w)
    weight = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "old": total[0].reindex(both).to_numpy(dtype=float),
            "new": total[1].reindex(both).to_numpy(dtype=float),
            "anchor_old": (there * np.nan_to_num(a)).sum(axis=1) / weight,
            "anchor_new": (there * np.nan_to_num(b)).sum(axis=1) / weight,
        }
    enough = weight >= threshold * w.sum() - 1e-9
    columns["old"] = np.where(enough, columns["old"], np.nan)
    return pd.DataFrame(columns, index=both).dropna()


def _drawn_line(
    table: pd.DataFrame, method: Literal["chained_mean", "tucker"], new: pd.Series
) -> tuple[LinkedBy, Line | None, pd.Series]:
    """The line from the new round to the old, and its standard error at each new score."""
    n = len(table)
    if n == 0:
        return "none", None, pd.Series(dtype=float)
    columns = ["new", "anchor_new", "old", "anchor_old"]
    varies = table[columns].var(ddof=0).min() > 0
    how: Method = method if n >= LEAST_FOR_TUCKER and varies else "chained_mean"

    def fitted(rows: np.ndarray) -> Line:
        x, v, y, w = (table[name].to_numpy()[rows] for name in columns)
        return linking_line(x, v, y, w, how)

    line, folds = fitted(np.arange(n)), min(n, FOLDS)
    if n == 1:
        return "anchor", line, pd.Series(np.nan, index=new.index)
    without = [fitted(np.flatnonzero(np.arange(n) % folds != fold)) for fold in range(folds)]
    x = new.to_numpy(dtype=float)
    carried = np.stack([each.intercept + each.slope * x for each in without])
    off = ((carried - carried.mean(axis=0)) ** 2).sum(axis=0) * (folds - 1) / folds
    return "anchor", line, pd.Series(np.sqrt(off), index=new.index)


def _trends(
    total: tuple[pd.Series, pd.Series],
    line: Line | None,
    error: pd.Series,
    se: pd.Series | None,
    linked_by: LinkedBy,
    n_anchor: int,
) -> pd.DataFrame:
    cities = sorted(set(total[0].index) | set(total[1].index))
    before, after = (each.reindex(cities).to_numpy(dtype=float) for each in total)
    nothing = np.full(len(cities), np.nan)
    change = nothing if line is None else line.intercept + line.slope * after - before
    own = nothing if se is None else se.reindex(cities).to_numpy(dtype=float)
    half = Z * np.sqrt(own**2 + error.reindex(cities).to_numpy(dtype=float) ** 2)
    lo, hi = change - half, change + half
    without = np.isnan(before) | np.isnan(after)
    unlinked = np.full(len(cities), line is None)
    table = pd.DataFrame(
        {
            "city": cities,
            "code": "",
            "round_from": "",
            "round_to": "",
            "change": change,
            "lo": lo,
            "hi": hi,
            "linked_by": linked_by,
            "n_anchor": n_anchor,
            "real": ((lo > 0) | (hi < 0)) & (np.abs(change) >= REAL - 1e-9),
            "reason": first_word({"no_data": without, "unlinked": unlinked}),
        }
    )
    return table.astype(TRENDS)


def _weighted(values: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """The mean of what a city has, by weight; column by column, in the order of the names."""
    names = sorted(values.columns)
    x = _array(values[names])
    there = np.where(np.isnan(x), 0.0, weights.reindex(names).to_numpy(dtype=float))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (there * np.nan_to_num(x)).sum(axis=1) / there.sum(axis=1)
    return pd.Series(mean, index=values.index)


def _array(table: pd.DataFrame) -> np.ndarray:
    """The numbers in one order in memory, so that sums always add in the same order."""
    return np.ascontiguousarray(table.to_numpy(dtype=float))


def _means(x: np.ndarray) -> np.ndarray:
    """Column means of what is there; NaN where nothing is."""
    n = (~np.isnan(x)).sum(axis=0)
    return np.asarray(np.where(n > 0, np.nansum(x, axis=0) / np.maximum(n, 1), np.nan))


def _variances(x: np.ndarray) -> np.ndarray:
    n = (~np.isnan(x)).sum(axis=0)
    squares = np.nansum((x - _means(x)) ** 2, axis=0)
    return np.asarray(np.where(n > 1, squares / np.maximum(n - 1, 1), 0.0))
