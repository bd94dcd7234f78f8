"""The pool: what each reviewer brings along, and which cities they are too close to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import (
    Assessment,
    Assignment,
    City,
    Conflict,
    ConflictKind,
    PlannedSeat,
    ReviewerProfile,
    Round,
    User,
)
from reviews import texts
from reviews.assigning import ENDED, step_back
from reviews.errors import Unusable
from reviews.hats import conflicted
from reviews.journal import record
from reviews.teams import ENOUGH, Candidate, Host, Seat, Setting

# fmt: off
LANGUAGES = (
    "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu",
    "is", "it", "lb", "lt", "lv", "mk", "mt", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sq", "sr",
    "sv", "tr", "uk",
)
# fmt: on
"""The languages that cities of the network write in, as ISO codes."""

ROLES = ("policy-maker", "service-provider", "employer", "buyer")
"""The four parts that a city plays in the Charter, by the codes of the questionnaires."""

MOST_CITIES, MOST_REVIEWS, MOST_LANGUAGES = 10, 99, 6


class Bar(StrEnum):
    """Why somebody cannot be chosen for a city."""

    OF_CITY = "of-city"
    WAS_OF_CITY = "was-of-city"
    FORMER_EMPLOYER = "former-employer"
    DECLARED = "declared"
    IN_TEAM = "in-team"
    LEFT_TEAM = "left-team"
    PLANNED = "planned"


@dataclass(frozen=True)
class Member:
    """Somebody of the pool, with the reviews that they have handed in here in earlier rounds."""

    user: User
    profile: ReviewerProfile | None
    reviewed: int

    @property
    def languages(self) -> frozenset[str]:
        return codes(self.profile.languages) if self.profile else frozenset()

    @property
    def roles(self) -> frozenset[str]:
        return codes(self.profile.roles) if self.profile else frozenset()

    @property
    def capacity(self) -> int:
        return self.profile.capacity if self.profile else ENOUGH

    @property
    def experience(self) -> int:
        return self.reviewed + (self.profile.earlier_reviews if self.profile else 0)


def codes(joined: str) -> frozenset[str]:
    """The codes in a text that has commas between them."""
    return frozenset(filter(None, joined.split(",")))


def write_profile(
    profile: ReviewerProfile,
    *,
    languages: Collection[str],
    roles: Collection[str],
    capacity: int,
    earlier_reviews: int,
    by: User,
    now: datetime,
) -> None:
    """Write down what a reviewer says about themselves."""
    if not set(languages) <= set(LANGUAGES):
        raise Unusable("Choose languages from the list.", field="languages")
    if not set(roles) <= set(ROLES):
        raise Unusable("Choose roles from the list.", field="roles")
    if not 0 <= capacity <= MOST_CITIES:
        raise Unusable("Enter a number from 0 to %(most)d.", field="capacity", most=MOST_CITIES)
    if not 0 <= earlier_reviews <= MOST_REVIEWS:
        raise Unusable(
            "Enter a number from 0 to %(most)d.", field="earlier_reviews", most=MOST_REVIEWS
        )
    profile.languages = ",".join(code for code in LANGUAGES if code in languages)
    profile.roles = ",".join(code for code in ROLES if code in roles)
    profile.capacity, profile.earlier_reviews = capacity, earlier_reviews
    profile.changed_at = now
    record(by, "profile:write", None, now=now, person=profile.user.id)


def state_employer(
    city: City,
    *,
    reason: str,
    tasks: Iterable[Assignment],
    seats: Iterable[PlannedSeat],
    by: User,
    now: datetime,
) -> Conflict:
    """Say that one worked for a city. Every right on it ends at once, and cannot come back.

    `tasks` are the person's assignments and `seats` the seats planned for them: those in this
    city end too.
    """
    given = texts.reason(reason)
    if conflicted(by, city):
        raise Unusable(
            "%(city)s is one of your cities already. You will not be asked to review it.",
            field="city",
            city=city.name,
        )
    for task in tasks:
        running = task.state not in ENDED and task.assessment.consensus is None
        if task.assessment.city is city and running:
            step_back(task, reason=given, by=by, now=now)
    for seat in list(seats):
        if seat.assessment.city is city:
            seat.assessment.seats.remove(seat)
    conflict = Conflict(city=city, reason=given, declared_at=now, kind=ConflictKind.FORMER_EMPLOYER)
    by.conflicts.append(conflict)
    record(by, "profile:state-employer", None, now=now, city=city.id)
    return conflict


def set_languages(
    assessment: Assessment, languages: Collection[str], *, by: User, now: datetime
) -> None:
    """Say in which languages the documents of a city are; at least one reviewer should read one."""
    if not set(languages) <= set(LANGUAGES):
        raise Unusable("Choose languages from the list.", field="languages")
    if not languages:
        raise Unusable("Choose at least one language.", field="languages")
    if len(languages) > MOST_LANGUAGES:
        raise Unusable("Choose at most %(most)d languages.", field="languages", most=MOST_LANGUAGES)
    assessment.city.languages = ",".join(code for code in LANGUAGES if code in languages)
    record(by, "city:languages", assessment, now=now, languages=assessment.city.languages)


def conflict_bar(person: User, city: City, now: datetime) -> Bar | None:
    """The conflict of interest that keeps a person away from a city, if there is one."""
    there = [one for one in person.city_memberships if one.city is city]
    if any(one.ended_at is None or one.ended_at > now for one in there):
        return Bar.OF_CITY
    if there:
        return Bar.WAS_OF_CITY
    kinds = {one.kind for one in person.conflicts if one.city is city}
    if ConflictKind.FORMER_EMPLOYER in kinds:
        return Bar.FORMER_EMPLOYER
    return Bar.DECLARED if kinds else None


def bar(person: User, assessment: Assessment, now: datetime) -> Bar | None:
    """Why a person cannot be chosen for a city of a round; None if they can be."""
    conflict = conflict_bar(person, assessment.city, now)
    if conflict is not None:
        return conflict
    for one in assessment.assignments:
        if one.reviewer is person:
            return Bar.LEFT_TEAM if one.state in ENDED else Bar.IN_TEAM
    planned = any(one.reviewer is person for one in assessment.seats)
    return Bar.PLANNED if planned else None


def setting(
    round_: Round,
    assessments: Iterable[Assessment],
    members: Iterable[Member],
    *,
    roles: Iterable[str],
    now: datetime,
    elsewhere: Mapping[int, int] | None = None,
) -> Setting:
    """Some cities of a round and the whole pool as plain values.

    `elsewhere` counts, per person, seats in cities that are not to be looked at.
    """
    cities = tuple(assessments)
    return Setting(
        candidates=tuple(candidate(one, cities, now, elsewhere or {}) for one in members),
        hosts=tuple(host(one) for one in cities),
        minimum=round_.minimum_reviewers,
        roles=tuple(code for code in roles if code in ROLES),
        seats=tuple(seat for one in cities for seat in seats_of(one)),
    )


def host(assessment: Assessment) -> Host:
    return Host(
        assessment.city.id, codes(assessment.city.languages), open=assessment.consensus is None
    )


def candidate(
    member: Member,
    assessments: Iterable[Assessment],
    now: datetime,
    elsewhere: Mapping[int, int],
) -> Candidate:
    """A member of the pool towards some cities of a round."""
    user = member.user
    return Candidate(
        id=user.id,
        homes=frozenset(
            one.city.id
            for one in user.city_memberships
            if one.ended_at is None or one.ended_at > now
        ),
        languages=member.languages,
        roles=member.roles,
        capacity=member.capacity,
        experience=member.experience,
        barred=frozenset(one.city.id for one in assessments if bar(user, one, now)),
        elsewhere=elsewhere.get(user.id, 0),
    )


def seats_of(assessment: Assessment) -> list[Seat]:
    """The seats of a city that are taken: by who was asked and has not left, and as planned."""
    city = assessment.city.id
    asked = [one for one in assessment.assignments if one.state not in ENDED]
    return [
        *(Seat(city, one.reviewer.id, one.lead) for one in asked),
        *(Seat(city, one.reviewer.id, one.lead) for one in assessment.seats),
    ]
