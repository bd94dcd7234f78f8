"""Which group figures may be shown, and which must go so that nobody can be worked out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from benchmarks.attack import PINNED, Scale, exposed
from benchmarks.published import CELL, Atom, Cell, Figure, Published, history

LEAST = 5
LEAST_FOR_QUARTILES = 8
FAR = 0.3
SMALL, COMPLEMENTARY = "suppressed_small_n", "suppressed_complementary"
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

    def clash(self, one: Figure, others: Iterable[Figure]) -> bool:
        """Whether the figure differs from one of them by too few hidden cities to be there too."""
        hidden = self.hidden(one.members)
        return any(self.too_few(hidden ^ self.hidden(other.members)) for other in others)

    def at_an_end(self, members: Atom, scores: dict[str, float], scale: Scale) -> bool:
        """Whether the sum of the hidden ones, if known, would hold one of them too narrowly."""
        hidden = sorted(self.hidden(members))
        for end in scale:
            away = [abs(scores[city] - end) for city in hidden]
            known = [far for city, far in zip(hidden, away, strict=True) if city in self.insiders]
            own = max(known, default=0.0) if len(hidden) > 1 else 0.0
            if hidden and sum(away) - own <= PINNED * (scale[1] - scale[0]):
                return True
        return False


@dataclass
class _Cell:
    """The figures of one round, code and series while it is decided which of them stay."""

    scores: dict[str, float]
    before: list[Figure]
    fresh: dict[str, Figure] = field(default_factory=dict)
    few: dict[str, Atom] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    above: list["_Cell"] = field(default_factory=list)

    def withhold(self, group: str) -> None:
        """Take the new figure of a group out; what was shown of it before stays."""
        if self.fresh.pop(group, None) and all(old.group != group for old in self.before):
            self.reasons[group] = COMPLEMENTARY

    def kept(self, groups: Iterable[str]) -> dict[str, Figure]:
        latest = {old.group: replace(old, frozen=True) for old in self.before}
        stays = {g: old for g, old in latest.items() if g in groups and g not in self.reasons}
        return stays | self.fresh


def suppress(
    values: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    structure: pd.DataFrame | None = None,
    consenting: Iterable[str] = (),
    others_see: Iterable[Iterable[str]] = (),
    insiders: Iterable[str] = (),
    earlier: Sequence[Published] = (),
    scale: Scale = (0.0, 100.0),
) -> Published:
    """The group figures that this audience may see beside all others it sees (METHOD 3.9).

    values      round, city, code, series, value (points; NaN is left out), one row per key.
    groups      group, city: every group that any filter offers this audience.
    structure   code, parent ("" for the root): which codes are the means of which others.
    consenting  cities whose own values this audience sees.
    others_see  the same of others who get these very figures: nobody's values, say, as long as
                who agreed to be named is not named yet. What is shown must hold for all of them.
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
    Between a code and those above it, whose figures contain its own, of one group:
    - what goes for that last reason goes from those above too, which would give it back;
    - the lower figure goes where the cities that one of the two lacks are all at an end;
    - the upper one goes where too few for a lower one are all at an end, unlike their other codes.
    Values are whole points, half up. Raises `ValueError` for a city twice in one cell.
    """
    openly = (frozenset(each) for each in (consenting, *others_see))
    audiences = [_Audience(each, frozenset(insiders)) for each in dict.fromkeys(openly)]
    known = values.dropna(subset=["value"]).astype({name: "str" for name in [*CELL, "city"]})
    known = known.assign(value=known["value"].astype(float).clip(*scale))
    if known.duplicated([*CELL, "city"]).any():
        raise ValueError("a city is there twice for one round, code and series")
    lists, before = _lists(groups), history(earlier)
    cells: dict[Cell, _Cell] = {}
    for key, part in known.sort_values([*CELL, "city"]).groupby(CELL, sort=True):
        place = (str(key[0]), str(key[1]), str(key[2]))
        scores = dict(zip(part["city"], part["value"], strict=True))
        cells[place] = _opened(scores, lists, audiences, before.get(place, []))
    _link(cells, structure)
    # What goes for one audience tells the others less, never more.
    for audience in audiences:
        _decide(sorted(cells.values(), key=lambda cell: -len(cell.above)), audience, scale)
    rows: list[tuple[object, ...]] = []
    behind: list[tuple[str, ...]] = []
    for (round_, code, series), each in cells.items():
        kept = each.kept(lists)
        for group, members in lists.items():
            figure, n = kept.get(group), len(members & each.scores.keys())
            rows.append((round_, group, code, series, *_row(figure, n, each.reasons.get(group))))
            for city in sorted(figure.members) if figure else ():
                behind.append((round_, group, code, series, city))
    named = known.loc[known["city"].isin(audiences[0].named), ["round", "city", *CELL[1:], "value"]]
    return Published(
        figures=_sorted(pd.DataFrame(rows, columns=list(FIGURES)).astype(FIGURES)),
        members=_sorted(pd.DataFrame(behind, columns=["round", "group", *CELL[1:], "city"])),
        identified=_sorted(named),
    )


def whole_points(value: float) -> float:
    """To whole points, half up, as people round; NaN stays NaN."""
    return float(np.floor(round(value, 9) + 0.5)) if np.isfinite(value) else float("nan")


def _opened(
    scores: dict[str, float],
    lists: dict[str, Atom],
    audiences: Sequence[_Audience],
    before: list[Figure],
) -> _Cell:
    """The cell with a figure of every group that is not too small for anybody."""
    cell = _Cell(scores, before)
    for group, cities in lists.items():
        members = frozenset(cities & scores.keys())
        if any(audience.small(members) for audience in audiences):
            cell.few[group], cell.reasons[group] = members, SMALL
        else:
            quartiles = all(audience.quartiles(members) for audience in audiences)
            cell.fresh[group] = _figure(group, members, scores, quartiles)
    return cell


def _link(cells: dict[Cell, _Cell], structure: pd.DataFrame | None) -> None:
    """Tell every cell which ones of its round and series stand above and below it."""
    if structure is None:
        return
    parent = dict(zip(structure["code"], structure["parent"], strict=True))
    for (round_, code, series), cell in cells.items():
        up = parent.get(code, "")
        while up:
            if other := cells.get((round_, up, series)):
                cell.above.append(other)
            up = parent.get(up, "")


def _decide(cells: list[_Cell], audience: _Audience, scale: Scale) -> None:
    """Take out of the cells, the lowest codes first, what may not be there."""
    for cell in cells:
        for group in _clashing(cell, audience):
            cell.withhold(group)
        for group in _telling(cell, audience, scale):
            for each in (cell, *cell.above):
                each.withhold(group)
    for cell, above in [(each, above) for each in cells for above in each.above]:
        for group in _parting(cell, above, audience, scale):
            cell.withhold(group)
        for group in _standing_out(cell, above, audience, scale):
            above.withhold(group)


def _parting(cell: _Cell, above: _Cell, audience: _Audience, scale: Scale) -> list[str]:
    """Groups of which the cities that are in one of the two codes only are all at an end."""
    found = []
    for group in sorted(cell.fresh.keys() & above.fresh.keys()):
        here, there = cell.fresh[group].members, above.fresh[group].members
        if audience.at_an_end(here - there, cell.scores, scale) or audience.at_an_end(
            there - here, above.scores, scale
        ):
            found.append(group)
    return found


def _standing_out(cell: _Cell, above: _Cell, audience: _Audience, scale: Scale) -> list[str]:
    """Groups with too few cities for a figure, all at an end and far from the code above."""
    found, far = [], FAR * (scale[1] - scale[0])
    for group, members in cell.few.items():
        few = members & above.scores.keys()
        if all(abs(cell.scores[city] - above.scores[city]) >= far for city in few):
            found += [group] if audience.at_an_end(few, cell.scores, scale) else []
    return found


def _clashing(cell: _Cell, audience: _Audience) -> Iterator[str]:
    """Groups that differ by too few; whoever asks takes each out before the next."""
    for group, figure in sorted(cell.fresh.items()):
        if audience.clash(figure, cell.before):
            yield group
    while pairs := [
        min(one, other, key=_size)
        for one, other in combinations(cell.fresh.values(), 2)
        if audience.clash(one, [other])
    ]:
        yield min(pairs, key=_size).group


def _telling(cell: _Cell, audience: _Audience, scale: Scale) -> Iterator[str]:
    """Groups that give somebody away; whoever asks takes each out before the next."""
    past = [figure for figure in cell.before if _true(figure, cell.scores)]
    found = partial(
        exposed,
        scores=cell.scores,
        named=audience.named,
        insiders=audience.insiders,
        scale=scale,
    )
    lost = frozenset(found(past))
    while cell.fresh:
        city = next(found([*past, *cell.fresh.values()], lost=lost), None)
        if city is None:
            break
        around = [figure for figure in cell.fresh.values() if city in figure.members]
        yield min(around or cell.fresh.values(), key=_size).group


def _size(figure: Figure) -> tuple[int, str]:
    return len(figure.members), figure.group


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


def _row(figure: Figure | None, n: int, reason: str | None) -> tuple[object, ...]:
    """What `FIGURES` asks for after the key."""
    nan = float("nan")
    if figure is None:
        return n, nan, nan, nan, nan, True, False, reason
    numbers = (figure.mean, figure.median, figure.q1, figure.q3)
    words = SMALL if np.isnan(figure.q1) else None
    return len(figure.members), *numbers, False, figure.frozen, words


def _lists(groups: pd.DataFrame) -> dict[str, Atom]:
    pairs = groups.astype({"group": "str", "city": "str"})
    return {str(name): frozenset(part["city"]) for name, part in pairs.groupby("group", sort=True)}


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    key = [name for name in ("round", "group", "code", "series", "city") if name in table]
    return table.sort_values(key, ignore_index=True)
