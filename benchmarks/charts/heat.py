"""Cities by commitments, every value printed in its cell while there is room."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from benchmarks.charts import calibration, style
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
from benchmarks.result import BenchmarkResult
from benchmarks.summary import TENTATIVE

CITY, CELL, BREAK = 272, 26, 6
ROWS, COLUMNS = 60, 30
"""With more cities or commitments than these, a map of colours alone; its values are beneath."""
LOW, STEP = 17, 5
"""Of such a map: how high a row is, and how many points one colour stands for."""
MISSING, EMPTY = -2, -1
"""In place of a colour."""
NOT_ASKED = "#f3f2f1"
HIDDEN = "\N{EN DASH}"
OF_PEERS = ("peer", calibration.CALIBRATED)
WITHHELD = ("suppressed_small_n", "suppressed_complementary", "single_rater")
"""Reasons why a figure that there is may not be shown."""


def heat(
    result: BenchmarkResult,
    round_id: str,
    series: str = calibration.CALIBRATED,
    *,
    cities: Sequence[str] | None = None,
    labels: Labels | None = None,
    narrow: bool = False,
) -> Drawing:
    """One series of all cities, or of `cities`, by commitment on the fixed scale (METHOD 5).

    Cities by name, commitments as the charter lists them; never by score. What may not be shown is
    a dash; a dot over a column says that the reviewers agree too little on its role to compare
    cities (METHOD 3.6). Of more than 60 cities or 30 commitments the values are in the data only.
    Data: city, name, code, role, series, value, lo, hi, n_raters, coverage,
    calibrated, reason.
    Raises `LookupError` where none of the cities has scores in the round.
    """
    scores = result.scores
    rows = scores.loc[(scores["round"] == round_id) & (scores["series"] == series)]
    if cities is not None:
        rows = rows.loc[rows["city"].isin(list(cities))]
    if rows.empty:
        raise LookupError(f"no scores in round {round_id}")
    structure = result.structure.loc[result.structure["level"] == 2]
    columns = structure.loc[structure["code"].isin(rows["code"])]
    role = dict(zip(columns["code"], columns["parent"], strict=True))
    rows = rows.loc[rows["code"].isin(columns["code"])]
    called = {city: named(city, labels) for city in rows["city"].unique()}
    rows = rows.assign(
        name=rows["city"].map(called),
        fold=rows["city"].map({city: name.casefold() for city, name in called.items()}),
        role=rows["code"].map(role),
    )
    rows = rows.sort_values(["fold", "name", "city"], kind="stable", ignore_index=True)
    names = calibration.labelled(rows, labels) if series == calibration.CALIBRATED else labels
    doubtful = _doubtful(result, round_id, role.values()) if series in OF_PEERS else []
    told = (
        *caption(rows, round_id, [series], names),
        *_hidden(rows, labels),
        *_dotted(doubtful, labels),
        *calibration.caption(result, round_id, rows, labels),
    )
    large = rows["city"].nunique() > ROWS or len(columns) > COLUMNS
    draw = _map if large else _picture
    kept = [
        *("city", "name", "code", "role", "series", "value", "lo", "hi"),
        *("n_raters", "coverage", "calibrated", "reason"),
    ]
    return Drawing(
        figure=draw(rows, role, doubtful, told, labels, narrow),
        data=rows[kept],
        alt=_in_words(rows, series, names),
        title=f"Cities by commitment: {named(series, names)}, {named(round_id, labels)}",
        caption=told,
    )


def _doubtful(result: BenchmarkResult, round_id: str, roles: Iterable[str]) -> list[str]:
    """The roles on which the reviewers agree too little."""
    table = result.reliability
    alpha = table.loc[(table["round"] == round_id) & (table["metric"] == "krippendorff_alpha")]
    low = set(alpha.loc[alpha["value"] < float(TENTATIVE), "role"])
    return [role for role in dict.fromkeys(roles) if role in low]


def _dotted(doubtful: Sequence[str], labels: Labels | None) -> list[tuple[str, str]]:
    roles = ", ".join(role_named(role, labels) for role in doubtful)
    why = f"alpha of the reviewers below {TENTATIVE}, do not compare cities on this: {roles}"
    return [("Dot", why)] if doubtful else []


def _hidden(rows: pd.DataFrame, labels: Labels | None) -> list[tuple[str, str]]:
    why = rows.loc[_withheld(rows), "reason"].unique()
    return [(HIDDEN, "hidden, " + ", ".join(named(str(each), labels) for each in why))] * (
        len(why) > 0
    )


def _withheld(rows: pd.DataFrame) -> pd.Series:
    found = rows["value"].isna()
    found[found] = rows.loc[found, "reason"].isin(WITHHELD)
    return found


def _picture(
    rows: pd.DataFrame,
    role: dict[str, str],
    doubtful: Sequence[str],
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    width = style.NARROW if narrow else style.WIDE
    left = style.MARGIN if narrow else CITY + 2 * style.MARGIN
    x, cell = _columns(list(role.items()), left, width - style.MARGIN)
    heads = {
        name: style.fit(role_named(name, labels), len(own) * cell - 4, 3, style.SMALL, not narrow)
        for name, own in _by_role(role).items()
    }
    top = 70.0 + 16 * max(map(len, heads.values()))
    first, step = (top + 20, CELL + 22) if narrow else (top, CELL)
    y = {str(city): first + step * place for place, city in enumerate(rows["city"].unique())}
    bottom = top + step * len(y)
    figure, axes = style.sheet(width, bottom + 14 + style.foot_height(width, told))
    _key(axes, narrow)
    _heads(axes, heads, _by_role(role), x, cell, top, not narrow)
    dotted = [x[code] + cell / 2 - 1 for code, name in role.items() if name in doubtful]
    _dots(axes, dotted, top)
    names = dict(zip(rows["city"], rows["name"], strict=True))
    for city, place in y.items():
        room = width - 2 * style.MARGIN if narrow else CITY
        name = style.fit(names[city], room, 1)[0]
        style.write(axes, style.MARGIN, place - 9 if narrow else place + CELL / 2, name)
    _cells(axes, rows, x, y, cell)
    style.foot(axes, width, bottom + 20, told)
    return figure


def _dots(axes: Axes, x: Sequence[float], top: float) -> None:
    """On the lines under the names of roles."""
    axes.plot(x, [top - 23] * len(x), "o", color=style.INK, markersize=6, zorder=3)


def _map(
    rows: pd.DataFrame,
    role: dict[str, str],
    doubtful: Sequence[str],
    told: Sequence[tuple[str, str]],
    labels: Labels | None,
    narrow: bool,
) -> Figure:
    """The same of many: low rows, names beside them, no numbers."""
    width = style.NARROW if narrow else style.WIDE
    left = style.MARGIN if narrow else CITY + 2 * style.MARGIN
    x, cell = _columns(list(role.items()), left, width - style.MARGIN)
    groups = _by_role(role)
    heads = {
        name: style.fit(role_named(name, labels), len(own) * cell - 4, 3, style.SMALL)
        for name, own in groups.items()
    }
    coded = all(style.width_of(code, style.SMALL) <= cell - 2 for code in role)
    top = 54.0 + 16 * max(map(len, heads.values())) + (16 if coded else 0)
    names = rows.drop_duplicates("city").set_index("city")["name"]
    first, step = (top + LOW, 2 * LOW) if narrow else (top, LOW)
    y = [first + step * place for place in range(len(names))]
    bottom = top + step * len(names)
    figure, axes = style.sheet(width, bottom + 14 + style.foot_height(width, told))
    _key(axes, narrow)
    heads_end = top if coded else top + 16
    _heads(axes, heads, groups, x, cell, heads_end, False, coded=coded)
    _dots(axes, [x[groups[name][0]] + 5 for name in doubtful], heads_end)
    for name, place in zip(names, y, strict=True):
        words = style.fit(name, width - 2 * style.MARGIN if narrow else CITY, 1, style.SMALL)[0]
        at = place - LOW / 2 if narrow else place + LOW / 2
        style.write(axes, style.MARGIN, at, words, size=style.SMALL)
    _colours(axes, rows, role, x, y, cell)
    style.foot(axes, width, bottom + 20, told)
    return figure


def _colours(
    axes: Axes,
    rows: pd.DataFrame,
    role: dict[str, str],
    x: dict[str, float],
    y: Sequence[float],
    cell: float,
) -> None:
    """Strokes as high as a row, one for neighbours of one colour; hatched where missing."""
    steps = np.full((len(y), len(x)), MISSING)
    code = rows["code"].map({code: place for place, code in enumerate(x)}).to_numpy()
    value = rows["value"].clip(0, 100).to_numpy()
    told = rows["reason"].isin(["not_applicable", *WITHHELD]).to_numpy(dtype=bool)
    shade = np.where(np.isnan(value), np.where(told, EMPTY, MISSING), value // STEP * STEP)
    steps[pd.factorize(rows["city"])[0], code] = shade
    pieces: dict[int, list[style.Piece]] = {}
    left, roles = list(x.values()), [role[code] for code in x]
    for row, top in zip(steps.tolist(), y, strict=True):
        alike = groupby(zip(row, roles, left, strict=True), key=itemgetter(0, 1))
        for (step, _), run in alike:
            places = [start for _, _, start in run]
            at = top + LOW / 2
            pieces.setdefault(step, []).append((places[0], at, places[-1] + cell, at))
    missing = [
        _box(start, middle - LOW / 2 + 1, end - start, LOW - 2)
        for start, middle, end, _ in pieces.pop(MISSING, [])
    ]
    axes.add_collection(_hatched(missing))
    style.strokes(axes, pieces.pop(EMPTY, []), NOT_ASKED, LOW - 2)
    shades = matplotlib.colormaps["cividis"]
    for step, own in sorted(pieces.items()):
        colour = matplotlib.colors.to_hex(shades(min(step + STEP / 2, 100) / 100))
        style.strokes(axes, own, colour, LOW - 2)


def _by_role(role: dict[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for code, name in role.items():
        groups.setdefault(name, []).append(code)
    return groups


def _columns(
    order: list[tuple[str, str]], left: float, right: float
) -> tuple[dict[str, float], float]:
    """Where each commitment's column begins, a little apart where the role changes; cell width."""
    breaks = [0, *(int(a[1] != b[1]) for a, b in pairwise(order))]
    cell = (right - left - BREAK * sum(breaks)) / len(order)
    x, place = {}, left
    for (code, _), broken in zip(order, breaks, strict=True):
        place += BREAK * broken
        x[code] = place
        place += cell
    return x, cell


