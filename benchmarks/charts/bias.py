"""One more picture: self beside what others found, as means over all cities of a round."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.charts.drawing import Drawing, Labels, caption, named
from benchmarks.charts.gap import NEAR, dumbbells, widest
from benchmarks.result import BenchmarkResult


def means(result: BenchmarkResult, round_id: str, codes: Sequence[str]) -> pd.DataFrame:
    """Means of self, other and gap over the cities that have both, by code, widest upwards first.

    Columns: code, self, other, gap, n_cities, coverage (the lowest of a city).
    """
    there = result.gaps.loc[
        (result.gaps["round"] == round_id)
        & result.gaps["code"].isin(list(codes))
        & result.gaps["gap"].notna()
    ]
    grouped = there.groupby("code")
    table = grouped[["self", "other", "gap"]].mean()
    table = table.assign(n_cities=grouped.size(), coverage=grouped["coverage"].min())
    return (
        table.reindex([code for code in codes if code in table.index])
        .reset_index(names="code")
        .sort_values("gap", ascending=False, kind="stable", key=lambda gaps: gaps.round(9))
        .reset_index(drop=True)
    )


def bias(
    result: BenchmarkResult,
    round_id: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """All cities: mean of self against mean of the others, by commitment.

    Data: code, label, self, other, gap, n_cities, coverage; by gap.
    Raises `LookupError` where no city has both.
    """
    codes = list(result.structure.loc[result.structure["level"] == 2, "code"])
    rows = means(result, round_id, codes)
    if rows.empty:
        raise LookupError(f"nothing to compare in round {round_id}")
    rows.insert(1, "label", [named(code, labels) for code in rows["code"]])
    drawn = result.gaps.loc[
        (result.gaps["round"] == round_id)
        & result.gaps["code"].isin(codes)
        & result.gaps["gap"].notna()
    ]
    against = _against(drawn)
    told = (
        *caption(drawn, round_id, ["self", *against], labels),
        ("Grey zone", f"within {NEAR} points"),
    )
    names = " / ".join(named(each, labels) for each in against)
    legend = {"self": named("self", labels), against[0]: names}
    return Drawing(
        figure=dumbbells(rows, against[0], legend, told, labels, narrow),
        data=rows,
        alt=_in_words(rows, labels),
        title=f"All cities: {named('self', labels)} against others, {named(round_id, labels)}",
        caption=told,
    )


def _against(drawn: pd.DataFrame) -> list[str]:
    """What self was held against: agreed levels, peers' means, or both."""
    there = set(drawn["against"])
    return [each for each in ("agreed", "peer") if each in there]


def _in_words(rows: pd.DataFrame, labels: Labels | None) -> str:
    """The three widest mean gaps, upwards or downwards."""
    return f"Widest mean gaps of {named('self', labels)} from others, in points: {widest(rows)}."
