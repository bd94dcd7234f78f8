"""One city over the rounds: points where they can be compared, breaks where not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import calibration, marks, style
from benchmarks.charts.drawing import (
    Drawing,
    Labels,
    caption,
    named,
    plain,
    points,
    role_named,
    score,
)
from benchmarks.charts.lines import Entry
from benchmarks.charts.parts import entry, whole_and_parts
from benchmarks.result import BenchmarkResult

TOP, PLOT, LINE, TEXTS, NUMBERS, APART = 44, 104, 17, 232, 34, 16
KEPT = [
    *("code", "label", "round", "value", "lo", "hi", "change", "change_lo", "change_hi"),
    *("linked_by", "n_anchor", "real", "reason"),
]
LINES = ("Lines", "lead to the newer score on the scale of the older round")


class Step(NamedTuple):
    """From one round to the next: what the figures show, and its words."""

    change: float
    linked_by: str
    real: bool
    words: str


@dataclass(frozen=True)
class Panel:
    """One code: its name, a row of the data for each round, a step between each two."""

    name: str
    rows: tuple[Mapping[Any, Any], ...]
    steps: tuple[Step, ...]


class Place(NamedTuple):
    """Where the points of a panel stand, in pixels."""

    left: float
    right: float
    top: float
    rounds: int

    def x(self, number: int) -> float:
        return self.left + self.wide * (number + 0.5)

    def y(self, value: float) -> float:
        return self.top + PLOT * (1 - style.POINTS.share(value))

    @property
    def wide(self) -> float:
        """Room for one round."""
        return (self.right - self.left) / self.rounds


def trend(
    results: Sequence[BenchmarkResult],
    city: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """The calibrated score of the whole and of its parts, round by round (METHOD 3.10, 5).

    `results` are one for each round, the oldest first, each with the scores of its own round and
    the `trends` from the round before. A line leads from a score to the next one on the older
    scale; where the questions differ too much there is none. Rounds without the city are left
    out. Data: code, label, round, value, lo, hi; change since the round before with change_lo,
    change_hi, linked_by, n_anchor, real; reason why one of them is missing.
    Raises `LookupError` where the city has scores in fewer than two rounds.
    """
    found = [(result, _own(result, city)) for result in results]
    taken = [(result, own) for result, own in found if not own.empty]
    if len(taken) < 2:
        raise LookupError(f"no two rounds with scores of {city}")
    rounds = [str(own["round"].iloc[0]) for _, own in taken]
    scores = pd.concat([own for _, own in taken], ignore_index=True)
    names = calibration.labelled(scores, labels)
    tree = results[-1].structure
    codes = whole_and_parts(tree)
    rows = _rows(taken, city, codes, labels)
    panels = [
        _panel(part, entry(tree, str(code), labels), rounds, labels)
        for code, part in rows.groupby("code", sort=False)
    ]
    drawn = scores.loc[scores["code"].isin(codes)]
    told = tuple(_told(results, taken, drawn, rows, rounds, names))
    return Drawing(
        figure=_picture(panels, told, _names(rows, names), labels, narrow),
        data=rows[KEPT],
        alt=_in_words(rows, city, labels),
        title=f"{named(city, labels)}: change over the rounds,"
        f" {named(rounds[0], labels)} to {named(rounds[-1], labels)}",
        caption=told,
    )


def _own(result: BenchmarkResult, city: str) -> pd.DataFrame:
    """The city's headline in a result's own round."""
    scores = result.scores
    own = scores.loc[(scores["city"] == city) & (scores["series"] == calibration.CALIBRATED)]
    return own if own["value"].notna().any() else own.iloc[:0]


def _rows(
    taken: Sequence[tuple[BenchmarkResult, pd.DataFrame]],
    city: str,
    codes: list[str],
    labels: Labels | None,
) -> pd.DataFrame:
    """A row for each code and round, with the change since the round before it."""
    parts = []
    before: str | None = None
    for result, own in taken:
        now = str(own["round"].iloc[0])
        table = result.trends
        moved = table.loc[
            (table["city"] == city) & (table["round_from"] == before) & (table["round_to"] == now)
        ]
        moved = moved.set_index("code")[
            ["change", "lo", "hi", "linked_by", "n_anchor", "real", "reason"]
        ].rename(columns={"lo": "change_lo", "hi": "change_hi", "reason": "unlinked"})
        parts.append(
            own.set_index("code")[["value", "lo", "hi", "calibrated", "reason"]]
            .reindex(codes)
            .join(moved)
            .assign(round=now, reason=lambda t: t["reason"].where(t["value"].isna(), t["unlinked"]))
            .rename_axis("code")
            .reset_index()
        )
        before = now
    rows = pd.concat(parts, ignore_index=True)
    order = {code: place for place, code in enumerate(codes)}
    rows = rows.sort_values("code", key=lambda c: c.map(order), kind="stable", ignore_index=True)
    rows = rows.loc[rows.groupby("code")["value"].transform("count") > 0]
    return rows.assign(
        label=[role_named(code, labels) for code in rows["code"]],
        calibrated=rows["calibrated"].astype("boolean").fillna(False).astype(bool),
        n_anchor=rows["n_anchor"].astype("Int64"),
        real=rows["real"].astype("boolean"),
    ).reset_index(drop=True)


def _panel(rows: pd.DataFrame, part: Entry, rounds: Sequence[str], labels: Labels | None) -> Panel:
    records: list[dict[Any, Any]] = rows.to_dict("records")
    many = len(rounds) > 2
    steps = []
    for old, new in pairwise(records):
        words = _change(new, labels)
        if pd.notna(new["change"]) and not (many and new["linked_by"] == "identical"):
            words = f"{words}; {_questions(new)}"
        if many:
            words = f"{named(old['round'], labels)} to {named(new['round'], labels)}: {words}"
        steps.append(Step(new["change"], str(new["linked_by"]), _real(new), words))
    shown = [row | {"round": named(row["round"], labels)} for row in records]
    name = f"{part.code} {part.name}" if part.shows_code else part.name
    return Panel(name, tuple(shown), tuple(steps))


def _real(row: Mapping[Any, Any]) -> bool:
    return bool(pd.notna(row["real"]) and row["real"] and pd.notna(row["change"]))


def _change(row: Mapping[Any, Any], labels: Labels | None) -> str:
    """What is known of the change that led to a row, in words."""
    if pd.isna(row["change"]):
        why = row["reason"] if pd.notna(row["reason"]) else "not_compared"
        return named(str(why), labels)
    change = points(row["change"], True)
    if pd.notna(row["change_lo"]):
        change += f" ({points(row['change_lo'], True)} to {points(row['change_hi'], True)})"
    sure = named("real" if _real(row) else "not_real", labels)
    return f"{change}, {sure}"


def _questions(row: Mapping[Any, Any]) -> str:
    """What the comparison rests on."""
    count = int(row["n_anchor"])
    noun = "question" if count == 1 else "questions"
    return f"same {count} {noun}" if row["linked_by"] == "identical" else f"{count} {noun} kept"


def _told(
    results: Sequence[BenchmarkResult],
    taken: Sequence[tuple[BenchmarkResult, pd.DataFrame]],
    drawn: pd.DataFrame,
    rows: pd.DataFrame,
    rounds: Sequence[str],
    names: Labels,
) -> Iterator[tuple[str, str]]:
    yield "Rounds", ", ".join(named(each, names) for each in rounds)
    yield from caption(drawn, rounds[-1], [calibration.CALIBRATED], names)[1:]
    if rows["lo"].notna().any():
        yield calibration.BARS
    said = [
        calibration.caption(result, each, own, names)
        for (result, own), each in zip(taken, rounds, strict=True)
    ]
    for pair in dict.fromkeys(pair for each in said for pair in each):
        where = [each for each, pairs in zip(rounds, said, strict=True) if pair in pairs]
        which = "" if len(where) == len(rounds) else f", {named(where[0], names)}"
        yield f"{pair[0]}{which}", pair[1]
    if rows["change"].notna().any():
        yield LINES
    dropped = _dropped(results, rows.loc[rows["linked_by"] == "anchor"])
    if dropped:
        yield "Left out of the comparison", f"{', '.join(dropped)}, which moved unlike the others"


def _dropped(results: Sequence[BenchmarkResult], linked: pd.DataFrame) -> list[str]:
    """The questions that are the same and yet do not link; where all are the same, all count."""
    anchors = pd.concat([each.anchors for each in results])
    found = anchors.loc[anchors["dropped"].astype(bool)].merge(
        linked[["code", "round"]], left_on=["code", "round_to"], right_on=["code", "round"]
    )
    return sorted({plain(str(code)) for code in found["new"]})


def _names(rows: pd.DataFrame, names: Labels) -> dict[str, str]:
    """The marks and lines that occur, with their words."""
    there = rows.loc[rows["value"].notna(), "calibrated"]
    moved = rows.loc[rows["change"].notna()]
    real = moved.apply(_real, axis=1).astype(bool)
    occurs = {
        calibration.CALIBRATED: there.any(),
        "peer": not there.all(),
        "real": real.any(),
        "not_real": not real.all(),
        "asked_anew": rows["linked_by"].isin(["anchor", "none"]).any(),
        "unlinked": (rows["linked_by"] == "none").any(),
    }
    words = {"peer": named("not_calibrated", names)}
    return {name: words.get(name, named(name, names)) for name, there in occurs.items() if there}


def _picture(
    panels: Sequence[Panel],
    told: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    room = width - 2 * style.MARGIN if narrow else TEXTS
    left = style.MARGIN + NUMBERS + (0 if narrow else TEXTS)
    y = TOP + marks.key_height(width, names)
    placed = []
    for panel in panels:
        name = style.fit(panel.name, room, bold=True)
        words = [style.fit(step.words, room, 4, style.SMALL, step.real) for step in panel.steps]
        text = LINE * (len(name) + sum(map(len, words)))
        place = Place(left, width - style.MARGIN, y + (text + 14 if narrow else 8), len(panel.rows))
        under = [_under(row, place.wide - 8, labels) for row in panel.rows]
        bottom = place.top + PLOT + 10 + LINE * max(map(len, under))
        placed.append((panel, name, words, y, place, under))
        y = max(bottom, y + text + 8) + APART
    figure, axes = style.sheet(width, y + style.foot_height(width, told))
    marks.key(axes, width, names, SIGNS)
    for panel, name, words, top, place, under in placed:
        style.line(axes, [style.MARGIN, width - style.MARGIN], top - APART / 2, style.GRID)
        _texts(axes, top + 10, name, panel.steps, words)
        _frame(axes, place, under)
        _joins(axes, place, panel)
        _points(axes, place, panel)
    style.foot(axes, width, y + 6, told)
    return figure


def _under(row: Mapping[Any, Any], room: float, labels: Labels | None) -> list[str]:
    """The name of a round, and the score or why there is none."""
    missing = pd.isna(row["value"])
    said = named(str(row["reason"]), labels) if missing else score(row["value"])
    return [
        *style.fit(row["round"], room, 2, style.SMALL),
        *style.fit(said, room, 3, style.SMALL, not missing),
    ]


def _texts(
    axes: Axes,
    y: float,
    name: Sequence[str],
    steps: Sequence[Step],
    words: Sequence[Sequence[str]],
) -> None:
    """The name of a panel and what changed in it, line by line; what is real is bold."""
    for said in name:
        style.write(axes, style.MARGIN, y, said, bold=True)
        y += LINE
    for step, lines in zip(steps, words, strict=True):
        for said in lines:
            style.write(axes, style.MARGIN, y, said, size=style.SMALL, bold=step.real)
            y += LINE


def _frame(axes: Axes, place: Place, under: Sequence[Sequence[str]]) -> None:
    """The axis from 0 to 100, always whole, and the rounds below it."""
    for tick in style.TICKS:
        y = place.y(tick)
        style.line(axes, [place.left, place.right], y, style.RULE if tick == 0 else style.GRID)
        style.write(axes, place.left - 8, y, str(tick), size=style.SMALL, colour=style.SOFT,
                    align="right")  # fmt: skip
    for number, lines in enumerate(under):
        for step, said in enumerate(lines):
            y = place.top + PLOT + 14 + LINE * step
            bold = step == len(lines) - 1 and said.isdigit()
            style.write(axes, place.x(number), y, said, size=style.SMALL, bold=bold,
                        align="center")  # fmt: skip


def _joins(axes: Axes, place: Place, panel: Panel) -> None:
    """What lies between the points: a line, or what stands in its way."""
    for number, (row, step) in enumerate(zip(panel.rows, panel.steps, strict=False)):
        middle = (place.x(number) + place.x(number + 1)) / 2
        if step.linked_by in ("anchor", "none"):
            _asked_anew(axes, middle, place.top, place.top + PLOT)
        if step.linked_by == "none":
            _break(axes, middle, place.top + PLOT / 2)
        elif pd.notna(step.change) and pd.notna(row["value"]):
            end = row["value"] + step.change
            ends, x = [place.y(row["value"]), place.y(end)], place.x(number + 1)
            _leading(axes, [place.x(number), x], ends, step.real)
            if abs(end - panel.rows[number + 1]["value"]) >= 1:
                _foot(axes, x, ends[1])


def _points(axes: Axes, place: Place, panel: Panel) -> None:
    for number, row in enumerate(panel.rows):
        series = calibration.CALIBRATED if row["calibrated"] else "peer"
        if pd.notna(row["lo"]):
            _post(axes, place.x(number), [place.y(row["lo"]), place.y(row["hi"])])
        if pd.notna(row["value"]):
            marks.mark(axes, series, [place.x(number)], [place.y(row["value"])])


def _leading(axes: Axes, x: Sequence[float], y: Sequence[float], real: bool) -> None:
    """A line to the newer score on the older scale."""
    fill = marks.LOOKS[calibration.CALIBRATED].fill
    axes.plot(x, y, color=fill, linewidth=3.2 if real else 1, zorder=2.5)


def _foot(axes: Axes, x: float, y: float) -> None:
    """Where a line ends that does not end in the mark."""
    fill = marks.LOOKS[calibration.CALIBRATED].fill
    style.strokes(axes, [(x - 9, y, x + 9, y)], fill, 1.2, 2.5)


def _post(axes: Axes, x: float, y: Sequence[float]) -> None:
    """An upright interval."""
    dark = marks.LOOKS[calibration.CALIBRATED].edge
    feet = [(x - 4, end, x + 4, end) for end in y]
    style.strokes(axes, [(x, y[0], x, y[1]), *feet], dark, 1.8, 3.5)


def _asked_anew(axes: Axes, x: float, top: float, bottom: float) -> None:
    axes.plot([x, x], [top, bottom], color=style.SOFT, linewidth=1.2, linestyle=(0, (2, 3)),
              zorder=2)  # fmt: skip


def _break(axes: Axes, x: float, y: float) -> None:
    """Two strokes: no line leads through here."""
    axes.fill_between([x - 9, x + 9], y - 9, y + 9, color="white", linewidth=0, zorder=2.2)
    slants = [(x + shift - 3, y + 8, x + shift + 4, y - 8) for shift in (-4, 3)]
    style.strokes(axes, slants, style.INK, 1.6, 2.3)


def _stroke(width: float) -> marks.Sign:
    def sign(axes: Axes, x: float, y: float) -> None:
        fill = marks.LOOKS[calibration.CALIBRATED].fill
        axes.plot([x, x + 14], [y, y], color=fill, linewidth=width)

    return sign


SIGNS: Mapping[str, marks.Sign] = {
    "real": _stroke(3.2),
    "not_real": _stroke(1),
    "asked_anew": lambda axes, x, y: _asked_anew(axes, x + 7, y - 9, y + 9),
    "unlinked": lambda axes, x, y: _break(axes, x + 7, y),
}


def _in_words(rows: pd.DataFrame, city: str, labels: Labels | None) -> str:
    """The three largest changes, and where nothing can be said."""
    moved = rows.dropna(subset=["change"])
    first, last = (named(str(rows["round"].iloc[end]), labels) for end in (0, -1))
    start = f"{named(city, labels)} from {first} to {last}"
    broken = rows.loc[rows["linked_by"] == "none", "label"].unique()
    if moved.empty:
        return f"{start}: no change can be shown."
    largest = moved.loc[moved["change"].abs().round(9).sort_values(ascending=False, kind="stable")
                        .index[:3]]  # fmt: skip
    many = rows["round"].nunique() > 2
    told = "; ".join(
        f"{row['label']} {points(row['change'], True)}"
        + (f" up to {named(row['round'], labels)}" if many else "")
        + f", {named('real' if _real(row) else 'not_real', labels)}"
        for row in largest.to_dict("records")
    )
    not_said = f" Not comparable: {', '.join(broken)}." if len(broken) else ""
    return f"{start}, largest changes in points: {told}.{not_said}"
