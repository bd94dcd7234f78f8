"""What everybody said in one round, one signed byte each: a plane for every seat of a scorer."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.config import Middle

# What a packed submission holds where there is no level.
NOT_APPLICABLE = -1
MISSING = -2

SOURCES = ("self", "agreed", "peer")
Packed = tuple[str, str, str, bytes]
"""City, source, rater, and a signed byte per statement: its level, NOT_APPLICABLE or MISSING."""


@dataclass(frozen=True, eq=False)
class Planes:
    """The scores of one round: whole numbers, statements (rows) by cities (columns).

    A number says how many levels a mark is above the worst end of its scale, or NOT_APPLICABLE
    or MISSING. Cities lie side by side in memory, so that all of them are added in one go.
    codes   the statements, row by row; `span` is from the worst end of the scale to the best.
    cities  column by column.
    own     what a city says of itself; `agreed`: what its peers agreed on.
    peers   seats by statements by cities, with as many seats as the most reviewers of a city.
    raters  who sits there, seats by cities, by name; "" where nobody does.
    """

    codes: tuple[str, ...]
    cities: tuple[str, ...]
    span: np.ndarray
    own: np.ndarray
    peers: np.ndarray
    agreed: np.ndarray
    raters: np.ndarray


class Tally(NamedTuple):
    """Statements by cities: the sum of the marks, how many there are, how many said "n/a"."""

    steps: np.ndarray
    marks: np.ndarray
    against: np.ndarray


@dataclass(frozen=True, eq=False)
class Points:
    """Statements by cities: points 0..100 as exact fractions, 100 x `steps` / `full`.

    Where nothing is `scored`, this is 0 / 1. A row is worked out when asked for: whole numbers
    of one byte stay in the processor's cache where floats of eight would not.
    """

    steps: np.ndarray
    full: np.ndarray
    scored: np.ndarray

    def __getitem__(self, row: int) -> np.ndarray:
        """One statement's points, by city; 0 where there are none."""
        value: np.ndarray = self.steps[row].astype(float)
        value *= 100
        value /= self.full[row].astype(float)
        return value

    def or_nan(self) -> np.ndarray:
        """All of them; NaN where there are none."""
        return np.where(self.scored, 100.0 * self.steps / self.full, np.nan)


@dataclass(frozen=True, eq=False)
class Items:
    """What a round says of each statement, statements by cities, bool and points (METHOD 3.1, 3.2).

    A city's "n/a" that its peers do not share is `disputed`; the agreed level settles the matter.
    """

    applicable: np.ndarray
    disputed: np.ndarray
    own: Points
    peer: Points
    agreed: Points


def from_scores(
    scores: pd.DataFrame, statements: pd.DataFrame, codes: Sequence[str], cities: Sequence[str]
) -> Planes:
    """The planes of one round's checked `scores`; other statements and cities are left out.

    Every mark finds its place by one whole number made of its plane, statement and city.
    """
    source = _places(scores["source"], SOURCES)
    row, column = _places(scores["statement_id"], codes), _places(scores["city_id"], cities)
    inside = (source >= 0) & (row >= 0) & (column >= 0)
    source, row, column = source[inside], row[inside], column[inside]
    rater = scores["rater_id"].to_numpy(dtype=object)[inside]
    plane, raters = _seated(source, column, rater, len(cities))
    scale = _Scale.of(statements, codes)
    status = _places(scores["status"], ("scored", "na", "missing"))[inside]
    level = scores["score"].to_numpy(dtype=np.int64, na_value=0)[inside]
    unmarked = np.array([0, NOT_APPLICABLE, MISSING])[status]
    mark = np.where(status == 0, scale.steps(level, row), unmarked)
    cube = np.full((2 + len(raters), len(codes), len(cities)), MISSING, scale.kind(len(raters)))
    cube.reshape(-1)[(plane * len(codes) + row) * len(cities) + column] = mark
    return _planes(cube, codes, cities, scale, raters)


