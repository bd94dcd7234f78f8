"""Scoring: each reviewer alone, one statement at a time, and then for good."""

from __future__ import annotations

import pytest

from models import AssessmentState, Assignment, AssignmentState, View, counted, marks
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.saving import Known, content_of
from reviews.scoring import (
    city_levels_hidden,
    give_score,
    submit,
    without_justification,
    without_score,
)
from reviews.submissions import sha256
from tests.builders import (
    NOW,
    a_consensus,
    a_reviewer,
    a_round,
    a_score,
    a_submitted_review,
    an_assessment,
    an_assignment,
    asked,
    deeds_of,
    questionnaire_of,
    revisions_of,
    sent,
)

InReview = AssessmentState.IN_REVIEW
KEY = "0b9fa2d8-6c55-4a3e-8d2f-90a7c7d3b1aa"
UNSEEN = {"visit_mark": "", "visit_justification": "", "confidence": ""}


def scored(assignment: Assignment, code: str = "PM1.1", mark: str = "3", **more: str):
    """A first score for one statement, given by the reviewer."""
    statement = asked(assignment.assessment, code)
    score = a_score(statement, marks.EMPTY)
    assignment.scores.append(score)
    give_score(
        score, statement, sent(0, mark=mark, **more), Known(), by=assignment.reviewer, now=NOW
    )
    return score


def test_the_first_score_begins_the_review_and_is_journalled_without_its_level():
    assignment = an_assignment(state=AssignmentState.ACCEPTED)

    score = scored(assignment, mark="3", justification="Seen\r\nthere.")

    assert content_of(score) == {**UNSEEN, "mark": "3", "justification": "Seen\nthere."}
    assert (assignment.state, score.number) == (AssignmentState.DRAFTING, 1)
    assert deeds_of(assignment.reviewer) == [
        ("score:write", {"assignment": assignment.id, "statement": "PM1.1"})
    ]


@pytest.mark.parametrize("mark", ["0", "4", marks.CANNOT_JUDGE])
def test_a_reviewer_gives_a_level_or_says_that_none_can_be_given(mark):
    assert scored(an_assignment(), mark=mark).mark == mark


def test_only_where_a_city_may_be_outside_its_remit_a_reviewer_may_say_so():
    assignment = an_assignment()
    inside = scored(assignment, "EM1.2", marks.NOT_OUR_COMPETENCE)

    with pytest.raises(Unusable) as refusal:
        scored(assignment, "PM1.1", marks.NOT_OUR_COMPETENCE)

    assert (inside.mark, refusal.value.field) == ("not_our_competence", "mark")


@pytest.mark.parametrize(
    "state",
    [
        AssignmentState.INVITED,
        AssignmentState.SUBMITTED,
        AssignmentState.DECLINED,
        AssignmentState.RECUSED,
        AssignmentState.REVOKED,
    ],
)
def test_only_a_reviewer_at_work_scores_or_submits(state):
    assignment = an_assignment(state=state, scored="all")
    score, questionnaire = assignment.scores[0], questionnaire_of(assignment.assessment)
    reviewer = assignment.reviewer

    with pytest.raises(NotNow):
        give_score(
            score,
            questionnaire.statements[0],
            sent(1, mark="4"),
            Known(),
            by=reviewer,
            now=NOW,
        )
    with pytest.raises(NotNow):
        submit(assignment, questionnaire, by=reviewer, now=NOW)

    assert (score.mark, revisions_of(score), assignment.submission) == ("2", [], None)
    assert deeds_of(reviewer) == []


@pytest.mark.parametrize(
    "state", [AssessmentState.DRAFT, AssessmentState.LOCKED, AssessmentState.SUBMITTED]
)
def test_nobody_scores_before_the_review_is_opened(state):
    assignment = an_assignment(of=an_assessment(state=state), state=AssignmentState.ACCEPTED)

    with pytest.raises(NotNow):
        scored(assignment)


