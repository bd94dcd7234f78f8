"""Colleagues of a city: invited, given parts, limited to them, let go; and how they join."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from models import Assessment, CityMembership, Invitation, User
from reviews import delegation, letters, texts
from reviews.errors import ConflictOfInterest, Unusable
from reviews.policy import Action, allowed
from reviews.queries import delegation as working
from webapp import filters, loaders, sessions
from webapp.clock import now
from webapp.colleagues.forms import InviteForm, JoinForm, PartForm
from webapp.colleagues.pages import (
    ColleaguePage,
    ColleaguesPage,
    FreshLink,
    InvitationPage,
    may_end,
)
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded, public
from webapp.links import fresh_link_key, invitation_link
from webapp.passwords import hash_password
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user, signed_in

T = TypeVar("T")

blueprint = Blueprint("colleagues", __name__)

CITY = "/rounds/<slug:round_slug>/<slug:city_slug>/colleagues"
ONE = f"{CITY}/<id:membership_id>"
LINK = "/invitations/<token:token>"


@blueprint.get(CITY)
@guarded(Action.COLLEAGUE_READ, loaders.assessment)
def show_colleagues(assessment: Assessment) -> ResponseReturnValue:
    return render(_colleagues(assessment, InviteForm(formdata=None)))


@blueprint.post(CITY)
@guarded(Action.COLLEAGUE_MANAGE, loaders.assessment)
def invite(assessment: Assessment) -> ResponseReturnValue:
    form = InviteForm()
    try:
        invitation = _invited(assessment, form)
    except (Unusable, ConflictOfInterest) as error:
        db.session.rollback()
        form.put_error(getattr(error, "field", "email"), said(error))
        return render(_colleagues(assessment, form), 422)
    db.session.commit()
    if current_app.config["MAIL_SERVER"] is None:
        link = FreshLink(invitation.name, invitation_link(invitation))
        return render(_colleagues(assessment, InviteForm(formdata=None), link))
    flash(gettext("The invitation to %(name)s is on its way.", name=invitation.name))
    return redirect(address_in(".show_colleagues", assessment), 303)


@blueprint.post(f"{CITY}/take-back")
@guarded(Action.COLLEAGUE_MANAGE, loaders.assessment)
def take_back(assessment: Assessment) -> ResponseReturnValue:
    waiting = working.waiting(db.session(), assessment.city, now())
    invitation = _chosen("invitation", {str(one.id): one for one in waiting})
    delegation.take_back(invitation, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The invitation of %(name)s is taken back.", name=invitation.name))
    return redirect(address_in(".show_colleagues", assessment), 303)


@blueprint.get(ONE)
@guarded(Action.COLLEAGUE_READ, loaders.assessment)
def show_colleague(assessment: Assessment, membership_id: int) -> ResponseReturnValue:
    membership = loaders.colleague(assessment, membership_id)
    return render(_colleague(assessment, membership, _part_form(assessment, formdata=None)))


@blueprint.post(f"{ONE}/parts")
@guarded(Action.PART_GIVE, loaders.assessment)
def give_part(assessment: Assessment, membership_id: int) -> ResponseReturnValue:
    membership = loaders.colleague(assessment, membership_id)
    form = _part_form(assessment)
    if not form.validate():
        return render(_colleague(assessment, membership, form), 422)
    try:
        delegation.give_part(
            assessment,
            loaders.questionnaire(assessment.round),
            membership.user,
            code=form.code.data or "",
            due=form.due.last_second,
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_colleague(assessment, membership, form), 422)
    db.session.commit()
    flash(gettext("The part is given to %(name)s.", name=membership.user.name))
    return redirect(_to(assessment, membership), 303)


@blueprint.post(f"{ONE}/parts/take")
@guarded(Action.PART_GIVE, loaders.assessment)
def take_part(assessment: Assessment, membership_id: int) -> ResponseReturnValue:
    membership = loaders.colleague(assessment, membership_id)
    own = [one for one in membership.user.parts if one.assessment is assessment]
    part = _chosen("part", {str(one.id): one for one in own})
    delegation.take_part(part, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The part is taken away from %(name)s.", name=membership.user.name))
    return redirect(_to(assessment, membership), 303)


@blueprint.post(f"{ONE}/limit")
@guarded(Action.PART_GIVE, loaders.assessment)
def limit(assessment: Assessment, membership_id: int) -> ResponseReturnValue:
    membership = loaders.colleague(assessment, membership_id)
    limited = _chosen("limited", {"yes": True, "no": False})
    delegation.limit(membership, assessment, limited=limited, by=require_user(), now=now())
    db.session.commit()
    flash(
        gettext("%(name)s sees only the own parts now.", name=membership.user.name)
        if limited
        else gettext("%(name)s sees the whole assessment now.", name=membership.user.name)
    )
    return redirect(_to(assessment, membership), 303)


@blueprint.post(f"{ONE}/end")
@guarded(Action.COLLEAGUE_MANAGE, loaders.assessment)
def end(assessment: Assessment, membership_id: int) -> ResponseReturnValue:
    membership = loaders.colleague(assessment, membership_id)
    if not may_end(membership, assessment, require_user()):
        abort(403)
    if request.form.get("sure") != "yes":
        form = _part_form(assessment, formdata=None)
        unsure = gettext("Tick the box if this person should leave.")
        return render(_colleague(assessment, membership, form, unsure=unsure), 422)
    there = working.memberships(db.session(), assessment.city, now())
    name = membership.user.name
    delegation.end(membership, assessment, there=there, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(name)s has left. Their rights have ended.", name=name))
    return redirect(address_in(".show_colleagues", assessment), 303)


@blueprint.get(LINK)
@public()
def show_invitation(token: str) -> ResponseReturnValue:
    invitation = loaders.invitation(token=token)
    form = JoinForm(formdata=None, name=invitation.name)
    return _invitation(invitation, token, form, _kind(invitation))


@blueprint.post(LINK)
@public()
def accept(token: str) -> ResponseReturnValue:
    invitation = loaders.invitation(token=token)
    kind, form = _kind(invitation), JoinForm()
    if kind in ("other", "sign_in"):
        return _invitation(invitation, token, form, kind)
    if kind == "new" and not form.validate():
        return _invitation(invitation, token, form, kind, 422)
    try:
        person = _joining(invitation, form) if kind == "new" else require_user()
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return _invitation(invitation, token, form, kind, 422)
    delegation.accept(invitation, by=person, now=now())
    if kind == "new":
        sessions.start(person, at=now())
    db.session.commit()
    flash(gettext("Welcome. You work on this self-assessment now."))
    return redirect(address_in("assessments.show_assessment", invitation.assessment), 303)


def _invited(assessment: Assessment, form: InviteForm) -> Invitation:
    by, at = require_user(), now()
    invitation = delegation.invite(
        assessment,
        email=form.email.data or "",
        name=form.name.data or "",
        limited=bool(form.limited.data),
        key=fresh_link_key(),
        there=working.memberships(db.session(), assessment.city, at),
        waiting=working.waiting(db.session(), assessment.city, at),
        team_is_known=allowed(by, Action.TEAM_READ, assessment, at),
        by=by,
        now=at,
    )
    until = filters.date_time(invitation.expires_at)
    db.session.add(letters.invitation_letter(invitation, until=until, now=at))
    return invitation


def _kind(invitation: Invitation) -> str:
    """What somebody with the link is to it: without an account, to sign in, ready, or another."""
    who = signed_in()
    if who is not None:
        return "ready" if who.email == invitation.email else "other"
    known = select(User.id).where(User.email == invitation.email)
    return "new" if db.session.scalar(known) is None else "sign_in"


def _joining(invitation: Invitation, form: JoinForm) -> User:
    name = texts.line(form.name.data or "", field="name", limit=delegation.LONGEST_NAME)
    if not name:
        raise Unusable("Enter your name.", field="name")
    person = User(
        email=invitation.email,
        name=name,
        password_hash=hash_password(form.password.data or ""),
        created_at=now(),
    )
    db.session.add(person)
    # The journal names who acts by their number.
    db.session.flush()
    return person


def _invitation(
    invitation: Invitation, token: str, form: JoinForm, kind: str, status: int = 200
) -> ResponseReturnValue:
    page = InvitationPage.of(invitation, url_for(".show_invitation", token=token), kind, form)
    return render(page, 403 if kind == "other" else status)


def _chosen(name: str, choices: dict[str, T]) -> T:
    """What a button stands for. Raises Unusable for what there is no button for."""
    given = request.form.get(name, "")
    if given not in choices:
        raise Unusable("This is not there any more. Load the page again.", field=name)
    return choices[given]


def _part_form(assessment: Assessment, **rest: object) -> PartForm:
    return PartForm.offering(loaders.questionnaire(assessment.round), **rest)


def _colleagues(
    assessment: Assessment, form: InviteForm, link: FreshLink | None = None
) -> ColleaguesPage:
    return ColleaguesPage.of(
        assessment,
        loaders.questionnaire(assessment.round),
        working.memberships(db.session(), assessment.city, now()),
        working.waiting(db.session(), assessment.city, now()),
        form,
        require_user(),
        link=link,
    )


def _colleague(
    assessment: Assessment, membership: CityMembership, form: PartForm, *, unsure: str = ""
) -> ColleaguePage:
    questionnaire = loaders.questionnaire(assessment.round)
    return ColleaguePage.of(
        assessment, questionnaire, membership, form, require_user(), unsure=unsure
    )


def _to(assessment: Assessment, membership: CityMembership) -> str:
    return address_in(".show_colleague", assessment, membership_id=membership.id)
