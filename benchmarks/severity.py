"""Calibrating reviewers: what the marks say of a city once severe and lenient are told apart.

The model of METHOD 3.4, additive and crossed, for marks on 0..100:

    mark = level(component, role) + A(city, role) + S(rater) + D(statement) + B(city, rater) + e

The level is fixed, the rest random; their variances are the REML estimates. Only counts and sums
enter: with the cities' own unknowns (A, B) eliminated city by city, one dense system of raters
and statements is left, so the time grows with the number of cities, not of marks.

Sources: Henderson 1975 (mixed-model equations); Johnson and Thompson 1995 (average information);
Lawrence 2014, "Reviewer calibration for NIPS" (the same model for papers and reviewers).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.csgraph import connected_components

from benchmarks.config import BenchmarkConfig

KEY = ["city", "role", "statement", "rater"]
SOURCES = ("city", "rater", "statement", "city:rater", "residual")
RATERS_PER_CITY = 2.0
CITIES_PER_RATER = 2
SHARE_OF_RATERS = 0.5
INFIT = (0.5, 1.5)
HALO = 0.3

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

# Variances as multiples of the residual one; at the lower end a source counts as absent.
LOWEST, HIGHEST = float(np.log(1e-8)), float(np.log(1e6))
WIDEST, STEPS = 3.0, 200
# Marks without any error count as having this share of it.
FLAWLESS = 1e-6
CITY, RATER, STATEMENT, PAIR = range(4)


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


@dataclass(frozen=True, eq=False)
class Severity:
    """The reviewers' severity, and the cities' scores without it; points, not held to 0..100.

    scores      city, role: value, se, lo, hi (95 %), n_items, n_raters, component, calibrated,
                reason. Not calibrated: value is the peers' plain mean, no se, no interval.
    raters      rater: severity (+ = severe), se, n_scores, n_cities, infit, component,
                flag {no_variance, halo, infit}. The severities of a component sum to zero, so
                the level of all scores is relative to its raters; differences are not.
    variances   source {city, rater, statement, city:rater, residual}: variance, n_levels.
    components  component: n_cities, n_raters, n_scores, calibrated, reason. Cities of different
                components share no chain of raters and are not comparable.
    posterior   the scores' joint distribution, row by row.
    `reason`: few_raters_per_city, few_cities_per_rater, no_rater_variance, single_rater.
    """

    scores: pd.DataFrame
    raters: pd.DataFrame
    variances: pd.DataFrame
    components: pd.DataFrame
    posterior: Posterior


def fit(
    scores: pd.DataFrame,
    *,
    applicable: pd.DataFrame | None = None,
    weights: pd.Series | None = None,
    config: BenchmarkConfig | None = None,
) -> Severity:
    """Calibrate the peers' marks of one round (METHOD 3.4).

    scores      city, role, statement, rater, value (0..100): one row per mark.
    applicable  bool, cities by statements; a mark on what does not apply is left out, and a
                score is the mean over the statements of the role that apply. None: all do.
    weights     of the statements in that mean, by statement; None: alike.
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
    return Severity(
        scores=table,
        raters=_rater_table(marks, part, components, model),
        variances=_variances(model),
        components=components,
        posterior=posterior,
    )


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
            "reason": _words(few_raters_per_city=few_raters, few_cities_per_rater=few_cities),
        }
    ).astype(COMPONENTS)


def _wanted(
    marks: _Marks, applicable: pd.DataFrame | None, weights: pd.Series | None
) -> np.ndarray:
    """The weight of each statement in its role's score, cities by statements, not yet shares."""
    cities, statements = marks.names["city"], marks.names["statement"]
    wanted = np.ones((len(cities), len(statements)))
    if applicable is not None:
        city = applicable.index.get_indexer(pd.Index(cities))
        code = applicable.columns.get_indexer(pd.Index(statements))
        table = np.ones((len(applicable) + 1, applicable.shape[1] + 1))
        table[:-1, :-1] = applicable.to_numpy(dtype=float)
        wanted = table[city][:, code]
    if weights is not None:
        wanted = wanted * weights.reindex(statements).fillna(0.0).to_numpy(dtype=float)
    return wanted


