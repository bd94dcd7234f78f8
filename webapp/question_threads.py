"""Questions to the city, for the pages that show some of them: each side gets its own part.

What the city is shown never held a name or a time of asking, and what a reviewer is shown never
held a question of somebody else before the consensus was open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from models import Assessment, Assignment
from reviews.policy import Action, allowed
from reviews.queries import questions
from reviews.queries.questions import Exchange
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.places import address_in
from webapp.saves import fresh_key
from webapp.sessions import require_user


@dataclass(frozen=True)
class QuestionLine:
    """One question with its answer. `asked_by` and `answered_by` are empty for whoever may not
    know; `typed` and `problem` are what was just sent as an answer and could not be stored."""

    key: str
    code: str
    title: str
    text: str
    due: datetime
    late: bool
    number: int
    answer: str
    answered_at: datetime | None
    changed_at: datetime | None
    asked_by: str
    asked_at: datetime | None
    answered_by: str
    may_change: bool
    typed: str = ""
    problem: str = ""
    theirs: str = ""

    @property
    def open(self) -> bool:
        return self.answered_at is None

    @classmethod
    def of(cls, one: Exchange, statement: AskedStatement, *, may_change: bool) -> QuestionLine:
        """`may_change` says whether the reader may answer it, or take it back."""
        return cls(
            key=one.key,
            code=statement.code,
            title=statement.title,
            text=one.text,
            due=one.due,
            late=one.answered_at is None and one.due < now(),
            number=one.number,
            answer=one.answer,
            answered_at=one.answered_at,
            changed_at=one.changed_at,
            asked_by=one.asked_by,
            asked_at=one.asked_at,
            answered_by=one.answered_by,
            may_change=may_change,
            typed=one.answer,
        )

    def refused(self, typed: str, problem: str, theirs: str = "") -> QuestionLine:
        return replace(self, typed=typed, problem=problem, theirs=theirs)


@dataclass(frozen=True)
class QuestionsAt:
    """The questions at one statement. `address` is where a new one is sent to, empty for whoever
    may not ask; `withdraw` is where an own one is taken back, `all` the page with all of them."""

    lines: tuple[QuestionLine, ...]
    all: str
    address: str = ""
    withdraw: str = ""
    key: str = ""
    of_city: bool = False
    typed: str = ""
    problem: str = ""

    def refused(self, typed: str, problem: str) -> QuestionsAt:
        """The same with what was typed and why it was not stored."""
        return replace(self, typed=typed, problem=problem)


def for_reviewer(assignment: Assignment, statement: AskedStatement) -> QuestionsAt:
    """A reviewer's own questions at a statement; the team's once its consensus is open."""
    who, at, task = require_user(), now(), assignment.id
    asks = allowed(who, Action.QUESTION_ASK, assignment, at)
    found = (
        questions.of_team(db.session(), assignment.assessment, statement.id)
        if allowed(who, Action.CONSENSUS_READ, assignment.assessment, at)
        else questions.own(db.session(), assignment, statement.id)
    )
    withdraws = allowed(who, Action.QUESTION_WITHDRAW, assignment, at)
    return QuestionsAt(
        lines=lines_of(found, (statement,), may_change=withdraws),
        all=url_for("questions.show_own_questions", assignment_id=task),
        address=(url_for("questions.ask", assignment_id=task, code=statement.code) if asks else ""),
        withdraw=url_for("questions.withdraw", assignment_id=task),
        key=fresh_key(),
    )


def for_team(assessment: Assessment, statement: AskedStatement) -> QuestionsAt:
    """All questions at a statement, for whoever reads the consensus."""
    found = questions.of_team(db.session(), assessment, statement.id)
    return QuestionsAt(
        lines=lines_of(found, (statement,), may_change=False),
        all=address_in("questions.show_team_questions", assessment),
    )


def for_city(assessment: Assessment, statement: AskedStatement) -> QuestionsAt | None:
    """The team's questions at a statement, or nothing while there can be none."""
    if not allowed(require_user(), Action.QUESTION_READ, assessment, now()):
        return None
    found = questions.of_city(db.session(), assessment, [statement.id])
    return QuestionsAt(
        lines=lines_of(found, (statement,), may_change=False),
        all=address_in("questions.show_questions", assessment),
        of_city=True,
    )


def count_for_city(assessment: Assessment) -> questions.Count | None:
    """How many questions there are on what the person sees, or nothing while there can be none."""
    if not allowed(require_user(), Action.QUESTION_READ, assessment, now()):
        return None
    ids = [one.id for one in loaders.asked(assessment).statements]
    return questions.count_of_city(db.session(), assessment, ids)


def lines_of(
    found: Sequence[Exchange],
    place: Questionnaire | tuple[AskedStatement, ...],
    *,
    may_change: bool,
) -> tuple[QuestionLine, ...]:
    """Open ones first, by statement; within one as they were found."""
    statements = place.statements if isinstance(place, Questionnaire) else place
    order = {one.id: number for number, one in enumerate(statements)}
    there = sorted(found, key=lambda one: (one.answered_at is not None, order[one.statement_id]))
    return tuple(
        QuestionLine.of(one, statements[order[one.statement_id]], may_change=may_change)
        for one in there
    )
