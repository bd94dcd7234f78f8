"""Agreement: worked cases, published ones, and other programs as witnesses."""

import krippendorff
import numpy as np
import pandas as pd
import pytest
from statsmodels.stats import inter_rater

from benchmarks import agreement
from benchmarks.agreement import (
    conger_kappa,
    cronbach_alpha,
    fleiss_kappa,
    g_coefficient,
    gwet_ac2,
    icc,
    item_rest_r,
    kendall_w,
    krippendorff_alpha,
    pairwise_kappa,
    pc1_share,
    weighted_kappa,
)
from tests.benchmarks.test_reference import compare, folder

NAN = float("nan")
# Three coders of fifteen units, the example of Krippendorff's own texts.
CODERS = np.array(
    [
        [NAN, NAN, NAN, NAN, NAN, 3, 4, 1, 2, 1, 1, 3, 3, NAN, 3],
        [1, NAN, 2, 1, 3, 3, 4, 3, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
        [NAN, NAN, 2, 1, 3, 4, 4, NAN, 2, 1, 1, 3, 3, NAN, 4],
    ]
).T
# Six targets and four judges: table 2 of Shrout and Fleiss 1979.
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)


def drawn(seed, units=40, raters=4, holes=0.3):
    """Levels 0..4 on which raters agree more or less, some missing."""
    lot = np.random.default_rng(seed)
    x = lot.integers(0, 5, (units, 1)) + lot.integers(-1, 2, (units, raters))
    return np.where(lot.random(x.shape) < holes, np.nan, np.clip(x, 0, 4))


def found(result):
    return (result.n_units, result.n_raters, result.n_values, result.status)


def test_alpha_of_the_textbook_example():
    nominal = krippendorff_alpha(CODERS, "nominal")
    interval = krippendorff_alpha(CODERS, "interval")

    assert round(nominal.value, 3) == 0.691
    assert round(interval.value, 3) == 0.811
    assert found(nominal) == (12, 3, 26, "ok")
    assert nominal.lo < nominal.value < nominal.hi


def test_alpha_by_hand_with_two_raters_and_two_marks():
    """Units 00 01 11: 2 pairs of 6 differ; of values 0 0 0 1 1 1, 18 of 30 pairs do."""
    table = np.array([[0, 0], [0, 1], [1, 1]])

    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(table, level, 0).value == pytest.approx(1 - (2 / 6) / (18 / 30))


def test_ordinal_distances_are_those_of_the_pooled_ranks():
    """Units 11 12 33 13. Ranks of 1 1 1 1, 2, 3 3 3: middles 2, 4.5, 6.5.

    Observed 2 x 2.5^2 + 2 x 4.5^2 = 53. Expected over all ordered pairs, by 7:
    2 x (4 x 1 x 6.25 + 4 x 3 x 20.25 + 1 x 3 x 4) / 7 = 80.
    """
    table = np.array([[1, 1], [1, 2], [3, 3], [1, 3]])

    assert krippendorff_alpha(table, "ordinal", 0).value == pytest.approx(1 - 53 / 80)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_the_krippendorff_package(level, seed):
    table = drawn(seed)

    other = krippendorff.alpha(reliability_data=table.T, level_of_measurement=level)
    assert krippendorff_alpha(table, level, 0).value == pytest.approx(other, abs=1e-12)


def test_the_limits_of_alpha_are_those_of_resampled_units():
    table = drawn(7, units=30, holes=0)
    lot = np.random.default_rng(1)

    slow = [
        krippendorff_alpha(table[lot.integers(0, 30, 30)], "ordinal", 0).value for _ in range(800)
    ]
    result = krippendorff_alpha(table)

    assert [result.lo, result.hi] == pytest.approx(np.quantile(slow, [0.025, 0.975]), abs=0.03)


