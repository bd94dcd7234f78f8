"""What the start page, the help and the registry of the Charter show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Assignment, AssignmentState, CityRole, Phase, User
from reviews import reports
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.queries.calibration import CaseTask
from reviews.queries.reports import PublishedRound
from reviews.queries.work import CityTask, RoundTask
from reviews.registry import Registry
from webapp.clock import now
from webapp.words import phase_words, round_words


@dataclass(frozen=True)
class WelcomePage:
    title: str
    published: tuple[PublishedRound, ...]
    template: ClassVar[str] = "home/welcome.html"


@dataclass(frozen=True)
class ReviewTask:
    """One review of the person, as a line of the start page."""

    id: int
    city: str
    round: str
    due: datetime
    state: str
    invited: bool
    consensus: bool
    report: bool
    round_slug: str
    city_slug: str

    @classmethod
    def of(cls, assignment: Assignment) -> ReviewTask:
        assessment = assignment.assessment
        return cls(
            id=assignment.id,
            city=assessment.city.name,
            round=assessment.round.title,
            due=assessment.round.reviews_due,
            state=_REVIEW_WORDS[assignment.state](),
            invited=assignment.state is AssignmentState.INVITED,
            consensus=allowed(assignment.reviewer, Action.CONSENSUS_READ, assessment, now()),
            report=allowed(assignment.reviewer, Action.REPORT_READ, assessment, now()),
            round_slug=assessment.round.slug,
            city_slug=assessment.city.slug,
        )


_REVIEW_WORDS = {
    AssignmentState.INVITED: lambda: gettext("Invitation to answer"),
    AssignmentState.ACCEPTED: lambda: gettext("Not started"),
    AssignmentState.DRAFTING: lambda: gettext("In progress"),
    AssignmentState.SUBMITTED: lambda: gettext("Submitted"),
}


@dataclass(frozen=True)
class CityLine:
    """A city's assessment in a round, as a line of the start page."""

    city: str
    round: str
    round_slug: str
    city_slug: str
    state: str
    answered: int
    statements: int
    due: datetime
    open: bool
    to_sign: bool
    reply_due: datetime | None
    may_read_plan: bool

    @classmethod
    def of(cls, task: CityTask, who: User) -> CityLine:
        assessment = task.assessment
        signatory = any(
            one.city is assessment.city and one.role is CityRole.SIGNATORY
            for one in who.city_memberships
        )
        return cls(
            city=assessment.city.name,
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city_slug=assessment.city.slug,
            state=phase_words(phase(assessment)),
            answered=task.answered,
            statements=task.statements,
            due=assessment.round.answers_due,
            open=phase(assessment) in (Phase.DRAFT, Phase.LOCKED),
            to_sign=signatory and allowed(who, Action.ASSESSMENT_SIGN, assessment, now()),
            reply_due=_reply_due(assessment, who),
            may_read_plan=allowed(who, Action.PLAN_READ, assessment, now()),
        )


def _reply_due(assessment: Assessment, who: User) -> datetime | None:
    """Until when the city can reply to its report, for whoever may write or sign that reply."""
    report, at = assessment.report, now()
    may = any(allowed(who, one, assessment, at) for one in (Action.REPLY_WRITE, Action.REPLY_SIGN))
    if report is None or not may or reports.reply_is_over(report, at):
        return None
    return report.reply_due


@dataclass(frozen=True)
class RoundLine:
    """A round of a coordinator, as a line of the start page."""

    slug: str
    title: str
    state: str
    cities: int
    answers_due: datetime

    @classmethod
    def of(cls, task: RoundTask) -> RoundLine:
        return cls(task.slug, task.title, round_words(task.state), task.cities, task.answers_due)


@dataclass(frozen=True)
class CalibrationLine:
    """A calibration case that the person scores, or whose feedback there is to read."""

    round: str
    round_slug: str
    state: str
    submitted: bool

    @classmethod
    def of(cls, task: CaseTask) -> CalibrationLine:
        if task.submitted:
            state = gettext("Feedback is there")
        else:
            state = gettext("In progress") if task.begun else gettext("Not started")
        return cls(task.round, task.round_slug, state, task.submitted)


@dataclass(frozen=True)
class HomePage:
    title: str
    cities: tuple[CityLine, ...]
    calibrations: tuple[CalibrationLine, ...]
    reviews: tuple[ReviewTask, ...]
    rounds: tuple[RoundLine, ...]
    may_create_round: bool
    template: ClassVar[str] = "home/home.html"

    @classmethod
    def of(
        cls,
        who: User,
        cities: Sequence[CityTask],
        reviews: Sequence[Assignment],
        rounds: Sequence[RoundTask],
        calibrations: Sequence[CaseTask],
    ) -> HomePage:
        return cls(
            title=gettext("My tasks"),
            cities=tuple(CityLine.of(task, who) for task in cities),
            calibrations=tuple(map(CalibrationLine.of, calibrations)),
            reviews=tuple(map(ReviewTask.of, reviews)),
            rounds=tuple(map(RoundLine.of, rounds)),
            may_create_round=allowed(who, Action.ROUND_CREATE, None, now()),
        )


@dataclass(frozen=True)
class HelpPage:
    title: str
    template: ClassVar[str] = "home/help.html"


@dataclass(frozen=True)
class CharterPage:
    title: str
    registry: Registry
    template: ClassVar[str] = "home/charter.html"
