"""Three answers about one city in words: where it stands, where self and peers part, what to
trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
from flask_babel import gettext

from benchmarks.charts import group
from benchmarks.charts.calibration import CALIBRATED
from benchmarks.charts.drawing import by_code, ends, points, role_named, score, span
from benchmarks.gaps import HIGHER, IN_LINE, LOWER
from reviews.queries.levels import WHOLE
from webapp.figures import agreement, among
from webapp.figures.cells import coded, estimate
from webapp.figures.charts import surest
from webapp.figures.findings import Answer
from webapp.papers.subjects import CityView

BY: Mapping[str, Callable[[], str]] = {
    "self": lambda: gettext("By their own account"),
    "peer": lambda: gettext("By their peers"),
    "agreed": lambda: gettext("By the levels that were agreed"),
    "peer_calibrated": lambda: gettext(
        "By their peers, with severe and lenient reviewers evened out"
    ),
}
"""Whose voice a series is, at the beginning of a sentence about several cities."""

_BY: Mapping[str, Callable[[], str]] = {
    "self": lambda: gettext("by its own account"),
    "peer": lambda: gettext("by its peers"),
    "agreed": lambda: gettext("by the levels that were agreed"),
    "peer_calibrated": lambda: gettext(
        "by its peers, with severe and lenient reviewers evened out"
    ),
}


def standing(view: CityView) -> Answer:
    """Where does the city stand? In the surest series, against its roles and the group."""
    series, labels = surest(view.result), view.labels
    own = scores_of(view, series)
    question = gettext("Where does %(city)s stand?", city=view.name)
    whole = own.get(WHOLE)
    if whole is None or pd.isna(whole["value"]):
        return Answer(question, gettext("There is no overall figure."), ())
    lead = gettext(
        "%(value)s of 100 points over all roles, %(by)s.",
        value=estimate(whole, labels),
        by=_BY[series if whole["calibrated"] or series != CALIBRATED else "peer"](),
    )
    return Answer(question, lead, tuple(_standing_facts(view, own, series)))


def _standing_facts(
    view: CityView, own: Mapping[str, Mapping[Any, Any]], series: str
) -> Iterator[str]:
    roles = {role.code: own[role.code]["value"] for role in view.questionnaire.roles
             if role.code in own}  # fmt: skip
    there = by_code(pd.Series(roles, dtype=float))
    if there:
        best, worst = ends(there)
        yield gettext(
            "Furthest as %(best)s (%(high)s), least far as %(worst)s (%(low)s).",
            best=role_named(best, view.labels),
            high=score(there[best]),
            worst=role_named(worst, view.labels),
            low=score(there[worst]),
        )
    behind = group.of_group(view.result, view.round_id, [WHOLE], series).iloc[0]
    if pd.notna(behind["median"]):
        yield gettext(
            "The median of all %(count)d cities is %(median)s.",
            count=behind["n"],
            median=points(behind["median"]),
        )
    table = among.standing(view.result, view.round_id, view.city, view.labels)
    place = next((row for row in table.rows if row[0] == role_named(WHOLE, view.labels)), None)
    if place is not None:
        yield gettext("Among all cities: %(band)s; rank %(rank)s.", band=place[2], rank=place[3])


def parting(view: CityView) -> Answer:
    """Where do the city and its peers part?"""
    question = gettext("Where do the city and its peers part?")
    gaps = view.result.gaps
    own = gaps.loc[(gaps["round"] == view.round_id) & (gaps["city"] == view.city)]
    whole = own.loc[(own["code"] == WHOLE) & own["gap"].notna()]
    if whole.empty:
        return Answer(question, gettext("There is nothing to compare."), ())
    row = whole.iloc[0]
    lead = gettext(
        "%(city)s puts itself %(size)s points %(way)s than its peers do.",
        city=view.name,
        size=points(abs(row["gap"])),
        way=gettext("lower") if row["gap"] < 0 else gettext("higher"),
    )
    facts = [_how_sure(row)]
    commitments = {one.code for one in view.questionnaire.commitments}
    column = by_code(own.loc[own["code"].isin(commitments)].set_index("code")["gap"])
    if column:
        most, least = ends(column)
        facts += [
            gettext("Widest upwards: %(what)s.", what=_gap(most, column[most], view)),
            gettext("At the other end: %(what)s.", what=_gap(least, column[least], view)),
        ]
    return Answer(question, lead, (*facts, *_usual(view)))


def _how_sure(row: pd.Series) -> str:
    if pd.isna(row["lo"]):
        return gettext("There is no interval: take no difference under five points for real.")
    sure = {
        HIGHER: gettext("the city is surely higher"),
        LOWER: gettext("the city is surely lower"),
        IN_LINE: gettext("both are in line"),
    }
    return gettext(
        "The 95 %% interval of this gap is %(lo)s to %(hi)s: %(sure)s.",
        lo=points(row["lo"], True),
        hi=points(row["hi"], True),
        sure=sure.get(
            row["label"], gettext("it is not clear whether that is more than five points")
        ),
    )


def _usual(view: CityView) -> Iterator[str]:
    """What is usual: the medians of all cities, by themselves and by their peers."""
    series = surest(view.result)
    middle = {
        each: group.of_group(view.result, view.round_id, [WHOLE], each).iloc[0]
        for each in ("self", series)
    }
    if series != "self" and all(pd.notna(row["median"]) for row in middle.values()):
        yield gettext(
            "The medians of all cities: %(own)s by themselves, %(others)s by their peers.",
            own=points(middle["self"]["median"]),
            others=points(middle[series]["median"]),
        )


def trust(view: CityView) -> Answer:
    """Can the figures be trusted?"""
    peers = scores_of(view, "peer").get(WHOLE, {})
    lead = gettext(
        "%(reviewers)d reviewers scored %(city)s independently; %(coverage)s of what applies to"
        " the city has a level.",
        reviewers=int(peers.get("n_raters", 0)),
        city=view.name,
        coverage=span([100 * float(peers.get("coverage", 0))], " %"),
    )
    facts = (
        *agreement.calibrated(view.result, view.round_id, view.labels),
        *agreement.in_short(view.result, view.round_id, view.labels),
        *_disputed(view),
    )
    return Answer(gettext("Can the figures be trusted?"), lead, facts)


def _disputed(view: CityView) -> Iterator[str]:
    leaves = {one.code for one in view.questionnaire.statements}
    scores = view.result.scores
    count = int((scores["na_disputed"] & scores["code"].isin(leaves)).sum())
    if count:
        yield gettext(
            "Statements that the city called not its competence, but its peers scored: %(count)d.",
            count=count,
        )


def scores_of(view: CityView, series: str) -> dict[str, Mapping[Any, Any]]:
    """The rows of the city's own scores in one series, by code."""
    scores = view.result.scores
    own = scores.loc[
        (scores["round"] == view.round_id)
        & (scores["city"] == view.city)
        & (scores["series"] == series)
    ]
    return {str(row["code"]): row for row in own.to_dict("records")}


def _gap(code: str, gap: float, view: CityView) -> str:
    return f"{coded(code, view.labels)} ({points(gap, True)})"