def test_the_order_of_units_and_raters_changes_no_byte_and_the_seed_decides_the_limits():
    table = pd.DataFrame(drawn(3))
    mixed = table.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=1)

    for measure in (krippendorff_alpha, gwet_ac2):
        assert measure(table) == measure(mixed) == measure(table)
        assert measure(table, seed=1).lo != measure(table, seed=2).lo


def test_alpha_keeps_still_when_marks_are_named_otherwise():
    table = drawn(4)
    squares = krippendorff_alpha(table**2, "ordinal", 0).value
    line = krippendorff_alpha(25 * table + 3, "interval", 0).value

    assert squares == pytest.approx(krippendorff_alpha(table, "ordinal", 0).value)
    assert line == pytest.approx(krippendorff_alpha(table, "interval", 0).value)
    words = pd.DataFrame(table).map(lambda x: None if np.isnan(x) else f"é{x}")
    assert krippendorff_alpha(words, "nominal", 0).value == pytest.approx(
        krippendorff_alpha(table, "nominal", 0).value
    )


def test_where_nothing_differs_alpha_has_no_value_but_ac2_of_a_known_scale_has():
    same = np.full((12, 3), 2)
    alpha, open_ended = krippendorff_alpha(same), gwet_ac2(same)
    known = gwet_ac2(same, levels=range(5))

    assert np.isnan([alpha.value, alpha.lo, open_ended.value]).all()
    assert found(alpha) == (12, 3, 36, "no_variance")
    assert open_ended.status == "no_variance"
    assert (known.value, known.lo, known.hi, known.status) == (1, 1, 1, "ok")


def test_ac2_by_hand():
    """Units 00 01 22 11: agreement (1 + .75 + 1 + 1) / 4; levels 3, 3, 2 of 8; weights sum to 6.

    Chance is 6 / (3 x 2) x (15 + 15 + 12) / 64 = 42 / 64.
    """
    table = np.array([[0, 0], [0, 1], [2, 2], [1, 1]])

    assert gwet_ac2(table).value == pytest.approx((0.9375 - 42 / 64) / (1 - 42 / 64))


def test_ac1_by_hand_counts_units_with_one_mark_for_what_is_common():
    """Of ten units 8 are 11, one 01, one 00: agreement .9, chance 2 x .85 x .15."""
    table = np.array([[1, 1]] * 8 + [[0, 1], [0, 0]], dtype=float)
    more = np.vstack([table, [[0, NAN]] * 10])

    assert gwet_ac2(table).value == pytest.approx((0.9 - 0.255) / (1 - 0.255))
    chance = 2 * (8.5 / 20) * (11.5 / 20)
    assert gwet_ac2(more).value == pytest.approx((0.9 - chance) / (1 - chance))


def test_ac2_stands_where_alpha_falls_because_nearly_all_marks_are_alike():
    table = np.full((40, 2), 3.0)
    table[0, 0] = table[1, 1] = 2

    assert krippendorff_alpha(table).value < 0
    assert gwet_ac2(table, levels=range(5)).value > 0.98


def test_a_mark_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="7 is not one of the levels"):
        gwet_ac2(np.array([[7, 1]]), levels=range(5))


def test_fleiss_kappa_by_hand_and_by_statsmodels():
    """Three raters, units 30 03 21: agreement (1 + 1 + 1/3) / 3, chance (25 + 16) / 81."""
    counts = np.array([[3, 0], [0, 3], [2, 1]])
    result = fleiss_kappa(counts)

    assert result.value == pytest.approx((7 / 9 - 41 / 81) / (1 - 41 / 81))
    assert found(result) == (3, 3, 9, "ok")
    lot = np.random.default_rng(2).multinomial(5, [0.5, 0.3, 0.2], 50)
    assert fleiss_kappa(lot).value == pytest.approx(inter_rater.fleiss_kappa(lot))


def test_fleiss_kappa_wants_as_many_ratings_of_every_unit():
    with pytest.raises(ValueError, match="different numbers of ratings"):
        fleiss_kappa(np.array([[3, 0], [1, 1]]))


