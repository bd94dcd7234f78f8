"""What somebody who adds and subtracts published group figures can work out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from benchmarks.published import CELL, Atom, Cell, Figure, Published, history

PINNED = 0.2
HALF = 0.5
# Beyond what rounding errors do: to an interval (points), a sum of directions, a projection.
SURELY, TINY, CLEAR = 1e-3, 1e-9, 1e-6
SHARES = {"median": 0.5, "q1": 0.25, "q3": 0.75}
AUDIT = {
    "round": "str",
    "code": "str",
    "series": "str",
    "city": "str",
    "lo": "float64",
    "hi": "float64",
    "determined": "bool",
    "pinned": "bool",
}

Scale = tuple[float, float]


def audit(
    published: Published | Sequence[Published],
    *,
    known: pd.DataFrame | None = None,
    scale: Scale = (0.0, 100.0),
) -> pd.DataFrame:
    """What an attacker can work out of everything published, for every hidden city (RULES G7).

    published   one version, or several of which the attacker kept copies.
    known       round, city, code, series, value: what else the attacker has, as its own score.
    Gives round, code, series, city: lo, hi (the narrowest interval, points, that a linear
    programme over all shown figures leaves), determined (the exact means would give it away: its
    unit vector lies in their row space), pinned (hi - lo is a fifth of the scale or less).
    Means are taken as rounded to whole points; a median or quartile counts by what it says of
    the group's sum. Versions that contradict each other (a score was corrected) are taken one by
    one, and the narrowest interval counts. Solved with scipy's HiGHS.
    """
    versions = [published] if isinstance(published, Published) else list(published)
    seen = pd.concat([*(each.identified for each in versions), *([] if known is None else [known])])
    given: dict[Cell, dict[str, float]] = {}
    for row in seen.to_dict("records"):
        cell = (str(row["round"]), str(row["code"]), str(row["series"]))
        given.setdefault(cell, {})[str(row["city"])] = float(row["value"])
    alone = [history([each]) for each in versions]
    rows: list[tuple[object, ...]] = []
    for cell, figures in sorted(history(versions).items()):
        named = given.get(cell, {})
        attack = _Attack.on(figures, named, scale)
        apart = [_Attack.on(shown.get(cell, []), named, scale) for shown in alone]
        for atom in attack.atoms:
            lo, hi = attack.interval(atom) or _narrowest(apart, atom, scale)
            pinned = hi - lo <= attack.room
            found = attack.determines(atom)
            rows += [(*cell, city, lo, hi, found, pinned) for city in sorted(atom)]
    table = pd.DataFrame(rows, columns=list(AUDIT)).astype(AUDIT)
    return table.sort_values([*CELL, "city"], ignore_index=True)


def exposed(
    figures: list[Figure],
    scores: dict[str, float],
    *,
    named: Atom,
    insiders: Atom,
    scale: Scale,
    lost: Atom = frozenset(),
) -> Iterator[str]:
    """Hidden cities that an outsider, or one insider, could work out; the first of each atom.

    Not again those in `lost`. Most cells need no linear programme: what cannot be worked out by
    somebody who knows of every atom what one of its insiders knows, no insider can work out.
    """
    given = {city: scores[city] for city in scores if city in named}
    attack = _Attack.on(figures, given, scale, scores)
    knowing = [
        {scores[city]: city for city in sorted(atom & insiders & scores.keys())}
        for atom in attack.atoms
    ]
    ends = [(min(each), max(each)) if each else None for each in knowing]
    anyone = attack.doubtful(ends, lone=True) - lost
    if not anyone:
        return
    yield from attack.exposed(anyone, lost)
    many = attack.doubtful(ends, lone=False) - lost
    for atom, views in zip(attack.atoms, knowing, strict=True):
        asked = anyone if len(atom) == 1 else many
        for score, city in views.items() if asked else ():
            yield from attack.by(city, score).exposed(asked, lost)


@dataclass(frozen=True)
class _Attack:
    """What is known of one cell, by atoms: hidden cities that are in exactly the same figures.

    The unknowns are the sums of the atoms; a city may have any value that its atom's sum allows.
    `truth` is what they are, if that is known here: where nothing contradicts the figures.
    """

    atoms: list[Atom]
    inside: np.ndarray  # the figures' sets of cities by atoms: 1 where the atom is in the set
    lower: np.ndarray
    upper: np.ndarray
    scale: Scale
    truth: np.ndarray | None = None

    @classmethod
    def on(
        cls,
        figures: list[Figure],
        given: dict[str, float],
        scale: Scale,
        scores: dict[str, float] | None = None,
    ) -> "_Attack":
        sums: dict[Atom, list[Scale]] = {}
        for figure in figures:
            sums.setdefault(figure.members, []).extend(_sums(figure, scale))
        atoms, inside = _parts(tuple(sums), frozenset(given))
        rest = [sum(given[city] for city in sorted(each & given.keys())) for each in sums]
        lower = np.array([max(low for low, _ in each) for each in sums.values()]) - rest
        upper = np.array([min(high for _, high in each) for each in sums.values()]) - rest
        attack = cls(atoms, inside, lower, upper, scale)
        return attack if scores is None else replace(attack, truth=attack._complete(scores))

    def _complete(self, scores: dict[str, float]) -> np.ndarray | None:
        """The sums of the atoms; of cities with no score any more, some that fit the figures."""
        total = np.array([sum(scores.get(city, 0.0) for city in sorted(a)) for a in self.atoms])
        gone = np.array([len(atom - scores.keys()) for atom in self.atoms])
        if not gone.any():
            return total
        low, high = self.scale
        bounds = np.column_stack([total + low * gone, total + high * gone])
        found = self._least(np.zeros(len(total)), bounds)
        return None if found is None else np.clip(found, *bounds.T)

    def by(self, city: str, score: float) -> "_Attack":
        """The same attack by somebody who knows the score of one hidden city."""
        place = next(at for at, atom in enumerate(self.atoms) if city in atom)
        known = self.inside[:, place] * score
        atoms = [atom - {city} for atom in self.atoms]
        left = [at for at, atom in enumerate(atoms) if atom]
        truth = None if self.truth is None else self.truth.copy()
        if truth is not None:
            truth[place] -= score
        return _Attack(
            atoms=[atoms[at] for at in left],
            inside=np.ascontiguousarray(self.inside[:, left]),
            lower=self.lower - known,
            upper=self.upper - known,
            scale=self.scale,
            truth=None if truth is None else truth[left],
        )

    def exposed(self, asked: Atom, lost: Atom) -> Iterator[str]:
        """The first of each atom with cities in `asked` that can be worked out."""
        doubtful = self.doubtful([None] * len(self.atoms), lone=False) & asked
        agrees = True
        for atom in self.atoms:
            if min(atom) in lost or not atom & doubtful:
                continue
            found = self.determines(atom)
            if agrees and not found:
                left = self.interval(atom)
                agrees = left is not None
                found = left is not None and left[1] - left[0] <= self.room
            if found:
                yield min(atom)

    def doubtful(self, known: Sequence[Scale | None], lone: bool) -> Atom:
        """The cities of atoms that may be exposed; the others are not, to an outsider or insider.

        known   the least and the most that any insider in each atom knows of itself.
        lone    whether to hold against all insiders at once who are alone in their atoms; if not,
                the answer is for an outsider and for those who are not alone.
        Each atom alone moves away from the truth, which others make up for, within what an
        insider may know of them and within the rounding of the figures: so much is left to all.
        """
        if self.truth is None or not self.atoms:
            return frozenset().union(*self.atoms)
        low, high = self.scale
        size, truth = self._size, self.truth
        floor, roof = low * size, high * size
        own = [(0.0, 0.0) if each is None else each for each in known]
        least, most = np.array(own).reshape(-1, 2).T
        inner = np.array([each is not None for each in known], dtype=bool)
        many, single = inner & (size > 1), inner & (size == 1) & lone
        floor = np.where(many, most + low * (size - 1), np.where(single, truth, floor))
        roof = np.where(many, least + high * (size - 1), np.where(single, truth, roof))
        down, up = self._moves(truth, floor, roof)
        narrow = self._narrow(truth - down, truth + up, size) | ~self._undetermined(inner, lone)
        for knows in (least, most):
            left = self._narrow(truth - down - knows, truth + up - knows, size - 1)
            narrow |= many & left
        return frozenset().union(*(self.atoms[at] for at in np.flatnonzero(narrow)))

    def _moves(
        self, truth: np.ndarray, floor: np.ndarray, roof: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How far each atom can surely go down and up while the others stay within their ends.

        The others, and the sums, take it up in proportion to the squares of their room.
        """
        sums, (low, high) = self.inside @ truth, self.scale
        down = np.maximum(np.concatenate([truth - floor, self.upper - sums]), 0.0)
        up = np.maximum(np.concatenate([roof - truth, sums - self.lower]), 0.0)
        free = np.minimum(down, up)[:, None] ** 2
        rows = np.hstack([self.inside, np.eye(len(sums))])
        along = -free * (
            rows.T @ np.linalg.pinv((rows * free.T) @ rows.T, hermitian=True) @ self.inside
        )
        each = np.arange(len(self.atoms))
        along[each, each] += 1.0
        own, size = along[each, each], np.abs(along)
        stays = (np.abs(rows @ along).max(axis=0, initial=0.0) < TINY) & (own > SURELY)
        far = []
        ends = (truth - low * self._size, high * self._size - truth)
        for end, same, other in zip(ends, (down, up), (up, down), strict=True):
            room = np.where(along > 0, same[:, None], other[:, None])
            room[each, each] = end
            steps = np.where(size > TINY, room / np.maximum(size, TINY), np.inf).min(axis=0)
            far.append(np.where(stays, steps, 0.0) * own)
        return far[0], far[1]

    def _undetermined(self, inner: np.ndarray, lone: bool) -> np.ndarray:
        """Where the exact means surely give no city of the atom away, to an insider neither."""
        free, size = self._free(), self._size
        left = free.diagonal().copy()
        if lone:
            others = np.flatnonzero(inner & (size == 1) & (left > CLEAR))
            lost = free[:, others] ** 2 / left[others]
            lost[others, np.arange(len(others))] = 0.0
            left -= np.where(size == 1, lost.max(axis=1, initial=0.0), 0.0)
        return np.asarray((left > CLEAR) | (size > 2) | ((size == 2) & ~inner))

    def _narrow(self, least: np.ndarray, most: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Where sums between the two may leave a city too little; to be sure, a bit more."""
        low, high = self.scale
        lo = np.maximum(low, least - high * (size - 1))
        hi = np.minimum(high, most - low * (size - 1))
        return np.asarray(hi - lo <= self.room + SURELY)

    @property
    def room(self) -> float:
        """What an interval must be wider than, in points."""
        return PINNED * (self.scale[1] - self.scale[0]) + 1e-6

    @property
    def _size(self) -> np.ndarray:
        return np.array([len(atom) for atom in self.atoms], dtype=float)

    def _free(self) -> np.ndarray:
        """The projection onto what can change while all means stay."""
        return _projection(*self.inside.shape, self.inside.tobytes())

    def determines(self, atom: Atom) -> bool:
        """Whether the atom is one city whose unit vector lies in the row space of the means."""
        place = self.atoms.index(atom)
        return len(atom) == 1 and bool(np.abs(self._free()[:, place]).max() < 1e-8)

    def interval(self, atom: Atom) -> tuple[float, float] | None:
        """What is left for any one city of the atom; None where the figures contradict."""
        aim = np.array([float(each == atom) for each in self.atoms])
        bounds = np.outer(self._size, self.scale)
        least, most = self._least(aim, bounds), self._least(-aim, bounds)
        if least is None or most is None:
            return None
        (low, high), others = self.scale, len(atom) - 1
        return (
            max(low, float(aim @ least) - high * others),
            min(high, float(aim @ most) - low * others),
        )

    def _least(self, aim: np.ndarray, bounds: np.ndarray) -> np.ndarray | None:
        """The sums within the bounds for which the aim is least; None where none fit."""
        solved = linprog(
            aim,
            A_ub=np.vstack([self.inside, -self.inside]),
            b_ub=np.concatenate([self.upper, -self.lower]),
            bounds=[(float(low), float(high)) for low, high in bounds],
            method="highs",
        )
        return np.asarray(solved.x) if solved.success else None


@lru_cache(maxsize=512)
def _projection(rows: int, columns: int, matrix: bytes) -> np.ndarray:
    means = np.frombuffer(matrix).reshape(rows, columns)
    return np.asarray(np.eye(columns) - np.linalg.pinv(means) @ means)


@lru_cache(maxsize=64)
def _parts(sets: tuple[Atom, ...], known: Atom) -> tuple[list[Atom], np.ndarray]:
    """The atoms that the sets cut each other into, without those known; which are in which."""
    where: dict[str, list[int]] = {}
    for place, cities in enumerate(sets):
        for city in cities - known:
            where.setdefault(city, []).append(place)
    by_places: dict[tuple[int, ...], set[str]] = {}
    for city, there in where.items():
        by_places.setdefault(tuple(there), set()).add(city)
    atoms = sorted((frozenset(each) for each in by_places.values()), key=min)
    inside = [[float(atom <= cities) for atom in atoms] for cities in sets]
    return atoms, np.array(inside).reshape(len(sets), len(atoms))


def _sums(figure: Figure, scale: Scale) -> Iterator[tuple[float, float]]:
    """The bounds that the scale and each shown statistic set to the sum of the group."""
    n, (low, high) = len(figure.members), scale
    yield n * low, n * high
    if np.isfinite(figure.mean):
        yield n * (figure.mean - HALF), n * (figure.mean + HALF)
    for name, share in SHARES.items():
        value = float(getattr(figure, name))
        if np.isfinite(value):
            place = (n - 1) * share
            above, below = n - int(np.ceil(place)), int(np.floor(place)) + 1
            least = above * max(low, value - HALF) + (n - above) * low
            yield least, below * min(high, value + HALF) + (n - below) * high


def _narrowest(attacks: list[_Attack], atom: Atom, scale: Scale) -> Scale:
    """The narrowest interval any version alone leaves for the atom's cities."""
    best = scale
    for attack in attacks:
        for other in attack.atoms:
            found = attack.interval(other) if other & atom else None
            if found is not None and found[1] - found[0] < best[1] - best[0]:
                best = found
    return best
