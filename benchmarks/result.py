"""BenchmarkResult: the output tables, and the hashes that say what they were made of."""

import hashlib
from dataclasses import dataclass

import pandas as pd

from benchmarks.config import BenchmarkConfig

SERIES = ("self", "peer", "agreed")

SCORES = {
    "round": "str",
    "city": "str",
    "code": "str",
    "series": "str",
    "value": "float64",
    "n_items": "int64",
    "n_raters": "int64",
    "coverage": "float64",
    "na_disputed": "bool",
    "reason": "string",
}
GAPS = {
    "round": "str",
    "city": "str",
    "code": "str",
    "against": "str",
    "self": "float64",
    "other": "float64",
    "gap": "float64",
    "n_items": "int64",
    "coverage": "float64",
    "reason": "string",
}


@dataclass(frozen=True)
class BenchmarkResult:
    """What one benchmark found (METHOD 2); points are unrounded, NaN where `reason` says why.

    scores     round, city, code, series {self, peer, agreed}: value 0..100, n_items, n_raters,
               coverage 0..1, na_disputed, reason. Every code asked in the round, all series.
    gaps       round, city, code: against {agreed, peer}, self, other, gap, n_items, coverage,
               reason.
    structure  code, parent, level (0 overall, 1 role, 2 commitment, 3 statement), weight,
               aggregation, effective_weight; in the order of the charter.
    Rows are ordered by round, city, the structure and the series.
    """

    scores: pd.DataFrame
    gaps: pd.DataFrame
    structure: pd.DataFrame
    config: BenchmarkConfig
    config_hash: str
    data_hash: str
    seed: int
    method_version: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name, as they are written to files."""
        return {"scores_out": self.scores, "gaps": self.gaps, "structure": self.structure}

    @property
    def result_hash(self) -> str:
        """SHA-256 of all that determines the tables: a key under which pictures may be kept."""
        parts = (self.config_hash, self.data_hash, str(self.seed), self.method_version)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def framed(parts: list[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    """The parts one below the other with these columns and types, also where there are none."""
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return table[list(columns)].astype(columns)