def test_fleiss_kappa_of_a_category_nobody_chose_has_no_value():
    result = fleiss_kappa(pd.DataFrame({"a": [2, 1, 0], "b": [0, 1, 2], "c": [0, 0, 0]}))

    assert result.by_category["category"].tolist() == ["a", "b", "c"]
    assert result.by_category["kappa"].isna().tolist() == [False, False, True]
    assert not np.isnan(result.value)


def test_fleiss_1971():
    here = folder("05_fleiss_kappa_1971")
    table = pd.read_csv(here / "input.csv")
    result = fleiss_kappa(pd.crosstab(table["unit"], table["value"]))
    conger = conger_kappa(table.pivot(index="unit", columns="rater", values="value"))
    of_all = pd.DataFrame(
        {
            "unit": "_",
            "code": ["kappa", "kappa_exact", "z", "kappa_conger_exact"],
            "value": [result.value, result.value, result.z, conger.value],
        }
    )
    parts = result.by_category.rename(
        columns={"category": "unit", "kappa": "kappa_category", "z": "z_category"}
    ).melt("unit", var_name="code")

    results = pd.concat([of_all, parts]).assign(variant="fleiss_1971")
    expected = pd.read_csv(here / "expected.csv")
    assert compare(results, expected) == len(expected) == 14


def test_weighted_kappa_by_hand():
    """Off by one twice, by two once, of 12; margins 5 4 3 for both."""
    table = np.array([[4, 1, 0], [0, 3, 1], [1, 0, 2]])

    linear, quadratic = weighted_kappa(table), weighted_kappa(table, weights="quadratic")
    plain = weighted_kappa(table, weights="unweighted")

    assert linear.value == pytest.approx(1 - (4 / 12) / (124 / 144))
    assert quadratic.value == pytest.approx(1 - (6 / 12) / (184 / 144))
    assert plain.value == pytest.approx((9 / 12 - 50 / 144) / (1 - 50 / 144))
    assert found(linear) == (12, 2, 24, "ok")
    assert linear.lo < linear.value < linear.hi


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_weighted_kappa_is_that_of_statsmodels(weights):
    table = np.random.default_rng(3).integers(1, 30, (4, 4))
    named = None if weights == "unweighted" else weights

    other = inter_rater.cohens_kappa(table, wt=named, return_results=False)
    assert weighted_kappa(table, weights=weights).value == pytest.approx(other)


def test_two_columns_of_marks_are_a_table_of_what_both_marked():
    a = pd.Series([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, None])
    b = pd.Series([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 0, None, 1])
    table = np.array([[4, 1, 0], [0, 3, 1], [1, 0, 2]])

    assert weighted_kappa(a, b) == weighted_kappa(table)


def test_a_level_nobody_used_still_spaces_the_scale():
    a, b = pd.Series([0, 0, 1, 1, 4] * 2), pd.Series([0, 1, 1, 4, 4] * 2)

    near = weighted_kappa(a, b, "quadratic").value
    far = weighted_kappa(a, b, "quadratic", levels=range(5)).value

    assert near == pytest.approx(1 - 0.4 / 1.28)
    assert far == pytest.approx(1 - 2 / 5.6)


def test_weighted_kappa_is_for_pairs_with_ten_common_items():
    few = weighted_kappa(pd.Series([0, 1] * 4), pd.Series([0, 1] * 4))
    same = weighted_kappa(pd.Series([1] * 12), pd.Series([1] * 12))

    assert np.isnan([few.value, same.value]).all()
    assert [few.status, same.status] == ["low_n", "no_variance"]
    with pytest.raises(ValueError, match="not square"):
        weighted_kappa(np.ones((3, 2)))


