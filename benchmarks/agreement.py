"""How far raters agree: alpha, kappas, W, ICC and the reliability of a mean, each with its limits.

A number stands beside what it rests on, and is NaN with a status where the data cannot carry it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["unweighted", "linear", "quadratic"]
Status = Literal["ok", "low_n", "no_variance"]
Table = pd.DataFrame | np.ndarray
Statistic = Callable[[np.ndarray], np.ndarray]

NAN = float("nan")
COMMON_ITEMS = 10
CASES = 10
POWER = {"unweighted": 0, "linear": 1, "quadratic": 2}


@dataclass(frozen=True)
class Agreement:
    """One coefficient: value, 95 % limits (NaN where there are none), and what it rests on.

    n_units and n_values are what entered, after units and values that cannot were left out.
    status: ok; low_n: too few to say; no_variance: nothing differs, so nothing can agree.
    """

    value: float
    lo: float
    hi: float
    n_units: int
    n_raters: int
    n_values: int
    status: Status


@dataclass(frozen=True, eq=False)
class Fleiss(Agreement):
    """Fleiss' kappa, its z under no agreement, and `by_category`: kappa, z of each category."""

    z: float
    by_category: pd.DataFrame


def krippendorff_alpha(
    values: Table, level: Level = "ordinal", bootstrap: int = 2000, seed: int = 0
) -> Agreement:
    """Krippendorff's alpha of units (rows) by raters (columns), NaN for no rating.

    One less observed over expected disagreement among the values of units rated at least twice;
    ordinal distances are those of the pooled ranks. Limits: 2.5 and 97.5 % of `bootstrap`
    resamples of the units. `nominal` takes any labels, else numbers.
    Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
    """
    counts, labels = _tally(values)
    counts = counts[counts.sum(1) >= 2]
    score = labels if level == "interval" else np.arange(len(labels), dtype=float)
    patterns, often = _patterns(counts)
    size = patterns.sum(1)

    def alpha(draws: np.ndarray) -> np.ndarray:
        pooled = draws @ patterns
        n = pooled.sum(1)
        if level == "nominal":
            within = size**2 - (patterns**2).sum(1)
            observed = draws @ (within / (size - 1))
            expected = (n**2 - (pooled**2).sum(1)) / (n - 1)
        else:
            at = pooled.cumsum(1) - pooled / 2 if level == "ordinal" else score + 0 * pooled
            at = at - (pooled * at).sum(1, keepdims=True) / n[:, None]
            first, second = at @ patterns.T, at**2 @ patterns.T
            observed = (draws * (size * second - first**2) / (size - 1)).sum(1)
            expected = n * (pooled * at**2).sum(1) / (n - 1)
        return 1 - _ratio(observed, expected)

    varied = int((counts.sum(0) > 0).sum()) > 1
    return _resampled(alpha, often, counts, _width(values), varied, bootstrap, seed)


def gwet_ac2(
    values: Table,
    weights: Weights = "quadratic",
    levels: Iterable[float] | None = None,
    bootstrap: int = 2000,
    seed: int = 0,
) -> Agreement:
    """Gwet's AC2 of units by raters: it holds where nearly all units get the same mark.

    Weights fall with the distance of numbers over the range of `levels`, the scale; None: the
    levels that occur. With fewer than two levels there is no variance. Units rated once count
    for how common each level is. Limits as in `krippendorff_alpha`.
    Source: Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition, chapters 4 and 5.
    """
    counts, labels = _tally(values, levels)
    counts = counts[counts.sum(1) > 0]
    patterns, often = _patterns(counts)
    size = patterns.sum(1)
    weight = 1 - _distances(labels, weights)
    twice = size >= 2
    alike = (patterns * (patterns @ weight - 1)).sum(1)
    agreed = np.divide(alike, size * (size - 1), out=np.zeros(len(size)), where=twice)

    def ac2(draws: np.ndarray) -> np.ndarray:
        observed = _ratio(draws @ agreed, draws @ twice)
        share = draws @ (patterns / size[:, None]) / draws.sum(1, keepdims=True)
        q = len(labels)
        chance = weight.sum() * (share * (1 - share)).sum(1) / (q * (q - 1))
        return _ratio(observed - chance, 1 - chance)

    paired = counts[counts.sum(1) >= 2]
    return _resampled(
        ac2, often, paired, _width(values), len(labels) > 1, bootstrap, seed, every=counts
    )


