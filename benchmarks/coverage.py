"""What applies to a city, what is missing, and why a number is not there (METHOD 3.2)."""

import numpy as np
import pandas as pd

KEY = ["round", "city", "code"]
VOTES = [
    f"{source}_{status}" for source in ("self", "peer", "agreed") for status in ("na", "scored")
]


def applicability(scores: pd.DataFrame, na_share: float = 1 / 2) -> pd.DataFrame:
    """For each statement somebody answered: does it apply, and is the city's "n/a" disputed?

    Takes the checked `scores`; gives round, city, code, applicable bool, na_disputed bool.
    A statement does not apply when `na_share` of those who answered say so. A city's own "n/a"
    is no such vote where most of its peers gave a mark, or the agreed level is one: it is then
    disputed, and missing. What the peer team agreed settles the matter either way.
    """
    rows = scores.rename(columns={"round_id": "round", "city_id": "city", "statement_id": "code"})
    rows = rows.loc[rows["status"] != "missing"]
    kind = pd.Categorical(rows["source"] + "_" + rows["status"], categories=VOTES)
    votes = pd.get_dummies(pd.Series(kind, index=rows.index), dtype=int)
    said = votes.groupby([rows[name] for name in KEY], sort=True).sum()
    peers = said["peer_na"] + said["peer_scored"]
    agreed_scored = said["agreed_scored"] > 0
    disputed = (said["self_na"] > 0) & (agreed_scored | (2 * said["peer_scored"] > peers))
    own_na = said["self_na"].where(~disputed, 0)
    answered = own_na + said["self_scored"] + peers
    against = (answered > 0) & (own_na + said["peer_na"] >= na_share * answered)
    applies = ~((said["agreed_na"] > 0) | (against & ~agreed_scored))
    return pd.DataFrame({"applicable": applies, "na_disputed": disputed}).reset_index()


def reasons(value: np.ndarray, coverage: np.ndarray, lone: np.ndarray) -> np.ndarray:
    """Why a value is not there, or what to bear in mind: one word, None where all is well.

    Arrays of one shape: value (points, NaN where there is none), coverage (0..1, NaN where
    nothing applies), lone (bool: one reviewer only).
    """
    none = np.isnan(value)
    words: np.ndarray = np.select(
        [np.isnan(coverage), none & (coverage == 0), none, lone],
        ["not_applicable", "no_data", "low_coverage", "single_rater"],
        default="",
    ).astype(object)
    words[words == ""] = None
    return words