def from_packed(
    packed: Iterable[Packed],
    statements: pd.DataFrame,
    codes: Sequence[str],
    cities: Sequence[str],
) -> Planes:
    """The planes of one round's packed submissions, whose bytes are in the order of `codes`.

    Other cities are left out. `ValueError` for a submission of another length, and for a level
    outside its scale.
    """
    place = {city: n for n, city in enumerate(cities)}
    kept = [row for row in packed if row[0] in place]
    for city, voice, name, levels in kept:
        if len(levels) != len(codes):
            who = f"{city}, {voice} {name}".rstrip()
            raise ValueError(f"{who}: {len(levels)} levels for {len(codes)} statements")
    column = np.array([place[row[0]] for row in kept], dtype=np.int64)
    source = np.array([SOURCES.index(row[1]) for row in kept], dtype=np.int64)
    rater = np.array([row[2] for row in kept], dtype=object)
    plane, raters = _seated(source, column, rater, len(cities))
    scale = _Scale.of(statements, codes)
    level = np.frombuffer(b"".join(row[3] for row in kept), dtype=np.int8)
    level = level.reshape(len(kept), len(codes))
    if (level < MISSING).any() or ((level >= 0) & scale.outside(level)).any():
        raise ValueError("a submission holds a level outside its scale")
    if not scale.plain:
        level = np.where(level >= 0, scale.steps(level), level)
    by_city = np.full((2 + len(raters), len(cities), len(codes)), MISSING, scale.kind(len(raters)))
    by_city[plane, column] = level
    cube = np.ascontiguousarray(by_city.transpose(0, 2, 1))
    return _planes(cube, codes, cities, scale, raters)


def read(planes: Planes, na_share: float = 1 / 2, raters: Middle = "mean") -> Items:
    """What applies, and the points of each series on it; the peers' are their mean or median."""
    said = tally(planes.peers)
    applicable, disputed = applicability(planes, said, na_share)
    steps, marks = (said.steps, said.marks) if raters == "mean" else _middle(planes.peers, said)
    alone = [tally(plane[None]) for plane in (planes.own, planes.agreed)]
    return Items(
        applicable,
        disputed,
        own=points(alone[0].steps, alone[0].marks, planes.span, applicable),
        peer=points(steps, marks, planes.span, applicable),
        agreed=points(alone[1].steps, alone[1].marks, planes.span, applicable),
    )


def tally(seats: np.ndarray) -> Tally:
    """What is said on all seats together; seats by statements by cities."""
    steps, marks, against = (np.zeros(seats.shape[1:], seats.dtype) for _ in range(3))
    for plane in seats:
        steps += plane
        marks += (plane >= 0).view(np.int8)
        against += (plane == NOT_APPLICABLE).view(np.int8)
    # The two codes were added like marks, which is faster than leaving them out: off they go.
    steps -= NOT_APPLICABLE * against
    steps -= MISSING * (len(seats) - marks - against)
    return Tally(steps, marks, against)


def applicability(
    planes: Planes, said: Tally, na_share: float = 1 / 2
) -> tuple[np.ndarray, np.ndarray]:
    """Does a statement apply to a city, and is the city's "n/a" disputed? Both bool.

    A statement does not apply when `na_share` of those who answered say so. A city's own "n/a"
    is no such vote where most of its peers gave a mark, or the agreed level is one: it is then
    disputed, and missing. What the peer team agreed settles the matter either way.
    """
    own_na, settled = planes.own == NOT_APPLICABLE, planes.agreed >= 0
    disputed = said.marks > said.against
    disputed |= settled
    disputed &= own_na
    own_na ^= disputed
    against = said.against + own_na.view(np.int8)
    answered = against + said.marks
    answered += (planes.own >= 0).view(np.int8)
    # How many votes are too few, a number that goes up with the answers.
    short = np.zeros_like(answered)
    for fewest in _steps_up(na_share, 1 + len(planes.peers)):
        short += (answered >= fewest).view(np.int8)
    applicable = against <= short
    applicable |= settled
    applicable &= planes.agreed != NOT_APPLICABLE
    return applicable, disputed


def points(
    steps: np.ndarray, marks: np.ndarray, span: np.ndarray, applicable: np.ndarray
) -> Points:
    """The mean mark on what applies: steps above the worst level, of marks x span."""
    scored = marks > 0
    scored &= applicable
    there = scored.view(np.int8)
    full = marks * span.astype(marks.dtype)[:, None]
    full *= there
    full += 1 - there
    return Points(steps * there, full, scored)


def marked(planes: Planes, applicable: np.ndarray) -> np.ndarray:
    """Who gave a mark on what applies: bool, seats by statements by cities."""
    found: np.ndarray = (planes.peers >= 0) & applicable
    return found


