"""One series by role over all cities: dots below 8 cities, boxes from 8, violins from 30."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
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
from benchmarks.charts.parts import entry, whole_and_parts
from benchmarks.result import BenchmarkResult

BOX, VIOLIN = 8, 30
"""From so many cities on there are quartiles, and a shape."""
TOP, NUMBER, LOW, HIGH, DROP = 62, 52, 42, 56, 8
LANES = (0.0, -6.5, 6.5, -13.0, 13.0)
SIDE = 6.5
HALF = 9
REACH = 15
NONE = float("nan")
DATA = [
    *("code", "label", "series", "n", "median", "q1", "q3", "whisker_lo", "whisker_hi"),
    *("values", "city", "city_value"),
    *("group_n", "group_median", "group_q1", "group_q3", "group_hidden"),
]


@dataclass(frozen=True)
class Box:
    """Median, middle half, and how far the others reach within one and a half of it."""

    median: float
    q1: float
    q3: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Spread:
    """One code: the points of its cities from low to high, that of the marked city, and its box.

    A box is there from eight cities on, and where all cities are.
    """

    values: tuple[float, ...]
    own: float
    box: Box | None

    @property
    def shaped(self) -> bool:
        """Whether it is drawn as a violin."""
        return self.box is not None and len(self.values) >= VIOLIN


def spread(
    result: BenchmarkResult,
    round_id: str,
    series: str,
    *,
    city: str = "",
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """How one series lies over the cities of `result.scores`, by role after the whole (METHOD 5).

    By commitment where the structure has one role only. `city` is marked. Where there are cities
    that the reader does not get, the group's own figures take the place of a box. Data: code,
    label, series, n, median, q1, q3, whisker_lo, whisker_hi; values (of the dots, as text), city,
    city_value; group_n, group_median, group_q1, group_q3, group_hidden, where they are drawn.
    Raises `LookupError` where no city has a score of the series.
    """
    tree = result.structure
    scores = result.scores
    rows = scores.loc[(scores["round"] == round_id) & (scores["series"] == series)]
    asked = set(rows["code"])
    codes = [code for code in whole_and_parts(tree) if code in asked]
    rows = rows.loc[rows["code"].isin(codes) & rows["value"].notna()]
    if rows.empty:
        raise LookupError(f"no scores of {series} in round {round_id}")
    names = calibration.labelled(rows, labels) if series == calibration.CALIBRATED else labels
    behind = group.of_group(result, round_id, codes, series)
    counts = rows.groupby("code")["city"].nunique().reindex(codes, fill_value=0)
    partial = behind["n"].to_numpy() > counts.to_numpy()
    behind = behind.loc[partial]
    shown = {code: _of(rows.loc[rows["code"] == code], city, behind) for code in codes}
    told = (
        *caption(rows, round_id, [series], names),
        *_told(list(shown.values())),
        *group.caption(behind, series, names),
        *calibration.caption(result, round_id, rows, labels),
    )
    entries = [entry(tree, code, labels) for code in codes]
    return Drawing(
        figure=_picture(entries, shown, behind, series, city, told, names, narrow),
        data=_table(shown, behind, series, city, labels),
        alt=_in_words(shown, behind, series, city, names),
        title=f"How the cities lie: {named(series, names)}, {named(round_id, labels)}",
        caption=told,
    )


def density(values: Sequence[float], at: np.ndarray) -> np.ndarray:
    """How dense values lie, the highest 1: normal curves as wide as Scott's rule says."""
    x = np.asarray(values, dtype=float)
    wide = max(float(np.std(x, ddof=1)) * len(x) ** -0.2, 1.0)
    heights = np.exp(-(((at[:, None] - x) / wide) ** 2) / 2).sum(axis=1)
    return np.asarray(heights / heights.max())


def beside(x: Sequence[float]) -> list[float]:
    """How far each dot goes up or down so that none lies on another, while there is room; x in
    pixels from left to right."""
    last = dict.fromkeys(LANES, -np.inf)
    lanes = []
    for place in x:
        lane = next((lane for lane in LANES if place - last[lane] >= SIDE), LANES[0])
        last[lane] = place
        lanes.append(lane)
    return lanes


def _of(rows: pd.DataFrame, city: str, behind: pd.DataFrame) -> Spread:
    values = np.sort(rows["value"].to_numpy())
    own = rows.loc[rows["city"] == city, "value"]
    code = rows["code"].iloc[0] if len(rows) else ""
    instead = behind.loc[behind["code"] == code, "suppressed"]
    boxed = len(values) >= BOX and (instead.empty or bool(instead.iloc[0]))
    return Spread(
        values=tuple(map(float, values)),
        own=float(own.iloc[0]) if len(own) else NONE,
        box=_box(values) if boxed else None,
    )


