"""One city on at most ten spokes: lines only, no area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, pi, sin

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import calibration, group, marks, style
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
from benchmarks.charts.parts import parts
from benchmarks.charts.profile import profile
from benchmarks.result import SERIES, BenchmarkResult

LEAST, MOST = 3, 10
"""With fewer spokes there is no shape, with more none that a person can read."""
TOP, LINE, BESIDE, LIST = 40, 17, 12, 300
MIDDLE = "median"
DATA = [
    *("code", "label", "series", "value", "lo", "hi", "coverage", "calibrated", "reason"),
    *("group_n", "group_median", "group_hidden"),
]


@dataclass(frozen=True)
class Wheel:
    """Spokes in order, the first upwards, the others clockwise; centre and radius in pixels."""

    codes: tuple[str, ...]
    x: float
    y: float
    radius: float

    def at(self, place: float, value: float) -> tuple[float, float]:
        """Where a score stands on a spoke; halves lie between two; beyond the scale, at its end."""
        return self.off(place, self.radius * style.POINTS.share(value))

    def off(self, place: float, distance: float) -> tuple[float, float]:
        """So many pixels from the centre along a spoke."""
        turn = 2 * pi * place / len(self.codes)
        return self.x + distance * sin(turn), self.y - distance * cos(turn)


def radar(
    result: BenchmarkResult,
    round_id: str,
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One city's surest series against the median of all cities, by role (METHOD 5).

    By commitment where the structure has one role only. The order is the charter's; what is
    missing leaves a gap in the line. With fewer than three scores, or more than ten spokes, it is
    the dots of `profile`. Data: code, label, series, value, lo, hi, coverage, calibrated, reason,
    group_n, group_median, group_hidden. Raises `LookupError` where the city has no scores.
    """
    scores = result.scores
    own = scores.loc[(scores["round"] == round_id) & (scores["city"] == city)]
    asked = set(own["code"])
    codes = [code for code in parts(result.structure) if code in asked]
    own = own.loc[own["code"].isin(codes)]
    there = calibration.marked(own)
    if own.empty:
        raise LookupError(f"no scores of {city} in round {round_id}")
    series = next((each for each in reversed(SERIES) if (there["series"] == each).any()), "self")
    there = there.loc[there["series"] == series].set_index("code")
    if len(there) < LEAST or len(codes) > MOST:
        dots = profile(result, round_id, city, labels=labels, narrow=narrow)
        return replace(dots, data=dots.data[DATA])
    behind = group.medians(result, round_id, codes, series)
    rows = own.loc[own["series"] == series].set_index("code").loc[codes].reset_index()
    rows.insert(1, "label", [role_named(code, labels) for code in rows["code"]])
    told = (
        *caption(rows, round_id, [series], labels),
        *([calibration.BARS] if there["lo"].notna().any() else []),
        *calibration.caption(result, round_id, own, labels),
        *group.caption(behind, series, labels),
    )
    medians = by_code(behind.loc[~behind["suppressed"]].set_index("code")["median"])
    table = group.beside(rows, behind, series, labels)
    return Drawing(
        figure=_picture(rows, medians, series, told, labels, narrow),
        data=table[DATA],
        alt=_in_words(by_code(there["value"].reindex(codes)), medians, city, series, labels),
        title=f"{named(city, labels)}: {named(series, labels)} against the median of all cities,"
        f" {named(round_id, labels)}",
        caption=told,
    )


