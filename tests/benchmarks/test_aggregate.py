"""Means up a tree, by hand."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.aggregate import (
    competition_rank,
    count_up,
    coverage,
    effective_weights,
    in_order,
    leaves,
    prune,
    roll_up,
    shares,
)
from tests.benchmarks.tables import a_structure

NAN = float("nan")
FLAT = pd.DataFrame({"code": ["all", "a", "b", "c"], "parent": ["", "all", "all", "all"]})


def over(values, weights=(1, 1, 1), applicable=None, **choices):
    """The root of a flat tree over a, b and c."""
    structure = FLAT.assign(weight=[1.0, *map(float, weights)], aggregation="arithmetic")
    leaves = pd.DataFrame([values], columns=["a", "b", "c"], dtype=float)
    mask = None if applicable is None else pd.DataFrame([applicable], columns=["a", "b", "c"])
    result = roll_up(leaves, structure, applicable=mask, **choices)["all"].iloc[0]
    return None if np.isnan(result) else result


def test_the_arithmetic_mean_counts_by_weight():
    assert over([0, 50, 100], weights=(1, 1, 2)) == (0 + 50 + 200) / 4


def test_the_geometric_mean_takes_one_point_for_less():
    assert over([0, 100, 10], mean="geometric") == pytest.approx((1 * 100 * 10) ** (1 / 3))


def test_the_harmonic_mean_is_the_mean_of_the_inverses():
    assert over([50, 100, 100], mean="harmonic") == pytest.approx(3 / (1 / 50 + 2 / 100))


def test_without_a_mean_each_code_says_itself_how_it_is_made():
    structure = FLAT.assign(weight=1.0, aggregation=["geometric", "", "", ""])
    leaves = pd.DataFrame([[1.0, 10.0, 100.0]], columns=["a", "b", "c"])

    assert roll_up(leaves, structure)["all"].iloc[0] == pytest.approx(10)


def test_what_is_missing_is_left_out_or_counts_zero_or_leaves_nothing():
    values = [NAN, 60, 90]

    assert [over(values, missing=policy) for policy in ("reweight", "zero", "strict")] == [
        75,
        50,
        None,
    ]


def test_what_does_not_apply_leaves_the_denominator_under_every_policy():
    values, applies = [NAN, 60, 90], [False, True, True]

    assert [
        over(values, applicable=applies, missing=policy)
        for policy in ("reweight", "zero", "strict")
    ] == [75, 75, 75]


def test_a_value_that_does_not_apply_is_not_counted():
    assert over([0, 60, 90], applicable=[False, True, True]) == 75


def test_two_thirds_are_enough_and_less_is_not():
    assert over([NAN, 60, 90], threshold=2 / 3) == 75
    assert over([NAN, NAN, 90], threshold=2 / 3) is None
    assert over([NAN, 60, 90], weights=(2, 1, 1), threshold=2 / 3) is None


def test_nothing_that_applies_and_nothing_with_weight_give_no_value():
    assert over([1, 2, 3], applicable=[False] * 3) is None
    assert over([NAN, 60, NAN], weights=(1, 0, 1)) is None


def test_a_role_with_many_statements_does_not_outweigh_one_with_few():
    structure = a_structure(
        {"policy-maker": {"PM1": ["PM1.1", "PM1.2", "PM1.3"]}, "buyer": {"BU1": ["BU1.1"]}}
    )
    values = pd.DataFrame([[0.0, 0, 0, 100]], columns=["PM1.1", "PM1.2", "PM1.3", "BU1.1"])

    rolled = roll_up(values, structure)

    assert rolled.iloc[0].to_dict() == {
        "overall": 50,
        "policy-maker": 0,
        "PM1": 0,
        "PM1.1": 0,
        "PM1.2": 0,
        "PM1.3": 0,
        "buyer": 100,
        "BU1": 100,
        "BU1.1": 100,
    }


def test_a_role_that_does_not_apply_leaves_the_whole_to_the_others():
    structure = a_structure()
    values = pd.DataFrame([[20.0, 40, 60, 90]], columns=["PM1.1", "PM1.2", "PM2.1", "BU1.1"])
    applies = pd.DataFrame([[True, True, True, False]], columns=values.columns)

    rolled = roll_up(values, structure, applicable=applies).iloc[0]

    assert rolled["overall"] == (30 + 60) / 2
    assert np.isnan(rolled["buyer"])


def test_a_branch_may_end_earlier_than_another():
    uneven = pd.DataFrame(
        {
            "code": ["all", "x", "x1", "x2", "y"],
            "parent": ["", "all", "x", "x", "all"],
            "weight": 1.0,
            "aggregation": "arithmetic",
        }
    )

    assert roll_up(pd.DataFrame({"x1": [0.0], "x2": [50.0], "y": [75.0]}), uneven)["all"][0] == 50


def test_one_unit_never_moves_another():
    lot = np.random.default_rng(3)
    structure = a_structure()
    values = pd.DataFrame(lot.random((40, 4)) * 100, columns=["PM1.1", "PM1.2", "PM2.1", "BU1.1"])

    assert roll_up(values, structure).iloc[::3].equals(roll_up(values.iloc[::3], structure))


def test_weights_in_another_unit_change_nothing():
    structure = a_structure(weights={"PM1.1": 3, "buyer": 5, "PM2": 7})
    values = pd.DataFrame([[10.0, 20, 30, 40]], columns=["PM1.1", "PM1.2", "PM2.1", "BU1.1"])
    tenfold = structure.assign(weight=structure["weight"] * 8)

    assert roll_up(values, structure).equals(roll_up(values, tenfold))


def test_coverage_is_weight_scored_over_weight_applicable():
    structure = a_structure(weights={"PM1.1": 3})
    columns = ["PM1.1", "PM1.2", "PM2.1", "BU1.1"]
    scored = pd.DataFrame([[True, False, False, False]], columns=columns)
    applies = pd.DataFrame([[True, True, True, False]], columns=columns)

    covered = coverage(scored, structure, applies).iloc[0]

    assert covered[["PM1", "PM2", "policy-maker", "overall"]].tolist() == [0.75, 0, 0.375, 0.375]
    assert np.isnan(covered["buyer"])


def test_counts_add_up_or_take_the_largest():
    counts = pd.DataFrame([[1, 0, 1, 1]], columns=["PM1.1", "PM1.2", "PM2.1", "BU1.1"])

    assert count_up(counts, a_structure())["overall"].tolist() == [3]
    assert count_up(counts, a_structure(), how="max")["overall"].tolist() == [1]


def test_effective_weights_sum_to_one_on_every_level():
    structure = a_structure(weights={"PM1.1": 3, "policy-maker": 3})

    weights = effective_weights(structure)

    assert weights.to_dict() == {
        "overall": 1,
        "policy-maker": 0.75,
        "PM1": 0.375,
        "PM1.1": 0.28125,
        "PM1.2": 0.09375,
        "PM2": 0.375,
        "PM2.1": 0.375,
        "buyer": 0.25,
        "BU1": 0.25,
        "BU1.1": 0.25,
    }
    assert weights.groupby(structure["level"].to_numpy()).sum().tolist() == [1, 1, 1, 1]


def test_equal_scores_share_the_better_rank_and_no_score_has_none():
    ranks = competition_rank(pd.Series([70, 90, 70 + 1e-12, NAN, 10]))

    assert ranks.tolist() == [2, 1, 2, pd.NA, 4]


def test_all_tied_are_all_first():
    assert competition_rank(pd.Series([50.0, 50, 50])).tolist() == [1, 1, 1]


def test_the_charter_gives_the_order_of_roles_and_numbers_that_of_codes():
    tree = {"buyer": {"BU1": ["BU1.10", "BU1.2"]}, "policy-maker": {"PM1": ["PM1.1"]}}

    ordered = in_order(a_structure(tree), ["policy-maker", "buyer"])["code"].tolist()

    assert ordered == [
        "overall",
        "policy-maker",
        "PM1",
        "PM1.1",
        "buyer",
        "BU1",
        "BU1.2",
        "BU1.10",
    ]


def test_pruning_keeps_what_stands_above_the_leaves():
    assert prune(a_structure(), ["PM2.1"])["code"].tolist() == [
        "overall",
        "policy-maker",
        "PM2",
        "PM2.1",
    ]


def test_the_leaves_under_a_code_come_child_by_child():
    under = leaves(a_structure())

    assert under["overall"] == ["PM1.1", "PM1.2", "PM2.1", "BU1.1"]
    assert (under["PM1"], under["BU1.1"]) == (["PM1.1", "PM1.2"], ["BU1.1"])


def test_shares_are_the_weights_a_mean_came_to():
    """Ghent lacks PM1.2, and all of the buyer; Lyon has everything; Oslo nothing."""
    structure = a_structure(weights={"PM2": 3})
    marks = pd.DataFrame(
        [[80, NAN, 40, NAN], [80, 60, 40, 20], [NAN] * 4],
        index=["Ghent", "Lyon", "Oslo"],
        columns=["PM1.1", "PM1.2", "PM2.1", "BU1.1"],
    )
    rolled = roll_up(marks, structure)

    found = shares(rolled.notna(), structure)

    assert found["overall"].tolist() == [
        [0.25, 0, 0.75, 0],
        [0.0625, 0.0625, 0.375, 0.5],
        [0, 0, 0, 0],
    ]
    again = (found["overall"] * marks.fillna(0)).sum(axis=1)
    assert again.iloc[:2].tolist() == rolled["overall"].iloc[:2].tolist()
