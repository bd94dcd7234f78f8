"""Which picture an address asks for; made once, kept while there is room."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from benchmarks.charts import export
from benchmarks.charts.bias import bias
from benchmarks.charts.coverage import coverage
from benchmarks.charts.drawing import Drawing
from benchmarks.charts.gap import gap
from benchmarks.charts.heat import heat
from benchmarks.charts.profile import over_roles, profile
from benchmarks.charts.radar import radar
from benchmarks.charts.ranks import ranks
from benchmarks.charts.severity import severity
from benchmarks.charts.spread import spread
from benchmarks.charts.standing import standing
from benchmarks.charts.trend import trend
from benchmarks.result import SERIES, BenchmarkResult
from reviews.queries.levels import WHOLE
from webapp.figures.keeping import Kept

pages = Kept(32)
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


def surest(result: BenchmarkResult) -> str:
    """The last of the series that at least half of the cities have; their own account if none."""
    whole = result.scores.loc[result.scores["code"] == WHOLE]
    there = whole.loc[whole["value"].notna()].groupby("series")["city"].nunique()
    cities = whole["city"].nunique()
    for series in reversed(SERIES):
        if cities and 2 * int(there.get(series, 0)) >= cities:
            return series
    return "self"


@dataclass(frozen=True)
class Subject:
    """What is drawn: one round of a result, and for trends the results of earlier rounds, the
    oldest first. `labels` are the names of all codes."""

    result: BenchmarkResult
    round_id: str
    labels: Mapping[str, str]
    earlier: tuple[BenchmarkResult, ...] = ()

    @property
    def key(self) -> tuple[Hashable, ...]:
        parts = (_told_apart(one) for one in (*self.earlier, self.result))
        return (self.round_id, *parts, tuple(sorted(self.labels.items())))


def _told_apart(result: BenchmarkResult) -> tuple[Hashable, ...]:
    """What tells a result from every other: a part of one, for some reader, has the hash of the
    whole, so the cities in its tables count as well."""
    tables = (result.scores, result.trends, result.ranks)
    return (result.result_hash, *(tuple(sorted(set(table["city"]))) for table in tables))


def chart(name: str, subject: Subject, filters: Filters) -> Chart:
    """A picture for a page. Raises LookupError where there is nothing to draw."""

    def make() -> Chart:
        drawing = draw(name, subject, filters)
        narrow = draw(name, subject, filters, narrow=True)
        return Chart(
            svg=export.svg(drawing, prefix=name),
            narrow=export.svg(narrow, prefix=f"{name}-narrow"),
            data=drawing.data,
            alt=drawing.alt,
            title=drawing.title,
            caption=drawing.caption,
        )

    return _charts.get(("svg", name, filters, subject.key), make)


def png(name: str, subject: Subject, filters: Filters) -> bytes:
    """The same picture as dots."""
    return _charts.get(
        ("png", name, filters, subject.key), lambda: export.png(draw(name, subject, filters))
    )


def draw(name: str, subject: Subject, filters: Filters, *, narrow: bool = False) -> Drawing:
    """The drawing that a name and filters stand for. Raises LookupError where there is nothing
    to draw, and for a name or filters without a picture."""
    result, round_id = subject.result, subject.round_id
    if filters.role:
        result = _of_role(result, filters.role)
    about: dict[str, Any] = {"labels": subject.labels, "narrow": narrow}
    city, series = filters.city, filters.series
    if name in _OF_CITY and not city:
        raise LookupError(f"{name} is about one city")
    drawn: dict[str, Callable[[], Drawing]] = {
        "heat": lambda: heat(result, round_id, series, **about),
        "gap": lambda: (
            gap(result, round_id, city, **about) if city else bias(result, round_id, **about)
        ),
        "profile": lambda: (
            profile(result, round_id, city, **about)
            if city
            else _of_all(result, subject, filters, narrow=narrow)
        ),
        "spread": lambda: spread(result, round_id, series, city=city, **about),
        "radar": lambda: radar(result, round_id, city, **about),
        "ranks": lambda: ranks(result, round_id, filters.role or WHOLE, city=city, **about),
        "trend": lambda: trend((*subject.earlier, result), city, **about),
        "severity": lambda: severity(result, round_id, **about),
        "coverage": lambda: coverage(result, round_id, **about),
        "standing": lambda: standing(result, round_id, series, **about),
    }
    return drawn[name]()


_OF_CITY = ("radar", "trend")


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


def _of_all(
    result: BenchmarkResult, subject: Subject, filters: Filters, *, narrow: bool
) -> Drawing:
    """All cities by role, or in one role: it takes the place of the whole, its commitments that of
    roles."""
    round_id, labels = subject.round_id, subject.labels
    if not filters.role:
        return over_roles(result, round_id, dots=filters.series, labels=labels, narrow=narrow)
    tree = result.structure.loc[result.structure["level"] > 0]
    lifted = replace(result, structure=tree.assign(level=tree["level"] - 1))
    drawing = over_roles(lifted, round_id, dots=filters.series, labels=labels, narrow=narrow)
    role, where = labels.get(filters.role, filters.role), labels.get(round_id, round_id)
    return replace(drawing, title=f"All cities: means by commitment, {role}, {where}")
