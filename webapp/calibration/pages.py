"""What a reviewer sees of the case: built from the own view only; what others gave and what the
reference says is in no page before that view is submitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import CalibrationReview, CalibrationScore, RoundState, User, marks
from reviews.calibration import given_in, without_score
from reviews.cases import Case, CaseAnswer
from reviews.policy import Action, allowed
from reviews.queries.calibration import Panel
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.badges import Badge, badge_of, mark_words
from webapp.calibration.feedback import Feedback, Summary
from webapp.choices import for_reviewer
from webapp.clock import now
from webapp.task_lists import RoleTasks, Task, only, task_list
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet


@dataclass(frozen=True)
class Place:
    """Which round's case a page is about, and whether it still takes scores."""

    round: str
    round_slug: str
    city: str
    open: bool

    @classmethod
    def of(cls, review: CalibrationReview, case: Case) -> Place:
        round_ = review.case.round
        return cls(
            round=round_.title,
            round_slug=round_.slug,
            city=case.city,
            open=review.case.closed_at is None and round_.state is not RoundState.CLOSED,
        )


@dataclass(frozen=True)
class CasePage:
    """The task list of a reviewer who has not submitted the case."""

    title: str
    place: Place
    setting: tuple[str, ...]
    roles: tuple[RoleTasks, ...]
    scored: int
    statements: int
    next: str
    may_write: bool
    template: ClassVar[str] = "calibration/case.html"

    @classmethod
    def of(cls, review: CalibrationReview, case: Case, questionnaire: Questionnaire) -> CasePage:
        place = Place.of(review, case)
        missing = without_score(review, case.codes)
        return cls(
            title=gettext("Calibration case"),
            place=place,
            setting=paragraphs(case.setting),
            roles=_roles(review, case, questionnaire),
            scored=len(case.codes) - len(missing),
            statements=len(case.codes),
            next=missing[0] if missing else "",
            may_write=_may_write(review, place),
        )


@dataclass(frozen=True)
class FeedbackPage:
    """The case after the own view is in: statement by statement, and all together."""

    title: str
    place: Place
    submitted_at: datetime | None
    summary: Summary
    lines: tuple[Feedback, ...]
    others: int
    template: ClassVar[str] = "calibration/feedback.html"

    @classmethod
    def of(
        cls, review: CalibrationReview, case: Case, questionnaire: Questionnaire, panel: Panel
    ) -> FeedbackPage:
        given = given_in(review)
        return cls(
            title=gettext("My feedback on the calibration case"),
            place=Place.of(review, case),
            submitted_at=review.submitted_at,
            summary=Summary.of(review, case, panel),
            lines=tuple(
                Feedback.of(statement, given[statement.code], case.references[code], panel)
                for code in case.codes
                if (statement := questionnaire.statement(code)) is not None
            ),
            others=panel.others,
        )


@dataclass(frozen=True)
class CaseScorePage:
    """One statement: what the invented city says, and the reviewer's own view of it."""

    title: str
    place: Place
    sheet: Worksheet
    answer: CaseAnswer
    answer_level: str
    badge: Badge | None
    scored: int
    statements: int
    next_without_score: str
    feedback: Feedback | None
    template: ClassVar[str] = "calibration/score.html"

    @classmethod
    def of(
        cls,
        score: CalibrationScore,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        case: Case,
        who: User,
        feedback: Feedback | None,
        attempt: Attempt = NO_ATTEMPT,
    ) -> CaseScorePage:
        place = Place.of(score.review, case)
        missing = without_score(score.review, case.codes)
        answer = case.answers[statement.code]
        city_level = badge_of(answer.mark, statement)
        sheet = Worksheet.of(
            score,
            statement,
            questionnaire,
            who,
            may_write=_may_write(score.review, place),
            choose=for_reviewer,
            attempt=attempt,
            neighbours=_neighbours(statement.code, case, questionnaire),
        )
        return cls(
            title=sheet.title,
            place=place,
            sheet=sheet,
            answer=answer,
            answer_level=city_level.text if city_level else "",
            badge=badge_of(score.mark, statement),
            scored=len(case.codes) - len(missing),
            statements=len(case.codes),
            next_without_score=_next(statement.code, case, missing),
            feedback=feedback,
        )


@dataclass(frozen=True)
class Count:
    """How many statements got one mark."""

    words: str
    statements: int


@dataclass(frozen=True)
class SubmitCasePage:
    """What is missing before the case can be submitted, or what it comes to."""

    title: str
    place: Place
    missing: tuple[AskedStatement, ...]
    statements: int
    counts: tuple[Count, ...]
    without_text: int
    may_submit: bool
    template: ClassVar[str] = "calibration/submit.html"

    @classmethod
    def of(
        cls, review: CalibrationReview, case: Case, questionnaire: Questionnaire
    ) -> SubmitCasePage:
        missing = without_score(review, case.codes)
        place = Place.of(review, case)
        return cls(
            title=gettext("Submit the calibration case"),
            place=place,
            missing=tuple(one for one in questionnaire.statements if one.code in missing),
            statements=len(case.codes),
            counts=_counts(given_in(review)),
            without_text=sum(
                one.mark != marks.EMPTY and not one.justification for one in review.scores
            ),
            may_submit=place.open
            and allowed(review.reviewer, Action.CALIBRATION_SUBMIT, review, now()),
        )


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n"))


def _may_write(review: CalibrationReview, place: Place) -> bool:
    if review.submitted_at is not None or not place.open:
        return False
    return allowed(review.reviewer, Action.CALIBRATION_SCORE, review, now())


def _roles(
    review: CalibrationReview, case: Case, questionnaire: Questionnaire
) -> tuple[RoleTasks, ...]:
    scores = {one.statement: one for one in review.scores}
    return only(task_list(questionnaire, lambda one: _task(one, scores.get(one.code))), case.codes)


def _task(statement: AskedStatement, score: CalibrationScore | None) -> Task:
    badge = badge_of(score.mark) if score else None
    begun = bool(score and score.justification)
    return Task(
        code=statement.code,
        title=statement.title,
        done=badge.words if badge else "",
        state=gettext("Text only") if begun else gettext("No score"),
        begun=begun,
    )


def _neighbours(
    code: str, case: Case, questionnaire: Questionnaire
) -> tuple[AskedStatement | None, AskedStatement | None]:
    place = case.codes.index(code)
    before = case.codes[place - 1] if place else ""
    after = case.codes[place + 1] if place + 1 < len(case.codes) else ""
    return questionnaire.statement(before), questionnaire.statement(after)


def _next(code: str, case: Case, missing: tuple[str, ...]) -> str:
    """The first one after this statement that has no score, going round at the end."""
    place = case.codes.index(code)
    ring = case.codes[place + 1 :] + case.codes[:place]
    return next((one for one in ring if one in missing), "")


def _counts(given: Mapping[str, str]) -> tuple[Count, ...]:
    """How often each mark was given, levels first, lowest first."""
    counted = Counter(given.values())
    in_order = sorted(counted, key=lambda mark: (not mark.isdecimal(), mark))
    return tuple(Count(mark_words(mark), counted[mark]) for mark in in_order)
