"""One answer to 0..100 by the end points of its own scale, and the views beside it."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

How = Literal["scale", "goalposts", "minmax", "zscore", "percentile", "borda"]
Bound = float | pd.Series


def normalise(
    values: pd.DataFrame,
    how: How = "scale",
    *,
    low: Bound = 0.0,
    high: Bound = 1.0,
    direction: Bound = 1.0,
    onto: tuple[float, float] = (0.0, 100.0),
) -> pd.DataFrame:
    """Values of units (rows) on items (columns) in comparable points; NaN stays NaN.

    scale       onto its own end points `low`..`high`, beyond them too (METHOD 3.1).
    goalposts   the same, held within the ends, as the Human Development Index does.
    minmax      onto the lowest and highest unit; an item without range gives the middle.
    zscore      distance from the mean in standard deviations (n - 1); without range 0.
    percentile  mid-rank 100 * (below + equal / 2) / n, equal including the unit itself.
    borda       how many units are strictly below.
    `low`, `high`, `direction` (1, or -1 where less is better) are numbers or series by item.
    `onto` names the points the ends become, for the first three. Raises `ValueError` where an
    item's ends are the same. The last four are views: they move when another unit joins.
    """
    columns = values.columns
    turn = np.sign(_by_item(direction, columns))
    x = values.to_numpy(dtype=float)
    if how in ("scale", "goalposts"):
        ends = _by_item(low, columns), _by_item(high, columns)
        if (ends[0] == ends[1]).any():
            raise ValueError(f"no range: {', '.join(map(str, columns[ends[0] == ends[1]]))}")
        above = np.where(turn < 0, ends[1] - x, x - ends[0])
        above = np.clip(above, 0, ends[1] - ends[0]) if how == "goalposts" else above
        points = onto[0] + (onto[1] - onto[0]) * above / (ends[1] - ends[0])
    else:
        points = _VIEWS[how](pd.DataFrame(x * turn), onto).to_numpy()
    return pd.DataFrame(points, index=values.index, columns=columns)


def constant_items(values: pd.DataFrame) -> pd.Series:
    """Which items tell no two units apart: the flag beside a view of an item without range."""
    return (values.max() - values.min()).fillna(0) == 0


def _by_item(bound: Bound, columns: pd.Index) -> np.ndarray:
    if isinstance(bound, pd.Series):
        return bound.reindex(columns).to_numpy(dtype=float)
    return np.full(len(columns), float(bound))


def _minmax(x: pd.DataFrame, onto: tuple[float, float]) -> pd.DataFrame:
    share = (x - x.min()) / (x.max() - x.min()).where(~constant_items(x))
    return onto[0] + _or_middle(share, x, 0.5) * (onto[1] - onto[0])


def _zscore(x: pd.DataFrame, onto: tuple[float, float]) -> pd.DataFrame:
    return _or_middle((x - x.mean()) / x.std(ddof=1).where(~constant_items(x)), x, 0.0)


def _or_middle(view: pd.DataFrame, x: pd.DataFrame, middle: float) -> pd.DataFrame:
    """The view, or the middle for every unit of an item that tells none of them apart."""
    return view.mask(x.notna() & constant_items(x).to_numpy(), middle)


def _percentile(x: pd.DataFrame, onto: tuple[float, float]) -> pd.DataFrame:
    return 100 * (x.rank(method="average") - 0.5) / x.count()


def _borda(x: pd.DataFrame, onto: tuple[float, float]) -> pd.DataFrame:
    return x.rank(method="min") - 1


_VIEWS: dict[str, Callable[[pd.DataFrame, tuple[float, float]], pd.DataFrame]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "percentile": _percentile,
    "borda": _borda,
}
