"""Seats: planned unseen, changed by hand, forgotten, announced."""

from __future__ import annotations

import pytest

from models import AssessmentState, AssignmentState
from reviews import pool, seating
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.hats import Hat, worn
from reviews.pool import Member
from reviews.proposing import propose
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_reviewer,
    a_round,
    a_seat,
    an_assessment,
    an_assignment,
    an_officer,
    deeds_of,
    entries_of,
)

Submitted, InReview = AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW
BY = a_coordinator()


def planned(assessment, reviewer, *, lead=False, by=BY):
    return seating.plan_seat(assessment, reviewer, lead=lead, by=by, now=NOW)


def people_in(assessment):
    return {(one.reviewer.name, one.lead) for one in assessment.seats}


@pytest.mark.parametrize("state", list(AssessmentState))
def test_a_seat_is_planned_in_every_state_before_the_consensus_and_gives_no_right(state):
    assessment, reviewer, by = an_assessment(state=state), a_reviewer(), a_coordinator()

    seat = planned(assessment, reviewer, lead=True, by=by)

    assert (assessment.seats, seat.lead, seat.by_hand, seat.planned_at) == ([seat], True, True, NOW)
    assert assessment.assignments == []
    assert worn(reviewer, assessment, NOW) == Hat.PERSON
    assert deeds_of(by) == [
        ("seat:plan", {"city": assessment.city.id, "reviewer": reviewer.id, "lead": True})
    ]


def test_what_is_planned_for_a_city_is_written_down_with_the_round_and_not_with_the_city():
    assessment, by = an_assessment(), a_coordinator()
    seat = planned(assessment, a_reviewer(), by=by)
    seating.make_lead(seat, by=by, now=NOW)
    seating.remove_seat(seat, by=by, now=NOW)

    entries = entries_of(by)

    assert {(one.round_id, one.city_id) for one in entries} == {(assessment.round.id, None)}
    assert {one.action for one in entries} == {"seat:plan", "seat:lead", "seat:remove"}


@pytest.mark.parametrize(
    ("tie", "says"),
    [
        ("belongs", "Ana Silva cannot review Ghent: they belong to it."),
        ("belonged", "Ana Silva cannot review Ghent: they belonged to it."),
        ("employed", "Ana Silva cannot review Ghent: they worked for it before."),
        ("declared", "Ana Silva cannot review Ghent: a conflict of interest was declared."),
    ],
)
def test_nobody_with_a_conflict_of_interest_is_planned(tie, says):
    ghent = a_city("Ghent")
    assessment = an_assessment(of=ghent)
    person = {
        "belongs": lambda: an_officer(of=ghent, name="Ana Silva"),
        "belonged": lambda: an_officer(of=ghent, name="Ana Silva", ended_at=NOW),
    }.get(tie, lambda: a_reviewer(name="Ana Silva"))()
    if tie == "declared":
        a_conflict(person, with_=ghent)
    if tie == "employed":
        pool.state_employer(ghent, reason="Once.", tasks=(), seats=(), by=person, now=NOW)

    with pytest.raises(ConflictOfInterest) as refusal:
        planned(assessment, person)

    assert (str(refusal.value), assessment.seats) == (says, [])


def test_nobody_is_planned_twice_nor_who_is_or_was_in_the_team():
    assessment = an_assessment(state=InReview)
    there = [
        an_assignment(of=assessment).reviewer,
        an_assignment(of=assessment, state=AssignmentState.REVOKED).reviewer,
        a_seat(of=assessment).reviewer,
    ]

    for person in there:
        with pytest.raises(Unusable) as refusal:
            planned(assessment, person)
        assert refusal.value.field == "reviewer"

    assert len(assessment.seats) == 1


def test_nothing_is_planned_once_the_consensus_is_open():
    assessment = a_consensus().assessment
    seat = a_seat(of=assessment)

    with pytest.raises(NotNow):
        planned(assessment, a_reviewer())
    with pytest.raises(NotNow):
        seating.make_lead(seat, by=BY, now=NOW)


def test_a_team_has_one_planned_lead():
    assessment = an_assessment()
    planned(assessment, a_reviewer(name="Ana"), lead=True)
    planned(assessment, a_reviewer(name="Ben"), lead=True)
    third = planned(assessment, a_reviewer(name="Cem"))
    before = people_in(assessment)

    seating.make_lead(third, by=BY, now=NOW)

    assert before == {("Ana", False), ("Ben", True), ("Cem", False)}
    assert people_in(assessment) == {("Ana", False), ("Ben", False), ("Cem", True)}