def fleiss_kappa(counts: Table) -> Fleiss:
    """Fleiss' kappa of units (rows) by categories (columns): how many raters chose each.

    Every unit has the same number of ratings, not always by the same raters; `ValueError` if
    not. z is the value over its deviation when raters choose by chance; no limits.
    Source: Fleiss 1971, Psychological Bulletin 76, 378-382; variances of Fleiss, Nee, Landis 1979.
    """
    table = pd.DataFrame(counts)
    n = table.to_numpy(dtype=float)
    sizes = set(n.sum(1))
    if len(sizes) > 1:
        raise ValueError("units have different numbers of ratings")
    units, raters = len(n), int(next(iter(sizes), 0))
    empty = pd.DataFrame({"category": list(table.columns), "kappa": NAN, "z": NAN})
    share = n.mean(0) / raters if units and raters else np.zeros(n.shape[1])
    spread = share * (1 - share)
    status = _status(raters >= 2 and units >= 1, bool((spread > 0).any()))
    if status != "ok":
        return Fleiss(NAN, NAN, NAN, units, raters, int(n.sum()), status, NAN, empty)
    chance = units * raters * (raters - 1)
    alike = (n * (n - 1)).sum(0)
    value = 1 - (chance - alike.sum()) / (chance * spread.sum())
    skew = (spread * (1 - 2 * share)).sum()
    error = np.sqrt(2 / chance * (spread.sum() ** 2 - skew)) / spread.sum()
    own = _ratio(alike / chance - share**2, spread)
    by_category = empty.assign(kappa=own, z=own / np.sqrt(2 / chance))
    return Fleiss(
        float(value), NAN, NAN, units, raters, int(n.sum()), "ok", float(value / error), by_category
    )


def conger_kappa(values: Table) -> Agreement:
    """Kappa of several raters who all rate every unit, chance by each rater's own habits.

    Units without all ratings are left out; no limits. With two raters it is Cohen's kappa.
    Source: Conger 1980, Psychological Bulletin 88, 322-328.
    """
    codes, labels = _codes(values)
    codes = codes[(codes >= 0).all(1)]
    units, raters = codes.shape
    status = _status(units >= 1 and raters >= 2, len(np.unique(codes)) > 1)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, units, raters, codes.size, status)
    chosen = codes[:, :, None] == np.arange(len(labels))
    n, share = chosen.sum(1), chosen.mean(0)
    observed = (n * (n - 1)).sum() / (units * raters * (raters - 1))
    chance = (share.sum(0) ** 2 - (share**2).sum(0)).sum() / (raters * (raters - 1))
    value = (observed - chance) / (1 - chance)
    return Agreement(float(value), NAN, NAN, units, raters, codes.size, "ok")


def weighted_kappa(
    a: Table | pd.Series,
    b: np.ndarray | pd.Series | None = None,
    weights: Weights = "linear",
    levels: Iterable[float] | None = None,
    bootstrap: int = 2000,
    seed: int = 0,
) -> Agreement:
    """Cohen's kappa of two raters, a disagreement weighing its distance or its square.

    Either two columns of marks (items where one is missing are left out), or in `a` alone the
    square table of how often each pair of levels occurs. Levels are a step apart: those that
    occur, or `levels`, the whole scale. Below 10 common items low_n and NaN (METHOD 3.6).
    Limits as in `krippendorff_alpha`, over items. Source: Cohen 1968, Psychological Bulletin 70.
    """
    table = np.asarray(a, dtype=float) if b is None else _crossed(a, b, levels)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError("the table of two raters is not square")
    side, cells = len(table), table.ravel()
    distance = _distances(np.arange(side, dtype=float), weights)

    def kappa(draws: np.ndarray) -> np.ndarray:
        return _kappas(draws.reshape(-1, side, side), distance)

    n = int(cells.sum())
    used = int(((table.sum(0) + table.sum(1)) > 0).sum())
    status = _status(n >= COMMON_ITEMS, used > 1)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, n, 2, 2 * n, status)
    lo, hi = _limits(kappa, cells, bootstrap, seed)
    return Agreement(float(kappa(cells[None, :])[0]), lo, hi, n, 2, 2 * n, "ok")


