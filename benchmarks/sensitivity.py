"""Which uncertain input moves the overall scores and ranks: Sobol effects, for the audit."""

from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks import aggregate
from benchmarks.config import BenchmarkConfig
from benchmarks.ranks import Draws, Estimate, draw, parts, places, prepare, scores

OUTPUTS = ("score", "rank")
FACTORS = {"sampling": "sample", "weights": "weights", "method": "method"}
COLUMNS = {
    "round": "str",
    "city": "str",
    "code": "str",
    "output": "str",
    "factor": "str",
    "main_effect": "float64",
    "total_effect": "float64",
}


def main_effects(
    estimate: Estimate,
    structure: pd.DataFrame,
    *,
    components: pd.Series | None = None,
    round_id: str = "",
    base: int = 512,
    seed: int = 0,
    config: BenchmarkConfig | None = None,
) -> pd.DataFrame:
    """How much of each city's variance goes back to sampling, weights and method (METHOD 3.7).

    The arguments are those of `rank_acceptability`, whose draws these are; `base` counts the
    draws of either sample, for five simulations in all. A factor is a group of inputs: all errors
    of the scores, all weights, all choices of method.
    Gives round, city, code (the root), output (`score`, or `rank` among all cities), factor:
    main_effect (the share of the variance that the factor explains by itself), total_effect (the
    same with all its interactions). They are estimates, unclipped: their standard error at 512
    draws is 0.03 to 0.08, so that what has no effect may come out a little below 0. NaN where the
    output does not vary, or where the city has no score, or not in every draw; the ranks also
    where the ranked cities span two components.
    Source: Saltelli and others 2010, table 2 (b) for the main and (f), Jansen's, for the total
    effect; of centred outputs, which takes the error of a large mean away.
    """
    lot = np.random.default_rng(seed)
    if estimate.draws is not None:
        again = lot.integers(len(estimate.draws), size=2 * base)
        estimate = replace(estimate, draws=np.asarray(estimate.draws)[again])
    model = prepare(estimate, structure, config)
    if model.point.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    root = model.tree["code"].iloc[0]
    drawn = draw(model, 2 * base, lot)
    first, second = _rows(drawn, slice(base)), _rows(drawn, slice(base, None))
    mixed = [replace(first, **{each: getattr(second, each)}) for each in FACTORS.values()]
    part = parts(model, components)
    a, b, *swapped = (
        _outputs(scores(model, each)[root], model.point[root], part)
        for each in (first, second, *mixed)
    )
    both = np.concatenate([a, b])
    centre = both.mean(axis=0)
    variance = np.where(np.ptp(both, axis=0) > 0, both.var(axis=0), np.nan)
    main = [((b - centre) * (ab - a)).mean(axis=0) / variance for ab in swapped]
    total = [((a - ab) ** 2).mean(axis=0) / (2 * variance) for ab in swapped]
    key = pd.MultiIndex.from_product(
        [[round_id], model.point.index, [root], OUTPUTS, FACTORS],
        names=["round", "city", "code", "output", "factor"],
    )
    effects = {"main_effect": main, "total_effect": total}
    columns = {name: np.stack(each, axis=-1).ravel() for name, each in effects.items()}
    return pd.DataFrame(columns, index=key).reset_index().astype(COLUMNS)


def _rows(drawn: Draws, rows: slice) -> Draws:
    weights = {parent: share[rows] for parent, share in drawn.weights.items()}
    return Draws(drawn.sample[rows], weights, drawn.method[rows])


def _outputs(score: np.ndarray, point: pd.Series, part: np.ndarray) -> np.ndarray:
    """Draws x cities x outputs: the score, and the rank among all."""
    score, scored = score.round(aggregate.TIE), point.notna().to_numpy()
    place, _ = places(np.where(np.isin(part, part[scored]), score, np.nan))
    ranked = scored & (place > 0) & (len(set(part[scored])) == 1)
    return np.stack(
        [np.where(scored, score, np.nan), np.where(ranked, place, np.nan)],
        axis=-1,
    )
