"""Dots of every commitment, grouped by role in the order of the charter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from benchmarks.charts import calibration, group, lines, marks, style
from benchmarks.charts.drawing import (
    Drawing,
    Labels,
    by_code,
    caption,
    ends,
    named,
    points,
    role_named,
    score,
)
from benchmarks.charts.lines import Entry
from benchmarks.result import SERIES, BenchmarkResult

TOP = 62
OF_CITY = [
    *("role", "code", "label", "series", "value", "lo", "hi", "n_items", "n_raters"),
    *("coverage", "calibrated", "reason", "group_n", "group_median", "group_q1", "group_q3"),
    "group_hidden",
]


@dataclass(frozen=True)
class Shown:
    """What a profile draws: code, series, value, lo, hi, reason; behind it dots, or a group.

    rows   marks and bars; `reason` where a code has no mark at all.
    dots   code, value: the cities, in grey.
    group  as `group.of_group` gives it.
    """

    rows: pd.DataFrame
    dots: pd.DataFrame
    group: pd.DataFrame

    @property
    def series(self) -> list[str]:
        """The series that have a mark."""
        there = set(calibration.marked(self.rows)["series"])
        return [series for series in SERIES if series in there]


def profile(
    result: BenchmarkResult,
    round_id: str,
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One city: every series by commitment, before the middle half of all cities (METHOD 5).

    Data: role, code, label, series, value, lo, hi, n_items, n_raters, coverage, calibrated,
    reason; on the rows of the series that the grey shows also group_n, group_median, group_q1,
    group_q3, and group_hidden, which says why one of them is not there.
    Raises `LookupError` where the city has no scores in the round.
    """
    scores = result.scores
    own = scores.loc[(scores["round"] == round_id) & (scores["city"] == city)]
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    names = calibration.labelled(own, labels)
    commitments = result.structure.loc[result.structure["level"] == 2, ["parent", "code"]]
    rows = commitments.rename(columns={"parent": "role"}).merge(own, on="code")
    rows.insert(2, "label", [named(code, labels) for code in rows["code"]])
    headline = next((each for each in reversed(SERIES) if _has(rows, each)), SERIES[-1])
    behind = group.of_group(result, round_id, rows["code"].unique(), headline)
    shown = Shown(rows, rows.iloc[:0], behind)
    told = (
        *caption(rows, round_id, shown.series, names),
        *([calibration.BARS] if calibration.marked(rows)["lo"].notna().any() else []),
        *calibration.caption(result, round_id, rows, labels),
        *group.caption(behind, headline, names),
    )
    entries = []
    for role, part in rows.groupby("role", sort=False):
        entries.append(Entry(str(role), role_named(str(role), labels), heading=True))
        entries += [Entry(code, named(code, labels)) for code in part["code"].unique()]
    return Drawing(
        figure=_picture(entries, shown, told, names, narrow),
        data=group.beside(rows, behind, headline, labels)[OF_CITY],
        alt=_city_in_words(rows, city, labels),
        title=f"{named(city, labels)}: profile by commitment, {named(round_id, labels)}",
        caption=told,
    )


