"""What a person would see: texts that overlap, texts cut off, texts too small."""

from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from benchmarks.charts.style import drawn_alike
from benchmarks.compute import compute
from tests.benchmarks.tables import drawn, simulated

NAMES = [
    "Αθήνα και Θεσσαλονίκη Μητροπολιτικ",
    "Велико Търново и Горна Оряховица б",
    "Ħaż-Żabbar u l-Belt Valletta Malti",
    "Llanfairpwllgwyngyllgogerychwyrndr",
    "$\\frac{a$",
    "$" + "\\sqrt{" * 60,
    "<b>Bold</b> & 'co'",
    "Łódź",
    "東京 🏙",
]
LABELS = {
    "policy-maker": "Policy-maker",
    "service-provider": "Service provider",
    "buyer": "Buyer of goods and services",
    "PM1": "Public message of equal opportunity for every single resident of the city",
    "PM3": "Migrants take part in policy-making",
    "SP1": "Услуги, достъпни за всички жители на града",
    "BU2": "$x^$",
}


def names(count):
    """So many cities, the difficult names first."""
    return [*NAMES, *(f"A city with a long name, no. {n:03}" for n in range(count))][:count]


@cache
def a_result(count, statements=2):
    """A round of so many cities, the difficult names first."""
    return compute(drawn(names(count), statements))


def whole(count, raters=9):
    """The tables of a round of so many cities without a hole, the difficult names first."""
    frames, _ = simulated(cities=count, raters=raters, severity=16)
    called = {f"c{place:03}": name for place, name in enumerate(names(count))}
    tables = (frames.scores, frames.cities, frames.assignments)
    scores, cities, assignments = (t.assign(city_id=t["city_id"].map(called)) for t in tables)
    return replace(frames, scores=scores, cities=cities, assignments=assignments)


@cache
def calibrated(count, raters=9):
    """A round of so many cities whose reviewers can be told apart, the difficult names first."""
    result = compute(whole(count, raters))
    assert result.components["calibrated"].all()
    return result


def changed(result, table, where, **columns):
    """The same result with other values in some rows of a table; `where` are columns' values."""
    rows = getattr(result, table).copy()
    chosen = np.ones(len(rows), dtype=bool)
    for column, said in where.items():
        chosen &= (rows[column] == said).to_numpy()
    assert chosen.any()
    for column, said in columns.items():
        rows.loc[chosen, column] = said
    return replace(result, **{table: rows})


def said(drawing):
    """The words in a picture."""
    return [text.get_text() for text in texts(drawing.figure)]


def spans(drawing, colour):
    """The level lines of a colour in a picture: both ends, from left to right."""
    lines = [line for line in drawing.figure.findobj(Line2D) if line.get_color() == colour]
    ends = [(*line.get_xdata(), *line.get_ydata()) for line in lines if len(line.get_xdata()) == 2]
    ends += [
        tuple(pair.T.ravel())
        for strokes in drawing.figure.findobj(PathPatch)
        if to_hex(strokes.get_edgecolor()) == colour.lower()
        for pair in strokes.get_path().vertices.reshape(-1, 2, 2)
    ]
    return [(x0, x1) for x0, x1, y0, y1 in ends if y0 == y1 and x0 != x1]


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text().strip()]


def overlaps(drawing):
    """Pairs of texts that touch, texts beyond the edge, and texts below 9 points."""
    return overlaps_of(drawing.figure)


def overlaps_of(figure):
    with drawn_alike():
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [(t.get_text(), t.get_window_extent(renderer), t.get_fontsize())
                 for t in texts(figure)]  # fmt: skip
    x0, y0, x1, y1 = np.array([box.padded(-1).extents for _, box, _ in boxes]).T
    beside = (x1[:, None] <= x0) | (x0[:, None] >= x1)
    touching = np.triu(~beside & (y0[:, None] < y1) & (y1[:, None] > y0), k=1)
    pairs = [(boxes[a][0], boxes[b][0]) for a, b in np.argwhere(touching)]
    within = figure.bbox
    outside = [text for text, box, _ in boxes
               if not (within.contains(*box.min) and within.contains(*box.max))]  # fmt: skip
    return pairs + outside + [text for text, _, size in boxes if size < 12]
