"""Self beside the others, one line per commitment, the widest gap upwards on top."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import calibration, lines, marks, style
from benchmarks.charts.drawing import Drawing, Labels, caption, named, points, score
from benchmarks.charts.lines import Entry
from benchmarks.result import BenchmarkResult

TOP, COLUMN, WORD, NEAR = 62, 126, 56, 5
ZONE = ("Grey zone", f"within {NEAR} points")
NONE = float("nan")
KEPT = [
    *("code", "label", "against", "self", "other", "gap", "lo", "hi", "p_positive", "word"),
    *("n_items", "coverage", "reason"),
]


def gap(
    result: BenchmarkResult,
    round_id: str,
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One city's own view against its peers', or what was agreed, by commitment (METHOD 5).

    The bar at the own view is the interval of the gap: `higher` or `lower` where it is clear of
    the grey zone. Data: code, label, against, self, other, gap, lo, hi, p_positive, word, n_items,
    coverage, reason; by gap, empty last.
    Raises `LookupError` where the city has no scores in the round.
    """
    table, scores = result.gaps, result.scores
    own = table.loc[(table["round"] == round_id) & (table["city"] == city)]
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    theirs = scores.loc[(scores["round"] == round_id) & (scores["city"] == city)]
    commitments = result.structure.loc[result.structure["level"] == 2, "code"]
    rows = own.loc[own["code"].isin(commitments)].sort_values(
        "gap", ascending=False, kind="stable", key=lambda gaps: gaps.round(9), ignore_index=True
    )
    rows = rows.rename(columns={"label": "word"})
    rows = rows.assign(label=[named(code, labels) for code in rows["code"]])
    against = shown_against(str(own["against"].iloc[0]), theirs)
    sides = ["self", against]
    told = (*caption(rows, round_id, sides, labels), ZONE)
    if rows["lo"].notna().any():
        told += (("Bars", "95 % intervals of the gap"),)
    if str(own["against"].iloc[0]) == calibration.CALIBRATED:
        told += calibration.caption(result, round_id, theirs, labels)
    return Drawing(
        figure=dumbbells(rows, against, marks.legend(sides, labels), told, labels, narrow),
        data=rows[KEPT],
        alt=_in_words(rows, city, against, labels),
        title=f"{named(city, labels)}: {named('self', labels)} against {named(against, labels)},"
        f" {named(round_id, labels)}",
        caption=told,
    )


def shown_against(against: str, scores: pd.DataFrame) -> str:
    """The series that a gap is really against: without calibration the peers' plain means."""
    if against == calibration.CALIBRATED and not calibration.is_calibrated(scores):
        return "peer"
    return against


def dumbbells(
    rows: pd.DataFrame,
    against: str,
    legend: Mapping[str, str],
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    """A line per row of code, label, self, other, gap; `reason` says why a gap is missing.

    Where there are lo and hi, they get a bar; where there is `word`, it stands beside the gap.
    `against` is the series whose mark the other end gets, `legend` the words of both marks.
    """
    width = style.NARROW if narrow else style.WIDE
    column = COLUMN if "word" in rows and rows["word"].notna().any() else COLUMN - WORD
    entries = [Entry(code, label) for code, label in zip(rows["code"], rows["label"], strict=True)]
    top = TOP + marks.key_height(width, legend)
    layout = lines.lay_out(entries, top, narrow=narrow, column=column)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    marks.key(axes, width, legend)
    number = width - style.MARGIN - (column - COLUMN + WORD)
    style.write(axes, number, top - 10 if not narrow else top - 26, "Gap", size=style.SMALL,
                colour=style.SOFT, align="right")  # fmt: skip
    lines.draw(axes, layout, narrow=narrow)
    for line, row in zip(layout.marked, rows.to_dict("records"), strict=True):
        if pd.isna(row["gap"]):
            word = named(str(row["reason"]), labels)
            style.note(axes, layout.left, line.y, word)
            continue
        reach = [row.get("lo", NONE), row.get("hi", NONE)]
        _bell(axes, layout, line.y, against, (row["self"], row["other"]), reach)
        y = line.label_y if narrow else line.y
        style.write(axes, number, y, points(row["gap"], True), bold=True, align="right")
        if pd.notna(row.get("word", NONE)):
            style.write(axes, number + 6, y, named(row["word"], labels), size=style.SMALL)
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _bell(
    axes: Axes,
    layout: lines.Layout,
    y: float,
    against: str,
    sides: tuple[float, float],
    reach: Sequence[float],
) -> None:
    """Two marks, the line between them, the zone that is near, and both numbers outside.

    `sides` are self and other, `reach` the interval of the gap: drawn from where the others are.
    """
    own, other = sides
    near = [layout.x(other - NEAR), layout.x(other + NEAR)]
    axes.fill_between(near, y - 8, y + 8, color=style.ZONE, linewidth=0, zorder=1.5)
    style.line(axes, [layout.x(own), layout.x(other)], y, style.RULE, 3)
    outer = list(near)
    if pd.notna(reach[0]):
        bar = [layout.x(other + reach[0]), layout.x(other + reach[1])]
        marks.bar(axes, "self", bar, y)
        outer += bar
    marks.mark(axes, against, [layout.x(other)], [y])
    marks.mark(axes, "self", [layout.x(own)], [y])
    low, high = sorted((own, other))
    for value, x, align in (
        (low, min(layout.x(low) - 11, min(outer) - 4), "right"),
        (high, max(layout.x(high) + 11, max(outer) + 4), "left"),
    ):
        style.write(axes, x, y, score(value), size=style.SMALL, colour=style.SOFT, align=align)


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
    """The three widest gaps, upwards or downwards, with their labels and what is sure of them."""
    first = rows.loc[rows["gap"].abs().sort_values(ascending=False, kind="stable").index[:3]]
    words = first["word"] if "word" in first else [None] * len(first)
    return ", ".join(
        f"{label} {points(value, True)}" + ("" if pd.isna(word) else f" ({word})")
        for label, value, word in zip(first["label"], first["gap"], words, strict=True)
    )
