"""What the pages of the questions to a city show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Assignment
from reviews.phases import phase
from reviews.questionnaires import AskedStatement
from webapp.places import Place
from webapp.question_threads import QuestionLine, QuestionsAt
from webapp.words import phase_words


@dataclass(frozen=True)
class QuestionsPage:
    """All that the team has asked, for the people of the city."""

    title: str
    place: Place
    lines: tuple[QuestionLine, ...]
    may_answer: bool
    problem: str = ""
    problem_field: str = ""
    template: ClassVar[str] = "questions/questions.html"

    @property
    def open(self) -> tuple[QuestionLine, ...]:
        return tuple(one for one in self.lines if one.open)

    @property
    def answered(self) -> tuple[QuestionLine, ...]:
        return tuple(one for one in self.lines if not one.open)

    @classmethod
    def of(
        cls, assessment: Assessment, lines: tuple[QuestionLine, ...], *, may_answer: bool
    ) -> QuestionsPage:
        return cls(
            title=gettext("Questions of the review team"),
            place=Place.of(assessment),
            lines=lines,
            may_answer=may_answer,
        )

    def refused(self, key: str, typed: str, problem: str, theirs: str = "") -> QuestionsPage:
        """The same with an answer that could not be stored, and why."""
        lines = tuple(
            one.refused(typed, problem, theirs) if one.key == key else one for one in self.lines
        )
        return replace(self, lines=lines, problem=problem, problem_field=f"answer-{key}")


@dataclass(frozen=True)
class ReviewPlace:
    """Whose review a page is about, and until when."""

    assignment: int
    round: str
    city: str
    state: str
    due: datetime

    @classmethod
    def of(cls, assignment: Assignment) -> ReviewPlace:
        assessment = assignment.assessment
        return cls(
            assignment=assignment.id,
            round=assessment.round.title,
            city=assessment.city.name,
            state=phase_words(phase(assessment)),
            due=assessment.round.reviews_due,
        )


@dataclass(frozen=True)
class OwnQuestionsPage:
    """A reviewer's own questions; the whole team's once its consensus is open."""

    title: str
    place: ReviewPlace
    lines: tuple[QuestionLine, ...]
    of_team: bool
    may_ask: bool
    template: ClassVar[str] = "questions/own.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        lines: tuple[QuestionLine, ...],
        *,
        of_team: bool,
        may_ask: bool,
    ) -> OwnQuestionsPage:
        return cls(
            title=gettext("Questions to %(city)s", city=assignment.assessment.city.name),
            place=ReviewPlace.of(assignment),
            lines=lines,
            of_team=of_team,
            may_ask=may_ask,
        )


@dataclass(frozen=True)
class StatementQuestionsPage:
    """The questions at one statement of a review, on a page of their own."""

    title: str
    place: ReviewPlace
    statement: AskedStatement
    questions: QuestionsAt
    template: ClassVar[str] = "questions/statement.html"

    @classmethod
    def of(
        cls, assignment: Assignment, statement: AskedStatement, questions: QuestionsAt
    ) -> StatementQuestionsPage:
        return cls(
            title=gettext("Questions on %(code)s", code=statement.code),
            place=ReviewPlace.of(assignment),
            statement=statement,
            questions=questions,
        )


@dataclass(frozen=True)
class TeamQuestionsPage:
    """All that a team has asked, with names, once its consensus is open."""

    title: str
    place: Place
    lines: tuple[QuestionLine, ...]
    template: ClassVar[str] = "questions/team.html"

    @classmethod
    def of(cls, assessment: Assessment, lines: tuple[QuestionLine, ...]) -> TeamQuestionsPage:
        return cls(
            title=gettext("Questions to %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            lines=lines,
        )
