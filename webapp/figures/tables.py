"""The figures behind the pictures, as tables that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.charts.drawing import named, points, role_named, span
from benchmarks.gaps import HIGHER, IN_LINE, LOWER, UNCLEAR
from benchmarks.result import SERIES, BenchmarkResult
from webapp.figures import cells, drawn
from webapp.figures.cells import NOTHING, Group, Labels, Table
from webapp.figures.charts import Filters

# Calibrated scores rest on the marks that the peers' do.
OF_CITY = {
    "self": ("value", "n_items"),
    "peer": ("value", "n_items", "n_raters"),
    "agreed": ("value", "n_items"),
    "peer_calibrated": ("value",),
}
SUMMARY = {
    "self": ("points", "count", "coverage"),
    "peer": ("points", "count", "reviewers", "coverage"),
    "agreed": ("points", "count", "coverage"),
    "peer_calibrated": ("points",),
}


def of_chart(name: str, data: pd.DataFrame, filters: Filters, labels: Labels) -> Table:
    """What a picture shows, as its table."""
    of_city = f"{name} of a city"
    kind = of_city if filters.city and of_city in _OF else name
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
                    for text in (
                        cells.points_or_why(row[each]["value"]),
                        str(row[each]["n_cities"]),
                    )
                ),
            )
            for code, row in wide.items()
        ),
    )


def _profile_of_city(data: pd.DataFrame, labels: Labels) -> Table:
    heading = {
        "value": gettext("Points"),
        "n_items": gettext("Statements"),
        "n_raters": gettext("Reviewers"),
    }
    rows = {}
    for code, row in _wide(data).items():
        own = [
            cells.estimate(row[each], labels) if name == "value" else str(row[each][name])
            for each, names in OF_CITY.items()
            for name in names
        ]
        rows[code] = (*own, *_group_cells(list(row.values())))
    return Table(
        caption=gettext("Points of 100, and how many statements and reviewers they rest on"),
        groups=(
            Group("", 1),
            *(Group(named(each, labels), len(names)) for each, names in OF_CITY.items()),
            Group(gettext("All cities"), 3),
        ),
        headings=(
            gettext("Commitment"),
            *(heading[name] for names in OF_CITY.values() for name in names),
            *(gettext("Median"), gettext("Middle half"), gettext("Hidden")),
        ),
        rows=tuple((cells.coded(code, labels), *texts) for code, texts in rows.items()),
        words=(1 + sum(map(len, OF_CITY.values())) + 2,),
    )


def _group_cells(rows: Sequence[Mapping[Any, Any]]) -> tuple[str, str, str]:
    """Median, middle half and what is hidden of the group; it stands on one of the rows."""
    row = next((each for each in rows if pd.notna(each["group_n"])), None)
    if row is None:
        return NOTHING, NOTHING, ""
    half = cells.between(row["group_q1"], row["group_q3"])
    hidden = "" if pd.isna(row["group_hidden"]) else str(row["group_hidden"])
    return cells.points_or_why(row["group_median"]), half, hidden


def _gap(data: pd.DataFrame, labels: Labels) -> Table:
    words = {
        HIGHER: gettext("Higher"),
        IN_LINE: gettext("In line"),
        LOWER: gettext("Lower"),
        UNCLEAR: gettext("Unclear"),
    }
    told = words if data[list(words)].to_numpy().any() else {}
    groups = (Group("", 1), Group(gettext("Means"), 3), Group("", 1))
    return Table(
        caption=gettext("Means over the cities that have both, in points of 100"),
        groups=(*groups, Group(gettext("How many cities are"), len(told))) if told else (),
        headings=(
            gettext("Commitment"),
            gettext("Self"),
            gettext("Others"),
            gettext("Gap"),
            gettext("Cities"),
            *told.values(),
        ),
        rows=tuple(
            (
                cells.coded(row["code"], labels),
                cells.points_or_why(row["self"]),
                cells.points_or_why(row["other"]),
                points(row["gap"], True),
                str(row["n_cities"]),
                *(str(row[word]) for word in told),
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
            gettext("Gap (95 % interval)"),
            gettext("Self is"),
            gettext("Statements"),
            gettext("Coverage"),
        ),
        rows=tuple(
            (
                cells.coded(row["code"], labels),
                cells.points_or_why(row["self"], row["reason"], labels),
                cells.points_or_why(row["other"]),
                cells.gap(row),
                NOTHING if pd.isna(row["word"]) else named(row["word"], labels),
                str(row["n_items"]),
                cells.percent([row["coverage"]]),
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
                *(cells.estimate(row, labels) for row in part.to_dict("records")),
            )
            for _, part in rows
        ),
    )


def _standing(data: pd.DataFrame, labels: Labels) -> Table:
    """The group; what single cities have stands in the map."""
    rows = data.loc[data["city"].isna()].to_dict("records")
    hidden = any(pd.notna(row["hidden"]) for row in rows)
    series = named(str(data["series"].iloc[0]), labels) if len(data) else ""
    return Table(
        caption=gettext("All cities, %(series)s: whole points of 100", series=series),
        groups=(),
        headings=(
            gettext("Part"),
            *(gettext("Cities"), gettext("Median"), gettext("Middle half")),
            *([gettext("Hidden")] if hidden else []),
        ),
        rows=tuple(
            (
                cells.coded(row["code"], labels)
                if row["role"] not in ("", row["code"])
                else role_named(row["code"], labels),
                *(str(int(row["n"])), cells.points_or_why(row["median"])),
                cells.between(row["q1"], row["q3"]),
                *([row["hidden"] if pd.notna(row["hidden"]) else ""] if hidden else []),
            )
            for row in rows
        ),
        words=(4,),
    )


_OF = {
    "profile": _profile,
    "profile of a city": _profile_of_city,
    "gap": _gap,
    "gap of a city": _gap_of_city,
    "heat": _heat,
    "standing": _standing,
    "spread": drawn.spread,
    "radar": drawn.radar,
    "ranks": drawn.ranks,
    "trend": drawn.trend,
    "severity": drawn.severity,
    "coverage": drawn.coverage,
}


def summary(
    result: BenchmarkResult,
    round_id: str,
    level: int,
    filters: Filters,
    labels: Labels,
    *,
    caption: str,
    address: Callable[[str, str], str] | None = None,
) -> Table:
    """Every series by role (level 1, after the whole) or by commitment (level 2).

    For one city its own points and the statements they rest on; else means and cities. `address`
    is where the points of a code in a series lead.
    """
    tree = result.structure
    chosen = tree.loc[tree["level"].isin([0, 1] if level == 1 else [2])]
    if filters.role:
        chosen = chosen.loc[(chosen["code"] == filters.role) | (chosen["parent"] == filters.role)]
    scores = result.scores.loc[result.scores["round"] == round_id]
    if filters.city:
        scores = scores.loc[scores["city"] == filters.city]
    heading = {
        "points": gettext("Points"),
        "count": gettext("Statements") if filters.city else gettext("Cities"),
        "reviewers": gettext("Reviewers"),
        "coverage": gettext("Coverage"),
    }
    name = cells.coded if level == 2 else role_named
    by_code = scores.groupby("code")
    return Table(
        caption=caption,
        groups=(
            Group("", 1),
            *(Group(named(each, labels), len(names)) for each, names in SUMMARY.items()),
        ),
        headings=(
            gettext("Commitment") if level == 2 else gettext("Role"),
            *(heading[each] for names in SUMMARY.values() for each in names),
        ),
        rows=tuple(
            (name(code, labels), *_summary_cells(by_code.get_group(code), filters, labels))
            for code in chosen["code"]
        ),
        addresses=tuple(
            ("", *_summary_addresses(code, address)) for code in chosen["code"] if address
        ),
    )


def _summary_addresses(code: str, address: Callable[[str, str], str]) -> Iterable[str]:
    for series, names in SUMMARY.items():
        yield from (address(code, series) if one == "points" else "" for one in names)


def _summary_cells(scores: pd.DataFrame, filters: Filters, labels: Labels) -> Iterable[str]:
    for series, names in SUMMARY.items():
        rows = scores.loc[scores["series"] == series]
        there = rows.loc[rows["value"].notna()]
        own = filters.city and len(rows)
        count = int(rows["n_items"].sum()) if filters.city else there["city"].nunique()
        made = {
            "points": cells.estimate(rows.iloc[0], labels)
            if own
            else cells.points_or_why(there["value"].mean()),
            "count": str(count),
            "reviewers": span(rows.loc[rows["n_raters"] > 0, "n_raters"]),
            "coverage": cells.percent(rows.loc[rows["coverage"] > 0, "coverage"]),
        }
        yield from (made[name] for name in names)


def _wide(data: pd.DataFrame) -> dict[str, dict[str, dict[Any, Any]]]:
    """Rows by code and then by series, in their order."""
    wide: dict[str, dict[str, dict[Any, Any]]] = {}
    for row in data.to_dict("records"):
        row["n_cities"] = int(row["n_cities"]) if pd.notna(row.get("n_cities")) else 0
        wide.setdefault(row["code"], {})[row["series"]] = row
    return wide
