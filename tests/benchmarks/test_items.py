"""Levels to points by their own scale, and the views that compare units."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.items import constant_items, normalise

NAN = float("nan")


def column(*values):
    return pd.DataFrame({"x": values}, dtype=float)


def points(frame):
    return frame["x"].tolist()


def test_a_level_becomes_points_by_the_end_points_of_its_scale():
    levels = pd.DataFrame({"a": [0, 1, 4], "b": [1, 2, 5]})
    low, high = pd.Series({"a": 0, "b": 1}), pd.Series({"a": 4, "b": 5})

    assert normalise(levels, low=low, high=high).to_numpy().tolist() == [
        [0, 0],
        [25, 25],
        [100, 100],
    ]


def test_where_less_is_better_the_scale_is_turned():
    assert points(normalise(column(0, 1, 4), high=4, direction=-1)) == [100, 75, 0]


def test_a_scale_without_range_is_a_mistake():
    with pytest.raises(ValueError, match="no range: x"):
        normalise(column(1, 2), low=3, high=3)


def test_goalposts_hold_what_lies_beyond_the_ends():
    assert points(normalise(column(10, 20, 85, 90), "goalposts", low=20, high=85)) == [
        0,
        0,
        100,
        100,
    ]


def test_minmax_spreads_the_sample_over_the_points():
    assert points(normalise(column(2, 3, 6), "minmax", onto=(1, 101))) == [1, 26, 101]


def test_zscore_counts_standard_deviations_of_the_sample():
    assert points(normalise(column(1, 2, 3), "zscore")) == [-1, 0, 1]


def test_percentile_gives_the_middle_of_the_ranks_shared():
    assert points(normalise(column(5, 5, 1, 9), "percentile")) == [50, 50, 12.5, 87.5]


def test_borda_counts_those_strictly_below():
    assert points(normalise(column(5, 5, 1, 9), "borda")) == [1, 1, 0, 3]


@pytest.mark.parametrize(("how", "middle"), [("minmax", 50), ("zscore", 0), ("percentile", 50)])
def test_an_item_that_tells_nobody_apart_gives_the_middle_and_a_flag(how, middle):
    same = column(3, 3, 3)

    assert points(normalise(same, how)) == [middle] * 3
    assert constant_items(same).tolist() == [True]


@pytest.mark.parametrize("how", ["scale", "goalposts", "minmax", "zscore", "percentile", "borda"])
def test_what_is_missing_stays_missing(how):
    assert np.isnan(points(normalise(column(1, NAN, 0), how))[1])
