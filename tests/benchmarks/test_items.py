"""Levels to points by their own scale, and the views that compare units."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.frames import check
from benchmarks.items import constant_items, item_scores, normalise
from tests.benchmarks.tables import the_frames

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


def test_the_peers_of_a_statement_count_alike_and_the_median_is_there_for_comparison():
    tables = check(the_frames(*(f"2026 Ghent PM1.1 peer {who} {level}" for who, level in
                                [("ann", 0), ("bob", 1), ("cem", 4)])))  # fmt: skip

    means = item_scores(tables.scores, tables.statements)
    medians = item_scores(tables.scores, tables.statements, "median")

    assert means[["code", "source", "n_raters"]].to_numpy().tolist() == [["PM1.1", "peer", 3]]
    assert means["value"].tolist() == [(0 + 25 + 100) / 3]
    assert medians["value"].tolist() == [25]


def test_scales_of_different_ends_stand_side_by_side():
    frames = the_frames("2026 Ghent PM1.1 self - 3", "2026 Ghent PM1.2 self - 3")
    scales = frames.statements.assign(scale_min=[0, 1, 0, 0], scale_max=[4, 5, 4, 4])
    tables = check(replace(frames, statements=scales))

    assert item_scores(tables.scores, tables.statements)["value"].tolist() == [75, 50]


def test_three_levels_give_the_quotient_of_the_method_to_the_last_digit():
    frames = the_frames("2026 Ghent PM1.1 self - 1")
    tables = check(replace(frames, statements=frames.statements.assign(scale_max=3)))

    assert item_scores(tables.scores, tables.statements)["value"].tolist() == [100 * 1 / 3]
