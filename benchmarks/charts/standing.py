"""All cities of a round by role and commitment: middle half and median, and who is named."""

from collections.abc import Sequence

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
    role_named,
    score,
)
from benchmarks.charts.lines import Entry
from benchmarks.charts.profile import TOP
from benchmarks.result import BenchmarkResult

DATA = [
    *("role", "code", "label", "series", "city", "name", "value"),
    *("n", "median", "q1", "q3", "hidden"),
]


def standing(
    result: BenchmarkResult,
    round_id: str,
    series: str = calibration.CALIBRATED,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """The group by role and commitment as everyone may see it, each city of `result.scores` a mark
    (METHOD 3.9, 5): give it a result that holds the named ones only.

    Data: role, code, label, series; n, median, q1, q3 of the group and hidden, which says why one
    of them is not there, on rows without a city; and city, name, value on one row per mark.
    Raises `LookupError` where the round has no group figures of the series.
    """
    tree = result.structure.loc[result.structure["level"] <= 2]
    stats = result.peer_stats
    here = (stats["round"] == round_id) & (stats["series"] == series)
    if not here.any():
        raise LookupError(f"no group figures in round {round_id}")
    behind = group.of_group(result, round_id, tree["code"], series)
    scores = result.scores
    own = scores.loc[(scores["round"] == round_id) & (scores["series"] == series)]
    own = own.loc[own["code"].isin(tree["code"])]
    parts = result.components
    names = calibration.labelled(parts.loc[parts["round"] == round_id], labels)
    dots = own.dropna(subset=["value"])
    told = (
        *caption(own, round_id, [series], names),
        *calibration.caption(result, round_id, own, labels),
        *group.caption(behind, series, names),
    )
    told = tuple(("Named", said) if term == "Cities" else (term, said) for term, said in told)
    return Drawing(
        figure=_picture(_entries(tree, labels), behind, dots, series, told, names, narrow),
        data=_table(tree, behind, dots, series, labels),
        alt=_in_words(tree, behind, series, names),
        title=f"All cities by role and commitment: {named(series, names)}, "
        f"{named(round_id, labels)}",
        caption=told,
    )


def _entries(tree: pd.DataFrame, labels: Labels | None) -> list[Entry]:
    return [
        Entry(code, named(code, labels))
        if level == 2
        else Entry(code, role_named(code, labels), coded=False)
        for code, level in zip(tree["code"], tree["level"], strict=True)
    ]


def _picture(
    entries: Sequence[Entry],
    behind: pd.DataFrame,
    dots: pd.DataFrame,
    series: str,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    shown = behind.loc[~behind["suppressed"]]
    names = {series: f"{named(series, labels)}: a city that is named"} if len(dots) else {}
    if len(shown):
        names["band"] = "All cities: middle half, median"
    top = TOP + marks.key_height(width, names)
    layout = lines.lay_out(entries, top, narrow=narrow)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    marks.key(axes, width, names)
    lines.draw(axes, layout, narrow=narrow)
    group.draw(axes, layout, behind)
    marks.mark(
        axes,
        series,
        [layout.x(value) for value in dots["value"]],
        [layout.y(code) for code in dots["code"]],
    )
    marked = set(dots["code"])
    for row in behind.loc[behind["suppressed"]].to_dict("records"):
        if row["code"] not in marked:
            word = group.why_hidden(row, labels)
            style.note(axes, layout.left, layout.y(row["code"]), word)
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _table(
    tree: pd.DataFrame, behind: pd.DataFrame, dots: pd.DataFrame, series: str, labels: Labels | None
) -> pd.DataFrame:
    """The group first, then the marks, by code and name."""
    numbers = ["n", "median", "q1", "q3"]
    of_all = behind.assign(
        series=series,
        hidden=behind.apply(group.why_hidden, axis=1, labels=labels).replace("", None),
    )[["code", "series", *numbers, "hidden"]].astype({"n": "Int64"})
    called = [named(city, labels) for city in dots["city"]]
    each = dots.assign(name=pd.Series(called, index=dots.index, dtype="str"))
    each = each[["code", "series", "city", "name", "value"]]
    each = each.assign(fold=each["name"].str.casefold()).sort_values(["fold", "name", "city"])
    parts = [part.reindex(columns=DATA) for part in (of_all, each) if len(part)]
    rows = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    place = {code: number for number, code in enumerate(tree["code"])}
    role = {
        code: parent if level == 2 else code if level == 1 else ""
        for code, parent, level in zip(tree["code"], tree["parent"], tree["level"], strict=True)
    }
    rows = rows.assign(
        role=rows["code"].map(role),
        label=[role_named(code, labels) for code in rows["code"]],
        place=rows["code"].map(place),
    )
    rows = rows.sort_values("place", kind="stable", ignore_index=True)[DATA]
    return rows.astype({**dict.fromkeys(["value", "median", "q1", "q3"], "float64"), "n": "Int64"})


def _in_words(tree: pd.DataFrame, behind: pd.DataFrame, series: str, labels: Labels | None) -> str:
    """The highest and the lowest median of a commitment, and where cities are furthest apart."""
    commitments = tree.loc[tree["level"] == 2, "code"]
    rows = behind.loc[behind["code"].isin(commitments) & ~behind["suppressed"]].set_index("code")
    medians = by_code(rows["median"])
    if not medians:
        return f"{named(series, labels)}: no figure of the group may be shown by commitment."
    best, worst = ends(medians)
    text = (
        f"{named(series, labels)}, median of all cities: highest {named(best, labels)} at"
        f" {score(medians[best])}, lowest {named(worst, labels)} at {score(medians[worst])} of 100."
    )
    wide = by_code(rows["q3"] - rows["q1"])
    if not wide:
        return text
    far = max(wide, key=lambda code: wide[code])
    low, high = (by_code(rows[name])[far] for name in ("q1", "q3"))
    return (
        f"{text} Furthest apart in {named(far, labels)}: the middle half lies between"
        f" {score(low)} and {score(high)}."
    )
