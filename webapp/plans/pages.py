"""What the pages of a plan show. What a city has not finished answering is for the city alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from flask_babel import gettext, lazy_gettext

from models import Assessment, PlanItem, PlanResponse, PlanStatus, PlanUpdate, Priority, Round, User
from reviews import plans
from reviews.errors import RuleBroken, Stale
from reviews.plans import OPEN, Line, Standing, Summary
from reviews.policy import Action, allowed
from reviews.queries.plans import CityPlan
from reviews.saving import Sent
from webapp import saved_sheets
from webapp.clock import now
from webapp.days import day_of
from webapp.places import Place
from webapp.saved_sheets import SavedSheet
from webapp.words import (
    plan_response_words,
    plan_status_words,
    priority_words,
    standing_words,
)
from webapp.worksheets import NO_ATTEMPT, Attempt


@dataclass(frozen=True)
class UpdateLine:
    """How far an action was on one day; a `review` is the word of the peers or coordinators."""

    words: str
    text: str
    by: str
    at: datetime
    review: bool

    @classmethod
    def of(cls, update: PlanUpdate) -> UpdateLine:
        return cls(
            words=plan_status_words(update.status),
            text=update.text,
            by=update.by.name,
            at=update.at,
            review=update.review,
        )


@dataclass(frozen=True)
class ItemLine:
    """A recommendation with the city's answer, as far as the person may read it."""

    place: int
    statement: str
    text: str
    priority: str
    addressee: str
    state: Standing
    words: str
    overdue: bool
    response: str
    action: str
    owner: str
    due: date | None
    updates: tuple[UpdateLine, ...]

    @property
    def id(self) -> str:
        return f"F{self.place}"

    @classmethod
    def of(cls, line: Line, *, whole: bool) -> ItemLine:
        """`whole`: also what the city has begun to answer."""
        one, item = line.recommendation, line.item
        shown = item if item is not None and (whole or plans.answered(item)) else None
        return cls(
            place=one.place,
            statement=one.statement,
            text=one.text,
            priority=priority_words(Priority(one.priority)) if one.priority else "",
            addressee=one.addressee,
            state=line.standing,
            words=standing_words(line.standing),
            overdue=plans.overdue(item, day_of(now())),
            response=(
                plan_response_words(PlanResponse(shown.response))
                if shown and shown.response
                else ""
            ),
            action=shown.action if shown else "",
            owner=shown.owner if shown else "",
            due=date.fromisoformat(shown.due) if shown and shown.due else None,
            updates=tuple(map(UpdateLine.of, item.updates)) if item else (),
        )


FILTERS = {
    "all": lazy_gettext("All"),
    "unanswered": lazy_gettext("Not answered"),
    "open": lazy_gettext("Open"),
    "overdue": lazy_gettext("Overdue"),
    "done": lazy_gettext("Done"),
}
"""What may follow `?show=`, in words."""


@dataclass(frozen=True)
class Filter:
    name: str
    words: str
    count: int
    chosen: bool


def _in(name: str, lines: Iterable[ItemLine]) -> tuple[ItemLine, ...]:
    chosen = {
        "all": lambda one: True,
        "unanswered": lambda one: one.state is Standing.UNANSWERED,
        "open": lambda one: one.state in OPEN,
        "overdue": lambda one: one.overdue,
        "done": lambda one: one.state is Standing.DONE,
    }[name]
    return tuple(filter(chosen, lines))


@dataclass(frozen=True)
class ReviewClock:
    """When the plan is looked at again, and how many recommendations were."""

    due: datetime
    now_due: bool
    reviewed: int

    @classmethod
    def of(cls, plan: CityPlan, summary: Summary) -> ReviewClock:
        due = plans.review_due(plan.first.published_at)
        missing = summary.reviewed < summary.recommendations
        return cls(due=due, now_due=missing and due <= now(), reviewed=summary.reviewed)