@dataclass(frozen=True)
class _Counts:
    """All that the equations need: how often levels meet, and sums of marks.

    By city, its own unknowns (roles, then places for its raters) against each other (`own`) and
    against the statements (`items`). `seats` says which of the far unknowns (raters, fixed
    levels, one idle place) sit in a city's places and roles; the statements come last in `far`.
    """

    own: np.ndarray
    items: np.ndarray
    seats: np.ndarray
    seating: sparse.csr_array
    far: np.ndarray
    own_sum: np.ndarray
    far_sum: np.ndarray
    squares: float
    n_marks: int
    n_roles: int
    n_raters: int
    n_fixed: int
    repeats: bool

    @property
    def n_seats(self) -> int:
        return self.n_raters + self.n_fixed + 1

    @property
    def near(self) -> np.ndarray:
        """A city's unknowns against its seats: a rater counts where its pair does."""
        return np.concatenate([self.own[:, :, self.n_roles :], self.own[:, :, : self.n_roles]], 2)

    def sizes(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The factor of each own unknown, of each seat and of each far unknown."""
        places = self.own.shape[1] - self.n_roles
        own = np.repeat(theta[[CITY, PAIR]], [self.n_roles, places])
        seat = np.repeat([theta[RATER], 1.0], [places, self.n_roles])
        rest = self.n_fixed + 1
        far = np.repeat(
            [theta[RATER], 1.0, theta[STATEMENT]], [self.n_raters, rest, self.items.shape[2]]
        )
        return own, seat, far

    def handed(self, far: np.ndarray) -> np.ndarray:
        """Far unknowns as each city sees them: cities by (seats, statements) by columns."""
        items = np.broadcast_to(far[self.n_seats :], (len(self.seats), *far[self.n_seats :].shape))
        return np.concatenate([far[self.seats], items], 1)

    def gathered(self, seen: np.ndarray) -> np.ndarray:
        """The reverse: what the cities say of the far unknowns, summed."""
        seats = self.seats.shape[1]
        flat = seen[:, :seats].reshape(-1, seen.shape[2])
        return np.concatenate([self.seating.T @ flat, seen[:, seats:].sum(0)])


def _counts(marks: _Marks, level: np.ndarray) -> _Counts:
    """Count the marks; `level` is the fixed level each belongs to. All numbers run from 0."""
    city, role, statement, rater = (getattr(marks, column) for column in KEY)
    cities, roles, statements, raters = (int(x.max()) + 1 for x in (city, role, statement, rater))
    fixed = int(level.max()) + 1
    pair_city, pair_rater = np.divmod(np.unique(city * raters + rater), raters)
    first = np.searchsorted(pair_city, np.arange(cities))
    pair_place = np.arange(len(pair_city)) - first[pair_city]
    places = int(pair_place.max()) + 1
    place = pair_place[np.searchsorted(pair_city * raters + pair_rater, city * raters + rater)]

    def tally(shape: tuple[int, ...], *at: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        flat = np.ravel_multi_index(at, shape)
        return np.bincount(flat, of, int(np.prod(shape))).astype(float).reshape(shape)

    seats = np.full((cities, places + roles), raters + fixed)
    seats[pair_city, pair_place] = pair_rater
    seats[city, places + role] = raters + level
    meet = tally((cities, roles, places), city, role, place)
    own = np.zeros((cities, roles + places, roles + places))
    own[:, :roles, roles:], own[:, roles:, :roles] = meet, meet.transpose(0, 2, 1)
    diagonal = np.concatenate([meet.sum(2), meet.sum(1)], 1)
    own[:, np.arange(roles + places), np.arange(roles + places)] = diagonal
    by_role = tally((cities, roles, statements), city, role, statement)
    by_place = tally((cities, places, statements), city, place, statement)
    wide = raters + fixed + 1 + statements
    columns = np.column_stack([rater, raters + level, raters + fixed + 1 + statement])
    ends = (np.repeat(np.arange(len(city)), 3), columns.ravel())
    design = sparse.csr_array((np.ones(columns.size), ends), shape=(len(city), wide))
    seat_of = (np.arange(seats.size), seats.ravel())
    seating = sparse.csr_array(
        (np.ones(seats.size), seat_of), shape=(seats.size, raters + fixed + 1)
    )
    y = marks.value
    sums = [
        tally((cities, roles), city, role, of=y),
        tally((cities, places), city, place, of=y),
    ]
    return _Counts(
        own=own,
        items=np.concatenate([by_role, by_place], 1),
        seats=seats,
        seating=seating,
        far=(design.T @ design).toarray(),
        own_sum=np.concatenate(sums, 1),
        far_sum=np.asarray(design.T @ y),
        squares=float(y @ y),
        n_marks=len(y),
        n_roles=roles,
        n_raters=raters,
        n_fixed=fixed,
        repeats=bool(meet.sum(1).max() > 1),
    )


@dataclass(frozen=True)
class _Solution:
    """The equations solved for given variances; unknowns in units of their own deviation.

    `inner` is the inverse of each city's own block, `pull` what a far unknown takes from it,
    `outer` the covariance of the far unknowns, `spread` the variance of the own ones; `used`
    counts, by source, the levels the data determine.
    """

    ratio: np.ndarray
    inner: np.ndarray
    pull: np.ndarray
    outer: np.ndarray
    own: np.ndarray
    far: np.ndarray
    residual: float
    deviance: float
    used: np.ndarray


def _solve(c: _Counts, ratio: np.ndarray) -> _Solution:
    """Henderson's equations: each city's unknowns eliminated, then the dense rest."""
    theta = np.sqrt(ratio)
    own, seat, far = c.sizes(theta)
    seats, n = c.seats.shape[1], c.n_seats
    near = c.near * own[:, None] * seat
    items = c.items * (own[:, None] * theta[STATEMENT])
    block = np.eye(len(own)) + c.own * own[:, None] * own
    inner = np.linalg.inv(block)
    pull = inner @ np.concatenate([near, items], 2)
    rest = c.far * far[:, None] * far
    random = np.ones(len(far))
    random[c.n_raters : c.n_raters + c.n_fixed] = 0
    rest[np.arange(len(far)), np.arange(len(far))] += random
    turned = near.transpose(0, 2, 1)
    np.subtract.at(rest, (c.seats[:, :, None], c.seats[:, None, :]), turned @ pull[:, :, :seats])
    across = c.seating.T @ (turned @ pull[:, :, seats:]).reshape(-1, items.shape[2])
    rest[:n, n:] -= across
    rest[n:, :n] -= across.T
    rest[n:, n:] -= np.tensordot(items, pull[:, :, seats:], ([0, 1], [0, 1]))
    root = np.linalg.cholesky(rest)
    half = np.linalg.inv(root)
    outer = half.T @ half
    mine, theirs = _back(c, inner, pull, outer, c.own_sum[..., None] * own[:, None],
                         c.far_sum[:, None] * far[:, None])  # fmt: skip
    mine, theirs = mine[..., 0], theirs[:, 0]
    explained = ((c.own_sum * own) * mine).sum() + (c.far_sum * far) @ theirs
    free = c.n_marks - c.n_fixed
    left = max(c.squares - float(explained), 0.0)
    residual = max(left, FLAWLESS * c.squares) / free
    logdet = np.linalg.slogdet(block)[1].sum() + 2 * np.log(np.diag(root)).sum()
    kept = 1 - _spread(c, inner, pull, outer)
    known = 1 - np.diag(outer)
    used = [kept[:, : c.n_roles], known[: c.n_raters], known[n:], kept[:, c.n_roles :]]
    return _Solution(
        ratio=ratio,
        inner=inner,
        pull=pull,
        outer=outer,
        own=mine,
        far=theirs,
        residual=residual,
        deviance=float(free * np.log(residual) + left / residual + logdet),
        used=np.array([x.sum() for x in used]),
    )


def _back(
    c: _Counts,
    inner: np.ndarray,
    pull: np.ndarray,
    outer: np.ndarray,
    own: np.ndarray,
    far: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve for right-hand sides, in columns, once the blocks are inverted."""
    theirs = outer @ (far - c.gathered(pull.transpose(0, 2, 1) @ own))
    return inner @ own - pull @ c.handed(theirs), theirs


def _spread(c: _Counts, inner: np.ndarray, pull: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """The variances of the cities' own unknowns, given the marks."""
    n, seats = c.n_seats, c.seats.shape[1]
    near, items = pull[:, :, :seats], pull[:, :, seats:]
    among = outer[c.seats[:, :, None], c.seats[:, None, :]]
    across = outer[:n, n:][c.seats]
    left = near @ among + 2 * (items @ across.transpose(0, 2, 1))
    flat = (items.reshape(-1, items.shape[2]) @ outer[n:, n:]).reshape(items.shape)
    own = np.diagonal(inner, axis1=1, axis2=2)
    return np.asarray(own + (left * near).sum(2) + (flat * items).sum(2))


def _score(c: _Counts, s: _Solution) -> tuple[np.ndarray, np.ndarray]:
    """Slope and average information of the likelihood in the logarithms of the ratios."""
    theta = np.sqrt(s.ratio)
    own_size, _, far_size = c.sizes(theta)
    own = np.zeros((*s.own.shape, 4))
    far = np.zeros((len(s.far), 4))
    own[:, : c.n_roles, CITY] = s.own[:, : c.n_roles] / theta[CITY]
    own[:, c.n_roles :, PAIR] = s.own[:, c.n_roles :] / theta[PAIR]
    far[: c.n_raters, RATER] = s.far[: c.n_raters] / theta[RATER]
    far[c.n_seats :, STATEMENT] = s.far[c.n_seats :] / theta[STATEMENT]
    reach = np.concatenate([c.near, c.items], 2)
    met_own = c.own @ own + reach @ c.handed(far)
    met_far = c.far @ far + c.gathered(reach.transpose(0, 2, 1) @ own)
    right_own, right_far = met_own * own_size[:, None], met_far * far_size[:, None]
    got_own, got_far = _back(c, s.inner, s.pull, s.outer, right_own, right_far)
    both = ([0, 1], [0, 1])
    cross = np.tensordot(own, met_own, both) + far.T @ met_far
    cross -= np.tensordot(right_own, got_own, both) + right_far.T @ got_far
    size = (own**2).sum((0, 1)) + (far**2).sum(0)
    free = c.n_marks - c.n_fixed
    pulled = s.ratio * size / s.residual
    information = cross * np.outer(s.ratio, s.ratio) / s.residual - np.outer(pulled, pulled) / free
    return (pulled - s.used) / 2, (information + information.T) / 4


def _reml(c: _Counts) -> _Solution:
    """The variances under which the marks are likeliest, the fixed levels aside.

    Newton steps on the average information, in logarithms of the ratios, within a region that
    grows where the steps gain what they promise and shrinks where they do not. A source stays
    out if the marks cannot tell it from the fixed levels or, for pairs, from the residual.
    """
    at = np.log(np.array([0.5, 0.5, 0.5, 0.1]))
    able = np.array([True, True, True, c.repeats])
    able &= _solve(c, np.exp(np.where(able, at, LOWEST))).used > 1e-9
    at = np.where(able, at, LOWEST)
    now, reach = _solve(c, np.exp(at)), WIDEST
    for _ in range(STEPS):
        slope, information = _score(c, now)
        outwards = ((at <= LOWEST) & (slope < 0)) | ((at >= HIGHEST) & (slope > 0))
        step = _step(slope, information, able & ~outwards, reach)
        onward = np.clip(at + step, LOWEST, HIGHEST)
        moved = float(np.abs(onward - at).max())
        if moved < 1e-8:
            break
        then = _solve(c, np.exp(onward))
        noise = 1e-12 * (abs(now.deviance) + c.n_marks)
        promised = 2 * slope @ step - step @ information @ step
        gained = (now.deviance - then.deviance + noise) / (promised + noise)
        if gained > 0:
            at, now = onward, then
        reach = min(2 * reach, WIDEST) if gained > 0.75 else reach
        reach = moved / 4 if gained < 0.25 else reach
    return now


def _step(slope: np.ndarray, information: np.ndarray, free: np.ndarray, reach: float) -> np.ndarray:
    """Newton's step upwards, damped just as much as keeps every part of it within reach."""
    step = np.zeros(len(slope))
    if not free.any():
        return step
    roots, axes = np.linalg.eigh(information[np.ix_(free, free)])
    roots, along = np.maximum(roots, 0), axes.T @ slope[free]
    damping = 1e-12 * (1 + roots[-1])
    while True:
        step[free] = axes @ (along / (roots + damping))
        if np.abs(step).max() <= reach:
            return step
        damping *= 2


@dataclass(frozen=True)
class _Model:
    """The fitted model and which city, rater, statement and component its numbers mean."""

    counts: _Counts
    solution: _Solution
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
        counts = _counts(dense, level)
        solution = _reml(counts)
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


def _infit(c: _Counts, s: _Solution, marks: _Marks, level: np.ndarray) -> np.ndarray:
    """Mean square of a rater's residuals over what is to be expected, by rater."""
    own, _, far = c.sizes(np.sqrt(s.ratio))
    mine, theirs = s.own * own, s.far * far
    pair_place = np.argmax(c.seats[marks.city] == marks.rater[:, None], axis=1)
    fitted = mine[marks.city, marks.role] + mine[marks.city, c.n_roles + pair_place]
    fitted += theirs[marks.rater] + theirs[c.n_raters + level]
    fitted += theirs[c.n_seats + marks.statement]
    expected = s.residual * (1 - (c.n_fixed + s.used.sum()) / c.n_marks)
    square = np.bincount(marks.rater, (marks.value - fitted) ** 2) / np.bincount(marks.rater)
    return np.asarray(square / expected)


def _targets(m: _Model, city: np.ndarray, role: np.ndarray, wanted: np.ndarray) -> Posterior:
    """The scores of cities in roles: level, A, the wanted D, and their raters' mean S."""
    c, s = m.counts, m.solution
    own, _, far = c.sizes(np.sqrt(s.ratio))
    theta, rows = own[0], np.arange(len(city))
    load = np.zeros((len(city), len(s.far)))
    load[:, : c.n_raters] = (m.together / m.together.sum(0))[:, city].T
    load[rows, c.n_raters + m.level[city, role]] = 1
    load[:, c.n_seats :] = wanted
    load *= far
    mean = m.centre[m.level[city, role]] + load @ s.far + theta * s.own[city, role]
    pull = theta * s.pull[city, role]
    seats = c.seats.shape[1]
    load[rows[:, None], c.seats[city]] -= pull[:, :seats]
    load[:, c.n_seats :] -= pull[:, seats:]
    sigma = np.sqrt(s.residual)
    alone = np.linalg.cholesky(s.inner[:, : c.n_roles, : c.n_roles])[city, role] * theta * sigma
    columns = city[:, None] * c.n_roles + np.arange(c.n_roles)
    ends = (np.repeat(rows, c.n_roles), columns.ravel())
    shape = (len(city), len(m.cities) * c.n_roles)
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
    df = np.where(n_raters < 3, np.maximum(n_raters - 1, 1), np.inf)
    reach = np.where(np.isinf(df), 1.96, stats.t.ppf(0.975, df)) * se
    reason = components["reason"].astype(object).to_numpy()[component]
    table: dict[str, Any] = {
        "city": np.array(marks.names["city"], dtype=object)[city],
        "role": np.array(marks.names["role"], dtype=object)[role],
        "value": value,
        "se": se,
        "lo": value - reach,
        "hi": value + reach,
        "n_items": n_items,
        "n_raters": n_raters,
        "component": component + 1,
        "calibrated": live,
        "reason": np.where(live, _words(single_rater=n_raters == 1), reason),
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


def _rater_table(
    marks: _Marks, part: np.ndarray, components: pd.DataFrame, model: _Model | None
) -> pd.DataFrame:
    n = marks.count("rater")
    component = part[marks.count("city") :]
    severity, se, infit = np.full((3, n), np.nan)
    if model is not None:
        c, s = model.counts, model.solution
        size = np.sqrt(s.ratio[RATER] * s.residual)
        same = component[model.raters]
        alike = same[:, None] == same
        centred = np.eye(c.n_raters) - alike / alike.sum(1)
        spread = ((centred @ s.outer[: c.n_raters, : c.n_raters]) * centred).sum(1)
        severity[model.raters] = -np.sqrt(s.ratio[RATER]) * s.far[: c.n_raters]
        se[model.raters] = size * np.sqrt(np.maximum(spread, 0))
        infit[model.raters] = model.infit
    live = components["calibrated"].to_numpy()[component]
    infit = np.where(live, infit, np.nan)
    table: dict[str, Any] = {
        "rater": np.array(marks.names["rater"], dtype=object),
        "severity": np.where(live, severity, np.nan),
        "se": np.where(live, se, np.nan),
        "n_scores": np.bincount(marks.rater, minlength=n),
        "n_cities": np.bincount(marks.pairs()[1], minlength=n),
        "infit": infit,
        "component": component + 1,
        "flag": _flags(marks, infit),
    }
    return pd.DataFrame(table).astype(RATERS)


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
    return _words(no_variance=alike, halo=within < HALO * median, infit=misfit)


def _words(**cases: np.ndarray) -> np.ndarray:
    """The name of the first case that holds, None where none does."""
    words: np.ndarray = np.select(list(cases.values()), list(cases), default="").astype(object)
    words[words == ""] = None
    return words


def _variances(model: _Model | None) -> pd.DataFrame:
    variance, levels = np.full(len(SOURCES), np.nan), [0] * len(SOURCES)
    if model is not None:
        c, s = model.counts, model.solution
        ratio = np.where(s.ratio > 2 * np.exp(LOWEST), s.ratio, 0.0)
        variance = s.residual * np.array([*ratio[[CITY, RATER, STATEMENT, PAIR]], 1.0])
        pairs = int((c.seats[:, : c.own.shape[1] - c.n_roles] < c.n_raters).sum())
        city_roles = int((model.level >= 0).sum())
        levels = [city_roles, c.n_raters, c.items.shape[2], pairs, c.n_marks]
    table = {"source": SOURCES, "variance": variance, "n_levels": levels}
    return pd.DataFrame(table).astype(VARIANCES)
