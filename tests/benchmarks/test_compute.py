"""The whole pipeline, on cases small enough to work out by hand."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import a_structure, as_bytes, drawn, shuffled, the_frames, value

SELF = [f"2026 Ghent {code} self - {n}" for code, n in
        [("PM1.1", 4), ("PM1.2", 2), ("PM2.1", 1), ("BU1.1", 0)]]  # fmt: skip


def test_a_city_is_rolled_up_from_statements_to_the_whole():
    result = compute(the_frames(*SELF))

    assert [value(result, "Ghent", code, "self") for code in
            ("PM1.1", "PM1", "PM2", "policy-maker", "buyer", "overall")] == [
        100, 75, 25, 50, 0, 25,
    ]  # fmt: skip


def test_the_three_series_are_never_mixed():
    result = compute(
        the_frames(
            "2026 Ghent PM2.1 self - 4",
            "2026 Ghent PM2.1 peer ann 1",
            "2026 Ghent PM2.1 peer bob 2",
            "2026 Ghent PM2.1 agreed - 3",
        )
    )

    assert [value(result, "Ghent", "PM2", series) for series in ("self", "peer", "agreed")] == [
        100,
        37.5,
        75,
    ]


def test_every_code_has_a_row_in_every_series_in_the_order_of_the_charter():
    result = compute(the_frames(*SELF))

    assert result.scores["code"].iloc[::3].tolist() == [
        "overall",
        "policy-maker",
        "PM1",
        "PM1.1",
        "PM1.2",
        "PM2",
        "PM2.1",
        "buyer",
        "BU1",
        "BU1.1",
    ]
    assert result.scores["series"].iloc[:3].tolist() == ["self", "peer", "agreed"]


def test_a_lone_reviewer_gives_a_value_and_a_warning():
    result = compute(the_frames("2026 Ghent PM2.1 peer ann 3"))

    assert value(result, "Ghent", "PM2", "peer") == 75
    assert value(result, "Ghent", "PM2", "peer", "reason") == "single_rater"


def test_reviewers_are_counted_once_however_many_statements_they_marked():
    result = compute(
        the_frames(
            "2026 Ghent PM1.1 peer ann 3",
            "2026 Ghent PM1.2 peer ann 3",
            "2026 Ghent PM1.2 peer bob 3",
            "2026 Ghent PM2.1 peer bob na",
            "2026 Ghent PM2.1 peer ann 1",
            "2026 Ghent PM2.1 peer cem 2",
        )
    )

    assert [value(result, "Ghent", code, "peer", "n_raters") for code in
            ("PM1.1", "PM1", "PM2", "policy-maker", "buyer")] == [1, 2, 2, 3, 0]  # fmt: skip
    assert value(result, "Ghent", "PM1", "peer", "n_items") == 2


def test_a_missing_answer_counts_against_coverage_and_not_applicable_does_not():
    missing = compute(the_frames("2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - missing"))
    apart = compute(the_frames("2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - na"))

    assert value(missing, "Ghent", "PM1", "self", "coverage") == 0.5
    assert value(missing, "Ghent", "PM1", "self", "reason") == "low_coverage"
    assert np.isnan(value(missing, "Ghent", "PM1", "self"))
    assert value(apart, "Ghent", "PM1", "self", "coverage") == 1
    assert value(apart, "Ghent", "PM1", "self") == 100


def test_no_row_is_the_same_as_a_row_that_says_missing():
    silent = compute(the_frames("2026 Ghent PM1.1 self - 4"))
    said = compute(the_frames("2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - missing"))

    assert silent.scores.equals(said.scores)


def test_an_overall_score_needs_two_thirds_of_all_weight():
    three = compute(the_frames(*SELF[:3]), BenchmarkConfig(threshold=0.5))
    result = compute(the_frames(*SELF[:3]))

    assert value(three, "Ghent", "overall", "self") == 50
    assert value(result, "Ghent", "overall", "self", "coverage") == 0.5
    assert value(result, "Ghent", "overall", "self", "reason") == "low_coverage"


def test_a_role_that_is_wholly_not_applicable_leaves_the_overall_to_the_others():
    result = compute(the_frames(*SELF[:3], "2026 Ghent BU1.1 self - na"))

    assert value(result, "Ghent", "buyer", "self", "reason") == "not_applicable"
    assert value(result, "Ghent", "overall", "self") == 50
    assert value(result, "Ghent", "overall", "self", "coverage") == 1


def test_an_na_that_most_peers_dispute_is_missing_and_marked():
    result = compute(
        the_frames(
            "2026 Ghent PM2.1 self - na",
            "2026 Ghent PM2.1 peer ann 2",
            "2026 Ghent PM2.1 peer bob 2",
        )
    )

    assert value(result, "Ghent", "PM2.1", "self", "na_disputed")
    assert value(result, "Ghent", "PM2.1", "self", "reason") == "no_data"
    assert value(result, "Ghent", "PM2.1", "peer") == 50


def test_a_mark_on_what_does_not_apply_is_not_counted():
    result = compute(
        the_frames(
            "2026 Ghent PM2.1 self - 4", "2026 Ghent PM2.1 peer a na", "2026 Ghent PM2.1 peer b na"
        )
    )

    assert np.isnan(value(result, "Ghent", "PM2.1", "self"))
    assert value(result, "Ghent", "PM2", "self", "reason") == "not_applicable"


def test_holes_count_zero_where_the_policy_says_so_but_silence_stays_silence():
    result = compute(the_frames(*SELF[:1]), BenchmarkConfig(missing="zero"))

    assert value(result, "Ghent", "overall", "self") == 12.5
    assert value(result, "Ghent", "overall", "peer", "reason") == "no_data"


def test_any_hole_leaves_no_score_where_the_policy_is_strict():
    result = compute(the_frames(*SELF[:3]), BenchmarkConfig(missing="strict", threshold=0))

    assert value(result, "Ghent", "policy-maker", "self") == 50
    assert np.isnan(value(result, "Ghent", "overall", "self"))


def test_a_weight_of_zero_shows_the_statement_and_leaves_it_out_of_the_mean():
    result = compute(the_frames(*SELF, weights={"PM1.1": 0}))

    assert value(result, "Ghent", "PM1.1", "self") == 100
    assert value(result, "Ghent", "PM1", "self") == 50


def test_a_round_asks_the_statements_of_the_versions_it_used():
    frames = the_frames("2025 Ghent PM1.1 self - 4", "2026 Ghent PM2.1 self - 4")
    versions = frames.statements.assign(instrument_version=["v1", "v1", "v2", "v2"])

    scores = compute(replace(frames, statements=versions)).scores

    assert scores.loc[scores["round"] == "2025", "code"].unique().tolist() == [
        "overall",
        "policy-maker",
        "PM1",
        "PM1.1",
        "PM1.2",
    ]
    assert "PM1" not in set(scores.loc[scores["round"] == "2026", "code"])


def test_the_structure_carries_the_effective_weights():
    result = compute(the_frames(*SELF))

    assert result.structure.set_index("code")["effective_weight"][["PM1.1", "BU1.1"]].tolist() == [
        0.125,
        0.5,
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_columns_changes_no_byte(seed):
    frames = drawn(["Ghent", "Αθήνα", "Łódź", "$\\frac{a$", "Ħaż-Żabbar"], rounds=("2024", "2026"))

    assert as_bytes(compute(frames)) == as_bytes(compute(shuffled(frames, seed)))


def test_other_city_names_give_the_same_numbers_under_other_names():
    names = [f"city{n}" for n in range(6)]
    others = dict(zip(names, reversed(names), strict=True))
    frames = drawn(names)
    renamed = replace(
        frames, scores=frames.scores.assign(city_id=frames.scores["city_id"].map(others)),
        assignments=frames.assignments.assign(city_id=frames.assignments["city_id"].map(others)),
    )  # fmt: skip

    one = compute(frames).scores.assign(city=lambda t: t["city"].map(others))
    other = compute(renamed).scores
    key = ["city", "code", "series"]

    assert (
        one.sort_values(key, ignore_index=True)
        .drop(columns="round")
        .equals(other.sort_values(key, ignore_index=True).drop(columns="round"))
    )


def test_a_city_that_leaves_does_not_move_the_others():
    frames = drawn(["Ghent", "Lyon", "Oslo"])
    without = replace(
        frames,
        scores=frames.scores[frames.scores["city_id"] != "Lyon"],
        assignments=frames.assignments[frames.assignments["city_id"] != "Lyon"],
    )

    whole, part = compute(frames).scores, compute(without).scores

    assert whole[whole["city"] != "Lyon"].reset_index(drop=True).equals(part)


def test_a_score_and_its_reason_agree():
    scores = compute(drawn([f"c{n}" for n in range(9)], reviewers=1)).scores

    assert (scores["value"].isna() == scores["reason"].isin(
        ["no_data", "low_coverage", "not_applicable"])).all()  # fmt: skip
    assert scores["value"].dropna().between(0, 100).all()
    assert (scores["coverage"].isna() == (scores["reason"] == "not_applicable")).all()


def test_two_hundred_cities_with_five_reviewers_take_seconds():
    frames = drawn([f"c{n:03}" for n in range(200)], statements=11, reviewers=5)
    start = time.perf_counter()

    result = compute(frames)

    assert time.perf_counter() - start < 10
    assert len(result.scores) == 200 * len(result.structure) * 3


def test_numbers_do_without_pictures_and_without_the_rest_of_the_application():
    code = (
        "import sys, benchmarks.compute;"
        "print([m for m in ('matplotlib', 'flask', 'sqlalchemy', 'models') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "[]"


def test_a_structure_of_other_roles_is_read_in_the_order_asked_for():
    tree = {"governance": {"G1": ["G1.1"]}, "empowerment": {"E1": ["E1.1"]}}
    config = BenchmarkConfig(role_order=("governance", "empowerment"))

    result = compute(the_frames("2026 Ghent G1.1 self - 1", tree=tree), config)

    assert result.structure["code"].tolist() == a_structure(tree)["code"].tolist()


def test_the_given_frames_are_left_as_they_are():
    frames = drawn(["Ghent"])
    before = frames.scores.copy()

    compute(frames)

    pd.testing.assert_frame_equal(frames.scores, before)
