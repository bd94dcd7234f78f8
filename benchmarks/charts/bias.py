"""One more picture: self beside what others found, as means over all cities of a round."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.charts import calibration, marks
from benchmarks.charts.drawing import Drawing, Labels, caption, named
from benchmarks.charts.gap import ZONE, dumbbells, shown_against, widest
from benchmarks.gaps import HIGHER, IN_LINE, LOWER, UNCLEAR
from benchmarks.result import SERIES, BenchmarkResult

WORDS = (HIGHER, IN_LINE, LOWER, UNCLEAR)


def means(result: BenchmarkResult, round_id: str, codes: Sequence[str]) -> pd.DataFrame:
    """Means of self, other and gap over the cities that have both, by code, widest upwards first.

    Columns: code, self, other, gap, n_cities, coverage (the lowest of a city), and how many
    cities are `higher`, `in line`, `lower` and `unclear`.
    """
    there = _there(result, round_id, codes)
    grouped = there.groupby("code")
    table = grouped[["self", "other", "gap"]].mean()
    table = table.assign(n_cities=grouped.size(), coverage=grouped["coverage"].min())
    for word in WORDS:
        table[word] = (there["label"] == word).fillna(False).groupby(there["code"]).sum()
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

    Data: code, label, self, other, gap, n_cities, coverage, and how many cities are `higher`,
    `in line`, `lower` and `unclear`; by gap. Raises `LookupError` where no city has both.
    """
    codes = list(result.structure.loc[result.structure["level"] == 2, "code"])
    rows = means(result, round_id, codes)
    if rows.empty:
        raise LookupError(f"nothing to compare in round {round_id}")
    rows.insert(1, "label", [named(code, labels) for code in rows["code"]])
    drawn = _there(result, round_id, codes)
    scores = result.scores.loc[
        (result.scores["round"] == round_id) & result.scores["city"].isin(drawn["city"])
    ]
    against = _against(drawn, scores)
    told = (*caption(drawn, round_id, ["self", *against], labels), ZONE)
    if calibration.CALIBRATED in set(drawn["against"]):
        told += calibration.caption(result, round_id, scores, labels)
    names = " / ".join(named(each, labels) for each in against)
    legend = {**marks.legend(["self"], labels), against[0]: names}
    return Drawing(
        figure=dumbbells(rows, against[0], legend, told, labels, narrow),
        data=rows,
        alt=_in_words(rows, labels),
        title=f"All cities: {named('self', labels)} against others, {named(round_id, labels)}",
        caption=told,
    )


def _there(result: BenchmarkResult, round_id: str, codes: Sequence[str]) -> pd.DataFrame:
    """The gaps there are of some codes, in one round."""
    table = result.gaps
    here = (table["round"] == round_id) & table["code"].isin(list(codes))
    return table.loc[here & table["gap"].notna()]


def _against(drawn: pd.DataFrame, scores: pd.DataFrame) -> list[str]:
    """What self was held against, the surest first."""
    there = {shown_against(str(each), scores) for each in drawn["against"].unique()}
    return [each for each in reversed(SERIES) if each in there]


def _in_words(rows: pd.DataFrame, labels: Labels | None) -> str:
    """The three widest mean gaps, upwards or downwards, and how sure the first of them is."""
    text = f"Widest mean gaps of {named('self', labels)} from others, in points: {widest(rows)}."
    first = rows.loc[rows["gap"].abs().sort_values(ascending=False, kind="stable").index[0]]
    told = [f"{word} in {first[word]}" for word in WORDS if first[word]]
    if not told:
        return text
    return f"{text} {first['label']} is {', '.join(told)} of {first['n_cities']} cities."
