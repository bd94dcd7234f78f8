"""Calibrating reviewers: what the marks say of a city once severe and lenient are told apart.

The model of METHOD 3.4, additive and crossed, for marks on 0..100:

    mark = level(component, role) + C(city) + A(city, role)
           + S(rater) + D(statement) + B(city, rater) + e

The level is fixed, the rest random (reml.py). C is what a city's roles have in common: without
it, a city that is good at everything would be taken for one that met lenient reviewers.

Source: Lawrence 2014, "Reviewer calibration for NIPS" (such a model for papers and reviewers).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.csgraph import connected_components

from benchmarks import reml
from benchmarks.config import BenchmarkConfig
from benchmarks.coverage import first_word
from benchmarks.reml import CITY, LOWEST, PAIR, RATER, ROLE, STATEMENT, Counts, Solution

KEY = ["city", "role", "statement", "rater"]
SOURCES = ("city", "city:role", "rater", "statement", "city:rater", "residual")
RATERS_PER_CITY = 2.0
CITIES_PER_RATER = 2
SHARE_OF_RATERS = 0.5
INFIT = (0.5, 1.5)
HALO = 0.3
Z = 1.96
FEW = 3

SCORES = {
    "city": "str",
    "role": "str",
    "value": "float64",
    "se": "float64",
    "lo": "float64",
    "hi": "float64",
    "n_items": "int64",
    "n_raters": "int64",
    "component": "int64",
    "calibrated": "bool",
    "reason": "string",
}
RATERS = {
    "rater": "str",
    "severity": "float64",
    "se": "float64",
    "n_scores": "int64",
    "n_cities": "int64",
    "infit": "float64",
    "component": "int64",
    "flag": "string",
}
VARIANCES = {"source": "str", "variance": "float64", "n_levels": "int64"}
COMPONENTS = {
    "component": "int64",
    "n_cities": "int64",
    "n_raters": "int64",
    "n_scores": "int64",
    "calibrated": "bool",
    "reason": "string",
}


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of the scores together: normal, `mean` and the roots of the covariance.

    Rows as in `Severity.scores`; NaN for a row that is not calibrated.
    """

    mean: np.ndarray
    shared: np.ndarray
    own: sparse.csr_array

    def covariance(self) -> np.ndarray:
        """The joint covariance of the scores, in squared points."""
        known = ~np.isnan(self.mean)
        full = self.shared @ self.shared.T + (self.own @ self.own.T).toarray()
        return np.where(known[:, None] & known, full, np.nan)

    def draw(self, size: int, lot: np.random.Generator) -> np.ndarray:
        """`size` joint draws of all scores: draws by rows of `Severity.scores`."""
        far = lot.standard_normal((self.shared.shape[1], size))
        near = lot.standard_normal((self.own.shape[1], size))
        return np.asarray(self.mean[:, None] + self.shared @ far + self.own @ near).T

    def blocks(self, rows: np.ndarray) -> np.ndarray:
        """The covariances among the rows of each line of `rows` (lines by k): lines by k by k.

        A row number of -1 stands for what has no score, and varies with nothing.
        """
        lines, k = rows.shape
        among = np.zeros((lines, k, k))
        for i in range(k):
            for j in range(i, k):
                far = (self.shared[rows[:, i]] * self.shared[rows[:, j]]).sum(1)
                near = np.asarray(self.own[rows[:, i]].multiply(self.own[rows[:, j]]).sum(1))
                both = (rows[:, i] >= 0) & (rows[:, j] >= 0)
                among[:, i, j] = among[:, j, i] = np.where(both, far + near.ravel(), 0.0)
        return among


