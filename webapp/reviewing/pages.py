"""What the pages of a review show. They are built from one assignment, never from its team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Assignment, Score, User, marks
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.queries.scores import CityAnswer, Judgement, Receipt
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.badges import Badge, badge_of, mark_words
from webapp.choices import for_reviewer
from webapp.clock import now
from webapp.task_lists import RoleTasks, Task, task_list
from webapp.words import phase_words
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet

NOTHING = Judgement(marks.EMPTY, has_text=False)


@dataclass(frozen=True)
class Place:
    """Which review a page is about, of which city, and until when."""

    assignment: int
    round: str
    round_slug: str
    city: str
    city_slug: str
    state: str
    due: datetime
    lead: bool

    @classmethod
    def of(cls, assignment: Assignment) -> Place:
        assessment = assignment.assessment
        return cls(
            assignment=assignment.id,
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            state=phase_words(phase(assessment)),
            due=assessment.round.reviews_due,
            lead=assignment.lead,
        )


@dataclass(frozen=True)
class Refusal:
    """What is wrong with what was sent, and in which field."""

    message: str = ""
    field: str = ""
    typed: str = ""


NO_REFUSAL = Refusal()


@dataclass(frozen=True)
class InvitationPage:
    """An invitation, before it is answered."""

    title: str
    place: Place
    statements: int
    invited_at: datetime
    may_reply: bool
    refusal: Refusal
    template: ClassVar[str] = "reviewing/invitation.html"

    @classmethod
    def of(
        cls, assignment: Assignment, questionnaire: Questionnaire, refusal: Refusal = NO_REFUSAL
    ) -> InvitationPage:
        return cls(
            title=gettext("Invitation to review %(city)s", city=assignment.assessment.city.name),
            place=Place.of(assignment),
            statements=len(questionnaire.statements),
            invited_at=assignment.invited_at,
            may_reply=allowed(assignment.reviewer, Action.ASSIGNMENT_REPLY, assignment, now()),
            refusal=refusal,
        )


@dataclass(frozen=True)
class WaitingPage:
    """A review that was accepted, but is not open yet."""

    title: str
    place: Place
    may_recuse: bool
    refusal: Refusal
    template: ClassVar[str] = "reviewing/waiting.html"

    @classmethod
    def of(cls, assignment: Assignment, refusal: Refusal = NO_REFUSAL) -> WaitingPage:
        return cls(
            title=_title(assignment.assessment),
            place=Place.of(assignment),
            may_recuse=allowed(assignment.reviewer, Action.ASSIGNMENT_RECUSE, assignment, now()),
            refusal=refusal,
        )


@dataclass(frozen=True)
class ReviewPage:
    """The task list of a reviewer at work."""

    title: str
    place: Place
    roles: tuple[RoleTasks, ...]
    scored: int
    statements: int
    next: AskedStatement | None
    version: int | None
    may_write: bool
    may_recuse: bool
    refusal: Refusal
    template: ClassVar[str] = "reviewing/review.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        questionnaire: Questionnaire,
        judgements: Mapping[int, Judgement],
        version: int | None,
        refusal: Refusal = NO_REFUSAL,
    ) -> ReviewPage:
        missing = _without_score(questionnaire, judgements)
        who, at = assignment.reviewer, now()
        return cls(
            title=_title(assignment.assessment),
            place=Place.of(assignment),
            roles=task_list(questionnaire, lambda one: _task(one, judgements)),
            scored=len(questionnaire.statements) - len(missing),
            statements=len(questionnaire.statements),
            next=missing[0] if missing else None,
            version=version,
            may_write=allowed(who, Action.SCORE_WRITE, assignment, at),
            may_recuse=allowed(who, Action.ASSIGNMENT_RECUSE, assignment, at),
            refusal=refusal,
        )


@dataclass(frozen=True)
class FinishedReviewPage:
    """A submitted review: the receipt, and what was submitted.

    `submitted` and `team` say how many reviews are in, to those who may open the consensus
    and to nobody else.
    """

    title: str
    place: Place
    sha256: str
    submitted_at: datetime
    roles: tuple[RoleTasks, ...]
    version: int | None
    may_read_answers: bool
    may_read_consensus: bool
    may_open_consensus: bool
    may_recuse: bool
    submitted: int
    team: int
    refusal: Refusal
    template: ClassVar[str] = "reviewing/finished.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        questionnaire: Questionnaire,
        receipt: Receipt,
        version: int | None,
        progress: tuple[int, int] | None,
        refusal: Refusal,
    ) -> FinishedReviewPage:
        given = {
            statement.id: Judgement(mark, has_text=False)
            for statement, mark in zip(questionnaire.statements, receipt.marks, strict=True)
        }
        who, at = assignment.reviewer, now()
        submitted, team = progress or (0, 0)
        return cls(
            title=gettext("My review of %(city)s", city=assignment.assessment.city.name),
            place=Place.of(assignment),
            sha256=receipt.sha256,
            submitted_at=receipt.submitted_at,
            roles=task_list(questionnaire, lambda one: _task(one, given)),
            version=version,
            may_read_answers=allowed(who, Action.SUBMISSION_READ, assignment, at),
            may_read_consensus=allowed(who, Action.CONSENSUS_READ, assignment, at),
            may_open_consensus=progress is not None,
            may_recuse=allowed(who, Action.ASSIGNMENT_RECUSE, assignment, at),
            submitted=submitted,
            team=team,
            refusal=refusal,
        )


@dataclass(frozen=True)
class ScorePage:
    """One statement: what the city signed, and the reviewer's own view of it."""

    title: str
    place: Place
    sheet: Worksheet
    answer: CityAnswer
    answer_level: str
    badge: Badge | None
    scored: int
    statements: int
    next_without_score: AskedStatement | None
    template: ClassVar[str] = "reviewing/score.html"

    @classmethod
    def of(
        cls,
        score: Score,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        answer: CityAnswer,
        judgements: Mapping[int, Judgement],
        who: User,
        attempt: Attempt = NO_ATTEMPT,
    ) -> ScorePage:
        missing = _without_score(questionnaire, judgements)
        city_level = badge_of(answer.mark, statement)
        sheet = Worksheet.of(
            score,
            statement,
            questionnaire,
            who,
            may_write=allowed(who, Action.SCORE_WRITE, score.assignment, now()),
            choose=for_reviewer,
            attempt=attempt,
        )
        return cls(
            title=sheet.title,
            place=Place.of(score.assignment),
            sheet=sheet,
            answer=answer,
            answer_level=city_level.text if city_level else "",
            badge=badge_of(score.mark, statement),
            scored=len(questionnaire.statements) - len(missing),
            statements=len(questionnaire.statements),
            next_without_score=_next_without_score(statement, questionnaire, missing),
        )


