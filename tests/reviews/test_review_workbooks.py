"""Reviews filled in off line: whose sheet it is, what its rows say, how they become scores."""

from __future__ import annotations

import pytest

from models import AssessmentState, AssignmentState, Score
from reviews import review_workbooks, sheet_uploads
from reviews.errors import NotNow, Unusable
from reviews.review_workbooks import FILLED, city_level_hidden, identity, read, refuse_other, take
from reviews.saving import Known
from reviews.sheet_uploads import Choice, Decision
from reviews.workbooks import Line, Reading, Row
from tests.builders import (
    NOW,
    a_questionnaire,
    a_round,
    an_assessment,
    an_assignment,
    asked,
    deeds_of,
    questionnaire_of,
)

NOTHING = dict.fromkeys(FILLED, "")
LAST = "EM1.2"
"""The one statement of the small questionnaire that may be outside the remit of a city."""

SURE = {"low": "Not very sure", "medium": "Fairly sure", "high": "Very sure"}
TAKE = Decision(Choice.TAKE)


def labels(statement):
    others = {"not_our_competence": "Not the city's competence", "cannot_judge": "Cannot judge"}
    return {str(value): f"{value}: {text}" for value, text in statement.levels} | others


def line(code="PM1.1", base="0", *, unreadable=(), **cells):
    given = {"statement": code, "base": base, **NOTHING, **cells}
    return Line(3, given, frozenset(unreadable))


def said(*lines, numbers=None):
    found = read(lines, a_questionnaire(), numbers or {}, labels, SURE)
    rows = [(row.code, {k: v for k, v in row.content.items() if v}) for row in found.rows]
    faults = [(one.column, one.message % one.facts) for one in found.faults if one.number]
    return rows, faults


def test_every_field_of_a_score_is_a_column():
    assert FILLED == Score.FIELDS
    assert ("statement", "base", *Score.FIELDS) == review_workbooks.COLUMNS


def test_a_sheet_of_this_review_is_taken_and_one_of_any_other_is_refused():
    one, other = an_assignment(), an_assignment()
    ours = identity(one, questionnaire_of(one.assessment))
    theirs = identity(other, questionnaire_of(other.assessment))

    refuse_other({**ours, "as_of": "today"}, ours)

    with pytest.raises(Unusable) as refusal:
        refuse_other(theirs, ours)
    city, round_ = other.assessment.city.slug, other.assessment.round.slug
    assert str(refusal.value) == (
        f"This sheet is of another review, of {city} in the round {round_}. Nothing was read "
        "from it."
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("format", "1", "This is no sheet of a review."),
        ("format", "", "This is no sheet of a review."),
        ("instrument", "other 1", "This sheet asks another questionnaire (other 1)"),
        ("sha256", "6" * 64, "This sheet asks an older wording"),
        ("version", "7", "This sheet was made for version 7 of what the city signed; version 1"),
    ],
)
def test_a_sheet_says_why_it_is_not_the_one(name, value, says):
    assignment = an_assignment()
    ours = identity(assignment, questionnaire_of(assignment.assessment))

    with pytest.raises(Unusable) as refusal:
        refuse_other({**ours, name: value}, ours)

    assert str(refusal.value).startswith(says)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("2", "2"),
        ("2: Level 2 of PM1.1.", "2"),
        ("level 2 of pm1.1.", "2"),
        ("Cannot judge", "cannot_judge"),
        (" cannot  JUDGE ", "cannot_judge"),
    ],
)
def test_levels_are_understood_in_both_columns(typed, mark):
    rows, faults = said(line(mark=typed, visit_mark=typed))

    assert (rows, faults) == ([("PM1.1", {"mark": mark, "visit_mark": mark})], [])


def test_what_a_city_may_have_outside_its_remit_is_chosen_there_only():
    words = "Not the city's competence"

    rows, faults = said(line(mark=words), line(LAST, visit_mark=words))

    assert rows == [(LAST, {"visit_mark": "not_our_competence"})]
    assert faults == [("mark", '"Not our competence" cannot be chosen for this statement.')]


