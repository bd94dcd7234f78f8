"""Somebody who adds and subtracts all figures of groups that they can get (RULES G5 to G7).

Written from the rules, not from `benchmarks/disclosure.py`: a rank test of the exact means, and a
linear programme over the rounded ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog

LEAST, LEAST_FOR_QUARTILES, LEAST_RANKED, WIDTH = 5, 8, 10, 20.0


class Seen(NamedTuple):
    """One figure of a group, and who is in it. `time` tells versions of it apart."""

    time: int
    cell: tuple[str, str, str]
    group: str
    cities: frozenset[str]
    mean: float
    quartiles: bool


def seen(whole, shown, groups, time=0) -> Iterator[Seen]:
    """The figures of a result as an audience has it (`shown`). Who is in them is known, since it
    is no secret who takes part: `whole` is the result with everybody, `groups` rows group, city."""
    value = whole.scores.dropna(subset=["value"])
    there = {
        tuple(map(str, cell)): frozenset(part["city"])
        for cell, part in value.groupby(["round", "code", "series"])
    }
    members = {str(name): frozenset(part["city"]) for name, part in groups.groupby("group")}
    stats = shown.peer_stats
    for row in stats.loc[~stats["suppressed"]].to_dict("records"):
        cell = (row["round"], row["code"], row["series"])
        cities = members[row["group_id"]] & there[cell]
        assert len(cities) == row["n"]
        yield Seen(time, cell, row["group_id"], cities, row["mean"], pd.notna(row["q1"]))


def faults(
    figures: Iterable[Seen], single: pd.DataFrame, visible: Collection[str], own: str = ""
) -> list[str]:
    """What somebody can work out who sees these figures and every value of the `visible` cities;
    `single` are all scores. Nothing is an empty list."""
    by_cell: dict[tuple[str, str, str], list[Seen]] = defaultdict(list)
    for figure in figures:
        by_cell[figure.cell].append(figure)
    known = single.loc[single["city"].isin(list(visible))].dropna(subset=["value"])
    values = {
        (row["round"], row["code"], row["series"], row["city"]): min(max(row["value"], 0), 100)
        for row in known.to_dict("records")
    }
    return [
        f"{cell}: {fault}"
        for cell, there in sorted(by_cell.items())
        for fault in _faults(there, frozenset(visible), own,
                             {city: v for (*at, city), v in values.items() if tuple(at) == cell})
    ]  # fmt: skip


def _faults(
    figures: list[Seen], visible: frozenset[str], own: str, values: dict[str, float]
) -> Iterator[str]:
    for one in figures:
        if 0 < len(one.cities - visible) < LEAST:
            yield f"G5 {one.group} mixes {len(one.cities - visible)} hidden cities"
        if len(one.cities - {own}) < LEAST:
            yield f"G5 {one.group} has too few others"
        if one.quartiles and len(one.cities - {own}) < LEAST_FOR_QUARTILES:
            yield f"G5 {one.group} has quartiles of too few"
    for one, other in combinations(figures, 2):
        apart = (one.cities - visible) ^ (other.cities - visible)
        if 0 < len(apart) < LEAST:
            yield f"G6 {one.group} and {other.group} are {len(apart)} hidden cities apart"
    yield from _worked_out(figures, visible, values)


def _worked_out(
    figures: list[Seen], visible: frozenset[str], values: dict[str, float]
) -> Iterator[str]:
    """G7: hidden cities that are in the same figures are one unknown, their sum."""
    places: dict[tuple[bool, ...], list[str]] = defaultdict(list)
    for city in sorted(frozenset().union(*(one.cities for one in figures)) - visible):
        places[tuple(city in one.cities for one in figures)].append(city)
    if not places:
        return
    alike = list(places.values())
    rows = np.array(list(places), dtype=float).T
    size = np.array([len(cities) for cities in alike], dtype=float)
    rest = np.array([sum(values[city] for city in one.cities & visible) for one in figures])
    n = np.array([len(one.cities) for one in figures])
    mean = np.array([one.mean for one in figures])
    low, high = n * (mean - 0.5) - rest, n * (mean + 0.5) - rest
    for place, cities in enumerate(alike):
        unit = np.eye(len(alike))[place]
        left = unit - rows.T @ np.linalg.lstsq(rows.T, unit, rcond=None)[0]
        if len(cities) == 1 and np.abs(left).max() < 1e-6:
            yield f"G7 {cities[0]} lies in the row space"
        least, most = _sum(rows, size, low, high, place)
        width = min(100.0, most) - max(0.0, least - 100.0 * (len(cities) - 1))
        if width <= WIDTH:
            yield f"G7 {cities[0]} is held within {width:.1f} points"


def _sum(
    rows: np.ndarray, size: np.ndarray, low: np.ndarray, high: np.ndarray, place: int
) -> tuple[float, float]:
    """The least and the most that the cities in one place can have together."""
    if len(size) == 1:
        return float(low.max()), float(high.min())
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * np.eye(len(size))[place],
            A_ub=np.vstack([rows, -rows]),
            b_ub=np.concatenate([high, -low]),
            bounds=[(0.0, 100.0 * each) for each in size],
        )
        assert solved.success
        ends.append(float(sign * solved.fun))
    return ends[0], ends[1]
