"""The marks of the series, their intervals, and the grey of the group: shapes repeat colours."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from benchmarks.charts import style
from benchmarks.charts.drawing import Labels, named

LINE = 20


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
    _marks(axes, x, y, look, 0.55 if series == "group" else 1.0)
    if series == "peer":
        _marks(axes, x, y, look._replace(fill="white", size=8.5), 1.0)


def _marks(axes: Axes, x: Sequence[float], y: Sequence[float], look: Look, alpha: float) -> None:
    axes.plot(
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


def bar(axes: Axes, series: str, ends: Sequence[float], y: float) -> None:
    """An interval: a line with a foot at each end, in the dark of its series."""
    look = LOOKS[series]
    axes.plot(ends, [y, y], color=look.edge, linewidth=2, zorder=3.5, solid_capstyle="butt")
    for x in ends:
        axes.plot([x, x], [y - 4, y + 4], color=look.edge, linewidth=1.5, zorder=3.5)


def band(axes: Axes, ends: Sequence[float], y: float) -> None:
    """From the lower to the upper quartile of the group."""
    axes.fill_between(ends, y - 9, y + 9, color=BAND, linewidth=0, zorder=1.2)


def tick(axes: Axes, x: float, y: float) -> None:
    """The median of the group."""
    axes.plot([x, x], [y - 11, y + 11], color=LOOKS["group"].edge, linewidth=2, zorder=2.2)


def legend(series: Sequence[str], labels: Labels | None) -> dict[str, str]:
    """The names of some series, as `key` wants them."""
    return {each: named(each, labels) for each in series}


def key(axes: Axes, width: int, names: Mapping[str, str]) -> None:
    """Which mark is which, on top of the sheet: marks by series, each followed by its name.

    The name of "band" stands beside a piece of it, with its median.
    """
    for number, entries in enumerate(_key_lines(width, names)):
        x, y = float(style.MARGIN), 18.0 + LINE * number
        for series, name in entries:
            if series == "band":
                band(axes, [x, x + 14], y)
                tick(axes, x + 7, y)
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
