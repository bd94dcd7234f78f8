"""What the pages of a review show. They are built from one assignment, never from its team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Assignment, marks
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.queries.scores import Judgement, Receipt
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.scoring import lacks_words
from webapp.badges import badge_of, mark_words
from webapp.clock import now
from webapp.recommendations import OpenRecommendations
from webapp.task_lists import RoleTasks, Task, task_list
from webapp.words import phase_words

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
class Progress:
    """How far a review is: `missing` have no score, `silent` need a justification."""

    given: Mapping[int, Judgement]
    missing: tuple[AskedStatement, ...]
    silent: tuple[AskedStatement, ...]

    @classmethod
    def of(
        cls, questionnaire: Questionnaire, given: Mapping[int, Judgement], city: Iterable[str]
    ) -> Progress:
        """`city` are the marks that the city signed, in the order of the instrument."""
        judged = [(one, given.get(one.id, NOTHING)) for one in questionnaire.statements]
        return cls(
            given=given,
            missing=tuple(one for one, own in judged if own.mark == marks.EMPTY),
            silent=tuple(
                one
                for (one, own), mark in zip(judged, city, strict=True)
                if lacks_words(own.mark, has_text=own.has_text, city=mark)
            ),
        )

    def next_after(
        self, statement: AskedStatement, questionnaire: Questionnaire
    ) -> AskedStatement | None:
        """The first one after this statement that is not finished, going round at the end; what
        has no score comes before what has no justification."""
        place = questionnaire.statements.index(statement)
        ring = questionnaire.statements[place + 1 :] + questionnaire.statements[:place]
        left = (one for among in (self.missing, self.silent) for one in ring if one in among)
        return next(left, None)


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
    """The task list of a reviewer at work. `version` is the signed one, where it may be read."""

    title: str
    place: Place
    roles: tuple[RoleTasks, ...]
    scored: int
    statements: int
    silent: int
    next: AskedStatement | None
    version: int | None
    blind: bool
    may_write: bool
    may_recuse: bool
    refusal: Refusal
    recommendations: OpenRecommendations | None = None
    template: ClassVar[str] = "reviewing/review.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        questionnaire: Questionnaire,
        progress: Progress,
        version: int | None,
        refusal: Refusal = NO_REFUSAL,
        *,
        recommendations: OpenRecommendations | None = None,
    ) -> ReviewPage:
        who, at = assignment.reviewer, now()
        return cls(
            title=_title(assignment.assessment),
            place=Place.of(assignment),
            roles=task_list(questionnaire, lambda one: _task(one, progress.given, progress.silent)),
            scored=len(questionnaire.statements) - len(progress.missing),
            statements=len(questionnaire.statements),
            silent=len(progress.silent),
            next=next(iter((*progress.missing, *progress.silent)), None),
            version=version,
            blind=assignment.assessment.round.blind,
            may_write=allowed(who, Action.SCORE_WRITE, assignment, at),
            may_recuse=allowed(who, Action.ASSIGNMENT_RECUSE, assignment, at),
            refusal=refusal,
            recommendations=recommendations,
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
            roles=task_list(questionnaire, lambda one: _task(one, given, ())),
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
    silent: tuple[AskedStatement, ...]
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
        progress: Progress,
    ) -> SubmitPage:
        given = [one for one in progress.given.values() if one.mark != marks.EMPTY]
        return cls(
            title=gettext("Submit my review of %(city)s", city=assignment.assessment.city.name),
            place=Place.of(assignment),
            missing=progress.missing,
            silent=progress.silent,
            statements=len(questionnaire.statements),
            counts=_counts(one.mark for one in given),
            without_text=sum(not one.has_text for one in given),
            may_submit=allowed(assignment.reviewer, Action.REVIEW_SUBMIT, assignment, now()),
        )


def _title(assessment: Assessment) -> str:
    return gettext("Review of %(city)s", city=assessment.city.name)


def _counts(given: Iterable[str]) -> tuple[Count, ...]:
    """How often each mark was given, levels first, lowest first."""
    counted = Counter(given)
    in_order = sorted(counted, key=lambda mark: (not mark.isdecimal(), mark))
    return tuple(Count(mark_words(mark), counted[mark]) for mark in in_order)


def _task(
    statement: AskedStatement,
    judgements: Mapping[int, Judgement],
    silent: Collection[AskedStatement],
) -> Task:
    given = judgements.get(statement.id, NOTHING)
    badge = badge_of(given.mark)
    if badge and statement in silent:
        state = gettext("%(level)s, needs a justification", level=badge.words)
        return Task(statement.code, statement.title, done="", state=state, begun=True)
    return Task(
        code=statement.code,
        title=statement.title,
        done=badge.words if badge else "",
        state=gettext("Text only") if given.has_text else gettext("No score"),
        begun=given.has_text,
    )
