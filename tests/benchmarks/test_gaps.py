"""Self against peers, over the statements both have marked."""

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks import gaps
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import simulated, the_frames


def gap_of(code, *marks, city="Ghent", **choices):
    table = compute(the_frames(*marks), BenchmarkConfig(**choices)).gaps
    return table[(table["city"] == city) & (table["code"] == code)].iloc[0]


def test_a_city_is_held_against_its_peers():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 4", "2026 Ghent PM2.1 peer ann 1",
                 "2026 Ghent PM2.1 peer bob 2", "2026 Ghent PM2.1 agreed - 4")  # fmt: skip

    assert row[["against", "self", "other", "gap"]].tolist() == [
        "peer_calibrated", 100, 37.5, 62.5,
    ]  # fmt: skip


def test_without_peers_it_is_held_against_what_was_agreed():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 1", "2026 Ghent PM2.1 agreed - 3")

    assert row[["against", "self", "other", "gap"]].tolist() == ["agreed", 25, 75, -50]


def test_a_gap_without_calibration_has_neither_interval_nor_label():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 4", "2026 Ghent PM2.1 peer ann 1",
                 "2026 Ghent PM2.1 peer bob 2")  # fmt: skip

    assert row[["lo", "hi", "p_positive", "label"]].isna().all()


def test_over_the_same_statements_the_gap_is_self_less_the_calibrated_score():
    frames, _ = simulated()
    result = compute(frames)
    wide = result.scores.pivot(index=["city", "code"], columns="series", values="value")
    gap = result.gaps.set_index(["city", "code"])["gap"].reindex(wide.index)

    assert (wide["self"] - wide["peer_calibrated"]).tolist() == pytest.approx(gap.tolist())


def test_the_interval_joins_the_error_of_the_peers_with_the_spread_of_the_own_marks():
    """se = root of se(peers) squared + sd(own marks) squared / n; 1.96 se to each side."""
    frames, _ = simulated()
    result = compute(frames)
    own = result.scores.query("city == 'c003' and series == 'self' and code.str.startswith('PM1.')")
    peer = result.scores.query("city == 'c003' and series == 'peer_calibrated' and code == 'PM1'")
    row = result.gaps.query("city == 'c003' and code == 'PM1'").iloc[0]

    se = np.sqrt(peer["se"].iloc[0] ** 2 + own["value"].var(ddof=1) / 4)

    assert len(own) == row["n_items"] == 4
    assert row["hi"] - row["gap"] == pytest.approx(1.96 * se)
    assert row["gap"] - row["lo"] == pytest.approx(1.96 * se)
    assert row["p_positive"] == pytest.approx(norm.cdf(row["gap"] / se))


@pytest.mark.parametrize(
    ("lo", "hi", "label"),
    [
        (5.1, 30, "higher"),
        (5, 30, "unclear"),
        (-30, -5.1, "lower"),
        (-10, 10, "in line"),
        (-10.1, 9, "unclear"),
        (np.nan, np.nan, None),
    ],
)
def test_a_label_needs_the_whole_interval(lo, hi, label):
    assert gaps.labels(np.array([lo]), np.array([hi])).tolist() == [label]


def test_only_statements_that_both_marked_count():
    row = gap_of("PM1", "2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - 0",
                 "2026 Ghent PM1.1 peer ann 3", threshold=0.5)  # fmt: skip

    assert row[["self", "other", "gap", "n_items", "coverage"]].tolist() == [100, 75, 25, 1, 0.5]


def test_too_few_common_statements_give_no_gap_but_a_reason():
    row = gap_of("PM1", "2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.1 peer ann 3")

    assert np.isnan(row["gap"])
    assert row["reason"] == "low_coverage"


def test_a_city_with_self_only_has_no_gap():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 4")

    assert np.isnan(row["gap"])
    assert row["reason"] == "no_data"


def test_counting_holes_as_zero_does_not_make_gaps_of_them():
    marks = ["2026 Ghent PM1.1 self - 4", "2026 Ghent PM1.2 self - 4",
             "2026 Ghent PM1.1 peer ann 4"]  # fmt: skip

    assert gap_of("PM1", *marks, missing="zero", threshold=0.5)["gap"] == 0


def test_what_does_not_apply_has_no_gap():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - na", "2026 Ghent PM2.1 peer ann na")

    assert row["reason"] == "not_applicable"
