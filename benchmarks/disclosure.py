"""Which group figures may be shown, and what somebody who adds and subtracts them could learn."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

LEAST = 5
LEAST_FOR_QUARTILES = 8
PINNED = 0.2
HALF = 0.5
SMALL, COMPLEMENTARY = "suppressed_small_n", "suppressed_complementary"
CELL = ["round", "code", "series"]
NUMBERS = ("mean", "median", "q1", "q3")
SHARES = {"median": 0.5, "q1": 0.25, "q3": 0.75}
FIGURES = {
    "round": "str",
    "group": "str",
    "code": "str",
    "series": "str",
    "n": "int64",
    "mean": "float64",
    "median": "float64",
    "q1": "float64",
    "q3": "float64",
    "suppressed": "bool",
    "frozen": "bool",
    "reason": "string",
}
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

Cell = tuple[str, str, str]
Atom = frozenset[str]


@dataclass(frozen=True)
class Published:
    """One version of the group figures, as an audience has it.

    figures     round, group, code, series: n, mean, median, q1, q3 (whole points, NaN where
                hidden), suppressed, frozen (still the figures of an earlier version), reason.
                reason on a row that is not suppressed: its quartiles alone are hidden.
    members     round, group, code, series, city: who is in each figure that is shown. Not for
                publication, but taken to be known: it is what the next version is held against.
    identified  round, city, code, series, value: cities that agreed to be named.
    """

    figures: pd.DataFrame
    members: pd.DataFrame
    identified: pd.DataFrame


@dataclass(frozen=True)
class Figure:
    """The statistics of one group in one cell, and who is in it."""

    group: str
    members: Atom
    mean: float
    median: float
    q1: float
    q3: float
    frozen: bool = False


@dataclass(frozen=True)
class _Audience:
    """Who is named openly, and who reads along and can take off the own score."""

    named: Atom
    insiders: Atom

    def hidden(self, members: Atom) -> Atom:
        return members - self.named

    def too_few(self, hidden: Atom) -> bool:
        """Whether somebody sees 1 to 4 hidden cities here; no hidden city is not too few."""
        n = len(hidden)
        return 0 < n < LEAST or (n == LEAST and bool(hidden & self.insiders))

    def small(self, members: Atom) -> bool:
        """Whether there are fewer than 5 others, or fewer than 5 hidden ones, to somebody."""
        others = len(members) - bool(members & self.insiders)
        return others < LEAST or self.too_few(self.hidden(members))

    def quartiles(self, members: Atom) -> bool:
        return len(members) - bool(members & self.insiders) >= LEAST_FOR_QUARTILES

    def clash(self, one: Atom, other: Atom) -> bool:
        """Whether two figures differ by too few hidden cities to be both known."""
        return self.too_few(self.hidden(one) ^ self.hidden(other))


def suppress(
    values: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    consenting: Iterable[str] = (),
    insiders: Iterable[str] = (),
    earlier: Sequence[Published] = (),
    scale: tuple[float, float] = (0.0, 100.0),
) -> Published:
    """The group figures that this audience may see beside all others it sees (METHOD 3.9).

    values      round, city, code, series, value (points; NaN is left out), one row per key.
    groups      group, city: every group that any filter offers this audience.
    consenting  cities whose own values this audience sees.
    insiders    cities who read the figures and know their own value: all, for a table every
                member sees; the one, for its own page, where its groups are best without it.
    earlier     what this audience was shown before of the same rounds, the oldest first.
    scale       the ends of the scale; values beyond them are counted as the ends.
    A round, code and series is one cell; within it, and for every insider as for an outsider:
    - mean and median need 5 other cities, quartiles 8; lowest and highest are never there;
    - a figure mixes no hidden cities or at least 5 (`suppressed_small_n`);
    - two figures, of now or of before, whose hidden cities differ by 1 to 4 are not both there:
      the group's earlier figure stays (`frozen`), else the smaller group goes
      (`suppressed_complementary`), until nothing changes;
    - so goes the smallest group that lets a hidden city be worked out from the means, or be held
      to a fifth of the scale (+-10 points): all of a group at the end of the scale, say.
    Values are whole points, half up. Raises `ValueError` for a city twice in one cell.
    """
    audience = _Audience(frozenset(consenting), frozenset(insiders))
    low, high = scale
    known = values.dropna(subset=["value"]).astype({name: "str" for name in [*CELL, "city"]})
    known = known.assign(value=known["value"].astype(float).clip(low, high))
    if known.duplicated([*CELL, "city"]).any():
        raise ValueError("a city is there twice for one round, code and series")
    lists = _lists(groups)
    before = _history(earlier)
    rows: list[tuple[object, ...]] = []
    behind: list[tuple[str, ...]] = []
    for cell, part in known.sort_values([*CELL, "city"]).groupby(CELL, sort=True):
        scores = dict(zip(part["city"], part["value"], strict=True))
        key = (str(cell[0]), str(cell[1]), str(cell[2]))
        kept, reasons = _kept(scores, lists, audience, before.get(key, []), scale)
        for group, members in lists.items():
            figure, n = kept.get(group), len(members & scores.keys())
            rows.append(_row(key, group, n, figure, reasons.get(group)))
            if figure is not None:
                behind += [(key[0], group, *key[1:], city) for city in sorted(figure.members)]
    named = known.loc[known["city"].isin(audience.named), ["round", "city", *CELL[1:], "value"]]
    return Published(
        figures=_sorted(pd.DataFrame(rows, columns=list(FIGURES)).astype(FIGURES)),
        members=_sorted(pd.DataFrame(behind, columns=["round", "group", *CELL[1:], "city"])),
        identified=_sorted(named),
    )


def audit(
    published: Published | Sequence[Published],
    *,
    known: pd.DataFrame | None = None,
    scale: tuple[float, float] = (0.0, 100.0),
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
    rows: list[tuple[object, ...]] = []
    for cell, figures in sorted(_history(versions).items()):
        attack = _Attack.on(figures, given.get(cell, {}), scale)
        apart = [
            _Attack.on(shown, given.get(cell, {}), scale)
            for shown in (_history([each]).get(cell, []) for each in versions)
        ]
        for atom in attack.atoms:
            lo, hi = attack.interval(atom) or _narrowest(apart, atom, scale)
            pinned = hi - lo <= PINNED * (scale[1] - scale[0]) + 1e-6
            found = attack.determines(atom)
            rows += [(*cell, city, lo, hi, found, pinned) for city in sorted(atom)]
    return _sorted(pd.DataFrame(rows, columns=list(AUDIT)).astype(AUDIT))


def whole_points(value: float) -> float:
    """To whole points, half up, as people round; NaN stays NaN."""
    return float(np.floor(round(value, 9) + HALF)) if np.isfinite(value) else float("nan")


def _kept(
    scores: dict[str, float],
    lists: dict[str, Atom],
    audience: _Audience,
    before: list[Figure],
    scale: tuple[float, float],
) -> tuple[dict[str, Figure], dict[str, str]]:
    """The figures of one cell that stay, and why the others do not."""
    fresh: dict[str, Figure] = {}
    reasons: dict[str, str] = {}
    for group, cities in lists.items():
        members = frozenset(cities & scores.keys())
        if audience.small(members):
            reasons[group] = SMALL
        else:
            fresh[group] = _figure(group, members, scores, audience.quartiles(members))
    latest = {figure.group: replace(figure, frozen=True) for figure in before}
    for group in _offenders(fresh, audience, before, scores, scale):
        del fresh[group]
        if group not in latest:
            reasons[group] = COMPLEMENTARY
    frozen = {
        group: figure
        for group, figure in latest.items()
        if group in lists and group not in fresh and reasons.get(group) is None
    }
    return fresh | frozen, reasons


def _offenders(
    fresh: dict[str, Figure],
    audience: _Audience,
    before: list[Figure],
    scores: dict[str, float],
    scale: tuple[float, float],
) -> Iterator[str]:
    """The groups to take out, one by one; whoever asks takes each out before the next."""
    for group in sorted(fresh):
        if any(audience.clash(fresh[group].members, old.members) for old in before):
            yield group
    while pairs := [
        min(one, other, key=_size)
        for one, other in combinations(fresh.values(), 2)
        if audience.clash(one.members, other.members)
    ]:
        yield min(pairs, key=_size).group
    past = [figure for figure in before if _true(figure, scores)]
    lost = set(_exposed(past, audience, scores, scale))
    while fresh:
        exposed = _exposed([*past, *fresh.values()], audience, scores, scale)
        city = next((city for city in exposed if city not in lost), None)
        if city is None:
            break
        around = [figure for figure in fresh.values() if city in figure.members]
        yield min(around or fresh.values(), key=_size).group


def _size(figure: Figure) -> tuple[int, str]:
    return len(figure.members), figure.group


def _exposed(
    figures: list[Figure],
    audience: _Audience,
    scores: dict[str, float],
    scale: tuple[float, float],
) -> Iterator[str]:
    """Hidden cities that an outsider, or one insider, could work out; the first of each atom."""
    named = {city: scores[city] for city in scores if city in audience.named}
    attack = _Attack.on(figures, named, scale)
    for view in (attack, *_insider_views(attack, audience, scores)):
        doubtful = view.doubtful(scores)
        yield from (min(atom) for atom in doubtful if view.exposes(atom))


def _insider_views(
    attack: "_Attack", audience: _Audience, scores: dict[str, float]
) -> Iterator["_Attack"]:
    """The attack as each insider would lead it; once for all who know the same."""
    for atom in attack.atoms:
        knowing = {scores[city]: city for city in sorted(atom & audience.insiders & scores.keys())}
        for score, city in knowing.items():
            yield attack.by(city, score)


@dataclass(frozen=True)
class _Attack:
    """What is known of one cell, by atoms: hidden cities that are in exactly the same figures.

    The unknowns are the sums of the atoms; a city may have any value that its atom's sum allows.
    """

    atoms: list[Atom]
    means: np.ndarray  # figures with a mean by atoms: 1 where the atom is in the figure
    rows: np.ndarray  # as above, for each bound on a sum
    lower: np.ndarray
    upper: np.ndarray
    scale: tuple[float, float]

    @classmethod
    def on(
        cls, figures: list[Figure], given: dict[str, float], scale: tuple[float, float]
    ) -> "_Attack":
        where: dict[str, set[int]] = {}
        for place, figure in enumerate(figures):
            for city in figure.members - given.keys():
                where.setdefault(city, set()).add(place)
        by_places: dict[frozenset[int], set[str]] = {}
        for city, places in where.items():
            by_places.setdefault(frozenset(places), set()).add(city)
        atoms = sorted((frozenset(each) for each in by_places.values()), key=min)
        inside = np.array(
            [[atom <= figure.members for atom in atoms] for figure in figures], dtype=float
        ).reshape(len(figures), len(atoms))
        bounds, rows = [], []
        for row, figure in zip(inside, figures, strict=True):
            rest = sum(given[city] for city in sorted(figure.members & given.keys()))
            for low, high in _sums(figure, scale):
                bounds.append((low - rest, high - rest))
                rows.append(row)
        ends = np.array(bounds, dtype=float).reshape(-1, 2)
        return cls(
            atoms=atoms,
            means=inside,
            rows=np.array(rows, dtype=float).reshape(len(rows), len(atoms)),
            lower=ends[:, 0],
            upper=ends[:, 1],
            scale=scale,
        )

    def by(self, city: str, score: float) -> "_Attack":
        """The same attack by somebody who knows the score of one hidden city."""
        place = next(at for at, atom in enumerate(self.atoms) if city in atom)
        known = self.rows[:, place] * score
        atoms = [atom - {city} for atom in self.atoms]
        left = [at for at, atom in enumerate(atoms) if atom]
        return _Attack(
            atoms=[atoms[at] for at in left],
            means=np.ascontiguousarray(self.means[:, left]),
            rows=self.rows[:, left],
            lower=self.lower - known,
            upper=self.upper - known,
            scale=self.scale,
        )

    def doubtful(self, scores: dict[str, float]) -> list[Atom]:
        """The atoms that may be exposed; the others need no programme.

        From the truth one can move along any direction that leaves all means as they are until
        a score meets an end of the scale: at least so much is left to every attacker. Tried are
        the atom alone, then the nearest direction, then one that spares who is near an end.
        """
        if not all(atom <= scores.keys() for atom in self.atoms):
            return self.atoms
        size = np.array([len(atom) for atom in self.atoms], dtype=float)
        total = np.array([sum(scores[city] for city in sorted(atom)) for atom in self.atoms])
        down, up = total - self.scale[0] * size, self.scale[1] * size - total
        left = np.flatnonzero(self._narrow(total, total, size))
        for weight in (None, np.maximum(np.minimum(down, up), 1.0)):
            if len(left):
                along = self._along(weight, left)
                most, least = _reach(along, left, up, down), _reach(-along, left, up, down)
                narrow = self._narrow(total[left] - least, total[left] + most, size[left])
                left = left[narrow]
        return [self.atoms[at] for at in left]

    def _narrow(self, least: np.ndarray, most: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Where atoms whose sums lie between the two leave their cities too little."""
        low, high = self.scale
        lo = np.maximum(low, least - high * (size - 1))
        hi = np.minimum(high, most - low * (size - 1))
        return np.asarray(hi - lo <= self._room)

    def _along(self, weight: np.ndarray | None, columns: np.ndarray) -> np.ndarray:
        """For each of these atoms a direction that moves it and leaves all means as they are."""
        if weight is None:
            return np.asarray(self._free()[:, columns])
        means = self.means * weight
        unit = np.eye(len(self.atoms))[:, columns]
        return np.asarray(weight[:, None] * (unit - np.linalg.pinv(means) @ means[:, columns]))

    @property
    def _room(self) -> float:
        return PINNED * (self.scale[1] - self.scale[0]) + 1e-6

    def _free(self) -> np.ndarray:
        """The projection onto what can change while all means stay."""
        return _projection(*self.means.shape, self.means.tobytes())

    def exposes(self, atom: Atom) -> bool:
        """Whether a city of the atom can be worked out or held to a fifth of the scale."""
        if self.determines(atom):
            return True
        found = self.interval(atom)
        return found is not None and found[1] - found[0] <= self._room

    def determines(self, atom: Atom) -> bool:
        """Whether the atom is one city whose unit vector lies in the row space of the means."""
        place = self.atoms.index(atom)
        return len(atom) == 1 and bool(np.abs(self._free()[:, place]).max() < 1e-8)

    def interval(self, atom: Atom) -> tuple[float, float] | None:
        """What is left for any one city of the atom; None where the figures contradict."""
        place = self.atoms.index(atom)
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(self.atoms))
            aim[place] = sign
            solved = linprog(
                aim,
                A_ub=np.vstack([self.rows, -self.rows]),
                b_ub=np.concatenate([self.upper, -self.lower]),
                bounds=[(self.scale[0] * len(a), self.scale[1] * len(a)) for a in self.atoms],
                method="highs",
            )
            if not solved.success:
                return None
            ends.append(sign * float(solved.fun or 0.0))
        return self._one_of(ends[0], ends[1], len(atom))

    def _one_of(self, least: float, most: float, n: int) -> tuple[float, float]:
        """The bounds of one of n cities whose sum lies between the two."""
        low, high = self.scale
        return max(low, least - high * (n - 1)), min(high, most - low * (n - 1))


