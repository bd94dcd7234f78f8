"""What would raise the score most: one level more at one statement, and what that would bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from flask_babel import gettext

from benchmarks import contributions
from benchmarks.charts.drawing import named, role_named
from reviews.queries.levels import WHOLE
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.figures.cells import finer
from webapp.figures.making import Subject

MOST = 5
AGREED, OWN = "agreed", "self"


@dataclass(frozen=True)
class Raise:
    """One statement: where it stands, what the next level asks, and what it would bring."""

    code: str
    title: str
    address: str
    sentence: str
    next_level: int
    next_text: str


@dataclass(frozen=True)
class Raising:
    """The section on the page; without lines `why_not` says why there are none."""

    lead: str
    lines: tuple[Raise, ...]
    why_not: str


def raising(about: Subject, questionnaire: Questionnaire, address: Callable[[str], str]) -> Raising:
    """The statements at which one level more would bring the whole most, by agreed levels, or by
    the city's own where none are agreed."""
    series = AGREED if _has(about, AGREED) else OWN
    if not _has(about, series):
        return Raising("", (), gettext("There is no figure of the whole to raise."))
    asked = {one.code: one for one in questionnaire.statements}
    levels = _levels(about, series)
    ahead = {
        code: found
        for code, level in levels.items()
        if code in asked and (found := _next(asked[code], level)) is not None
    }
    steps = {code: about.scale.step(levels[code], found[0]) for code, found in ahead.items()}
    table = contributions.raised(about.result, about.round_id, about.city, series, steps)
    lines = tuple(
        Raise(
            code=row["code"],
            title=asked[row["code"]].title,
            address=address(row["code"]),
            sentence=gettext(
                "If %(code)s were at level %(next)d instead of %(now)d, the whole would gain"
                " %(whole)s points, and %(role)s %(of_role)s.",
                code=row["code"],
                next=ahead[row["code"]][0],
                now=levels[row["code"]],
                whole=finer(row["whole_gain"]),
                role=role_named(row["role"], about.labels),
                of_role=finer(row["role_gain"]),
            ),
            next_level=ahead[row["code"]][0],
            next_text=ahead[row["code"]][1],
        )
        for row in table.head(MOST).to_dict("records")
    )
    lead = gettext(
        "By weight alone, in the series %(series)s: a statement counts most where few others stand"
        " beside it. Of equal gains, the lowest level comes first. It says what counts, not what is"
        " easiest or most needed.",
        series=named(series, about.labels),
    )
    return Raising(lead, lines, "" if lines else gettext("Every level is the highest there is."))


def _has(about: Subject, series: str) -> bool:
    return bool(pd.notna(_values(about, series).get(WHOLE, float("nan"))))


def _values(about: Subject, series: str) -> dict[str, float]:
    t = about.result.scores
    own = t.loc[
        (t["round"] == about.round_id) & (t["city"] == about.city) & (t["series"] == series)
    ]
    return dict(zip(own["code"], own["value"], strict=True))


def _levels(about: Subject, series: str) -> dict[str, int]:
    """The level of each statement that has one."""
    tree = about.result.structure
    leaves = set(tree.loc[tree["level"] == contributions.STATEMENT, "code"])
    scale = about.scale
    return {
        code: round(scale.lowest + value * (scale.highest - scale.lowest) / 100)
        for code, value in _values(about, series).items()
        if code in leaves and pd.notna(value)
    }


def _next(statement: AskedStatement, level: int) -> tuple[int, str] | None:
    """The next level up, with its text."""
    higher = [found for found in statement.levels if found[0] > level]
    return min(higher, default=None)
