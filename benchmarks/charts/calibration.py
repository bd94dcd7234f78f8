"""What a chart says of calibration: whether it was done, what its bars mean, why it was not."""

import pandas as pd

from benchmarks.charts.drawing import Labels, named
from benchmarks.result import BenchmarkResult

CALIBRATED = "peer_calibrated"
BARS = ("Bars", "95 % intervals, valid for differences between cities")
LEVEL = ("Level", "relative to the pool of reviewers")


def is_calibrated(scores: pd.DataFrame) -> bool:
    """Whether any of these rows of `scores` is."""
    return bool(scores["calibrated"].any())


def marked(rows: pd.DataFrame) -> pd.DataFrame:
    """What gets a mark: not what stands in for a calibrated score, the peers' mean once more."""
    true = (rows["series"] != CALIBRATED) | rows["calibrated"].astype("boolean")
    return rows.loc[rows["value"].notna() & true.fillna(False).astype(bool)]


def labelled(scores: pd.DataFrame, labels: Labels | None) -> Labels:
    """The labels, in which what could not be calibrated is not called calibrated."""
    kept = dict(labels or {})
    if not is_calibrated(scores):
        kept[CALIBRATED] = named("not_calibrated", labels)
    return kept


def caption(
    result: BenchmarkResult, round_id: str, scores: pd.DataFrame, labels: Labels | None
) -> tuple[tuple[str, str], ...]:
    """What the calibrated scores drawn are worth; nothing where there are none at all."""
    rows = scores.loc[(scores["series"] == CALIBRATED) & scores["value"].notna()]
    cities = rows["city"].nunique()
    live = rows.loc[rows["calibrated"], "city"].nunique()
    said: list[tuple[str, str]] = [LEVEL] if live else []
    if live < cities:
        how_many = f"{cities - live} of {cities} cities, " if live else ""
        why = why_not(result, round_id, labels)
        said.append(("Not calibrated", f"{how_many}{why}; the peers' plain mean stands"))
    n_parts = int((result.components["round"] == round_id).sum())
    if live and n_parts > 1:
        said.append(("Parts", f"{n_parts} without a reviewer in common: compare within one only"))
    return tuple(said)


def why_not(result: BenchmarkResult, round_id: str, labels: Labels | None) -> str:
    """Why cities of a round are not calibrated, in words."""
    parts = result.components.loc[result.components["round"] == round_id]
    reasons = parts.loc[~parts["calibrated"], "reason"].dropna()
    return ", ".join(named(str(each), labels) for each in reasons.unique())
