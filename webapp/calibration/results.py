"""What coordinators see of the case: how many are in while it runs, how severe and how much of
one mind the reviewers are once it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import CalibrationCase, Round, RoundState, User, marks
from reviews.calibration import tally, to_panel, to_reference
from reviews.cases import Case
from reviews.policy import Action, allowed
from reviews.queries.calibration import Attendance, Submitted
from reviews.questionnaires import Questionnaire
from webapp.badges import Badge, badge_of
from webapp.calibration.feedback import PanelCount
from webapp.calibration.words import levels_apart, rounded
from webapp.clock import now


@dataclass(frozen=True)
class ReviewerLine:
    """One reviewer beside the reference and the others."""

    name: str
    exact: int
    within_one: int
    to_reference: str
    to_panel: str


@dataclass(frozen=True)
class StatementLine:
    """One statement: the city's own level, the reference, and what the panel gave."""

    code: str
    title: str
    city: Badge | None
    reference: Badge | None
    panel: tuple[PanelCount, ...]
    exact: int


@dataclass(frozen=True)
class Results:
    """A closed case. `alpha` is the panel's agreement in a number, `reading` what it allows."""

    reviewers: tuple[ReviewerLine, ...]
    lines: tuple[StatementLine, ...]
    statements: int
    alpha: str
    reading: str

    @classmethod
    def of(cls, views: Sequence[Submitted], case: Case, questionnaire: Questionnaire) -> Results:
        reference = {code: one.mark for code, one in case.references.items()}
        alpha, reading = _agreement([one.marks for one in views], case.codes)
        return cls(
            reviewers=tuple(_reviewer(one, views, reference) for one in views),
            lines=tuple(_statement(code, views, case, questionnaire) for code in case.codes),
            statements=len(case.codes),
            alpha=alpha,
            reading=reading,
        )


@dataclass(frozen=True)
class ResultsPage:
    """The coordinators' page of the case in one of its states, chosen by the name of a part."""

    title: str
    round: str
    round_slug: str
    state: str
    case_title: str
    statements: int
    may_open: bool
    may_close: bool
    opened_by: str
    opened_at: datetime | None
    closed_at: datetime | None
    changed: bool
    attendance: Attendance | None
    results: Results | None
    template: ClassVar[str] = "calibration/results.html"

    @classmethod
    def of(
        cls,
        round_: Round,
        case: Case | None,
        attendance: Attendance | None,
        results: Results | None,
        who: User,
    ) -> ResultsPage:
        opened = round_.calibration
        running = opened is not None and opened.closed_at is None
        return cls(
            title=gettext("Calibration case of the round"),
            round=round_.title,
            round_slug=round_.slug,
            state=_state(round_, case, opened),
            case_title=case.title if case else "",
            statements=len(case.codes) if case else 0,
            may_open=allowed(who, Action.CALIBRATION_OPEN, round_, now()),
            may_close=running and allowed(who, Action.CALIBRATION_CLOSE, round_, now()),
            opened_by=opened.opened_by.name if opened else "",
            opened_at=opened.opened_at if opened else None,
            closed_at=opened.closed_at if opened else None,
            changed=opened is not None and case is not None and opened.sha256 != case.sha256,
            attendance=attendance,
            results=results,
        )


def ended(case: CalibrationCase) -> bool:
    """Whether a case takes no more scores: closed itself, or with its round."""
    return case.closed_at is not None or case.round.state is RoundState.CLOSED


def _state(round_: Round, case: Case | None, opened: CalibrationCase | None) -> str:
    if case is None:
        return "unavailable"
    if opened is None:
        return "unopened"
    return "closed" if ended(opened) else "running"


def _reviewer(
    one: Submitted, views: Sequence[Submitted], reference: dict[str, str]
) -> ReviewerLine:
    close = to_reference(one.marks, reference)
    others = tally(other.marks for other in views if other is not one)
    return ReviewerLine(
        name=one.reviewer,
        exact=close.exact,
        within_one=close.within_one,
        to_reference=levels_apart(close.difference),
        to_panel=levels_apart(to_panel(one.marks, others)),
    )


def _statement(
    code: str, views: Sequence[Submitted], case: Case, questionnaire: Questionnaire
) -> StatementLine:
    statement = questionnaire.statement(code)
    counts = tally(one.marks for one in views).get(code, {})
    in_order = sorted(counts, key=lambda mark: (not mark.isdecimal(), mark))
    return StatementLine(
        code=code,
        title=statement.title if statement else "",
        city=badge_of(case.answers[code].mark),
        reference=badge_of(case.references[code].mark),
        panel=tuple(PanelCount(badge_of(mark), counts[mark]) for mark in in_order),
        exact=counts.get(case.references[code].mark, 0),
    )


def _agreement(views: Sequence[dict[str, str]], codes: Sequence[str]) -> tuple[str, str]:
    """Krippendorff's alpha over statements by reviewers, and what it allows (METHOD 3.6)."""
    if len(views) < 2:
        return "", gettext("Too few marks to say how far the reviewers agree.")
    # Loaded with the first results: pandas takes a second that no other page should wait for.
    import pandas as pd

    from benchmarks.agreement import krippendorff_alpha
    from benchmarks.summary import GOOD, TENTATIVE

    levels = [[marks.level_of(view.get(code, marks.EMPTY)) for view in views] for code in codes]
    found = krippendorff_alpha(pd.DataFrame(levels, dtype=float), "ordinal")
    if found.status == "no_variance":
        return "", gettext("All marks are alike: there is nothing to say about agreement.")
    if pd.isna(found.value):
        return "", gettext("Too few marks to say how far the reviewers agree.")
    alpha = rounded(found.value, "0.01")
    if not pd.isna(found.lo):
        alpha = gettext(
            "%(value)s (95 %% interval %(lo)s to %(hi)s)",
            value=alpha,
            lo=rounded(found.lo, "0.01"),
            hi=rounded(found.hi, "0.01"),
        )
    if found.value >= float(GOOD):
        return alpha, gettext("The reviewers agree well.")
    if found.value >= float(TENTATIVE):
        return alpha, gettext("The reviewers agree so far that a tentative comparison is possible.")
    return alpha, gettext(
        "The reviewers read the levels differently: talk about them before the reviews begin."
    )
