"""Hats: what a person is to one thing, worked out afresh for every request.

A conflict of interest takes away every hat but those of the own city's staff, here and
nowhere else, so no row of the policy can forget it.
"""

from __future__ import annotations

from datetime import datetime
from enum import Flag, auto

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    CalibrationCase,
    CalibrationReview,
    City,
    CityRole,
    PlatformRole,
    Round,
    RoundRole,
    Score,
    Snapshot,
    User,
)


class Hat(Flag):
    """CITY is whoever sees all of a city. A contributor who sees some parts only is LIMITED, and
    no CITY: what is not said to be for them is not."""

    NOBODY = 0
    VISITOR = auto()
    PERSON = auto()
    CONTRIBUTOR = auto()
    LIMITED = auto()
    LEAD = auto()
    SIGNATORY = auto()
    INVITED = auto()
    REVIEWER = auto()
    FINISHED_REVIEWER = auto()
    LEAD_REVIEWER = auto()
    COORDINATOR = auto()
    ROUNDS_OFFICE = auto()
    ROUND_REVIEWER = auto()
    POOL = auto()
    CITY = CONTRIBUTOR | LEAD | SIGNATORY
    TEAM = REVIEWER | FINISHED_REVIEWER | LEAD_REVIEWER


_OF_CITY_ROLE = {
    CityRole.CONTRIBUTOR: Hat.CONTRIBUTOR,
    CityRole.LEAD: Hat.LEAD,
    CityRole.SIGNATORY: Hat.SIGNATORY,
    CityRole.REVIEWER: Hat.NOBODY,
}
_AT_WORK = (AssignmentState.ACCEPTED, AssignmentState.DRAFTING)
_ACTIVE = (AssignmentState.INVITED, *_AT_WORK, AssignmentState.SUBMITTED)


def conflicted(who: User, city: City) -> bool:
    """Whether a person belongs or belonged to a city, or declared a conflict with it."""
    return any(membership.city is city for membership in who.city_memberships) or any(
        conflict.city is city for conflict in who.conflicts
    )


def close_to(who: User) -> frozenset[int]:
    """The ids of the cities that a person is in conflict with."""
    memberships = (one.city_id for one in who.city_memberships)
    return frozenset((*memberships, *(one.city_id for one in who.conflicts)))


def worn(who: User | None, thing: object, now: datetime) -> Hat:
    """The hats a person wears towards a thing: a round, a snapshot of one, or anything that has an
    assessment."""
    if who is None or not who.active:
        return Hat.VISITOR
    hats = Hat.PERSON
    if who.platform_role is PlatformRole.COORDINATOR:
        hats |= Hat.ROUNDS_OFFICE
    if isinstance(thing, Round | Snapshot):
        round_ = thing if isinstance(thing, Round) else thing.round
        return hats | _in_round(who, round_, now)
    if isinstance(thing, CalibrationCase | CalibrationReview):
        return hats | _in_calibration(who, thing, now)
    if thing is None:
        return hats | _in_pool(who, now)
    assessment: Assessment | None = getattr(thing, "assessment", None)
    if assessment is None:
        return hats
    hats |= _in_city(who, assessment.city, now)
    if not conflicted(who, assessment.city):
        hats |= _in_round(who, assessment.round, now) | _in_team(who, thing, assessment)
    return hats


def _in_city(who: User, city: City, now: datetime) -> Hat:
    hats = Hat.NOBODY
    for membership in who.city_memberships:
        if membership.city is city and not _ended(membership.ended_at, now):
            hats |= Hat.LIMITED if membership.limited else _OF_CITY_ROLE[membership.role]
    return hats


def _in_round(who: User, round_: Round, now: datetime) -> Hat:
    for membership in who.round_memberships:
        if (
            membership.round is round_
            and membership.role is RoundRole.COORDINATOR
            and not _ended(membership.ended_at, now)
        ):
            return Hat.COORDINATOR
    return Hat.NOBODY


def _in_calibration(who: User, thing: CalibrationCase | CalibrationReview, now: datetime) -> Hat:
    """No city is meant, so no conflict counts; another person's view of the case is nobody's."""
    if isinstance(thing, CalibrationReview):
        return _as_reviewer(who, thing.case.round, now) if thing.reviewer is who else Hat.NOBODY
    return _in_round(who, thing.round, now) | _as_reviewer(who, thing.round, now)


def _in_pool(who: User, now: datetime) -> Hat:
    """Whoever reviews for a city of the network."""
    pooled = any(
        membership.role is CityRole.REVIEWER and not _ended(membership.ended_at, now)
        for membership in who.city_memberships
    )
    return Hat.POOL if pooled else Hat.NOBODY


def _as_reviewer(who: User, round_: Round, now: datetime) -> Hat:
    """Whoever reviews for a city of the network, or is in a team of the round."""
    reviews = any(
        membership.role is CityRole.REVIEWER and not _ended(membership.ended_at, now)
        for membership in who.city_memberships
    ) or any(
        assignment.reviewer is who and assignment.state in _ACTIVE
        for assessment in round_.assessments
        for assignment in assessment.assignments
    )
    return Hat.ROUND_REVIEWER if reviews else Hat.NOBODY


def _in_team(who: User, thing: object, assessment: Assessment) -> Hat:
    # Another reviewer's work is a stranger's, even to a colleague in the same team.
    work = thing.assignment if isinstance(thing, Score) else thing
    if isinstance(work, Assignment) and work.reviewer is not who:
        return Hat.NOBODY
    for assignment in assessment.assignments:
        if assignment.reviewer is who:
            return _of_assignment(assignment)
    return Hat.NOBODY


def _of_assignment(assignment: Assignment) -> Hat:
    if assignment.state is AssignmentState.INVITED:
        return Hat.INVITED
    if assignment.state in _AT_WORK:
        return Hat.REVIEWER
    if assignment.state is AssignmentState.SUBMITTED:
        return Hat.LEAD_REVIEWER if assignment.lead else Hat.FINISHED_REVIEWER
    return Hat.NOBODY


def _ended(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