def _heads(
    axes: Axes,
    heads: dict[str, list[str]],
    groups: dict[str, list[str]],
    x: dict[str, float],
    cell: float,
    top: float,
    bold: bool,
    *,
    coded: bool = True,
) -> None:
    for name, own in groups.items():
        start, end = x[own[0]], x[own[-1]] + cell - 2
        for number, words in enumerate(reversed(heads[name])):
            style.write(axes, start, top - 34 - 16 * number, words, size=style.SMALL, bold=bold)
        style.line(axes, [start, end], top - 23)
        for code in own if coded else []:
            word = style.fit(code, cell - 2, 1, style.SMALL)[0]
            style.write(axes, x[code] + cell / 2 - 1, top - 12, word, size=style.SMALL,
                        align="center")  # fmt: skip


def _cells(
    axes: Axes, rows: pd.DataFrame, x: dict[str, float], y: dict[str, float], cell: float
) -> None:
    """Filled with the value's colour; hatched where missing; empty where it does not apply."""
    shades = matplotlib.colormaps["cividis"]
    filled, colours, hatched, empty = [], [], [], []
    for city, code, value, reason in zip(
        rows["city"], rows["code"], rows["value"], rows["reason"], strict=True
    ):
        box = _box(x[code], y[city], cell - 2, CELL - 2)
        if pd.notna(value):
            filled.append(box)
            colours.append(shades(value / 100))
            word, ink = score(value), style.ink_on(shades(value / 100)[:3])
        elif reason == "not_applicable":
            empty.append(box)
            word, ink = "n/a", style.SOFT
        elif reason in WITHHELD:
            empty.append(box)
            word, ink = HIDDEN, style.SOFT
        else:
            hatched.append(box)
            continue
        style.write(axes, x[code] + cell / 2 - 1, y[city] + CELL / 2 - 1, word,
                    size=style.SMALL, colour=ink, align="center")  # fmt: skip
    axes.add_collection(PolyCollection(filled, facecolors=colours, linewidths=0))
    axes.add_collection(PolyCollection(empty, facecolors=[NOT_ASKED], linewidths=0))
    axes.add_collection(_hatched(hatched))