def pairwise_kappa(
    marks: pd.DataFrame,
    weights: Weights = "quadratic",
    levels: Iterable[float] | None = None,
) -> Agreement:
    """The mean of Cohen's weighted kappa over all pairs of raters with 10 common items.

    marks  city, statement, rater, value; an item is a statement of a city. n_units is the number
    of pairs, n_values that of common items over them; pairs in which nothing differs are left
    out. No limits. Source: Light 1971, Psychological Bulletin 76, 365-377.
    """
    codes, labels = _codes(marks[["value"]], levels)
    rater, names = pd.factorize(marks["rater"], sort=True)
    item = marks.groupby(["city", "statement"], sort=True).ngroup().to_numpy()
    order = np.lexsort((rater, item))
    item, rater, level, side = item[order], rater[order], codes[order, 0], len(labels)
    joint = [np.zeros(0, dtype=np.int64)]
    for apart in range(1, int(np.bincount(item).max(initial=1))):
        same = item[apart:] == item[:-apart]
        pair = rater[:-apart][same] * len(names) + rater[apart:][same]
        joint.append((pair * side + level[:-apart][same]) * side + level[apart:][same])
    found, often = np.unique(np.concatenate(joint), return_counts=True)
    cells = max(side, 1) ** 2
    pairs, at = np.unique(found // cells, return_inverse=True)
    crossed = np.zeros((len(pairs), cells))
    crossed[at, found % cells] = often
    crossed = crossed[crossed.sum(1) >= COMMON_ITEMS]
    distance = _distances(np.arange(max(side, 1), dtype=float), weights)
    kappas = _kappas(crossed.reshape(-1, *distance.shape), distance)
    there = ~np.isnan(kappas)
    n, status = int(there.sum()), _status(len(crossed) > 0, bool(there.any()))
    value = float(kappas[there].mean()) if n else NAN
    return Agreement(value, NAN, NAN, n, len(names), int(crossed[there].sum()), status)


def kendall_w(values: Table) -> Agreement:
    """Kendall's W of units by raters: how far they rank the units alike, 0..1, ties corrected.

    Units without all ratings are left out; no limits.
    Source: Kendall and Babington Smith 1939; Siegel and Castellan 1988 for ties.
    """
    x = _complete(values)
    units, raters = x.shape
    ranks = stats.rankdata(x, axis=0) if x.size else x
    ties = sum(float(((n := np.unique(column, return_counts=True)[1]) ** 3 - n).sum())
               for column in x.T)  # fmt: skip
    most = raters**2 * (units**3 - units) - raters * ties
    status = _status(units >= 2 and raters >= 2, most > 0)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, units, raters, x.size, status)
    total = ranks.sum(1)
    value = 12 * ((total - total.mean()) ** 2).sum() / most
    return Agreement(float(value), NAN, NAN, units, raters, x.size, "ok")


def icc(values: Table, of: Literal["single", "mean"] = "single") -> Agreement:
    """Intraclass correlation of units by raters, both random, absolute agreement.

    `single` is ICC(2,1), the reliability of one rater; `mean` ICC(2,k), that of the mean of all.
    Units without all ratings are left out; limits by Satterthwaite's degrees of freedom. Where the
    means of the units do not differ, they have none.
    Source: Shrout and Fleiss 1979, Psychological Bulletin 86; McGraw and Wong 1996.
    """
    x = _complete(values)
    n, k = x.shape
    varied = bool(x.size and np.ptp(x) > 0)
    status = _status(n >= 2 and k >= 2, varied)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, n, k, x.size, status)
    rows, columns = x.mean(1), x.mean(0)
    left = x - rows[:, None] - columns + x.mean()
    msr, msc = k * rows.var(ddof=1), n * columns.var(ddof=1)
    mse = (left**2).sum() / ((n - 1) * (k - 1))
    value = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    lo, hi = _icc_limits(n, k, float(value), float(msr), float(msc), float(mse))
    if of == "mean":
        value, lo, hi = (_stepped_up(each, k) for each in (float(value), lo, hi))
    if np.isnan(value):
        return Agreement(NAN, NAN, NAN, n, k, x.size, "no_variance")
    return Agreement(float(value), lo, hi, n, k, x.size, "ok")


