"""Who may see which part of a frozen result: a city, or everybody (METHOD 3.9).

Nothing is computed here: rows are left out, and what few people stand behind becomes a dash.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from benchmarks.result import BenchmarkResult

STATEMENT = 3
LEAST_RATERS = 2
"""Fewer reviewers than this, and a mark on one statement is one person's."""
LEAST_RANKED = 10
"""Fewer cities than this, and no city is given a place among them."""
_OF_PEERS = ("peer", "peer_calibrated")
_NUMBERS = ("value", "lo", "hi", "se")
NOTHING = float("nan")
_NUMBERS_OF_GAPS = ("other", "gap", "lo", "hi", "p_positive", "label")
_KEY = ["round", "city", "code"]


def for_city(result: BenchmarkResult, city: str) -> BenchmarkResult:
    """What the people of one city may see: its own figures, and those of groups.

    Its place among the others is there from ten cities on. Of a single statement, the peers'
    figures are there from two reviewers on (`single_rater`), and what all cities together moved
    between two rounds is not. No reviewer is.
    """
    own = _named_only(result, (city,))
    names = {city} & set(result.config.named)
    few = _of_single_raters(own)
    return replace(
        own,
        scores=_blanked(own.scores, few, own.scores["series"].isin(_OF_PEERS), _NUMBERS),
        gaps=_blanked(own.gaps, few, own.gaps["against"].isin(_OF_PEERS), _NUMBERS_OF_GAPS),
        raters=result.raters.iloc[:0],
        diagnostics=result.diagnostics.iloc[:0],
        anchors=result.anchors.assign(change=NOTHING, standardised=NOTHING, distance=NOTHING),
        config=replace(result.config, named=tuple(names), known=()),
    )


def for_everybody(result: BenchmarkResult, *, before: Collection[str] = ()) -> BenchmarkResult:
    """What the public may see: the cities that agreed to be named, and groups; no places.

    No single statements: with a report and its evidence they are for the city alone. Changes are
    there for cities that were named `before`, too, in the public figures of the earlier round: of
    any other they would tell what it had then.
    """
    own = _named_only(result, result.config.named)
    above = result.structure.loc[result.structure["level"] < STATEMENT, "code"]
    return replace(
        own,
        scores=_rows(own.scores, "code", above),
        gaps=_rows(own.gaps, "code", above),
        trends=_rows(own.trends, "city", before),
        ranks=result.ranks.iloc[:0],
        sensitivity=result.sensitivity.iloc[:0],
        raters=result.raters.iloc[:0],
        diagnostics=result.diagnostics.iloc[:0],
        anchors=result.anchors.iloc[:0],
        config=replace(result.config, known=()),
    )


def _named_only(result: BenchmarkResult, cities: Collection[str]) -> BenchmarkResult:
    ranked = result.ranks.groupby(["round", "group", "code"])["city"].transform("count")
    return replace(
        result,
        scores=_rows(result.scores, "city", cities),
        gaps=_rows(result.gaps, "city", cities),
        ranks=_rows(result.ranks.loc[ranked >= LEAST_RANKED], "city", cities),
        sensitivity=_rows(result.sensitivity, "city", cities),
        trends=_rows(result.trends, "city", cities),
    )


def _rows(table: pd.DataFrame, column: str, kept: Collection[str] | pd.Series) -> pd.DataFrame:
    return table.loc[table[column].isin(list(kept))].reset_index(drop=True)


def _of_single_raters(result: BenchmarkResult) -> pd.MultiIndex:
    """The statements (round, city, code) of which the peers' figures are one person's marks. Where
    it is one statement of a commitment, it would be what the others leave of the commitment's
    figure: the one with the fewest reviewers beside it goes as well."""
    tree, scores = result.structure, result.scores
    parent = tree.loc[tree["level"] == STATEMENT].set_index("code")["parent"]
    of_peers = (scores["series"] == "peer") & scores["value"].notna()
    marked = scores.loc[scores["code"].isin(parent.index) & of_peers, [*_KEY, "n_raters"]]
    marked = marked.assign(
        parent=marked["code"].map(parent), single=marked["n_raters"] < LEAST_RATERS
    )
    alone = marked.groupby(["round", "city", "parent"])["single"].transform("sum") == 1
    others = marked.loc[alone & ~marked["single"]].sort_values("n_raters", kind="stable")
    beside = others.drop_duplicates(["round", "city", "parent"])
    return pd.MultiIndex.from_frame(pd.concat([marked.loc[marked["single"]], beside])[_KEY])


def _blanked(
    table: pd.DataFrame, few: pd.MultiIndex, of_peers: pd.Series, numbers: Sequence[str]
) -> pd.DataFrame:
    """The table without these numbers where few people stand behind them."""
    gone = pd.MultiIndex.from_frame(table[_KEY]).isin(few) & of_peers.to_numpy(dtype=bool)
    return table.assign(
        **{name: table[name].mask(gone) for name in numbers},
        reason=table["reason"].mask(gone, "single_rater"),
    )