def _box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _hatched(boxes: list[list[tuple[float, float]]]) -> PolyCollection:
    return PolyCollection(
        boxes, facecolors=["white"], edgecolors=[style.RULE], hatch="////", linewidths=0.6
    )


def _key(axes: Axes, narrow: bool) -> None:
    """The scale as five steps, and what the two other cells mean."""
    shades, x, y = matplotlib.colormaps["cividis"], float(style.MARGIN), 8
    steps = [_box(x + 30 * place, y, 30, 18) for place in range(5)]
    axes.add_collection(
        PolyCollection(steps, facecolors=[shades(tick / 100) for tick in style.TICKS])
    )
    for place, tick in enumerate(style.TICKS):
        style.write(axes, x + 30 * place + 15, y + 9, str(tick), size=style.SMALL,
                    colour=style.ink_on(shades(tick / 100)[:3]), align="center")  # fmt: skip
    x += 150 + (12 if narrow else 24)
    axes.add_collection(_hatched([_box(x, y, 22, 18)]))
    style.write(axes, x + 28, y + 9, "missing", size=style.SMALL, colour=style.SOFT)
    x += 28 + style.width_of("missing", style.SMALL) + (10 if narrow else 24)
    words = "n/a: does not apply"
    style.write(axes, x, y + 9, words, size=style.SMALL, colour=style.SOFT)


def _in_words(rows: pd.DataFrame, series: str, labels: Labels | None) -> str:
    """Highest and lowest commitment over the cities, and how much is missing."""
    means = by_code(rows.groupby("code", sort=False)["value"].mean())
    count = rows["city"].nunique()
    start = f"{named(series, labels)} of {count} {'city' if count == 1 else 'cities'}"
    if not means:
        return f"{start}: no scores by commitment yet."
    best, worst = ends(means)
    told = (rows["reason"] == "not_applicable") | _withheld(rows)
    missing = int((rows["value"].isna() & ~told).sum())
    return (
        f"{start}: highest on average {named(best, labels)} at {score(means[best])},"
        f" lowest {named(worst, labels)} at {score(means[worst])} of 100;"
        f" {missing or 'no'} {'cell is' if missing == 1 else 'cells are'} missing."
    )
