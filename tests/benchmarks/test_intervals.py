"""Resampling: what the intervals are, when there are none, and that chance comes from outside."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.intervals import bootstrap


def lot(seed=1):
    return np.random.default_rng(seed)


def rows(values, *statistics, seed=1, **choices):
    return bootstrap(np.array(values, dtype=float), lot(seed), statistics, **choices).set_index(
        "statistic"
    )


def test_two_values_give_the_mean_of_their_four_samples_and_three_all_their_middles():
    table = rows([0, 0, 90], "mean", draws=20000, level=0.9)

    # Of 27 samples 8 hold no 90, 12 one, 6 two and 1 three.
    assert table.loc["mean", ["value", "lo", "hi", "n"]].tolist() == [30, 0, 60, 3]


def test_quartiles_are_linear_of_type_seven():
    table = rows([1, 2, 3, 4, 5, 6, 7, 10], "q1", "median", "q3")

    assert table["value"].tolist() == [2.75, 4.5, 6.25]
    assert (table["lo"] <= table["value"]).all()
    assert (table["hi"] >= table["value"]).all()


def test_a_median_has_an_interval_from_eight_cities_on_and_a_mean_from_three():
    seven, eight = (rows(range(n), "mean", "median") for n in (7, 8))
    two = rows([10, 20], "mean", "median", "q1")

    assert seven["lo"].notna().to_dict() == {"mean": True, "median": False}
    assert eight["lo"].notna().to_dict() == {"mean": True, "median": True}
    assert two["value"].fillna(-1).tolist() == [15, 15, -1]
    assert two["lo"].isna().all()


def test_nobody_and_the_same_for_all_are_no_trouble():
    assert rows([], "mean", "median", "q3")["value"].isna().all()
    assert rows([50] * 9, "mean", "median")[["lo", "hi"]].to_numpy().tolist() == [[50, 50]] * 2


def test_the_order_does_not_matter_and_holes_are_left_out():
    one = bootstrap(pd.Series([5.0, np.nan, 1, 9, 3, 7, 2, 8, 4]), lot())
    other = bootstrap(pd.Series([9.0, 8, 7, 5, 4, 3, 2, 1]), lot())

    assert one.equals(other)
    assert one["n"].tolist() == [8, 8]


def test_ninety_five_percent_cover_the_truth_about_as_often():
    chance, hits = lot(7), 0
    for _ in range(200):
        found = bootstrap(chance.normal(50, 10, 30), chance, ["mean"], draws=300)
        hits += found["lo"][0] <= 50 <= found["hi"][0]

    assert 0.88 <= hits / 200 <= 0.99


@pytest.mark.parametrize("wrong", [{"statistics": ["mode"]}, {"draws": 0}, {"level": 1.0}])
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="cannot draw"):
        bootstrap(np.arange(9.0), lot(), **wrong)
