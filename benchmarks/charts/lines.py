"""One labelled line per code on a common axis: label beside it, or above where narrow."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from benchmarks.charts import style

LINE = 17
BESIDE = 292
ROOM = 32
"""How high a line is at least."""


@dataclass(frozen=True)
class Entry:
    """What a line says: its code and its name, or a heading without marks.

    A name without its code before it is bold, unless it is `plain`.
    """

    code: str
    name: str
    heading: bool = False
    coded: bool = True
    plain: bool = False

    @property
    def shows_code(self) -> bool:
        """Whether the code stands before the name."""
        return self.coded and not self.heading and self.name != self.code

    @property
    def bold(self) -> bool:
        """Whether the name is what stands out, not the code."""
        return not self.shows_code and not self.plain


@dataclass(frozen=True)
class Line:
    """An entry in its place: label from `label_y` downwards, marks at `y`, in pixels."""

    entry: Entry
    words: tuple[str, ...]
    label_y: float
    y: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """All lines in place, and the ends of the axis."""

    lines: tuple[Line, ...]
    indent: float
    left: float
    right: float
    bottom: float
    axis: style.Axis

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines that carry marks."""
        return tuple(line for line in self.lines if not line.entry.heading)

    def x(self, value: float) -> float:
        """Where a value stands; beyond an end of the axis, at the end."""
        return self.left + (self.right - self.left) * self.axis.share(value)

    def y(self, code: str) -> float:
        """Where the marks of a code stand."""
        return next(line.y for line in self.marked if line.entry.code == code)


def lay_out(
    entries: Sequence[Entry],
    top: float,
    *,
    narrow: bool,
    column: int = 0,
    axis: style.Axis = style.POINTS,
    high: int = ROOM,
    beside: int = BESIDE,
    drop: int = 0,
) -> Layout:
    """Places for the entries below `top`.

    `column` pixels stay free right of the axis, or label; marks have lines of `high` pixels at
    least, `drop` below their middle; labels end at `beside`, unless they stand above the marks.
    """
    width = style.NARROW if narrow else style.WIDE
    room = width - 2 * style.MARGIN - column if narrow else beside - style.MARGIN
    named = [entry.code for entry in entries if entry.shows_code]
    indent = max((style.width_of(code, bold=True) + 10 for code in named), default=0)
    lines, y = [], top
    for entry in entries:
        shift = indent if entry.shows_code else 0
        wide = width - 2 * style.MARGIN if entry.heading else room - shift
        words = tuple(style.fit(entry.name, wide, bold=entry.bold))
        text = LINE * len(words)
        beneath = high + 2 if narrow else max(high - text, 12 - max(0, ROOM - high))
        height = text + (19 if entry.heading else beneath)
        label = y + 20 if entry.heading else y + 13 if narrow else y + (height - text + LINE) / 2
        middle = y + text + 2 + high / 2 if narrow else y + height / 2
        middle, label = middle + drop, label + (0 if narrow else drop)
        lines.append(Line(entry, words, label, middle, y, y + height))
        y += height
    outside = 36 if narrow and column else 14
    left = style.MARGIN + outside if narrow else beside + 30
    right = width - style.MARGIN - outside - (0 if narrow else column)
    return Layout(tuple(lines), indent, left, right, y, axis)


def draw(axes: Axes, layout: Layout, *, narrow: bool) -> None:
    """Labels, headings, fine lines and the numbers of the axis."""
    first = layout.lines[0].top if layout.lines else layout.bottom
    style.scale(axes, layout.left, layout.right, first - 10, layout.axis)
    style.scale(axes, layout.left, layout.right, layout.bottom + 12, layout.axis)
    places = [layout.x(tick) for tick, _ in layout.axis.ticks]
    fine: list[style.Piece] = []
    for line in layout.lines:
        _label(axes, line, layout.indent)
        if line.entry.heading:
            style.line(axes, [style.MARGIN, layout.right + 14], line.bottom - 3)
            continue
        half = line.bottom - line.y - 3
        top, bottom = (line.y - half, line.y + half) if narrow else (line.top, line.bottom)
        fine += [(place, top, place, bottom) for place in places]
        fine.append((layout.left, line.y, layout.right, line.y))
    style.strokes(axes, fine, style.GRID)


def draw_labels(axes: Axes, layout: Layout) -> None:
    """Labels alone, of lines without an axis."""
    for line in layout.lines:
        _label(axes, line, layout.indent)


def _label(axes: Axes, line: Line, indent: float) -> None:
    entry, x = line.entry, float(style.MARGIN)
    if entry.shows_code:
        style.write(axes, x, line.label_y, entry.code, bold=True)
        x += indent
    for number, words in enumerate(line.words):
        style.write(axes, x, line.label_y + LINE * number, words, bold=entry.bold)