def _reach(along: np.ndarray, at: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """How far each direction (column) carries its own atom before any meets an end."""
    size = np.abs(along)
    room = np.where(along > 0, up[:, None], down[:, None])
    moves = size > 1e-9 * max(1.0, float(size.max(initial=0.0)))
    furthest = np.where(moves, room / np.where(moves, size, 1.0), np.inf).min(axis=0)
    own = np.abs(along[at, np.arange(len(at))])
    return np.asarray(np.where(own > 1e-9, furthest, 0.0) * own)


@lru_cache(maxsize=512)
def _projection(rows: int, columns: int, matrix: bytes) -> np.ndarray:
    means = np.frombuffer(matrix).reshape(rows, columns)
    return np.asarray(np.eye(columns) - np.linalg.pinv(means) @ means)


def _sums(figure: Figure, scale: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """The bounds that each shown statistic sets to the sum of the group."""
    n, (low, high) = len(figure.members), scale
    if np.isfinite(figure.mean):
        yield n * (figure.mean - HALF), n * (figure.mean + HALF)
    for name, share in SHARES.items():
        value = float(getattr(figure, name))
        if np.isfinite(value):
            place = (n - 1) * share
            above, below = n - int(np.ceil(place)), int(np.floor(place)) + 1
            least = above * max(low, value - HALF) + (n - above) * low
            yield least, below * min(high, value + HALF) + (n - below) * high


def _narrowest(
    attacks: list[_Attack], atom: Atom, scale: tuple[float, float]
) -> tuple[float, float]:
    """The narrowest interval any version alone leaves for the atom's cities."""
    best = scale
    for attack in attacks:
        for other in attack.atoms:
            found = attack.interval(other) if other & atom else None
            if found is not None and found[1] - found[0] < best[1] - best[0]:
                best = found
    return best


def _true(figure: Figure, scores: dict[str, float]) -> bool:
    """Whether an earlier figure still says what the scores of today say."""
    if not figure.members <= scores.keys():
        return True
    today = [scores[city] for city in sorted(figure.members)]
    return whole_points(float(np.mean(today))) == figure.mean


def _figure(group: str, members: Atom, scores: dict[str, float], quartiles: bool) -> Figure:
    x = np.sort([scores[city] for city in members])
    q1, median, q3 = (float(value) for value in np.quantile(x, (0.25, 0.5, 0.75)))
    nan = float("nan")
    return Figure(
        group=group,
        members=members,
        mean=whole_points(float(x.mean())),
        median=whole_points(median),
        q1=whole_points(q1) if quartiles else nan,
        q3=whole_points(q3) if quartiles else nan,
    )


def _row(
    cell: Cell, group: str, n: int, figure: Figure | None, reason: str | None
) -> tuple[object, ...]:
    nan = float("nan")
    key = (cell[0], group, *cell[1:])
    if figure is None:
        return (*key, n, nan, nan, nan, nan, True, False, reason)
    words = SMALL if np.isnan(figure.q1) else None
    numbers = (figure.mean, figure.median, figure.q1, figure.q3)
    return (*key, len(figure.members), *numbers, False, figure.frozen, words)


def _history(versions: Sequence[Published]) -> dict[Cell, list[Figure]]:
    """Every figure that was shown, by cell, the oldest first; one that stayed counts once."""
    found: dict[Cell, dict[tuple[object, ...], Figure]] = {}
    for version in versions:
        who = {
            tuple(map(str, key)): frozenset(part["city"])
            for key, part in version.members.groupby(["round", "group", *CELL[1:]], sort=True)
        }
        shown = version.figures.loc[~version.figures["suppressed"]]
        for row in shown.to_dict("records"):
            group, numbers = str(row["group"]), [float(row[name]) for name in NUMBERS]
            cell = (str(row["round"]), str(row["code"]), str(row["series"]))
            members = who[(cell[0], group, *cell[1:])]
            mean, median, q1, q3 = numbers
            once = (group, members, mean, median)
            figure = Figure(group, members, mean, median, q1, q3)
            found.setdefault(cell, {}).setdefault(once, figure)
    return {cell: list(figures.values()) for cell, figures in found.items()}


def _lists(groups: pd.DataFrame) -> dict[str, Atom]:
    pairs = groups.astype({"group": "str", "city": "str"})
    return {str(name): frozenset(part["city"]) for name, part in pairs.groupby("group", sort=True)}


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    key = [name for name in ("round", "group", "code", "series", "city") if name in table]
    return table.sort_values(key, ignore_index=True)
