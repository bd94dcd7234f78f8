"""Intervals by resampling: how far a group's middle would move with other cities of its kind."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

Statistic = Literal["mean", "median", "q1", "q3"]

LEAST = 8
LEAST_FOR_MEAN = 3
COLUMNS = {"statistic": "str", "value": "float64", "lo": "float64", "hi": "float64", "n": "int64"}

_QUANTILE = {"q1": 0.25, "median": 0.5, "q3": 0.75}


def bootstrap(
    values: pd.Series | np.ndarray,
    lot: np.random.Generator,
    statistics: Iterable[Statistic] = ("mean", "median"),
    *,
    draws: int = 2000,
    level: float = 0.95,
) -> pd.DataFrame:
    """Percentile intervals of a group's statistics, drawn with replacement (METHOD 3.7).

    values      one number per unit, in points; NaN is left out, the order does not matter.
    lot         the generator that draws; all statistics share its draws.
    statistics  mean, median, q1, q3 (linear, type 7), one row each, in this order.
    Gives statistic, value, lo, hi (points) and n. Quartiles have a value from n = 3 on; a median
    or quartile has an interval from n = 8 on, a mean from 3 on; else NaN. Raises `ValueError`
    for an unknown statistic, no draws or a level outside 0..1. Source: Efron, percentile method.
    """
    names = list(statistics)
    unknown = [name for name in names if name != "mean" and name not in _QUANTILE]
    if unknown or draws < 1 or not 0 < level < 1:
        raise ValueError(f"cannot draw {unknown or names} {draws} times at level {level}")
    x = np.sort(np.asarray(values, dtype=float))
    x = x[np.isfinite(x)]
    n, ends = len(x), ((1 - level) / 2, (1 + level) / 2)
    again = x[lot.integers(0, n, (draws, n))] if n >= LEAST_FOR_MEAN else x[None, :]
    rows = []
    for name in names:
        lo, hi = np.nan, np.nan
        if n >= (LEAST_FOR_MEAN if name == "mean" else LEAST):
            lo, hi = np.quantile(_statistic(again, name), ends)
        rows.append((name, _statistic(x[None, :], name)[0], lo, hi, n))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _statistic(samples: np.ndarray, name: str) -> np.ndarray:
    """The statistic of every row of samples."""
    n = samples.shape[1]
    if n < (3 if name in ("q1", "q3") else 1):
        return np.full(len(samples), np.nan)
    if name == "mean":
        return np.asarray(samples.mean(axis=1))
    return np.asarray(np.quantile(samples, _QUANTILE[name], axis=1))
