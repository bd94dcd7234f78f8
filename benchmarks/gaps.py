"""How a city sees itself against how its peers see it, over the statements both have marked."""

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks import aggregate, coverage
from benchmarks.calibrated import Calibrated, Scored
from benchmarks.config import Missing
from benchmarks.severity import limits

CLEAR = 5.0
NEAR = 10.0
HIGHER, LOWER, IN_LINE, UNCLEAR = "higher", "lower", "in line", "unclear"


def gaps(own: pd.DataFrame, peers: Calibrated, agreed: pd.DataFrame) -> pd.DataFrame:
    """How far a city sees itself above (+) or below (-) the others, in points (METHOD 3.5).

    own, agreed  cities by statements, points. A city without peers is held against what was
                 agreed, every other against its peers' calibrated scores.
    Both sides are over the same statements, so they may differ from the published scores. The
    standard error joins that of the peers' score with the deviation of the city's own marks,
    sd / root n; below two statements, and where the peers have none, there is no interval.
    Label: `higher` where all of the interval is above +5, `lower` below -5, `in line` within
    +-10, else `unclear`; none without an interval.
    Gives city, code, against {peer_calibrated, agreed}, self, other, gap, lo, hi, p_positive,
    label, n_items, coverage, reason.
    """
    applicable, structure, config = peers.applicable, peers.structure, peers.config
    marked = peers.items.notna().any(axis=1)
    settled = ~marked & agreed.notna().any(axis=1)
    both = own.notna() & peers.items.where(~settled, agreed).notna() & applicable
    # One side's hole is not a zero of that side: the pair is left out.
    missing: Missing = "strict" if config.missing == "strict" else "reweight"

    def rolled(side: pd.DataFrame) -> pd.DataFrame:
        return aggregate.roll_up(
            side.where(both),
            structure,
            config.mean,
            missing,
            config.threshold,
            applicable=applicable,
        )

    theirs = peers.over(both, missing)
    scored = Scored(theirs.value.where(~settled, rolled(agreed)), theirs.se.where(~settled))
    covered = aggregate.coverage(both, structure, applicable).to_numpy()
    enough = covered >= config.threshold - 1e-9
    mine, other = (
        np.where(enough, side.to_numpy(), np.nan) for side in (rolled(own), scored.value)
    )
    n_items = aggregate.count_up(both.astype(int), structure).to_numpy()
    gap = mine - other
    se = np.hypot(scored.se.to_numpy(), _spread(own.where(both), structure, n_items))
    lo, hi = limits(gap, se, peers.n_raters.to_numpy())
    against = np.where(settled, "agreed", "peer_calibrated").astype(object)
    lone = np.zeros(covered.shape, dtype=bool)
    cities, codes = list(own.index), list(structure["code"])
    columns = {
        "self": mine,
        "other": other,
        "gap": gap,
        "lo": lo,
        "hi": hi,
        "p_positive": _above_zero(gap, se),
        "label": labels(lo, hi),
        "n_items": n_items,
        "coverage": covered,
        "reason": coverage.reasons(mine, covered, lone),
    }
    return pd.DataFrame(
        {
            "city": np.repeat(np.array(cities, dtype=object), len(codes)),
            "code": np.tile(np.array(codes, dtype=object), len(cities)),
            "against": np.repeat(against, len(codes)),
        }
        | {name: values.ravel() for name, values in columns.items()}
    )


def labels(lo: np.ndarray, hi: np.ndarray) -> np.ndarray:
    """What intervals of gaps say, in one word each; None without an interval (METHOD 3.5)."""
    return coverage.first_word(
        {
            HIGHER: lo > CLEAR,
            LOWER: hi < -CLEAR,
            IN_LINE: (lo >= -NEAR) & (hi <= NEAR),
            UNCLEAR: ~np.isnan(lo),
        }
    )


def _spread(own: pd.DataFrame, structure: pd.DataFrame, n: np.ndarray) -> np.ndarray:
    """The standard error of a city's own mean: sd (n - 1) of its marks over root n."""
    total, square = (
        aggregate.count_up(marks.fillna(0.0), structure).to_numpy() for marks in (own, own**2)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(square - total**2 / n, 0.0) / (n - 1)
        return np.asarray(np.where(n > 1, np.sqrt(variance / n), np.nan))


def _above_zero(gap: np.ndarray, se: np.ndarray) -> np.ndarray:
    """How likely the true gap is above zero; half where there is none and no doubt of it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        sure = np.where(gap == 0, 0.5, (gap > 0).astype(float))
        share = np.where(se > 0, stats.norm.cdf(gap / se), sure)
    return np.where(np.isnan(gap) | np.isnan(se), np.nan, share)
