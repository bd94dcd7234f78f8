"""Assigning reviewers: invited, accepted, at work, finished; and the ways to leave."""

from __future__ import annotations

from datetime import datetime

from models import (
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    Conflict,
    User,
)
from reviews import texts
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.hats import conflicted
from reviews.journal import record
from reviews.machine import Machine, Step

Invited, Accepted = AssignmentState.INVITED, AssignmentState.ACCEPTED
Drafting, Submitted = AssignmentState.DRAFTING, AssignmentState.SUBMITTED
Declined, Recused, Revoked = (
    AssignmentState.DECLINED,
    AssignmentState.RECUSED,
    AssignmentState.REVOKED,
)

# fmt: off
LIFE = Machine(Invited, [
    Step("accept",     Invited,   Accepted),
    Step("decline",    Invited,   Declined),
    Step("start",      Accepted,  Drafting),
    Step("submit",     Drafting,  Submitted),
    Step("recuse",     Invited,   Recused),
    Step("recuse",     Accepted,  Recused),
    Step("recuse",     Drafting,  Recused),
    Step("recuse",     Submitted, Recused),
    Step("revoke",     Invited,   Revoked),
    Step("revoke",     Accepted,  Revoked),
    Step("revoke",     Drafting,  Revoked),
    Step("revoke",     Submitted, Revoked),
], refusals={
    Invited:   "The reviewer has not accepted the invitation yet.",
    Accepted:  "The invitation was accepted already.",
    Drafting:  "The review has begun.",
    Submitted: "The review is submitted; nothing in it can change any more.",
    Declined:  "The reviewer declined the invitation.",
    Recused:   "The reviewer stepped back because of a conflict of interest.",
    Revoked:   "The reviewer was taken off this review.",
})
# fmt: on

ENDED = frozenset({Declined, Recused, Revoked})


def invite(
    assessment: Assessment, reviewer: User, *, lead: bool, by: User, now: datetime
) -> Assignment:
    """Ask a reviewer to review a city. Raises ConflictOfInterest for anyone of that city."""
    if assessment.state not in (AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW):
        raise NotNow("Reviewers are assigned once the city has signed its assessment.")
    if assessment.consensus is not None:
        raise NotNow("The team is complete once consensus is open.")
    if conflicted(reviewer, assessment.city):
        raise ConflictOfInterest(
            "%(reviewer)s cannot review %(city)s: a conflict of interest.",
            reviewer=reviewer.name,
            city=assessment.city.name,
        )
    if any(one.reviewer is reviewer for one in assessment.assignments):
        raise Unusable("This reviewer was already invited here.", field="reviewer")
    if lead and any(one.lead and one.state not in ENDED for one in assessment.assignments):
        raise Unusable("This city has a lead reviewer already.", field="lead")
    assignment = Assignment(reviewer=reviewer, lead=lead, invited_at=now)
    assessment.assignments.append(assignment)
    record(by, "reviewer:invite", assessment, now=now, reviewer=reviewer.id, lead=lead)
    return assignment


def accept(assignment: Assignment, *, by: User, now: datetime) -> None:
    """Take the review on and declare that there is no conflict of interest."""
    assignment.state = LIFE.after(assignment.state, "accept")
    assignment.no_conflict_declared_at = now
    record(by, "assignment:accept", assignment, now=now, assignment=assignment.id)


def decline(assignment: Assignment, *, reason: str, by: User, now: datetime) -> None:
    """Say no to the invitation."""
    target = LIFE.after(assignment.state, "decline")
    assignment.ended_reason = texts.reason(reason)
    assignment.state = target
    record(by, "assignment:decline", assignment, now=now, assignment=assignment.id)


def recuse(assignment: Assignment, *, reason: str, by: User, now: datetime) -> None:
    """Declare a conflict of interest: every right on this city ends at once."""
    step_back(assignment, reason=reason, by=by, now=now)
    assignment.reviewer.conflicts.append(
        Conflict(city=assignment.assessment.city, reason=assignment.ended_reason, declared_at=now)
    )


def step_back(assignment: Assignment, *, reason: str, by: User, now: datetime) -> None:
    """End a review because of a conflict of interest that is written down elsewhere."""
    _before_consensus(assignment)
    target = LIFE.after(assignment.state, "recuse")
    assignment.ended_reason = texts.reason(reason)
    assignment.state = target
    record(by, "assignment:recuse", assignment, now=now, assignment=assignment.id)


def revoke(assignment: Assignment, *, reason: str, by: User, now: datetime) -> None:
    """Take a reviewer off. A review that was submitted is kept, and counts no more."""
    _before_consensus(assignment)
    target = LIFE.after(assignment.state, "revoke")
    assignment.ended_reason = texts.reason(reason)
    assignment.state = target
    record(by, "reviewer:revoke", assignment, now=now, assignment=assignment.id)


def replace(
    assignment: Assignment, reviewer: User, *, reason: str, by: User, now: datetime
) -> Assignment:
    """Take a reviewer off and ask another one instead, who leads if the first one did.

    If the second part is refused the first has happened too: the caller stores both or neither.
    """
    revoke(assignment, reason=reason, by=by, now=now)
    return invite(assignment.assessment, reviewer, lead=assignment.lead, by=by, now=now)


def _before_consensus(assignment: Assignment) -> None:
    if assignment.assessment.consensus is not None:
        raise NotNow("The team is complete once consensus is open.")


def start(assignment: Assignment) -> None:
    """Note that the review has begun. Its first score is the deed that is journalled."""
    if assignment.state is Accepted:
        assignment.state = LIFE.after(assignment.state, "start")


def finish(assignment: Assignment) -> None:
    """Close the review for good. Called by scoring.submit, which freezes it."""
    assignment.state = LIFE.after(assignment.state, "submit")
