"""Self beside the others, one line per commitment, the widest gap upwards on top."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import lines, style
from benchmarks.charts.drawing import Drawing, Labels, caption, named, points
from benchmarks.charts.lines import Entry
from benchmarks.result import BenchmarkResult

TOP, COLUMN, NEAR = 62, 70, 5


def gap(
    result: BenchmarkResult,
    round_id: str,
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One city's own view against what was agreed, or its peers' mean, by commitment (METHOD 5).

    Data: code, label, against, self, other, gap, n_items, coverage, reason; by gap, empty last.
    Raises `LookupError` where the city has no scores in the round.
    """
    table = result.gaps
    own = table.loc[(table["round"] == round_id) & (table["city"] == city)]
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    commitments = result.structure.loc[result.structure["level"] == 2, "code"]
    rows = own.loc[own["code"].isin(commitments)].sort_values(
        "gap", ascending=False, kind="stable", key=lambda gaps: gaps.round(9), ignore_index=True
    )
    rows.insert(3, "label", [named(code, labels) for code in rows["code"]])
    against = str(own["against"].iloc[0])
    told = caption(rows, round_id, ["self", against], labels)
    told = (*told, ("Grey zone", f"within {NEAR} points"))
    kept = ["code", "label", "against", "self", "other", "gap", "n_items", "coverage", "reason"]
    return Drawing(
        figure=dumbbells(
            rows, against, style.legend(["self", against], labels), told, labels, narrow
        ),
        data=rows[kept],
        alt=_in_words(rows, city, against, labels),
        title=f"{named(city, labels)}: {named('self', labels)} against {named(against, labels)},"
        f" {named(round_id, labels)}",
        caption=told,
    )


def dumbbells(
    rows: pd.DataFrame,
    against: str,
    legend: Mapping[str, str],
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    """A line per row of code, label, self, other, gap; `reason` says why a gap is missing.

    `against` is the series whose mark the other end gets, `legend` the words of both marks.
    """
    width = style.NARROW if narrow else style.WIDE
    entries = [Entry(code, label) for code, label in zip(rows["code"], rows["label"], strict=True)]
    layout = lines.lay_out(entries, TOP, narrow=narrow, column=COLUMN)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    style.key(axes, style.MARGIN, 18, legend)
    style.write(axes, width - style.MARGIN, 18 if narrow else TOP - 10, "Gap", size=style.SMALL,
                colour=style.SOFT, align="right")  # fmt: skip
    lines.draw(axes, layout, narrow=narrow)
    for line, row in zip(layout.marked, rows.to_dict("records"), strict=True):
        if pd.isna(row["gap"]):
            word = named(str(row["reason"]), labels)
            style.note(axes, layout.left, line.y, word)
            continue
        _bell(axes, layout, line.y, against, row["self"], row["other"])
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
    for value, x, align in (
        (low, min(layout.x(low) - 11, near[0] - 4), "right"),
        (high, max(layout.x(high) + 11, near[1] + 4), "left"),
    ):
        style.write(axes, x, y, points(value), size=style.SMALL, colour=style.SOFT, align=align)


def _in_words(rows: pd.DataFrame, city: str, against: str, labels: Labels | None) -> str:
    """The three widest gaps, upwards or downwards."""
    there = rows.dropna(subset=["gap"])
    if there.empty:
        return f"{named(city, labels)} has no gap to show yet."
    return (
        f"{named(city, labels)}: widest gaps of {named('self', labels)} from"
        f" {named(against, labels)}, in points: {widest(there)}."
    )


def widest(rows: pd.DataFrame) -> str:
    """The three widest gaps, upwards or downwards, with their labels."""
    first = rows.loc[rows["gap"].abs().sort_values(ascending=False, kind="stable").index[:3]]
    return ", ".join(
        f"{label} {points(value, True)}"
        for label, value in zip(first["label"], first["gap"], strict=True)
    )