@pytest.mark.parametrize(("typed", "kept"), [("Fairly  sure", "medium"), ("high", "high")])
def test_how_sure_a_reviewer_is_is_said_in_words(typed, kept):
    assert said(line(confidence=typed)) == ([("PM1.1", {"confidence": kept})], [])


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"mark": "9"}, "mark"),
        ({"visit_mark": "９"}, "visit_mark"),
        ({"confidence": "maybe"}, "confidence"),
        ({"justification": "x" * 10_001}, "justification"),
        ({"visit_justification": "x" * 10_001}, "visit_justification"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named(cells, column):
    rows, faults = said(line(**cells))

    assert (rows, [one for one, _ in faults]) == ([], [column])


def test_a_number_that_was_never_given_out_is_a_fault():
    _, faults = said(line(base="2", mark="1"), numbers={"PM1.1": 1})

    assert [column for column, _ in faults] == ["base"]


def put(assignment, *rows):
    return sheet_uploads.put_down(
        assignment.assessment,
        Reading(rows, ()),
        file_name="a.xlsx",
        key="k" * 32,
        by=assignment.reviewer,
        now=NOW,
        assignment=assignment,
    )


def taken(assignment, upload, decisions):
    scores = {one.statement_id: one for one in assignment.scores}
    whole = questionnaire_of(assignment.assessment)
    compared = sheet_uploads.comparisons(sheet_uploads.rows_of(upload), whole, scores, {})
    return take(
        upload,
        assignment,
        compared,
        decisions,
        lambda score, sent: Known(),
        by=assignment.reviewer,
        now=NOW,
    )


def test_rows_that_are_chosen_become_scores_and_the_others_wait():
    assignment = an_assignment(state=AssignmentState.ACCEPTED)
    first, second = asked(assignment.assessment, "PM1.1"), asked(assignment.assessment, "PM1.2")
    upload = put(
        assignment,
        Row("PM1.1", 3, 0, {**NOTHING, "mark": "2", "confidence": "high"}),
        Row("PM1.2", 4, 0, {**NOTHING, "mark": "1"}),
    )

    result = taken(assignment, upload, {"PM1.1": TAKE})

    assert result.saved == ["PM1.1"]
    [score] = assignment.scores
    assert (score.statement_id, score.mark, score.confidence) == (first.id, "2", "high")
    assert second.id not in {one.statement_id for one in assignment.scores}
    assert assignment.state is AssignmentState.DRAFTING
    assert [(row.code, row.chosen) for row in sheet_uploads.rows_of(upload)] == [("PM1.2", False)]
    assert [action for action, _ in deeds_of(assignment.reviewer)] == [
        "sheet:upload",
        "score:write",
    ]


def test_a_score_that_changed_meanwhile_is_not_overwritten_unseen():
    assignment = an_assignment(scored="all", mark="3")
    statement = asked(assignment.assessment, "PM1.1")
    upload = put(assignment, Row("PM1.1", 3, 0, {**NOTHING, "mark": "2"}))
    score = next(one for one in assignment.scores if one.statement_id == statement.id)

    result = taken(assignment, upload, {"PM1.1": TAKE})
    assert (result.stale, score.mark) == (["PM1.1"], "3")
    result = taken(assignment, upload, {"PM1.1": Decision(Choice.MINE, seen=1)})

    assert (result.saved, score.mark) == (["PM1.1"], "2")


def test_nothing_is_taken_into_a_review_that_was_submitted():
    assignment = an_assignment(state=AssignmentState.SUBMITTED)
    upload = put(assignment, Row("PM1.1", 3, 0, {**NOTHING, "mark": "2"}))

    with pytest.raises(NotNow):
        taken(assignment, upload, {"PM1.1": TAKE})


def test_a_sheet_waits_for_its_own_review_only():
    assignment = an_assignment()
    upload = put(assignment)

    waits = [
        sheet_uploads.waiting(upload, assignment.assessment, NOW, there)
        for there in (assignment, None, an_assignment())
    ]

    assert waits == [True, False, False]


@pytest.mark.parametrize(("blind", "mark", "hidden"), [(1, "", 1), (1, "2", 0), (0, "", 0)])
def test_in_a_blind_round_the_citys_level_waits_for_the_own_one(blind, mark, hidden):
    round_ = a_round(blind=bool(blind))
    assessment = an_assessment(round=round_, state=AssessmentState.IN_REVIEW)
    assignment = an_assignment(of=assessment, scored="all", mark=mark)

    assert city_level_hidden(assignment, assignment.scores[0]) is bool(hidden)
    assert city_level_hidden(assignment, None) is bool(blind)