def test_weighted_kappas_and_kendall_of_the_classics():
    here = folder("06_weighted_kappa")
    counts = pd.read_csv(here / "vision_counts.csv").pivot(index="a", columns="b", values="count")
    anxiety = pd.read_csv(here / "anxiety.csv").pivot(index="unit", columns="rater")["value"]
    rows = [("vision_1953", "n", weighted_kappa(counts).n_units)]
    for weights in ("unweighted", "linear", "quadratic"):
        pair = weighted_kappa(anxiety["rater1"], anxiety["rater2"], weights)
        eyes = weighted_kappa(counts, weights=weights)
        rows.append(("vision_1953", f"kappa_{weights}", eyes.value))
        rows.append(("anxiety_pair_1_2", f"kappa_{weights}", pair.value))
    rows.append(("anxiety_all_3", "kendall_w_corrected", kendall_w(anxiety).value))

    results = pd.DataFrame(rows, columns=["variant", "code", "value"]).assign(unit="_")
    expected = pd.read_csv(here / "expected.csv")
    assert compare(results, expected) == len(expected) == 8


def test_kendall_w_by_hand():
    """Rank sums 4 6 9 11 about 7.5: 29; most is 9 x 60 / 12."""
    ranks = np.array([[1, 2, 1], [2, 1, 3], [3, 4, 2], [4, 3, 4]])

    assert kendall_w(ranks).value == pytest.approx(29 / 45)
    assert kendall_w(np.array([[1, 10], [2, 20], [3, 40], [NAN, 5]])).value == 1


def test_icc_of_shrout_and_fleiss():
    one, mean = icc(JUDGES), icc(JUDGES, "mean")

    assert [round(x, 2) for x in (one.value, one.lo, one.hi)] == [0.29, 0.02, 0.76]
    assert [round(x, 2) for x in (mean.value, mean.lo, mean.hi)] == [0.62, 0.07, 0.93]
    assert found(one) == (6, 4, 24, "ok")


def test_icc_by_hand_and_of_those_with_all_marks():
    """Mean squares of 40 50 / 50 62 / 60 80: rows 314, columns 294, left over 14."""
    table = np.array([[40, 50], [50, 62], [60, 80], [NAN, 10]])

    assert icc(table).value == pytest.approx(300 / (314 + 14 + 2 * 280 / 3))
    assert icc(table, "mean").value == pytest.approx(300 / (314 + 280 / 3))
    assert icc(table).n_units == 3


def test_icc_of_raters_who_agree_wholly_is_one():
    result = icc(np.array([[1, 1, 1], [2, 2, 2], [4, 4, 4]]))

    assert (result.value, result.lo, result.hi) == (1, 1, 1)


def test_the_g_coefficient_by_hand():
    parts = pd.Series(
        {"city": 70, "city:role": 30, "rater": 60, "statement": 50, "city:rater": 30}
        | {"residual": 120}
    )

    assert g_coefficient(parts, 3, 10) == pytest.approx(100 / (100 + 20 + 10 + 4))
    assert g_coefficient(parts, 3, 10, n_roles=3) == pytest.approx(80 / (80 + 20 + 10 + 4))
    assert np.isnan(g_coefficient(0 * parts, 3, 10))
    with pytest.raises(ValueError, match="at least one rater"):
        g_coefficient(parts, 0, 10)


def test_the_mean_of_raters_who_contradict_each_other_wholly_has_no_icc():
    around, half = np.array([[1, 2, 3], [3, 1, 2], [2, 3, 1]]), np.array([[0, 2], [2, 0], [2, 0]])

    found = [icc(table, "mean") for table in (around, half)]

    assert [one.status for one in found] == ["no_variance"] * 2
    assert np.isnan([[one.value, one.lo, one.hi] for one in found]).all()


def test_the_g_coefficient_of_one_statement_is_the_icc_of_the_mean():
    """150 for cities, 280 / 3 for raters, 14 left over: as the mean squares above."""
    parts = {"city": 150, "city:role": 0, "rater": 280 / 3, "city:rater": 0, "residual": 14}

    table = np.array([[40, 50], [50, 62], [60, 80]])
    assert g_coefficient(parts, 2, 1) == pytest.approx(icc(table, "mean").value)


