"""Ranks with intervals, and bands, from one joint simulation of scores, weights and method."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import aggregate
from benchmarks.config import BenchmarkConfig, Mean

CONCENTRATION = 20
OTHER_MEAN = 0.2
OTHER_CHOICE = 0.5
LENIENT, STRICT = 1 / 2, 2 / 3
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
    """What is known of the cities: means, how they may err together, what they else might be.

    means       cities (rows) by codes (columns: the roles, or any leaves), points; NaN: no score.
    covariance  points squared, rows and columns labelled by (city, code) pairs, as a MultiIndex;
                pairs that are not there have no error.
    draws       instead of it: draws x cities x codes in the order of `means`.
    applicable  bool like `means`; what is False leaves the denominator. None: everything applies.
    other_raters     the means if the raters' marks became one the other way (their median in
                     place of their mean), labelled like `means`. None: not simulated.
    other_threshold  the means at a coverage threshold of 1/2 (of 2/3 if the benchmark's is 1/2
                     or less), labelled like `means`. None: not simulated.
    """

    means: pd.DataFrame
    covariance: pd.DataFrame | None = None
    draws: np.ndarray | None = None
    applicable: pd.DataFrame | None = None
    other_raters: pd.DataFrame | None = None
    other_threshold: pd.DataFrame | None = None


@dataclass(frozen=True)
class Model:
    """What turns draws into scores, in one order: cities by name, codes down the tree.

    point   cities by codes: the scores without any error.
    base    cities by leaves: the means; where there is none, what another choice gives.
    shift   choices x cities x leaves: what a choice adds to the base; NaN: no score.
    exists  choices x cities x codes, bool: the code has a score.
    The choices are 0 none, 1 the other raters, 2 the other threshold, 3 both.
    """

    estimate: Estimate
    tree: pd.DataFrame
    config: BenchmarkConfig
    point: pd.DataFrame
    base: pd.DataFrame
    shift: np.ndarray
    exists: np.ndarray


@dataclass(frozen=True)
class Draws:
    """What the lot gave, one draw a row.

    sample   draws x cities x leaves, points: the model's base with its errors.
    weights  by parent, draws x children: shares.
    method   draws x (mean, raters, threshold), bool: the draw chooses the other one.
    """

    sample: np.ndarray
    weights: dict[str, np.ndarray]
    method: np.ndarray


def other_threshold(config: BenchmarkConfig) -> float:
    """The coverage that the simulation tries beside the chosen one (METHOD 3.7)."""
    return LENIENT if config.threshold > LENIENT else STRICT


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
    N(means, covariance); the weights under each parent from a Dirichlet distribution with
    concentration 20 k w; the geometric mean in place of the arithmetic (or the arithmetic in
    place of another) in a fifth of the draws; the other raters and the other threshold, if the
    estimate brings them, in half of the draws each, which their difference to the means shifts.
    A score that does not exist under every choice counts in the draws in which it does.
    Gives round, group, city, code: rank (competition, 1 = best, of the means themselves),
    rank_median, rank_p05, rank_p95, p_top_quartile (share of draws among the best ceil(n/4)),
    p_best, band, all over the draws in which the city has a score. Band is `above` where the
    score lies above the group's median in 95 % of the draws, `below` where it lies below it in
    95 %, else `not distinguishable`; being the median is neither. Scores equal to 1e-9 are tied.
    A city whose means give no score, or alone, has no rank; below three cities there is no
    interval. Raises `ValueError` for draws, a covariance or other means that do not fit the
    means. Source: COINr's rank uncertainty, Saisana, Saltelli, Tarantola 2005.
    """
    model = prepare(estimate, structure, config)
    if model.point.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    drawn = draw(model, draws, np.random.default_rng(seed))
    simulated = {code: x.round(aggregate.TIE) for code, x in scores(model, drawn).items()}
    part = parts(model, components)
    tables = []
    for group, members in sorted((groups or {"all": tuple(model.point.index)}).items()):
        cities = np.array(sorted(set(members)), dtype=object)
        at = model.point.index.get_indexer(pd.Index(cities))
        within = np.where(at < 0, -1, part[at])
        for code, score in simulated.items():
            point = np.where(at < 0, np.nan, model.point[code].to_numpy()[at])
            key = {"round": round_id, "group": group, "city": cities, "code": code}
            tables.append(pd.DataFrame(key | _ranked(point, score[:, at], within)))
    return pd.concat(tables, ignore_index=True).astype(COLUMNS)


