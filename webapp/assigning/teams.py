"""The teams of a round as one coordinator may know them, asked and planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from models import Assessment, Assignment, PlannedSeat, Round, User
from reviews import pool
from reviews.assigning import ENDED
from reviews.hats import conflicted
from reviews.policy import Action, allowed
from reviews.pool import Member
from reviews.questionnaires import Questionnaire
from reviews.teams import Merits, Remark, Setting, remarks
from webapp.assigning import remarks as saying
from webapp.assigning.remarks import Names
from webapp.clock import now
from webapp.words import assignment_words


@dataclass(frozen=True)
class Teams:
    """What a coordinator may know of the teams of a round: nothing of cities too close to them."""

    round: Round
    visible: tuple[Assessment, ...]
    hidden: tuple[Assessment, ...]
    members: tuple[Member, ...]
    setting: Setting
    remarks: tuple[Remark, ...]
    names: Names

    @classmethod
    def of(
        cls,
        round_: Round,
        assessments: Sequence[Assessment],
        members: Sequence[Member],
        questionnaire: Questionnaire,
        who: User,
    ) -> Teams:
        visible = tuple(one for one in assessments if not conflicted(who, one.city))
        titles = {role.code: role.title for role in questionnaire.roles}
        setting = pool.setting(round_, visible, members, roles=titles, now=now())
        return cls(
            round=round_,
            visible=visible,
            hidden=tuple(one for one in assessments if conflicted(who, one.city)),
            members=tuple(members),
            setting=setting,
            remarks=remarks(setting, setting.seats),
            names=Names(
                cities={one.city.id: one.city.name for one in visible},
                languages={one.city.id: pool.codes(one.city.languages) for one in visible},
                roles=titles,
            ),
        )

    @property
    def load(self) -> Counter[int]:
        return Counter(seat.candidate for seat in self.setting.seats)

    def merits(self, member: Member, assessment: Assessment) -> tuple[str, ...]:
        person = next(one for one in self.setting.candidates if one.id == member.user.id)
        found = Merits.of(person, pool.host(assessment), self.setting.roles)
        return saying.merits_words(found, self.names.roles)


@dataclass(frozen=True)
class SeatLine:
    """Somebody in a team or planned for it; `clash` says why they cannot be asked any more."""

    name: str
    homes: str
    lead: bool
    state: str
    merits: tuple[str, ...]
    seat_id: int = 0
    assignment_id: int = 0
    by_hand: bool = False
    clash: str = ""
    may_replace: bool = False
    instead: str = ""
    reason: str = ""
    error: str = ""
    wrong: str = ""


def homes_of(member: Member | None) -> str:
    memberships = member.user.city_memberships if member else ()
    return ", ".join(sorted({one.city.name for one in memberships if one.ended_at is None}))


def lines(teams: Teams, assessment: Assessment, who: User) -> list[SeatLine]:
    """The team that was asked, then who is planned; the lead first in both."""
    members = {one.user.id: one for one in teams.members}
    asked = [one for one in assessment.assignments if one.state not in ENDED]
    return [
        *(
            _asked(teams, one, members.get(one.reviewer.id), who)
            for one in sorted(asked, key=lambda one: not one.lead)
        ),
        *(
            _planned(teams, one, members.get(one.reviewer.id))
            for one in sorted(assessment.seats, key=lambda one: not one.lead)
        ),
    ]


def _asked(teams: Teams, task: Assignment, member: Member | None, who: User) -> SeatLine:
    return SeatLine(
        name=task.reviewer.name,
        homes=homes_of(member),
        lead=task.lead,
        state=assignment_words(task.state),
        merits=teams.merits(member, task.assessment) if member else (),
        assignment_id=task.id,
        may_replace=allowed(who, Action.REVIEWER_REPLACE, task.assessment, now()),
    )


def _planned(teams: Teams, seat: PlannedSeat, member: Member | None) -> SeatLine:
    conflict = pool.conflict_bar(seat.reviewer, seat.assessment.city, now())
    return SeatLine(
        name=seat.reviewer.name,
        homes=homes_of(member),
        lead=seat.lead,
        state=gettext("Planned, not told"),
        merits=teams.merits(member, seat.assessment) if member else (),
        seat_id=seat.id,
        by_hand=seat.by_hand,
        clash=saying.bar_words(conflict) if conflict else "",
    )