def g_coefficient(
    variances: Mapping[str, float] | pd.Series,
    n_raters: float,
    n_items: float,
    n_roles: float = 1,
) -> float:
    """The reliability of a city's mean over raters and items, absolute: Phi, 0..1 (METHOD 3.6).

    `variances` by source: city, city:role, rater, city:rater, residual (as `Severity.variances`
    names them); a mean over `n_roles` roles. NaN where nothing varies.
    Source: Brennan 2001, Generalizability Theory.
    """
    if min(n_raters, n_items, n_roles) <= 0:
        raise ValueError("a mean is over at least one rater, item and role")
    city = float(variances["city"]) + float(variances["city:role"]) / n_roles
    noise = float(variances["rater"]) + float(variances["city:rater"])
    noise = noise / n_raters + float(variances["residual"]) / (n_raters * n_items)
    return city / (city + noise) if city + noise > 0 else NAN


def cronbach_alpha(items: Table) -> Agreement:
    """Cronbach's alpha of units (rows) by items (columns): do the items go together?

    Only with max(10, 2 x items) complete units, else low_n and NaN (METHOD 3.6); no limits.
    `n_raters` is the number of items. Source: Cronbach 1951, Psychometrika 16.
    """
    x = _complete(items)
    units, k = x.shape
    total = x.sum(1)
    status = _status(_enough(x) and k >= 2, bool(units and np.ptp(total) > 0))
    if status != "ok":
        return Agreement(NAN, NAN, NAN, units, k, x.size, status)
    value = k / (k - 1) * (1 - x.var(0, ddof=1).sum() / total.var(ddof=1))
    return Agreement(float(value), NAN, NAN, units, k, x.size, "ok")


def pc1_share(items: Table) -> Agreement:
    """The share of the first principal component in the items' correlations, 0..1.

    The gate of `cronbach_alpha`; items that are the same for all units are left out.
    """
    x = _complete(items)
    varying = x[:, np.ptp(x, axis=0) > 0] if len(x) else x[:, :0]
    k = varying.shape[1]
    status = _status(_enough(x) and x.shape[1] >= 2, k >= 2)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, len(x), x.shape[1], x.size, status)
    roots = np.linalg.eigvalsh(np.corrcoef(varying, rowvar=False))
    return Agreement(float(roots[-1] / k), NAN, NAN, len(x), x.shape[1], x.size, "ok")


def item_rest_r(items: pd.DataFrame) -> pd.Series:
    """Each item's correlation with the sum of the others, by item; over complete units.

    NaN for an item that is the same for all, or whose others together are.
    """
    x = _complete(items)
    rest = x.sum(1, keepdims=True) - x
    if len(x) < 2:
        return pd.Series(NAN, index=items.columns, name="item_rest_r")
    a, b = x - x.mean(0), rest - rest.mean(0)
    varies = (np.ptp(x, axis=0) > 0) & (np.ptp(rest, axis=0) > 0)
    size = np.where(varies, np.sqrt((a**2).sum(0) * (b**2).sum(0)), 0)
    return pd.Series(_ratio((a * b).sum(0), size), index=items.columns, name="item_rest_r")


def _status(enough: bool, varied: bool) -> Status:
    if not enough:
        return "low_n"
    return "ok" if varied else "no_variance"


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below, NaN where below is nothing."""
    found = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def _width(values: Table) -> int:
    return int(values.shape[1])


def _complete(values: Table) -> np.ndarray:
    """The rows without a hole, in an order of their own, so that the order given is no matter."""
    x: np.ndarray = pd.DataFrame(values).to_numpy(dtype=float, na_value=np.nan)
    x = x[~np.isnan(x).any(1)]
    return x[np.lexsort(x.T[::-1])] if x.size else x


def _codes(values: Table, levels: Iterable[float] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The number of the level in every cell, -1 for none, and the levels in order."""
    table = pd.DataFrame(values)
    flat = pd.Series(table.to_numpy(dtype=object).ravel(), dtype=object)
    given = flat.notna()
    known = sorted(set(flat[given] if levels is None else levels))
    number = {level: place for place, level in enumerate(known)}
    codes = flat.map(number).where(given, -1)
    if codes.isna().any():
        raise ValueError(f"{flat[codes.isna()].iloc[0]} is not one of the levels")
    return codes.to_numpy(dtype=np.int64).reshape(table.shape), np.array(known)