def prepare(
    estimate: Estimate, structure: pd.DataFrame, config: BenchmarkConfig | None = None
) -> Model:
    """The simulation without its draws; the arguments are those of `rank_acceptability`."""
    config = config or BenchmarkConfig()
    tree = aggregate.in_order(aggregate.prune(structure, estimate.means.columns))
    leaves = [code for code in tree["code"] if code in estimate.means.columns]
    cities = sorted(estimate.means.index)
    means, raters, threshold = (
        _like(each, estimate.means).reindex(index=cities, columns=leaves).astype(float)
        for each in (estimate.means, estimate.other_raters, estimate.other_threshold)
    )
    own, other = config.threshold, other_threshold(config)
    chosen = [means, _chosen(means, means, raters), _chosen(means, means, threshold)]
    chosen.append(_chosen(means, chosen[1], threshold))
    rolled = [
        aggregate.roll_up(
            each, tree, config.mean, config.missing, least, applicable=estimate.applicable
        )
        for each, least in zip(chosen, (own, own, other, other), strict=True)
    ]
    base = means.fillna(threshold).fillna(raters)
    return Model(
        estimate=estimate,
        tree=tree,
        config=config,
        point=rolled[0],
        base=base,
        shift=np.stack([(each - base).to_numpy() for each in chosen]),
        exists=np.stack([each.notna().to_numpy() for each in rolled]),
    )


def draw(model: Model, draws: int, lot: np.random.Generator) -> Draws:
    """Errors, weights and choices; the number of draws is the estimate's own if it brings them.

    A choice that the estimate does not bring takes nothing from the lot.
    """
    sample = _sampled(model, draws, lot)
    draws = len(sample)
    method = np.zeros((draws, 3), dtype=bool)
    method[:, 0] = lot.random(draws) < OTHER_MEAN
    weight = dict(zip(model.tree["code"], model.tree["weight"].astype(float), strict=True))
    weights = {}
    for parent, children in _climb(model.tree):
        share = np.array([weight[child] for child in children])
        weights[parent] = _shares(share / share.sum(), draws, lot)
    for column, other in ((1, model.estimate.other_raters), (2, model.estimate.other_threshold)):
        if other is not None:
            method[:, column] = lot.random(draws) < OTHER_CHOICE
    return Draws(sample, weights, method)


def scores(model: Model, drawn: Draws) -> dict[str, np.ndarray]:
    """Draws x cities for every code, points; NaN where the draw's choices give no score."""
    choice = drawn.method[:, 1:] @ np.array([1, 2])
    applies = _applies(model)
    known = {}
    for place, leaf in enumerate(model.base.columns):
        x = drawn.sample[:, :, place] + model.shift[:, :, place][choice]
        x = np.where(applies[:, place], x, np.nan)
        if model.config.missing == "zero":
            x = np.where(applies[:, place] & np.isnan(x), 0.0, x)
        known[leaf] = x
    mean = model.config.mean
    kinds: dict[str, Mean] = dict.fromkeys(model.tree["code"], mean or "arithmetic")
    if mean is None:
        kinds = dict(zip(model.tree["code"], model.tree["aggregation"], strict=True))
    other = drawn.method[:, 0]
    for parent, children in _climb(model.tree):
        kind = kinds[parent]
        swap: Mean = "geometric" if kind == "arithmetic" else "arithmetic"
        known[parent] = np.empty((len(other), len(model.base)))
        for each, rows in ((kind, ~other), (swap, other)):
            below = [known[child][rows] for child in children]
            known[parent][rows] = _mean(below, drawn.weights[parent][rows], each)
    return {
        code: np.where(model.exists[:, :, place][choice], known[code], np.nan)
        for place, code in enumerate(model.tree["code"])
    }


