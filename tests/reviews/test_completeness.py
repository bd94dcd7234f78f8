"""Completeness: which statements still lack an answer."""

from __future__ import annotations

import pytest

from reviews.completeness import AnswerState, Progress, missing, progress_of
from tests.builders import a_questionnaire

ELSEWHERE = "not_our_competence"


@pytest.mark.parametrize(
    ("answer", "progress"),
    [
        (AnswerState(), Progress.EMPTY),
        (AnswerState(has_text=True), Progress.DRAFT),
        (AnswerState(has_remit_reason=True), Progress.DRAFT),
        (AnswerState("0"), Progress.COMPLETE),
        (AnswerState("4", has_text=True), Progress.COMPLETE),
        (AnswerState("4", has_text=True, to_confirm=True), Progress.TO_CONFIRM),
        (AnswerState(has_text=True, to_confirm=True), Progress.TO_CONFIRM),
        (AnswerState(ELSEWHERE), Progress.DRAFT),
        (AnswerState(ELSEWHERE, has_text=True), Progress.DRAFT),
        (AnswerState(ELSEWHERE, has_remit_reason=True), Progress.COMPLETE),
    ],
)
def test_an_answer_is_empty_a_draft_or_complete(answer, progress):
    assert progress_of(answer) is progress


def test_what_is_missing_comes_in_the_order_of_the_questionnaire():
    questionnaire = a_questionnaire()
    ids = [statement.id for statement in questionnaire.statements]
    answers = {
        ids[3]: AnswerState("0"),
        ids[0]: AnswerState("4"),
        ids[4]: AnswerState(ELSEWHERE),
    }

    gaps = missing(questionnaire, answers)

    assert [statement.code for statement in gaps] == ["PM1.2", "PM2.1", "EM1.2"]


def test_nothing_is_missing_once_every_statement_has_a_level():
    questionnaire = a_questionnaire()

    gaps = missing(questionnaire, {one.id: AnswerState("0") for one in questionnaire.statements})

    assert gaps == ()
