"""One more picture: self beside what others found, as means over all cities of a round."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import lines, style
from benchmarks.charts.drawing import Drawing, Labels, caption, named, points
from benchmarks.charts.gap import COLUMN, NEAR, TOP
from benchmarks.charts.lines import Entry
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
    return Drawing(
        figure=_picture(rows, against, told, labels, narrow),
        data=rows,
        alt=_in_words(rows, labels),
        title=f"All cities: {named('self', labels)} against others, {named(round_id, labels)}",
        caption=told,
    )


def _against(drawn: pd.DataFrame) -> list[str]:
    """What self was held against: agreed levels, peers' means, or both."""
    there = set(drawn["against"])
    return [each for each in ("agreed", "peer") if each in there]


def _picture(
    rows: pd.DataFrame,
    against: Sequence[str],
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    entries = [Entry(code, label) for code, label in zip(rows["code"], rows["label"], strict=True)]
    layout = lines.lay_out(entries, TOP, narrow=narrow, column=COLUMN)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    names = " / ".join(named(each, labels) for each in against)
    style.key(axes, style.MARGIN, 18, {"self": named("self", labels), against[0]: names})
    style.write(axes, width - style.MARGIN, 18 if narrow else TOP - 10, "Gap", size=style.SMALL,
                colour=style.SOFT, align="right")  # fmt: skip
    lines.draw(axes, layout, narrow=narrow)
    for line, row in zip(layout.marked, rows.to_dict("records"), strict=True):
        _bell(axes, layout, line.y, against[0], row["self"], row["other"])
        style.write(axes, width - style.MARGIN, line.label_y if narrow else line.y,
                    points(row["gap"], True), bold=True, align="right")  # fmt: skip
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _bell(
    axes: Axes, layout: lines.Layout, y: float, against: str, own: float, other: float
) -> None:
    """Two marks, the line between them, the zone that is near, and both numbers outside."""
    near = [layout.x(max(0, other - NEAR)), layout.x(min(100, other + NEAR))]
    axes.fill_between(near, y - 8, y + 8, color=style.ZONE, linewidth=0, zorder=1.5)
    style.line(axes, [layout.x(own), layout.x(other)], y, style.RULE, 3)
    style.mark(axes, against, [layout.x(other)], [y])
    style.mark(axes, "self", [layout.x(own)], [y])
    low, high = sorted((own, other))
    left, right = min(layout.x(low) - 11, near[0] - 4), max(layout.x(high) + 11, near[1] + 4)
    for value, x, align in ((low, left, "right"), (high, right, "left")):
        style.write(axes, x, y, points(value), size=style.SMALL, colour=style.SOFT, align=align)


def _in_words(rows: pd.DataFrame, labels: Labels | None) -> str:
    """The three widest mean gaps, upwards or downwards."""
    widest = rows.loc[rows["gap"].abs().sort_values(ascending=False, kind="stable").index[:3]]
    told = [
        f"{label} {points(value, True)}"
        for label, value in zip(widest["label"], widest["gap"], strict=True)
    ]
    return f"Widest mean gaps of {named('self', labels)} from others, in points: {', '.join(told)}."
