"""The mixed model's equations and the likelihood of its variances: numbers only, no names.

    y = level + city + city in role + rater + statement + city with rater + e

The level is fixed, the rest random; their variances are the REML estimates, as multiples of the
residual one. Only counts and sums enter: with the cities' own unknowns eliminated city by city,
one dense system of raters and statements is left, so the time grows with the number of cities,
not of marks.

Sources: Henderson 1975 (mixed-model equations); Johnson and Thompson 1995 (average information).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

# Ratios of variances; at the lower end a source counts as absent.
LOWEST, HIGHEST = float(np.log(1e-8)), float(np.log(1e6))
WIDEST, STEPS = 3.0, 200
# Marks without any error count as having this share of it.
FLAWLESS = 1e-6
CITY, ROLE, RATER, STATEMENT, PAIR = range(5)


@dataclass(frozen=True)
class Counts:
    """All that the equations need: how often levels meet, and sums of marks.

    By city, its own unknowns (roles, then places for its raters, then the city itself) against
    each other (`own`) and against the statements (`items`). `seats` says which of the far unknowns
    (raters, fixed levels, one idle place) sit in a city's places and roles; the statements come
    last in `far`.
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
    def n_places(self) -> int:
        return int(self.own.shape[1]) - self.n_roles - 1

    @property
    def near(self) -> np.ndarray:
        """A city's unknowns against its seats: a rater counts where its pair does."""
        roles, places = self.own[:, :, : self.n_roles], self.own[:, :, self.n_roles : -1]
        return np.concatenate([places, roles], 2)

    def sizes(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The factor of each own unknown, of each seat and of each far unknown."""
        own = np.repeat(theta[[ROLE, PAIR, CITY]], [self.n_roles, self.n_places, 1])
        seat = np.repeat([theta[RATER], 1.0], [self.n_places, self.n_roles])
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


def counts(
    city: np.ndarray,
    role: np.ndarray,
    statement: np.ndarray,
    rater: np.ndarray,
    level: np.ndarray,
    y: np.ndarray,
) -> Counts:
    """Count marks `y`, one entry each; `level` is the fixed level. All numbers run from 0."""
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
    by_role, by_place = meet.sum(2), meet.sum(1)
    last = roles + places
    own = np.zeros((cities, last + 1, last + 1))
    own[:, :roles, roles:last], own[:, roles:last, :roles] = meet, meet.transpose(0, 2, 1)
    diagonal = np.concatenate([by_role, by_place], 1)
    own[:, np.arange(last), np.arange(last)] = own[:, last, :last] = own[:, :last, last] = diagonal
    own[:, last, last] = by_role.sum(1)
    items = [
        tally((cities, roles, statements), city, role, statement),
        tally((cities, places, statements), city, place, statement),
        tally((cities, 1, statements), city, 0 * city, statement),
    ]
    wide = raters + fixed + 1 + statements
    columns = np.column_stack([rater, raters + level, raters + fixed + 1 + statement])
    ends = (np.repeat(np.arange(len(city)), 3), columns.ravel())
    design = sparse.csr_array((np.ones(columns.size), ends), shape=(len(city), wide))
    seat_of = (np.arange(seats.size), seats.ravel())
    seating = sparse.csr_array(
        (np.ones(seats.size), seat_of), shape=(seats.size, raters + fixed + 1)
    )
    sums = [
        tally((cities, roles), city, role, of=y),
        tally((cities, places), city, place, of=y),
        tally((cities, 1), city, 0 * city, of=y),
    ]
    return Counts(
        own=own,
        items=np.concatenate(items, 1),
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
        repeats=bool(by_place.max() > 1),
    )


@dataclass(frozen=True)
class Solution:
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


def solve(c: Counts, ratio: np.ndarray) -> Solution:
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
    roles, pairs = kept[:, : c.n_roles], kept[:, c.n_roles : -1]
    used = [kept[:, -1], roles, known[: c.n_raters], known[n:], pairs]
    return Solution(
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
    c: Counts,
    inner: np.ndarray,
    pull: np.ndarray,
    outer: np.ndarray,
    own: np.ndarray,
    far: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve for right-hand sides, in columns, once the blocks are inverted."""
    theirs = outer @ (far - c.gathered(pull.transpose(0, 2, 1) @ own))
    return inner @ own - pull @ c.handed(theirs), theirs


def _spread(c: Counts, inner: np.ndarray, pull: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """The variances of the cities' own unknowns, given the marks."""
    n, seats = c.n_seats, c.seats.shape[1]
    near, items = pull[:, :, :seats], pull[:, :, seats:]
    among = outer[c.seats[:, :, None], c.seats[:, None, :]]
    across = outer[:n, n:][c.seats]
    left = near @ among + 2 * (items @ across.transpose(0, 2, 1))
    flat = (items.reshape(-1, items.shape[2]) @ outer[n:, n:]).reshape(items.shape)
    own = np.diagonal(inner, axis1=1, axis2=2)
    return np.asarray(own + (left * near).sum(2) + (flat * items).sum(2))


def _score(c: Counts, s: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Slope and average information of the likelihood in the logarithms of the ratios."""
    theta = np.sqrt(s.ratio)
    own_size, _, far_size = c.sizes(theta)
    own = np.zeros((*s.own.shape, len(theta)))
    far = np.zeros((len(s.far), len(theta)))
    own[:, -1, CITY] = s.own[:, -1] / theta[CITY]
    own[:, : c.n_roles, ROLE] = s.own[:, : c.n_roles] / theta[ROLE]
    own[:, c.n_roles : -1, PAIR] = s.own[:, c.n_roles : -1] / theta[PAIR]
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


def reml(c: Counts) -> Solution:
    """The variances under which the marks are likeliest, the fixed levels aside.

    Newton steps on the average information, in logarithms of the ratios, within a region that
    grows where the steps gain what they promise and shrinks where they do not. A source stays
    out if the marks cannot tell it from the fixed levels or another source: pairs from the
    residual where each pair has one mark, a city's roles from the city where there is one role.
    """
    at = np.log(np.array([0.5, 0.2, 0.5, 0.5, 0.1]))
    able = np.array([True, c.n_roles > 1, True, True, c.repeats])
    able &= solve(c, np.exp(np.where(able, at, LOWEST))).used > 1e-9
    at = np.where(able, at, LOWEST)
    now, reach = solve(c, np.exp(at)), WIDEST
    for _ in range(STEPS):
        slope, information = _score(c, now)
        outwards = ((at <= LOWEST) & (slope < 0)) | ((at >= HIGHEST) & (slope > 0))
        step = _step(slope, information, able & ~outwards, reach)
        onward = np.clip(at + step, LOWEST, HIGHEST)
        moved = float(np.abs(onward - at).max())
        if moved < 1e-8:
            break
        then = solve(c, np.exp(onward))
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