def _box(values: np.ndarray) -> Box:
    """Quartiles of type 7; whiskers end at the last value within 1.5 times the middle half."""
    q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75))
    near = values[(values >= q1 - 1.5 * (q3 - q1)) & (values <= q3 + 1.5 * (q3 - q1))]
    return Box(float(median), float(q1), float(q3), float(near.min()), float(near.max()))


def _told(every: Sequence[Spread]) -> Iterator[tuple[str, str]]:
    if any(_others(one) and not one.shaped for one in every):
        yield "Dots", "one city each"
    if any(one.box for one in every):
        yield "Boxes", "median and middle half; lines reach 1.5 times as far"
    if any(one.shaped for one in every):
        yield "Shapes", "the wider, the more cities; cut at 0 and 100"


def _picture(
    entries: Sequence[lines.Entry],
    shown: Mapping[str, Spread],
    behind: pd.DataFrame,
    series: str,
    city: str,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    key = _key(shown, behind, series, city, labels)
    key = {mark: style.fit(words, width - 60, 1, style.SMALL)[0] for mark, words in key.items()}
    top = TOP + marks.key_height(width, key)
    marked = any(pd.notna(one.own) for one in shown.values())
    high, drop = (HIGH, DROP) if marked else (LOW, 0)
    layout = lines.lay_out(entries, top, narrow=narrow, column=NUMBER, high=high, drop=drop)
    figure, axes = style.sheet(width, layout.bottom + 34 + style.foot_height(width, told))
    marks.key(axes, width, key, SIGNS)
    lines.draw(axes, layout, narrow=narrow)
    number = width - style.MARGIN
    style.write(axes, number, top - (26 if narrow else 10), "Cities", size=style.SMALL,
                colour=style.SOFT, align="right")  # fmt: skip
    for line in layout.lines:
        one = shown[line.entry.code]
        y = line.label_y if narrow else line.y
        instead = behind.loc[(behind["code"] == line.entry.code) & ~behind["suppressed"]]
        count = max([len(one.values), *map(int, instead["n"])])
        style.write(axes, number, y, str(count), size=style.SMALL, align="right")
        _draw(axes, layout, line.y, one, series)
        _instead(axes, layout, line.y, instead)
        if not one.values:
            style.note(axes, layout.left, line.y, named("no_data", labels))
    style.foot(axes, width, layout.bottom + 42, told)
    return figure


def _key(
    shown: Mapping[str, Spread],
    behind: pd.DataFrame,
    series: str,
    city: str,
    labels: Labels | None,
) -> dict[str, str]:
    every = list(shown.values())
    key = {}
    if any(pd.notna(one.own) for one in every):
        key[series] = named(city, labels)
    if any(_others(one) and not one.shaped for one in every):
        key["group"] = "A city"
    if any(one.box for one in every):
        key["box"] = "Middle half, median"
    if (~behind["suppressed"]).any():
        key["band"] = "All cities"
    return key


def _others(one: Spread) -> list[float]:
    """The values without that of the marked city."""
    others = list(one.values)
    if pd.notna(one.own):
        others.remove(one.own)
    return others


def _draw(axes: Axes, layout: lines.Layout, y: float, one: Spread, series: str) -> None:
    if one.shaped:
        _violin(axes, layout, y, one.values)
    if one.box:
        _boxed(axes, [layout.x(value) for value in
                      (one.box.lo, one.box.q1, one.box.median, one.box.q3, one.box.hi)],
               y, slim=one.shaped)  # fmt: skip
    if not one.shaped:
        x = [layout.x(value) for value in _others(one)]
        marks.mark(axes, "group", x, [y + lane for lane in beside(x)])
    if pd.notna(one.own):
        marks.mark(axes, series, [layout.x(one.own)], [y])
        style.write(axes, layout.x(one.own), y - 24, score(one.own), size=style.SMALL, bold=True,
                    align="center")  # fmt: skip


def _violin(axes: Axes, layout: lines.Layout, y: float, values: Sequence[float]) -> None:
    at = np.arange(0.0, 101.0)
    high = density(values, at) * REACH
    kept = high > 0.15
    x = [layout.x(value) for value in at[kept]]
    upper = list(zip(x, y - high[kept], strict=True))
    lower = list(zip(x, y + high[kept], strict=True))
    style.fill(axes, [*upper, *reversed(lower)], SHAPE, marks.LOOKS["group"].edge)


def _boxed(axes: Axes, x: Sequence[float], y: float, *, slim: bool) -> None:
    """A box from the second to the fourth of five places, its median, and lines to the ends."""
    lo, q1, median, q3, hi = x
    half = 4 if slim else HALF
    dark = marks.LOOKS["group"].edge
    corners = [(q1, y - half), (q3, y - half), (q3, y + half), (q1, y + half)]
    style.strokes(axes, [(lo, y, hi, y)], dark, 1.2, 1.4)
    style.strokes(axes, [(end, y - 4, end, y + 4) for end in (lo, hi)], dark, 1.2, 1.4)
    style.fill(axes, corners, "white" if slim else marks.BAND, dark, 1.6)
    style.strokes(axes, [(median, y - half, median, y + half)], style.INK, 2.4, 2.4)


def _instead(axes: Axes, layout: lines.Layout, y: float, rows: pd.DataFrame) -> None:
    """The group's figures in place of a box."""
    for row in rows.to_dict("records"):
        if pd.notna(row["q1"]):
            marks.band(axes, [layout.x(row["q1"]), layout.x(row["q3"])], y)
        marks.tick(axes, layout.x(row["median"]), y)


def _sign(axes: Axes, x: float, y: float) -> None:
    _boxed(axes, [x - 2, x + 2, x + 8, x + 12, x + 16], y, slim=False)


SHAPE = "#ececec"
SIGNS: Mapping[str, marks.Sign] = {**marks.SIGNS, "box": _sign}


def _table(
    shown: Mapping[str, Spread],
    behind: pd.DataFrame,
    series: str,
    city: str,
    labels: Labels | None,
) -> pd.DataFrame:
    boxes = {code: one.box or Box(*[NONE] * 5) for code, one in shown.items()}
    rows = pd.DataFrame(
        {
            "code": list(shown),
            "label": [role_named(code, labels) for code in shown],
            "series": series,
            "n": [len(one.values) for one in shown.values()],
            "median": [box.median for box in boxes.values()],
            "q1": [box.q1 for box in boxes.values()],
            "q3": [box.q3 for box in boxes.values()],
            "whisker_lo": [box.lo for box in boxes.values()],
            "whisker_hi": [box.hi for box in boxes.values()],
            "values": [
                "" if one.shaped else ", ".join(map(score, one.values)) for one in shown.values()
            ],
            "city": [city if pd.notna(one.own) else None for one in shown.values()],
            "city_value": [one.own for one in shown.values()],
        }
    )
    if behind.empty:
        return rows.reindex(columns=DATA)
    return group.beside(rows, behind, series, labels)[DATA]


def _in_words(
    shown: Mapping[str, Spread],
    behind: pd.DataFrame,
    series: str,
    city: str,
    labels: Labels | None,
) -> str:
    """Highest and lowest middle, where cities lie widest apart, and the marked city's widest."""
    medians = {code: float(np.median(one.values)) for code, one in shown.items() if one.values}
    group_medians = by_code(behind.loc[~behind["suppressed"]].set_index("code")["median"])
    medians |= group_medians
    own = {code: one.own for code, one in shown.items() if pd.notna(one.own)}
    many = max(max(len(one.values) for one in shown.values()), *[0, *map(int, behind["n"])])
    best, worst = ends(medians)
    text = (
        f"{named(series, labels)} of {many} {'city' if many == 1 else 'cities'}: highest median"
        f" {role_named(best, labels)} at {score(medians[best])}, lowest"
        f" {role_named(worst, labels)} at {score(medians[worst])} of 100."
    )
    reach = {code: one.values[-1] - one.values[0] for code, one in shown.items()
             if len(one.values) > 1}  # fmt: skip
    if reach and not group_medians:
        wide = max(reach, key=lambda code: reach[code])
        values = shown[wide].values
        text += (
            f" Widest apart in {role_named(wide, labels)}: {score(values[0])} to"
            f" {score(values[-1])}."
        )
    apart = {code: value - medians[code] for code, value in own.items() if code in medians}
    if not apart or many == 1:
        return text
    far = max(apart, key=lambda code: abs(apart[code]))
    return (
        f"{text} {named(city, labels)} is furthest from the median in {role_named(far, labels)}:"
        f" {points(apart[far], True)} points."
    )
