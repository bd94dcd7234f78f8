"""Sensitivity: shares of the variance where they are known, and none where nothing varies."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.config import BenchmarkConfig
from benchmarks.ranks import Estimate
from benchmarks.sensitivity import COLUMNS, main_effects
from tests.benchmarks.test_ranks import ONE, TWO, a_tree, cities, independent

NAN = float("nan")


def effects(table, output="score", effect="main_effect"):
    """Cities by factors: sampling, weights, method."""
    rows = table.loc[table["output"] == output]
    wide = rows.pivot(index="city", columns="factor", values=effect)
    return wide[["sampling", "weights", "method"]]


def test_one_row_for_each_city_output_and_factor():
    means = cities([60, 40], [50, 50])

    table = main_effects(Estimate(means, independent(means, 5)), TWO, round_id="2026")

    assert table.dtypes.astype(str).to_dict() == COLUMNS
    assert table[["city", "output", "factor"]].agg("/".join, axis=1).tolist() == [
        f"{city}/{output}/{factor}"
        for city in ("c0", "c1")
        for output in ("score", "rank")
        for factor in ("sampling", "weights", "method")
    ]
    assert set(table["round"] + table["code"]) == {"2026overall"}


def test_where_only_the_sampling_varies_it_explains_all():
    means = cities([60], [50], [40], codes="a")

    table = main_effects(Estimate(means, independent(means, 8)), ONE, base=4096)

    for output in ("score", "rank"):
        for effect in ("main_effect", "total_effect"):
            found = effects(table, output, effect)
            assert found["sampling"].tolist() == pytest.approx([1, 1, 1], abs=0.06)
            assert found[["weights", "method"]].eq(0).all(axis=None)


def test_an_additive_shift_and_an_error_share_the_variance_as_their_own_variances():
    means = cities([60], [50], codes="a")
    estimate = Estimate(means, independent(means, 5), other_raters=means + 20)

    table = main_effects(estimate, ONE, base=4096)

    # 5^2 from the error; 20 or nothing with equal chances: 20^2 / 4 = 100 from the method.
    for effect in ("main_effect", "total_effect"):
        found = effects(table, effect=effect).to_numpy()
        assert found == pytest.approx(np.array([[0.2, 0, 0.8]] * 2), abs=0.04)


def test_weights_and_errors_of_the_same_variance_have_the_same_effect():
    means = cities([60, 40], [50, 50], [40, 60])
    # w ~ Beta(20, 20) has the variance 1/164, times 20^2; the error of a half and half mean s^2/2.
    estimate = Estimate(means, independent(means, np.sqrt(2 * 400 / 164)))

    found = effects(main_effects(estimate, TWO, base=4096))

    # The geometric mean is one point lower in a fifth of the draws: 0.16 * 1.01^2 = 0.163.
    each = (400 / 164) / (2 * 400 / 164 + 0.163)
    assert found.loc["c0"].tolist() == pytest.approx([each, each, 1 - 2 * each], abs=0.04)
    assert found.loc["c1"].tolist() == pytest.approx([1, 0, 0], abs=0.06)


def test_the_total_effect_holds_the_interactions_that_the_main_effect_leaves_out():
    means = cities([50, 50], codes="ab")
    estimate = Estimate(means, independent(means, 10))

    table = main_effects(estimate, TWO, base=4096)

    # Both roles expect 50, so the weights move nothing but with the errors: 2 s^2 / 164 of
    # s^2 (1/2 + 2/164).
    share = (2 / 164) / (1 / 2 + 2 / 164)
    assert effects(table).at["c0", "weights"] == pytest.approx(0, abs=0.02)
    total = effects(table, effect="total_effect").at["c0", "weights"]
    assert total == pytest.approx(share, abs=0.01)


def test_what_does_not_vary_has_no_effects():
    means = cities([50, 50], [50, 50])

    certain = main_effects(Estimate(means), TWO)
    alone = main_effects(Estimate(means[:1], independent(means[:1], 5)), TWO)

    assert certain["main_effect"].isna().all()
    assert certain["total_effect"].isna().all()
    assert effects(alone, "rank").isna().all(axis=None)
    assert effects(alone, "score").notna().all(axis=None)


def test_an_error_common_to_all_moves_the_scores_and_not_the_ranks():
    means = cities([60], [50], [40], codes="a")

    table = main_effects(Estimate(means, independent(means, 0) + 100.0), ONE)

    assert effects(table, "score")["sampling"].tolist() == pytest.approx([1] * 3, abs=0.2)
    assert effects(table, "rank").isna().all(axis=None)


def test_who_has_no_score_or_not_always_has_no_effects():
    means = cities([60], [50], [NAN], [40], codes="a")
    estimate = Estimate(
        means, independent(means, 5), other_threshold=cities([60], [50], [90], [NAN], codes="a")
    )

    table = main_effects(estimate, ONE, config=BenchmarkConfig(threshold=0.5))

    for output in ("score", "rank"):
        known = effects(table, output).notna().all(axis=1)
        assert known.tolist() == [True, True, False, False]


def test_parts_that_do_not_hang_together_have_scores_but_no_ranks():
    means = cities([60], [50], [40], codes="a")
    estimate = Estimate(means, independent(means, 8))

    table = main_effects(estimate, ONE, components=pd.Series({"c0": 0, "c1": 0, "c2": 1}))

    assert effects(table, "rank").isna().all(axis=None)
    assert effects(table, "score").notna().all(axis=None)


def test_draws_that_are_given_are_drawn_from():
    means = cities([60], [50], codes="a")
    given = np.random.default_rng(1).normal(means, 5, (3000, 2, 1))

    found = effects(main_effects(Estimate(means, draws=given), ONE, base=4096))

    assert found.to_numpy() == pytest.approx(np.array([[1, 0, 0]] * 2), abs=0.06)


def test_no_city_gives_the_columns_and_no_row():
    table = main_effects(Estimate(pd.DataFrame(columns=["a", "b"], dtype=float)), TWO)

    assert (list(table.columns), len(table)) == (list(COLUMNS), 0)


def test_neither_the_order_of_rows_nor_of_columns_changes_a_byte_and_the_seed_does():
    lot = np.random.default_rng(5)
    means, raters = (cities(*(lot.random((8, 2)) * 100)) for _ in range(2))
    spread = independent(means, 6)
    order = lot.permutation(16)

    one = Estimate(means, spread, other_raters=raters)
    other = Estimate(
        means.sample(frac=1, random_state=1)[["b", "a"]],
        spread.iloc[order, order],
        other_raters=raters.iloc[::-1],
    )

    table = main_effects(one, a_tree(a=2, b=1), seed=3)
    turned = main_effects(other, a_tree(a=4, b=2).iloc[::-1], seed=3)
    assert table.to_csv() == turned.to_csv()
    assert table.to_csv() != main_effects(one, a_tree(a=2, b=1), seed=4).to_csv()
