"""BenchmarkResult: the output tables, and the hashes that say what they were made of."""

import hashlib
from dataclasses import dataclass

import pandas as pd

from benchmarks.config import BenchmarkConfig

# The surest last.
SERIES = ("self", "peer", "agreed", "peer_calibrated")

SCORES = {
    "round": "str",
    "city": "str",
    "code": "str",
    "series": "str",
    "value": "float64",
    "lo": "float64",
    "hi": "float64",
    "se": "float64",
    "n_items": "int64",
    "n_raters": "int64",
    "coverage": "float64",
    "calibrated": "bool",
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
    "lo": "float64",
    "hi": "float64",
    "p_positive": "float64",
    "label": "string",
    "n_items": "int64",
    "coverage": "float64",
    "reason": "string",
}
PEER_STATS = {
    "round": "str",
    "group_id": "str",
    "code": "str",
    "series": "str",
    "n": "int64",
    "mean": "float64",
    "median": "float64",
    "q1": "float64",
    "q3": "float64",
    "suppressed": "bool",
    "reason": "string",
}
RELIABILITY = {
    "round": "str",
    "role": "str",
    "metric": "str",
    "value": "float64",
    "lo": "float64",
    "hi": "float64",
    "n_units": "int64",
    "n_raters": "int64",
    "n_values": "int64",
    "status": "str",
}
DIAGNOSTICS = {
    "round": "str",
    "code": "str",
    "cronbach_alpha": "float64",
    "pc1_share": "float64",
    "item_rest_r": "float64",
    "effective_weight": "float64",
    "main_effect_si": "float64",
}


@dataclass(frozen=True)
class BenchmarkResult:
    """What one benchmark found (METHOD 2); points are unrounded, NaN where `reason` says why.

    scores       round, city, code, series: value 0..100 (calibrated ones may pass the ends a
                 little), lo, hi (95 %), se, n_items, n_raters, coverage 0..1, calibrated,
                 na_disputed, reason. Every code asked in the round, all series.
    gaps         round, city, code: against {peer_calibrated, agreed}, self, other, gap (self less
                 other), lo, hi, p_positive, label {higher, lower, in line, unclear}, n_items,
                 coverage, reason.
    peer_stats   round, group_id, code (down to commitments), series: n, mean, median, q1, q3 in
                 whole points, suppressed, reason; what every city of the round may see.
    ranks        round, group, city, code (whole and roles): rank, rank_median, rank_p05,
                 rank_p95, p_top_quartile, p_best, band.
    sensitivity  round, city, code, output {score, rank}, factor {sampling, weights, method}:
                 main_effect, total_effect: what the doubt about a place comes from.
    raters       round, rater: severity, se, n_scores, n_cities, infit, component, flag.
    components   round, component of the review: n_cities, n_raters, n_scores, calibrated, reason.
    variances    round, source {city, city:role, rater, statement, city:rater, residual}:
                 variance.
    reliability  round, role (or the whole), metric: value, lo, hi, n_units, n_raters, n_values,
                 status {ok, low_n, no_variance}.
    trends       city, code (down to commitments), round_from, round_to: change, lo, hi,
                 linked_by, n_anchor, real, reason.
    anchors      code, round_from, round_to, old, new: how each anchor moved, and if it was dropped.
    diagnostics  round, code: cronbach_alpha, pc1_share, item_rest_r, effective_weight,
                 main_effect_si.
    structure    code, parent, level (0 overall, 1 role, 2 commitment, 3 statement), weight,
                 aggregation, effective_weight; in the order of the charter.
    Scores and gaps are ordered by round, city, the structure and the series. Tables with a city
    or a rater are the coordinators' until a city consents; `peer_stats` is for every city.
    """

    scores: pd.DataFrame
    gaps: pd.DataFrame
    peer_stats: pd.DataFrame
    ranks: pd.DataFrame
    sensitivity: pd.DataFrame
    raters: pd.DataFrame
    components: pd.DataFrame
    variances: pd.DataFrame
    reliability: pd.DataFrame
    trends: pd.DataFrame
    anchors: pd.DataFrame
    diagnostics: pd.DataFrame
    structure: pd.DataFrame
    config: BenchmarkConfig
    config_hash: str
    data_hash: str
    seed: int
    method_version: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name, as they are written to files."""
        return {
            "scores_out": self.scores,
            "gaps": self.gaps,
            "peer_stats": self.peer_stats,
            "ranks": self.ranks,
            "sensitivity": self.sensitivity,
            "raters": self.raters,
            "components": self.components,
            "variances": self.variances,
            "reliability": self.reliability,
            "trends": self.trends,
            "anchors": self.anchors,
            "diagnostics": self.diagnostics,
            "structure": self.structure,
        }

    @property
    def result_hash(self) -> str:
        """SHA-256 of all that determines the tables: a key under which pictures may be kept."""
        parts = (self.config_hash, self.data_hash, str(self.seed), self.method_version)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def framed(parts: list[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    """The parts one below the other with these columns and types, also where there are none."""
    full = [part for part in parts if len(part)]
    table = pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=list(columns))
    return table[list(columns)].astype(columns)