def _picture(
    rows: pd.DataFrame,
    medians: Mapping[str, float],
    series: str,
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    key = marks.legend([series], labels) | ({MIDDLE: "Median of all cities"} if medians else {})
    top = TOP + marks.key_height(width, key)
    names = dict(zip(rows["code"], rows["label"], strict=True))
    values = dict(zip(rows["code"], map(_said, rows["value"]), strict=True))
    codes = tuple(names)
    wheel = Wheel(codes, width / 2, 0, 88 if narrow else 160)
    words = _beside(wheel, names, values, width)
    notes: list[Note] = []
    if words is None:
        notes = _list(names, width, narrow)
        aside = LIST if notes and not narrow else 0
        wheel = replace(wheel, x=(width - aside) / 2, radius=104 if narrow else 160)
        words = {code: [_mark(codes, code), values[code]] for code in codes}
    wheel = replace(wheel, y=top + LINE * len(words[codes[0]]) + BESIDE + wheel.radius)
    bottom = max(_first(wheel, code, text) + LINE * len(text) for code, text in words.items())
    bottom = max(bottom, wheel.y + wheel.radius + LINE)
    down = bottom + 8 if narrow else top + 14
    bottom = max([bottom, *(down + note.bottom for note in notes)])
    figure, axes = style.sheet(width, bottom + 18 + style.foot_height(width, told))
    marks.key(axes, width, key, SIGNS)
    _rings(axes, wheel)
    for code, text in words.items():
        _spoke(axes, wheel, code, text)
    for note in notes:
        _noted(axes, note, down)
    if medians:
        _line(axes, wheel, [medians.get(code, float("nan")) for code in codes])
    _city(axes, wheel, rows, series)
    style.foot(axes, width, bottom + 26, told)
    return figure


def _said(value: float) -> str:
    return "\N{EN DASH}" if pd.isna(value) else score(value)


def _mark(codes: Sequence[str], code: str) -> str:
    """What stands for a name that is listed: its code if all are short, else a number."""
    short = max(map(len, codes)) <= 5
    return code if short else str(codes.index(code) + 1)


def _beside(
    wheel: Wheel, names: Mapping[str, str], values: Mapping[str, str], width: float
) -> dict[str, list[str]] | None:
    """Names at the ends of their spokes, values beneath; None where they lack the room."""
    if len(names) > 4 or any(name == code for code, name in names.items()):
        return None
    words = {}
    for place, (code, name) in enumerate(names.items()):
        x, _ = wheel.off(place, wheel.radius + BESIDE)
        room = 2 * min(x, width - x) if abs(x - wheel.x) < 1 else min(x, width - x)
        broken = style.fit(name, room - style.MARGIN, 3, bold=True)
        if any(line.endswith("…") for line in broken):
            return None
        words[code] = [*broken, values[code]]
    return words


@dataclass(frozen=True)
class Note:
    """A name in the list: what stands for it, and its lines, `y` below the top of the list."""

    mark: str
    words: tuple[str, ...]
    x: float
    indent: float
    y: float

    @property
    def bottom(self) -> float:
        return self.y + LINE * len(self.words)


def _list(names: Mapping[str, str], width: float, narrow: bool) -> list[Note]:
    """What stands at the spokes and for which name; nothing for a code without one."""
    codes, y = list(names), 0.0
    x = float(style.MARGIN if narrow else width - LIST)
    indent = max(style.width_of(_mark(codes, code), bold=True) for code in codes) + 10
    notes = []
    for code, name in names.items():
        if name != code or _mark(codes, code) != code:
            words = style.fit(name, width - style.MARGIN - x - indent, 3)
            notes.append(Note(_mark(codes, code), tuple(words), x, indent, y))
            y = notes[-1].bottom + 7
    return notes


def _noted(axes: Axes, note: Note, down: float) -> None:
    style.write(axes, note.x, down + note.y, note.mark, bold=True)
    for number, words in enumerate(note.words):
        style.write(axes, note.x + note.indent, down + note.y + LINE * number, words)


def _rings(axes: Axes, wheel: Wheel) -> None:
    """Circles at 0, 25, 50, 75 and 100, their numbers between the first and the last spoke."""
    turn = np.linspace(0, 2 * pi, 73)
    for tick in style.TICKS[1:]:
        reach = wheel.radius * tick / 100
        axes.plot(wheel.x + reach * np.sin(turn), wheel.y - reach * np.cos(turn), linewidth=1,
                  color=style.RULE if tick == 100 else style.GRID, zorder=1)  # fmt: skip
    for tick in style.TICKS:
        x, y = wheel.off(-0.5, wheel.radius * tick / 100) if tick else (wheel.x + 9, wheel.y + 11)
        half = style.width_of(str(tick), style.SMALL) / 2 + 2
        box = [(x - half, y - 8), (x + half, y - 8), (x + half, y + 8), (x - half, y + 8)]
        style.fill(axes, box, "white")
        style.write(axes, x, y, str(tick), size=style.SMALL, colour=style.SOFT, align="center")


def _spoke(axes: Axes, wheel: Wheel, code: str, words: Sequence[str]) -> None:
    """A spoke, and its words outside, the last of them not bold."""
    place = wheel.codes.index(code)
    style.strokes(axes, [(wheel.x, wheel.y, *wheel.off(place, wheel.radius))], style.RULE)
    x, y = wheel.off(place, wheel.radius + BESIDE)[0], _first(wheel, code, words)
    side = round(x - wheel.x)
    align = "center" if side == 0 else "left" if side > 0 else "right"
    for number, said in enumerate(words):
        bold = number < len(words) - 1
        style.write(axes, x, y + LINE * number, said, bold=bold, align=align)


def _first(wheel: Wheel, code: str, words: Sequence[str]) -> float:
    """The middle of the first line of words: all of them stand above, beside or below the end."""
    place = wheel.codes.index(code)
    _, y = wheel.off(place, wheel.radius + BESIDE)
    return y + LINE / 2 - LINE * len(words) * (1 + cos(2 * pi * place / len(wheel.codes))) / 2


def _line(axes: Axes, wheel: Wheel, values: Sequence[float]) -> None:
    """The group's medians: dashes and small marks."""
    x, y = _round(wheel, values)
    axes.plot(x, y, color=GREY, linewidth=1.6, linestyle=DASHES, zorder=2.5)
    marks.mark(axes, "group", x[:-1], y[:-1])


def _city(axes: Axes, wheel: Wheel, rows: pd.DataFrame, series: str) -> None:
    """The city's line, its marks, and its intervals along the spokes."""
    look = marks.LOOKS[series]
    x, y = _round(wheel, list(rows["value"]))
    axes.plot(x, y, color=look.edge, linewidth=2, zorder=3, solid_joinstyle="round")
    marks.mark(axes, series, x[:-1], y[:-1])
    whiskers: list[style.Piece] = []
    for place, (lo, hi) in enumerate(zip(rows["lo"], rows["hi"], strict=True)):
        if pd.notna(lo) and series == calibration.CALIBRATED:
            whiskers.append((*wheel.at(place, lo), *wheel.at(place, hi)))
            whiskers += [_foot(wheel, place, end) for end in (lo, hi)]
    style.strokes(axes, whiskers, look.edge, 1.6, 3.5)


def _foot(wheel: Wheel, place: int, value: float) -> style.Piece:
    """A short stroke across a spoke."""
    x, y = wheel.at(place, value)
    turn = 2 * pi * place / len(wheel.codes)
    across, down = 4 * cos(turn), 4 * sin(turn)
    return x - across, y - down, x + across, y + down


def _round(wheel: Wheel, values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Places of the values, back to the first; NaN where there is none, so that a line breaks."""
    none = (float("nan"), float("nan"))
    places = [
        wheel.at(place, value) if pd.notna(value) else none for place, value in enumerate(values)
    ]
    x, y = zip(*places, places[0], strict=True)
    return list(x), list(y)


GREY, DASHES = marks.LOOKS["group"].edge, (0, (4, 3))


def _dashes(axes: Axes, x: float, y: float) -> None:
    axes.plot([x - 2, x + 16], [y, y], color=GREY, linewidth=1.6, linestyle=DASHES)
    marks.mark(axes, "group", [x + 7], [y])


SIGNS: Mapping[str, marks.Sign] = {MIDDLE: _dashes}


def _in_words(
    values: Mapping[str, float],
    medians: Mapping[str, float],
    city: str,
    series: str,
    labels: Labels | None,
) -> str:
    """Highest, lowest, and where the city is furthest from the group."""
    best, worst = ends(values)
    text = (
        f"{named(city, labels)}, {named(series, labels)}: highest {role_named(best, labels)} at"
        f" {score(values[best])}, lowest {role_named(worst, labels)} at"
        f" {score(values[worst])} of 100."
    )
    apart = {code: values[code] - medians[code] for code in values if code in medians}
    if not apart:
        return text
    far = max(apart, key=lambda code: abs(apart[code]))
    return (
        f"{text} Furthest from the median of all cities: {role_named(far, labels)},"
        f" {points(apart[far], True)} points."
    )
