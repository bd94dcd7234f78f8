"""Self against agreed or peers, over the statements both have marked."""

import numpy as np

from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.tables import the_frames


def gap_of(code, *marks, city="Ghent", **choices):
    table = compute(the_frames(*marks), BenchmarkConfig(**choices)).gaps
    return table[(table["city"] == city) & (table["code"] == code)].iloc[0]


def test_without_agreement_the_city_is_held_against_the_mean_of_its_peers():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 4", "2026 Ghent PM2.1 peer ann 1",
                 "2026 Ghent PM2.1 peer bob 2")  # fmt: skip

    assert row[["against", "self", "other", "gap"]].tolist() == ["peer", 100, 37.5, 62.5]


def test_what_the_peers_agreed_replaces_their_mean():
    row = gap_of("PM2", "2026 Ghent PM2.1 self - 1", "2026 Ghent PM2.1 peer ann 1",
                 "2026 Ghent PM2.1 agreed - 3")  # fmt: skip

    assert row[["against", "self", "other", "gap"]].tolist() == ["agreed", 25, 75, -50]


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
