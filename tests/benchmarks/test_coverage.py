"""The word for a number that is not there."""

import numpy as np

from benchmarks.coverage import reasons


def test_each_hole_has_its_word():
    value = np.array([np.nan, np.nan, np.nan, 40.0, 40.0])
    coverage = np.array([np.nan, 0.0, 0.5, 1.0, 1.0])
    lone = np.array([False, True, True, True, False])

    assert reasons(value, coverage, lone).tolist() == [
        "not_applicable",
        "no_data",
        "low_coverage",
        "single_rater",
        None,
    ]