def test_the_kappa_of_pairs_is_the_mean_over_those_with_enough_in_common():
    """Ann and Bob agree on 10 of 12 items, Cem shares too few: see the table of two by hand."""
    ann, bob = [1] * 6 + [2] * 6, [1] * 5 + [2] * 6 + [1]
    rows = [("Ghent", f"s{n:02}", rater, mark) for rater, given in (("ann", ann), ("bob", bob))
            for n, mark in enumerate(given)]  # fmt: skip
    rows += [("Ghent", "s00", "cem", 2)]
    marks = pd.DataFrame(rows, columns=["city", "statement", "rater", "value"])

    found = pairwise_kappa(marks)

    # Observed 10/12, by chance 1/2: (10/12 - 1/2) / (1/2).
    assert found.value == pytest.approx(2 / 3)
    assert found.value == pytest.approx(weighted_kappa(ann, bob).value)
    assert (found.n_units, found.n_raters, found.n_values, found.status) == (1, 3, 12, "ok")


def test_pairs_without_ten_common_items_or_without_variance_have_no_kappa():
    few = pd.DataFrame({"city": "a", "statement": ["s", "s"], "rater": ["x", "y"], "value": 1})
    alike = pd.DataFrame({"city": "a", "statement": [f"s{n}" for n in range(10)] * 2,
                          "rater": ["x"] * 10 + ["y"] * 10, "value": 1})  # fmt: skip

    assert pairwise_kappa(few).status == "low_n"
    assert pairwise_kappa(few.iloc[:0]).status == "low_n"
    assert pairwise_kappa(alike).status == "no_variance"


def test_cronbach_and_the_first_component_by_hand():
    """Two items of variance 5 / 18 and covariance 1 / 6: r = .6, alpha .75, first share .8."""
    items = pd.DataFrame({"a": [0] * 5 + [1] * 5, "b": [0] * 4 + [1, 0] + [1] * 4})

    assert cronbach_alpha(items).value == pytest.approx(0.75)
    assert pc1_share(items).value == pytest.approx(0.8)
    assert item_rest_r(items).tolist() == pytest.approx([0.6, 0.6])


def test_items_are_judged_only_with_ten_units_and_twice_as_many_as_items():
    lot = np.random.default_rng(1)
    nine, twelve = lot.random((9, 2)), lot.random((12, 7))
    holes = np.vstack([lot.random((9, 2)), [[NAN, 1.0]] * 5])

    for items in (nine, twelve, holes):
        for measure in (cronbach_alpha, pc1_share):
            result = measure(items)
            assert result.status == "low_n"
            assert np.isnan(result.value)
    assert cronbach_alpha(lot.random((14, 7))).status == "ok"


def test_a_constant_item_has_no_correlation_and_no_warning():
    lot = np.random.default_rng(2)
    items = pd.DataFrame(lot.random((12, 3)), columns=list("abc")).assign(b=0.1)

    assert item_rest_r(items).isna().tolist() == [False, True, False]
    assert pc1_share(items).value == pytest.approx(pc1_share(items[["a", "c"]]).value)
    assert cronbach_alpha(items).status == "ok"


@pytest.mark.parametrize(
    "measure",
    [
        krippendorff_alpha,
        gwet_ac2,
        conger_kappa,
        kendall_w,
        icc,
        cronbach_alpha,
        pc1_share,
    ],
)
def test_one_rater_or_no_unit_is_too_little_and_no_difference_is_no_variance(measure):
    cases = [np.arange(12.0)[:, None], np.zeros((0, 3)), np.ones((30, 3))]

    results = [measure(case) for case in cases]

    assert [result.status for result in results] == ["low_n", "low_n", "no_variance"]
    assert np.isnan([[r.value, r.lo, r.hi] for r in results]).all()


def test_the_vocabulary_of_status_is_the_methods():
    assert set(agreement.Status.__args__) == {"ok", "low_n", "no_variance"}