def parts(model: Model, components: pd.Series | None) -> np.ndarray:
    """A number for the connected part of the review that each of the model's cities is in."""
    named = {} if components is None else {str(k): v for k, v in components.items()}
    number: dict[object, int] = {}
    return np.array(
        [number.setdefault(named.get(city), len(number)) for city in model.point.index], dtype=int
    )


def places(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Competition ranks along rows, 1 = highest, 0 for a NaN; and the median of each row.

    Tied is what is equal: round before.
    """
    n = score.shape[1]
    order = np.argsort(-score, axis=1)
    falling = np.take_along_axis(score, order, axis=1)
    first = np.ones(score.shape, dtype=bool)
    first[:, 1:] = falling[:, 1:] != falling[:, :-1]
    start = np.where(first, np.arange(1, n + 1), 0)
    np.maximum.accumulate(start, axis=1, out=start)
    place = np.empty_like(start)
    np.put_along_axis(place, order, start, axis=1)
    hole = np.isnan(score)
    place[hole] = 0
    # NaN are sorted last: the middle is that of the cities that are there.
    there = n - hole.sum(axis=1)
    draws = np.arange(len(score))
    return place, (falling[draws, (there - 1) // 2] + falling[draws, there // 2]) / 2


def _like(other: pd.DataFrame | None, means: pd.DataFrame) -> pd.DataFrame:
    """The other means, or the means themselves where nothing else is known."""
    if other is None:
        return means
    for given, wanted in ((other.index, means.index), (other.columns, means.columns)):
        strange = sorted(given.symmetric_difference(wanted))
        if strange:
            raise ValueError(f"the other means do not fit the means: {strange[0]}")
    return other


def _chosen(means: pd.DataFrame, so_far: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The means under one more choice: moved by what it changes, or as it alone gives them."""
    return (so_far + (other - means)).where(means.notna(), other.fillna(so_far))


def _sampled(model: Model, draws: int, lot: np.random.Generator) -> np.ndarray:
    """Draws x cities x leaves, in the model's order."""
    estimate, base = model.estimate, model.base
    if estimate.draws is not None:
        given = np.asarray(estimate.draws, dtype=float)
        if given.shape[1:] != estimate.means.shape:
            raise ValueError(f"draws of {given.shape[1:]} do not fit {estimate.means.shape}")
        rows = estimate.means.index.get_indexer(base.index)
        columns = estimate.means.columns.get_indexer(base.columns)
        ordered = given[:, rows][:, :, columns]
        return np.where(np.isnan(ordered) & np.isnan(model.shift[0]), base.to_numpy(), ordered)
    if estimate.covariance is None or base.empty:
        return np.repeat(base.to_numpy()[None], draws, axis=0)
    pairs = pd.MultiIndex.from_product([base.index, base.columns])
    strange = [*estimate.covariance.index.difference(pairs)]
    if strange:
        raise ValueError(f"the covariance names what has no mean: {strange[0]}")
    spread = estimate.covariance.reindex(index=pairs, columns=pairs).fillna(0.0).to_numpy()
    errors = lot.standard_normal((draws, len(pairs))) @ _root(spread)
    errors += base.to_numpy().ravel()
    return np.asarray(errors.reshape(draws, *base.shape))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric root, the same whichever way the eigenvectors point."""
    if not np.allclose(covariance, covariance.T, rtol=1e-8, atol=1e-8):
        raise ValueError("the covariance is not symmetric")
    size, direction = np.linalg.eigh(covariance)
    if size.min() < -1e-6 * max(1.0, size.max()):
        raise ValueError("the covariance has a negative variance")
    return np.asarray((direction * np.sqrt(np.maximum(size, 0.0))) @ direction.T)


def _applies(model: Model) -> np.ndarray:
    given, base = model.estimate.applicable, model.base
    if given is None:
        return np.ones(base.shape, dtype=bool)
    same = given.reindex(index=base.index, columns=base.columns, fill_value=True)
    return same.to_numpy(dtype=bool)


def _climb(tree: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """The parents with their children, the lowest first."""
    below = {code: list(tree.loc[tree["parent"] == code, "code"]) for code in tree["code"]}
    return [(parent, children) for parent, children in reversed(below.items()) if children]


def _shares(share: np.ndarray, draws: int, lot: np.random.Generator) -> np.ndarray:
    """Draws x children; a child without weight keeps none."""
    live = share > 0
    drawn = np.zeros((draws, len(share)))
    drawn[:, live] = lot.dirichlet(CONCENTRATION * live.sum() * share[live], draws)
    return drawn


def _mean(children: list[np.ndarray], w: np.ndarray, mean: Mean) -> np.ndarray:
    """Weighted means of what is there: child by child, to hold one copy of the draws only."""
    total, value = np.zeros(children[0].shape), np.zeros(children[0].shape)
    for x, share in zip(children, w.T, strict=True):
        hole = np.isnan(x)
        there = np.where(hole, 0.0, share[:, None])
        safe = np.where(hole, aggregate.FLOOR, x)
        total += there
        if mean == "arithmetic":
            value += there * safe
        elif mean == "geometric":
            value += there * np.log(np.maximum(safe, aggregate.FLOOR))
        else:
            value += there / np.maximum(safe, aggregate.FLOOR)
    with np.errstate(invalid="ignore", divide="ignore"):
        if mean == "harmonic":
            return np.asarray(total / value)
        return np.asarray(np.exp(value / total) if mean == "geometric" else value / total)


def _ranked(point: np.ndarray, score: np.ndarray, part: np.ndarray) -> dict[str, np.ndarray]:
    """The numbers and the band of one group's cities on one code."""
    columns: dict[str, np.ndarray] = {name: np.full(len(point), np.nan) for name in NUMBERS}
    columns["band"] = np.full(len(point), None, dtype=object)
    ranked = np.isfinite(point)
    across = set(part[ranked])
    if ranked.sum() < 2 or len(across) > 1:
        return columns
    # Who has a score under another choice only takes a place there, but is given none here.
    rivals = ranked | ((part == across.pop()) & ~np.isnan(score).all(axis=0))
    score, mine = score[:, rivals], ranked[rivals]
    place, middle = places(score)
    best = -(-(place > 0).sum(axis=1) // 4)
    score, place = score[:, mine], place[:, mine]
    low, half, high = _quantiles(place, (0.05, 0.5, 0.95))
    there = (place > 0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        shares = {
            "p_top_quartile": ((place > 0) & (place <= best[:, None])).sum(axis=0) / there,
            "p_best": (place == 1).sum(axis=0) / there,
        }
        above = (score > middle[:, None] + 1e-9).sum(axis=0) / there
        below = (score < middle[:, None] - 1e-9).sum(axis=0) / there
    values = shares | {
        "rank": places(point[ranked].round(aggregate.TIE)[None])[0][0],
        "rank_median": half,
        "band": np.select([above >= SURE, below >= SURE], [ABOVE, BELOW], BETWEEN),
    }
    if len(place.T) >= LEAST:
        values |= {"rank_p05": low, "rank_p95": high}
    for name, value in values.items():
        columns[name][ranked] = value
    return columns


def _quantiles(place: np.ndarray, shares: tuple[float, ...]) -> list[np.ndarray]:
    """Linear quantiles (type 7) of each column's ranks, 0 left out: counted, which is quicker."""
    n, most = place.shape[1], int(place.max()) + 1
    count = np.bincount((place + np.arange(n) * most).ravel(), minlength=n * most)
    upto = count.reshape(n, most)[:, 1:].cumsum(axis=1)
    found = []
    for share in shares:
        at = (upto[:, -1] - 1) * share
        under = np.floor(at)
        near, far = (1.0 + (upto <= k[:, None]).sum(axis=1) for k in (under, np.ceil(at)))
        # From the nearer end, as numpy does, so that no last digit differs.
        part, gap = at - under, far - near
        value = np.where(part < 0.5, near + gap * part, far - gap * (1 - part))
        found.append(np.where(upto[:, -1] > 0, value, np.nan))
    return found
