"""Rounds: created by their coordinator, opened with cities, moved in time with notice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import AssessmentState, InstrumentState, Round, RoundRole, RoundState
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.rounds import (
    add_city,
    choose_blind,
    close_round,
    create,
    move_dates,
    open_round,
)
from tests.builders import (
    ANSWERS_DUE,
    NOW,
    REVIEWS_DUE,
    a_city,
    a_coordinator,
    a_round,
    an_assessment,
    an_instrument,
    deeds_of,
)

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
Preparing, Open, Closed = RoundState.PREPARING, RoundState.OPEN, RoundState.CLOSED


def created(**given) -> Round:
    facts = {
        "slug": "2026-spring",
        "title": "Spring 2026",
        "answers_due": ANSWERS_DUE,
        "reviews_due": REVIEWS_DUE,
        "minimum_reviewers": 2,
        "by": a_coordinator(),
        "now": NOW,
    }
    if "instrument" not in given:
        facts["instrument"] = an_instrument()
    return create(**facts | given)


def test_whoever_creates_a_round_is_its_coordinator():
    coordinator = a_coordinator()

    round_ = created(by=coordinator, title="  Spring 2026 ")

    membership = coordinator.round_memberships[0]
    assert (membership.round, membership.role, membership.since, membership.ended_at) == (
        round_,
        RoundRole.COORDINATOR,
        NOW,
        None,
    )
    assert (round_.title, round_.state, round_.created_at) == ("Spring 2026", Preparing, NOW)
    assert deeds_of(coordinator) == [("round:create", {"slug": "2026-spring"})]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", ""),
        ("slug", "Spring"),
        ("slug", "2026--spring"),
        ("slug", "-2026"),
        ("slug", "2026/spring"),
        ("slug", "2026\n"),
        ("slug", "\u0661\u0662"),
        ("slug", "a" * 61),
        ("slug", "new"),
        ("title", "   "),
        ("title", "t" * 121),
        ("title", "nul\0"),
        ("minimum_reviewers", 0),
        ("minimum_reviewers", 11),
        ("answers_due", NOW),
        ("answers_due", NOW - DAY),
        ("reviews_due", ANSWERS_DUE),
        ("reviews_due", ANSWERS_DUE - DAY),
    ],
)
def test_a_round_with_an_unusable_value_is_not_created(field, value):
    coordinator = a_coordinator()

    with pytest.raises(Unusable) as refusal:
        created(by=coordinator, **{field: value})

    assert refusal.value.field == field
    assert (coordinator.round_memberships, deeds_of(coordinator)) == ([], [])


@pytest.mark.parametrize("state", [InstrumentState.DRAFT, InstrumentState.RETIRED])
def test_a_round_asks_for_a_published_instrument(state):
    with pytest.raises(Unusable) as refusal:
        created(instrument=an_instrument(state=state))

    assert refusal.value.field == "instrument"


@pytest.mark.parametrize("state", [Preparing, Open])
def test_a_city_joins_with_an_empty_draft(state):
    round_, ghent, coordinator = a_round(state=state), a_city("Ghent"), a_coordinator()

    assessment = add_city(round_, ghent, by=coordinator, now=NOW)

    assert (assessment.city, assessment.round, assessment.state) == (
        ghent,
        round_,
        AssessmentState.DRAFT,
    )
    assert round_.assessments == [assessment]
    assert deeds_of(coordinator) == [("city:add", {"city": ghent.id})]


def test_a_city_joins_once():
    assessment = an_assessment()

    with pytest.raises(Unusable) as refusal:
        add_city(assessment.round, assessment.city, by=a_coordinator(), now=NOW)

    assert (refusal.value.field, assessment.round.assessments) == ("city", [assessment])


@pytest.mark.parametrize("slug", ["benchmark", "cities", "new", "open", "set-up"])
def test_a_city_does_not_take_the_address_of_a_page_of_the_round(slug):
    round_ = a_round()

    with pytest.raises(Unusable) as refusal:
        add_city(round_, a_city("Openville", slug=slug), by=a_coordinator(), now=NOW)

    assert (refusal.value.field, round_.assessments) == ("city", [])


def test_no_city_joins_a_closed_round():
    with pytest.raises(NotNow):
        add_city(a_round(state=Closed), a_city(), by=a_coordinator(), now=NOW)


def test_a_round_opens_with_its_cities():
    round_, coordinator = a_round(state=Preparing), a_coordinator()
    an_assessment(round=round_)
    an_assessment(round=round_)

    open_round(round_, by=coordinator, now=NOW)

    assert (round_.state, deeds_of(coordinator)) == (Open, [("round:open", {"cities": 2})])


def test_a_round_without_a_city_does_not_open():
    round_ = a_round(state=Preparing)

    with pytest.raises(Incomplete):
        open_round(round_, by=a_coordinator(), now=NOW)

    assert round_.state is Preparing


def test_an_open_round_is_closed():
    round_, coordinator = a_round(state=Open), a_coordinator()

    close_round(round_, by=coordinator, now=NOW)

    assert (round_.state, deeds_of(coordinator)) == (Closed, [("round:close", {})])


def moved(round_: Round, **given) -> None:
    dates = {"answers_due": round_.answers_due, "reviews_due": round_.reviews_due} | given
    move_dates(round_, **dates, by=a_coordinator(), now=NOW)


@pytest.mark.parametrize("field", ["answers_due", "reviews_due"])
def test_a_date_may_always_move_to_later(field):
    round_ = a_round()
    later = getattr(round_, field) + DAY

    moved(round_, **{field: later})

    assert getattr(round_, field) == later


def test_a_date_that_is_past_may_move_to_later_today():
    round_ = a_round(answers_due=NOW - DAY)

    moved(round_, answers_due=NOW + timedelta(hours=1))

    assert round_.answers_due == NOW + timedelta(hours=1)


def test_an_earlier_date_must_be_more_than_seven_days_ahead():
    round_ = a_round()

    with pytest.raises(Unusable) as refusal:
        moved(round_, answers_due=NOW + 7 * DAY)
    moved(round_, answers_due=NOW + 7 * DAY + TICK)

    assert (refusal.value.field, round_.answers_due) == (
        "answers_due",
        NOW + 7 * DAY + TICK,
    )


def test_reviews_stay_due_after_the_answers():
    round_ = a_round()

    with pytest.raises(Unusable) as refusal:
        moved(round_, answers_due=REVIEWS_DUE)

    assert (refusal.value.field, round_.answers_due) == ("reviews_due", ANSWERS_DUE)


def test_the_dates_of_a_closed_round_stay():
    with pytest.raises(NotNow):
        moved(a_round(state=Closed), reviews_due=REVIEWS_DUE + DAY)


def test_moved_dates_are_journalled():
    round_, coordinator = a_round(), a_coordinator()

    move_dates(round_, ANSWERS_DUE + DAY, REVIEWS_DUE, by=coordinator, now=NOW)

    assert deeds_of(coordinator) == [
        (
            "round:set-up",
            {
                "answers_due": "2026-05-30T21:59:00+00:00",
                "reviews_due": "2026-09-30T21:59:00+00:00",
            },
        )
    ]


def test_a_round_becomes_blind_while_it_is_prepared_and_the_choice_is_journalled_once():
    round_ = a_round(state=RoundState.PREPARING)
    coordinator = a_coordinator(of=round_)

    for _ in range(2):
        choose_blind(round_, blind=True, by=coordinator, now=NOW)

    assert round_.blind is True
    assert deeds_of(coordinator) == [("round:set-up", {"blind": True})]


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.CLOSED])
def test_nobody_makes_an_open_round_blind(state):
    round_ = a_round(state=state)
    coordinator = a_coordinator(of=round_)

    with pytest.raises(NotNow):
        choose_blind(round_, blind=True, by=coordinator, now=NOW)

    assert (round_.blind, deeds_of(coordinator)) == (False, [])
