"""Who may know of what, as SQL: the same answer as `seen_by` in the policy, for lists,
counts, look-ups and exports; and which statements of a city a person sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, false, or_, select

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    CalibrationCase,
    CalibrationReview,
    CityMembership,
    CityRole,
    Commitment,
    Conflict,
    Part,
    Role,
    Round,
    RoundMembership,
    RoundRole,
    User,
)
from reviews.assigning import ENDED
from reviews.hats import Hat, worn
from reviews.questionnaires import Questionnaire

_OFFICERS = (CityRole.CONTRIBUTOR, CityRole.LEAD, CityRole.SIGNATORY)
_ACTIVE = tuple(state for state in AssignmentState if state not in ENDED)


def assessments(who: User | None, now: datetime) -> Select[Assessment]:
    """The assessments whose existence a person may know of."""
    if who is None or not who.active:
        return select(Assessment).where(false())
    assigned = (
        exists()
        .where(
            Assignment.assessment_id == Assessment.id,
            Assignment.reviewer_id == who.id,
            Assignment.state.in_(_ACTIVE),
        )
        .correlate(Assessment)
    )
    return select(Assessment).where(
        or_(
            _officer_of_city(who, now),
            and_(
                or_(_coordinates(who, now, Assessment.round_id), assigned),
                ~_conflicted(who),
            ),
        )
    )


def in_sight(
    who: User | None, assessment: Assessment, whole: Questionnaire, now: datetime
) -> Questionnaire:
    """The statements of one city that a person sees: all, or those of their parts.

    Pages, counts, look-ups and exports are fed what this gives, so none of them can show more.
    """
    hats = worn(who, assessment, now)
    if who is None or Hat.LIMITED not in hats or hats & Hat.CITY:
        return whole
    return whole.narrowed(part.code for part in who.parts if part.assessment is assessment)


def statement_in_sight(who: User, now: datetime) -> ColumnElement[bool]:
    """The same as SQL, for a query about an officer's assessments and their statements."""
    given = (
        exists()
        .where(
            Part.assessment_id == Assessment.id,
            Part.person_id == who.id,
            or_(Part.code == Commitment.code, Part.code == Role.code),
        )
        .correlate(Assessment, Commitment, Role)
    )
    return or_(_officer_of_city(who, now, CityMembership.limited.is_(False)), given)


def assignments(who: User | None, now: datetime) -> Select[Assignment]:
    """A person's own assignments that have not ended and are free of conflict."""
    if who is None or not who.active:
        return select(Assignment).where(false())
    return (
        select(Assignment)
        .join(Assignment.assessment)
        .where(Assignment.reviewer_id == who.id, Assignment.state.in_(_ACTIVE), ~_conflicted(who))
    )


def rounds(who: User | None, now: datetime) -> Select[Round]:
    """The rounds that a person coordinates."""
    if who is None or not who.active:
        return select(Round).where(false())
    return select(Round).where(_coordinates(who, now, Round.id))


def calibration_cases(who: User | None, now: datetime) -> Select[CalibrationCase]:
    """The cases of the rounds in which a person is a reviewer."""
    if who is None or not who.active:
        return select(CalibrationCase).where(false())
    return select(CalibrationCase).where(reviews_in(CalibrationCase.round_id, who.id, now))


def calibration_reviews(who: User | None, now: datetime) -> Select[CalibrationReview]:
    """A person's own views of those cases."""
    if who is None or not who.active:
        return select(CalibrationReview).where(false())
    return (
        select(CalibrationReview)
        .join(CalibrationReview.case)
        .where(
            CalibrationReview.reviewer_id == who.id,
            reviews_in(CalibrationCase.round_id, who.id, now),
        )
    )


def reviews_in(
    round_id: SQLColumnExpression[int] | int,
    person_id: SQLColumnExpression[int] | int,
    now: datetime,
) -> ColumnElement[bool]:
    """Whether a person is a reviewer in a round: of the pool, or in one of its teams."""
    in_the_pool = (
        exists()
        .where(
            CityMembership.user_id == person_id,
            CityMembership.role == CityRole.REVIEWER,
            or_(CityMembership.ended_at.is_(None), CityMembership.ended_at > now),
        )
        .correlate(User)
    )
    in_a_team = (
        exists()
        .where(
            Assignment.assessment_id == Assessment.id,
            Assessment.round_id == round_id,
            Assignment.reviewer_id == person_id,
            Assignment.state.in_(_ACTIVE),
        )
        .correlate(CalibrationCase, User)
    )
    return or_(in_the_pool, in_a_team)


def _officer_of_city(
    who: User, now: datetime, *narrower: ColumnElement[bool]
) -> ColumnElement[bool]:
    # Correlated by name: a list may join the same table for reasons of its own.
    return (
        exists()
        .where(
            CityMembership.city_id == Assessment.city_id,
            CityMembership.user_id == who.id,
            CityMembership.role.in_(_OFFICERS),
            or_(CityMembership.ended_at.is_(None), CityMembership.ended_at > now),
            *narrower,
        )
        .correlate(Assessment)
    )


def _coordinates(
    who: User, now: datetime, round_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            RoundMembership.round_id == round_id,
            RoundMembership.user_id == who.id,
            RoundMembership.role == RoundRole.COORDINATOR,
            or_(RoundMembership.ended_at.is_(None), RoundMembership.ended_at > now),
        )
        .correlate(Assessment, Round)
    )


def _conflicted(who: User) -> ColumnElement[bool]:
    return or_(
        exists()
        .where(CityMembership.city_id == Assessment.city_id, CityMembership.user_id == who.id)
        .correlate(Assessment),
        exists()
        .where(Conflict.city_id == Assessment.city_id, Conflict.user_id == who.id)
        .correlate(Assessment),
    )
