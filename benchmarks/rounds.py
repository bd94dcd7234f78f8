"""One round: its tables of cities by statements, and the scores of each series rolled up."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import aggregate, coverage, planes
from benchmarks.calibrated import Calibrated, Scored
from benchmarks.config import BenchmarkConfig
from benchmarks.frames import Frames
from benchmarks.result import SERIES
from benchmarks.severity import limits

HEADLINE = "peer_calibrated"
OF_PEERS = ("peer", HEADLINE)
COMMITMENT = 2

Columns = dict[str, np.ndarray]
Series = dict[str, Columns]


@dataclass(frozen=True, eq=False)
class Round:
    """One round in fixed order.

    structure  what its instrument versions ask, and what stands above.
    marks      by series: cities by statements, points on what applies.
    peers      the peers' marks, plain and calibrated.
    disputed   the city's n/a that most peers do not share: cities by statements, bool.
    """

    name: str
    structure: pd.DataFrame
    marks: dict[str, pd.DataFrame]
    peers: Calibrated
    disputed: pd.DataFrame

    @property
    def applicable(self) -> pd.DataFrame:
        return self.peers.applicable

    @property
    def config(self) -> BenchmarkConfig:
        return self.peers.config

    @property
    def cities(self) -> list[str]:
        return list(self.applicable.index)

    @property
    def whole(self) -> str:
        """The code above all others."""
        return str(self.structure["code"].iloc[0])


def read(name: str, tables: Frames, structure: pd.DataFrame, config: BenchmarkConfig) -> Round:
    """A round asks the statements of every instrument version that its scores refer to."""
    scores = tables.scores.loc[tables.scores["round_id"] == name]
    version = dict(
        zip(tables.statements["statement_id"], tables.statements["instrument_version"], strict=True)
    )
    used = {version[code] for code in pd.unique(scores["statement_id"])}
    asked = {code for code, each in version.items() if each in used}
    tree = aggregate.prune(structure, asked)
    leaves = [code for code in tree["code"] if code in asked]
    cities = sorted(pd.unique(scores["city_id"]))
    said = planes.from_scores(scores, tables.statements, leaves, cities)
    read = planes.read(said, config.na_share, config.raters)

    def wide(rows: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(rows.T, index=cities, columns=leaves)

    applicable = wide(read.applicable)
    marks = planes.peer_marks(said, read.applicable)
    above = dict(zip(tree["code"], tree["parent"], strict=True))
    role = marks["statement"].map(above).map(above)
    peers = Calibrated.of(marks.assign(role=role), tree, applicable, config)
    return Round(
        name=name,
        structure=tree,
        marks={
            "self": wide(read.own.or_nan()),
            "peer": peers.plain,
            "agreed": wide(read.agreed.or_nan()),
            HEADLINE: peers.items,
        },
        peers=peers,
        disputed=wide(read.disputed),
    )


def scores(this: Round) -> Series:
    """The columns of `scores_out` by series, each as cities by codes."""
    return {series: _series(this, series, _scored(this, series)) for series in SERIES}


def values(this: Round, found: Series, series: str, name: str = "value") -> pd.DataFrame:
    """One column of one series as a table of cities by codes."""
    codes = list(this.structure["code"])
    return pd.DataFrame(found[series][name], index=this.cities, columns=codes)


def rows(this: Round, found: Series) -> pd.DataFrame:
    """Cities by codes by series, as rows in that order."""
    key = pd.MultiIndex.from_product(
        [[this.name], this.cities, list(this.structure["code"]), list(found)],
        names=["round", "city", "code", "series"],
    )
    names = next(iter(found.values()))
    columns = {
        name: np.stack([found[series][name] for series in found], axis=-1).ravel() for name in names
    }
    return pd.DataFrame(columns, index=key).reset_index()


def _scored(this: Round, series: str) -> Scored:
    """Points and standard errors; nobody else's marks stand behind a city's own or the agreed."""
    if series == HEADLINE:
        return this.peers.over(this.applicable)
    if series == "peer":
        return this.peers.plainly()
    config = this.config
    value = aggregate.roll_up(
        this.marks[series],
        this.structure,
        config.mean,
        config.missing,
        config.threshold,
        applicable=this.applicable,
    )
    return Scored(value, value * np.nan)


def _series(this: Round, series: str, scored: Scored) -> Columns:
    config, tree, marks = this.config, this.structure, this.marks[series]
    there = marks.notna()
    covered = aggregate.coverage(there, tree, this.applicable).to_numpy()
    enough = covered >= config.threshold - 1e-9
    if config.missing == "zero":
        enough = np.repeat(there.any(axis=1).to_numpy()[:, None], len(tree), axis=1)
    value = np.where(enough, scored.value.to_numpy(), np.nan)
    se = np.where(enough, scored.se.to_numpy(), np.nan)
    n_items = aggregate.count_up(there.astype(int), tree).to_numpy()
    of_peers = series in OF_PEERS
    n_raters = this.peers.n_raters.to_numpy() if of_peers else (n_items > 0).astype(int)
    lo, hi = limits(value, se, n_raters)
    disputed = this.disputed.reindex(columns=list(tree["code"]), fill_value=False).to_numpy()
    live = this.peers.live.to_numpy()[:, None] & (series == HEADLINE)
    return {
        "value": value,
        "lo": lo,
        "hi": hi,
        "se": se,
        "n_items": n_items,
        "n_raters": n_raters,
        "coverage": covered,
        "calibrated": live & ~np.isnan(value),
        "na_disputed": disputed & (series == "self"),
        "reason": coverage.reasons(value, covered, of_peers & (n_raters == 1)),
    }