@dataclass(frozen=True)
class PlanPage:
    """All recommendations of a city's report, and what it does about them."""

    title: str
    place: Place
    published_at: datetime
    summary: Summary
    review: ReviewClock
    filters: tuple[Filter, ...]
    items: tuple[ItemLine, ...]
    may_write: bool
    may_review: bool
    of_the_city: bool
    template: ClassVar[str] = "plans/plan.html"

    @classmethod
    def of(cls, plan: CityPlan, who: User, *, show: str) -> PlanPage:
        assessment, at = plan.assessment, now()
        of_the_city = _of_the_city(who, assessment)
        lines = tuple(ItemLine.of(one, whole=of_the_city) for one in plan.lines)
        summary = Summary.of(plan.lines, day_of(at))
        return cls(
            title=gettext("Plan of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            published_at=plan.first.published_at,
            summary=summary,
            review=ReviewClock.of(plan, summary),
            filters=tuple(
                Filter(name, str(words), len(_in(name, lines)), chosen=name == show)
                for name, words in FILTERS.items()
            ),
            items=_in(show, lines),
            may_write=allowed(who, Action.PLAN_WRITE, assessment, at),
            may_review=allowed(who, Action.PLAN_REVIEW, assessment, at),
            of_the_city=of_the_city,
        )


def _of_the_city(who: User, assessment: Assessment) -> bool:
    return allowed(who, Action.ASSESSMENT_READ, assessment, now())


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Progress:
    """What was typed about the progress of an action, and why it was refused, if it was."""

    status: str = ""
    text: str = ""
    problem: str = ""
    field: str = ""

    def problem_at(self, name: str) -> str:
        return self.problem if self.field == name else ""


NOTHING = Progress()


@dataclass(frozen=True)
class ItemPage:
    """One recommendation: the city's answer, its progress, and what reviewers say to it."""

    title: str
    place: Place
    item: ItemLine
    sheet: SavedSheet
    responses: tuple[Option, ...]
    statuses: tuple[Option, ...]
    progress: Progress
    review: ReviewClock
    previous: int | None
    next: int | None
    may_report: bool
    may_review: bool
    of_the_city: bool
    template: ClassVar[str] = "plans/item.html"

    @classmethod
    def of(
        cls,
        plan: CityPlan,
        line: Line,
        who: User,
        *,
        attempt: Attempt = NO_ATTEMPT,
        progress: Progress = NOTHING,
    ) -> ItemPage:
        assessment, at = plan.assessment, now()
        of_the_city = _of_the_city(who, assessment)
        item = line.item if line.item is not None and of_the_city else PlanItem()
        may_write = allowed(who, Action.PLAN_WRITE, assessment, at)
        sheet = SavedSheet.of(item, may_write=may_write, attempt=attempt)
        followed = line.standing not in (Standing.UNANSWERED, Standing.NOT_FOLLOWED)
        places = [one.recommendation.place for one in plan.lines]
        around = dict(enumerate(places))
        here = places.index(line.recommendation.place)
        return cls(
            title=gettext("Recommendation F%(place)d", place=line.recommendation.place),
            place=Place.of(assessment),
            item=ItemLine.of(line, whole=of_the_city),
            sheet=sheet,
            responses=_options(PlanResponse, sheet.content["response"]),
            statuses=_options(PlanStatus, progress.status),
            progress=progress,
            review=ReviewClock.of(plan, Summary.of(plan.lines, day_of(at))),
            previous=around.get(here - 1),
            next=around.get(here + 1),
            may_report=may_write and followed,
            may_review=allowed(who, Action.PLAN_REVIEW, assessment, at),
            of_the_city=of_the_city,
        )


def _options(kind: type[StrEnum], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(one.value, _words(one), one.value == chosen) for one in kind)


def _words(one: StrEnum) -> str:
    if isinstance(one, PlanResponse):
        return plan_response_words(one)
    return plan_status_words(PlanStatus(one))


def attempt_of(sent: Sent, error: RuleBroken) -> Attempt:
    """What was sent and could not be stored; a clash shows answers in words."""
    if isinstance(error, Stale):
        theirs, mine = (dict(one) for one in (error.theirs, sent.content))
        for one in (theirs, mine):
            if one.get("response"):
                one["response"] = plan_response_words(PlanResponse(one["response"]))
        shown = Stale(error.message, theirs=theirs, number=error.number, fields=error.fields)
        clash = saved_sheets.attempt_of(Sent(mine, sent.base), shown).clash
        return Attempt(typed=sent.content, clash=clash, base=sent.base or 0)
    return saved_sheets.attempt_of(sent, error)


@dataclass(frozen=True)
class CityLine:
    """The plan of one city, as a line of the coordinators' overview."""

    city: str
    slug: str
    published_at: datetime
    summary: Summary
    review: ReviewClock

    @classmethod
    def of(cls, plan: CityPlan) -> CityLine:
        summary = Summary.of(plan.lines, day_of(now()))
        return cls(
            city=plan.assessment.city.name,
            slug=plan.assessment.city.slug,
            published_at=plan.first.published_at,
            summary=summary,
            review=ReviewClock.of(plan, summary),
        )


@dataclass(frozen=True)
class PlansPage:
    """The plans of all cities of a round whose report is published."""

    title: str
    round: str
    slug: str
    cities: tuple[CityLine, ...]
    template: ClassVar[str] = "plans/plans.html"

    @classmethod
    def of(cls, round_: Round, there: Sequence[CityPlan]) -> PlansPage:
        return cls(
            title=gettext("Plans of the cities"),
            round=round_.title,
            slug=round_.slug,
            cities=tuple(map(CityLine.of, there)),
        )
