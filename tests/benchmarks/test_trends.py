"""Rounds linked by anchors: by hand, against the book, and not where too little is common."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.trends import Line, link, linking_line
from tests.benchmarks.test_reference import compare, folder

NAN = float("nan")
SIX = {f"o{n}": f"n{n}" for n in range(6)}


def table(values, columns, cities=None):
    values = np.asarray(values, dtype=float)
    return pd.DataFrame(
        values, index=cities or [f"c{n}" for n in range(len(values))], columns=list(columns)
    )


def equal(*tables):
    return pd.Series(1.0, index=[column for each in tables for column in each.columns]).groupby(
        level=0
    ).first()  # fmt: skip


def two_rounds(cities=4, moved=0.0, harder=0.0, own=4):
    """Six common questions that all move alike, and others that are `harder` in the new round."""
    level = np.linspace(30, 60, cities)[:, None]
    old = table(np.hstack([level + np.zeros(6), level + 2 * np.ones(own)]),
                [*SIX, *(f"x{n}" for n in range(own))])  # fmt: skip
    new = table(np.hstack([level + moved + np.zeros(6), level + moved - harder * np.ones(own)]),
                [*SIX.values(), *(f"y{n}" for n in range(own))])  # fmt: skip
    return old, new


def linked(old, new, anchors=SIX, **choices):
    return link(old, new, anchors, equal(old, new), **choices)


def by_city(found):
    return found.trends.set_index("city")


def test_an_unchanged_instrument_is_compared_as_it_is():
    old = table([[40, 60], [10, 20]], "ab")
    new = table([[50, 70], [10, 40]], "ab")

    found = linked(old, new, {"a": "a", "b": "b"}, code="overall", round_from="24", round_to="26")

    assert (found.linked_by, found.line) == ("identical", Line(0.0, 1.0))
    columns = ["city", "code", "round_from", "round_to", "change", "n_anchor"]
    assert found.trends[columns].to_numpy().tolist() == [
        ["c0", "overall", "24", "26", 10, 2],
        ["c1", "overall", "24", "26", 10, 2],
    ]


def test_harder_questions_are_not_taken_for_a_loss():
    found = linked(*two_rounds(moved=10, harder=30))

    # New totals: level + 10 - 30 * 0.4; old: level + 2 * 0.4. The anchors moved by 10.
    assert found.linked_by == "anchor"
    assert found.line.slope == 1
    assert found.line.intercept == pytest.approx(30 * 0.4 + 2 * 0.4)
    assert by_city(found)["change"].to_numpy() == pytest.approx([10] * 4)


def test_the_chained_mean_by_hand():
    # From: total 20, anchor 8. To: total 26, anchor 9. A common step of 12 against one of 17.
    assert linking_line([18, 22], [7, 9], [25, 27], [9, 9]) == Line(5.0, 1.0)


def test_the_linear_lines_by_hand():
    x, v, y, w = [0, 2], [0, 1], [0, 4], [0, 1]

    assert linking_line(x, v, y, w, "chained_linear") == Line(0.0, 2.0)
    assert linking_line(x, v, y, w, "tucker") == Line(0.0, 2.0)
    with pytest.raises(ValueError, match="the same for all"):
        linking_line([1, 1], v, y, w, "tucker")


def test_the_forms_of_kolen_and_brennan():
    here = folder("14_anchor_linking_kbneat")
    data, expected = pd.read_csv(here / "input.csv"), pd.read_csv(here / "expected.csv")
    x, y = (data.loc[data["group"] == group] for group in "PQ")
    rows = [("_", "n_old_round", len(x)), ("_", "n_new_round", len(y))]
    for unit, method in [
        ("chained_linear", "chained_linear"),
        ("chained_mean", "chained_mean"),
        ("tucker_ws1", "tucker"),
        ("tucker_published", "tucker"),
    ]:
        line = linking_line(x["total"], x["anchor"], y["total"], y["anchor"], method)
        rows += [(unit, "intercept", line.intercept), (unit, "slope", line.slope)]

    results = pd.DataFrame(rows, columns=["unit", "code", "value"]).assign(variant="kbneat")

    assert compare(results, expected) == len(expected) == 10


def test_too_few_anchors_or_too_light_ones_break_the_line():
    old, new = two_rounds()
    four = dict(list(SIX.items())[:4])
    heavy = equal(old, new).where(lambda w: ~w.index.str.startswith(("x", "y")), 10.0)

    assert linked(old, new, four).linked_by == "none"
    light = link(old, new, SIX, heavy)
    assert light.linked_by == "none"
    assert light.trends["change"].isna().all()
    assert set(light.trends["reason"]) == {"unlinked"}
    assert not light.trends["real"].any()


def test_exactly_five_anchors_with_a_fifth_of_the_weight_suffice():
    old, new = two_rounds(own=20)

    assert linked(old[old.columns[1:]], new[new.columns[1:]]).linked_by == "anchor"


def test_an_anchor_that_moved_unlike_the_others_is_dropped_and_listed():
    old, new = two_rounds(cities=8, moved=5)
    new["n3"] += 60

    found = linked(old, new)

    assert found.anchors.loc[found.anchors["dropped"], "old"].tolist() == ["o3"]
    assert set(found.trends["n_anchor"]) == {5}
    # The dropped question stays in the total, where it looks easier: the line takes it out.
    assert by_city(found)["change"].to_numpy() == pytest.approx([5] * 8)


def test_anchors_that_drift_a_little_stay():
    old, new = two_rounds(cities=8, moved=5)
    new["n3"] += 2

    assert not linked(old, new).anchors["dropped"].any()


def test_the_interval_holds_the_error_of_the_scores_and_of_the_line():
    old, new = two_rounds(moved=10, harder=30)
    new.loc["c0", "y0"] += 40
    se = pd.Series(3.0, index=old.index)

    row = by_city(linked(old, new, se=se)).loc["c1"]

    # c0's unanchored part is 4 points off the others': sd 2, over the root of 4 cities 1.
    assert row["hi"] - row["change"] == pytest.approx(1.96 * np.sqrt(9 + 1))
    assert row["change"] == pytest.approx(10 - 1)


def test_a_change_is_real_when_it_is_sure_and_five_points():
    old, new = table([[50]] * 3, "a"), table([[60], [54], [60]], "a")
    se = pd.Series({"c0": 2.0, "c1": 1.0, "c2": 6.0})

    rows = by_city(linked(old, new, {"a": "a"}, se=se))

    assert rows["real"].tolist() == [True, False, False]
    assert rows["lo"].to_numpy() == pytest.approx([6.08, 2.04, -1.76])


def test_without_standard_errors_there_is_a_change_but_no_interval():
    rows = by_city(linked(table([[50]], "a"), table([[90]], "a"), {"a": "a"}))

    assert rows["change"].tolist() == [40]
    assert rows[["lo", "hi"]].isna().all(axis=None)
    assert not rows["real"].any()


def test_tucker_is_used_from_thirty_cities_on():
    def rounds(cities):
        lot = np.random.default_rng(1)
        old, new = two_rounds(cities)
        return old + lot.normal(0, 5, old.shape), new * 0.8 + lot.normal(0, 5, new.shape)

    assert linked(*rounds(29), method="tucker").line.slope == 1
    assert linked(*rounds(29)).line.slope == 1
    assert linked(*rounds(30), method="tucker").line.slope != 1


def test_a_city_of_one_round_only_has_no_change():
    old, new = two_rounds()

    rows = by_city(linked(old.drop(index="c3"), new.drop(index="c0")))

    assert rows["reason"].tolist() == ["no_data", pd.NA, pd.NA, "no_data"]
    assert rows["change"].notna().tolist() == [False, True, True, False]


def test_no_city_in_common_links_nothing():
    old, new = two_rounds()

    found = linked(old, new.rename(index=lambda name: f"other {name}"))

    assert found.linked_by == "none"
    assert linked(old.iloc[:0], new.iloc[:0]).trends.empty


def test_one_city_in_common_links_without_an_interval():
    old, new = two_rounds(cities=1, moved=10)

    row = linked(old, new, se=pd.Series({"c0": 1.0})).trends.iloc[0]

    assert row["change"] == pytest.approx(10)
    assert np.isnan(row["lo"])


def test_a_hole_in_an_anchor_is_a_hole_on_both_sides():
    old, new = two_rounds(moved=10)
    old.loc["c0", "o0"] = NAN
    scores = tuple(each.mean(axis=1) for each in two_rounds(moved=10))

    found = linked(old, new, scores=scores)

    assert by_city(found)["change"].to_numpy() == pytest.approx([10] * 4)


def test_a_statement_without_weight_is_named():
    old, new = two_rounds()

    with pytest.raises(ValueError, match="no weight: y0"):
        link(old, new, SIX, equal(old, new).drop("y0"))


def test_neither_the_order_of_rows_nor_of_columns_changes_a_byte():
    lot = np.random.default_rng(1)
    old, new = two_rounds(cities=40, moved=3)
    old, new = old + lot.normal(0, 9, old.shape), new + lot.normal(0, 9, new.shape)
    se = pd.Series(lot.random(40), index=old.index)

    def everything(old, new, anchors, method):
        found = linked(old, new, anchors, se=se, method=method)
        return found.trends.to_csv() + found.anchors.to_csv() + repr(found.line)

    for method in ("chained_mean", "tucker"):
        assert everything(old, new, SIX, method) == everything(
            old.sample(frac=1, random_state=1).iloc[:, ::-1],
            new.sample(frac=1, random_state=2).sample(frac=1, axis=1, random_state=3),
            dict(reversed(SIX.items())),
            method,
        )
