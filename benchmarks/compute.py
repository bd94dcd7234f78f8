"""compute(frames, config, seed): the pipeline, from the five tables to the result."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from benchmarks import (
    aggregate,
    changes,
    disclosure,
    gaps,
    peers,
    ranks,
    reliability,
    rounds,
    sensitivity,
    severity,
    trends,
)
from benchmarks.calibrated import roles_of
from benchmarks.config import METHOD_VERSION, BenchmarkConfig
from benchmarks.frames import Frames, check
from benchmarks.result import (
    DIAGNOSTICS,
    GAPS,
    PEER_STATS,
    RELIABILITY,
    SCORES,
    BenchmarkResult,
    framed,
)
from benchmarks.rounds import COMMITMENT, HEADLINE, Round, Series

COLUMNS = {
    "scores": SCORES,
    "gaps": GAPS,
    "peer_stats": PEER_STATS,
    "ranks": ranks.COLUMNS,
    "sensitivity": sensitivity.COLUMNS,
    "raters": {"round": "str", **severity.RATERS},
    "components": {"round": "str", **severity.COMPONENTS},
    "variances": {"round": "str", **severity.VARIANCES},
    "reliability": RELIABILITY,
    "trends": trends.TRENDS,
    "anchors": changes.ANCHORS,
    "diagnostics": DIAGNOSTICS,
}
Tables = dict[str, pd.DataFrame]


def compute(
    frames: Frames, config: BenchmarkConfig | None = None, seed: int = 0
) -> BenchmarkResult:
    """Everything the method says of every city and round (METHOD 1 to 3).

    Raises `FaultyFrames` where the tables cannot be computed with. The same rows give the same
    result to the last byte, in whatever order they come. `seed` feeds what is drawn by lot.
    """
    config = config or BenchmarkConfig()
    tables = check(frames)
    structure = aggregate.in_order(tables.structure, config.role_order)
    groups = peers.named_groups(tables.cities)
    read = [
        rounds.read(name, tables, structure, config)
        for name in sorted(set(tables.scores["round_id"]))
    ]
    scored = [(each, rounds.scores(each)) for each in read]
    parts = [_of_round(*each, groups, seed) for each in scored]
    parts += [
        changes.changes(old, new, structure, tables.statements, config)
        for old, new in pairwise(scored)
    ]
    return BenchmarkResult(
        **{
            name: framed([part[name] for part in parts if name in part], columns)
            for name, columns in COLUMNS.items()
        },
        structure=structure.assign(
            effective_weight=aggregate.effective_weights(structure).to_numpy()
        ),
        config=config,
        config_hash=config.config_hash,
        data_hash=tables.data_hash,
        seed=seed,
        method_version=METHOD_VERSION,
    )


def linked(result: BenchmarkResult, frames: Frames) -> BenchmarkResult:
    """The result with what changed since earlier rounds, from the tables of all of them (METHOD
    3.10). Nothing else of it is computed again, so figures of the round itself stay as they are.

    Raises `FaultyFrames` as compute does.
    """
    tables, config = check(frames), result.config
    structure = aggregate.in_order(tables.structure, config.role_order)
    names = sorted(set(tables.scores["round_id"]))
    read = [rounds.read(name, tables, structure, config) for name in names]
    parts = [
        changes.changes(old, new, structure, tables.statements, config)
        for old, new in pairwise([(each, rounds.scores(each)) for each in read])
    ]
    trended, moved = (
        framed([part[name] for part in parts], COLUMNS[name]) for name in ("trends", "anchors")
    )
    return replace(result, trends=trended, anchors=moved)


def _of_round(this: Round, found: Series, groups: pd.DataFrame, seed: int) -> Tables:
    """The tables of one round."""
    fitted = this.peers.fitted
    taking_part = groups.loc[groups["city"].isin(this.cities)]
    estimate = _estimate(this, found, seed)
    score_rows = rounds.rows(this, found)
    tables = {
        "scores": score_rows,
        "gaps": gaps.gaps(this.marks["self"], this.peers, this.marks["agreed"]),
        "peer_stats": _peer_stats(this, score_rows, taking_part),
        "ranks": _ranks(this, estimate, taking_part, seed),
        "sensitivity": sensitivity.main_effects(
            estimate,
            this.structure,
            components=this.peers.components(),
            seed=seed,
            config=this.config,
        ),
        "raters": fitted.raters,
        "components": fitted.components,
        "variances": fitted.variances,
        "reliability": reliability.reliability(this.peers, this.whole, seed),
        "diagnostics": reliability.diagnostics(
            this.marks["peer"], rounds.values(this, found, "peer"), this.structure
        ),
    }
    return {name: table.assign(round=this.name) for name, table in tables.items()}


def _peer_stats(this: Round, scores: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Group figures that every city of the round may see, each knowing its own (METHOD 3.9).

    They are read before those who agreed are named and after it, and they hold for both; also for
    who never saw those that were named in an earlier version only.
    Down to commitments: group figures of single statements would say too much of few cities.
    """
    level = dict(zip(this.structure["code"], this.structure["level"], strict=True))
    shown = scores.loc[scores["code"].map(level) <= COMMITMENT]
    published = disclosure.suppress(
        shown[["round", "city", "code", "series", "value"]],
        groups,
        structure=this.structure,
        consenting={*this.config.named, *this.config.known},
        others_see=(this.config.named, ()),
        insiders=this.cities,
    )
    return published.figures.rename(columns={"group": "group_id"})


def _ranks(
    this: Round,
    estimate: ranks.Estimate,
    groups: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """Ranks of the calibrated scores; without calibration the plain place, and no more."""
    table = ranks.rank_acceptability(
        estimate,
        this.structure,
        groups={str(name): list(part["city"]) for name, part in groups.groupby("group")},
        components=this.peers.components(),
        round_id=this.name,
        draws=this.config.draws,
        seed=seed,
        config=this.config,
    )
    live = table["city"].map(this.peers.live).to_numpy(dtype=bool)
    for name in ranks.NUMBERS[1:]:
        table[name] = table[name].where(live)
    table["band"] = table["band"].where(live | table["band"].isna(), ranks.BETWEEN)
    return table


def _estimate(this: Round, found: Series, seed: int) -> ranks.Estimate:
    """The roles' calibrated scores, how they err together, and what other choices would give."""
    roles, config = roles_of(this.structure), this.config
    means = rounds.values(this, found, HEADLINE)[roles]
    covered = rounds.values(this, found, HEADLINE, "coverage")[roles]
    peers, other = this.peers, ranks.other_threshold(config)
    lenient = peers.chosen(threshold=other).over(this.applicable).value[roles]
    return ranks.Estimate(
        means,
        draws=peers.draws(means, config.draws, np.random.default_rng(seed)),
        applicable=covered.notna(),
        other_raters=means + peers.by_other_raters()[roles],
        other_threshold=lenient.where(covered >= other - 1e-9),
    )
