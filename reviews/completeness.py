"""What is still missing before a city can sign, or a reviewer can submit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models import marks
from reviews.questionnaires import AskedStatement, Questionnaire


class Progress(StrEnum):
    """How far one statement is."""

    EMPTY = "empty"
    DRAFT = "draft"
    TO_CONFIRM = "to-confirm"
    COMPLETE = "complete"


@dataclass(frozen=True)
class AnswerState:
    """The little of an answer that progress depends on."""

    mark: str = marks.EMPTY
    has_text: bool = False
    has_remit_reason: bool = False
    to_confirm: bool = False


NOTHING = AnswerState()


def progress_of(answer: AnswerState) -> Progress:
    """Empty, draft, to be confirmed or complete. A city that says "not our competence" must say
    why, and what was taken over from the last round is not its word before it says so."""
    if answer.to_confirm:
        return Progress.TO_CONFIRM
    if answer.mark == marks.NOT_OUR_COMPETENCE and not answer.has_remit_reason:
        return Progress.DRAFT
    if answer.mark != marks.EMPTY:
        return Progress.COMPLETE
    if answer.has_text or answer.has_remit_reason:
        return Progress.DRAFT
    return Progress.EMPTY


def missing(
    questionnaire: Questionnaire, answers: Mapping[int, AnswerState]
) -> tuple[AskedStatement, ...]:
    """The statements that are not complete yet; `answers` by statement id."""
    return tuple(
        statement
        for statement in questionnaire.statements
        if progress_of(answers.get(statement.id, NOTHING)) is not Progress.COMPLETE
    )