def _tally(values: Table, levels: Iterable[float] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Units by levels: how many raters gave each, and the levels."""
    codes, labels = _codes(values, levels)
    return (codes[:, :, None] == np.arange(len(labels))).sum(1).astype(float), labels


def _patterns(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows, and how many units have each: to resample them is to resample units."""
    patterns, often = np.unique(counts, axis=0, return_counts=True)
    return patterns, often.astype(float)


def _distances(labels: np.ndarray, weights: Weights) -> np.ndarray:
    """Distances of the levels, 0..1: whether, how far, or how far squared they are apart."""
    if weights == "unweighted" or len(labels) < 2:
        return 1 - np.eye(len(labels))
    apart = np.abs(labels[:, None] - labels) / (labels[-1] - labels[0])
    return np.asarray(apart ** POWER[weights], dtype=float)


def _crossed(
    a: Table | pd.Series, b: np.ndarray | pd.Series, levels: Iterable[float] | None
) -> np.ndarray:
    """How often two raters gave each pair of levels."""
    both = pd.DataFrame({"a": np.asarray(a, dtype=object), "b": np.asarray(b, dtype=object)})
    codes, labels = _codes(both.dropna(), levels)
    pair = codes[:, 0] * len(labels) + codes[:, 1]
    return np.bincount(pair, minlength=len(labels) ** 2).reshape(len(labels), -1).astype(float)


def _kappas(joint: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Weighted kappa of each square table of two raters: tables by levels by levels."""
    apart = (joint * distance).sum((1, 2)) * joint.sum((1, 2))
    margins = joint.sum(2)[:, :, None] * joint.sum(1)[:, None, :]
    return np.asarray(1 - _ratio(apart, (margins * distance).sum((1, 2))))


def _resampled(
    statistic: Statistic,
    often: np.ndarray,
    paired: np.ndarray,
    raters: int,
    varied: bool,
    bootstrap: int,
    seed: int,
    every: np.ndarray | None = None,
) -> Agreement:
    """The statistic of all units with its limits; `paired` are the units that can disagree."""
    every = paired if every is None else every
    n_units, n_values = len(paired), int(every.sum())
    status = _status(n_units >= 1, varied)
    if status != "ok":
        return Agreement(NAN, NAN, NAN, n_units, raters, n_values, status)
    lo, hi = _limits(statistic, often, bootstrap, seed)
    return Agreement(float(statistic(often[None, :])[0]), lo, hi, n_units, raters, n_values, "ok")


def _limits(
    statistic: Statistic, often: np.ndarray, bootstrap: int, seed: int
) -> tuple[float, float]:
    """2.5 and 97.5 % of the statistic over resamples; those without a value say nothing."""
    n = int(often.sum())
    if n < 2 or bootstrap < 1:
        return NAN, NAN
    draws = np.random.default_rng(seed).multinomial(n, often / n, size=bootstrap).astype(float)
    found = statistic(draws)
    found = found[~np.isnan(found)]
    if not len(found):
        return NAN, NAN
    lo, hi = np.quantile(found, [0.025, 0.975])
    return float(lo), float(hi)


def _enough(x: np.ndarray) -> bool:
    return bool(len(x) >= max(CASES, 2 * x.shape[1]))


def _stepped_up(single: float, k: int) -> float:
    """The reliability of a mean of k from that of one (Spearman and Brown); NaN where that of one
    is so far below 0 that means say nothing."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 1e-9 else NAN


def _icc_limits(
    n: int, k: int, value: float, msr: float, msc: float, mse: float
) -> tuple[float, float]:
    if value >= 1:
        return 1.0, 1.0
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    below = (a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / ((n - 1) * (k - 1))
    if below <= 0:
        return NAN, NAN
    v = (a * msc + b * mse) ** 2 / below
    upper, lower = (float(stats.f.ppf(0.975, *df)) for df in ((n - 1, v), (v, n - 1)))
    rest = k * msc + (k * n - k - n) * mse
    return (
        n * (msr - upper * mse) / (upper * rest + n * msr),
        n * (lower * msr - mse) / (rest + n * lower * msr),
    )
