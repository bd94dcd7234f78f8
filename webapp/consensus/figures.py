"""How far one team agrees: counted, as one number with its words, and reviewer by reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import pandas as pd
from flask_babel import gettext, ngettext

from benchmarks.agreement import Agreement, krippendorff_alpha
from benchmarks.summary import band
from models import marks
from reviews.consensus import Divergence
from reviews.queries.scores import TeamReview
from reviews.questionnaires import Questionnaire


@dataclass(frozen=True)
class Apart:
    """On how many statements of a role, or of all, the levels of a team lie how far apart;
    `none` are those without two levels to compare."""

    title: str
    statements: int
    same: int
    one: int
    more: int
    none: int

    @classmethod
    def of(cls, title: str, rows: Sequence[Divergence]) -> Apart:
        kinds = [_kind(row) for row in rows]
        return cls(title, len(rows), *(kinds.count(one) for one in ("same", "one", "more", "none")))


@dataclass(frozen=True)
class Distance:
    """How far one reviewer's levels lie from the middle of the team's, in levels; `lean` says on
    which side."""

    name: str
    lead: bool
    distance: str
    lean: str


@dataclass(frozen=True)
class Figures:
    apart: tuple[Apart, ...]
    alpha: str
    allows: str
    rough: str
    distances: tuple[Distance, ...]

    @classmethod
    def of(
        cls, questionnaire: Questionnaire, team: Sequence[TeamReview], rows: Sequence[Divergence]
    ) -> Figures:
        """The figures of a team from its marks, with `rows` in any order."""
        in_order = {row.statement.id: row for row in rows}
        alpha = _alpha(in_order[one.id] for one in questionnaire.statements)
        return cls(
            apart=(
                Apart.of(gettext("All statements"), rows),
                *(
                    Apart.of(role.title, [in_order[one.id] for one in role.statements])
                    for role in questionnaire.roles
                ),
            ),
            alpha=_number(alpha),
            allows=_allows(alpha),
            rough=ngettext(
                "With %(num)d reviewer this number is rough: a few marks change it much.",
                "With %(num)d reviewers this number is rough: a few marks change it much.",
                len(team),
            ),
            distances=_distances(team, rows),
        )


def _kind(row: Divergence) -> str:
    if row.spread is None:
        # All alike without a level: not the city's competence.
        return "same" if len(row.marks) > 1 and row.unanimous is not None else "none"
    return "same" if row.spread == 0 else "one" if row.spread == 1 else "more"


def _alpha(rows: Iterable[Divergence]) -> Agreement:
    """Krippendorff's alpha, ordinal, of statements by reviewers (METHOD 3.6)."""
    levels = pd.DataFrame(
        [[marks.level_of(mark) for mark in row.marks] for row in rows], dtype=float
    )
    return krippendorff_alpha(levels, "ordinal")


def _number(alpha: Agreement) -> str:
    if alpha.status != "ok":
        return ""
    if alpha.lo != alpha.lo:
        return _shown(alpha.value)
    return gettext(
        "%(value)s (95 %% interval: %(lo)s to %(hi)s)",
        value=_shown(alpha.value),
        lo=_shown(alpha.lo),
        hi=_shown(alpha.hi),
    )


def _allows(alpha: Agreement) -> str:
    """What the number allows, in the words of the method."""
    if alpha.status == "no_variance":
        return gettext("all marks alike: nothing to say")
    if alpha.status != "ok":
        return gettext("too few marks to say")
    words = {"good": gettext("good"), "tentative": gettext("tentative")}
    return words.get(band(alpha.value), gettext("do not compare cities on this"))


def _distances(team: Sequence[TeamReview], rows: Sequence[Divergence]) -> tuple[Distance, ...]:
    middles = [median(row.levels) if len(row.levels) > 1 else None for row in rows]
    return tuple(_distance(one, place, rows, middles) for place, one in enumerate(team))


def _distance(
    review: TeamReview,
    place: int,
    rows: Sequence[Divergence],
    middles: Sequence[float | None],
) -> Distance:
    away = [
        level - middle
        for row, middle in zip(rows, middles, strict=True)
        if middle is not None and (level := marks.level_of(row.marks[place])) is not None
    ]
    if not away:
        return Distance(review.reviewer, review.lead, "", gettext("nothing to compare"))
    return Distance(
        name=review.reviewer,
        lead=review.lead,
        distance=_shown(fmean(map(abs, away))),
        lean=_lean(fmean(away)),
    )


def _lean(mean: float) -> str:
    shown = _shown(abs(mean))
    if shown == _shown(0):
        return gettext("on neither side")
    if mean > 0:
        return gettext("%(levels)s above", levels=shown)
    return gettext("%(levels)s below", levels=shown)


def _shown(value: float) -> str:
    return f"{value + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")