@dataclass(frozen=True, eq=False)
class Severity:
    """The reviewers' severity, and the cities' scores without it; points, not held to 0..100.

    scores      city, role: value, se, lo, hi (95 %), n_items, n_raters, component, calibrated,
                reason. Not calibrated: value is the peers' plain mean, no se, no interval.
    raters      rater: severity (+ = severe), se, n_scores, n_cities, infit, component,
                flag {no_variance, halo, infit}. The severities of a component sum to zero, so
                the level of all scores is relative to its raters; differences are not.
    errors      the joint covariance of the severities, squared points, in the order of `raters`.
    statements  statement: effect (points, + = marked higher than others of its role; shrunken).
    variances   source {city, city:role, rater, statement, city:rater, residual}: variance
                (squared points), n_levels.
    components  component: n_cities, n_raters, n_scores, calibrated, reason. Cities of different
                components share no chain of raters and are not comparable.
    posterior   the scores' joint distribution, row by row.
    `reason`: few_raters_per_city, few_cities_per_rater, no_rater_variance, single_rater.
    """

    scores: pd.DataFrame
    raters: pd.DataFrame
    errors: np.ndarray
    statements: pd.Series
    variances: pd.DataFrame
    components: pd.DataFrame
    posterior: Posterior


def fit(
    scores: pd.DataFrame,
    *,
    applicable: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
    config: BenchmarkConfig | None = None,
) -> Severity:
    """Calibrate the peers' marks of one round (METHOD 3.4).

    scores      city, role, statement, rater, value (0..100): one row per mark.
    applicable  bool, cities by statements; a mark on what does not apply is left out, and a
                score is the mean over the statements of the role that apply. None: all do.
    weights     of the statements in that mean, cities by statements; None: alike.
    config      gives the order of the roles.
    Raises `ValueError` for a missing column, an empty or infinite value, a mark given twice and
    a statement in two roles. A component is calibrated if its cities have 2 raters on average,
    half its raters have 2 cities, and raters differ; nothing is compared across components.
    """
    config = config or BenchmarkConfig()
    marks = _Marks.of(scores, applicable, config.role_order)
    part = _parts(marks)
    components = _gates(marks, part)
    wanted = _wanted(marks, applicable, weights)
    model = _Model.of(marks.only(components["calibrated"].to_numpy()[part[marks.city]]), part)
    if model is None or not model.raters_differ:
        closed = components["calibrated"]
        components = components.assign(
            reason=components["reason"].mask(closed, "no_rater_variance"), calibrated=False
        )
    table, posterior = _city_scores(marks, part, components, wanted, model)
    errors = _rater_errors(marks, part, components, model)
    return Severity(
        scores=table,
        raters=_rater_table(marks, part, components, model, errors),
        errors=errors,
        statements=_statement_effects(marks, model),
        variances=_variances(model),
        components=components,
        posterior=posterior,
    )


