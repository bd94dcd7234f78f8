"""Assigning: a reviewer is invited, accepts or not, and may always step back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, Conflict, Consensus
from reviews.assigning import accept, decline, finish, invite, recuse, replace, revoke, start
from reviews.consensus import team
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_reviewer,
    an_assessment,
    an_assignment,
    an_officer,
    deeds_of,
)

Submitted, InReview = AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW
AT_WORK = [AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DRAFTING]
OVER = [
    AssignmentState.SUBMITTED,
    AssignmentState.DECLINED,
    AssignmentState.RECUSED,
    AssignmentState.REVOKED,
]


@pytest.mark.parametrize("state", [Submitted, InReview])
def test_a_reviewer_is_invited_to_a_signed_assessment(state):
    assessment, reviewer = an_assessment(state=state), a_reviewer()
    coordinator = a_coordinator(of=assessment.round)

    assignment = invite(assessment, reviewer, lead=True, by=coordinator, now=NOW)

    assert (assignment.reviewer, assignment.lead, assignment.state, assignment.invited_at) == (
        reviewer,
        True,
        AssignmentState.INVITED,
        NOW,
    )
    assert assessment.assignments == [assignment]
    assert deeds_of(coordinator) == [("reviewer:invite", {"reviewer": reviewer.id, "lead": True})]


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.LOCKED])
def test_nobody_is_invited_before_the_city_has_signed(state):
    with pytest.raises(NotNow):
        invite(an_assessment(state=state), a_reviewer(), lead=False, by=a_coordinator(), now=NOW)


def test_nobody_is_invited_once_consensus_is_open():
    with pytest.raises(NotNow):
        invite(a_consensus().assessment, a_reviewer(), lead=False, by=a_coordinator(), now=NOW)


def test_a_reviewer_of_the_same_country_is_invited_but_of_the_same_city_is_not():
    ghent, antwerp = a_city("Ghent"), a_city("Antwerp")
    assessment = an_assessment(of=ghent, state=Submitted)
    invite(assessment, a_reviewer(of=antwerp), lead=False, by=a_coordinator(), now=NOW)

    with pytest.raises(ConflictOfInterest) as refusal:
        invite(
            assessment,
            a_reviewer(of=ghent, name="Mirela Ionescu"),
            lead=False,
            by=a_coordinator(),
            now=NOW,
        )

    assert str(refusal.value) == ("Mirela Ionescu cannot review Ghent: a conflict of interest.")
    assert [one.reviewer.city_memberships[0].city for one in assessment.assignments] == [antwerp]


def test_a_former_officer_of_the_city_is_not_invited():
    assessment = an_assessment(state=Submitted)
    former = an_officer(of=assessment.city, ended_at=NOW - timedelta(days=3000))

    with pytest.raises(ConflictOfInterest):
        invite(assessment, former, lead=False, by=a_coordinator(), now=NOW)


def test_who_declared_a_conflict_with_the_city_is_not_invited():
    assessment, reviewer = an_assessment(state=Submitted), a_reviewer()
    a_conflict(reviewer, with_=assessment.city)

    with pytest.raises(ConflictOfInterest):
        invite(assessment, reviewer, lead=False, by=a_coordinator(), now=NOW)


@pytest.mark.parametrize("state", list(AssignmentState))
def test_the_same_reviewer_is_invited_once(state):
    assignment = an_assignment(state=state)

    with pytest.raises(Unusable) as refusal:
        invite(assignment.assessment, assignment.reviewer, lead=False, by=a_coordinator(), now=NOW)

    assert refusal.value.field == "reviewer"


def test_a_team_has_one_lead():
    assessment = an_assessment(state=Submitted)
    an_assignment(of=assessment, lead=True, state=AssignmentState.INVITED)

    with pytest.raises(Unusable) as refusal:
        invite(assessment, a_reviewer(), lead=True, by=a_coordinator(), now=NOW)

    assert (refusal.value.field, len(assessment.assignments)) == ("lead", 1)


@pytest.mark.parametrize(
    "state", [AssignmentState.DECLINED, AssignmentState.RECUSED, AssignmentState.REVOKED]
)
def test_a_lead_who_left_is_followed_by_another(state):
    assessment = an_assessment(state=Submitted)
    an_assignment(of=assessment, lead=True, state=state)

    assignment = invite(assessment, a_reviewer(), lead=True, by=a_coordinator(), now=NOW)

    assert assignment.lead is True


def test_who_accepts_declares_that_there_is_no_conflict():
    assignment = an_assignment(state=AssignmentState.INVITED)

    accept(assignment, by=assignment.reviewer, now=NOW)

    assert (assignment.state, assignment.no_conflict_declared_at) == (
        AssignmentState.ACCEPTED,
        NOW,
    )
    assert deeds_of(assignment.reviewer) == [("assignment:accept", {"assignment": assignment.id})]


def test_who_declines_says_why():
    assignment = an_assignment(state=AssignmentState.INVITED)

    decline(assignment, reason=" On leave. ", by=assignment.reviewer, now=NOW)

    assert (assignment.state, assignment.ended_reason) == (AssignmentState.DECLINED, "On leave.")


@pytest.mark.parametrize("leave", [decline, recuse, revoke])
def test_nobody_leaves_without_a_reason(leave):
    assignment = an_assignment(state=AssignmentState.INVITED)

    with pytest.raises(Unusable):
        leave(assignment, reason=" ", by=assignment.reviewer, now=NOW)

    assert (assignment.state, assignment.reviewer.conflicts) == (AssignmentState.INVITED, [])


@pytest.mark.parametrize("state", AT_WORK)
def test_who_steps_back_declares_a_conflict_with_the_city(state):
    assignment = an_assignment(state=state)
    reviewer, city = assignment.reviewer, assignment.assessment.city

    recuse(assignment, reason="My sister works there.", by=reviewer, now=NOW)

    declared: Conflict = reviewer.conflicts[0]
    assert (assignment.state, assignment.ended_reason) == (
        AssignmentState.RECUSED,
        "My sister works there.",
    )
    assert (declared.city, declared.reason, declared.declared_at) == (
        city,
        "My sister works there.",
        NOW,
    )
    assert deeds_of(reviewer) == [("assignment:recuse", {"assignment": assignment.id})]


@pytest.mark.parametrize("state", AT_WORK)
def test_a_coordinator_takes_a_reviewer_off_a_review_that_is_not_finished(state):
    assignment, coordinator = an_assignment(state=state), a_coordinator()

    revoke(assignment, reason="Ill for months.", by=coordinator, now=NOW)

    assert (assignment.state, assignment.reviewer.conflicts) == (AssignmentState.REVOKED, [])
    assert deeds_of(coordinator) == [("reviewer:revoke", {"assignment": assignment.id})]


@pytest.mark.parametrize(
    ("leave", "state"),
    [(decline, AssignmentState.SUBMITTED)]
    + [(leave, state) for leave in (decline, recuse, revoke) for state in OVER[1:]],
)
def test_what_is_over_is_not_left_again(leave, state):
    assignment = an_assignment(state=state)

    with pytest.raises(NotNow):
        leave(assignment, reason="Too late.", by=assignment.reviewer, now=NOW)

    assert (assignment.state, assignment.ended_reason) == (state, "")


@pytest.mark.parametrize("leave", [recuse, revoke])
def test_a_finished_reviewer_may_leave_until_the_consensus_is_open(leave):
    early = an_assignment(state=AssignmentState.SUBMITTED)
    late = an_assignment(state=AssignmentState.SUBMITTED)
    late.assessment.consensus = Consensus(opened_by=late.reviewer, opened_at=NOW)

    leave(early, reason="A new post.", by=early.reviewer, now=NOW)
    with pytest.raises(NotNow):
        leave(late, reason="A new post.", by=late.reviewer, now=NOW)

    assert team(early.assessment) == ()
    assert late.state is AssignmentState.SUBMITTED


def test_a_review_starts_once_and_finishes_from_there():
    assignment = an_assignment(state=AssignmentState.ACCEPTED)

    start(assignment)
    start(assignment)
    begun = assignment.state
    finish(assignment)

    assert (begun, assignment.state) == (AssignmentState.DRAFTING, AssignmentState.SUBMITTED)


def test_a_review_that_was_not_accepted_does_not_start():
    assignment = an_assignment(state=AssignmentState.INVITED)

    start(assignment)

    assert assignment.state is AssignmentState.INVITED


def test_a_reviewer_is_replaced_and_the_next_one_leads_if_the_first_did():
    task = an_assignment(lead=True)
    assessment, other = task.assessment, a_reviewer(name="Ben Okri")
    coordinator = a_coordinator(of=assessment.round)

    new = replace(task, other, reason="Fell ill.", by=coordinator, now=NOW)

    assert (task.state, task.ended_reason) == (AssignmentState.REVOKED, "Fell ill.")
    assert (new.reviewer, new.lead, new.state) == (other, True, AssignmentState.INVITED)
    assert [action for action, _ in deeds_of(coordinator)] == ["reviewer:revoke", "reviewer:invite"]


def test_nobody_with_a_conflict_comes_instead():
    task = an_assignment()

    with pytest.raises(ConflictOfInterest):
        replace(
            task,
            a_reviewer(of=task.assessment.city),
            reason="Fell ill.",
            by=a_coordinator(),
            now=NOW,
        )


def test_nobody_is_replaced_once_consensus_is_open():
    task = an_assignment(state=AssignmentState.SUBMITTED)
    a_consensus(of=task.assessment)

    with pytest.raises(NotNow):
        replace(task, a_reviewer(), reason="Fell ill.", by=a_coordinator(), now=NOW)
