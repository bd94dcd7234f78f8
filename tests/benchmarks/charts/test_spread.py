"""How the cities lie."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import same_color

from benchmarks.audiences import for_city, for_everybody
from benchmarks.charts import marks
from benchmarks.charts.spread import SHAPE, beside, density, spread
from tests.benchmarks.charts.looking import LABELS, NAMES, calibrated, changed, names, said

CITY = NAMES[0]
SERIES = "peer_calibrated"


def drawn(result, **about):
    return spread(result, "2026", SERIES, labels=LABELS, **about)


def shapes(drawing, colour):
    """The filled shapes of a colour, as their corners."""
    return [patch.get_path().vertices for patch in drawing.figure.axes[0].patches
            if patch.get_fill() and same_color(patch.get_facecolor(), colour)]  # fmt: skip


def dots(drawing):
    """How many grey dots there are in each line, below the key."""
    look = marks.LOOKS["group"].fill
    return [len(line.get_xdata()) for line in drawing.figure.axes[0].lines
            if same_color(line.get_markerfacecolor(), look)][1:]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "raters", "boxes", "violins", "points"),
    [(3, 3, 0, 0, [3] * 5), (12, 9, 5, 0, [12] * 5), (60, 9, 0, 5, [])],
)
def test_few_are_dots_some_are_boxes_with_dots_and_many_are_shapes(
    count, raters, boxes, violins, points
):
    drawing = drawn(calibrated(count, raters))

    in_key = bool(boxes or violins)
    assert len(shapes(drawing, marks.BAND)) == boxes + in_key
    assert len(shapes(drawing, SHAPE)) == violins
    assert dots(drawing) == points


def test_quartiles_are_of_type_seven_and_whiskers_end_at_the_last_value_that_is_near():
    result = calibrated(12)
    for city, value in zip(names(12), [*range(10, 32, 2), 90], strict=True):
        result = changed(result, "scores", {"city": city, "series": SERIES}, value=float(value))

    row = drawn(result).data.iloc[0]

    numbers = row[["n", "median", "q1", "q3", "whisker_lo", "whisker_hi"]].tolist()
    assert numbers == [12, 21, 15.5, 26.5, 10, 30]
    assert row["values"] == "10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 90"


def test_below_eight_cities_there_are_no_quartiles():
    data = drawn(calibrated(3, 3)).data

    assert data[["median", "q1", "q3", "whisker_lo", "whisker_hi"]].isna().all(axis=None)
    assert data["n"].tolist() == [3] * 5


def test_a_shape_ends_at_the_ends_of_the_scale():
    result = calibrated(60)
    for city, value in zip(names(60), [0, 100] * 30, strict=True):
        result = changed(result, "scores", {"city": city, "series": SERIES}, value=float(value))

    drawing = drawn(result)

    x = [shape[:, 0] for shape in shapes(drawing, SHAPE)]
    left, right = (next(t for t in drawing.figure.axes[0].texts if t.get_text() == tick)
                   for tick in ("0", "100"))  # fmt: skip
    ends = (left.get_position()[0], right.get_position()[0])
    assert {(places.min(), places.max()) for places in x} == {ends}


def test_the_city_is_marked_with_its_points_and_named_in_the_key():
    result = changed(calibrated(12), "scores", {"city": CITY, "series": SERIES}, value=77.0)

    drawing = drawn(result, city=CITY)

    assert said(drawing).count("77") == 5
    assert CITY in said(drawing)
    assert drawing.data["city_value"].tolist() == [77] * 5
    assert dots(drawing) == [11] * 5
    assert drawing.alt.endswith(
        f"{CITY} is furthest from the median in Service provider: +37 points."
    )


def test_a_city_that_gets_no_others_sees_what_may_be_shown_of_the_group():
    drawing = drawn(for_city(calibrated(12), CITY), city=CITY)

    data = drawing.data
    assert data["n"].tolist() == [1] * 5
    assert data[["group_median", "group_q1", "group_q3"]].notna().all(axis=None)
    assert said(drawing).count("12") == 5
    assert ("Grey", "middle half and median of 12 cities, Calibrated") in drawing.caption


def test_the_public_gets_dots_of_the_named_and_no_box_of_them():
    result = calibrated(12)
    named = replace(result.config, named=tuple(names(12)[:9]))

    drawing = drawn(for_everybody(replace(result, config=named)))

    assert dots(drawing) == [9] * 5
    assert shapes(drawing, marks.BAND) == []
    assert drawing.data["q1"].isna().all()
    assert drawing.data["group_n"].tolist() == [12] * 5


def test_the_words_name_the_highest_the_lowest_and_the_widest():
    result = calibrated(3, 3)
    for code, values in {"policy-maker": (10, 20, 30), "buyer": (5, 60, 95)}.items():
        for city, value in zip(names(3), values, strict=True):
            here = {"city": city, "series": SERIES, "code": code}
            result = changed(result, "scores", here, value=float(value))

    assert drawn(result).alt == (
        "Calibrated of 3 cities: highest median Buyer of goods and services at 60, lowest"
        " Policy-maker at 20 of 100. Widest apart in Buyer of goods and services: 5 to 95."
    )


def test_dots_that_would_lie_on_each_other_go_up_and_down():
    assert beside([10, 10, 10, 20]) == [0, -6.5, 6.5, 0]


def test_the_densest_place_is_where_most_are():
    at = np.arange(0.0, 101.0)

    heights = density([10.0, 50, 50, 50, 90], at)

    assert at[heights.argmax()] == 50
    assert heights.max() == 1


def test_a_series_that_nobody_has_is_not_found():
    with pytest.raises(LookupError, match="agreed"):
        spread(calibrated(12), "2026", "agreed")