def limits(
    value: np.ndarray, se: np.ndarray, n_raters: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """95 % limits; by t with raters - 1 degrees of freedom below three raters (METHOD 3.4)."""
    df = np.maximum(n_raters - 1, 1).astype(float)
    reach = np.where(n_raters < FEW, stats.t.ppf(0.975, df), Z) * se
    return value - reach, value + reach


@dataclass(frozen=True)
class _Marks:
    """The marks as numbers, in the order of the names; `names` says what a number stands for."""

    names: dict[str, list[str]]
    city: np.ndarray
    role: np.ndarray
    statement: np.ndarray
    rater: np.ndarray
    value: np.ndarray

    @classmethod
    def of(
        cls, scores: pd.DataFrame, applicable: pd.DataFrame | None, role_order: Sequence[str]
    ) -> "_Marks":
        _refuse(scores)
        kept = scores[[*KEY, "value"]]
        if applicable is not None:
            kept = kept.loc[_applies(kept, applicable)]
        names, codes = {}, {}
        for column in KEY:
            number, unique = pd.factorize(kept[column].astype(str), sort=True)
            names[column], codes[column] = list(unique), number.astype(np.int64)
        first = {role: place for place, role in enumerate(role_order)}
        order = sorted(names["role"], key=lambda role: (first.get(role, len(first)), role))
        place = np.array([order.index(role) for role in names["role"]], dtype=np.int64)
        names["role"], codes["role"] = order, place[codes["role"]]
        row = np.lexsort([codes[column] for column in reversed(KEY)])
        value = kept["value"].to_numpy(dtype=float)[row]
        return cls(names, **{column: codes[column][row] for column in KEY}, value=value)

    def only(self, rows: np.ndarray) -> "_Marks":
        """Some of the marks, under the same numbers."""
        return _Marks(
            self.names, **{column: getattr(self, column)[rows] for column in [*KEY, "value"]}
        )

    def count(self, column: str) -> int:
        return len(self.names[column])

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Every city and rater that met, once."""
        both = np.unique(self.city * self.count("rater") + self.rater)
        return both // self.count("rater"), both % self.count("rater")


def _refuse(scores: pd.DataFrame) -> None:
    lacking = [column for column in [*KEY, "value"] if column not in scores]
    if lacking:
        raise ValueError(f"scores lack the columns {', '.join(lacking)}")
    if not np.isfinite(scores["value"].to_numpy(dtype=float, na_value=np.nan)).all():
        raise ValueError("scores hold an empty or infinite value")
    if scores.duplicated(["city", "statement", "rater"]).any():
        raise ValueError("scores hold two marks of one rater on one statement of one city")
    roles = scores[["statement", "role"]].drop_duplicates()
    if roles.duplicated("statement").any():
        twice = roles.loc[roles.duplicated("statement"), "statement"].iloc[0]
        raise ValueError(f"scores put the statement {twice} under two roles")


def _applies(rows: pd.DataFrame, applicable: pd.DataFrame) -> np.ndarray:
    """Whether each mark is on a statement that applies; unknown cities and statements do."""
    city = applicable.index.get_indexer(pd.Index(rows["city"]))
    statement = applicable.columns.get_indexer(pd.Index(rows["statement"]))
    known = (city >= 0) & (statement >= 0)
    applies = np.ones(len(rows), dtype=bool)
    applies[known] = applicable.to_numpy(dtype=bool)[city[known], statement[known]]
    return applies


def _parts(marks: _Marks) -> np.ndarray:
    """The component of each city, then of each rater, from 0 in the order of the cities."""
    city, rater = marks.pairs()
    nodes = marks.count("city") + marks.count("rater")
    ends = (city, marks.count("city") + rater)
    graph = sparse.coo_array((np.ones(len(city)), ends), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _gates(marks: _Marks, part: np.ndarray) -> pd.DataFrame:
    """The components, and which of them has enough raters in common to be calibrated."""
    n_city, n = marks.count("city"), int(part.max(initial=-1)) + 1
    city, rater = marks.pairs()
    cities, raters = (np.bincount(side, minlength=n) for side in (part[:n_city], part[n_city:]))
    met = np.bincount(part[city], minlength=n)
    several = np.bincount(rater, minlength=marks.count("rater")) >= CITIES_PER_RATER
    linked = np.bincount(part[n_city:], weights=several, minlength=n)
    few_raters = met < RATERS_PER_CITY * cities
    few_cities = linked < SHARE_OF_RATERS * raters
    return pd.DataFrame(
        {
            "component": np.arange(1, n + 1),
            "n_cities": cities,
            "n_raters": raters,
            "n_scores": np.bincount(part[marks.city], minlength=n),
            "calibrated": ~few_raters & ~few_cities,
            "reason": first_word(
                {"few_raters_per_city": few_raters, "few_cities_per_rater": few_cities}
            ),
        }
    ).astype(COMPONENTS)


def _wanted(
    marks: _Marks, applicable: pd.DataFrame | None, weights: pd.DataFrame | None
) -> np.ndarray:
    """The weight of each statement in its role's score, cities by statements, not yet shares."""
    cities, statements = marks.names["city"], marks.names["statement"]
    wanted = np.ones((len(cities), len(statements)))
    if applicable is not None:
        here = applicable.astype(float).reindex(index=cities, columns=statements, fill_value=1.0)
        wanted = here.to_numpy()
    if weights is not None:
        wanted = wanted * weights.reindex(index=cities, columns=statements).fillna(0.0).to_numpy()
    return wanted


@dataclass(frozen=True)
class _Model:
    """The fitted model and which city, rater, statement and component its numbers mean."""

    counts: Counts
    solution: Solution
    cities: np.ndarray
    raters: np.ndarray
    statements: np.ndarray
    level: np.ndarray
    together: np.ndarray
    centre: np.ndarray
    infit: np.ndarray

    @classmethod
    def of(cls, marks: _Marks, part: np.ndarray) -> "_Model | None":
        """Fit to the marks of the open components; None if there are none, or all are alike."""
        if not len(marks.value):
            return None
        cities, city = np.unique(marks.city, return_inverse=True)
        raters, rater = np.unique(marks.rater, return_inverse=True)
        statements, statement = np.unique(marks.statement, return_inverse=True)
        roles = marks.count("role")
        level_name = part[marks.city] * roles + marks.role
        levels, level = np.unique(level_name, return_inverse=True)
        centre = np.bincount(level, marks.value) / np.bincount(level)
        y = marks.value - centre[level]
        if np.abs(y).max() < 1e-9 or len(y) <= len(levels) + 1:
            return None
        dense = _Marks(marks.names, city, marks.role, statement, rater, y)
        counts = reml.counts(city, marks.role, statement, rater, level, y)
        solution = reml.reml(counts)
        which = np.full((len(cities), roles), -1)
        which[city, marks.role] = level
        part_of = part[len(marks.names["city"]) + raters]
        return cls(
            counts=counts,
            solution=solution,
            cities=cities,
            raters=raters,
            statements=statements,
            level=which,
            together=(part_of[:, None] == part[cities]).astype(float),
            centre=centre,
            infit=_infit(counts, solution, dense, level),
        )

    @property
    def raters_differ(self) -> bool:
        return bool(self.solution.ratio[RATER] > 2 * np.exp(LOWEST))


def _infit(c: Counts, s: Solution, marks: _Marks, level: np.ndarray) -> np.ndarray:
    """Mean square of a rater's residuals over what is to be expected, by rater."""
    own, _, far = c.sizes(np.sqrt(s.ratio))
    mine, theirs = s.own * own, s.far * far
    pair_place = np.argmax(c.seats[marks.city] == marks.rater[:, None], axis=1)
    fitted = mine[marks.city, marks.role] + mine[marks.city, c.n_roles + pair_place]
    fitted += mine[marks.city, -1]
    fitted += theirs[marks.rater] + theirs[c.n_raters + level]
    fitted += theirs[c.n_seats + marks.statement]
    expected = s.residual * (1 - (c.n_fixed + s.used.sum()) / c.n_marks)
    square = np.bincount(marks.rater, (marks.value - fitted) ** 2) / np.bincount(marks.rater)
    return np.asarray(square / expected)


def _targets(m: _Model, city: np.ndarray, role: np.ndarray, wanted: np.ndarray) -> Posterior:
    """The scores of cities in roles: level, C, A, the wanted D, and their raters' mean S."""
    c, s = m.counts, m.solution
    own, _, far = c.sizes(np.sqrt(s.ratio))
    of_role, of_city = own[0], own[-1]
    rows = np.arange(len(city))
    load = np.zeros((len(city), len(s.far)))
    load[:, : c.n_raters] = (m.together / m.together.sum(0))[:, city].T
    load[rows, c.n_raters + m.level[city, role]] = 1
    load[:, c.n_seats :] = wanted
    load *= far
    mean = m.centre[m.level[city, role]] + load @ s.far
    mean += of_role * s.own[city, role] + of_city * s.own[city, -1]
    pull = of_role * s.pull[city, role] + of_city * s.pull[city, -1]
    seats = c.seats.shape[1]
    load[rows[:, None], c.seats[city]] -= pull[:, :seats]
    load[:, c.n_seats :] -= pull[:, seats:]
    sigma = np.sqrt(s.residual)
    wide = c.n_roles + 1
    mine = np.r_[: c.n_roles, c.own.shape[1] - 1]
    root = np.linalg.cholesky(s.inner[:, mine[:, None], mine])
    alone = sigma * (of_role * root[city, role] + of_city * root[city, -1])
    columns = city[:, None] * wide + np.arange(wide)
    ends = (np.repeat(rows, wide), columns.ravel())
    shape = (len(city), len(m.cities) * wide)
    return Posterior(
        mean=mean,
        shared=sigma * load @ np.linalg.cholesky(s.outer),
        own=sparse.csr_array((alone.ravel(), ends), shape=shape),
    )


def _city_scores(
    marks: _Marks,
    part: np.ndarray,
    components: pd.DataFrame,
    wanted: np.ndarray,
    model: _Model | None,
) -> tuple[pd.DataFrame, Posterior]:
    roles = marks.count("role")
    key = np.unique(marks.city * max(roles, 1) + marks.role)
    city, role = np.divmod(key, max(roles, 1))
    row = np.searchsorted(key, marks.city * max(roles, 1) + marks.role)
    plain, n_items, n_raters = _plain(marks, row, len(key), wanted)
    component = part[city]
    live = components["calibrated"].to_numpy()[component]
    value, se = plain, np.full(len(key), np.nan)
    posterior = Posterior(se, np.zeros((len(key), 0)), sparse.csr_array((len(key), 0)))
    if model is not None and live.any():
        shares = _shares(marks, city[live], role[live], wanted, model.statements)
        there = np.searchsorted(model.cities, city[live])
        found = _targets(model, there, role[live], shares)
        posterior = _among(found, live)
        spread = (found.shared**2).sum(1) + np.asarray((found.own**2).sum(1))
        value = np.where(live, posterior.mean, plain)
        se[live] = np.sqrt(spread)
    lo, hi = limits(value, se, n_raters)
    reason = components["reason"].astype(object).to_numpy()[component]
    table: dict[str, Any] = {
        "city": np.array(marks.names["city"], dtype=object)[city],
        "role": np.array(marks.names["role"], dtype=object)[role],
        "value": value,
        "se": se,
        "lo": lo,
        "hi": hi,
        "n_items": n_items,
        "n_raters": n_raters,
        "component": component + 1,
        "calibrated": live,
        "reason": np.where(live, first_word({"single_rater": n_raters == 1}), reason),
    }
    return pd.DataFrame(table).astype(SCORES), posterior


def _among(found: Posterior, live: np.ndarray) -> Posterior:
    """The posterior of the calibrated rows with NaN for the others between them."""
    mean = np.full(len(live), np.nan)
    mean[live] = found.mean
    shared = np.zeros((len(live), found.shared.shape[1]))
    shared[live] = found.shared
    place = sparse.csr_array(
        (np.ones(live.sum()), (np.flatnonzero(live), np.arange(live.sum()))),
        shape=(len(live), int(live.sum())),
    )
    return Posterior(mean, shared, (place @ found.own).tocsr())


def _plain(
    marks: _Marks, row: np.ndarray, rows: int, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By city and role: the mean over statements of the raters' means, and how many there are."""
    statements = max(marks.count("statement"), 1)
    item, at = np.unique(row * statements + marks.statement, return_inverse=True)
    mean = np.bincount(at, marks.value) / np.bincount(at)
    of_row, statement = np.divmod(item, statements)
    first = marks.city[np.searchsorted(row, np.arange(rows))]
    weight = wanted[first[of_row], statement]
    none = np.bincount(of_row, weight, rows) == 0
    weight = np.where(none[of_row], 1.0, weight)
    value = np.bincount(of_row, weight * mean, rows) / np.bincount(of_row, weight, rows)
    raters = max(marks.count("rater"), 1)
    voices = np.unique(row * raters + marks.rater) // raters
    return value, np.bincount(of_row, minlength=rows), np.bincount(voices, minlength=rows)


def _shares(
    marks: _Marks, city: np.ndarray, role: np.ndarray, wanted: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The shares of the known statements in the score of each city and role; alike if all are 0."""
    belongs = np.zeros((marks.count("role"), marks.count("statement")))
    belongs[marks.role, marks.statement] = 1
    alike = belongs[role][:, known]
    weight = wanted[city][:, known] * alike
    weight = np.where(weight.sum(1, keepdims=True) > 0, weight, alike)
    return np.asarray(weight / weight.sum(1, keepdims=True))


def _rater_errors(
    marks: _Marks, part: np.ndarray, components: pd.DataFrame, model: _Model | None
) -> np.ndarray:
    """The covariance of the raters' severities, each less the mean of its component's."""
    n = marks.count("rater")
    component = part[marks.count("city") :]
    errors = np.full((n, n), np.nan)
    if model is not None:
        c, s = model.counts, model.solution
        same = component[model.raters]
        alike = same[:, None] == same
        centred = np.eye(c.n_raters) - alike / alike.sum(1)
        spread = centred @ s.outer[: c.n_raters, : c.n_raters] @ centred.T
        live = components["calibrated"].to_numpy()[same]
        shown = live[:, None] & live
        errors[np.ix_(model.raters, model.raters)] = np.where(
            shown, s.ratio[RATER] * s.residual * spread, np.nan
        )
    return errors


def _rater_table(
    marks: _Marks,
    part: np.ndarray,
    components: pd.DataFrame,
    model: _Model | None,
    errors: np.ndarray,
) -> pd.DataFrame:
    n = marks.count("rater")
    component = part[marks.count("city") :]
    severity, infit = np.full((2, n), np.nan)
    if model is not None:
        s = model.solution
        severity[model.raters] = -np.sqrt(s.ratio[RATER]) * s.far[: model.counts.n_raters]
        infit[model.raters] = model.infit
    live = components["calibrated"].to_numpy()[component]
    infit = np.where(live, infit, np.nan)
    table: dict[str, Any] = {
        "rater": np.array(marks.names["rater"], dtype=object),
        "severity": np.where(live, severity, np.nan),
        "se": np.sqrt(np.maximum(np.diag(errors), 0)),
        "n_scores": np.bincount(marks.rater, minlength=n),
        "n_cities": np.bincount(marks.pairs()[1], minlength=n),
        "infit": infit,
        "component": component + 1,
        "flag": _flags(marks, infit),
    }
    return pd.DataFrame(table).astype(RATERS)


def _statement_effects(marks: _Marks, model: _Model | None) -> pd.Series:
    effect = pd.Series(0.0, index=marks.names["statement"], name="effect")
    if model is not None:
        c, s = model.counts, model.solution
        effect.iloc[model.statements] = np.sqrt(s.ratio[STATEMENT]) * s.far[c.n_seats :]
    return effect


def _flags(marks: _Marks, infit: np.ndarray) -> np.ndarray:
    """One word on each rater whose marks look odd: all the same, the same by city, or misfit."""
    n = marks.count("rater")
    pair = marks.city * max(n, 1) + marks.rater
    by_rater = pd.Series(marks.value).groupby(marks.rater)
    alike = ((by_rater.max() - by_rater.min() == 0) & (by_rater.size() > 1)).to_numpy()
    mean = pd.Series(marks.value).groupby(pair).transform("mean").to_numpy()
    square = np.bincount(marks.rater, (marks.value - mean) ** 2, n)
    met = np.bincount(marks.pairs()[1], minlength=n)
    free = np.bincount(marks.rater, minlength=n) - met
    within = np.sqrt(np.divide(square, free, out=np.full(n, np.nan), where=free > 0))
    median = np.nanmedian(within) if (free > 0).any() else np.nan
    misfit = (infit < INFIT[0]) | (infit > INFIT[1])
    return first_word({"no_variance": alike, "halo": within < HALO * median, "infit": misfit})


def _variances(model: _Model | None) -> pd.DataFrame:
    variance, levels = np.full(len(SOURCES), np.nan), [0] * len(SOURCES)
    if model is not None:
        c, s = model.counts, model.solution
        ratio = np.where(s.ratio > 2 * np.exp(LOWEST), s.ratio, 0.0)
        variance = s.residual * np.array([*ratio[[CITY, ROLE, RATER, STATEMENT, PAIR]], 1.0])
        pairs = int((c.seats[:, : c.n_places] < c.n_raters).sum())
        city_roles = int((model.level >= 0).sum())
        levels = [len(c.own), city_roles, c.n_raters, c.items.shape[2], pairs, c.n_marks]
    table = {"source": SOURCES, "variance": variance, "n_levels": levels}
    return pd.DataFrame(table).astype(VARIANCES)
