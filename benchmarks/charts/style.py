"""How our pictures look: palette, sizes, and a sheet on which one unit is one pixel."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

INK, SOFT, RULE, GRID, ZONE = "#0b0c0c", "#505a5f", "#b1b4b6", "#e3e5e6", "#e9edf3"
SMALL, TEXT = 12, 13
WIDE, NARROW = 720, 390
MARGIN = 10
TICKS = (0, 25, 50, 75, 100)
FONT = "DejaVu Sans"
THICK = 4
"""A stroke wider than this is an area."""
BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a line stands before its place."""


@dataclass(frozen=True)
class Axis:
    """What the ends of an axis stand for, and the numbers along it."""

    low: float = 0
    high: float = 100
    ticks: tuple[tuple[float, str], ...] = tuple((tick, str(tick)) for tick in TICKS)

    def share(self, value: float) -> float:
        """How far along the axis a value stands, 0..1; beyond an end, at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


POINTS = Axis()
Piece = tuple[float, float, float, float]
"""A straight line: x and y of one end, x and y of the other."""


@contextmanager
def drawn_alike() -> Iterator[None]:
    """The same ids and text as text in every file; a sign the font lacks is no reason to warn."""
    with (
        matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cityreview"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def sheet(width: int, height: float) -> tuple[Figure, Axes]:
    """An empty white page: x to the right, y downwards, in pixels."""
    figure = Figure(figsize=(width / 72, round(height) / 72), dpi=72, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(round(height), 0)
    axes.set_axis_off()
    return figure, axes


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = TEXT,
    bold: bool = False,
    colour: str = INK,
    align: str = "left",
) -> None:
    """One line of text, its middle at y, drawn as it is: a dollar sign is a dollar sign."""
    words = copy(_like(size, bold, colour, align))
    words.set_text(text)
    words.set_position((x, y + 0.36 * size))
    words.set_transform(axes.transData)
    axes.add_artist(words)


class Words(Text):
    """One level line of text that nothing cuts off: drawn without laying it out first, which is
    most of what text costs."""

    def set_clip_path(self, path: object, transform: object = None) -> None:
        """Nothing cuts it off."""

    def draw(self, renderer: RendererBase) -> None:
        """What `Text.draw` does, for such a line."""
        text, font = self.get_text(), self.get_fontproperties()
        x, y = map(float, self.get_transform().transform(self.get_position()))
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        wide = width_of(text, font.get_size(), font.get_weight() == "bold")
        wide = float(np.asarray(renderer.points_to_pixels(wide)))
        x -= BEFORE[self.get_horizontalalignment()] * wide
        pen = renderer.new_gc()
        pen.set_foreground(self.get_color())
        renderer.draw_text(pen, x, y, text, font, 0.0, mtext=self)
        pen.restore()


@lru_cache(maxsize=64)
def _like(size: float, bold: bool, colour: str, align: str) -> Words:
    """Words to copy: to make them anew costs more than to draw them."""
    font = FontProperties(family=FONT, weight="bold" if bold else "normal", size=size)
    return Words(0, 0, "", color=colour, fontproperties=font, ha=align, va="baseline",
                 parse_math=False)  # fmt: skip


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = TEXT, bold: bool = False) -> float:
    """How wide a line of text is, in pixels."""
    face = FontProperties(family=FONT, weight="bold" if bold else "normal")
    font = get_font(findfont(face))
    font.set_size(size, 72)
    with drawn_alike():
        font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64


def fit(
    text: str, width: float, lines: int = 2, size: float = TEXT, bold: bool = False
) -> list[str]:
    """The text broken into at most so many lines of that width; what is left out shows as dots."""
    broken = [""]
    for word in filter(None, re.findall(r"[^ -]*(?:-| +|$)", text)):
        longer = broken[-1] + word
        if width_of(longer.rstrip(" "), size, bold) <= width or not broken[-1]:
            broken[-1] = longer
        else:
            broken.append(word)
    if len(broken) > lines:
        broken = [*broken[: lines - 1], "".join(broken[lines - 1 :])]
    return [_shortened(line.rstrip(" "), width, size, bold) for line in broken]


def _shortened(line: str, width: float, size: float, bold: bool) -> str:
    kept = line
    while kept and width_of(kept if kept == line else f"{kept}…", size, bold) > width:
        kept = kept[:-1].rstrip()
    return kept if kept == line else f"{kept}…"


def scale(axes: Axes, left: float, right: float, y: float, axis: Axis = POINTS) -> None:
    """The numbers along an axis, above or below the marks."""
    for tick, words in axis.ticks:
        place = left + (right - left) * axis.share(tick)
        write(axes, place, y, words, size=SMALL, colour=SOFT, align="center")


def strokes(
    axes: Axes, pieces: Sequence[Piece], colour: str, width: float = 1, depth: float = 1
) -> None:
    """Any number of straight lines of one kind, as one thing to draw."""
    if not pieces:
        return
    ends = np.asarray(pieces, dtype=float).reshape(-1, 2)
    path = Path(ends, np.tile([Path.MOVETO, Path.LINETO], len(pieces)))
    # What fills is not moved to whole pixels: neighbours would be moved differently.
    snap = False if width > THICK else None
    axes.add_artist(PathPatch(path, fill=False, edgecolor=colour, linewidth=width, zorder=depth,
                              capstyle="butt", snap=snap))  # fmt: skip


def fill(
    axes: Axes, corners: Sequence[tuple[float, float]], colour: str, edge: str = "none",
    depth: float = 1.3,
) -> None:  # fmt: skip
    """A closed shape in one colour."""
    path = Path([*corners, corners[0]], closed=True)
    axes.add_artist(PathPatch(path, facecolor=colour, edgecolor=edge, linewidth=1, zorder=depth))


def line(axes: Axes, x: Sequence[float], y: float, colour: str = RULE, width: float = 1) -> None:
    """A level line from the first x to the second."""
    strokes(axes, [(x[0], y, x[1], y)], colour, width, 2)


def note(axes: Axes, x: float, y: float, text: str) -> None:
    """Why there are no marks: small words on white, so that no line runs through them."""
    axes.fill_between([x, x + width_of(text, SMALL) + 12], y - 9, y + 9, color="white", zorder=2.5)
    write(axes, x + 6, y, text, size=SMALL, colour=SOFT)


def foot(axes: Axes, width: int, y: float, caption: Sequence[tuple[str, str]]) -> None:
    """What the chart states of itself, small, at its foot."""
    for number, words in enumerate(_foot_lines(width, caption)):
        write(axes, MARGIN, y + 17 * number, words, size=SMALL, colour=SOFT)


def foot_height(width: int, caption: Sequence[tuple[str, str]]) -> float:
    """How much room `foot` takes, in pixels."""
    return 17 * len(_foot_lines(width, caption)) + 6


def _foot_lines(width: int, caption: Sequence[tuple[str, str]]) -> list[str]:
    """The pairs in lines, each pair whole; one that is longer than a line has lines of its own."""
    room, broken = width - 2 * MARGIN, [""]
    for term, said in caption:
        longer = f"{broken[-1]}  ·  {term}: {said}" if broken[-1] else f"{term}: {said}"
        if width_of(longer, SMALL) <= room:
            broken[-1] = longer
        else:
            own = fit(f"{term}: {said}", room, 4, SMALL)
            broken = [*broken, *own] if broken[-1] else own
    return broken


def ink_on(fill: tuple[float, float, float]) -> str:
    """Black or white, whichever reads better on a colour (red, green, blue in 0..1)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in fill]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (light + 0.05) ** 2 > 1.05 * 0.05 else "white"
