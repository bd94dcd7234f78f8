"""The policy's answers: hidden, forbidden, not now, too late, yes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, CityRole
from reviews.policy import Action, Verdict, allowed, verdict
from tests.builders import (
    ANSWERS_DUE,
    NOW,
    REVIEWS_DUE,
    a_coordinator,
    a_reviewer,
    a_round,
    a_submitted_review,
    a_user,
    an_answer,
    an_assessment,
    an_assignment,
    an_officer,
)

AFTER = timedelta(microseconds=1)
WITH_A_DATE = [
    (Action.ANSWER_WRITE, CityRole.CONTRIBUTOR, AssessmentState.DRAFT),
    (Action.ASSESSMENT_LOCK, CityRole.LEAD, AssessmentState.DRAFT),
    (Action.ASSESSMENT_SIGN, CityRole.SIGNATORY, AssessmentState.LOCKED),
    (Action.EVIDENCE_ADD, CityRole.LEAD, AssessmentState.DRAFT),
    (Action.EVIDENCE_WITHDRAW, CityRole.CONTRIBUTOR, AssessmentState.DRAFT),
]


def test_what_a_person_may_not_know_of_is_hidden():
    assert verdict(a_user(), Action.ANSWER_READ, an_assessment(), NOW) is Verdict.HIDDEN


def test_what_is_never_a_persons_part_is_forbidden():
    assessment = an_assessment()
    signatory = an_officer(of=assessment.city, role=CityRole.SIGNATORY)

    assert verdict(signatory, Action.ANSWER_WRITE, assessment, NOW) is Verdict.FORBIDDEN


def test_what_is_a_persons_part_in_another_phase_is_not_now():
    answer = an_answer(of=an_assessment(state=AssessmentState.LOCKED))
    lead = an_officer(of=answer.assessment.city)

    assert verdict(lead, Action.ANSWER_WRITE, answer, NOW) is Verdict.NOT_NOW


@pytest.mark.parametrize(("action", "role", "state"), WITH_A_DATE)
def test_what_has_a_date_is_open_until_that_moment_and_then_too_late(action, role, state):
    assessment = an_assessment(state=state)
    officer = an_officer(of=assessment.city, role=role)

    verdicts = [
        verdict(officer, action, assessment, at) for at in (ANSWERS_DUE, ANSWERS_DUE + AFTER)
    ]

    assert verdicts == [Verdict.YES, Verdict.TOO_LATE]


@pytest.mark.parametrize("action", [Action.SCORE_WRITE, Action.REVIEW_SUBMIT])
def test_reviews_have_a_date_of_their_own(action):
    assignment = an_assignment()

    verdicts = [
        verdict(assignment.reviewer, action, assignment, at)
        for at in (ANSWERS_DUE + AFTER, REVIEWS_DUE, REVIEWS_DUE + AFTER)
    ]

    assert verdicts == [Verdict.YES, Verdict.YES, Verdict.TOO_LATE]


def test_a_city_may_still_unlock_and_read_after_the_date():
    assessment = an_assessment(state=AssessmentState.LOCKED)
    lead = an_officer(of=assessment.city)
    actions = [Action.ASSESSMENT_UNLOCK, Action.ANSWER_READ, Action.EVIDENCE_READ]

    assert all(allowed(lead, action, assessment, REVIEWS_DUE + AFTER) for action in actions)


def test_two_roles_add_up():
    assessment = an_assessment(state=AssessmentState.LOCKED)
    person = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    actions = [Action.ANSWER_READ, Action.ASSESSMENT_SIGN]
    before = [allowed(person, action, assessment, NOW) for action in actions]

    person.city_memberships += an_officer(
        of=assessment.city, role=CityRole.SIGNATORY
    ).city_memberships

    after = [allowed(person, action, assessment, NOW) for action in actions]
    assert (before, after) == ([True, False], [True, True])


def test_a_reviewer_does_not_see_the_draft_that_a_city_took_back():
    assessment = an_assessment()
    reviewer = an_assignment(of=assessment, state=AssignmentState.ACCEPTED).reviewer
    actions = [Action.SUBMISSION_READ, Action.EVIDENCE_READ, Action.ANSWER_READ]

    verdicts = [verdict(reviewer, action, assessment, NOW) for action in actions]

    assert verdicts == [Verdict.NOT_NOW, Verdict.NOT_NOW, Verdict.FORBIDDEN]


def test_a_finished_reviewer_sees_no_colleagues_scores_before_consensus():
    review = a_submitted_review()

    told = verdict(review.reviewer, Action.CONSENSUS_READ, review.assessment, NOW)

    assert told is Verdict.NOT_NOW


def test_a_round_is_its_coordinators_business():
    round_ = a_round()
    people = [a_coordinator(of=round_), a_coordinator(), a_reviewer(), None]

    verdicts = [verdict(person, Action.ROUND_READ, round_, NOW) for person in people]

    assert verdicts == [Verdict.YES, Verdict.HIDDEN, Verdict.HIDDEN, Verdict.HIDDEN]


def test_a_right_on_an_assessment_is_no_right_on_a_thing_without_one():
    lead = an_officer(of=an_assessment().city)

    assert verdict(lead, Action.ANSWER_WRITE, None, NOW) is Verdict.HIDDEN
