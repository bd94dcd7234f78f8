"""Planned seats: proposed or set by hand, unseen by all but coordinators, until announced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models import Assessment, AssessmentState, Assignment, PlannedSeat, Round, User
from reviews.assigning import ENDED, invite
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.journal import record
from reviews.pool import Bar, bar, conflict_bar
from reviews.proposing import Proposal

_CONFLICTS = {
    Bar.OF_CITY: "%(reviewer)s cannot review %(city)s: they belong to it.",
    Bar.WAS_OF_CITY: "%(reviewer)s cannot review %(city)s: they belonged to it.",
    Bar.FORMER_EMPLOYER: "%(reviewer)s cannot review %(city)s: they worked for it before.",
    Bar.DECLARED: "%(reviewer)s cannot review %(city)s: a conflict of interest was declared.",
}
_OTHERS = {
    Bar.IN_TEAM: "%(reviewer)s is in the team of %(city)s already.",
    Bar.LEFT_TEAM: "%(reviewer)s was in the team of %(city)s and has left it.",
    Bar.PLANNED: "%(reviewer)s is planned for %(city)s already.",
}


def plan_seat(
    assessment: Assessment,
    reviewer: User,
    *,
    lead: bool,
    by: User,
    now: datetime,
    by_hand: bool = True,
) -> PlannedSeat:
    """Plan a reviewer for a city; nobody is told. A new lead takes the place of a planned one.

    Raises ConflictOfInterest for anyone too close to the city, and says how.
    """
    _while_open(assessment)
    names = {"reviewer": reviewer.name, "city": assessment.city.name}
    reason = bar(reviewer, assessment, now)
    if reason in _CONFLICTS:
        raise ConflictOfInterest(_CONFLICTS[reason], **names)
    if reason is not None:
        raise Unusable(_OTHERS[reason], field="reviewer", **names)
    if lead:
        _without_lead(assessment)
    seat = PlannedSeat(reviewer=reviewer, lead=lead, planned_at=now, by_hand=by_hand)
    assessment.seats.append(seat)
    _record(by, "seat:plan", assessment, now, reviewer=reviewer.id, lead=lead)
    return seat


def make_lead(seat: PlannedSeat, *, by: User, now: datetime) -> None:
    """Let a planned reviewer lead; whoever was planned to lead does no more."""
    _while_open(seat.assessment)
    _without_lead(seat.assessment)
    seat.lead = True
    _record(by, "seat:lead", seat.assessment, now, reviewer=seat.reviewer.id)


def remove_seat(seat: PlannedSeat, *, by: User, now: datetime) -> None:
    """Take a planned reviewer off. They never learn of it."""
    _record(by, "seat:remove", seat.assessment, now, reviewer=seat.reviewer.id)
    seat.assessment.seats.remove(seat)


def adopt(
    round_: Round,
    proposal: Proposal,
    assessments: Iterable[Assessment],
    reviewers: Iterable[User],
    *,
    by: User,
    now: datetime,
) -> int:
    """Plan the seats of a proposal; how many there are."""
    cities = {one.city.id: one for one in assessments}
    people = {one.id: one for one in reviewers}
    for seat in proposal.seats:
        plan_seat(
            cities[seat.host],
            people[seat.candidate],
            lead=seat.lead,
            by=by,
            now=now,
            by_hand=False,
        )
    record(by, "seat:propose", round_, now=now, seats=len(proposal.seats))
    return len(proposal.seats)


def drop(round_: Round, assessments: Iterable[Assessment], *, by: User, now: datetime) -> int:
    """Forget the plan of some cities; how many seats it had. Who was asked stays asked."""
    dropped = 0
    for assessment in assessments:
        dropped += len(assessment.seats)
        assessment.seats.clear()
    record(by, "seat:drop", round_, now=now, seats=dropped)
    return dropped


def ready(assessment: Assessment) -> bool:
    """Whether the planned reviewers of a city can be asked: it has signed."""
    signed = assessment.state in (AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW)
    return signed and assessment.consensus is None


def announce(
    round_: Round, assessments: Iterable[Assessment], *, by: User, now: datetime
) -> list[Assignment]:
    """Ask everybody who is planned for a city that has signed. The others stay planned.

    Raises ConflictOfInterest, and asks nobody, where a conflict has come up since it was planned.
    """
    due = [one for one in assessments if ready(one) and one.seats]
    if not due:
        raise NotNow("Nobody is planned for a city that has signed, so there is nobody to ask.")
    asked = []
    for assessment in due:
        for seat in list(assessment.seats):
            conflict = conflict_bar(seat.reviewer, assessment.city, now)
            if conflict is not None:
                names = {"reviewer": seat.reviewer.name, "city": assessment.city.name}
                raise ConflictOfInterest(_CONFLICTS[conflict], **names)
            assessment.seats.remove(seat)
            if any(one.reviewer is seat.reviewer for one in assessment.assignments):
                continue  # asked by hand meanwhile
            lead = seat.lead and not _led(assessment)
            asked.append(invite(assessment, seat.reviewer, lead=lead, by=by, now=now))
    record(by, "seat:announce", round_, now=now, invitations=len(asked))
    return asked


def _while_open(assessment: Assessment) -> None:
    if assessment.consensus is not None:
        raise NotNow("The team is complete once consensus is open.")


def _led(assessment: Assessment) -> bool:
    return any(one.lead and one.state not in ENDED for one in assessment.assignments)


def _without_lead(assessment: Assessment) -> None:
    if _led(assessment):
        raise Unusable("This city has a lead reviewer already.", field="lead")
    for seat in assessment.seats:
        seat.lead = False


def _record(by: User, action: str, assessment: Assessment, now: datetime, **facts: object) -> None:
    """As a deed of the round: what is written down about a city, its own staff may come to read."""
    record(by, action, assessment.round, now=now, city=assessment.city.id, **facts)
