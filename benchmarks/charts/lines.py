"""One labelled line per code on a common axis 0 to 100: label beside it, or above where narrow."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from benchmarks.charts import style

LINE = 17
BESIDE = 292


@dataclass(frozen=True)
class Entry:
    """What a line says: its code and its name, or a heading without marks."""

    code: str
    name: str
    heading: bool = False
    coded: bool = True

    @property
    def shows_code(self) -> bool:
        """Whether the code stands before the name."""
        return self.coded and not self.heading and self.name != self.code


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

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines that carry marks."""
        return tuple(line for line in self.lines if not line.entry.heading)

    def x(self, value: float) -> float:
        """Where a score stands; beyond an end of the scale, at the end."""
        return self.left + (self.right - self.left) * min(max(value, 0.0), 100.0) / 100

    def y(self, code: str) -> float:
        """Where the marks of a code stand."""
        return next(line.y for line in self.marked if line.entry.code == code)


def lay_out(entries: Sequence[Entry], top: float, *, narrow: bool, column: int = 0) -> Layout:
    """Places for the entries below `top`; `column` pixels stay free right of the axis, or label."""
    width = style.NARROW if narrow else style.WIDE
    room = width - 2 * style.MARGIN - column if narrow else BESIDE - style.MARGIN
    named = [entry.code for entry in entries if entry.shows_code]
    indent = max((style.width_of(code, bold=True) + 10 for code in named), default=0)
    lines, y = [], top
    for entry in entries:
        shift = indent if entry.shows_code else 0
        words = tuple(style.fit(entry.name, room - shift, bold=shift == 0))
        text = LINE * len(words)
        height = 36 if entry.heading else text + 34 if narrow else max(32, text + 12)
        label = y + 20 if entry.heading else y + 13 if narrow else y + (height - text + LINE) / 2
        middle = y + text + 18 if narrow else y + height / 2
        lines.append(Line(entry, words, label, middle, y, y + height))
        y += height
    outside = 36 if narrow and column else 14
    left = style.MARGIN + outside if narrow else BESIDE + 30
    right = width - style.MARGIN - outside - (0 if narrow else column)
    return Layout(tuple(lines), indent, left, right, y)


def draw(axes: Axes, layout: Layout, *, narrow: bool) -> None:
    """Labels, headings, fine lines and the numbers of the axis."""
    first = layout.lines[0].top if layout.lines else layout.bottom
    style.scale(axes, layout.left, layout.right, first - 10)
    style.scale(axes, layout.left, layout.right, layout.bottom + 12)
    for line in layout.lines:
        _label(axes, line, layout.indent)
        if line.entry.heading:
            style.line(axes, [style.MARGIN, layout.right + 14], line.top + 33)
            continue
        ends = (line.y - 13, line.y + 13) if narrow else (line.top, line.bottom)
        style.grid(axes, layout.left, layout.right, *ends)
        style.line(axes, [layout.left, layout.right], line.y, style.GRID)


def _label(axes: Axes, line: Line, indent: float) -> None:
    entry, x = line.entry, float(style.MARGIN)
    if entry.shows_code:
        style.write(axes, x, line.label_y, entry.code, bold=True)
        x += indent
    for number, words in enumerate(line.words):
        bold = x == style.MARGIN
        style.write(axes, x, line.label_y + LINE * number, words, bold=bold)
