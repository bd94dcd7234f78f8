"""Earlier saves: what answers held at the versions that a sheet was made from."""

from __future__ import annotations

from models import AssessmentState
from reviews.queries.revisions import contents_at, scores_at
from reviews.saving import Known, save
from tests.builders import (
    NOW,
    a_reviewer,
    a_user,
    an_answer,
    an_assessment,
    an_assignment,
    sent,
    store,
)


def saved(answer, *texts):
    for text in texts:
        save(answer, sent(answer.number, text=text), Known(), by=a_user(), now=NOW)


def test_each_answer_as_it_was_at_one_save(session):
    assessment = an_assessment()
    one, two = (an_answer(to=code, of=assessment) for code in ("PM1.1", "PM1.2"))
    elsewhere = an_assessment(round=assessment.round)
    other = an_answer(to="PM1.1", of=elsewhere)
    saved(one, "First.", "Second.")
    saved(two, "Only.")
    saved(other, "Of another city.")
    store(session, assessment, elsewhere)

    found = contents_at(session, assessment, {one.statement_id: 1, two.statement_id: 7})

    assert found == {one.statement_id: {"mark": "", "text": "First.", "remit_reason": ""}}
    assert contents_at(session, assessment, {}) == {}


def test_each_score_of_one_reviewer_as_it_was_at_one_save(session):
    assessment = an_assessment(state=AssessmentState.IN_REVIEW)
    mine = an_assignment(of=assessment, scored="all")
    other = an_assignment(of=assessment, reviewer=a_reviewer(name="Another"), scored="all")
    one, two = mine.scores[:2]
    for score, mark in ((one, "3"), (two, "4"), (other.scores[0], "0")):
        save(score, sent(score.number, mark=mark), Known(), by=a_user(), now=NOW)
    store(session, assessment)

    found = scores_at(session, mine, {one.statement_id: 2, two.statement_id: 7})

    assert {statement: content["mark"] for statement, content in found.items()} == {
        one.statement_id: "3"
    }
    assert scores_at(session, mine, {}) == {}
