"""What coordinators are told of a round: counts and names, in few queries, never content."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import AssessmentState, AssignmentState, ConsensusState, Entry
from reviews.queries import rounds
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_consensus,
    a_coordinator,
    a_reviewer,
    a_round,
    a_submitted_review,
    an_assessment,
    an_assignment,
    an_officer,
    store,
)

IN_REVIEW = AssessmentState.IN_REVIEW


def test_the_cockpit_counts_answers_agreed_levels_and_signed_versions(session: Session):
    round_ = a_round()
    drafting = an_assessment(of=a_city("Aalst"), round=round_, answered="one")
    agreed = an_assessment(of=a_city("Bruges"), round=round_, state=IN_REVIEW)
    a_submitted_review(of=agreed, lead=True)
    a_consensus(of=agreed, state=ConsensusState.AGREED)
    untouched = an_assessment(of=a_city("Charleroi"), round=round_)
    store(session, drafting, agreed, untouched)

    found = rounds.cockpit(session, round_)

    assert [(row.assessment.city.name, *row[1:4]) for row in found] == [
        ("Aalst", 1, 0, None),
        ("Bruges", 5, 5, 1),
        ("Charleroi", 0, 0, None),
    ]


def test_the_last_activity_is_that_of_the_city_in_this_round(session: Session):
    round_, other = a_round(), a_round()
    city = a_city("Ghent")
    coordinator = a_coordinator(of=round_)
    store(session, an_assessment(of=city, round=round_), an_assessment(of=city, round=other))
    session.add(coordinator)
    session.flush()
    for days, where in ((9, round_.id), (4, round_.id), (1, other.id), (0, None)):
        entry = Entry(
            action="answer:write", at=NOW - timedelta(days=days), round_id=where, city_id=city.id
        )
        coordinator.deeds.add(entry)
    session.flush()

    (row,) = rounds.cockpit(session, round_)

    assert row.active_at == NOW - timedelta(days=4)


def test_cities_are_inside_a_round_or_outside_it(session: Session):
    round_ = a_round()
    store(session, an_assessment(of=a_city("Ghent"), round=round_))
    session.add_all([a_city("Namur"), a_city("Leuven")])
    session.flush()

    assert [city.name for city in rounds.cities_in(session, round_)] == ["Ghent"]
    assert [city.name for city in rounds.cities_outside(session, round_)] == ["Leuven", "Namur"]


def test_too_close_are_own_cities_past_ones_and_declared_conflicts(session: Session):
    round_ = a_round()
    own, past, declared, free = (
        an_assessment(of=a_city(name), round=round_)
        for name in ("Ghent", "Leuven", "Namur", "Liege")
    )
    who = an_officer(of=own.city)
    who.city_memberships += an_officer(of=past.city, ended_at=NOW).city_memberships
    a_conflict(who, with_=declared.city)
    store(session, own, past, declared, free)
    session.add(who)
    session.flush()

    assert rounds.too_close(session, round_, who) == {
        own.city.id,
        past.city.id,
        declared.city.id,
    }
    assert rounds.too_close(session, round_, a_coordinator()) == frozenset()


def test_the_pool_holds_active_reviewers_with_their_load_in_this_round(session: Session):
    round_, other = a_round(), a_round()
    busy, gone, idle = (
        a_reviewer(of=a_city(f"{name} City"), name=name) for name in ("Busy", "Gone", "Idle")
    )
    ended, inactive = a_reviewer(name="Ended"), a_reviewer(name="Inactive")
    ended.city_memberships[0].ended_at = NOW
    inactive.active = False
    one, two = (an_assessment(round=round_, state=IN_REVIEW) for _ in range(2))
    elsewhere = an_assessment(round=other, state=IN_REVIEW)
    tasks = [
        an_assignment(of=one, reviewer=busy),
        an_assignment(of=two, reviewer=busy),
        an_assignment(of=elsewhere, reviewer=busy),
        an_assignment(of=one, reviewer=gone, state=AssignmentState.DECLINED),
    ]
    store(session, *tasks)
    session.add_all([idle, ended, inactive, an_officer(of=a_city())])
    session.flush()

    found = rounds.pool(session, round_, NOW)

    assert [(one.user.name, one.homes, one.reviews) for one in found] == [
        ("Busy", "Busy City", 2),
        ("Gone", "Gone City", 0),
        ("Idle", "Idle City", 0),
    ]


def test_a_word_is_taken_by_the_round_that_has_it(session: Session):
    session.add(a_round(slug="2026"))
    session.flush()

    assert rounds.is_taken(session, "2026")
    assert not rounds.is_taken(session, "2027")
