"""Dots of every commitment, grouped by role in the order of the charter."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from benchmarks.charts import lines, style
from benchmarks.charts.drawing import (
    Drawing,
    Labels,
    by_code,
    caption,
    ends,
    named,
    points,
    role_named,
)
from benchmarks.charts.lines import Entry
from benchmarks.result import SERIES, BenchmarkResult

TOP = 62


def profile(
    result: BenchmarkResult,
    round_id: str,
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One city: self, peers and agreed level by commitment (METHOD 5).

    Data: role, code, label, series, value, n_items, n_raters, coverage, reason.
    Raises `LookupError` where the city has no scores in the round.
    """
    scores = result.scores
    own = scores.loc[(scores["round"] == round_id) & (scores["city"] == city)]
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    commitments = result.structure.loc[result.structure["level"] == 2, ["parent", "code"]]
    rows = commitments.rename(columns={"parent": "role"}).merge(own, on="code")
    rows.insert(2, "label", [named(code, labels) for code in rows["code"]])
    entries = []
    for role, part in rows.groupby("role", sort=False):
        entries.append(Entry(str(role), role_named(str(role), labels), heading=True))
        entries += [Entry(code, named(code, labels)) for code in part["code"].unique()]
    told = caption(rows, round_id, _shown(rows), labels)
    kept = ["role", "code", "label", "series", "value", "n_items", "n_raters", "coverage", "reason"]
    return Drawing(
        figure=_picture(entries, rows, rows.iloc[:0], told, labels, narrow),
        data=rows[kept].reset_index(drop=True),
        alt=_city_in_words(rows, city, labels),
        title=f"{named(city, labels)}: profile by commitment, {named(round_id, labels)}",
        caption=told,
    )


def over_roles(
    result: BenchmarkResult,
    round_id: str,
    *,
    dots: str = "peer",
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """For coordinators: means of all cities by role, and each city a grey dot of series `dots`.

    Data: code, label, series, value (mean over the cities that have one), n_cities.
    Raises `LookupError` where the round has no scores.
    """
    scores = result.scores.loc[result.scores["round"] == round_id]
    if scores.empty:
        raise LookupError(f"no scores in round {round_id}")
    codes = result.structure.loc[result.structure["level"] <= 1, "code"]
    codes = codes[codes.isin(scores["code"])]
    rows = scores.loc[scores["code"].isin(codes)]
    means = rows.groupby(["code", "series"])["value"].agg(value="mean", n_cities="count")
    order = pd.MultiIndex.from_product([codes, SERIES], names=["code", "series"])
    data = means.reindex(order).reset_index()
    data.insert(1, "label", [role_named(code, labels) for code in data["code"]])
    entries = [Entry(code, role_named(code, labels), coded=False) for code in codes]
    told = (
        *caption(rows, round_id, _shown(rows), labels),
        ("Grey dots", f"one city each, {named(dots, labels)}"),
    )
    return Drawing(
        figure=_picture(entries, data, rows.loc[rows["series"] == dots], told, labels, narrow),
        data=data,
        alt=_roles_in_words(data, labels),
        title=f"All cities: means by role, {named(round_id, labels)}",
        caption=told,
    )


def _picture(
    entries: Sequence[Entry],
    rows: pd.DataFrame,
    dots: pd.DataFrame,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    """Marks of `rows` (code, series, value, perhaps reason) and grey `dots` (code, value)."""
    width = style.NARROW if narrow else style.WIDE
    layout = lines.lay_out(entries, TOP, narrow=narrow)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    style.key(axes, style.MARGIN, 18, style.legend(_shown(rows), labels))
    lines.draw(axes, layout, narrow=narrow)
    there, grey = rows.dropna(subset=["value"]), dots.dropna(subset=["value"])
    style.mark(axes, "group", _xs(layout, grey), _ys(layout, grey))
    for code, part in there.groupby("code", sort=False) if grey.empty else ():
        reach = [layout.x(part["value"].min()), layout.x(part["value"].max())]
        style.line(axes, reach, layout.y(str(code)), style.RULE, 3)
    for series in SERIES:
        part = there.loc[there["series"] == series]
        style.mark(axes, series, _xs(layout, part), _ys(layout, part))
    if "reason" in rows:
        for code, part in rows.groupby("code", sort=False):
            if part["value"].isna().all():
                word = named(str(part["reason"].iloc[0]), labels)
                style.note(axes, layout.left, layout.y(str(code)), word)
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _shown(rows: pd.DataFrame) -> list[str]:
    """The series that have a value somewhere."""
    there = set(rows.loc[rows["value"].notna(), "series"])
    return [series for series in SERIES if series in there]


def _xs(layout: lines.Layout, rows: pd.DataFrame) -> list[float]:
    return [layout.x(value) for value in rows["value"]]


def _ys(layout: lines.Layout, rows: pd.DataFrame) -> list[float]:
    return [layout.y(code) for code in rows["code"]]


def _city_in_words(rows: pd.DataFrame, city: str, labels: Labels | None) -> str:
    """Strongest, weakest and widest apart, in the surest series the city has."""
    wide = rows.pivot(index="code", columns="series", values="value").reindex(rows["code"].unique())
    name = named(city, labels)
    surest = next((each for each in reversed(SERIES) if wide[each].notna().any()), None)
    if surest is None:
        return f"{name} has no scores by commitment yet."
    column = by_code(wide[surest])
    best, worst = ends(column)
    text = (
        f"{name}, {named(surest, labels)}: highest {named(best, labels)} at {points(column[best])},"
        f" lowest {named(worst, labels)} at {points(column[worst])} of 100."
    )
    apart = by_code(wide["self"] - wide[surest])
    if surest == "self" or not apart:
        return text
    far = max(apart, key=lambda code: abs(apart[code]))
    own = named("self", labels)
    return f"{text} Widest from {own}: {named(far, labels)}, {points(apart[far], True)} points."


def _roles_in_words(data: pd.DataFrame, labels: Labels | None) -> str:
    """Highest and lowest role in each of the series that has any."""
    told = []
    for series in SERIES:
        column = by_code(data.loc[data["series"] == series].set_index("code")["value"])
        column.pop(str(data["code"].iloc[0]), None)
        if column:
            best, worst = ends(column)
            told.append(
                f"{named(series, labels)}: highest {role_named(best, labels)} at"
                f" {points(column[best])}, lowest {role_named(worst, labels)} at"
                f" {points(column[worst])} of 100."
            )
    return " ".join(told) or "No scores by role yet."
