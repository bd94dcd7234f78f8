"""The group behind a city's marks: its middle half and its median, or why they are not shown."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from benchmarks.charts import lines, marks
from benchmarks.charts.drawing import Labels, named, span
from benchmarks.disclosure import LEAST, SMALL
from benchmarks.result import BenchmarkResult

EVERYBODY = "all"
NUMBERS = ["n", "mean", "median", "q1", "q3", "suppressed", "reason"]


def of_group(
    result: BenchmarkResult, round_id: str, codes: Iterable[str], series: str
) -> pd.DataFrame:
    """What everyone may see of all cities of a round, by code, in this order.

    Columns: code, n, mean, median, q1, q3, suppressed, reason; a code without any figure is
    suppressed for want of answers.
    """
    stats = result.peer_stats
    found = stats.loc[
        (stats["round"] == round_id)
        & (stats["group_id"] == EVERYBODY)
        & (stats["series"] == series)
    ]
    table = found.set_index("code")[NUMBERS].reindex(list(codes))
    empty = table["n"].isna()
    return table.assign(
        n=table["n"].fillna(0).astype(int),
        suppressed=table["suppressed"].astype("boolean").fillna(True).astype(bool),
        reason=table["reason"].mask(empty, "no_data"),
    ).reset_index()


def medians(
    result: BenchmarkResult, round_id: str, codes: Iterable[str], series: str
) -> pd.DataFrame:
    """The same where the median alone is shown, so that a missing quartile needs no reason."""
    rows = of_group(result, round_id, codes, series)
    none = float("nan")
    return rows.assign(q1=none, q3=none, reason=rows["reason"].where(rows["suppressed"]))


def draw(axes: Axes, layout: lines.Layout, rows: pd.DataFrame) -> None:
    """Middle half and median of the group (rows of `of_group`), where they may be shown."""
    if rows.empty:
        return
    for row in rows.loc[~rows["suppressed"]].to_dict("records"):
        y = layout.y(row["code"])
        if pd.notna(row["q1"]):
            marks.band(axes, [layout.x(row["q1"]), layout.x(row["q3"])], y)
        marks.tick(axes, layout.x(row["median"]), y)


def why_hidden(row: Mapping[Any, Any] | pd.Series, labels: Labels | None) -> str:
    """Why a row of `of_group` hides something, in words; empty where it does not."""
    if pd.isna(row["reason"]):
        return ""
    if not row["suppressed"]:
        return f"no quartiles: {named('few_for_quartiles', labels)}"
    reason = str(row["reason"])
    if reason == SMALL and row["n"] > LEAST:
        reason = "few_unnamed"
    return f"hidden: {named(reason, labels)}"


def caption(rows: pd.DataFrame, series: str, labels: Labels | None) -> tuple[tuple[str, str], ...]:
    """What the grey stands for, and for which codes it is hidden and why."""
    shown = rows.loc[~rows["suppressed"]]
    quartiles = shown["q1"].notna().any()
    said = []
    if len(shown):
        what = "middle half and median" if quartiles else "median"
        of_whom = f"{span(shown['n'])} cities, {named(series, labels)}"
        said.append(("Grey", f"{what} of {of_whom}"))
    for why, part in rows.groupby(rows.apply(why_hidden, axis=1, labels=labels), sort=False):
        if why:
            where = "" if len(part) == len(rows) else f"{', '.join(part['code'])} "
            said.append(("Group", f"{where}{why}"))
    return tuple(said)


def beside(
    rows: pd.DataFrame, behind: pd.DataFrame, series: str, labels: Labels | None
) -> pd.DataFrame:
    """The rows of a chart (code, series), those of one series with the group's figures beside.

    Adds group_n, group_median, group_q1, group_q3 and group_hidden (words).
    """
    figures = behind.assign(
        n=behind["n"].astype("Int64"),
        hidden=behind.apply(why_hidden, axis=1, labels=labels).replace("", None),
        series=series,
    )[["code", "series", "n", "median", "q1", "q3", "hidden"]]
    names = {name: f"group_{name}" for name in ("n", "median", "q1", "q3", "hidden")}
    return rows.merge(figures.rename(columns=names), on=["code", "series"], how="left")
