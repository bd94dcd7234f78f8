"""What the pages about colleagues and invitations show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, CityMembership, CityRole, Invitation, Part, User
from reviews.policy import Action, allowed
from reviews.questionnaires import Questionnaire
from webapp.clock import now
from webapp.colleagues.forms import InviteForm, JoinForm, PartForm
from webapp.places import Place
from webapp.responsibilities import due_words, title_of

_ROLE: dict[CityRole, Callable[[], str]] = {
    CityRole.CONTRIBUTOR: lambda: gettext("Contributor"),
    CityRole.LEAD: lambda: gettext("Lead officer"),
    CityRole.SIGNATORY: lambda: gettext("Signatory"),
}


@dataclass(frozen=True)
class PartLine:
    id: int
    title: str
    due: str

    @classmethod
    def of(cls, part: Part, questionnaire: Questionnaire) -> PartLine:
        return cls(part.id, title_of(questionnaire, part.code), due_words(part.due))


@dataclass(frozen=True)
class ColleagueLine:
    """One membership; `parts` is empty for whoever may not give any."""

    membership_id: int
    name: str
    email: str
    role: str
    limited: bool
    parts: tuple[PartLine, ...]

    @classmethod
    def of(
        cls,
        membership: CityMembership,
        assessment: Assessment,
        questionnaire: Questionnaire,
        *,
        with_parts: bool,
    ) -> ColleagueLine:
        there = [one for one in membership.user.parts if one.assessment is assessment]
        return cls(
            membership_id=membership.id,
            name=membership.user.name,
            email=membership.user.email,
            role=_ROLE[membership.role](),
            limited=membership.limited,
            parts=tuple(PartLine.of(one, questionnaire) for one in there if with_parts),
        )


@dataclass(frozen=True)
class InvitationLine:
    id: int
    name: str
    email: str
    invited_by: str
    until: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> InvitationLine:
        return cls(
            id=invitation.id,
            name=invitation.name,
            email=invitation.email,
            invited_by=invitation.invited_by.name,
            until=invitation.expires_at,
        )


@dataclass(frozen=True)
class FreshLink:
    """A link that no mail brings; it is shown once."""

    name: str
    address: str


@dataclass(frozen=True)
class ColleaguesPage:
    title: str
    place: Place
    people: tuple[ColleagueLine, ...]
    invitations: tuple[InvitationLine, ...]
    form: InviteForm
    link: FreshLink | None
    of_the_city: bool
    may_manage: bool
    template: ClassVar[str] = "colleagues/colleagues.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        questionnaire: Questionnaire,
        people: Sequence[CityMembership],
        invitations: Sequence[Invitation],
        form: InviteForm,
        who: User,
        *,
        link: FreshLink | None = None,
    ) -> ColleaguesPage:
        of_the_city = allowed(who, Action.ANSWER_READ, assessment, now())
        return cls(
            title=gettext("Colleagues of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            people=tuple(
                ColleagueLine.of(one, assessment, questionnaire, with_parts=of_the_city)
                for one in people
            ),
            invitations=tuple(map(InvitationLine.of, invitations)),
            form=form,
            link=link,
            of_the_city=of_the_city,
            may_manage=allowed(who, Action.COLLEAGUE_MANAGE, assessment, now()),
        )


@dataclass(frozen=True)
class ColleaguePage:
    """One colleague: their parts, what they see, and how to let them go."""

    title: str
    place: Place
    line: ColleagueLine
    form: PartForm
    of_the_city: bool
    may_give: bool
    may_limit: bool
    may_end: bool
    unsure: str
    template: ClassVar[str] = "colleagues/colleague.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        questionnaire: Questionnaire,
        membership: CityMembership,
        form: PartForm,
        who: User,
        *,
        unsure: str = "",
    ) -> ColleaguePage:
        gives = allowed(who, Action.PART_GIVE, assessment, now())
        contributor = membership.role is CityRole.CONTRIBUTOR
        return cls(
            title=membership.user.name,
            place=Place.of(assessment),
            line=ColleagueLine.of(
                membership,
                assessment,
                questionnaire,
                with_parts=allowed(who, Action.ANSWER_READ, assessment, now()),
            ),
            form=form,
            of_the_city=allowed(who, Action.ANSWER_READ, assessment, now()),
            may_give=gives,
            may_limit=gives and contributor,
            may_end=may_end(membership, assessment, who),
            unsure=unsure,
        )


def may_end(membership: CityMembership, assessment: Assessment, who: User) -> bool:
    """Lead officers let contributors go; whom a coordinator appointed, a coordinator lets go."""
    appointed = membership.role is not CityRole.CONTRIBUTOR
    action = Action.APPOINTMENT_END if appointed else Action.COLLEAGUE_MANAGE
    return membership.user is not who and allowed(who, action, assessment, now())


@dataclass(frozen=True)
class InvitationPage:
    """What whoever holds the link of an invitation finds; `kind` is who they are to it."""

    title: str
    city: str
    invited_by: str
    until: datetime
    limited: bool
    path: str
    kind: str
    form: JoinForm
    template: ClassVar[str] = "colleagues/invitation.html"

    @classmethod
    def of(cls, invitation: Invitation, path: str, kind: str, form: JoinForm) -> InvitationPage:
        city = invitation.assessment.city.name
        return cls(
            title=gettext("Help %(city)s with its self-assessment", city=city),
            city=city,
            invited_by=invitation.invited_by.name,
            until=invitation.expires_at,
            limited=invitation.limited,
            path=path,
            kind=kind,
            form=form,
        )
