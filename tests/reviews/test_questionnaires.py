"""Questionnaires: what pages and rules need of an instrument, frozen and in its order."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from models import marks
from reviews.questionnaires import Questionnaire
from tests.builders import a_questionnaire, an_instrument

CODES = ["PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2"]


def test_a_questionnaire_keeps_the_order_of_the_instrument():
    questionnaire = a_questionnaire()

    assert [role.code for role in questionnaire.roles] == ["policy-maker", "employer"]
    assert [one.code for one in questionnaire.commitments] == ["PM1", "PM2", "EM1"]
    assert [one.code for one in questionnaire.statements] == CODES
    assert [[one.code for one in role.statements] for role in questionnaire.roles] == [
        ["PM1.1", "PM1.2", "PM2.1"],
        ["EM1.1", "EM1.2"],
    ]


def test_a_questionnaire_says_what_the_instrument_says():
    instrument = an_instrument(code="small", title="A small one")
    stored = instrument.roles[1].commitments[0].statements[1]

    questionnaire = Questionnaire.of(instrument)

    asked = questionnaire.statement("EM1.2")
    assert (questionnaire.id, questionnaire.code, questionnaire.title, questionnaire.sha256) == (
        instrument.id,
        "small",
        "A small one",
        "5" * 64,
    )
    assert (asked.id, asked.commitment_code, asked.position, asked.evidence_examples) == (
        stored.id,
        "EM1",
        2,
        ("Minutes of the council",),
    )
    assert asked.levels == tuple((value, f"Level {value} of EM1.2.") for value in range(5))
    assert questionnaire.commitments[2].role_code == "employer"


def test_a_later_change_of_the_instrument_does_not_reach_it():
    instrument = an_instrument()
    questionnaire = Questionnaire.of(instrument)

    instrument.roles[0].commitments[0].statements[0].text = "Changed."
    instrument.roles[0].commitments[0].principles.append("CBP9")

    assert questionnaire.statements[0].text == "The city does PM1.1."
    assert questionnaire.commitments[0].principles == ("CBP1",)


def test_nothing_in_a_questionnaire_changes():
    with pytest.raises(FrozenInstanceError):
        a_questionnaire().statements[0].text = "Changed."


def test_a_city_and_a_reviewer_have_marks_of_their_own():
    inside, outside = (a_questionnaire().statement(code) for code in ("EM1.1", "EM1.2"))
    levels = {"0", "1", "2", "3", "4"}

    assert inside.level_marks == ("0", "1", "2", "3", "4")
    assert inside.answer_marks == levels | {marks.EMPTY}
    assert inside.score_marks == levels | {marks.EMPTY, marks.CANNOT_JUDGE}
    assert outside.answer_marks == levels | {marks.EMPTY, marks.NOT_OUR_COMPETENCE}
    assert outside.score_marks == outside.answer_marks | {marks.CANNOT_JUDGE}


def test_a_code_that_is_not_asked_is_nothing():
    assert a_questionnaire().statement("PM9.9") is None


def test_each_statement_knows_the_one_before_and_the_one_after():
    questionnaire = a_questionnaire()

    places = [tuple(one and one.code for one in questionnaire.neighbours(code)) for code in CODES]

    assert places == list(zip([None, *CODES], [*CODES[1:], None], strict=False))


@pytest.mark.parametrize(
    ("mark", "level", "packed"),
    [
        ("0", 0, 0),
        ("4", 4, 4),
        (marks.EMPTY, None, -2),
        (marks.CANNOT_JUDGE, None, -2),
        (marks.NOT_OUR_COMPETENCE, None, -1),
    ],
)
def test_a_mark_is_a_level_or_one_of_the_ways_to_give_none(mark, level, packed):
    assert (marks.level_of(mark), marks.packed(mark)) == (level, packed)
