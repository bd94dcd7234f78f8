"""What the pages about assignments show: all teams of a round, and the seats of one city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, User
from reviews import pool, seating
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.pool import Member
from webapp.assigning import remarks as saying
from webapp.assigning.forms import LanguagesForm, SeatForm
from webapp.assigning.teams import SeatLine, Teams, homes_of, lines
from webapp.clock import now
from webapp.words import phase_words, round_words


@dataclass(frozen=True)
class TeamCard:
    """One city of the round. `hidden`: the coordinator is too close to it to see more."""

    slug: str
    name: str
    country: str
    letter: str
    stage: str
    hidden: bool
    seats: tuple[SeatLine, ...] = ()
    wanting: tuple[str, ...] = ()
    waits: bool = False

    @classmethod
    def of(cls, teams: Teams, assessment: Assessment, who: User) -> TeamCard:
        here, hidden = phase(assessment), assessment in teams.hidden
        number = assessment.city.id
        return cls(
            slug=assessment.city.slug,
            name=assessment.city.name,
            country=assessment.city.country,
            letter=here.value,
            stage=phase_words(here),
            hidden=hidden,
            seats=() if hidden else tuple(lines(teams, assessment, who)),
            wanting=() if hidden else saying.of_city(teams.remarks, number, teams.names),
            waits=not hidden and bool(assessment.seats) and not seating.ready(assessment),
        )


@dataclass(frozen=True)
class PoolLine:
    """Somebody of the pool. Of a conflict it says with which city, and never why."""

    name: str
    homes: str
    languages: str
    roles: str
    experience: str
    load: int
    capacity: int
    conflicts: str

    @classmethod
    def of(cls, member: Member, teams: Teams) -> PoolLine:
        cities = {one.city.name for one in member.user.conflicts}
        return cls(
            name=member.user.name,
            homes=homes_of(member),
            languages=saying.languages_words(member.languages),
            roles=saying.roles_words(member.roles, teams.names.roles),
            experience=saying.experience_words(member.experience),
            load=teams.load[member.user.id],
            capacity=member.capacity,
            conflicts=", ".join(sorted(cities)),
        )


@dataclass(frozen=True)
class Figure:
    words: str
    value: str


@dataclass(frozen=True)
class AssignmentsPage:
    """All teams of a round, as they are and as they are planned."""

    title: str
    slug: str
    round: str
    state: str
    minimum: int
    figures: tuple[Figure, ...]
    wanting: tuple[str, ...]
    cities: tuple[TeamCard, ...]
    pool: tuple[PoolLine, ...]
    planned: int
    due: int
    waiting: tuple[str, ...]
    may_propose: bool
    may_announce: bool
    problem: str
    field: str
    template: ClassVar[str] = "assigning/assignments.html"

    @classmethod
    def of(cls, teams: Teams, who: User, *, problem: str = "", field: str = "") -> AssignmentsPage:
        round_, at = teams.round, now()
        cards = [
            TeamCard.of(teams, one, who)
            for one in sorted(
                (*teams.visible, *teams.hidden), key=lambda one: (one.city.name, one.city.id)
            )
        ]
        planned = sum(len(one.seats) for one in teams.visible)
        due = sum(len(one.seats) for one in teams.visible if seating.ready(one))
        return cls(
            title=gettext("Who reviews whom"),
            slug=round_.slug,
            round=round_.title,
            state=round_words(round_.state),
            minimum=round_.minimum_reviewers,
            figures=(
                Figure(gettext("Cities"), str(len(cards))),
                Figure(gettext("Reviewers in the pool"), str(len(teams.members))),
                Figure(gettext("Seats asked"), str(len(teams.setting.seats) - planned)),
                Figure(gettext("Seats planned"), str(planned)),
            ),
            wanting=saying.overall(teams.remarks),
            cities=tuple(cards),
            pool=tuple(PoolLine.of(one, teams) for one in teams.members),
            planned=planned,
            due=due,
            waiting=tuple(one.name for one in cards if one.waits),
            may_propose=allowed(who, Action.SEAT_PROPOSE, round_, at),
            may_announce=due > 0 and allowed(who, Action.SEAT_ANNOUNCE, round_, at),
            problem=problem,
            field=field,
        )


@dataclass(frozen=True)
class CandidateLine:
    """Somebody of the pool towards one city: what speaks for them, and what against or forbids."""

    id: int
    name: str
    homes: str
    load: int
    capacity: int
    merits: tuple[str, ...]
    against: tuple[str, ...]
    barred: str

    @classmethod
    def of(
        cls, member: Member, teams: Teams, assessment: Assessment, at: datetime
    ) -> CandidateLine:
        forbids = pool.bar(member.user, assessment, at)
        load = teams.load[member.user.id]
        return cls(
            id=member.user.id,
            name=member.user.name,
            homes=homes_of(member),
            load=load,
            capacity=member.capacity,
            merits=teams.merits(member, assessment),
            against=() if forbids else tuple(_against(member, teams, assessment, load)),
            barred=saying.bar_words(forbids) if forbids else "",
        )

    @property
    def in_list(self) -> str:
        words = gettext("%(name)s, %(city)s", name=self.name, city=self.homes)
        return f"{words} ({self.load}/{self.capacity})"


def _against(member: Member, teams: Teams, assessment: Assessment, load: int) -> list[str]:
    said = []
    if load >= member.capacity:
        said.append(gettext("has as many cities as they can take"))
    languages = teams.names.languages[assessment.city.id]
    if languages and not languages & member.languages:
        said.append(
            gettext("does not read %(languages)s", languages=saying.languages_words(languages))
        )
    homes = {one.id: one.homes for one in teams.setting.candidates}
    visited = {
        seat.host
        for seat in teams.setting.seats
        if assessment.city.id in homes.get(seat.candidate, frozenset())
    }
    back = sorted(teams.names.cities[one] for one in visited & homes[member.user.id])
    if back:
        said.append(gettext("people from this city review %(city)s", city=", ".join(back)))
    return said


@dataclass(frozen=True)
class SeatsPage:
    """The seats of one city, and the whole pool to choose from."""

    title: str
    round: str
    round_slug: str
    city: str
    city_slug: str
    stage: str
    minimum: int
    languages: str
    wanting: tuple[str, ...]
    seats: tuple[SeatLine, ...]
    candidates: tuple[CandidateLine, ...]
    form: SeatForm
    spoken: LanguagesForm
    may_plan: bool
    signed: bool
    template: ClassVar[str] = "assigning/seats.html"

    @classmethod
    def of(
        cls,
        teams: Teams,
        assessment: Assessment,
        candidates: Sequence[CandidateLine],
        form: SeatForm,
        spoken: LanguagesForm,
        who: User,
    ) -> SeatsPage:
        number = assessment.city.id
        return cls(
            title=gettext("Seats of %(city)s", city=assessment.city.name),
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            stage=phase_words(phase(assessment)),
            minimum=assessment.round.minimum_reviewers,
            languages=saying.languages_words(teams.names.languages[number]),
            wanting=saying.of_city(teams.remarks, number, teams.names),
            seats=tuple(lines(teams, assessment, who)),
            candidates=tuple(candidates),
            form=form,
            spoken=spoken,
            may_plan=allowed(who, Action.SEAT_PLAN, assessment, now()),
            signed=seating.ready(assessment),
        )


def candidates(teams: Teams, assessment: Assessment) -> list[CandidateLine]:
    """The pool towards one city: who can be chosen first, and the best fitting of them."""
    at = now()
    lines = [CandidateLine.of(one, teams, assessment, at) for one in teams.members]
    return sorted(lines, key=lambda one: (bool(one.barred), len(one.against), one.name, one.id))