def peer_marks(planes: Planes, applicable: np.ndarray) -> pd.DataFrame:
    """The peers' marks on what applies, one row each: city, statement, rater, value (points).

    Ordered by city, statement and rater, as the planes are.
    """
    city, statement, seat = np.nonzero(marked(planes, applicable).transpose(2, 1, 0))
    value = 100.0 * planes.peers[seat, statement, city] / planes.span[statement]
    return pd.DataFrame(
        {
            "city": np.array(planes.cities, dtype=object)[city],
            "statement": np.array(planes.codes, dtype=object)[statement],
            "rater": planes.raters[seat, city],
            "value": value,
        }
    )


class _Scale(NamedTuple):
    """By statement: the worst level, the best one above it in steps of `turn` (1 or -1)."""

    worst: np.ndarray
    span: np.ndarray
    turn: np.ndarray

    @classmethod
    def of(cls, statements: pd.DataFrame, codes: Sequence[str]) -> "_Scale":
        asked = statements.set_index("statement_id").loc[list(codes)]
        low, high, turn = (
            asked[name].to_numpy(dtype=np.int64) for name in ("scale_min", "scale_max", "direction")
        )
        return cls(np.where(turn > 0, low, high), high - low, turn)

    @property
    def plain(self) -> bool:
        """Whether levels are steps as they stand."""
        return not self.worst.any() and bool((self.turn > 0).all())

    def steps(self, level: np.ndarray, row: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Levels as steps above the worst; by default the last axis is that of the statements."""
        found: np.ndarray = (level - self.worst[row]) * self.turn[row]
        return found

    def outside(self, level: np.ndarray) -> np.ndarray:
        low = np.where(self.turn > 0, self.worst, self.worst - self.span)
        found: np.ndarray = (level < low) | (level > low + self.span)
        return found

    def kind(self, seats: int) -> type[np.signedinteger]:
        """A type that holds the sum of all seats, and twice one of them."""
        return np.int8 if max(seats, 2) * self.span.max(initial=1) <= 127 else np.int64


def _planes(
    cube: np.ndarray, codes: Sequence[str], cities: Sequence[str], scale: _Scale, raters: np.ndarray
) -> Planes:
    return Planes(
        codes=tuple(codes),
        cities=tuple(cities),
        span=scale.span,
        own=cube[0],
        peers=cube[2:],
        agreed=cube[1],
        raters=raters,
    )


def _places(names: pd.Series, among: Sequence[str]) -> np.ndarray:
    """Where each name stands in the list, -1 for none."""
    found: np.ndarray = pd.Index(list(among), dtype=names.dtype).get_indexer(pd.Index(names))
    return found


def _seated(
    source: np.ndarray, column: np.ndarray, rater: np.ndarray, cities: int
) -> tuple[np.ndarray, np.ndarray]:
    """The plane of each row, and who has which seat: the raters of a city by name."""
    peer = source == SOURCES.index("peer")
    who, names = pd.factorize(rater[peer], sort=True)
    pair = column[peer] * max(len(names), 1) + who
    pairs = np.unique(pair)
    at, name = np.divmod(pairs, max(len(names), 1))
    seat = np.arange(len(pairs)) - np.searchsorted(at, np.arange(cities))[at]
    raters = np.full((int(seat.max(initial=-1)) + 1, cities), "", dtype=object)
    raters[seat, at] = names[name]
    plane = source.copy()
    plane[peer] += seat[np.searchsorted(pairs, pair)]
    return plane, raters


def _middle(seats: np.ndarray, said: Tally) -> tuple[np.ndarray, np.ndarray]:
    """The median as the sum of the two middle marks, and how many these are: 2 or 0."""
    if not len(seats):
        return said.steps, said.marks
    last = np.where(seats >= 0, seats, np.iinfo(seats.dtype).max)
    ordered = np.sort(last, axis=0)
    low, high = (
        np.take_along_axis(ordered, n[None].astype(np.int64), axis=0)[0]
        for n in ((said.marks - (said.marks > 0)) // 2, said.marks // 2)
    )
    there = (said.marks > 0).view(np.int8)
    return (low * there + high * there), 2 * there


def _steps_up(na_share: float, voices: int) -> list[int]:
    """The numbers of answers from which one more "n/a" is needed, the first one aside."""
    needed = [1, *(math.ceil(na_share * answered) for answered in range(1, voices + 1))]
    return [
        answered
        for answered in range(1, voices + 1)
        for _ in range(needed[answered] - needed[answered - 1])
    ]