def over_roles(
    result: BenchmarkResult,
    round_id: str,
    *,
    dots: str = "peer_calibrated",
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
    names = calibration.labelled(scores, labels)
    codes = result.structure.loc[result.structure["level"] <= 1, "code"]
    codes = codes[codes.isin(scores["code"])]
    rows = scores.loc[scores["code"].isin(codes)]
    by = rows.groupby(["code", "series"])
    means = by["value"].agg(value="mean", n_cities="count")
    means = means.assign(calibrated=by["calibrated"].any())
    order = pd.MultiIndex.from_product([codes, SERIES], names=["code", "series"])
    data = means.reindex(order).reset_index()
    data.insert(1, "label", [role_named(code, labels) for code in data["code"]])
    shown = Shown(data.assign(lo=float("nan")), rows.loc[rows["series"] == dots], rows.iloc[:0])
    told = (
        *caption(rows, round_id, shown.series, names),
        *calibration.caption(result, round_id, rows, labels),
        ("Grey dots", f"one city each, {named(dots, names)}"),
    )
    entries = [Entry(code, role_named(code, labels), coded=False) for code in codes]
    return Drawing(
        figure=_picture(entries, shown, told, names, narrow),
        data=data.drop(columns="calibrated"),
        alt=_roles_in_words(data, labels),
        title=f"All cities: means by role, {named(round_id, labels)}",
        caption=told,
    )


def _has(rows: pd.DataFrame, series: str) -> bool:
    return bool(rows.loc[rows["series"] == series, "value"].notna().any())


def _picture(
    entries: Sequence[Entry],
    shown: Shown,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    names: Mapping[str, str] = marks.legend(shown.series, labels)
    if len(shown.group) and not shown.group["suppressed"].all():
        names = {**names, "band": "All cities"}
    top = TOP + marks.key_height(width, names)
    layout = lines.lay_out(entries, top, narrow=narrow)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    marks.key(axes, width, names)
    lines.draw(axes, layout, narrow=narrow)
    group.draw(axes, layout, shown.group)
    grey, there = shown.dots.dropna(subset=["value"]), calibration.marked(shown.rows)
    marks.mark(axes, "group", *_places(layout, grey))
    for row in there.dropna(subset=["lo"]).to_dict("records"):
        if row["series"] == calibration.CALIBRATED:
            reach = [layout.x(row["lo"]), layout.x(row["hi"])]
            marks.bar(axes, row["series"], reach, layout.y(row["code"]))
    for series in SERIES:
        marks.mark(axes, series, *_places(layout, there.loc[there["series"] == series]))
    if "reason" in shown.rows:
        for code, part in shown.rows.groupby("code", sort=False):
            if part["value"].isna().all():
                word = named(str(part["reason"].iloc[0]), labels)
                style.note(axes, layout.left, layout.y(str(code)), word)
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _places(layout: lines.Layout, rows: pd.DataFrame) -> tuple[list[float], list[float]]:
    return [layout.x(value) for value in rows["value"]], [layout.y(code) for code in rows["code"]]


def _city_in_words(rows: pd.DataFrame, city: str, labels: Labels | None) -> str:
    """Strongest, weakest and widest apart, in the surest series the city has."""
    there = calibration.marked(rows)
    name = named(city, labels)
    surest = next((each for each in reversed(SERIES) if _has(there, each)), None)
    if surest is None:
        return f"{name} has no scores by commitment yet."
    wide = rows.pivot(index="code", columns="series", values="value").reindex(rows["code"].unique())
    column = by_code(wide[surest])
    best, worst = ends(column)
    text = (
        f"{name}, {named(surest, labels)}: highest {named(best, labels)} at {score(column[best])},"
        f" lowest {named(worst, labels)} at {score(column[worst])} of 100."
    )
    apart = by_code(wide["self"] - wide[surest])
    if surest == "self" or not apart:
        return text
    far = max(apart, key=lambda code: abs(apart[code]))
    own = named("self", labels)
    return f"{text} Widest from {own}: {named(far, labels)}, {points(apart[far], True)} points."


def _roles_in_words(data: pd.DataFrame, labels: Labels | None) -> str:
    """Highest and lowest role in each of the series that has any."""
    told, there = [], calibration.marked(data)
    for series in SERIES:
        column = by_code(there.loc[there["series"] == series].set_index("code")["value"])
        column.pop(str(data["code"].iloc[0]), None)
        if column:
            best, worst = ends(column)
            told.append(
                f"{named(series, labels)}: highest {role_named(best, labels)} at"
                f" {score(column[best])}, lowest {role_named(worst, labels)} at"
                f" {score(column[worst])} of 100."
            )
    return " ".join(told) or "No scores by role yet."
