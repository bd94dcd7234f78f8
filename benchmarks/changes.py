"""What changed from one round to the next, for every code down to commitments (METHOD 3.10)."""

from dataclasses import dataclass

import pandas as pd

from benchmarks import aggregate, rounds, trends
from benchmarks.calibrated import Calibrated
from benchmarks.config import BenchmarkConfig
from benchmarks.result import framed
from benchmarks.rounds import COMMITMENT, HEADLINE, Round, Series

ANCHORS = {"code": "str", "round_from": "str", "round_to": "str", **trends.ANCHORS}
KEY = ["city", "role", "statement", "rater", "value"]


@dataclass(frozen=True)
class Side:
    """One of the two rounds: items (cities by statements) and scores (cities by codes), points."""

    items: pd.DataFrame
    value: pd.DataFrame


def changes(
    old: tuple[Round, Series],
    new: tuple[Round, Series],
    structure: pd.DataFrame,
    statements: pd.DataFrame,
    config: BenchmarkConfig,
) -> dict[str, pd.DataFrame]:
    """The tables `trends` and `anchors` of two rounds with their scores.

    Where reviewers of the one round return in the other, both are calibrated once more as one, so
    that a city is not taken to have changed because its reviewers did; else each keeps its own.
    """
    before, after = old[0], new[0]
    sides, se = _together(before, after, structure, config) or _apart(old, new)
    sides = [
        Side(side.items, side.value.where(rounds.values(this, found, HEADLINE).notna()))
        for side, (this, found) in zip(sides, (old, new), strict=True)
    ]
    under = [aggregate.leaves(each.structure) for each in (before, after)]
    weights = pd.concat([aggregate.effective_weights(each.structure) for each in (before, after)])
    weights = weights.loc[~weights.index.duplicated()]
    tree = before.structure
    parts: dict[str, list[pd.DataFrame]] = {"trends": [], "anchors": []}
    for code in tree.loc[(tree["level"] <= COMMITMENT) & tree["code"].isin(under[1]), "code"]:
        asked = [each[code] for each in under]
        link = trends.link(
            sides[0].items[asked[0]],
            sides[1].items[asked[1]],
            _anchors(statements, *asked),
            weights,
            scores=(sides[0].value[code], sides[1].value[code]),
            se=se[code],
            threshold=config.threshold,
            code=str(code),
            round_from=before.name,
            round_to=after.name,
        )
        parts["trends"].append(link.trends)
        parts["anchors"].append(
            link.anchors.assign(code=code, round_from=before.name, round_to=after.name)
        )
    return {
        "trends": framed(parts["trends"], trends.TRENDS),
        "anchors": framed(parts["anchors"], ANCHORS),
    }


def _apart(old: tuple[Round, Series], new: tuple[Round, Series]) -> tuple[list[Side], pd.DataFrame]:
    """Each round as it was calibrated by itself; the two err independently."""
    sides = [
        Side(this.marks[HEADLINE], rounds.values(this, found, HEADLINE))
        for this, found in (old, new)
    ]
    first, second = (rounds.values(this, found, HEADLINE, "se") for this, found in (old, new))
    return sides, (first**2 + second**2) ** 0.5


def _together(
    before: Round, after: Round, structure: pd.DataFrame, config: BenchmarkConfig
) -> tuple[list[Side], pd.DataFrame] | None:
    """Both rounds on one scale; None where no chain of reviewers joins all of their cities."""
    if not set(before.peers.marks["rater"]) & set(after.peers.marks["rater"]):
        return None
    both = [_renamed(each) for each in (before, after)]
    tree = aggregate.prune(structure, [*before.applicable.columns, *after.applicable.columns])
    inner = set(tree["parent"])
    leaves = [code for code in tree["code"] if code not in inner]
    peers = Calibrated.of(
        pd.concat([marks for marks, _ in both], ignore_index=True),
        tree,
        pd.concat([grid for _, grid in both]).reindex(columns=leaves).eq(True),
        config,
    )
    marked = peers.live.loc[peers.items.notna().any(axis=1)]
    if not marked.all() or peers.components().nunique() > 1:
        return None
    scored = peers.over(peers.applicable)
    sides = []
    for this in (before, after):
        rows = [_name(this, city) for city in this.cities]
        sides.append(
            Side(
                peers.items.loc[rows, this.applicable.columns].set_axis(this.cities),
                scored.value.loc[rows].set_axis(this.cities),
            )
        )
    again = [city for city in before.cities if city in set(after.cities)]
    named = [[_name(this, city) for city in again] for this in (before, after)]
    return sides, peers.of_change(scored, *named).set_axis(again)


def _name(this: Round, city: str) -> str:
    return f"{this.name}\0{city}"


def _renamed(this: Round) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The marks and what applies, under names that tell the rounds apart."""
    marks = this.peers.marks[KEY]
    named = {city: _name(this, city) for city in this.cities}
    return marks.assign(city=marks["city"].map(named)), this.applicable.rename(index=named)


def _anchors(statements: pd.DataFrame, old: list[str], new: list[str]) -> dict[str, str]:
    """The statements that ask the same in both rounds: old to new."""
    anchor = dict(zip(statements["statement_id"], statements["anchor_id"], strict=True))
    again = {anchor[code] or code: code for code in new}
    return {code: again[anchor[code] or code] for code in old if (anchor[code] or code) in again}
