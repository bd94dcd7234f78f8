"""Questions to the city: a reviewer asks at a statement, the city answers, nobody learns more.

Another reviewer's question is another reviewer's comment: hidden until the consensus is open.
Who asked is never told to the city; its officers see one team.
"""

from __future__ import annotations

import re
from datetime import datetime

from models import AssessmentState, Assignment, AssignmentState, Question, User
from reviews import texts
from reviews.errors import BaseMissing, NotNow, Stale, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement

DAYS_TO_ANSWER = 7
"""A question is due at the end of the day that is so many days after the one it was asked on."""

_KEY = re.compile(r"[0-9a-f]{32}")


def is_key(text: str) -> bool:
    """Whether a text could be the key of a question."""
    return _KEY.fullmatch(text) is not None


def ask(
    assignment: Assignment,
    statement: AskedStatement,
    *,
    text: str,
    key: str,
    due: datetime,
    by: User,
    now: datetime,
) -> Question:
    """Ask the city something about one statement. `key` is random, and `due` ends a whole day,
    so that neither says when in the day it was asked."""
    _under_review(assignment, "Questions are closed once consensus is open.")
    if assignment.state not in (AssignmentState.ACCEPTED, AssignmentState.DRAFTING):
        raise NotNow("Only who is still reviewing can ask.")
    if not is_key(key):
        raise Unusable("The key of this request is not usable.", field="key")
    words = texts.typed(text, field="question").strip()
    if not words:
        raise Unusable("Write your question first.", field="question")
    question = Question(
        assignment=assignment,
        statement_id=statement.id,
        key=key,
        text=words,
        asked_at=now,
        due=due,
    )
    record(by, "question:ask", assignment, now=now, question=key, statement=statement.code)
    return question


def withdraw(question: Question, *, by: User, now: datetime) -> None:
    """Take back an own question that has no answer; done twice it counts once."""
    _under_review(question.assignment, "Questions are closed once consensus is open.")
    if question.answered_at is not None:
        raise NotNow("The city has answered this question, so it stays.")
    if question.withdrawn_at is None:
        question.withdrawn_at = now
        record(by, "question:withdraw", question, now=now, question=question.key)


def answer(question: Question, *, text: str, base: int | None, by: User, now: datetime) -> bool:
    """Answer a question in the name of the city, or change the answer; whether it is the first.

    Raises Stale where a colleague has saved another answer since `base`.
    """
    _under_review(question.assignment, "Answers are closed once consensus is open.")
    if question.withdrawn_at is not None:
        raise NotNow("The review team has taken this question back.")
    words = texts.typed(text, field="answer").strip()
    if not words:
        raise Unusable("Write your answer first.", field="answer")
    if base is None:
        raise BaseMissing("Say which version you are changing.")
    if words == question.answer:
        return False
    if base != question.number:
        raise Stale(
            "Somebody else changed this meanwhile.",
            theirs={"answer": question.answer},
            number=question.number,
            fields=("answer",),
        )
    first = question.answered_at is None
    if first:
        question.answered_at = now
    else:
        question.changed_at = now
    question.answer, question.answered_by = words, by
    question.number += 1
    record(by, "question:answer", question, now=now, question=question.key, save=question.number)
    return first


def _under_review(assignment: Assignment, over: str) -> None:
    if assignment.assessment.state is not AssessmentState.IN_REVIEW:
        raise NotNow("The review of this city has not been opened yet.")
    if assignment.assessment.consensus is not None:
        raise NotNow(over)
