"""Marks that can be told apart, by shape as well as by colour, and a key that has room."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from benchmarks.charts import marks, style
from benchmarks.charts.drawing import named
from benchmarks.result import SERIES
from tests.benchmarks.charts.looking import overlaps_of


def light(colour):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("series", [*SERIES, "group"])
def test_the_edge_of_every_mark_has_contrast(series):
    assert 1.05 / (light(marks.LOOKS[series].edge) + 0.05) >= 4.5


def test_no_two_series_share_a_shape_and_size():
    looks = [(marks.LOOKS[series].shape, marks.LOOKS[series].size) for series in SERIES]

    assert len(set(looks)) == len(SERIES)


@pytest.mark.parametrize("pair", list(combinations(SERIES, 2)))
def test_the_colours_differ_in_light_or_in_blue_and_never_in_red_and_green_alone(pair):
    one, other = (marks.LOOKS[series].fill for series in pair)

    assert abs(to_rgb(one)[2] - to_rgb(other)[2]) > 0.1 or abs(light(one) - light(other)) > 0.1


@pytest.mark.parametrize("width", [style.NARROW, style.WIDE])
def test_a_key_that_is_too_long_for_a_line_goes_on_in_the_next(width):
    names = {each: f"{named(each, None)} with a long name" for each in SERIES}
    height = 40 + marks.key_height(width, names)
    figure, axes = style.sheet(width, height)

    marks.key(axes, width, names)

    assert overlaps_of(figure) == []
    assert marks.key_height(width, names) == {style.NARROW: 40, style.WIDE: 20}[width]


@pytest.mark.parametrize("series", [*SERIES, "group"])
def test_very_many_marks_are_one_thing_to_draw_and_look_like_few(series):
    def seen(x):
        figure, axes = style.sheet(200, 60)
        marks.mark(axes, series, x, [30] * len(x))
        FigureCanvasAgg(figure).draw()
        return np.asarray(figure.canvas.buffer_rgba()).astype(int), len(axes.get_children())

    few, _ = seen([60])
    many, artists = seen([60, *[150] * 80])

    around = np.s_[20:40, 50:70, :3]
    assert artists < 20
    assert few[around].min() < 200
    assert np.abs(few[around].mean() - many[around].mean()) < 4
