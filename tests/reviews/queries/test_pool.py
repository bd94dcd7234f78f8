"""The pool as coordinators are told of it: who is in it, with which experience, in few queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import AssessmentState, AssignmentState
from reviews.queries import pool
from tests.builders import (
    NOW,
    a_city,
    a_conflict,
    a_profile,
    a_reviewer,
    a_round,
    a_seat,
    a_submitted_review,
    an_assessment,
    an_assignment,
    an_officer,
    store,
)

IN_REVIEW = AssessmentState.IN_REVIEW


def test_the_pool_is_whoever_reviews_for_a_city_by_name(session: Session):
    ben, ana = a_reviewer(name="Ben"), a_reviewer(name="Ana")
    closed, gone = a_reviewer(name="Cem"), a_reviewer(name="Dov")
    closed.active = False
    gone.city_memberships[0].ended_at = NOW
    profile = a_profile(ana, languages="pt")
    round_ = a_round()
    store(session, round_.instrument, ben, ana, closed, gone, an_officer(of=a_city()), profile)
    session.add(round_)
    session.flush()

    found = pool.members(session, round_, NOW)

    assert [(one.user, one.profile, one.reviewed) for one in found] == [
        (ana, profile, 0),
        (ben, None, 0),
    ]


def test_experience_is_what_was_handed_in_in_earlier_rounds(session: Session):
    reviewer = a_reviewer()
    earlier = a_round(created_at=NOW - timedelta(days=700))
    this = a_round(created_at=NOW)
    for round_ in (earlier, this):
        done = an_assessment(round=round_, state=IN_REVIEW)
        a_submitted_review(of=done, reviewer=reviewer)
        begun = an_assessment(round=round_, state=IN_REVIEW)
        an_assignment(of=begun, reviewer=reviewer)
        left = an_assessment(round=round_, state=IN_REVIEW)
        an_assignment(of=left, reviewer=reviewer, state=AssignmentState.REVOKED)
        store(session, done, begun, left)

    (found,) = [one for one in pool.members(session, this, NOW) if one.user is reviewer]

    assert found.reviewed == 1
    assert pool.reviews_done(session, reviewer) == 2


def test_the_teams_of_a_round_are_those_that_were_asked_and_those_that_are_planned(
    session: Session,
):
    round_ = a_round()
    bruges = an_assessment(of=a_city("Bruges"), round=round_, state=IN_REVIEW)
    aalst = an_assessment(of=a_city("Aalst"), round=round_)
    task, seat = an_assignment(of=bruges), a_seat(of=aalst, lead=True)
    store(session, bruges, aalst, an_assessment())

    found = pool.teams(session, round_)

    assert [(one.city.name, one.assignments, one.seats) for one in found] == [
        ("Aalst", [], [seat]),
        ("Bruges", [task], []),
    ]


def test_where_a_person_is_asked_or_planned_is_found_per_city(session: Session):
    ghent, reviewer = a_city("Ghent"), a_reviewer()
    here, elsewhere = an_assessment(of=ghent, state=IN_REVIEW), an_assessment(state=IN_REVIEW)
    again = an_assessment(of=ghent)
    task, seat = an_assignment(of=here, reviewer=reviewer), a_seat(of=again, reviewer=reviewer)
    an_assignment(of=elsewhere, reviewer=reviewer)
    a_seat(of=again)
    store(session, here, elsewhere, again)

    assert pool.tasks_of(session, reviewer, ghent) == [task]
    assert pool.seats_of(session, reviewer, ghent) == [seat]


@pytest.mark.parametrize("query", ["members", "teams"])
def test_one_row_costs_as_many_queries_as_three(session: Session, query):
    costs = []
    for count in (1, 3):
        round_ = a_round()
        for _ in range(count):
            assessment = an_assessment(round=round_, state=IN_REVIEW)
            a_conflict(an_assignment(of=assessment).reviewer, with_=a_city())
            a_conflict(a_seat(of=assessment).reviewer, with_=a_city())
            store(session, assessment)
        session.commit()
        session.expire_all()
        costs.append(_cost(session, query, session.merge(round_)))

    assert costs[0] == costs[1]


def _cost(session, query, round_):
    said = []
    _ = round_.id, round_.created_at

    def note(connection, cursor, statement, *rest):
        said.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    if query == "members":
        for one in pool.members(session, round_, NOW):
            _ = [tie.city.name for tie in (*one.user.city_memberships, *one.user.conflicts)]
    else:
        for one in pool.teams(session, round_):
            _ = [task.reviewer.name for task in one.assignments]
            _ = [tie.city.name for seat in one.seats for tie in seat.reviewer.conflicts]
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(said)