def test_nobody_scores_once_consensus_is_open():
    assignment = an_assignment(scored="all")
    a_consensus(of=assignment.assessment)

    with pytest.raises(NotNow):
        submit(assignment, questionnaire_of(assignment.assessment), by=assignment.reviewer, now=NOW)


def test_a_score_under_an_old_page_keeps_both_texts():
    assignment = an_assignment()
    score = scored(assignment, mark="3", justification="From the tablet.")

    with pytest.raises(Stale) as refusal:
        give_score(
            score,
            asked(assignment.assessment, "PM1.1"),
            sent(0, mark="3", justification="From the laptop."),
            Known(),
            by=assignment.reviewer,
            now=NOW,
        )

    assert refusal.value.theirs == {**UNSEEN, "mark": "3", "justification": "From the tablet."}


def test_a_repeated_score_counts_and_is_journalled_once():
    assignment = an_assignment(scored="all")
    score, reviewer = assignment.scores[0], assignment.reviewer
    statement, request = asked(assignment.assessment, "PM1.1"), sent(1, KEY, mark="4")
    first = give_score(score, statement, request, Known(), by=reviewer, now=NOW)

    again = give_score(score, statement, request, Known(under_key=first), by=reviewer, now=NOW)

    assert (again, score.number, len(deeds_of(reviewer))) == (first, 2, 1)


def test_what_is_not_judged_yet_is_named_in_order():
    assignment = an_assignment()
    scored(assignment, "PM2.1")
    scored(assignment, "EM1.1", marks.CANNOT_JUDGE)
    assignment.scores.append(a_score(asked(assignment.assessment, "EM1.2"), marks.EMPTY))

    gaps = without_score(assignment, questionnaire_of(assignment.assessment))

    assert [statement.code for statement in gaps] == ["PM1.1", "PM1.2", "EM1.2"]


def test_a_review_with_gaps_is_not_submitted():
    assignment = an_assignment()
    scored(assignment, "PM2.1")

    with pytest.raises(Incomplete) as refusal:
        submit(assignment, questionnaire_of(assignment.assessment), by=assignment.reviewer, now=NOW)

    assert refusal.value.missing == ("PM1.1", "PM1.2", "EM1.1", "EM1.2")
    assert (assignment.state, assignment.submission) == (AssignmentState.DRAFTING, None)


def test_a_finished_review_is_frozen():
    assignment = an_assignment(scored="all", mark="2", justification="Seen.")
    assignment.scores[2].mark = marks.CANNOT_JUDGE
    assignment.scores[4].visit_mark, assignment.scores[4].visit_justification = "4", "At the desk."

    submission = submit(
        assignment, questionnaire_of(assignment.assessment), by=assignment.reviewer, now=NOW
    )

    assert (submission.packed, submission.submitted_at) == (bytes([2, 2, 254, 2, 4]), NOW)
    assert submission.sha256 == sha256(submission.document)
    assert (assignment.submission, assignment.state) == (submission, AssignmentState.SUBMITTED)
    assert deeds_of(assignment.reviewer) == [("review:submit", {"assignment": assignment.id})]


def test_a_review_is_submitted_once():
    review = a_submitted_review()
    before = review.submission

    with pytest.raises(NotNow):
        submit(review, questionnaire_of(review.assessment), by=review.reviewer, now=NOW)

    assert review.submission is before


# The desk and the visit.


@pytest.mark.parametrize(
    ("desk", "visit", "counts"),
    [
        (("2", "Read."), ("", ""), ("2", "Read.")),
        (("2", "Read."), ("", "Seen."), ("2", "Read.")),
        (("2", "Read."), ("3", "Seen."), ("3", "Seen.")),
        (("2", "Read."), ("3", ""), ("3", "")),
        (("2", "Read."), ("2", "Seen."), ("2", "Seen.")),
        (("2", "Read."), ("2", " \n"), ("2", "Read.")),
        (("", ""), ("1", "Seen."), ("1", "Seen.")),
    ],
)
def test_the_view_after_the_visit_counts_where_it_has_a_mark(desk, visit, counts):
    assert counted(View(*desk), View(*visit)) == View(*counts)


