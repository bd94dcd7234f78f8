"""The whole pipeline, on cases small enough to work out by hand."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import (
    a_structure,
    as_bytes,
    drawn,
    shuffled,
    simulated,
    the_frames,
    value,
)

SELF = [f"2026 Ghent {code} self - {n}" for code, n in
        [("PM1.1", 4), ("PM1.2", 2), ("PM2.1", 1), ("BU1.1", 0)]]  # fmt: skip


def test_a_city_is_rolled_up_from_statements_to_the_whole():
    result = compute(the_frames(*SELF))

    assert [value(result, "Ghent", code, "self") for code in
            ("PM1.1", "PM1", "PM2", "policy-maker", "buyer", "overall")] == [
        100, 75, 25, 50, 0, 25,
    ]  # fmt: skip


def test_the_series_are_never_mixed():
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

    assert result.scores["code"].iloc[::4].tolist() == [
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
    assert result.scores["series"].iloc[:4].tolist() == [
        "self", "peer", "agreed", "peer_calibrated",
    ]  # fmt: skip


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


@pytest.mark.parametrize("seed", range(2))
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


def test_one_city_has_scores_but_neither_place_nor_group():
    result = compute(the_frames("2026 Ghent PM2.1 peer ann 3", "2026 Ghent PM2.1 peer bob 1"))

    assert value(result, "Ghent", "PM2", "peer") == 50
    assert result.ranks["rank"].isna().all()
    assert result.peer_stats["suppressed"].all()
    assert set(result.peer_stats["reason"]) == {"suppressed_small_n"}


def test_two_cities_have_places_without_intervals_and_groups_without_quartiles():
    frames = the_frames(*(f"2026 {city} {code} peer ann {level}"
                          for city, level in (("Ghent", 3), ("Lyon", 1))
                          for code in ("PM1.1", "PM1.2", "PM2.1", "BU1.1")))  # fmt: skip
    ranks = compute(frames).ranks.query("group == 'all' and code == 'overall'")

    assert ranks["rank"].tolist() == [1, 2]
    assert ranks[["rank_p05", "rank_p95"]].isna().all(axis=None)
    assert compute(frames).peer_stats[["q1", "q3"]].isna().all(axis=None)


def test_cities_that_all_score_the_same_share_the_first_place():
    marks = [f"2026 c{n} {code} peer {rater} 2" for n in range(6) for rater in ("ann", "bob")
             for code in ("PM1.1", "PM1.2", "PM2.1", "BU1.1")]  # fmt: skip
    result = compute(the_frames(*marks))

    assert set(result.ranks["rank"]) == {1}
    assert set(result.ranks["band"]) == {"not distinguishable"}
    assert set(result.reliability.query("metric == 'krippendorff_alpha'")["status"]) == {
        "no_variance", "low_n",
    } - {"low_n"}  # fmt: skip
    assert result.components["reason"].tolist() == ["no_rater_variance"]


@pytest.mark.filterwarnings("error")
def test_a_statement_that_all_mark_alike_has_no_correlation_with_the_rest():
    frames, _ = simulated()
    same = frames.scores["statement_id"] == "PM1.1"
    table = compute(replace(frames, scores=frames.scores.assign(
        score=frames.scores["score"].mask(same, 2)))).diagnostics.set_index("code")  # fmt: skip

    assert np.isnan(table.loc["PM1.1", "item_rest_r"])
    assert not np.isnan(table.loc["PM1.2", "item_rest_r"])


def test_one_reviewer_per_city_is_not_calibrated_and_says_why():
    result = compute(drawn([f"c{n}" for n in range(9)], reviewers=1))
    wide = result.scores.pivot(index=["city", "code"], columns="series", values="value")

    assert not result.scores["calibrated"].any()
    assert set(result.components["reason"]) == {"few_raters_per_city"}
    assert wide["peer"].equals(wide["peer_calibrated"].rename("peer"))
    assert result.scores[["lo", "hi", "se"]].isna().all(axis=None)


def test_cities_that_no_chain_of_reviewers_links_are_not_ranked_against_each_other():
    one, _ = simulated(cities=8, raters=6, seed=1)
    two, _ = simulated(cities=8, raters=6, seed=2)
    apart = {
        name: getattr(two, name).replace(r"^([cr])(\d+)$", r"\g<1>x\2", regex=True)
        for name in ("scores", "cities", "assignments")
    }
    both = replace(
        one,
        **{
            name: pd.concat([getattr(one, name), apart[name]], ignore_index=True)
            for name in ("scores", "cities", "assignments")
        },
    )
    result = compute(both)

    assert result.components["calibrated"].tolist() == [True, True]
    assert sorted(set(result.raters["component"])) == [1, 2]
    assert result.ranks["rank"].isna().all()
    assert result.scores.query("series == 'peer_calibrated'")["calibrated"].all()


def test_a_longer_scale_stands_beside_a_shorter_one():
    frames = the_frames("2026 Ghent PM1.1 peer ann 3", "2026 Ghent PM1.2 peer ann 3")
    frames.statements.loc[frames.statements["statement_id"] == "PM1.2",
                          ["scale_min", "scale_max"]] = [1, 5]  # fmt: skip

    assert value(compute(frames), "Ghent", "PM1", "peer") == (75 + 50) / 2


def test_a_city_without_peers_is_there_but_not_ranked():
    frames, _ = simulated()
    gone = (frames.scores["city_id"] == "c000") & (frames.scores["source"] == "peer")
    result = compute(replace(frames, scores=frames.scores[~gone]))

    assert not np.isnan(value(result, "c000", "overall", "self"))
    assert value(result, "c000", "overall", "peer_calibrated", "reason") == "no_data"
    assert result.ranks.query("city == 'c000'")["rank"].isna().all()
    assert result.ranks.query("city == 'c001'")["rank"].notna().all()


def test_a_city_that_did_not_look_at_itself_has_peers_and_no_gap():
    frames, _ = simulated()
    gone = (frames.scores["city_id"] == "c000") & (frames.scores["source"] == "self")
    result = compute(replace(frames, scores=frames.scores[~gone]))

    assert value(result, "c000", "overall", "self", "reason") == "no_data"
    assert value(result, "c000", "overall", "peer_calibrated", "calibrated")
    assert set(result.gaps.query("city == 'c000'")["reason"]) == {"no_data"}


def test_weights_count_in_proportion_only():
    frames, _ = simulated(cities=6, raters=4)
    tenfold = replace(
        frames,
        statements=frames.statements.assign(weight=frames.statements["weight"] * 8),
        structure=frames.structure.assign(weight=frames.structure["weight"] * 8),
    )

    one, other = compute(frames), compute(tenfold)

    assert one.scores.equals(other.scores)
    assert one.gaps.equals(other.gaps)


def test_calibrated_scores_beat_plain_means():
    found = []
    for seed in range(4):
        frames, truth = simulated(seed=seed, severity=16)
        scores = compute(frames, BenchmarkConfig(draws=10, resamples=0)).scores
        wide = scores[scores["code"].isin(truth.columns)].pivot(
            index=["city", "code"], columns="series", values="value"
        )
        true = truth.stack().reindex(wide.index)
        off = wide[["peer", "peer_calibrated"]].sub(true, axis=0)
        found.append(
            [
                *(wide[each].corr(true, "spearman") for each in off),
                *(off - off.mean()).abs().mean(),
            ]
        )
    plain, calibrated, plain_error, error = np.mean(found, axis=0)

    assert calibrated > plain + 0.02
    assert error < 0.8 * plain_error


def test_a_change_between_rounds_is_linked_and_has_its_interval():
    frames, _ = simulated(rounds=("2024", "2026"))
    trends = compute(frames).trends

    assert set(trends["linked_by"]) == {"identical"}
    assert trends.query("code == 'overall'")[["change", "lo", "hi"]].notna().all(axis=None)
    assert set(trends["code"]) >= {"overall", "buyer", "BU1"}
    assert "BU1.1" not in set(trends["code"])


def test_a_new_version_is_linked_by_its_anchors():
    """2024 asks PM1.1 to PM1.6, 2026 asks six others; five of them are the same questions."""
    tree = {"policy-maker": {"PM1": [f"PM1.{n}" for n in range(1, 13)]}}
    lines = [f"{year} {city} PM1.{n + (6 if year == 2026 else 0)} peer {rater} {level}"
             for year in (2024, 2026) for city, level in (("Ghent", 1), ("Lyon", 2))
             for rater in ("ann", "bob") for n in range(1, 7)]  # fmt: skip
    frames = the_frames(*lines, tree=tree)
    anchors = [f"A{n}" if n < 6 else "" for n in [*range(1, 7), *range(1, 7)]]
    versions = ["v1"] * 6 + ["v2"] * 6
    linked = compute(replace(frames, statements=frames.statements.assign(
        anchor_id=anchors, instrument_version=versions)))  # fmt: skip
    few = compute(replace(frames, statements=frames.statements.assign(
        anchor_id=["", *anchors[1:]], instrument_version=versions)))  # fmt: skip

    assert set(linked.trends["linked_by"]) == {"anchor"}
    assert set(linked.trends["n_anchor"]) == {5}
    assert linked.trends["change"].tolist() == pytest.approx([0] * len(linked.trends))
    assert set(few.trends["linked_by"]) == {"none"}
    assert set(few.trends["reason"]) == {"unlinked"}
