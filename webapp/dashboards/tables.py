"""The figures behind the pictures, as tables that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.charts.drawing import named, points, role_named, span
from benchmarks.result import SERIES, BenchmarkResult
from webapp.dashboards.charts import Filters

Labels = Mapping[str, str]
NOTHING = "–"


@dataclass(frozen=True)
class Group:
    """A heading over some columns; empty over a single one."""

    words: str
    span: int


@dataclass(frozen=True)
class Table:
    """Headings, and rows whose first cell names the row; the others are figures or notes."""

    caption: str
    groups: tuple[Group, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def of_chart(name: str, data: pd.DataFrame, filters: Filters, labels: Labels) -> Table:
    """What a picture shows, as its table."""
    kind = name if name == "heat" or not filters.city else f"{name} of a city"
    return _OF[kind](data, labels)


def _profile(data: pd.DataFrame, labels: Labels) -> Table:
    wide = _wide(data)
    return Table(
        caption=gettext("Means over cities, in points of 100, and how many cities"),
        groups=(Group("", 1), *(Group(named(each, labels), 2) for each in SERIES)),
        headings=(gettext("Part"), *(gettext("Mean"), gettext("Cities")) * len(SERIES)),
        rows=tuple(
            (
                role_named(code, labels),
                *(
                    text
                    for each in SERIES
                    for text in (_points(row[each]["value"]), str(row[each]["n_cities"]))
                ),
            )
            for code, row in wide.items()
        ),
    )


def _profile_of_city(data: pd.DataFrame, labels: Labels) -> Table:
    return Table(
        caption=gettext("Points of 100, and how many statements and reviewers they rest on"),
        groups=(
            Group("", 1),
            Group(named("self", labels), 2),
            Group(named("peer", labels), 3),
            Group(named("agreed", labels), 2),
        ),
        headings=(
            gettext("Commitment"),
            *(gettext("Points"), gettext("Statements")),
            *(gettext("Points"), gettext("Statements"), gettext("Reviewers")),
            *(gettext("Points"), gettext("Statements")),
        ),
        rows=tuple(
            (
                _coded(code, labels),
                _points(row["self"]["value"], row["self"]["reason"], labels),
                str(row["self"]["n_items"]),
                _points(row["peer"]["value"], row["peer"]["reason"], labels),
                str(row["peer"]["n_items"]),
                str(row["peer"]["n_raters"]),
                _points(row["agreed"]["value"], row["agreed"]["reason"], labels),
                str(row["agreed"]["n_items"]),
            )
            for code, row in _wide(data).items()
        ),
    )


def _gap(data: pd.DataFrame, labels: Labels) -> Table:
    return Table(
        caption=gettext("Means over the cities that have both, in points of 100"),
        groups=(),
        headings=(
            gettext("Commitment"),
            gettext("Self"),
            gettext("Others"),
            gettext("Gap"),
            gettext("Cities"),
        ),
        rows=tuple(
            (
                _coded(row["code"], labels),
                _points(row["self"]),
                _points(row["other"]),
                points(row["gap"], True),
                str(row["n_cities"]),
            )
            for row in data.to_dict("records")
        ),
    )


def _gap_of_city(data: pd.DataFrame, labels: Labels) -> Table:
    against = named(str(data["against"].iloc[0]), labels) if len(data) else ""
    return Table(
        caption=gettext("Over the statements that both sides marked, in points of 100"),
        groups=(),
        headings=(
            gettext("Commitment"),
            gettext("Self"),
            against,
            gettext("Gap"),
            gettext("Statements"),
            gettext("Coverage"),
        ),
        rows=tuple(
            (
                _coded(row["code"], labels),
                _points(row["self"], row["reason"], labels),
                _points(row["other"]),
                points(row["gap"], True) if pd.notna(row["gap"]) else NOTHING,
                str(row["n_items"]),
                _percent([row["coverage"]]),
            )
            for row in data.to_dict("records")
        ),
    )


def _heat(data: pd.DataFrame, labels: Labels) -> Table:
    codes = list(dict.fromkeys(data["code"]))
    rows = data.groupby("city", sort=False)
    return Table(
        caption=gettext("Points of 100 by city and commitment"),
        groups=(),
        headings=(gettext("City"), *codes),
        rows=tuple(
            (
                str(part["name"].iloc[0]),
                *(
                    _points(value, reason, labels)
                    for value, reason in zip(part["value"], part["reason"], strict=True)
                ),
            )
            for _, part in rows
        ),
    )


_OF = {
    "profile": _profile,
    "profile of a city": _profile_of_city,
    "gap": _gap,
    "gap of a city": _gap_of_city,
    "heat": _heat,
}


def summary(
    result: BenchmarkResult,
    round_id: str,
    level: int,
    filters: Filters,
    labels: Labels,
    *,
    caption: str,
) -> Table:
    """Every series by role (level 1, after the whole) or by commitment (level 2).

    For one city its own points and the statements they rest on; else means and cities.
    """
    tree = result.structure
    chosen = tree.loc[tree["level"].isin([0, 1] if level == 1 else [2])]
    if filters.role:
        chosen = chosen.loc[(chosen["code"] == filters.role) | (chosen["parent"] == filters.role)]
    scores = result.scores.loc[result.scores["round"] == round_id]
    if filters.city:
        scores = scores.loc[scores["city"] == filters.city]
    count = gettext("Statements") if filters.city else gettext("Cities")
    name = _coded if level == 2 else role_named
    by_code = scores.groupby("code")
    return Table(
        caption=caption,
        groups=(
            Group("", 1),
            Group(named("self", labels), 3),
            Group(named("peer", labels), 4),
            Group(named("agreed", labels), 3),
        ),
        headings=(
            gettext("Commitment") if level == 2 else gettext("Role"),
            *(gettext("Points"), count, gettext("Coverage")),
            *(gettext("Points"), count, gettext("Reviewers"), gettext("Coverage")),
            *(gettext("Points"), count, gettext("Coverage")),
        ),
        rows=tuple(
            (name(code, labels), *_summary_cells(by_code.get_group(code), filters, labels))
            for code in chosen["code"]
        ),
    )


def _summary_cells(scores: pd.DataFrame, filters: Filters, labels: Labels) -> Iterable[str]:
    for series in SERIES:
        rows = scores.loc[scores["series"] == series]
        there = rows.loc[rows["value"].notna()]
        if filters.city and len(rows):
            yield _points(rows["value"].iloc[0], rows["reason"].iloc[0], labels)
        else:
            yield _points(there["value"].mean())
        yield str(int(rows["n_items"].sum())) if filters.city else str(there["city"].nunique())
        if series == "peer":
            yield span(rows.loc[rows["n_raters"] > 0, "n_raters"])
        yield _percent(rows.loc[rows["coverage"] > 0, "coverage"])


def _wide(data: pd.DataFrame) -> dict[str, dict[str, dict[Any, Any]]]:
    """Rows by code and then by series, in their order."""
    wide: dict[str, dict[str, dict[Any, Any]]] = {}
    for row in data.to_dict("records"):
        row["n_cities"] = int(row["n_cities"]) if pd.notna(row.get("n_cities")) else 0
        wide.setdefault(row["code"], {})[row["series"]] = row
    return wide


def _points(value: float, reason: Any = None, labels: Labels | None = None) -> str:
    """Points, or why there are none."""
    if pd.notna(value):
        return points(value)
    return NOTHING if reason is None or pd.isna(reason) else named(str(reason), labels)


def _percent(shares: Sequence[float] | pd.Series) -> str:
    return span([100 * share for share in shares if share == share], " %")


def _coded(code: str, labels: Labels) -> str:
    name = named(code, labels)
    return name if name == code else f"{code} {name}"
