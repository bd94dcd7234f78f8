"""The city's own view against the others', over the statements both have marked."""

import numpy as np
import pandas as pd

from benchmarks import aggregate, coverage
from benchmarks.config import BenchmarkConfig, Missing


def gaps(
    own: pd.DataFrame,
    peer: pd.DataFrame,
    agreed: pd.DataFrame,
    applicable: pd.DataFrame,
    structure: pd.DataFrame,
    config: BenchmarkConfig,
) -> pd.DataFrame:
    """How far a city sees itself above (+) or below (-) the others, in points (METHOD 3.5).

    The four tables are cities by statements: points, and bool for `applicable`. A city is held
    against what its peers agreed where they did, else against the mean of their marks. Both
    sides are means over the same statements, so they may differ from the published scores.
    Gives city, code, against {agreed, peer}, self, other, gap, n_items, coverage, reason.
    """
    settled = agreed.notna().any(axis=1)
    other = agreed.where(settled, peer)
    both = own.notna() & other.notna() & applicable
    # One side's hole is not a zero of that side: the pair is left out.
    missing: Missing = "strict" if config.missing == "strict" else "reweight"
    sides = {
        name: aggregate.roll_up(
            side.where(both),
            structure,
            config.mean,
            missing,
            config.threshold,
            applicable=applicable,
        )
        for name, side in (("self", own), ("other", other))
    }
    covered = aggregate.coverage(both, structure, applicable).to_numpy()
    enough = covered >= config.threshold - 1e-9
    mine, theirs = (np.where(enough, sides[name].to_numpy(), np.nan) for name in sides)
    lone = np.zeros(covered.shape, dtype=bool)
    cities, codes = list(own.index), list(structure["code"])
    return pd.DataFrame(
        {
            "city": np.repeat(np.array(cities, dtype=object), len(codes)),
            "code": np.tile(np.array(codes, dtype=object), len(cities)),
            "against": np.repeat(np.where(settled, "agreed", "peer").astype(object), len(codes)),
            "self": mine.ravel(),
            "other": theirs.ravel(),
            "gap": (mine - theirs).ravel(),
            "n_items": aggregate.count_up(both.astype(int), structure).to_numpy().ravel(),
            "coverage": covered.ravel(),
            "reason": coverage.reasons(mine, covered, lone).ravel(),
        }
    )
