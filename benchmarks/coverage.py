"""Why a number is not there (METHOD 3.2)."""

from collections.abc import Mapping

import numpy as np


def reasons(value: np.ndarray, coverage: np.ndarray, lone: np.ndarray) -> np.ndarray:
    """Why a value is not there, or what to bear in mind: one word, None where all is well.

    Arrays of one shape: value (points, NaN where there is none), coverage (0..1, NaN where
    nothing applies), lone (bool: one reviewer only).
    """
    none = np.isnan(value)
    return first_word(
        {
            "not_applicable": np.isnan(coverage),
            "no_data": none & (coverage == 0),
            "low_coverage": none,
            "single_rater": lone,
        }
    )


def first_word(cases: Mapping[str, np.ndarray]) -> np.ndarray:
    """The name of the first case that holds (bool, arrays of one shape); None where none does."""
    words: np.ndarray = np.select(list(cases.values()), list(cases), default="").astype(object)
    words[words == ""] = None
    return words
