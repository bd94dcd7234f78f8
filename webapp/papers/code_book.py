"""The code book: every table of a result and every column of it, with type, unit and meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from benchmarks.compute import COLUMNS
from benchmarks.frozen import STRUCTURE

TYPES = {
    "str": "string",
    "string": "string",
    "float64": "number",
    "int64": "integer",
    "Int64": "integer",
    "bool": "boolean",
}
"""The types of the tables, in the words of Table Schema."""

TABLES: dict[str, dict[str, str]] = {**COLUMNS, "structure": STRUCTURE}
"""The columns of every table of a result, with their types."""

_ABOUT = {
    "scores": lazy_gettext("Scores of each city, code and series."),
    "gaps": lazy_gettext("How far the city's own view is from its peers'."),
    "peer_stats": lazy_gettext("Figures of groups as every city may see them."),
    "ranks": lazy_gettext("Places among all cities, with what is unsure of them."),
    "sensitivity": lazy_gettext("What the doubt about a place comes from."),
    "raters": lazy_gettext("Reviewers under numbers: severity and fit."),
    "components": lazy_gettext("Parts of the review that no reviewer joins."),
    "variances": lazy_gettext("How much each source makes scores differ."),
    "reliability": lazy_gettext("How far reviewers agree."),
    "trends": lazy_gettext("Changes since the round before."),
    "anchors": lazy_gettext("Statements that both rounds asked, and how each moved."),
    "diagnostics": lazy_gettext("How codes hang together and what they weigh."),
    "structure": lazy_gettext("The codes: roles, commitments, statements, with their weights."),
}

_POINTS, _SHARE = lazy_gettext("points, 0 to 100"), lazy_gettext("share, 0 to 1")
_DIFFERENCE, _COUNT = lazy_gettext("points, -100 to 100"), lazy_gettext("count")
_RANK, _SQUARED, _NONE = lazy_gettext("place"), lazy_gettext("squared points"), ""

_COLUMNS = {
    "round": (_NONE, lazy_gettext("The round, by its word in addresses.")),
    "city": (_NONE, lazy_gettext("The city, by its word in addresses.")),
    "code": (_NONE, lazy_gettext("The role, commitment or statement; see structure.")),
    "series": (_NONE, lazy_gettext("Whose voice: self, peer, agreed or peer_calibrated.")),
    "value": (_POINTS, lazy_gettext("The score; calibrated ones may pass the ends a little.")),
    "lo": (_POINTS, lazy_gettext("Lower end of the 95 % interval.")),
    "hi": (_POINTS, lazy_gettext("Upper end of the 95 % interval.")),
    "se": (_POINTS, lazy_gettext("Standard error.")),
    "n": (_COUNT, lazy_gettext("Cities in the figure.")),
    "n_items": (_COUNT, lazy_gettext("Statements that have a level.")),
    "n_raters": (_COUNT, lazy_gettext("Reviewers.")),
    "n_cities": (_COUNT, lazy_gettext("Cities.")),
    "n_scores": (_COUNT, lazy_gettext("Scores of single statements.")),
    "n_units": (_COUNT, lazy_gettext("Statements of cities that two or more reviewers marked.")),
    "n_values": (_COUNT, lazy_gettext("Marks.")),
    "n_levels": (_COUNT, lazy_gettext("How many there are of this source.")),
    "n_anchor": (_COUNT, lazy_gettext("Statements that both rounds asked.")),
    "coverage": (_SHARE, lazy_gettext("Weight of what has a level, over what applies.")),
    "calibrated": (_NONE, lazy_gettext("Whether severe and lenient reviewers are told apart.")),
    "na_disputed": (_NONE, lazy_gettext("The city says not its competence; its peers scored.")),
    "reason": (_NONE, lazy_gettext("Why there is no figure, or none of the quartiles.")),
    "against": (_NONE, lazy_gettext("The series that self is compared with.")),
    "self": (_POINTS, lazy_gettext("The city's own score over the common statements.")),
    "other": (_POINTS, lazy_gettext("The other series over the same statements.")),
    "gap": (_DIFFERENCE, lazy_gettext("Self less other.")),
    "p_positive": (_SHARE, lazy_gettext("Probability that the gap is above zero.")),
    "label": (_NONE, lazy_gettext("What is sure: higher, lower, in line or unclear.")),
    "group": (_NONE, lazy_gettext("The group; all is all cities of the round.")),
    "group_id": (_NONE, lazy_gettext("The group; all is all cities of the round.")),
    "mean": (_POINTS, lazy_gettext("Mean of the cities, in whole points.")),
    "median": (_POINTS, lazy_gettext("Median of the cities, in whole points.")),
    "q1": (_POINTS, lazy_gettext("Lower quartile, in whole points.")),
    "q3": (_POINTS, lazy_gettext("Upper quartile, in whole points.")),
    "suppressed": (_NONE, lazy_gettext("Hidden, because it would tell too much of few cities.")),
    "rank": (_RANK, lazy_gettext("Place by the score; 1 is the highest.")),
    "rank_median": (_RANK, lazy_gettext("Middle place of the simulation.")),
    "rank_p05": (_RANK, lazy_gettext("Place that only 5 % of the draws are below.")),
    "rank_p95": (_RANK, lazy_gettext("Place that only 5 % of the draws are above.")),
    "p_top_quartile": (_SHARE, lazy_gettext("Probability of being in the first quarter.")),
    "p_best": (_SHARE, lazy_gettext("Probability of being first.")),
    "band": (_NONE, lazy_gettext("Against the median of the group: above, below, or neither.")),
    "output": (_NONE, lazy_gettext("What is explained: the score or the rank.")),
    "factor": (_NONE, lazy_gettext("Where doubt comes from: sampling, weights or method.")),
    "main_effect": (_SHARE, lazy_gettext("Part of the doubt that this source makes alone.")),
    "total_effect": (_SHARE, lazy_gettext("Part of the doubt in which this source has a share.")),
    "rater": (_NONE, lazy_gettext("The reviewer, under a number.")),
    "severity": (_DIFFERENCE, lazy_gettext("How far below others one marks; + is severe.")),
    "infit": (_NONE, lazy_gettext("Fit to the model; 1 is as expected, 0.5 to 1.5 usual.")),
    "flag": (_NONE, lazy_gettext("What is unusual about a reviewer's marks, if anything.")),
    "component": (_NONE, lazy_gettext("The part of the review, by its number.")),
    "source": (_NONE, lazy_gettext("What makes scores differ.")),
    "variance": (_SQUARED, lazy_gettext("How much it makes them differ.")),
    "role": (_NONE, lazy_gettext("The role, or overall.")),
    "metric": (_NONE, lazy_gettext("The measure of agreement.")),
    "status": (_NONE, lazy_gettext("ok, low_n (too few) or no_variance (all alike).")),
    "round_from": (_NONE, lazy_gettext("The earlier round.")),
    "round_to": (_NONE, lazy_gettext("The later round.")),
    "change": (_DIFFERENCE, lazy_gettext("Later less earlier.")),
    "linked_by": (_NONE, lazy_gettext("How the rounds hang together: identical, anchor, none.")),
    "real": (_NONE, lazy_gettext("The interval leaves out zero, and it is 5 points or more.")),
    "old": (_NONE, lazy_gettext("The statement in the earlier round.")),
    "new": (_NONE, lazy_gettext("The statement in the later round.")),
    "standardised": (_NONE, lazy_gettext("Its change in standard deviations.")),
    "distance": (_NONE, lazy_gettext("How far it moved from the others, in robust deviations.")),
    "dropped": (_NONE, lazy_gettext("Left out, because it moved by itself.")),
    "cronbach_alpha": (_NONE, lazy_gettext("Cronbach's alpha of what is below the code.")),
    "pc1_share": (_SHARE, lazy_gettext("Variance that one common direction explains.")),
    "item_rest_r": (_NONE, lazy_gettext("Correlation with the rest of its code, -1 to 1.")),
    "effective_weight": (_SHARE, lazy_gettext("Its share in the whole.")),
    "main_effect_si": (_SHARE, lazy_gettext("Variance of the code above that it explains.")),
    "parent": (_NONE, lazy_gettext("The code above.")),
    "level": (_NONE, lazy_gettext("0 the whole, 1 a role, 2 a commitment, 3 a statement.")),
    "weight": (_NONE, lazy_gettext("Its weight beside the others of the same code.")),
    "aggregation": (_NONE, lazy_gettext("The mean by which what is below is summed up.")),
}
# The same name, something else.
_IN_TABLE = {
    ("gaps", "lo"): (_DIFFERENCE, lazy_gettext("Lower end of the gap's 95 % interval.")),
    ("gaps", "hi"): (_DIFFERENCE, lazy_gettext("Upper end of the gap's 95 % interval.")),
    ("trends", "lo"): (_DIFFERENCE, lazy_gettext("Lower end of the change's 95 % interval.")),
    ("trends", "hi"): (_DIFFERENCE, lazy_gettext("Upper end of the change's 95 % interval.")),
    ("reliability", "value"): (_NONE, lazy_gettext("The measure, 1 is complete agreement.")),
    ("reliability", "lo"): (_NONE, lazy_gettext("Lower end of the 95 % interval.")),
    ("reliability", "hi"): (_NONE, lazy_gettext("Upper end of the 95 % interval.")),
    ("raters", "se"): (_DIFFERENCE, lazy_gettext("Standard error of the severity.")),
}


@dataclass(frozen=True)
class Column:
    """One column of one table."""

    table: str
    name: str
    type: str
    unit: str
    meaning: str


def about(table: str) -> str:
    """What a table holds."""
    return str(_ABOUT[table])


def columns(table: str) -> Iterator[Column]:
    """The columns of a table, in their order."""
    for name, kind in TABLES[table].items():
        unit, meaning = _IN_TABLE.get((table, name)) or _COLUMNS[name]
        yield Column(table, name, TYPES[kind], str(unit), str(meaning))


def rules() -> tuple[str, ...]:
    """What holds for all tables."""
    return (
        gettext("A city that did not agree to be named is in figures of groups only."),
        gettext("An empty cell is a figure that is not there; `reason` says why. It is not zero."),
        gettext("Points are not rounded but in figures of groups, which are whole points."),
        gettext("Differences under five points mean nothing."),
    )
