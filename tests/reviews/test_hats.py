"""Hats: what a person is to one thing, and how a conflict of interest takes them away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, Citation, CityRole, ConsensusState, User
from reviews import assigning
from reviews.hats import Hat, conflicted, worn
from tests.builders import (
    NOW,
    a_calibration_review,
    a_city,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_reviewer,
    a_round,
    a_submitted_review,
    a_user,
    an_answer,
    an_assessment,
    an_assignment,
    an_officer,
    an_open_case,
)

InReview = AssessmentState.IN_REVIEW


def test_nobody_is_a_visitor():
    assert worn(None, an_assessment(), NOW) == Hat.VISITOR


def test_a_person_whose_account_is_closed_is_a_visitor():
    assessment = an_assessment()
    lead = an_officer(of=assessment.city)
    lead.active = False

    assert worn(lead, assessment, NOW) == Hat.VISITOR


def test_towards_nothing_in_particular_a_person_is_a_person():
    assert worn(a_user(), None, NOW) == Hat.PERSON


@pytest.mark.parametrize(
    ("role", "hat"),
    [
        (CityRole.CONTRIBUTOR, Hat.CONTRIBUTOR),
        (CityRole.LEAD, Hat.LEAD),
        (CityRole.SIGNATORY, Hat.SIGNATORY),
        (CityRole.REVIEWER, Hat.NOBODY),
    ],
)
def test_an_officer_wears_the_hat_of_the_role_in_the_own_city_only(role, hat):
    ghent, antwerp = an_assessment(of=a_city("Ghent")), an_assessment(of=a_city("Antwerp"))
    officer = an_officer(of=ghent.city, role=role)

    assert (worn(officer, ghent, NOW), worn(officer, antwerp, NOW)) == (
        Hat.PERSON | hat,
        Hat.PERSON,
    )


def test_a_role_ends_at_the_very_moment():
    assessment = an_assessment()
    officer = an_officer(of=assessment.city, ended_at=NOW)

    before, at = (worn(officer, assessment, now) for now in (NOW - timedelta(microseconds=1), NOW))

    assert (before, at) == (Hat.PERSON | Hat.LEAD, Hat.PERSON)


@pytest.mark.parametrize(
    ("state", "lead", "hat"),
    [
        (AssignmentState.INVITED, True, Hat.INVITED),
        (AssignmentState.ACCEPTED, True, Hat.REVIEWER),
        (AssignmentState.DRAFTING, False, Hat.REVIEWER),
        (AssignmentState.SUBMITTED, False, Hat.FINISHED_REVIEWER),
        (AssignmentState.SUBMITTED, True, Hat.LEAD_REVIEWER),
        (AssignmentState.DECLINED, False, Hat.NOBODY),
        (AssignmentState.RECUSED, False, Hat.NOBODY),
        (AssignmentState.REVOKED, True, Hat.NOBODY),
    ],
)
def test_the_state_of_the_assignment_says_what_a_reviewer_is(state, lead, hat):
    assignment = an_assignment(state=state, lead=lead)

    for thing in (assignment, assignment.assessment):
        assert worn(assignment.reviewer, thing, NOW) == Hat.PERSON | hat


def test_a_colleague_in_the_team_is_a_stranger_to_another_review():
    assessment = an_assessment(state=InReview)
    mine, other = an_assignment(of=assessment), an_assignment(of=assessment, scored="all")

    hats = {worn(mine.reviewer, thing, NOW) for thing in (other, other.scores[0])}

    assert hats == {Hat.PERSON}


def test_a_reviewer_is_the_reviewer_of_the_own_scores():
    assignment = an_assignment(scored="all")

    assert worn(assignment.reviewer, assignment.scores[0], NOW) == Hat.PERSON | Hat.REVIEWER


def test_a_coordinator_is_one_of_the_own_round_and_its_cities_only():
    round_ = a_round()
    inside, outside = an_assessment(round=round_), an_assessment()
    coordinator = a_coordinator(of=round_)
    things = [round_, inside, inside.round, outside, outside.round, None]

    hats = [worn(coordinator, thing, NOW) for thing in things]

    office = Hat.PERSON | Hat.ROUNDS_OFFICE
    assert hats == [office | Hat.COORDINATOR] * 3 + [office] * 3


def test_a_coordinator_whose_time_is_over_is_none():
    round_ = a_round()
    coordinator = a_coordinator(of=round_, ended_at=NOW)

    assert Hat.COORDINATOR not in worn(coordinator, round_, NOW)


def test_every_thing_of_an_assessment_asks_for_the_hats_of_that_assessment():
    consensus = a_consensus(
        of=a_submitted_review(lead=True).assessment, state=ConsensusState.AGREED
    )
    assessment = consensus.assessment
    lead = an_officer(of=assessment.city)
    use = Citation(assessment=assessment, statement_id=1)
    things = [an_answer(of=assessment), consensus, consensus.agreed_levels[0], use]

    assert {worn(lead, thing, NOW) for thing in things} == {Hat.PERSON | Hat.LEAD}


def test_a_person_with_two_roles_wears_both_hats():
    assessment = an_assessment()
    officer = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    officer.city_memberships += an_officer(of=assessment.city).city_memberships

    assert worn(officer, assessment, NOW) == Hat.PERSON | Hat.CONTRIBUTOR | Hat.LEAD


def test_a_reviewer_of_the_network_is_one_towards_every_case_and_the_own_view_of_it():
    case, reviewer = an_open_case(), a_reviewer()
    mine, other = a_calibration_review(of=case, reviewer=reviewer), a_calibration_review(of=case)

    hats = [worn(reviewer, thing, NOW) for thing in (case, mine, other, case.round)]

    own = Hat.PERSON | Hat.ROUND_REVIEWER
    assert hats == [own, own, Hat.PERSON, Hat.PERSON]


@pytest.mark.parametrize(
    ("state", "hat"),
    [
        (AssignmentState.INVITED, Hat.ROUND_REVIEWER),
        (AssignmentState.DRAFTING, Hat.ROUND_REVIEWER),
        (AssignmentState.SUBMITTED, Hat.ROUND_REVIEWER),
        (AssignmentState.DECLINED, Hat.NOBODY),
        (AssignmentState.RECUSED, Hat.NOBODY),
        (AssignmentState.REVOKED, Hat.NOBODY),
    ],
)
def test_whoever_is_in_a_team_is_a_reviewer_in_that_round_without_being_one_of_a_city(state, hat):
    assessment, elsewhere = an_assessment(), an_assessment()
    expert = a_user()
    an_assignment(of=assessment, reviewer=expert, state=state)

    here, there = (an_open_case(of=one.round) for one in (assessment, elsewhere))

    assert worn(expert, here, NOW) == Hat.PERSON | hat
    assert worn(expert, there, NOW) == Hat.PERSON


def test_whoever_reviews_no_more_is_no_reviewer_of_a_case():
    reviewer = a_reviewer()
    reviewer.city_memberships[0].ended_at = NOW
    review = a_calibration_review(reviewer=reviewer)

    assert worn(reviewer, review, NOW) == worn(reviewer, review.case, NOW) == Hat.PERSON


def test_towards_the_view_of_a_reviewer_even_the_coordinator_is_nobody():
    review = a_calibration_review()
    coordinator = a_coordinator(of=review.case.round)
    office = Hat.PERSON | Hat.ROUNDS_OFFICE

    hats = [worn(coordinator, thing, NOW) for thing in (review, review.case)]

    assert hats == [office, office | Hat.COORDINATOR]


def of_the_own_city(assessment) -> User:
    return a_reviewer(of=assessment.city)


def formerly_of_the_city(assessment) -> User:
    return an_officer(of=assessment.city, ended_at=NOW - timedelta(days=3000))


def with_a_declared_conflict(assessment) -> User:
    reviewer = a_reviewer()
    a_conflict(reviewer, with_=assessment.city)
    return reviewer


CONFLICTS = [of_the_own_city, formerly_of_the_city, with_a_declared_conflict]


@pytest.mark.parametrize("close", CONFLICTS)
@pytest.mark.parametrize("state", list(AssignmentState))
def test_a_conflict_beats_every_part_in_the_team(close, state):
    assessment = an_assessment(state=InReview)
    assignment = an_assignment(of=assessment, reviewer=close(assessment), state=state, lead=True)

    hats = {worn(assignment.reviewer, thing, NOW) for thing in (assessment, assignment)}

    assert (conflicted(assignment.reviewer, assessment.city), hats) == (True, {Hat.PERSON})


@pytest.mark.parametrize("close", CONFLICTS)
def test_a_conflict_beats_the_coordinator_for_that_city_only(close):
    round_ = a_round()
    own, other = an_assessment(round=round_), an_assessment(round=round_)
    person = close(own)
    person.round_memberships += a_coordinator(of=round_).round_memberships

    hats = [worn(person, thing, NOW) for thing in (own, other, round_)]

    assert hats == [Hat.PERSON, Hat.PERSON | Hat.COORDINATOR, Hat.PERSON | Hat.COORDINATOR]


def test_an_officer_who_coordinates_the_round_stays_an_officer_of_the_own_city():
    assessment = an_assessment()
    person = an_officer(of=assessment.city)
    person.round_memberships += a_coordinator(of=assessment.round).round_memberships

    assert worn(person, assessment, NOW) == Hat.PERSON | Hat.LEAD


def test_a_reviewer_who_steps_back_loses_every_hat_at_once():
    assignment = an_assignment(scored="all", lead=True)
    reviewer, assessment = assignment.reviewer, assignment.assessment
    reviewer.round_memberships += a_coordinator(of=assessment.round).round_memberships
    things = [assessment, assignment, assignment.scores[0]]
    before = {worn(reviewer, thing, NOW) for thing in things}

    assigning.recuse(assignment, reason="My sister works there.", by=reviewer, now=NOW)

    after = {worn(reviewer, thing, NOW) for thing in things}
    assert (before, after) == ({Hat.PERSON | Hat.REVIEWER | Hat.COORDINATOR}, {Hat.PERSON})


def test_a_stranger_has_no_conflict():
    ghent = a_city("Ghent")

    assert not conflicted(a_reviewer(of=a_city("Antwerp")), ghent)
