"""Ranks: certain where the scores are, wide where they are not, none where there is nobody."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.aggregate import competition_rank
from benchmarks.config import BenchmarkConfig
from benchmarks.ranks import (
    COLUMNS,
    Draws,
    Estimate,
    draw,
    places,
    prepare,
    rank_acceptability,
    scores,
)

NAN = float("nan")


def a_tree(**weights):
    rows = [("overall", "", 1.0), *((code, "overall", float(w)) for code, w in weights.items())]
    return pd.DataFrame(rows, columns=["code", "parent", "weight"]).assign(aggregation="arithmetic")


ONE, TWO = a_tree(a=1), a_tree(a=1, b=1)


def cities(*rows, codes="ab"):
    names = [f"c{n}" for n in range(len(rows))]
    return pd.DataFrame(list(rows), index=names, columns=list(codes), dtype=float)


def independent(means, sd):
    pairs = pd.MultiIndex.from_product([means.index, means.columns])
    return pd.DataFrame(np.eye(len(pairs)) * sd**2, index=pairs, columns=pairs)


def ranked(means, structure=TWO, code="overall", *, estimate=None, **choices):
    table = rank_acceptability(estimate or Estimate(means), structure, **choices)
    return table.loc[table["code"] == code].set_index("city")


def chosen(estimate, column, **choices):
    """The share of the default draws that choose otherwise: 1 the raters, 2 the threshold."""
    drawn = draw(prepare(estimate, ONE, **choices), 2000, np.random.default_rng(0))
    return drawn.method[:, column].mean()


def test_without_error_the_ranks_are_those_of_the_scores():
    table = ranked(cities([90], [50], [50], [10], codes="a"), ONE)

    assert table["rank"].tolist() == [1, 2, 2, 4]
    assert table["rank_p05"].tolist() == table["rank_p95"].tolist() == [1, 2, 2, 4]
    assert table["p_best"].tolist() == table["p_top_quartile"].tolist() == [1, 0, 0, 0]
    assert table["band"].tolist() == ["above", *["not distinguishable"] * 2, "below"]


def test_two_cities_with_the_same_error_change_places_as_often_as_the_normal_curve_says():
    means = cities([60], [50], codes="a")
    table = ranked(
        means, ONE, estimate=Estimate(means, independent(means, 10 / np.sqrt(2))), draws=20000
    )

    # The difference is N(10, 10): above zero in 84.1 % of the draws.
    assert table["p_best"].tolist() == pytest.approx([0.841, 0.159], abs=0.01)
    assert table["rank_median"].tolist() == [1, 2]
    assert table[["rank_p05", "rank_p95"]].isna().all(axis=None)


def test_an_error_common_to_all_moves_nobody():
    means = cities([60], [50], [40], codes="a")
    together = independent(means, 0) + 400.0

    table = ranked(means, ONE, estimate=Estimate(means, together))

    assert table["rank_p05"].tolist() == table["rank_p95"].tolist() == [1, 2, 3]


def test_the_weights_are_drawn_around_their_own_with_concentration_20_k_w():
    means = cities([100, 0], [50, 50], [0, 100])
    table = ranked(means, a_tree(a=3, b=1), draws=4000)

    # w_a ~ Beta(30, 10): above one half in 99.9 % of the draws; the geometric mean, a fifth
    # of the draws, puts the even city first.
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["p_best"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.03)


def test_another_mean_in_a_fifth_of_the_draws():
    table = ranked(cities([100, 1], [20, 20]), TWO, draws=4000)

    # Arithmetic 1 + 99 w against 20, w ~ Beta(20, 20): first; geometric 100^w: w > 0.65 in 3 %.
    assert table["rank"].tolist() == [1, 2]
    assert table.at["c1", "p_best"] == pytest.approx(0.2 * 0.97, abs=0.02)


def test_all_tied_are_first_and_not_distinguishable():
    table = ranked(cities(*[[50, 50]] * 5))

    assert table["rank"].tolist() == [1] * 5
    assert table["rank_p95"].tolist() == [1] * 5
    assert set(table["band"]) == {"not distinguishable"}


def test_scores_equal_to_nine_digits_are_tied():
    table = ranked(cities([50], [50 + 1e-11], [10], codes="a"), ONE)

    assert table["rank"].tolist() == table["rank_median"].tolist() == [1, 1, 3]


def test_one_city_has_no_rank_two_no_interval_three_both():
    one, two, three = (ranked(cities(*[[n, n] for n in range(k)])) for k in (1, 2, 3))

    assert one["rank"].isna().all()
    assert one["band"].isna().all()
    assert (two["rank"].tolist(), two["rank_p05"].isna().all()) == ([2, 1], True)
    assert three["rank_p05"].notna().all()


def test_no_city_gives_the_columns_and_no_row():
    table = rank_acceptability(Estimate(pd.DataFrame(columns=["a", "b"], dtype=float)), TWO)

    assert (list(table.columns), len(table)) == (list(COLUMNS), 0)


def test_who_has_no_score_has_no_rank_and_counts_for_nobody():
    means = cities([90, 90], [NAN, NAN], [10, 10])
    table = ranked(means)

    assert table["rank"].fillna(0).tolist() == [1, 0, 2]
    assert table["band"].isna().tolist() == [False, True, False]


def test_a_role_that_does_not_apply_leaves_the_whole_to_the_others():
    means = cities([90, NAN], [50, 70])
    applies = pd.DataFrame({"a": [True, True], "b": [False, True]}, index=means.index)

    overall = ranked(means, estimate=Estimate(means, applicable=applies))
    role = ranked(means, code="b", estimate=Estimate(means, applicable=applies))

    assert overall["rank"].tolist() == [1, 2]
    assert role["rank"].isna().all()


def test_too_little_coverage_gives_no_rank_and_zeros_may_stand_for_holes():
    means = cities([90, NAN], [50, 70], [20, 20])

    assert ranked(means)["rank"].fillna(0).tolist() == [0, 1, 2]
    zero = ranked(means, config=BenchmarkConfig(missing="zero"))
    assert zero["rank"].tolist() == [2, 1, 3]


def test_groups_share_one_simulation_and_rank_their_own():
    means = cities([90, 90], [50, 50], [10, 10])
    table = rank_acceptability(
        Estimate(means, independent(means, 20)),
        TWO,
        groups={"all": ["c0", "c1", "c2"], "south": ["c1", "c2", "stranger"]},
        round_id="2026",
    )
    south = table.loc[(table["group"] == "south") & (table["code"] == "overall")]

    assert south["city"].tolist() == ["c1", "c2", "stranger"]
    assert south["rank"].fillna(0).tolist() == [1, 2, 0]
    assert set(table["round"]) == {"2026"}


def test_parts_of_the_review_that_do_not_hang_together_are_not_ranked_against_each_other():
    means = cities([90, 90], [50, 50], [10, 10])
    parts = pd.Series({"c0": 0, "c1": 0, "c2": 1})

    table = rank_acceptability(
        Estimate(means), TWO, groups={"all": means.index, "one": ["c0", "c1"]}, components=parts
    ).set_index("group")

    assert table.loc["all", "rank"].isna().all()
    assert table.loc["one", "rank"].notna().all()


def test_draws_may_be_given_instead_of_a_covariance():
    means = cities([60], [50], codes="a")
    given = np.array([[[60], [50]], [[40], [50]], [[60], [50]], [[60], [50]]], dtype=float)

    table = ranked(means, ONE, estimate=Estimate(means, draws=given))

    assert table["p_best"].tolist() == [0.75, 0.25]


def test_the_best_quarter_is_counted_up():
    table = ranked(cities(*[[n] for n in range(5)], codes="a"), ONE)

    assert table["p_top_quartile"].tolist() == [0, 0, 0, 1, 1]


def test_neither_the_order_of_rows_nor_of_columns_changes_a_byte():
    lot = np.random.default_rng(5)
    means = pd.DataFrame(
        lot.random((12, 2)) * 100, index=[f"ville {n} é" for n in range(12)], columns=["a", "b"]
    )
    root = lot.random((24, 24)) * 5
    pairs = pd.MultiIndex.from_product([means.index, means.columns])
    spread = pd.DataFrame(root @ root.T, index=pairs, columns=pairs)
    order = lot.permutation(24)

    one = rank_acceptability(Estimate(means, spread), a_tree(a=2, b=1), seed=3)
    other = rank_acceptability(
        Estimate(means.sample(frac=1, random_state=1)[["b", "a"]], spread.iloc[order, order]),
        a_tree(a=4, b=2).iloc[::-1],
        seed=3,
    )

    assert one.to_csv() == other.to_csv()
    assert one.to_csv() != rank_acceptability(Estimate(means, spread), TWO, seed=4).to_csv()


def test_the_rank_is_the_one_of_the_scores_by_hand():
    lot = np.random.default_rng(2)
    means = cities(*(lot.random((9, 2)) * 100))

    table = ranked(means)

    assert table["rank"].tolist() == competition_rank(means.mean(axis=1)).tolist()


def test_what_does_not_fit_is_refused():
    means = cities([1, 2], [3, 4])
    strange = independent(means.rename(index={"c0": "x"}), 1)
    lopsided = independent(means, 1)
    lopsided.iloc[0, 1] = 5

    for estimate in (
        Estimate(means, draws=np.zeros((5, 3, 2))),
        Estimate(means, strange),
        Estimate(means, lopsided),
        Estimate(means, -independent(means, 1)),
    ):
        with pytest.raises(ValueError, match=r"fit|no mean|symmetric|negative"):
            rank_acceptability(estimate, TWO)


def test_every_choice_of_method_by_hand():
    means = cities([60, 20], [NAN, 80])
    estimate = Estimate(
        means,
        other_raters=cities([64, 20], [NAN, 70]),
        other_threshold=cities([60, NAN], [50, 80]),
    )
    model = prepare(estimate, TWO)
    method = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [1, 0, 0]], dtype=bool)
    sample = np.repeat(model.base.to_numpy()[None], 5, axis=0)

    got = scores(model, Draws(sample, {"overall": np.full((5, 2), 0.5)}, method))

    # One of two roles is enough at 1/2 only; what exists there alone is taken as it is there.
    assert got["a"].tolist() == pytest.approx(
        np.array([[60, NAN], [64, NAN], [60, 50], [64, 50], [60, NAN]]), nan_ok=True
    )
    assert got["b"].tolist() == pytest.approx(
        np.array([[20, 80], [20, 70], [NAN, 80], [NAN, 70], [20, 80]]), nan_ok=True
    )
    assert got["overall"] == pytest.approx(
        np.array([[40, NAN], [42, NAN], [60, 65], [64, 60], [1200**0.5, NAN]]), nan_ok=True
    )


def test_the_other_raters_count_in_half_of_the_draws_and_leave_the_rank_alone():
    means = cities([60], [50], [40], codes="a")
    estimate = Estimate(means, other_raters=cities([40], [50], [60], codes="a"))
    half = chosen(estimate, 1)

    table = ranked(means, ONE, estimate=estimate)

    assert half == pytest.approx(0.5, abs=0.03)
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["p_best"].tolist() == [1 - half, 0, half]
    assert table["rank_median"].iloc[1] == 2
    assert table["rank_p05"].tolist() == [1, 2, 1]
    assert table["rank_p95"].tolist() == [3, 2, 3]
    assert set(table["band"]) == {"not distinguishable"}


def test_the_choices_are_made_apart():
    means = cities([60], [50], codes="a")
    both = Estimate(means, other_raters=means, other_threshold=means)

    drawn = draw(prepare(both, ONE), 4000, np.random.default_rng(0)).method

    combined = np.bincount(drawn @ [4, 2, 1], minlength=8) / 4000
    assert combined == pytest.approx([0.2] * 4 + [0.05] * 4, abs=0.02)


def test_a_score_at_the_other_threshold_only_takes_places_there_but_is_given_none():
    means = cities([60], [50], [40], [NAN], codes="a")
    other = cities([60], [50], [40], [90], codes="a")
    estimate = Estimate(means, other_threshold=other)
    half = chosen(estimate, 2)

    table = ranked(means, ONE, estimate=estimate)

    assert table["rank"].fillna(0).tolist() == [1, 2, 3, 0]
    assert table["p_best"].tolist()[:3] == [1 - half, 0, 0]
    assert table["rank_p95"].tolist()[:3] == [2, 3, 4]
    assert table.loc["c3"].drop(["round", "group", "code"]).isna().all()


def test_a_rival_at_the_other_threshold_is_one_of_the_same_part_only():
    means = cities([60], [50], [NAN], codes="a")
    estimate = Estimate(means, other_threshold=cities([60], [50], [90], codes="a"))

    table = ranked(means, ONE, estimate=estimate, components=pd.Series({"c2": 1}))

    assert table["p_best"].tolist()[:2] == [1, 0]


def test_who_has_no_score_at_the_other_threshold_has_no_place_in_these_draws():
    means = cities([90], [50], [40], [30], [20], codes="a")
    estimate = Estimate(means, other_threshold=means.where(means < 90))
    half = chosen(estimate, 2, config=BenchmarkConfig(threshold=0.5))

    table = ranked(means, ONE, estimate=estimate, config=BenchmarkConfig(threshold=0.5))

    # Two of five are the best quarter, of the four others one: c1 is in it either way.
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert table["p_best"].tolist() == [1, half, 0, 0, 0]
    assert table["p_top_quartile"].tolist() == [1, 1, 0, 0, 0]
    assert table["rank_p05"].tolist() == [1, 1, 2, 3, 4]
    assert table["band"].tolist()[0] == "above"


def test_the_overall_score_at_the_other_threshold_needs_less_of_the_roles():
    means = cities([60, 60], [90, NAN])
    estimate = Estimate(means, other_threshold=means)

    overall, role = (ranked(means, code=code, estimate=estimate) for code in ("overall", "a"))

    assert overall["rank"].isna().all()
    assert role["rank"].tolist() == [2, 1]


def test_an_error_that_is_known_belongs_to_a_score_at_the_other_threshold_too():
    means = cities([60], [NAN], codes="a")
    estimate = Estimate(means, independent(means, 5), other_threshold=cities([60], [60], codes="a"))

    x = scores(m := prepare(estimate, ONE), draw(m, 4000, np.random.default_rng(0)))["a"]

    assert np.nanmean(x[:, 1]) == pytest.approx(60, abs=0.5)
    assert np.nanstd(x[:, 1]) == pytest.approx(5, abs=0.3)
    assert np.isnan(x[:, 1]).mean() == pytest.approx(0.5, abs=0.03)


def test_draws_that_are_given_are_moved_by_the_choices():
    means = cities([60], [50], [NAN], codes="a")
    given = np.array([[[61], [51], [NAN]]] * 400, dtype=float)
    other = cities([60], [70], [90], codes="a")
    estimate = Estimate(means, draws=given, other_threshold=other)

    x = scores(m := prepare(estimate, ONE), draw(m, 1, np.random.default_rng(0)))["a"]

    assert {tuple(np.nan_to_num(row).tolist()) for row in x} == {(61, 51, 0), (61, 71, 90)}


def test_a_choice_that_changes_nothing_or_is_not_there_leaves_every_byte():
    lot = np.random.default_rng(8)
    means = cities(*(lot.random((9, 2)) * 100))
    spread = independent(means, 12)

    plain = rank_acceptability(Estimate(means, spread), TWO)
    same = Estimate(means, spread, other_raters=means.iloc[::-1], other_threshold=means)

    assert plain.to_csv() == rank_acceptability(same, TWO).to_csv()


def test_the_order_of_the_other_means_changes_no_byte():
    lot = np.random.default_rng(9)
    means, raters, threshold = (cities(*(lot.random((9, 2)) * 100)) for _ in range(3))
    threshold = threshold.where(threshold > 20)

    one, other = (
        rank_acceptability(
            Estimate(means, other_raters=r, other_threshold=t), TWO, groups={"g": means.index}
        )
        for r, t in (
            (raters, threshold),
            (raters.iloc[::-1][["b", "a"]], threshold.sample(frac=1, random_state=1)),
        )
    )

    assert one.to_csv() == other.to_csv()


def test_other_means_that_do_not_fit_are_refused():
    means = cities([1, 2], [3, 4])

    for other in (means.iloc[:1], means[["a"]], means.rename(index={"c0": "x"})):
        with pytest.raises(ValueError, match="other means do not fit the means"):
            rank_acceptability(Estimate(means, other_threshold=other), TWO)


def test_places_share_the_best_and_leave_out_holes():
    place, middle = places(np.array([[5.0, 7, 7, 1], [NAN, 2, 8, 4], [NAN] * 4, [3, 3, 3, 3]]))

    assert place.tolist() == [[3, 1, 1, 4], [0, 3, 1, 2], [0] * 4, [1] * 4]
    assert middle.tolist() == pytest.approx([6, 4, NAN, 3], nan_ok=True)


@pytest.mark.parametrize(("n", "draws"), [(2, 7), (3, 40), (8, 101), (21, 2000)])
def test_ranks_shares_and_quantiles_are_those_of_scipy_and_numpy_to_the_last_digit(n, draws):
    lot = np.random.default_rng(n)
    given = lot.integers(1, 12, (draws, n)).astype(float)
    place = stats.rankdata(-given, method="min", axis=1)
    names = [f"c{at:02}" for at in range(n)]
    means = pd.DataFrame(given.mean(axis=0), index=names, columns=["a"])

    table = ranked(means, ONE, code="a", estimate=Estimate(means, draws=given[:, :, None]))

    assert table["rank_median"].tolist() == np.median(place, axis=0).tolist()
    if n > 2:
        assert table["rank_p05"].tolist() == np.quantile(place, 0.05, axis=0).tolist()
        assert table["rank_p95"].tolist() == np.quantile(place, 0.95, axis=0).tolist()
    assert table["p_best"].tolist() == (place == 1).mean(axis=0).tolist()
    assert table["p_top_quartile"].tolist() == (place <= -(-n // 4)).mean(axis=0).tolist()
    assert table["rank"].tolist() == stats.rankdata(-means["a"].round(9), method="min").tolist()
