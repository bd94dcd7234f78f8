"""The marks of the series, their intervals, and the grey of the group: shapes repeat colours."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from benchmarks.charts import style
from benchmarks.charts.drawing import Labels, named

LINE, MANY = 20, 60
Sign = Callable[[Axes, float, float], None]
"""Draws what a key explains: 14 pixels from x to the right, around y."""


class Look(NamedTuple):
    """Fill, edge, shape, size, and what lies above what."""

    fill: str
    edge: str
    shape: str
    size: float
    depth: float


LOOKS = {
    "self": Look("#E69F00", "#6B4A00", "^", 12.5, 5),
    "peer": Look("#56B4E9", "#1F5F86", "o", 13.5, 4),
    "agreed": Look("#CC79A7", "#7A3A5E", "D", 8.5, 5.5),
    "peer_calibrated": Look("#0072B2", "#00466E", "o", 7.5, 6),
    "group": Look("#999999", "#6E6E6E", "o", 6.0, 3),
}
BAND = "#dadada"


def mark(axes: Axes, series: str, x: Sequence[float], y: Sequence[float]) -> None:
    """The marks of one series: triangle, ring, diamond or disc."""
    look = LOOKS[series]
    put(axes, x, y, look, 0.55 if series == "group" else 1.0)
    if series == "peer":
        put(axes, x, y, look._replace(fill="white", size=8.5))


def put(axes: Axes, x: Sequence[float], y: Sequence[float], look: Look, alpha: float = 1.0) -> None:
    """Any number of marks that look alike; of very many, their outlines as one thing to draw."""
    if len(x) > MANY:
        _stamp(axes, x, y, look, alpha)
        return
    points = Line2D(
        x,
        y,
        linestyle="none",
        marker=look.shape,
        markersize=look.size,
        markerfacecolor=look.fill,
        markeredgecolor=look.edge,
        markeredgewidth=0.7,
        alpha=alpha,
        zorder=look.depth,
        clip_on=False,
    )
    axes.add_artist(points)


def _stamp(axes: Axes, x: Sequence[float], y: Sequence[float], look: Look, alpha: float) -> None:
    shape = MarkerStyle(look.shape)
    outline = shape.get_path().transformed(shape.get_transform())
    if look.shape == "o":
        outline = Path.unit_regular_polygon(16).transformed(Affine2D().scale(0.5))
    corners = np.asarray(outline.vertices) * (look.size, -look.size)
    codes = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 2), Path.CLOSEPOLY]
    places = np.column_stack([x, y])[:, None, :] + corners
    path = Path(places.reshape(-1, 2), np.tile(codes, len(x)))
    axes.add_artist(PathPatch(path, facecolor=look.fill, edgecolor=look.edge, linewidth=0.7,
                              alpha=alpha, zorder=look.depth, clip_on=False))  # fmt: skip


def bar(axes: Axes, series: str, ends: Sequence[float], y: float) -> None:
    """An interval: a line with a foot at each end, in the dark of its series."""
    bars(axes, series, [ends], [y])


def bars(axes: Axes, series: str, ends: Sequence[Sequence[float]], y: Sequence[float]) -> None:
    """Intervals, as one thing to draw."""
    pieces: list[style.Piece] = []
    for (lo, hi), at in zip(ends, y, strict=True):
        pieces += [(lo, at, hi, at), (lo, at - 4, lo, at + 4), (hi, at - 4, hi, at + 4)]
    style.strokes(axes, pieces, LOOKS[series].edge, 2, 3.5)


def band(axes: Axes, ends: Sequence[float], y: float) -> None:
    """From the lower to the upper quartile of the group."""
    left, right = ends
    box = [(left, y - 9), (right, y - 9), (right, y + 9), (left, y + 9)]
    axes.add_collection(
        PolyCollection([box], facecolor=BAND, linewidth=0, zorder=1.2), autolim=False
    )


def tick(axes: Axes, x: float, y: float) -> None:
    """The median of the group."""
    style.strokes(axes, [(x, y - 11, x, y + 11)], LOOKS["group"].edge, 2, 2.2)


def legend(series: Sequence[str], labels: Labels | None) -> dict[str, str]:
    """The names of some series, as `key` wants them."""
    return {each: named(each, labels) for each in series}


def _piece(axes: Axes, x: float, y: float) -> None:
    band(axes, [x, x + 14], y)
    tick(axes, x + 7, y)


SIGNS: Mapping[str, Sign] = {"band": _piece}


def key(
    axes: Axes, width: int, names: Mapping[str, str], signs: Mapping[str, Sign] = SIGNS
) -> None:
    """Which mark is which, on top of the sheet: marks by series, each followed by its name.

    What is no series is drawn by its sign: "band" is a piece of it, with its median.
    """
    for number, entries in enumerate(_key_lines(width, names)):
        x, y = float(style.MARGIN), 18.0 + LINE * number
        for series, name in entries:
            if series in signs:
                signs[series](axes, x, y)
            else:
                mark(axes, series, [x + 7], [y])
            style.write(axes, x + 20, y, name, size=style.SMALL)
            x += _entry_width(name)


def key_height(width: int, names: Mapping[str, str]) -> float:
    """How much room `key` takes beyond its first line, in pixels."""
    return LINE * (len(_key_lines(width, names)) - 1.0)


def _key_lines(width: int, names: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    lines: list[list[tuple[str, str]]] = [[]]
    x, room = 0.0, width - 2 * style.MARGIN
    for series, name in names.items():
        if x and x + _entry_width(name) - 16 > room:
            lines.append([])
            x = 0.0
        lines[-1].append((series, name))
        x += _entry_width(name)
    return lines


def _entry_width(name: str) -> float:
    return 20 + style.width_of(name, style.SMALL) + 16