def test_who_leads_a_team_is_not_planned_away():
    assessment = an_assessment(state=InReview)
    an_assignment(of=assessment, lead=True)

    with pytest.raises(Unusable) as refusal:
        planned(assessment, a_reviewer(), lead=True)

    assert (refusal.value.field, assessment.seats) == ("lead", [])


def test_a_proposal_is_taken_over_as_planned_seats():
    round_ = a_round(minimum_reviewers=1)
    assessments = [an_assessment(round=round_), an_assessment(round=round_)]
    members = [Member(a_reviewer(), None, 1), Member(a_reviewer(), None, 0)]
    by = a_coordinator(of=round_)
    setting = pool.setting(round_, assessments, members, roles=(), now=NOW)

    count = seating.adopt(
        round_,
        propose(setting),
        assessments,
        [one.user for one in members],
        by=by,
        now=NOW,
    )

    seats = [seat for one in assessments for seat in one.seats]
    assert (count, [(one.by_hand, one.lead) for one in seats]) == (2, [(False, True)] * 2)
    assert {one.reviewer for one in seats} == {members[0].user}
    assert deeds_of(by)[-1] == ("seat:propose", {"seats": 2})


def test_a_plan_is_dropped_and_who_was_asked_stays():
    assessment, by = an_assessment(state=InReview), a_coordinator()
    task = an_assignment(of=assessment)
    a_seat(of=assessment)
    a_seat(of=assessment)

    count = seating.drop(assessment.round, [assessment], by=by, now=NOW)

    assert (count, assessment.seats, assessment.assignments) == (2, [], [task])
    assert deeds_of(by) == [("seat:drop", {"seats": 2})]


def test_announcing_invites_for_the_cities_that_have_signed_and_leaves_the_others_planned():
    round_ = a_round()
    signed = an_assessment(round=round_, state=Submitted)
    drafting = an_assessment(round=round_)
    first, second = a_seat(of=signed, lead=True), a_seat(of=signed)
    waiting = a_seat(of=drafting, lead=True)
    by = a_coordinator(of=round_)

    asked = seating.announce(round_, [signed, drafting], by=by, now=NOW)

    assert [(one.reviewer, one.lead, one.state) for one in asked] == [
        (first.reviewer, True, AssignmentState.INVITED),
        (second.reviewer, False, AssignmentState.INVITED),
    ]
    assert (signed.seats, signed.assignments) == ([], asked)
    assert (drafting.seats, drafting.assignments) == ([waiting], [])
    assert [action for action, _ in deeds_of(by)] == [
        "reviewer:invite",
        "reviewer:invite",
        "seat:announce",
    ]


def test_a_conflict_that_came_up_since_the_planning_stops_the_announcement():
    assessment = an_assessment(of=a_city("Ghent"), state=Submitted)
    seat = a_seat(of=assessment, reviewer=a_reviewer(name="Ana Silva"))
    a_conflict(seat.reviewer, with_=assessment.city)

    with pytest.raises(ConflictOfInterest) as refusal:
        seating.announce(assessment.round, [assessment], by=BY, now=NOW)

    assert str(refusal.value) == (
        "Ana Silva cannot review Ghent: a conflict of interest was declared."
    )
    assert (assessment.seats, assessment.assignments) == ([seat], [])


def test_who_was_asked_by_hand_meanwhile_is_not_asked_again_and_a_second_lead_follows():
    assessment = an_assessment(state=Submitted)
    task = an_assignment(of=assessment, lead=True, state=AssignmentState.INVITED)
    a_seat(of=assessment, reviewer=task.reviewer)
    other = a_seat(of=assessment, lead=True)

    asked = seating.announce(assessment.round, [assessment], by=BY, now=NOW)

    assert [(one.reviewer, one.lead) for one in asked] == [(other.reviewer, False)]
    assert (len(assessment.assignments), assessment.seats) == (2, [])


def test_with_nobody_to_ask_nothing_is_announced():
    assessment = an_assessment()
    a_seat(of=assessment)

    with pytest.raises(NotNow):
        seating.announce(assessment.round, [assessment], by=BY, now=NOW)
