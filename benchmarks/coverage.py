"""Why a number is not there (METHOD 3.2)."""

import numpy as np


def reasons(value: np.ndarray, coverage: np.ndarray, lone: np.ndarray) -> np.ndarray:
    """Why a value is not there, or what to bear in mind: one word, None where all is well.

    Arrays of one shape: value (points, NaN where there is none), coverage (0..1, NaN where
    nothing applies), lone (bool: one reviewer only).
    """
    none = np.isnan(value)
    words: np.ndarray = np.select(
        [np.isnan(coverage), none & (coverage == 0), none, lone],
        ["not_applicable", "no_data", "low_coverage", "single_rater"],
        default="",
    ).astype(object)
    words[words == ""] = None
    return words
