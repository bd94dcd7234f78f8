"""What the peers found, as points of a list: strengths first, then what to do."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten

import pandas as pd
from flask_babel import gettext

from benchmarks.charts.drawing import score
from models import FindingKind, Priority
from webapp.figures.cells import coded
from webapp.figures.charts import surest
from webapp.papers.sentences import scores_of
from webapp.papers.subjects import CityView
from webapp.report_texts import FindingText

THREE = 3
_GOOD = (FindingKind.STRENGTH, FindingKind.GOOD_PRACTICE)
_FIRST = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)


@dataclass(frozen=True)
class Point:
    """One thing worth knowing: what it is about, the words, and who should do it."""

    about: str
    text: str
    who: str = ""

    def shortened(self, most: int) -> Point:
        return Point(self.about, shorten(self.text, most, placeholder=" …"), self.who)


def strengths(view: CityView) -> tuple[Point, ...]:
    """Three strengths: what the peers say, then where the city has the most points."""
    found = [_point(one) for one in _findings(view, *_GOOD)]
    return tuple([*found, *_by_points(view, best=True)][:THREE])


def to_do(view: CityView) -> tuple[Point, ...]:
    """Three things to do: the recommendations by priority, then where the points are fewest."""
    order = {priority.value: place for place, priority in enumerate(_FIRST)}
    rows = sorted(
        (one for one in view.document["findings"] if one["kind"] == FindingKind.RECOMMENDATION),
        key=lambda one: order.get(one["priority"], len(order)),
    )
    found = [_point(FindingText.of(one, view.questionnaire)) for one in rows]
    return tuple([*found, *_by_points(view, best=False)][:THREE])


def _findings(view: CityView, *kinds: FindingKind) -> list[FindingText]:
    return [
        FindingText.of(one, view.questionnaire)
        for kind in kinds
        for one in view.document["findings"]
        if one["kind"] == kind
    ]


def _point(finding: FindingText) -> Point:
    about = f"{finding.statement} {finding.statement_title}"
    return Point(about, finding.reworded or finding.text, finding.addressee)


def _by_points(view: CityView, *, best: bool) -> list[Point]:
    series = surest(view.result)
    own = scores_of(view, series)
    there = [
        (own[one.code]["value"], one.code)
        for one in view.questionnaire.commitments
        if one.code in own and pd.notna(own[one.code]["value"])
    ]
    there.sort(key=lambda pair: pair[0], reverse=best)
    words = (
        gettext("among the highest of the city: %(points)s of 100 points")
        if best
        else gettext("among the lowest of the city: %(points)s of 100 points")
    )
    return [
        Point(coded(code, view.labels), words % {"points": score(value)}) for value, code in there
    ]