@dataclass(frozen=True)
class Count:
    """How many statements got one mark."""

    words: str
    statements: int


@dataclass(frozen=True)
class SubmitPage:
    """What is missing before a review can be submitted, or what it comes to."""

    title: str
    place: Place
    missing: tuple[AskedStatement, ...]
    statements: int
    counts: tuple[Count, ...]
    without_text: int
    may_submit: bool
    template: ClassVar[str] = "reviewing/submit.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        questionnaire: Questionnaire,
        judgements: Mapping[int, Judgement],
    ) -> SubmitPage:
        given = [one for one in judgements.values() if one.mark != marks.EMPTY]
        return cls(
            title=gettext("Submit my review of %(city)s", city=assignment.assessment.city.name),
            place=Place.of(assignment),
            missing=_without_score(questionnaire, judgements),
            statements=len(questionnaire.statements),
            counts=_counts(one.mark for one in given),
            without_text=sum(not one.has_text for one in given),
            may_submit=allowed(assignment.reviewer, Action.REVIEW_SUBMIT, assignment, now()),
        )


def _title(assessment: Assessment) -> str:
    return gettext("Review of %(city)s", city=assessment.city.name)


def _without_score(
    questionnaire: Questionnaire, judgements: Mapping[int, Judgement]
) -> tuple[AskedStatement, ...]:
    return tuple(
        one
        for one in questionnaire.statements
        if judgements.get(one.id, NOTHING).mark == marks.EMPTY
    )


def _next_without_score(
    statement: AskedStatement, questionnaire: Questionnaire, missing: tuple[AskedStatement, ...]
) -> AskedStatement | None:
    """The first one after this statement that has no score, going round at the end."""
    place = questionnaire.statements.index(statement)
    ring = questionnaire.statements[place + 1 :] + questionnaire.statements[:place]
    return next((one for one in ring if one in missing), None)


def _counts(given: Iterable[str]) -> tuple[Count, ...]:
    """How often each mark was given, levels first, lowest first."""
    counted = Counter(given)
    in_order = sorted(counted, key=lambda mark: (not mark.isdecimal(), mark))
    return tuple(Count(mark_words(mark), counted[mark]) for mark in in_order)


def _task(statement: AskedStatement, judgements: Mapping[int, Judgement]) -> Task:
    given = judgements.get(statement.id, NOTHING)
    badge = badge_of(given.mark)
    return Task(
        code=statement.code,
        title=statement.title,
        done=badge.words if badge else "",
        state=gettext("Text only") if given.has_text else gettext("No score"),
        begun=given.has_text,
    )
