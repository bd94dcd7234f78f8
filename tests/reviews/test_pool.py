"""The pool: profiles, former employers, and why somebody cannot be chosen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, AssignmentState, CityRole, ConflictKind, ReviewerProfile
from reviews import pool
from reviews.errors import Unusable
from reviews.hats import Hat, worn
from reviews.pool import Bar, Member
from reviews.teams import Candidate, Host, Seat
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_consensus,
    a_profile,
    a_reviewer,
    a_round,
    a_seat,
    a_submitted_review,
    an_assessment,
    an_assignment,
    an_officer,
    deeds_of,
)

GOOD = {
    "languages": ["pt", "en"],
    "roles": ["buyer", "policy-maker"],
    "capacity": 2,
    "earlier_reviews": 4,
}


def written(reviewer, **change):
    profile = ReviewerProfile(user=reviewer, changed_at=NOW - timedelta(days=9))
    pool.write_profile(profile, **{**GOOD, **change}, by=reviewer, now=NOW)
    return profile


def stated(reviewer, city, *, tasks=(), seats=(), reason="I ran its housing office."):
    return pool.state_employer(city, reason=reason, tasks=tasks, seats=seats, by=reviewer, now=NOW)


def test_a_profile_is_kept_in_a_fixed_order_and_its_writing_is_journalled_without_words():
    reviewer = a_reviewer()

    profile = written(reviewer)

    assert (profile.languages, profile.roles) == ("en,pt", "policy-maker,buyer")
    assert (profile.capacity, profile.earlier_reviews, profile.changed_at) == (2, 4, NOW)
    assert deeds_of(reviewer) == [("profile:write", {"person": reviewer.id})]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"languages": ["tlh"]}, "languages"),
        ({"roles": ["mayor"]}, "roles"),
        ({"capacity": 11}, "capacity"),
        ({"capacity": -1}, "capacity"),
        ({"earlier_reviews": 100}, "earlier_reviews"),
        ({"earlier_reviews": -1}, "earlier_reviews"),
    ],
)
def test_what_cannot_be_in_a_profile_is_refused(change, field):
    with pytest.raises(Unusable) as refusal:
        written(a_reviewer(), **change)

    assert refusal.value.field == field


def test_a_former_employer_is_a_conflict_and_every_right_on_it_is_gone():
    assessment, reviewer = an_assessment(state=AssessmentState.IN_REVIEW), a_reviewer()
    task = an_assignment(of=assessment, reviewer=reviewer)
    seat = a_seat(of=an_assessment(of=assessment.city), reviewer=reviewer)
    other = a_seat(of=an_assessment(), reviewer=reviewer)

    conflict = stated(reviewer, assessment.city, tasks=[task], seats=[seat, other])

    assert (conflict.kind, reviewer.conflicts) == (ConflictKind.FORMER_EMPLOYER, [conflict])
    assert (task.state, task.ended_reason) == (
        AssignmentState.RECUSED,
        "I ran its housing office.",
    )
    assert (seat.assessment, other.assessment.seats) == (None, [other])
    assert worn(reviewer, assessment, NOW) == Hat.PERSON
    assert deeds_of(reviewer) == [
        ("assignment:recuse", {"assignment": task.id}),
        ("profile:state-employer", {"city": assessment.city.id}),
    ]


def test_a_review_that_is_part_of_a_consensus_stays_and_its_rights_go():
    task = a_submitted_review(lead=True)
    a_consensus(of=task.assessment)

    stated(task.reviewer, task.assessment.city, tasks=[task])

    assert task.state is AssignmentState.SUBMITTED
    assert worn(task.reviewer, task.assessment, NOW) == Hat.PERSON


def test_a_city_to_which_there_is_a_tie_already_is_no_former_employer():
    reviewer = a_reviewer(of=a_city("Ghent"))

    with pytest.raises(Unusable) as refusal:
        stated(reviewer, reviewer.city_memberships[0].city)

    assert str(refusal.value).startswith("Ghent is one of your cities already.")


@pytest.mark.parametrize("reason", ["", "  ", "a\0b"])
def test_a_former_employer_needs_a_reason_that_can_be_kept(reason):
    reviewer = a_reviewer()

    with pytest.raises(Unusable):
        stated(reviewer, a_city(), reason=reason)

    assert reviewer.conflicts == []


def test_why_somebody_cannot_be_chosen_is_said_for_each_kind_of_tie():
    assessment = an_assessment(state=AssessmentState.IN_REVIEW)
    city = assessment.city
    employed, declared = a_reviewer(), a_reviewer()
    stated(employed, city)
    a_conflict(declared, with_=city)
    people = {
        Bar.OF_CITY: an_officer(of=city),
        Bar.WAS_OF_CITY: an_officer(of=city, role=CityRole.CONTRIBUTOR, ended_at=NOW),
        Bar.FORMER_EMPLOYER: employed,
        Bar.DECLARED: declared,
        Bar.IN_TEAM: an_assignment(of=assessment).reviewer,
        Bar.LEFT_TEAM: an_assignment(of=assessment, state=AssignmentState.DECLINED).reviewer,
        Bar.PLANNED: a_seat(of=assessment).reviewer,
        None: a_reviewer(),
    }

    found = {expected: pool.bar(one, assessment, NOW) for expected, one in people.items()}

    assert found == {expected: expected for expected in people}


def test_a_member_without_a_profile_takes_three_cities_and_has_what_was_done_here():
    member = Member(a_reviewer(), None, 2)

    assert (member.capacity, member.languages, member.roles, member.experience) == (
        3,
        frozenset(),
        frozenset(),
        2,
    )


def test_a_round_becomes_plain_values():
    ghent = a_city("Ghent", languages="nl,fr")
    round_ = a_round(minimum_reviewers=2)
    assessment = an_assessment(of=ghent, round=round_, state=AssessmentState.IN_REVIEW)
    closed = an_assessment(of=a_city("Namur"), round=round_, state=AssessmentState.IN_REVIEW)
    a_consensus(of=closed)
    reviewer = a_reviewer(of=ghent)
    profile = a_profile(reviewer, languages="en,pt", roles="buyer", capacity=4, earlier_reviews=1)
    task = an_assignment(of=closed, lead=True)
    an_assignment(of=closed, state=AssignmentState.REVOKED)
    seat = a_seat(of=assessment)

    setting = pool.setting(
        round_,
        [assessment, closed],
        [Member(reviewer, profile, 2)],
        roles=["policy-maker", "dreamer", "buyer"],
        now=NOW,
        elsewhere={reviewer.id: 1},
    )

    assert setting.hosts == (
        Host(ghent.id, frozenset({"nl", "fr"})),
        Host(closed.city.id, open=False),
    )
    assert setting.candidates == (
        Candidate(
            reviewer.id,
            frozenset({ghent.id}),
            frozenset({"en", "pt"}),
            frozenset({"buyer"}),
            capacity=4,
            experience=3,
            barred=frozenset({ghent.id}),
            elsewhere=1,
        ),
    )
    assert (setting.minimum, setting.roles) == (2, ("policy-maker", "buyer"))
    assert setting.seats == (
        Seat(ghent.id, seat.reviewer.id),
        Seat(closed.city.id, task.reviewer.id, lead=True),
    )
