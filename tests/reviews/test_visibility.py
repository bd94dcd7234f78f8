"""Visibility: the lists show what the policy does not hide, on worlds nobody thought of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    CalibrationCase,
    CalibrationReview,
    CityMembership,
    CityRole,
    Commitment,
    Part,
    Role,
    Round,
    RoundMembership,
    RoundRole,
    Statement,
    User,
)
from reviews import visibility
from reviews.assigning import ENDED
from reviews.hats import Hat, conflicted, worn
from reviews.policy import Action, Verdict, verdict
from tests.builders import (
    NOW,
    a_calibration_review,
    a_city,
    a_conflict,
    a_coordinator,
    a_round,
    a_submitted_review,
    a_user,
    an_assessment,
    an_assignment,
    an_instrument,
    an_officer,
    an_open_case,
    questionnaire_of,
    store,
)

CITIES, ROUNDS, PEOPLE = 3, 2, 4
KINDS = ("assessments", "assignments", "rounds", "cases", "views")


@dataclass(frozen=True)
class Plan:
    """Who is what to whom, by number."""

    memberships: list[tuple[int, int, CityRole, int | None]]
    coordinators: list[tuple[int, int, int | None]]
    conflicts: list[tuple[int, int]]
    assignments: list[tuple[int, int, AssignmentState]]
    closed_accounts: set[int]


def numbers(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


# An end in days from now: open, past, this very moment, to come.
ends = st.sampled_from([None, -1, 0, 1])
plans = st.builds(
    Plan,
    memberships=st.lists(
        st.tuples(numbers(PEOPLE), numbers(CITIES), st.sampled_from(CityRole), ends),
        unique_by=lambda row: row[:3],
        min_size=1,
        max_size=6,
    ),
    coordinators=st.lists(
        st.tuples(numbers(PEOPLE), numbers(ROUNDS), ends),
        unique_by=lambda row: row[:2],
        min_size=1,
        max_size=4,
    ),
    conflicts=st.lists(
        st.tuples(numbers(PEOPLE), numbers(CITIES)), unique=True, min_size=1, max_size=2
    ),
    assignments=st.lists(
        st.tuples(numbers(PEOPLE), numbers(CITIES * ROUNDS), st.sampled_from(AssignmentState)),
        unique_by=lambda row: row[:2],
        min_size=2,
        max_size=10,
    ),
    closed_accounts=st.sets(numbers(PEOPLE), max_size=1),
)


@dataclass(frozen=True)
class World:
    people: list[User]
    rounds: list[Round]
    assessments: list[Assessment]

    @property
    def cases(self) -> list[CalibrationCase]:
        return [one.calibration for one in self.rounds]

    @property
    def calibration_reviews(self) -> list[CalibrationReview]:
        return [review for case in self.cases for review in case.reviews]

    @property
    def assignments(self) -> list[Assignment]:
        return [one for assessment in self.assessments for one in assessment.assignments]


def built(plan: Plan) -> World:
    instrument = an_instrument(roles=[])
    cities = [a_city() for _ in range(CITIES)]
    rounds = [a_round(instrument=instrument) for _ in range(ROUNDS)]
    assessments = [an_assessment(of=city, round=one) for one in rounds for city in cities]
    people = [a_user() for _ in range(PEOPLE)]
    for person, city, role, end in plan.memberships:
        people[person].city_memberships.append(
            CityMembership(city=cities[city], role=role, since=NOW, ended_at=moment(end))
        )
    for person, place, end in plan.coordinators:
        people[person].round_memberships.append(
            RoundMembership(
                round=rounds[place], role=RoundRole.COORDINATOR, since=NOW, ended_at=moment(end)
            )
        )
    for person, city in plan.conflicts:
        a_conflict(people[person], with_=cities[city])
    for person, place, state in plan.assignments:
        an_assignment(of=assessments[place], reviewer=people[person], state=state)
    for one in rounds:
        case = an_open_case(of=one)
        for person in people[1:]:
            a_calibration_review(of=case, reviewer=person)
    for person in plan.closed_accounts:
        people[person].active = False
    return World(people, rounds, assessments)


def moment(end: int | None):
    return None if end is None else NOW + timedelta(days=end)


def unhidden(who: User | None, action: Action, things: list) -> set[int]:
    return {thing.id for thing in things if verdict(who, action, thing, NOW) is not Verdict.HIDDEN}


def listed(session: Session, query) -> set[int]:
    ids = [thing.id for thing in session.scalars(query)]
    assert len(ids) == len(set(ids)), "a row is listed twice"
    return set(ids)


def why(who: User, assessment: Assessment) -> set[str]:
    """The reasons that a world offers for seeing an assessment or not."""
    hats = worn(who, assessment, NOW)
    seen_as = {
        name
        for name, hat in {
            "city": Hat.CITY,
            "team": Hat.TEAM,
            "invited": Hat.INVITED,
            "coordinator": Hat.COORDINATOR,
        }.items()
        if hats & hat
    }
    assigned = any(one.reviewer is who and one.state not in ENDED for one in assessment.assignments)
    coordinates = bool(worn(who, assessment.round, NOW) & Hat.COORDINATOR)
    if who.active and not seen_as and (assigned or coordinates):
        assert conflicted(who, assessment.city)
        return {"hidden by a conflict"}
    return seen_as or {"closed account" if not who.active else "stranger"}


def test_lists_show_exactly_what_the_policy_does_not_hide(session: Session):
    reasons: Counter[str] = Counter()
    rows: Counter[str] = Counter()

    # Without shrinking: it would store hundreds of worlds, for minutes, to tell of one fault.
    @settings(max_examples=30, deadline=None, database=None, phases=[Phase.generate])
    @given(plans)
    def compare(plan: Plan) -> None:
        world = built(plan)
        store(session, *world.assessments)
        session.add_all([*world.people, *world.cases])
        session.flush()
        for who in [*world.people, None]:
            shown = {
                "assessments": listed(session, visibility.assessments(who, NOW)),
                "assignments": listed(session, visibility.assignments(who, NOW)),
                "rounds": listed(session, visibility.rounds(who, NOW)),
                "cases": listed(session, visibility.calibration_cases(who, NOW)),
                "views": listed(session, visibility.calibration_reviews(who, NOW)),
            }
            assert shown == {
                "assessments": unhidden(who, Action.ANSWER_READ, world.assessments),
                "assignments": unhidden(who, Action.ASSIGNMENT_READ, world.assignments),
                "rounds": unhidden(who, Action.ROUND_READ, world.rounds),
                "cases": unhidden(who, Action.CALIBRATION_READ, world.cases),
                "views": unhidden(who, Action.CALIBRATION_READ, world.calibration_reviews),
            }
            rows.update({name: len(ids) for name, ids in shown.items()})
        for who in world.people:
            for one in world.assessments:
                reasons.update(why(who, one))
        session.rollback()
        session.expunge_all()

    compare()

    assert all(rows[name] > 0 for name in KINDS), rows
    assert set(reasons) >= {
        "city",
        "team",
        "invited",
        "coordinator",
        "stranger",
        "hidden by a conflict",
    }, reasons


def test_nobody_sees_nothing(session: Session):
    review = a_submitted_review()
    view = a_calibration_review(of=an_open_case(of=review.assessment.round))
    store(session, review.assessment)
    store(session, view)

    counts = [
        len(session.scalars(query(None, NOW)).all())
        for query in (
            visibility.assessments,
            visibility.assignments,
            visibility.rounds,
            visibility.calibration_cases,
            visibility.calibration_reviews,
        )
    ]

    assert counts == [0, 0, 0, 0, 0]


def test_a_list_can_be_counted_and_narrowed_like_any_query(session: Session):
    round_ = a_round()
    own, other = an_assessment(round=round_), an_assessment(round=round_)
    person = a_coordinator(of=round_)
    person.city_memberships += an_officer(of=own.city, ended_at=NOW).city_memberships
    store(session, own, other, person)

    visible = visibility.assessments(person, NOW)

    assert session.scalar(select(func.count()).select_from(visible.subquery())) == 1
    assert session.scalars(visible.where(Assessment.city == own.city)).all() == []
    assert session.scalars(visible.where(Assessment.city == other.city)).all() == [other]


def test_a_limited_contributor_sees_the_own_parts_in_pages_as_in_queries(session: Session):
    assessment, elsewhere = an_assessment(), an_assessment()
    limited = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    limited.city_memberships[0].limited = True
    due = NOW + timedelta(days=3)
    limited.parts += [
        Part(assessment=assessment, code="PM1", due=due),
        Part(assessment=assessment, code="employer", due=due),
        Part(assessment=elsewhere, code="PM2", due=due),
    ]
    both = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    both.city_memberships[0].limited = True
    both.city_memberships += an_officer(of=assessment.city).city_memberships
    without = an_officer(of=assessment.city, role=CityRole.CONTRIBUTOR)
    without.city_memberships[0].limited = True
    store(session, assessment, elsewhere, limited)
    session.add_all([both, without])
    session.flush()
    whole = questionnaire_of(assessment)

    for who, seen in (
        (limited, {"PM1.1", "PM1.2", "EM1.1", "EM1.2"}),
        (both, {"PM1.1", "PM1.2", "PM2.1", "EM1.1", "EM1.2"}),
        (without, set()),
    ):
        in_pages = visibility.in_sight(who, assessment, whole, NOW)
        rows = (
            select(Statement.code)
            .select_from(Assessment)
            .join(Assessment.round)
            .join(Role, Role.instrument_id == Round.instrument_id)
            .join(Commitment, Commitment.role_id == Role.id)
            .join(Statement, Statement.commitment_id == Commitment.id)
            .where(Assessment.id == assessment.id, visibility.statement_in_sight(who, NOW))
        )
        assert {one.code for one in in_pages.statements} == seen
        assert set(session.scalars(rows)) == seen
