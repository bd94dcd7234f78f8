"""The group behind a city's marks: its middle half and its median, or why they are not shown."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from benchmarks.charts.drawing import Labels, named, span
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


def why_hidden(row: Mapping[Any, Any] | pd.Series, labels: Labels | None) -> str:
    """Why a row of `of_group` hides something, in words; empty where it does not."""
    if pd.isna(row["reason"]):
        return ""
    if not row["suppressed"]:
        return f"no quartiles: {named('few_for_quartiles', labels)}"
    return f"hidden: {named(str(row['reason']), labels)}"


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
