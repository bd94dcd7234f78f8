"""Assignments for coordinators: proposed, planned unseen, changed by hand, announced, replaced."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TypeVar

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from models import Assessment, Assignment, PlannedSeat, Round, User
from reviews import assigning, letters, pool, proposing, seating
from reviews.errors import ConflictOfInterest, NotNow, Unusable
from reviews.hats import conflicted
from reviews.policy import Action, allowed
from reviews.pool import Member
from reviews.queries import pool as staffing
from reviews.teams import Setting
from webapp import loaders
from webapp.assigning.forms import LanguagesForm, ReplaceForm, SeatForm
from webapp.assigning.pages import AssignmentsPage, SeatsPage, candidates
from webapp.assigning.teams import Teams
from webapp.clock import now
from webapp.database import begin_writing
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user

T = TypeVar("T")

blueprint = Blueprint("assigning", __name__, url_prefix="/rounds/<slug:round_slug>/assignments")

CITY = "/<slug:city_slug>"


@blueprint.get("")
@guarded(Action.POOL_READ, loaders.round_)
def show_assignments(round_: Round) -> ResponseReturnValue:
    return render(AssignmentsPage.of(_teams(round_), require_user()))


@blueprint.post("/propose")
@guarded(Action.SEAT_PROPOSE, loaders.round_)
def propose(round_: Round) -> ResponseReturnValue:
    slug, (asked, _, _) = round_.slug, _to_staff(round_, require_user())
    # It may take a second or two, and everybody else is not to wait for it.
    db.session.rollback()
    proposal = proposing.propose(asked)
    begin_writing(db.session)
    round_, by = loaders.round_(round_slug=slug), require_user()
    _lock(round_)
    still, assessments, members = _to_staff(round_, by)
    if still != asked or not allowed(by, Action.SEAT_PROPOSE, round_, now()):
        raise NotNow("Somebody changed the teams meanwhile. Ask for a proposal again.")
    people = [one.user for one in members]
    count = seating.adopt(round_, proposal, assessments, people, by=by, now=now())
    db.session.commit()
    flash(_proposed(count))
    return _to_round(round_)


@blueprint.post("/drop")
@guarded(Action.SEAT_PROPOSE, loaders.round_)
def drop(round_: Round) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        unsure = gettext("Tick the box if the plan should be dropped.")
        page = AssignmentsPage.of(_teams(round_), require_user(), problem=unsure, field="drop")
        return render(page, 422)
    _lock(round_)
    count = seating.drop(round_, _own(round_, require_user()), by=require_user(), now=now())
    db.session.commit()
    flash(ngettext("%(num)d planned seat is dropped.", "%(num)d planned seats are dropped.", count))
    return _to_round(round_)


@blueprint.post("/announce")
@guarded(Action.SEAT_ANNOUNCE, loaders.round_)
def announce(round_: Round) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        unsure = gettext("Tick the box if the invitations should go out.")
        page = AssignmentsPage.of(_teams(round_), require_user(), problem=unsure, field="announce")
        return render(page, 422)
    _lock(round_)
    try:
        count = _announced(round_, require_user())
    except ConflictOfInterest as error:
        db.session.rollback()
        page = AssignmentsPage.of(_teams(round_), require_user(), problem=said(error))
        return render(page, 422)
    db.session.commit()
    flash(ngettext("%(num)d invitation goes out.", "%(num)d invitations go out.", count))
    return _to_round(round_)


@blueprint.get(CITY)
@guarded(Action.SEAT_READ, loaders.assessment)
def show_seats(assessment: Assessment) -> ResponseReturnValue:
    return render(_seats_page(assessment))


@blueprint.post(f"{CITY}/add")
@guarded(Action.SEAT_PLAN, loaders.assessment)
def add_seat(assessment: Assessment) -> ResponseReturnValue:
    form = SeatForm()
    reviewer = _person(assessment.round, form.reviewer.data)
    try:
        if reviewer is None:
            raise Unusable("Choose a reviewer from the list.", field="reviewer")
        lead = bool(form.lead.data)
        seating.plan_seat(assessment, reviewer, lead=lead, by=require_user(), now=now())
    except (Unusable, ConflictOfInterest) as error:
        db.session.rollback()
        return render(_seats_page(assessment, wrong=error), 422)
    db.session.commit()
    flash(gettext("%(name)s is planned. Nobody has been told.", name=reviewer.name))
    return redirect(address_in(".show_seats", assessment), 303)


@blueprint.post(f"{CITY}/remove")
@guarded(Action.SEAT_PLAN, loaders.assessment)
def remove_seat(assessment: Assessment) -> ResponseReturnValue:
    seat = _chosen_seat(assessment)
    name = seat.reviewer.name
    seating.remove_seat(seat, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(name)s is not planned any more.", name=name))
    return redirect(address_in(".show_seats", assessment), 303)


@blueprint.post(f"{CITY}/lead")
@guarded(Action.SEAT_PLAN, loaders.assessment)
def make_lead(assessment: Assessment) -> ResponseReturnValue:
    seat = _chosen_seat(assessment)
    seating.make_lead(seat, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(name)s is planned to lead the team.", name=seat.reviewer.name))
    return redirect(address_in(".show_seats", assessment), 303)


@blueprint.post(f"{CITY}/languages")
@guarded(Action.SEAT_PLAN, loaders.assessment)
def set_languages(assessment: Assessment) -> ResponseReturnValue:
    form = LanguagesForm.offering()
    try:
        chosen = form.languages.data or ()
        pool.set_languages(assessment, chosen, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        form.put_error("languages", said(error))
        return render(_seats_page(assessment, spoken=form), 422)
    db.session.commit()
    flash(gettext("The languages of %(city)s are stored.", city=assessment.city.name))
    return redirect(address_in(".show_seats", assessment), 303)


@blueprint.post(f"{CITY}/<id:assignment_id>/replace")
@guarded(Action.REVIEWER_REPLACE, loaders.assignment_of_city)
def replace_reviewer(assignment: Assignment) -> ResponseReturnValue:
    assessment, form = assignment.assessment, ReplaceForm()
    other = _person(assessment.round, form.instead.data)
    try:
        if other is None:
            raise Unusable("Choose a reviewer from the list.", field="instead")
        _replaced(assignment, other, form.reason.data or "")
    except (Unusable, ConflictOfInterest) as error:
        db.session.rollback()
        field = error.field if isinstance(error, Unusable) else "instead"
        return render(_with_replacing(_seats_page(assessment), assignment, form, field, error), 422)
    db.session.commit()
    flash(
        gettext(
            "%(name)s is invited instead of %(before)s, whose rights have ended.",
            name=other.name,
            before=assignment.reviewer.name,
        )
    )
    return redirect(address_in(".show_seats", assessment), 303)


def _teams(round_: Round) -> Teams:
    return Teams.of(
        round_,
        staffing.teams(db.session(), round_),
        staffing.members(db.session(), round_, now()),
        loaders.questionnaire(round_),
        require_user(),
    )


def _lock(round_: Round) -> None:
    """Let changes of the plan, of one city or of all, take turns."""
    db.session.execute(staffing.locked(round_)).all()


def _own(round_: Round, who: User) -> list[Assessment]:
    """The cities that a coordinator looks after: not those too close to them."""
    return [one for one in staffing.teams(db.session(), round_) if not conflicted(who, one.city)]


def _to_staff(round_: Round, who: User) -> tuple[Setting, list[Assessment], list[Member]]:
    """What a proposal is made from. Of a city too close to the coordinator its seats count, so
    that nobody gets too much, and nothing else does."""
    every = staffing.teams(db.session(), round_)
    own = [one for one in every if not conflicted(who, one.city)]
    elsewhere = Counter(
        seat.candidate for one in every if one not in own for seat in pool.seats_of(one)
    )
    members = staffing.members(db.session(), round_, now())
    roles = [role.code for role in loaders.questionnaire(round_).roles]
    setting = pool.setting(round_, own, members, roles=roles, now=now(), elsewhere=elsewhere)
    return setting, own, members


def _proposed(count: int) -> str:
    if not count:
        return gettext("No seat could be added. See what is missing below.")
    return ngettext(
        "%(num)d seat is planned. Nobody has been told.",
        "%(num)d seats are planned. Nobody has been told.",
        count,
    )


def _announced(round_: Round, by: User) -> int:
    asked = seating.announce(round_, _own(round_, by), by=by, now=now())
    db.session.add_all(letters.review_letter(one, now=now()) for one in asked)
    return len(asked)


def _replaced(assignment: Assignment, other: User, reason: str) -> None:
    task = assigning.replace(assignment, other, reason=reason, by=require_user(), now=now())
    db.session.add(letters.review_letter(task, now=now()))


def _person(round_: Round, given: str | None) -> User | None:
    """Somebody of the pool by their number; who cannot be chosen is refused with the reason."""
    members = staffing.members(db.session(), round_, now())
    return next((one.user for one in members if str(one.user.id) == given), None)


def _chosen_seat(assessment: Assessment) -> PlannedSeat:
    """The seat that a button stands for. Raises Unusable for one that is gone."""
    given = request.form.get("seat", "")
    seat = next((one for one in assessment.seats if str(one.id) == given), None)
    if seat is None:
        raise Unusable("This is not there any more. Load the page again.", field="seat")
    return seat


def _seats_page(
    assessment: Assessment,
    *,
    wrong: Unusable | ConflictOfInterest | None = None,
    spoken: LanguagesForm | None = None,
) -> SeatsPage:
    teams = _teams(assessment.round)
    lines = candidates(teams, assessment)
    offered = [(one.id, one.in_list) for one in lines if not one.barred]
    form = SeatForm.offering(offered) if wrong else SeatForm.offering(offered, formdata=None)
    if wrong is not None:
        form.put_error(getattr(wrong, "field", "reviewer"), said(wrong))
    there = sorted(pool.codes(assessment.city.languages))
    spoken = spoken or LanguagesForm.offering(formdata=None, languages=there)
    return SeatsPage.of(teams, assessment, lines, form, spoken, require_user())


def _with_replacing(
    page: SeatsPage,
    assignment: Assignment,
    form: ReplaceForm,
    field: str,
    error: Unusable | ConflictOfInterest,
) -> SeatsPage:
    """The page again, with what was chosen and typed to replace somebody."""
    seats = [
        line
        if line.assignment_id != assignment.id
        else replace(
            line,
            instead=form.instead.data or "",
            reason=form.reason.data or "",
            error=said(error),
            wrong=field,
        )
        for line in page.seats
    ]
    return replace(page, seats=tuple(seats))


def _to_round(round_: Round) -> ResponseReturnValue:
    return redirect(url_for(".show_assignments", round_slug=round_.slug), 303)
