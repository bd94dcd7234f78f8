"""Which result and which picture an address asks for; made once, kept while there is room."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any, TypeVar

import pandas as pd

from benchmarks.charts import export
from benchmarks.charts.bias import bias
from benchmarks.charts.drawing import Drawing
from benchmarks.charts.gap import gap
from benchmarks.charts.heat import heat
from benchmarks.charts.profile import over_roles, profile
from benchmarks.compute import compute
from benchmarks.frames import Frames
from benchmarks.result import SERIES, BenchmarkResult
from reviews.queries import levels

NAMES = ("profile", "gap", "heat")
T = TypeVar("T")


class Kept:
    """The most recent results and pictures of this process.

    One lock for looking up and for making: matplotlib's settings belong to the whole process,
    so pictures are made one at a time, and nobody makes what another is making already.
    """

    def __init__(self, room: int) -> None:
        self._room, self._lock = room, RLock()
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, or what `make` makes now. What fails is not kept."""
        with self._lock:
            if key not in self._things:
                self._things[key] = make()
                while len(self._things) > self._room:
                    self._things.popitem(last=False)
            self._things.move_to_end(key)
            thing: T = self._things[key]
            return thing


pages = Kept(32)
_results = Kept(8)
_charts = Kept(96)


@dataclass(frozen=True)
class Filters:
    """What the pictures show; an empty role or city means all of them."""

    role: str = ""
    city: str = ""
    series: str = "self"


@dataclass(frozen=True)
class Chart:
    """A picture as text, once more for a phone, with its words and the table that was drawn."""

    svg: str
    narrow: str
    data: pd.DataFrame
    alt: str
    title: str
    caption: tuple[tuple[str, str], ...]


def result_of(tables: levels.Tables) -> BenchmarkResult:
    """The benchmark of the five tables; computed once for the same rows."""
    key = hashlib.sha256(repr(tables).encode("utf-8", "replace")).hexdigest()
    return _results.get(key, lambda: compute(_frames(tables)))


def _frames(tables: levels.Tables) -> Frames:
    return Frames(
        statements=pd.DataFrame(tables.statements, columns=levels.StatementRow._fields),
        structure=pd.DataFrame(tables.structure, columns=levels.StructureRow._fields),
        scores=pd.DataFrame(tables.scores, columns=levels.ScoreRow._fields),
        cities=pd.DataFrame(tables.cities, columns=levels.CityRow._fields),
        assignments=pd.DataFrame(tables.assignments, columns=levels.AssignmentRow._fields),
    )


def surest(result: BenchmarkResult) -> str:
    """The last of the series that at least half of the cities have; their own account if none."""
    whole = result.scores.loc[result.scores["code"] == levels.WHOLE]
    there = whole.loc[whole["value"].notna()].groupby("series")["city"].nunique()
    cities = whole["city"].nunique()
    for series in reversed(SERIES):
        if cities and 2 * int(there.get(series, 0)) >= cities:
            return series
    return "self"


def chart(
    name: str, result: BenchmarkResult, round_id: str, filters: Filters, labels: Mapping[str, str]
) -> Chart:
    """A picture for a page. Raises LookupError where there is nothing to draw."""

    def make() -> Chart:
        drawing = draw(name, result, round_id, filters, labels)
        narrow = draw(name, result, round_id, filters, labels, narrow=True)
        return Chart(
            svg=export.svg(drawing, prefix=name),
            narrow=export.svg(narrow, prefix=f"{name}-narrow"),
            data=drawing.data,
            alt=drawing.alt,
            title=drawing.title,
            caption=drawing.caption,
        )

    return _charts.get(("svg", *_key(name, result, filters, labels)), make)


def png(
    name: str, result: BenchmarkResult, round_id: str, filters: Filters, labels: Mapping[str, str]
) -> bytes:
    """The same picture as dots."""

    def make() -> bytes:
        return export.png(draw(name, result, round_id, filters, labels))

    return _charts.get(("png", *_key(name, result, filters, labels)), make)


def _key(
    name: str, result: BenchmarkResult, filters: Filters, labels: Mapping[str, str]
) -> tuple[Hashable, ...]:
    return (name, result.result_hash, filters, tuple(sorted(labels.items())))


def draw(
    name: str,
    result: BenchmarkResult,
    round_id: str,
    filters: Filters,
    labels: Mapping[str, str],
    *,
    narrow: bool = False,
) -> Drawing:
    """The drawing that a name and filters stand for."""
    if filters.role:
        result = _of_role(result, filters.role)
    if name == "heat":
        return heat(result, round_id, filters.series, labels=labels, narrow=narrow)
    if name == "gap":
        if filters.city:
            return gap(result, round_id, filters.city, labels=labels, narrow=narrow)
        return bias(result, round_id, labels=labels, narrow=narrow)
    if filters.city:
        return profile(result, round_id, filters.city, labels=labels, narrow=narrow)
    if filters.role:
        return _over_commitments(result, round_id, filters, labels, narrow=narrow)
    return over_roles(result, round_id, dots=filters.series, labels=labels, narrow=narrow)


def _of_role(result: BenchmarkResult, role: str) -> BenchmarkResult:
    """The part of a result that is about one role, with the whole above it."""
    tree = result.structure
    commitments = set(tree.loc[tree["parent"] == role, "code"])
    kept = (
        (tree["level"] == 0)
        | (tree["code"] == role)
        | tree["code"].isin(commitments)
        | tree["parent"].isin(commitments)
    )
    return replace(result, structure=tree.loc[kept].reset_index(drop=True))


def _over_commitments(
    result: BenchmarkResult,
    round_id: str,
    filters: Filters,
    labels: Mapping[str, str],
    *,
    narrow: bool,
) -> Drawing:
    """All cities in one role: the role takes the place of the whole, commitments that of roles."""
    tree = result.structure.loc[result.structure["level"] > 0]
    lifted = replace(result, structure=tree.assign(level=tree["level"] - 1))
    drawing = over_roles(lifted, round_id, dots=filters.series, labels=labels, narrow=narrow)
    role, where = labels.get(filters.role, filters.role), labels.get(round_id, round_id)
    return replace(drawing, title=f"All cities: means by commitment, {role}, {where}")
