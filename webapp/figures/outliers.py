"""What stands out among reviewers: whose marks do not fit, and single marks far from the others'.

Single marks have their giver beside them, so they are shown of those cities only whose team sees
them too (P44).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.charts.drawing import named, points
from benchmarks.charts.severity import WHY
from benchmarks.result import BenchmarkResult
from benchmarks.severity import Z
from reviews.queries import levels
from webapp.figures.cells import NOTHING, Labels, Table, with_interval

FAR = 2
"""So many levels from the middle of the others, and a mark stands out."""
MOST = 20


@dataclass(frozen=True)
class Outlier:
    """One mark beside the middle of what the others of the team gave."""

    city: str
    code: str
    rater: str
    level: int
    others: float

    @property
    def apart(self) -> float:
        return abs(self.level - self.others)


def outliers(tables: levels.Tables, cities: Collection[str]) -> list[Outlier]:
    """The marks in some cities (slugs) that are `FAR` from the others', the farthest first."""
    given: dict[tuple[str, str], dict[str, int]] = {}
    for row in tables.scores:
        if row.source == "peer" and row.city_id in cities and row.score is not None:
            given.setdefault((row.city_id, row.statement_id), {})[row.rater_id] = row.score
    found = [
        Outlier(city, code, rater, level, median(others))
        for (city, code), marks in given.items()
        for rater, level in marks.items()
        if (others := [mark for who, mark in marks.items() if who != rater])
        and abs(level - median(others)) >= FAR
    ]
    found.sort(key=lambda one: (-one.apart, one.city, one.code, one.rater))
    return found


def singles(found: Sequence[Outlier], labels: Labels, address: Callable[[Outlier], str]) -> Table:
    """The farthest of them, each with the way to its statement."""
    shown = found[:MOST]
    return Table(
        caption=gettext("Marks two levels or more from the middle of the others"),
        groups=(),
        headings=(
            gettext("Statement"),
            gettext("Reviewer"),
            gettext("Level"),
            gettext("Middle of the others"),
        ),
        words=(1,),
        rows=tuple(
            (
                f"{named(one.city, labels)}, {one.code}",
                named(one.rater, labels),
                str(one.level),
                f"{one.others:g}",
            )
            for one in shown
        ),
        addresses=tuple((address(one), "", "", "") for one in shown),
    )


def flagged(result: BenchmarkResult, round_id: str, labels: Labels) -> Table:
    """The reviewers of a round whose marks do not fit the model, and how."""
    raters = result.raters
    rows = raters.loc[(raters["round"] == round_id) & raters["flag"].notna()]
    return Table(
        caption=gettext("Reviewers whose marks stand out"),
        groups=(),
        headings=(
            gettext("Reviewer"),
            gettext("Why"),
            gettext("Severity, points (95 % interval)"),
            gettext("Infit"),
            gettext("Cities"),
            gettext("Marks"),
        ),
        words=(1,),
        rows=tuple(
            (
                named(str(row["rater"]), labels),
                _reason(row),
                _severity(row),
                NOTHING if pd.isna(row["infit"]) else f"{row['infit']:.2f}",
                str(row["n_cities"]),
                str(row["n_scores"]),
            )
            for row in rows.to_dict("records")
        ),
    )


def _reason(row: Mapping[Any, Any]) -> str:
    """A flag of METHOD 3.4 in words."""
    misfit = "uneven" if row["infit"] > 1 else "even"
    return gettext(WHY.get(str(row["flag"]), WHY[misfit]))


def _severity(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["severity"]):
        return NOTHING
    middle, reach = row["severity"], Z * row["se"]
    return with_interval(
        points(middle, True), points(middle - reach, True), points(middle + reach, True)
    )
