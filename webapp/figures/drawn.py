"""What the pictures of spread, places, change, reviewers and coverage show, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.charts.drawing import named, points
from webapp.figures import among, cells
from webapp.figures.cells import NOTHING, Group, Labels, Table


def spread(data: pd.DataFrame, labels: Labels) -> Table:
    """The points of the cities, their box from eight on, and the group's where all are not here."""
    records = data.to_dict("records")
    own = data["city"].dropna()
    boxed, grouped = data["median"].notna().any(), data["group_n"].notna().any()
    box = (gettext("Median"), gettext("Middle half"))
    headings = (
        *(gettext("Part"), gettext("Cities")),
        *([named(str(own.iloc[0]), labels)] if len(own) else []),
        *([*box, gettext("Others reach")] if boxed else []),
        *([gettext("Cities"), *box, gettext("Hidden")] if grouped else []),
        gettext("Points of the cities"),
    )
    rows = tuple(
        (
            *(str(row["label"]), str(row["n"])),
            *([cells.points_or_why(row["city_value"])] if len(own) else []),
            *(_box(row, "") if boxed else []),
            *([cells.between(row["whisker_lo"], row["whisker_hi"])] if boxed else []),
            *(_group(row) if grouped else []),
            row["values"] or NOTHING,
        )
        for row in records
    )
    before = len(headings) - 1 - (4 if grouped else 0)
    return Table(
        caption=gettext("Points of 100 over the cities"),
        groups=(Group("", before), Group(gettext("All cities"), 4), Group("", 1))
        if grouped
        else (),
        headings=headings,
        rows=rows,
        words=(len(headings) - 1, *([len(headings) - 2] if grouped else [])),
    )


def _box(row: Mapping[Any, Any], which: str) -> tuple[str, str]:
    """Median and middle half."""
    middle = cells.points_or_why(row[f"{which}median"])
    return middle, cells.between(row[f"{which}q1"], row[f"{which}q3"])


def _group(row: Mapping[Any, Any]) -> tuple[str, str, str, str]:
    """How many cities there are, their figures, and what is hidden of them."""
    if pd.isna(row["group_n"]):
        return NOTHING, NOTHING, NOTHING, ""
    hidden = "" if pd.isna(row["group_hidden"]) else str(row["group_hidden"])
    return str(row["group_n"]), *_box(row, "group_"), hidden


def radar(data: pd.DataFrame, labels: Labels) -> Table:
    """One city's points on each spoke, beside the median of all."""
    hidden = data["group_hidden"].notna().any()
    return Table(
        caption=gettext("Points of 100, beside the median of all cities"),
        groups=(),
        headings=(
            gettext("Part"),
            gettext("Series"),
            gettext("Points"),
            gettext("Coverage"),
            gettext("Median of all cities"),
            *([gettext("Hidden")] if hidden else []),
        ),
        rows=tuple(
            (
                str(row["label"]),
                named(row["series"], labels),
                cells.estimate(row, labels),
                cells.percent([row["coverage"]]),
                cells.points_or_why(row["group_median"]),
                *(["" if pd.isna(row["group_hidden"]) else row["group_hidden"]] if hidden else []),
            )
            for row in data.to_dict("records")
        ),
        words=(1, 5),
    )


def ranks(data: pd.DataFrame, labels: Labels) -> Table:
    """Places with their interval; of those without one, why."""
    return Table(
        caption=gettext("Median place, with the range of nine of ten draws; 1 is the highest"),
        groups=(),
        headings=(gettext("City"), gettext("Place"), gettext("Against the group")),
        rows=tuple(
            (str(row["name"]), *_place(row, labels))
            for row in data.astype({"band": object, "reason": object}).to_dict("records")
        ),
        words=(2,),
    )


