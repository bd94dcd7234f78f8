"""compute(frames, config, seed): the pipeline, from the five tables to the result."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import aggregate, coverage, gaps, items
from benchmarks.config import METHOD_VERSION, BenchmarkConfig
from benchmarks.frames import Frames, check
from benchmarks.result import GAPS, SCORES, SERIES, BenchmarkResult, framed


@dataclass(frozen=True)
class Round:
    """One round as tables of cities by statements, in fixed order."""

    name: str
    structure: pd.DataFrame
    marks: dict[str, pd.DataFrame]
    applicable: pd.DataFrame
    disputed: pd.DataFrame
    raters: pd.DataFrame


def compute(
    frames: Frames, config: BenchmarkConfig | None = None, seed: int = 0
) -> BenchmarkResult:
    """Scores and gaps of every city and round (METHOD 1 to 3).

    Raises `FaultyFrames` where the tables cannot be computed with. The same rows give the same
    result to the last byte, in whatever order they come. `seed` feeds what is drawn by lot.
    """
    config = config or BenchmarkConfig()
    tables = check(frames)
    structure = aggregate.in_order(tables.structure, config.role_order)
    rounds = [_round(name, tables, structure, config) for name in _names(tables.scores["round_id"])]
    return BenchmarkResult(
        scores=framed([_scores(each, config) for each in rounds], SCORES),
        gaps=framed([_gaps(each, config) for each in rounds], GAPS),
        structure=structure.assign(
            effective_weight=aggregate.effective_weights(structure).to_numpy()
        ),
        config=config,
        config_hash=config.config_hash,
        data_hash=tables.data_hash,
        seed=seed,
        method_version=METHOD_VERSION,
    )


def _round(name: str, tables: Frames, structure: pd.DataFrame, config: BenchmarkConfig) -> Round:
    """A round asks the statements of every instrument version that its scores refer to."""
    scores = tables.scores.loc[tables.scores["round_id"] == name]
    version = tables.statements.set_index("statement_id")["instrument_version"]
    used = set(scores["statement_id"].map(version))
    asked = set(version.index[version.isin(used)])
    tree = aggregate.prune(structure, asked)
    leaves = [code for code in tree["code"] if code in asked]
    cities = _names(scores["city_id"])

    def wide(table: pd.DataFrame, column: str) -> pd.DataFrame:
        return table.pivot(index="city", columns="code", values=column).reindex(
            cities, columns=leaves
        )

    said = coverage.applicability(scores, config.na_share)
    applicable, disputed = (
        wide(said, column).astype("boolean").fillna(empty).astype(bool)
        for column, empty in (("applicable", True), ("na_disputed", False))
    )
    marks = items.item_scores(scores, tables.statements, config.raters)
    by_series = {each: marks.loc[marks["source"] == each] for each in SERIES}
    return Round(
        name=name,
        structure=tree,
        marks={each: wide(part, "value").where(applicable) for each, part in by_series.items()},
        applicable=applicable,
        disputed=disputed,
        raters=_raters(scores, tree, applicable),
    )


def _raters(scores: pd.DataFrame, tree: pd.DataFrame, applicable: pd.DataFrame) -> pd.DataFrame:
    """How many peers marked something under each code: cities by codes."""
    peers = scores.loc[(scores["source"] == "peer") & (scores["status"] == "scored")]
    marked = pd.crosstab([peers["city_id"], peers["rater_id"]], peers["statement_id"]).reindex(
        columns=applicable.columns, fill_value=0
    )
    cities = marked.index.get_level_values(0)
    marked = marked * applicable.reindex(cities).to_numpy(dtype=int)
    counted = aggregate.count_up(marked, tree, how="max").groupby(level=0).sum()
    return counted.reindex(applicable.index, fill_value=0)


def _scores(this: Round, config: BenchmarkConfig) -> pd.DataFrame:
    """The rows of `scores_out` for one round."""
    return _long(this, {series: _series(this, series, config) for series in SERIES})


def _series(this: Round, series: str, config: BenchmarkConfig) -> dict[str, np.ndarray]:
    """The columns of one series, each as cities by codes."""
    marks, tree = this.marks[series], this.structure
    scored = marks.notna()
    covered = aggregate.coverage(scored, tree, this.applicable).to_numpy()
    value = aggregate.roll_up(
        marks, tree, config.mean, config.missing, config.threshold, applicable=this.applicable
    ).to_numpy()
    enough = covered >= config.threshold - 1e-9
    if config.missing == "zero":
        enough = np.repeat(scored.any(axis=1).to_numpy()[:, None], len(tree), axis=1)
    value = np.where(enough, value, np.nan)
    n_items = aggregate.count_up(scored.astype(int), tree).to_numpy()
    n_raters = this.raters.to_numpy() if series == "peer" else (n_items > 0).astype(int)
    lone = np.full(value.shape, series == "peer") & (n_raters == 1)
    disputed = this.disputed.reindex(columns=list(tree["code"]), fill_value=False).to_numpy()
    return {
        "value": value,
        "n_items": n_items,
        "n_raters": n_raters,
        "coverage": covered,
        "na_disputed": disputed if series == "self" else np.zeros(value.shape, dtype=bool),
        "reason": coverage.reasons(value, covered, lone),
    }


def _long(this: Round, columns: dict[str, dict[str, np.ndarray]]) -> pd.DataFrame:
    """Cities by codes by series, as rows in that order."""
    cities, codes = list(this.applicable.index), list(this.structure["code"])
    key = pd.MultiIndex.from_product(
        [[this.name], cities, codes, list(columns)], names=["round", "city", "code", "series"]
    )
    names = next(iter(columns.values()))
    values = {
        name: np.stack([columns[series][name] for series in columns], axis=-1).ravel()
        for name in names
    }
    return pd.DataFrame(values, index=key).reset_index()


def _gaps(this: Round, config: BenchmarkConfig) -> pd.DataFrame:
    marks = this.marks
    table = gaps.gaps(
        marks["self"], marks["peer"], marks["agreed"], this.applicable, this.structure, config
    )
    return table.assign(round=this.name)


def _names(column: pd.Series) -> list[str]:
    return sorted(set(column))
