"""Places among all cities, never without their interval."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import calibration, group, lines, marks, style
from benchmarks.charts.drawing import (
    Drawing,
    Labels,
    caption,
    named,
    points,
    role_named,
)
from benchmarks.charts.lines import Entry
from benchmarks.ranks import ABOVE, BELOW, BETWEEN
from benchmarks.result import BenchmarkResult

TOP, HIGH, BESIDE, NUMBER, WORD = 62, 24, 264, 84, 128
STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
MANY = 60
"""With more cities than this, the words of the bands are left to the marks."""
BARS = ("Bars", "ranks in nine of ten draws of scores, weights and method")
BANDS = ("Above, below", "the group's median, in 95 of 100 draws")
DATA = ["city", "name", "rank_median", "rank_p05", "rank_p95", "band", "reason"]
LOOKS = {
    ABOVE: marks.Look("#0072B2", "#00466E", "^", 9.5, 6),
    BETWEEN: marks.Look("white", "#505a5f", "o", 8.0, 6),
    BELOW: marks.Look("#D55E00", "#7A3600", "v", 9.5, 6),
}
"""How a band is marked: the direction of the mark repeats its colour."""


def ranks(
    result: BenchmarkResult,
    round_id: str,
    code: str = "overall",
    *,
    city: str = "",
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """The places of the cities on one code, median and 5 to 95 % (METHOD 3.7, 5).

    Sorted by median; `city` stands out. Cities without an interval stand beneath, with the reason.
    Data: city, name, rank_median, rank_p05, rank_p95, band, reason (of those without a place).
    Raises `LookupError` where no city has an interval.
    """
    table = result.ranks
    here = (table["round"] == round_id) & (table["group"] == group.EVERYBODY)
    found = table.loc[here & (table["code"] == code)]
    placed = found.loc[found["rank_p05"].notna() & found["rank_p95"].notna()]
    if placed.empty:
        raise LookupError(f"no ranks on {code} in round {round_id}")
    scores = result.scores.loc[
        (result.scores["round"] == round_id)
        & (result.scores["code"] == code)
        & (result.scores["series"] == calibration.CALIBRATED)
    ]
    ranked = _named(placed, labels).sort_values(
        ["rank_median", "rank_p05", "rank_p95", "fold", "name", "city"], ignore_index=True
    )
    without = scores.loc[~scores["city"].isin(placed["city"])]
    without = _named(without, labels).sort_values(["fold", "name", "city"], ignore_index=True)
    without["reason"] = [_why(row, result, round_id) for row in without.to_dict("records")]
    among = max(_among(result, round_id, code), len(ranked), ceil(ranked["rank_p95"].max()))
    drawn = scores.loc[scores["city"].isin(placed["city"])]
    told = tuple(_told(result, round_id, drawn, scores, among, len(without), labels))
    rows = ranked.assign(reason=None)
    return Drawing(
        figure=_picture(rows, without, among, city, told, labels, narrow),
        data=pd.concat([part[DATA] for part in (rows, without.reindex(columns=rows.columns))
                        if len(part)], ignore_index=True),
        alt=_in_words(ranked, among, code, city, labels),
        title=f"Places of the cities: {role_named(code, labels)}, {named(round_id, labels)}",
        caption=told,
    )  # fmt: skip


def _named(rows: pd.DataFrame, labels: Labels | None) -> pd.DataFrame:
    names = [named(city, labels) for city in rows["city"]]
    return rows.assign(name=names, fold=[name.casefold() for name in names])


def _among(result: BenchmarkResult, round_id: str, code: str) -> int:
    """How many cities have a calibrated score: also those whose rows the reader does not get."""
    rows = group.of_group(result, round_id, [code], calibration.CALIBRATED)
    return int(rows["n"].iloc[0])


def _why(row: Mapping[Any, Any], result: BenchmarkResult, round_id: str) -> str:
    """Why a city has no place, as a word of `drawing.WORDS`."""
    parts = result.components.loc[result.components["round"] == round_id]
    if pd.isna(row["value"]):
        return str(row["reason"])
    if not row["calibrated"]:
        reasons = parts.loc[~parts["calibrated"], "reason"].dropna()
        return str(reasons.iloc[0]) if len(reasons) else "not_calibrated"
    return "several_parts" if len(parts) > 1 else "few_for_ranks"


def _told(
    result: BenchmarkResult,
    round_id: str,
    drawn: pd.DataFrame,
    scores: pd.DataFrame,
    among: int,
    without: int,
    labels: Labels | None,
) -> Iterator[tuple[str, str]]:
    yield from caption(drawn, round_id, [calibration.CALIBRATED], labels)
    yield "Places", f"1 to {among}, 1 is the highest score"
    yield BARS
    yield BANDS
    yield from calibration.caption(result, round_id, scores, labels)
    if without:
        yield "Not ranked", f"{without} {'city' if without == 1 else 'cities'}"


def _picture(
    rows: pd.DataFrame,
    without: pd.DataFrame,
    among: int,
    city: str,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    worded = not narrow and len(rows) <= MANY
    column = NUMBER + (WORD if worded else 0)
    there = set(rows["band"])
    key = {band: named(band, labels) for band in LOOKS if band in there}
    top = TOP + marks.key_height(width, key)
    layout = lines.lay_out(
        [*_entries(rows, city)], top, narrow=narrow, column=column, high=HIGH, beside=BESIDE,
        axis=_axis(among, narrow),
    )  # fmt: skip
    below = lines.lay_out(
        [*_entries(without, city)], layout.bottom + 56, narrow=narrow, high=HIGH, beside=BESIDE
    )
    bottom = below.bottom if len(without) else layout.bottom + 22
    figure, axes = style.sheet(width, bottom + 14 + style.foot_height(width, told))
    marks.key(axes, width, key, SIGNS)
    _highlight(axes, [*layout.lines, *below.lines], city, width)
    lines.draw(axes, layout, narrow=narrow)
    _places(axes, layout, rows)
    number = width - style.MARGIN - column + NUMBER
    style.write(axes, number, top - (26 if narrow else 10), "Rank", size=style.SMALL,
                colour=style.SOFT, align="right")  # fmt: skip
    for line, row in zip(layout.lines, rows.to_dict("records"), strict=True):
        y = line.label_y if narrow else line.y
        own = row["city"] == city
        style.write(axes, number, y, _place(row), size=style.SMALL, bold=own, align="right")
        if worded:
            word = style.fit(named(row["band"], labels), WORD - 12, 1, style.SMALL)[0]
            style.write(axes, number + 12, y, word, size=style.SMALL)
    if len(without):
        _not_ranked(axes, below, without, labels, narrow)
    style.foot(axes, width, bottom + 22, told)
    return figure


def _entries(rows: pd.DataFrame, city: str) -> Iterator[Entry]:
    for one, name in zip(rows["city"], rows["name"], strict=True):
        yield Entry(one, name, coded=False, plain=one != city)


def _axis(among: int, narrow: bool) -> style.Axis:
    """From the first place to the last, with numbers that have room."""
    most = 5 if narrow else 6
    step = next((step for step in STEPS if among / step <= most), STEPS[-1])
    between = [place for place in range(step, among, step) if 1 + step / 2 < place]
    between = [place for place in between if place <= among - step / 2]
    places = dict.fromkeys([1, *between, among])
    return style.Axis(1, max(among, 2), tuple((place, str(place)) for place in places))


def _highlight(axes: Axes, every: Sequence[lines.Line], city: str, width: float) -> None:
    for line in every:
        if line.entry.code == city:
            ends = [
                (4, line.top),
                (width - 4, line.top),
                (width - 4, line.bottom),
                (4, line.bottom),
            ]
            style.fill(axes, ends, style.ZONE, depth=0.5)


def _places(axes: Axes, layout: lines.Layout, rows: pd.DataFrame) -> None:
    """Bars from the 5th to the 95th of a hundred draws, and a mark at the median."""
    y = [line.y for line in layout.lines]
    x = {name: [layout.x(value) for value in rows[name]]
         for name in ("rank_p05", "rank_median", "rank_p95")}  # fmt: skip
    bars, feet = [], []
    for lo, hi, at in zip(x["rank_p05"], x["rank_p95"], y, strict=True):
        bars.append((lo, at, hi, at))
        feet += [(end, at - 4, end, at + 4) for end in (lo, hi)]
    dark = LOOKS[BETWEEN].edge
    style.strokes(axes, bars, dark, 2, 3.5)
    style.strokes(axes, feet, dark, 1.5, 3.5)
    for band, look in LOOKS.items():
        own = [place for place, word in enumerate(rows["band"]) if word == band]
        marks.put(axes, [x["rank_median"][place] for place in own], [y[place] for place in own],
                  look)  # fmt: skip


def _place(row: Mapping[Any, Any]) -> str:
    """The median place with its ends: 3 (1-6)."""
    lo, hi = floor(row["rank_p05"]), ceil(row["rank_p95"])
    return f"{points(row['rank_median'])} ({lo}\N{EN DASH}{hi})"


def _not_ranked(
    axes: Axes, below: lines.Layout, without: pd.DataFrame, labels: Labels | None, narrow: bool
) -> None:
    style.write(axes, style.MARGIN, below.lines[0].top - 14, "Not ranked", bold=True)
    lines.draw_labels(axes, below)
    for line, why in zip(below.lines, without["reason"], strict=True):
        x = style.MARGIN if narrow else below.left - 6
        word = style.fit(named(str(why), labels), below.right - x, 1, style.SMALL)[0]
        style.write(axes, x, line.y, word, size=style.SMALL, colour=style.SOFT)


def _sign(band: str) -> marks.Sign:
    def sign(axes: Axes, x: float, y: float) -> None:
        marks.put(axes, [x + 7], [y], LOOKS[band])

    return sign


SIGNS: Mapping[str, marks.Sign] = {band: _sign(band) for band in LOOKS}


def _in_words(ranked: pd.DataFrame, among: int, code: str, city: str, labels: Labels | None) -> str:
    """How many stand out from the median, and the places of the city, or of the first and last."""
    of = f"{len(ranked)} {'city' if len(ranked) == 1 else 'cities'}"
    counts = ranked["band"].value_counts()
    told = ", ".join(
        f"{int(counts[band])} {named(band, labels)}" for band in LOOKS if counts.get(band, 0)
    )
    text = f"{role_named(code, labels)}, places among {among} cities: of {of}, {told}."
    own = ranked.loc[ranked["city"] == city]
    shown = own if len(own) else ranked.iloc[[0, -1]] if len(ranked) > 1 else ranked
    places = ", ".join(
        f"{row['name']} {_place(row)}" for row in shown.drop_duplicates("city").to_dict("records")
    )
    return f"{text} Median rank with interval: {places}."
