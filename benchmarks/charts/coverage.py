"""How much of what applies to each city has a level."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.charts import marks, style
from benchmarks.charts.drawing import Drawing, Labels, named, points, role_named, span
from benchmarks.charts.lines import Entry
from benchmarks.charts.parts import entry, whole_and_parts
from benchmarks.result import BenchmarkResult

CITY, ROW, HEAD, APART = 228, 36, 16, 18
SERIES = ("self", "peer", "agreed")
LANES = {"self": -11, "peer": 0, "agreed": 11}
KEPT = [
    *("city", "name", "code", "label", "series", "coverage", "enough", "n_items", "n_raters"),
    "reason",
]
NONE = "\N{EN DASH}"


class Column(NamedTuple):
    """Where the axis of one code begins and ends, in pixels."""

    left: float
    right: float

    def x(self, share: float) -> float:
        return self.left + (self.right - self.left) * min(max(share, 0.0), 1.0)


def coverage(
    result: BenchmarkResult,
    round_id: str,
    *,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """Cities by roles: the share of the weight that applies which has a level (METHOD 3.2, 5).

    Self, peers and what was agreed, each in its lane, before the line from which on there is a
    score. Cities by name. Data: city, name, code, label, series, coverage 0..1 (empty where
    nobody gave a level), enough, n_items, n_raters, reason.
    Raises `LookupError` where nobody gave a level in the round.
    """
    scores = result.scores.loc[result.scores["round"] == round_id]
    tree = result.structure
    asked = set(scores["code"])
    codes = [code for code in whole_and_parts(tree) if code in asked]
    rows = scores.loc[scores["code"].isin(codes) & scores["series"].isin(SERIES)]
    used = rows.loc[rows["coverage"] > 0, "series"]
    rows = rows.loc[rows["series"].isin(used)]
    if rows.empty:
        raise LookupError(f"no levels in round {round_id}")
    least = result.config.threshold
    rows = rows.assign(
        name=rows["city"].map({city: named(city, labels) for city in rows["city"].unique()}),
        label=rows["code"].map({code: role_named(code, labels) for code in codes}),
        coverage=rows["coverage"].where(rows["coverage"] > 0),
        order=rows["code"].map({code: place for place, code in enumerate(codes)}),
        lane=rows["series"].map(LANES),
    )
    rows = rows.assign(
        fold=rows["name"].str.casefold(), enough=rows["coverage"].fillna(0) >= least - 1e-9
    ).sort_values(["fold", "name", "city", "order", "lane"], ignore_index=True)
    told = tuple(_told(rows, round_id, least, labels))
    return Drawing(
        figure=_picture(
            rows, [entry(tree, code, labels) for code in codes], told, least, narrow, labels
        ),
        data=rows[KEPT],
        alt=_in_words(rows, least, labels),
        title=f"Coverage by city and role, {named(round_id, labels)}",
        caption=told,
    )


def _told(
    rows: pd.DataFrame, round_id: str, least: float, labels: Labels | None
) -> Iterator[tuple[str, str]]:
    yield "Round", named(round_id, labels)
    yield "Cities", str(rows["city"].nunique())
    yield "Series", ", ".join(named(each, labels) for each in _series(rows))
    yield "Coverage", f"{span(100 * rows['coverage'], ' %')} of the weight of what applies"
    counts = rows.loc[(rows["series"] == "peer") & (rows["n_raters"] > 0), "n_raters"]
    if len(counts):
        yield "Reviewers", span(counts)
    yield "Line", f"{points(100 * least)} %, from which on there is a score"


def _series(rows: pd.DataFrame) -> list[str]:
    return [each for each in SERIES if each in set(rows["series"])]


def _picture(
    rows: pd.DataFrame,
    entries: Sequence[Entry],
    told: Sequence[tuple[str, str]],
    least: float,
    narrow: bool,
    labels: Labels | None,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    names = marks.legend(_series(rows), labels) | {
        "least": f"{points(100 * least)} %: enough for a score"
    }
    if (rows["reason"] == "not_applicable").any():
        names["not_applicable"] = named("not_applicable", labels)
    if _without(rows).eq(NONE).any():
        names["no_data"] = named("no_data", labels)
    columns = _columns(
        [each.code for each in entries], style.MARGIN if narrow else CITY + 2 * style.MARGIN, width
    )
    heads = {each.code: _head(each, columns[each.code]) for each in entries}
    top = 58 + marks.key_height(width, names) + HEAD * max(map(len, heads.values()))
    step = ROW + 22 if narrow else ROW
    cities = list(rows["city"].unique())
    bottom = top + step * len(cities)
    figure, axes = style.sheet(width, bottom + 30 + style.foot_height(width, told))
    marks.key(axes, width, names, SIGNS)
    for code, column in columns.items():
        for number, words in enumerate(reversed(heads[code])):
            style.write(axes, column.left - 8, top - 28 - HEAD * number, words, size=style.SMALL,
                        bold=True)  # fmt: skip
        for y in (top - 10, bottom + 12):
            _ends(axes, column, y)
    middle = {}
    for place, city in enumerate(cities):
        y = top + step * place
        middle[city] = y + step - ROW / 2
        _name(axes, named(city, labels), y, narrow)
    edges = [y + ROW / 2 - step for y in middle.values()]
    style.strokes(axes, [(style.MARGIN, y, width - style.MARGIN, y) for y in edges], style.GRID)
    _axes_of(axes, columns, middle, least)
    _marks(axes, rows, columns, middle)
    style.foot(axes, width, bottom + 38, told)
    return figure


def _columns(codes: Sequence[str], left: float, width: float) -> dict[str, Column]:
    """An axis for each code, with room for half a mark at each end."""
    wide = (width - style.MARGIN - left + APART) / len(codes)
    return {
        code: Column(left + wide * place + 8, left + wide * (place + 1) - APART - 8)
        for place, code in enumerate(codes)
    }


def _head(part: Entry, column: Column) -> list[str]:
    """A role by its name, a commitment by its code: its name would not fit."""
    room = column.right - column.left + 16 + APART - 6
    return style.fit(part.code if part.shows_code else part.name, room, 4, style.SMALL, True)


def _ends(axes: Axes, column: Column, y: float) -> None:
    """0 and 100; the line between them is explained in the key."""
    for x, word in ((column.left, "0"), (column.right, "100")):
        style.write(axes, x, y, word, size=style.SMALL, colour=style.SOFT, align="center")


def _name(axes: Axes, name: str, y: float, narrow: bool) -> None:
    """The name of a city whose place begins at y: beside its marks, or above them."""
    lines = style.fit(name, style.NARROW - 2 * style.MARGIN if narrow else CITY, 1 + (not narrow))
    first = y + 12 if narrow else y + ROW / 2 - 8.5 * (len(lines) - 1)
    for number, words in enumerate(lines):
        style.write(axes, style.MARGIN, first + 17 * number, words)


def _axes_of(
    axes: Axes, columns: Mapping[str, Column], middle: Mapping[str, float], least: float
) -> None:
    """In each place a fine axis, its ends, and the line from which on there is a score."""
    fine, limit = [], []
    for column in columns.values():
        for y in middle.values():
            fine.append((column.left, y, column.right, y))
            fine += [(x, y - 17, x, y + 17) for x in (column.left, column.right)]
            limit.append((column.x(least), y - 18, column.x(least), y + 18))
    style.strokes(axes, fine, style.GRID)
    style.strokes(axes, limit, style.SOFT, 1.2, 1.5)


def _marks(
    axes: Axes, rows: pd.DataFrame, columns: Mapping[str, Column], middle: Mapping[str, float]
) -> None:
    """Every series in its lane; where a code has no level at all, a word."""
    for series in SERIES:
        own = rows.loc[(rows["series"] == series) & rows["coverage"].notna()]
        x = [
            columns[code].x(share) for code, share in zip(own["code"], own["coverage"], strict=True)
        ]
        marks.mark(axes, series, x, [middle[city] + LANES[series] for city in own["city"]])
    empty = rows.assign(word=_without(rows)).dropna(subset=["word"])
    for row in empty.drop_duplicates(["city", "code"]).to_dict("records"):
        style.note(axes, columns[row["code"]].left - 4, middle[row["city"]], row["word"])


def _without(rows: pd.DataFrame) -> pd.Series:
    """What stands where a code has no level of any series: by city and code, "n/a" or a dash."""
    empty = rows.groupby(["city", "code"])["coverage"].transform("count") == 0
    na = rows["reason"] == "not_applicable"
    return pd.Series(NONE, index=rows.index).mask(na, "n/a").loc[empty]


def _word(word: str) -> marks.Sign:
    def sign(axes: Axes, x: float, y: float) -> None:
        style.write(axes, x + 16, y, word, size=style.SMALL, align="right")

    return sign


SIGNS: Mapping[str, marks.Sign] = {
    "least": lambda axes, x, y: style.strokes(
        axes, [(x + 7, y - 8, x + 7, y + 8)], style.SOFT, 1.2
    ),
    "not_applicable": _word("n/a"),
    "no_data": _word(NONE),
}


def _in_words(rows: pd.DataFrame, least: float, labels: Labels | None) -> str:
    """The lowest, and how many are below what a score asks for, by series."""
    low = rows.sort_values("coverage", kind="stable").iloc[0]
    cities = rows["city"].nunique()
    text = f"Coverage of {cities} {'city' if cities == 1 else 'cities'}:"
    if low["coverage"] == 1:
        return f"{text} 100 % everywhere."
    text += (
        f" lowest {points(100 * low['coverage'])} % for {low['label']} of {low['name']},"
        f" {named(low['series'], labels)}."
    )
    answered = rows.groupby(["city", "series"])["coverage"].transform("count") > 0
    missing = answered & ~rows["enough"] & (rows["reason"] != "not_applicable")
    below = rows.loc[missing].groupby("series")["city"].nunique()
    told = ", ".join(
        f"{named(series, labels)} in {int(below.get(series, 0))}" for series in _series(rows)
    )
    limit = points(100 * least)
    return f"{text} Below {limit} % somewhere: {told} of {cities}."
