"""Reviewers from lenient to severe, with their intervals."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from benchmarks.charts import calibration, lines, marks, style
from benchmarks.charts.drawing import Drawing, Labels, named, points, span
from benchmarks.charts.lines import Entry
from benchmarks.result import BenchmarkResult
from benchmarks.severity import INFIT, Z

TOP, COLUMN, NUMBER, STEP = 62, 146, 44, 10
KEPT = [
    *("rater", "label", "severity", "lo", "hi", "n_scores", "n_cities", "infit"),
    *("component", "flag", "word"),
]
WHY = {
    "no_variance": "every mark is the same",
    "halo": "marks differ far less within a city than those of others",
    "uneven": f"fit above {INFIT[1]}: marks stray from what the others' lead to expect",
    "even": f"fit below {INFIT[0]}: marks stray less than chance would",
}


def severity(
    result: BenchmarkResult,
    round_id: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """For coordinators: each reviewer's severity with its 95 % interval (METHOD 3.4, 5).

    Points by which the marks lie below what others would have given; by part of the review, the
    most lenient first. Who is odd is flagged with a word, who is not calibrated is said at the
    foot. Data: rater, label, severity, lo, hi, n_scores, n_cities, infit, component, flag, word.
    Raises `LookupError` where nobody of the round is calibrated.
    """
    raters = result.raters.loc[result.raters["round"] == round_id]
    rows = raters.loc[raters["severity"].notna()]
    if rows.empty:
        raise LookupError(f"no calibrated reviewers in round {round_id}")
    rows = rows.assign(
        label=[named(rater, labels) for rater in rows["rater"]],
        lo=rows["severity"] - Z * rows["se"],
        hi=rows["severity"] + Z * rows["se"],
        word=rows.apply(lambda row: _word(row["flag"], row["infit"]), axis=1),
        place=rows["severity"].round(9),
    ).sort_values(["component", "place", "label", "rater"], ignore_index=True)
    told = tuple(_told(result, round_id, raters, rows, labels))
    return Drawing(
        figure=_picture(rows, told, labels, narrow),
        data=rows[KEPT],
        alt=_in_words(rows, labels),
        title=f"Severity of the reviewers, {named(round_id, labels)}",
        caption=told,
    )


def _word(flag: Any, infit: Any) -> str | None:
    """What is odd about a reviewer; of those who do not fit, to which side."""
    if pd.isna(flag):
        return None
    if flag == "infit":
        return "uneven" if infit > INFIT[1] else "even"
    return str(flag)


def _told(
    result: BenchmarkResult,
    round_id: str,
    raters: pd.DataFrame,
    rows: pd.DataFrame,
    labels: Labels | None,
) -> Iterator[tuple[str, str]]:
    yield "Round", named(round_id, labels)
    yield "Reviewers", str(len(rows))
    yield "Marks of each", span(rows["n_scores"])
    yield "Cities of each", span(rows["n_cities"])
    yield "Bars", "95 % intervals"
    yield "Points", "of 100, by which marks lie below (+) or above (\N{MINUS SIGN}) the usual"
    several = rows["component"].nunique() > 1
    whose = "of each part" if several else "of all reviewers"
    yield "Level", f"relative: the severities {whose} add up to zero"
    if several:
        yield "Parts", "no reviewer in common: compare within one only"
    if len(rows) < len(raters):
        count = len(raters) - len(rows)
        yield "Not calibrated", f"{count} more, {calibration.why_not(result, round_id, labels)}"
    for word in dict.fromkeys(rows["word"].dropna()):
        said = named(word, labels)
        yield said[:1].upper() + said[1:], WHY[word]


def _picture(
    rows: pd.DataFrame, told: Sequence[tuple[str, str]], labels: Labels | None, narrow: bool
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    several = rows["component"].nunique() > 1
    entries = []
    for part, own in rows.groupby("component", sort=True):
        if several:
            entries.append(Entry(f"part {part}", f"Part {part}", heading=True))
        entries += [
            Entry(rater, label, coded=False)
            for rater, label in zip(own["rater"], own["label"], strict=True)
        ]
    axis = _axis(rows)
    layout = lines.lay_out(entries, TOP, narrow=narrow, column=COLUMN, axis=axis)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    for x, word, align in ((layout.left, "lenient", "left"), (layout.right, "severe", "right")):
        style.write(axes, x, TOP - 30, word, size=style.SMALL, colour=style.SOFT, align=align)
    lines.draw(axes, layout, narrow=narrow)
    number = width - style.MARGIN - COLUMN + NUMBER
    zero = [(line.y - 13, line.y + 13) if narrow else (line.top, line.bottom)
            for line in layout.marked]  # fmt: skip
    style.strokes(axes, [(layout.x(0), y, layout.x(0), end) for y, end in zero], style.SOFT, 1.2, 2)
    places = {line.entry.code: line for line in layout.marked}
    middle = [places[rater].y for rater in rows["rater"]]
    ends = [(layout.x(lo), layout.x(hi)) for lo, hi in zip(rows["lo"], rows["hi"], strict=True)]
    marks.bars(axes, calibration.CALIBRATED, ends, middle)
    marks.mark(axes, calibration.CALIBRATED, [layout.x(x) for x in rows["severity"]], middle)
    for row in rows.to_dict("records"):
        line = places[row["rater"]]
        y = line.label_y if narrow else line.y
        style.write(axes, number, y, points(row["severity"], True), bold=True, align="right")
        if pd.notna(row["word"]):
            word = style.fit(named(row["word"], labels), COLUMN - NUMBER - 8, 1, style.SMALL)[0]
            style.write(axes, number + 8, y, word, size=style.SMALL)
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _axis(rows: pd.DataFrame) -> style.Axis:
    """As far to the one side as to the other, in steps of ten points."""
    reach = max(map(abs, [*rows["lo"], *rows["hi"]]))
    end = STEP * max(ceil(round(reach / STEP, 9)), 1)
    ticks = (-end, -end / 2, 0, end / 2, end)
    return style.Axis(-end, end, tuple((tick, points(tick, True)) for tick in ticks))


def _in_words(rows: pd.DataFrame, labels: Labels | None) -> str:
    """The most lenient, the most severe, and how many are flagged."""
    ordered = rows.sort_values("place", kind="stable")
    first, last = ordered.iloc[0], ordered.iloc[-1]
    text = (
        f"{len(rows)} reviewers: most lenient {first['label']} at"
        f" {points(first['severity'], True)} points, most severe {last['label']} at"
        f" {points(last['severity'], True)}."
    )
    odd = rows.dropna(subset=["word"])
    if odd.empty:
        return f"{text} Nobody's marks look odd."
    told = ", ".join(
        f"{label} ({named(word, labels)})"
        for label, word in zip(odd["label"][:3], odd["word"][:3], strict=True)
    )
    more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
    return f"{text} To look at: {told}{more}."
