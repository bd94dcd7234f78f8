"""Hints: what is complete and still looks odd."""

from __future__ import annotations

from datetime import date

import pytest

from models import marks
from reviews.completeness import AnswerState
from reviews.hints import Oddity, hints
from tests.builders import a_questionnaire

TODAY = date(2026, 3, 2)
YESTERDAY, ONE_DAY = date(2026, 3, 1), (None,)
NO_EVIDENCE, NO_TEXT, OUT_OF_DATE = Oddity


@pytest.mark.parametrize(
    ("answer", "cited", "expected"),
    [
        (AnswerState(), (), []),
        (AnswerState("2"), (), []),
        (AnswerState("3", has_text=True), (), [NO_EVIDENCE]),
        (AnswerState("3"), ONE_DAY, []),
        (AnswerState("4"), (), [NO_EVIDENCE, NO_TEXT]),
        (AnswerState("4", has_text=True), (TODAY,), []),
        (AnswerState("4"), (None, YESTERDAY), [NO_TEXT, OUT_OF_DATE]),
        (AnswerState(marks.NOT_OUR_COMPETENCE, has_remit_reason=True), (), []),
        (AnswerState("4", to_confirm=True), (), []),
        (AnswerState("4", to_confirm=True), (YESTERDAY,), [OUT_OF_DATE]),
    ],
)
def test_what_looks_odd_is_named(answer, cited, expected):
    questionnaire = a_questionnaire()
    first = questionnaire.statements[0]

    found = hints(questionnaire, {first.id: answer}, {first.id: cited}, TODAY)

    assert found == tuple((first, oddity) for oddity in expected)


def test_hints_come_in_the_order_of_the_instrument():
    questionnaire = a_questionnaire()
    answers = {one.id: AnswerState("3") for one in reversed(questionnaire.statements)}

    found = hints(questionnaire, answers, {}, TODAY)

    assert [one.statement.code for one in found] == ["PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2"]