def _place(row: Mapping[Any, Any], labels: Labels) -> tuple[str, str]:
    if pd.isna(row["rank_p05"]):
        why = NOTHING if pd.isna(row["reason"]) else named(row["reason"], labels)
        return NOTHING, gettext("no rank: %(why)s", why=why)
    ends = str(floor(row["rank_p05"])), str(ceil(row["rank_p95"]))
    band = NOTHING if pd.isna(row["band"]) else among.band(row["band"])
    return cells.with_interval(points(row["rank_median"]), *ends), band


def trend(data: pd.DataFrame, labels: Labels) -> Table:
    """Every role round by round, and what its change rests on."""
    return Table(
        caption=gettext("Points of 100 by round; changes are on the scale of the older round"),
        groups=(),
        headings=(
            gettext("Role"),
            gettext("Round"),
            gettext("Points (95 % interval)"),
            gettext("Change (95 % interval)"),
            gettext("What it says"),
            gettext("What it rests on"),
        ),
        rows=tuple(
            (
                str(row["label"]),
                named(row["round"], labels),
                _points(row, labels),
                cells.gap({"gap": row["change"], "lo": row["change_lo"], "hi": row["change_hi"]}),
                *_comparison(row, labels),
            )
            for row in data.to_dict("records")
        ),
        words=(1, 4, 5),
    )


def _points(row: Mapping[Any, Any], labels: Labels) -> str:
    """The score of a round, with its interval where it has one."""
    if pd.isna(row["lo"]):
        return cells.points_or_why(row["value"], row["reason"], labels)
    return cells.with_interval(*(cells.score(row[name]) for name in ("value", "lo", "hi")))


def _comparison(row: Mapping[Any, Any], labels: Labels) -> tuple[str, str]:
    """Whether a change is real, and by which questions it is known; or why there is none."""
    if pd.isna(row["linked_by"]):
        return "", ""
    if pd.isna(row["change"]):
        return named("not_compared", labels), (
            NOTHING if pd.isna(row["reason"]) else named(row["reason"], labels)
        )
    said = named("real" if row["real"] else "not_real", labels)
    count = int(row["n_anchor"])
    if row["linked_by"] == "identical":
        return said, ngettext("same %(num)d question", "same %(num)d questions", count)
    return said, ngettext("%(num)d question kept", "%(num)d questions kept", count)


def severity(data: pd.DataFrame, labels: Labels) -> Table:
    """Reviewers, the most lenient first, by part of the review where there are several."""
    several = data["component"].nunique() > 1
    return Table(
        caption=gettext("Points by which marks lie below (+) or above (−) the usual"),
        groups=(),
        headings=(
            gettext("Reviewer"),
            *([gettext("Part")] if several else []),
            gettext("Severity (95 % interval)"),
            gettext("Marks"),
            gettext("Cities"),
            gettext("Fit (1 is usual)"),
            gettext("To look at"),
        ),
        rows=tuple(
            (
                str(row["label"]),
                *([str(row["component"])] if several else []),
                cells.gap({"gap": row["severity"], "lo": row["lo"], "hi": row["hi"]}),
                *(str(row["n_scores"]), str(row["n_cities"])),
                cells.decimals(row["infit"], 2),
                "" if pd.isna(row["word"]) else named(row["word"], labels),
            )
            for row in data.to_dict("records")
        ),
        words=(5 + several,),
    )


def coverage(data: pd.DataFrame, labels: Labels) -> Table:
    """Cities and series by role: shares, or why there is nothing."""
    names = dict(zip(data["code"], data["label"], strict=True))
    return Table(
        caption=gettext("Share of the weight of what applies that has a level"),
        groups=(),
        headings=(gettext("City"), gettext("Series"), *names.values()),
        rows=tuple(
            (
                str(part["name"].iloc[0]),
                named(str(part["series"].iloc[0]), labels),
                *(_share(row, labels) for row in part.to_dict("records")),
            )
            for _, part in data.groupby(["city", "series"], sort=False)
        ),
        words=(1,),
    )


def _share(row: Mapping[Any, Any], labels: Labels) -> str:
    if pd.notna(row["coverage"]):
        return cells.percent([row["coverage"]])
    return NOTHING if pd.isna(row["reason"]) else named(row["reason"], labels)
