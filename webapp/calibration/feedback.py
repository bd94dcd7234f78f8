"""What a reviewer learns after the own view of the case is in: the reference and the panel."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from models import CalibrationReview
from reviews.calibration import FEWEST_OTHERS, given_in, to_panel, to_reference
from reviews.cases import Case, Reference
from reviews.queries.calibration import Panel
from reviews.questionnaires import AskedStatement
from webapp.badges import Badge, badge_of
from webapp.calibration.words import levels_apart


@dataclass(frozen=True)
class PanelCount:
    """How many of the others gave one mark."""

    badge: Badge | None
    count: int


@dataclass(frozen=True)
class Feedback:
    """One statement: the own mark beside the reference and the panel. `others` is 0 where too
    few have submitted to show what they gave."""

    code: str
    title: str
    own: Badge | None
    reference: Badge | None
    same: bool
    why: str
    not_higher: str
    not_lower: str
    lesson: str
    panel: tuple[PanelCount, ...]
    others: int
    fewest: int = FEWEST_OTHERS

    @classmethod
    def of(
        cls, statement: AskedStatement, own: str, reference: Reference, panel: Panel
    ) -> Feedback:
        counts = panel.counts.get(statement.code, {})
        in_order = sorted(counts, key=lambda mark: (not mark.isdecimal(), mark))
        return cls(
            code=statement.code,
            title=statement.title,
            own=badge_of(own, statement),
            reference=badge_of(reference.mark, statement),
            same=own == reference.mark,
            why=reference.why,
            not_higher=reference.not_higher,
            not_lower=reference.not_lower,
            lesson=reference.lesson,
            panel=tuple(PanelCount(badge_of(mark), counts[mark]) for mark in in_order),
            others=panel.others,
        )


@dataclass(frozen=True)
class Summary:
    """All statements together, in numbers and words."""

    statements: int
    exact: int
    within_one: int
    to_reference: str
    to_panel: str

    @classmethod
    def of(cls, review: CalibrationReview, case: Case, panel: Panel) -> Summary:
        given = given_in(review)
        marks = {code: reference.mark for code, reference in case.references.items()}
        close = to_reference(given, marks)
        return cls(
            statements=close.statements,
            exact=close.exact,
            within_one=close.within_one,
            to_reference=levels_apart(close.difference),
            to_panel=levels_apart(to_panel(given, panel.counts))
            if panel.others
            else gettext("too few yet"),
        )
