"""Ranks with their intervals, and bands, from one joint simulation of scores, weights and mean."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks import aggregate
from benchmarks.config import BenchmarkConfig, Mean

CONCENTRATION = 20
OTHER_MEAN = 0.2
SURE = 0.95
LEAST = 3
ABOVE, BELOW, BETWEEN = "above", "below", "not distinguishable"
COLUMNS = {
    "round": "str",
    "group": "str",
    "city": "str",
    "code": "str",
    "rank": "Int64",
    "rank_median": "float64",
    "rank_p05": "float64",
    "rank_p95": "float64",
    "p_top_quartile": "float64",
    "p_best": "float64",
    "band": "string",
}
NUMBERS = ("rank", "rank_median", "rank_p05", "rank_p95", "p_top_quartile", "p_best")

Groups = Mapping[str, tuple[str, ...] | list[str]]


@dataclass(frozen=True)
class Estimate:
    """What is known of the cities: means, and how they may err together.

    means       cities (rows) by codes (columns: the roles, or any leaves), points; NaN: no score.
    covariance  points squared, rows and columns labelled by (city, code) pairs, as a MultiIndex;
                pairs that are not there have no error.
    draws       instead of it: draws x cities x codes in the order of `means`.
    applicable  bool like `means`; what is False leaves the denominator. None: everything applies.
    """

    means: pd.DataFrame
    covariance: pd.DataFrame | None = None
    draws: np.ndarray | None = None
    applicable: pd.DataFrame | None = None


def rank_acceptability(
    estimate: Estimate,
    structure: pd.DataFrame,
    *,
    groups: Groups | None = None,
    components: pd.Series | None = None,
    round_id: str = "",
    draws: int = 2000,
    seed: int = 0,
    config: BenchmarkConfig | None = None,
) -> pd.DataFrame:
    """How good each city's place in its group is, for every code above the estimate's (METHOD 3.7).

    structure   code, parent, weight, aggregation; only what stands above the estimate's codes is
                used. Weights are shares among siblings.
    groups      cities by group name; None: one group "all". Who is not estimated has no rank.
    components  by city: which connected part of the review it was calibrated in; a group that
                spans two has no ranks (METHOD 3.4).
    One simulation serves all groups and codes, the same draws for all cities: scores from
    N(means, covariance), the weights under each parent from a Dirichlet distribution with
    concentration 20 k w, and in a fifth of the draws the geometric mean in place of the
    arithmetic (or the arithmetic in place of another).
    Gives round, group, city, code: rank (competition, 1 = best, of the means themselves),
    rank_median, rank_p05, rank_p95 over the draws, p_top_quartile (share of draws among the best
    ceil(n/4)), p_best, band. Band is `above` where the score lies above the group's median in
    95 % of the draws, `below` where it lies below it in 95 %, else `not distinguishable`; being
    the median is neither. Scores equal to 1e-9 are tied. A city without score, or alone, has no
    rank; below three cities there is no interval. Raises `ValueError` for draws or a covariance
    that do not fit the means. Source: COINr's rank uncertainty, Saisana, Saltelli, Tarantola 2005.
    """
    config = config or BenchmarkConfig()
    tree = aggregate.in_order(aggregate.prune(structure, estimate.means.columns))
    leaves = [code for code in tree["code"] if code in estimate.means.columns]
    cities = sorted(estimate.means.index)
    means = estimate.means.reindex(index=cities, columns=leaves).astype(float)
    point = aggregate.roll_up(
        means,
        tree,
        config.mean,
        config.missing,
        config.threshold,
        applicable=estimate.applicable,
    )
    lot = np.random.default_rng(seed)
    simulated = _rolled(
        _sampled(estimate, means, draws, lot),
        _applies(estimate, means),
        tree,
        leaves,
        config,
        lot,
    )
    part = {} if components is None else {str(k): v for k, v in components.items()}
    rows = [
        _ranked(group, sorted(set(members)), code, point[code], simulated[code], part)
        for group, members in sorted((groups or {"all": tuple(cities)}).items())
        for code in tree["code"]
    ]
    if not rows or not cities:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    table = pd.concat(rows, ignore_index=True).assign(round=round_id)
    return table[list(COLUMNS)].astype(COLUMNS)


def _sampled(
    estimate: Estimate, means: pd.DataFrame, draws: int, lot: np.random.Generator
) -> np.ndarray:
    """Draws x cities x codes, in the order of `means`."""
    if estimate.draws is not None:
        given = np.asarray(estimate.draws, dtype=float)
        if given.shape[1:] != estimate.means.shape:
            raise ValueError(f"draws of {given.shape[1:]} do not fit {estimate.means.shape}")
        rows = estimate.means.index.get_indexer(means.index)
        columns = estimate.means.columns.get_indexer(means.columns)
        return np.asarray(given[:, rows][:, :, columns])
    if estimate.covariance is None or means.empty:
        return np.repeat(means.to_numpy()[None], draws, axis=0)
    pairs = pd.MultiIndex.from_product([means.index, means.columns])
    strange = [*estimate.covariance.index.difference(pairs)]
    if strange:
        raise ValueError(f"the covariance names what has no mean: {strange[0]}")
    spread = estimate.covariance.reindex(index=pairs, columns=pairs).fillna(0.0).to_numpy()
    errors = lot.standard_normal((draws, len(pairs))) @ _root(spread)
    return np.asarray(means.to_numpy()[None] + errors.reshape(draws, *means.shape))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric root, the same whichever way the eigenvectors point."""
    if not np.allclose(covariance, covariance.T, rtol=1e-8, atol=1e-8):
        raise ValueError("the covariance is not symmetric")
    size, direction = np.linalg.eigh(covariance)
    if size.min() < -1e-6 * max(1.0, size.max()):
        raise ValueError("the covariance has a negative variance")
    return np.asarray((direction * np.sqrt(np.maximum(size, 0.0))) @ direction.T)