def test_the_visit_adds_its_view_and_leaves_the_one_from_the_desk():
    score = scored(an_assignment(), mark="1", justification="Read.")
    after = {"visit_mark": "3", "visit_justification": "Seen\r\nit.", "confidence": "high"}

    give_score(
        score,
        asked(score.assessment, "PM1.1"),
        sent(1, **after),
        Known(),
        by=score.assignment.reviewer,
        now=NOW,
    )

    assert content_of(score) == {
        "mark": "1",
        "justification": "Read.",
        "visit_mark": "3",
        "visit_justification": "Seen\nit.",
        "confidence": "high",
    }
    assert score.view == View("3", "Seen\nit.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("visit_mark", "5"),
        ("visit_mark", marks.NOT_OUR_COMPETENCE),
        ("confidence", "certain"),
        ("visit_justification", "a\0b"),
    ],
)
def test_the_new_fields_take_only_what_they_may_hold(field, value):
    assignment = an_assignment()

    with pytest.raises(Unusable) as refusal:
        scored(assignment, mark="3", **{field: value})

    assert refusal.value.field == field
    assert revisions_of(assignment.scores[0]) == []


def test_a_mark_after_the_visit_alone_is_a_score():
    assignment = an_assignment()
    scored(assignment, "PM2.1", marks.EMPTY, visit_mark="2")

    gaps = without_score(assignment, questionnaire_of(assignment.assessment))

    assert "PM2.1" not in [one.code for one in gaps]


# Where a reviewer departs from the city.


@pytest.mark.parametrize(
    ("content", "lacks"),
    [
        ({"mark": "3"}, False),
        ({"mark": "2"}, True),
        ({"mark": "2", "justification": " \n "}, True),
        ({"mark": "2", "justification": "Read."}, False),
        ({"mark": marks.CANNOT_JUDGE}, True),
        ({"mark": "3", "visit_mark": "1"}, True),
        ({"mark": "2", "justification": "Read.", "visit_mark": "1"}, True),
        ({"mark": "2", "justification": "Read.", "visit_mark": "2"}, False),
        ({"mark": "2", "visit_mark": "3"}, False),
        ({"mark": marks.EMPTY, "justification": ""}, False),
    ],
)
def test_who_departs_from_the_citys_mark_says_why(content, lacks):
    """The city of the builders signs level 3 everywhere."""
    assignment = an_assignment()
    scored(assignment, "PM1.1", **content)

    silent = without_justification(assignment, questionnaire_of(assignment.assessment))

    assert [one.code for one in silent] == (["PM1.1"] if lacks else [])


def test_a_review_that_departs_without_a_word_is_saved_but_not_submitted():
    assignment = an_assignment(scored="all", mark="3")
    assignment.scores[1].mark = assignment.scores[3].mark = "1"
    questionnaire = questionnaire_of(assignment.assessment)

    with pytest.raises(Incomplete) as refusal:
        submit(assignment, questionnaire, by=assignment.reviewer, now=NOW)

    assert refusal.value.missing == ("PM1.2", "EM1.1")
    assert (assignment.submission, deeds_of(assignment.reviewer)) == (None, [])


# Blind rounds.


@pytest.mark.parametrize(
    ("state", "hidden"),
    [
        (AssignmentState.ACCEPTED, True),
        (AssignmentState.DRAFTING, True),
        (AssignmentState.SUBMITTED, False),
        (AssignmentState.REVOKED, False),
    ],
)
def test_a_blind_round_hides_the_citys_levels_from_whoever_is_still_scoring(state, hidden):
    blind = an_assessment(round=a_round(blind=True), state=InReview)
    own = an_assignment(of=blind, state=state)

    assert city_levels_hidden(blind, own.reviewer) is hidden
    assert not city_levels_hidden(blind, a_reviewer())


def test_an_ordinary_round_hides_no_levels():
    own = an_assignment()

    assert not city_levels_hidden(own.assessment, own.reviewer)
