"""Delegation: colleagues are invited, get parts with a date, and leave again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import (
    Assessment,
    CityMembership,
    CityRole,
    Invitation,
    Part,
    User,
)
from reviews import texts
from reviews.assigning import ENDED
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.journal import record
from reviews.questionnaires import Questionnaire

LIFETIME = timedelta(days=14)
LONGEST_ADDRESS, LONGEST_NAME = 254, 120
OFFICERS = (CityRole.CONTRIBUTOR, CityRole.LEAD, CityRole.SIGNATORY)

_MAILBOX = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63})")


@dataclass(frozen=True)
class Key:
    """What a link is made from: its seed, and the SHA-256 of the token that it leads to."""

    seed: str
    token_hash: str


def mailbox(address: str, *, field: str = "email") -> str:
    """One address in small letters; its host in the form that mail servers use.

    Raises Unusable for anything else, above all for two addresses and for line ends.
    """
    refusal = Unusable("Enter one e-mail address, such as ana@city.example.", field=field)
    given = texts.typed(address, field=field, limit=LONGEST_ADDRESS).strip().lower()
    local, _, host = given.rpartition("@")
    try:
        whole = f"{local}@{host.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise refusal from None
    if not _MAILBOX.fullmatch(whole) or len(whole) > LONGEST_ADDRESS:
        raise refusal
    return whole


def invite(
    assessment: Assessment,
    *,
    email: str,
    name: str,
    limited: bool,
    key: Key,
    there: Iterable[CityMembership],
    waiting: Iterable[Invitation],
    team_is_known: bool,
    by: User,
    now: datetime,
) -> Invitation:
    """Ask somebody to help a city as a contributor; the link ends after fourteen days.

    `there` are the memberships of the city and `waiting` its invitations. Raises
    ConflictOfInterest for a reviewer of this city, once its staff may know who reviews it;
    before, the same refusal waits where the invitation is accepted.
    """
    address = mailbox(email)
    named = texts.line(name, field="name", limit=LONGEST_NAME)
    if not named:
        raise Unusable("Enter the name of your colleague.", field="name")
    if any(_works(one, now) and one.user.email == address for one in there):
        raise Unusable("%(email)s works on this already.", field="email", email=address)
    if any(one.email == address and one.open_at(now) for one in waiting):
        raise Unusable(
            "%(email)s was invited already and has not answered yet. To send a new link, take"
            " the invitation back first.",
            field="email",
            email=address,
        )
    if team_is_known and address in reviewing(assessment):
        raise ConflictOfInterest(
            "%(email)s reviews this city, so they cannot work for it.", email=address
        )
    invitation = Invitation(
        assessment=assessment,
        email=address,
        name=named,
        limited=limited,
        seed=key.seed,
        token_hash=key.token_hash,
        invited_by=by,
        invited_at=now,
        expires_at=now + LIFETIME,
    )
    # No address in the journal, which is never erased: the hash names the row as well.
    record(
        by,
        "colleague:invite",
        assessment,
        now=now,
        invitation=key.token_hash[:16],
        limited=limited,
    )
    return invitation


def reviewing(assessment: Assessment) -> Collection[str]:
    """The addresses of those who review a city or are asked to."""
    return {one.reviewer.email for one in assessment.assignments if one.state not in ENDED}


def take_back(invitation: Invitation, *, by: User, now: datetime) -> None:
    """End an invitation that was not accepted; its link is worth nothing from now on."""
    if not invitation.open_at(now):
        raise NotNow("This invitation has ended already.")
    invitation.revoked_at = now
    record(
        by,
        "colleague:take-back",
        invitation,
        now=now,
        invitation=invitation.token_hash[:16],
    )


def accept(invitation: Invitation, *, by: User, now: datetime) -> CityMembership:
    """Join the city. Raises ConflictOfInterest for one of its reviewers, and NotNow for a link
    that was used, taken back or is too old."""
    if not invitation.open_at(now):
        raise NotNow("This invitation has ended.")
    assessment = invitation.assessment
    if by.email in reviewing(assessment):
        raise ConflictOfInterest(
            "You review %(city)s, so you cannot work for it. Tell your coordinator first.",
            city=assessment.city.name,
        )
    invitation.accepted_by, invitation.accepted_at = by, now
    membership = _contributor(by, assessment, now)
    membership.ended_at, membership.limited = None, invitation.limited
    record(
        by,
        "colleague:join",
        assessment,
        now=now,
        invitation=invitation.token_hash[:16],
        limited=invitation.limited,
    )
    return membership


def _contributor(person: User, assessment: Assessment, now: datetime) -> CityMembership:
    """The row of somebody who comes, or comes back: there is one per city and role."""
    for one in person.city_memberships:
        if one.city is assessment.city and one.role is CityRole.CONTRIBUTOR:
            return one
    membership = CityMembership(city=assessment.city, role=CityRole.CONTRIBUTOR, since=now)
    person.city_memberships.append(membership)
    return membership


def end(
    membership: CityMembership,
    assessment: Assessment,
    *,
    there: Iterable[CityMembership],
    by: User,
    now: datetime,
) -> None:
    """Let somebody leave the city: every right ends with the next request.

    Raises NotNow for oneself and for the last lead officer. Parts that were theirs are nobody's.
    """
    if not _works(membership, now):
        raise NotNow("This person has left already.")
    if membership.user is by:
        raise NotNow("You cannot end your own part. Ask your coordinator.")
    if membership.role is CityRole.LEAD and not any(
        one is not membership and one.role is CityRole.LEAD and _works(one, now) for one in there
    ):
        raise NotNow("A city keeps at least one lead officer. Appoint another one first.")
    membership.ended_at = now
    stays = any(
        one.city is membership.city and one.role in OFFICERS and _works(one, now)
        for one in membership.user.city_memberships
    )
    if not stays:
        membership.user.parts[:] = [
            part for part in membership.user.parts if part.assessment.city is not assessment.city
        ]
    record(by, "colleague:end", assessment, now=now, person=membership.user.id)


def limit(
    membership: CityMembership, assessment: Assessment, *, limited: bool, by: User, now: datetime
) -> None:
    """Say whether a contributor sees the own parts only. Others always see all."""
    if not _works(membership, now):
        raise NotNow("This person has left already.")
    if membership.role is not CityRole.CONTRIBUTOR:
        raise NotNow("Lead officers and signatories see the whole assessment.")
    if membership.limited is not limited:
        membership.limited = limited
        record(by, "part:limit", assessment, now=now, person=membership.user.id, limited=limited)


def give_part(
    assessment: Assessment,
    questionnaire: Questionnaire,
    person: User,
    *,
    code: str,
    due: datetime,
    by: User,
    now: datetime,
) -> Part:
    """Make somebody of the city responsible for a role or a commitment until the end of a day;
    given again, its date moves."""
    if not any(one.city is assessment.city and _works(one, now) for one in person.city_memberships):
        raise NotNow("This person has left already.")
    if code not in codes(questionnaire):
        raise Unusable("Choose a role or a commitment.", field="code")
    if due < now:
        raise Unusable("Choose a day that is not over yet.", field="due")
    if now <= assessment.round.answers_due < due:
        raise Unusable("Choose a day before the city's answers are due.", field="due")
    for part in person.parts:
        if part.assessment is assessment and part.code == code:
            part.due = due
            break
    else:
        part = Part(assessment=assessment, code=code, due=due)
        person.parts.append(part)
    record(
        by,
        "part:give",
        assessment,
        now=now,
        person=person.id,
        code=code,
        due=due.isoformat(),
    )
    return part


def take_part(part: Part, *, by: User, now: datetime) -> None:
    """Take a part away again."""
    record(by, "part:take", part.assessment, now=now, person=part.person.id, code=part.code)
    part.person.parts.remove(part)


def codes(questionnaire: Questionnaire) -> frozenset[str]:
    """The codes of all that can be given as a part."""
    return frozenset(
        [role.code for role in questionnaire.roles]
        + [commitment.code for commitment in questionnaire.commitments]
    )


def responsible(questionnaire: Questionnaire, parts: Iterable[Part]) -> dict[str, tuple[Part, ...]]:
    """Who is responsible for each statement, by its code: the commitment before the role."""
    by_code: dict[str, list[Part]] = {}
    for part in parts:
        by_code.setdefault(part.code, []).append(part)
    return {
        statement.code: tuple(
            by_code.get(commitment.code) or by_code.get(commitment.role_code) or ()
        )
        for commitment in questionnaire.commitments
        for statement in commitment.statements
    }


def _works(membership: CityMembership, now: datetime) -> bool:
    return membership.role in OFFICERS and (
        membership.ended_at is None or membership.ended_at > now
    )