def _applies(estimate: Estimate, means: pd.DataFrame) -> np.ndarray:
    if estimate.applicable is None:
        return np.ones(means.shape, dtype=bool)
    same = estimate.applicable.reindex(index=means.index, columns=means.columns, fill_value=True)
    return same.to_numpy(dtype=bool)


def _rolled(
    sample: np.ndarray,
    applies: np.ndarray,
    tree: pd.DataFrame,
    leaves: list[str],
    config: BenchmarkConfig,
    lot: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Draws x cities for every code, each draw with its own weights and mean."""
    x = np.where(applies, sample, np.nan)
    if config.missing == "zero":
        x = np.where(applies & np.isnan(x), 0.0, x)
    known = {leaf: x[:, :, place] for place, leaf in enumerate(leaves)}
    weight = dict(zip(tree["code"], tree["weight"].astype(float), strict=True))
    kinds: dict[str, Mean] = dict.fromkeys(tree["code"], config.mean or "arithmetic")
    if config.mean is None:
        kinds = dict(zip(tree["code"], tree["aggregation"], strict=True))
    other = lot.random(len(x)) < OTHER_MEAN
    for parent in reversed(list(tree["code"])):
        children = list(tree.loc[tree["parent"] == parent, "code"])
        if not children:
            continue
        share = np.array([weight[child] for child in children])
        share = _shares(share / share.sum(), len(x), lot)
        below = np.stack([known[child] for child in children], axis=2)
        kind = kinds[parent]
        swap: Mean = "geometric" if kind == "arithmetic" else "arithmetic"
        known[parent] = np.empty(below.shape[:2])
        for mean, rows in ((kind, ~other), (swap, other)):
            known[parent][rows] = _mean(below[rows], share[rows][:, None, :], mean)
    return known


def _shares(share: np.ndarray, draws: int, lot: np.random.Generator) -> np.ndarray:
    """Draws x children; a child without weight keeps none."""
    live = share > 0
    drawn = np.zeros((draws, len(share)))
    drawn[:, live] = lot.dirichlet(CONCENTRATION * live.sum() * share[live], draws)
    return drawn


def _mean(x: np.ndarray, w: np.ndarray, mean: Mean) -> np.ndarray:
    """Weighted means over the last axis, of what is there."""
    there = np.where(np.isnan(x), 0.0, w)
    safe = np.where(np.isnan(x), aggregate.FLOOR, x)
    held = np.maximum(safe, aggregate.FLOOR)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = there.sum(axis=2)
        if mean == "geometric":
            return np.asarray(np.exp((there * np.log(held)).sum(axis=2) / total))
        if mean == "harmonic":
            return np.asarray(total / (there / held).sum(axis=2))
        return np.asarray((there * safe).sum(axis=2) / total)


def _ranked(
    group: str,
    cities: list[str],
    code: str,
    point: pd.Series,
    simulated: np.ndarray,
    part: dict[str, object],
) -> pd.DataFrame:
    """The rows of one group and code."""
    table = pd.DataFrame({"group": group, "city": cities, "code": code, "band": None})
    here = point.reindex(cities).to_numpy(dtype=float)
    ranked = np.isfinite(here)
    across = {part.get(city) for city, has in zip(cities, ranked, strict=True) if has}
    columns = {name: np.full(len(cities), np.nan) for name in NUMBERS}
    n = int(ranked.sum())
    if n >= 2 and len(across) == 1:
        score = simulated[:, point.index.get_indexer(np.array(cities, dtype=object)[ranked])]
        for name, values in _acceptability(here[ranked], score).items():
            columns[name][ranked] = values
        table.loc[ranked, "band"] = _bands(score)
    return table.assign(**columns)


def _acceptability(point: np.ndarray, score: np.ndarray) -> dict[str, np.ndarray]:
    n = len(point)
    place = stats.rankdata(-score.round(aggregate.TIE), method="min", axis=1)
    low, middle, high = np.quantile(place, (0.05, 0.5, 0.95), axis=0)
    none = np.full(n, np.nan)
    return {
        "rank": stats.rankdata(-point.round(aggregate.TIE), method="min"),
        "rank_median": middle,
        "rank_p05": low if n >= LEAST else none,
        "rank_p95": high if n >= LEAST else none,
        "p_top_quartile": (place <= -(-n // 4)).mean(axis=0),
        "p_best": (place == 1).mean(axis=0),
    }


def _bands(score: np.ndarray) -> np.ndarray:
    score = score.round(aggregate.TIE)
    middle = np.median(score, axis=1)[:, None]
    above, below = ((score > middle + 1e-9).mean(axis=0), (score < middle - 1e-9).mean(axis=0))
    return np.select([above >= SURE, below >= SURE], [ABOVE, BELOW], BETWEEN).astype(object)
