"""Rounds for their coordinators: prepared, set up, watched; teams invited, reviews opened."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Assignment, Round
from reviews import assessments, assigning, rounds
from reviews.errors import ConflictOfInterest, Unusable
from reviews.policy import Action
from reviews.queries import instruments, work
from reviews.queries import rounds as watching
from webapp import loaders
from webapp.clock import now
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.rounds.forms import BlindForm, CityForm, DatesForm, InviteForm, NewRoundForm, ReasonForm
from webapp.rounds.pages import (
    NewRoundPage,
    RoundPage,
    RoundsPage,
    SendBackPage,
    SetUpPage,
    TeamPage,
)
from webapp.sessions import require_user

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")


@blueprint.get("")
@guarded(Action.ROUND_LIST, loaders.nothing)
def list_rounds(_: None) -> ResponseReturnValue:
    who = require_user()
    return render(RoundsPage.of(work.rounds_of(db.session(), who, now()), who))


@blueprint.get("/new")
@guarded(Action.ROUND_CREATE, loaders.nothing)
def show_new_round(_: None) -> ResponseReturnValue:
    offered = instruments.published(db.session())
    only = str(offered[0].id) if len(offered) == 1 else ""
    form = NewRoundForm.offering(offered, formdata=None, instrument=only, minimum_reviewers="3")
    return render(NewRoundPage.of(form))


@blueprint.post("/new")
@guarded(Action.ROUND_CREATE, loaders.nothing)
def create_round(_: None) -> ResponseReturnValue:
    form = NewRoundForm.offering(instruments.published(db.session()))
    round_ = _created(form)
    if round_ is None:
        return render(NewRoundPage.of(form), 422)
    db.session.commit()
    flash(gettext("The round is prepared. Add its cities, then open it."))
    return redirect(url_for(".show_set_up", round_slug=round_.slug), 303)


@blueprint.get("/<slug:round_slug>")
@guarded(Action.ROUND_READ, loaders.round_)
def show_round(round_: Round) -> ResponseReturnValue:
    cities = watching.cockpit(db.session(), round_)
    statements = len(loaders.questionnaire(round_).statements)
    return render(RoundPage.of(round_, cities, statements, require_user()))


@blueprint.get("/<slug:round_slug>/set-up")
@guarded(Action.ROUND_SET_UP, loaders.round_)
def show_set_up(round_: Round) -> ResponseReturnValue:
    return render(_set_up_page(round_))


@blueprint.post("/<slug:round_slug>/set-up")
@guarded(Action.ROUND_SET_UP, loaders.round_)
def move_dates(round_: Round) -> ResponseReturnValue:
    form = DatesForm()
    try:
        if not form.validate():
            return render(_set_up_page(round_, dates=form), 422)
        rounds.move_dates(
            round_,
            form.answers_due.last_second,
            form.reviews_due.last_second,
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_set_up_page(round_, dates=form), 422)
    db.session.commit()
    flash(gettext("The dates are changed."))
    return redirect(url_for(".show_set_up", round_slug=round_.slug), 303)


@blueprint.post("/<slug:round_slug>/blind")
@guarded(Action.ROUND_SET_UP, loaders.round_)
def choose_blind(round_: Round) -> ResponseReturnValue:
    rounds.choose_blind(round_, blind=BlindForm().blind.data, by=require_user(), now=now())
    db.session.commit()
    if round_.blind:
        flash(gettext("Reviewers will give their own level before they see the city's."))
    else:
        flash(gettext("Reviewers will see the city's level from the start."))
    return redirect(url_for(".show_set_up", round_slug=round_.slug, _anchor="blind-round"), 303)


@blueprint.post("/<slug:round_slug>/cities")
@guarded(Action.CITY_ADD, loaders.round_)
def add_city(round_: Round) -> ResponseReturnValue:
    outside = watching.cities_outside(db.session(), round_)
    form = CityForm.offering(outside)
    city = next((one for one in outside if one.slug == form.city.data), None)
    try:
        if city is None:
            raise Unusable("Choose a city from the list.", field="city")
        rounds.add_city(round_, city, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_set_up_page(round_, city=form), 422)
    db.session.commit()
    flash(gettext("%(city)s takes part now.", city=city.name))
    return redirect(url_for(".show_set_up", round_slug=round_.slug, _anchor="cities"), 303)


@blueprint.post("/<slug:round_slug>/open")
@guarded(Action.ROUND_OPEN, loaders.round_)
def open_round(round_: Round) -> ResponseReturnValue:
    rounds.open_round(round_, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The round is open. Its cities can start."))
    return redirect(url_for(".show_round", round_slug=round_.slug), 303)


@blueprint.get("/<slug:round_slug>/<slug:city_slug>/reviewers")
@guarded(Action.TEAM_READ, loaders.assessment)
def show_team(assessment: Assessment) -> ResponseReturnValue:
    pool = watching.pool(db.session(), assessment.round, now())
    form = InviteForm.offering(pool, assessment, formdata=None)
    return render(TeamPage.of(assessment, pool, form, require_user()))


@blueprint.post("/<slug:round_slug>/<slug:city_slug>/reviewers")
@guarded(Action.REVIEWER_INVITE, loaders.assessment)
def invite_reviewer(assessment: Assessment) -> ResponseReturnValue:
    pool = watching.pool(db.session(), assessment.round, now())
    form = InviteForm.offering(pool, assessment)
    reviewer = next((one.user for one in pool if str(one.user.id) == form.reviewer.data), None)
    try:
        if reviewer is None:
            raise Unusable("Choose a reviewer from the list.", field="reviewer")
        assigning.invite(assessment, reviewer, lead=form.lead.data, by=require_user(), now=now())
    except (Unusable, ConflictOfInterest) as error:
        db.session.rollback()
        field = error.field if isinstance(error, Unusable) else "reviewer"
        form.put_error(field, said(error))
        return render(TeamPage.of(assessment, pool, form, require_user()), 422)
    db.session.commit()
    flash(gettext("%(name)s is invited.", name=reviewer.name))
    return redirect(address_in(".show_team", assessment), 303)


@blueprint.post("/<slug:round_slug>/<slug:city_slug>/reviewers/<id:assignment_id>/revoke")
@guarded(Action.REVIEWER_REVOKE, loaders.assignment_of_city)
def revoke_reviewer(assignment: Assignment) -> ResponseReturnValue:
    assessment, form = assignment.assessment, ReasonForm()
    typed = form.reason.data or ""
    try:
        assigning.revoke(assignment, reason=typed, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        return render(_refused_page(assessment, assignment, typed, said(error)), 422)
    db.session.commit()
    flash(gettext("%(name)s is taken off this review.", name=assignment.reviewer.name))
    return redirect(address_in(".show_team", assessment), 303)


@blueprint.post("/<slug:round_slug>/<slug:city_slug>/send-back")
@guarded(Action.ASSESSMENT_SEND_BACK, loaders.assessment)
def send_back(assessment: Assessment) -> ResponseReturnValue:
    typed = ReasonForm().reason.data or ""
    try:
        assessments.send_back(assessment, reason=typed, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        return render(SendBackPage.of(assessment, typed, said(error)), 422)
    db.session.commit()
    flash(gettext("The assessment of %(city)s is back with the city.", city=assessment.city.name))
    return _to_cockpit(assessment)


@blueprint.post("/<slug:round_slug>/<slug:city_slug>/open-review")
@guarded(Action.REVIEW_OPEN, loaders.assessment)
def open_review(assessment: Assessment) -> ResponseReturnValue:
    assessments.open_review(assessment, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The review of %(city)s is open.", city=assessment.city.name))
    return _to_cockpit(assessment)


def _created(form: NewRoundForm) -> Round | None:
    """The round as asked for; None where the form now says what is wrong."""
    instrument = form.instrument_of(instruments.published(db.session()))
    fits = form.validate()
    if instrument is None:
        form.put_error("instrument", gettext("Choose a published questionnaire."))
    if watching.is_taken(db.session(), form.slug.data or ""):
        form.put_error("slug", gettext("There is a round with this word already."))
    if not fits or form.errors or instrument is None:
        return None
    try:
        return rounds.create(
            slug=form.slug.data,
            title=form.title.data,
            instrument=instrument,
            answers_due=form.answers_due.last_second,
            reviews_due=form.reviews_due.last_second,
            minimum_reviewers=form.reviewers,
            blind=form.blind.data,
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return None


def _set_up_page(
    round_: Round, *, dates: DatesForm | None = None, city: CityForm | None = None
) -> SetUpPage:
    outside = watching.cities_outside(db.session(), round_)
    return SetUpPage.of(
        round_,
        watching.cities_in(db.session(), round_),
        dates or DatesForm.of(round_),
        city or CityForm.offering(outside, formdata=None),
        require_user(),
    )


def _refused_page(
    assessment: Assessment, assignment: Assignment, typed: str, error: str
) -> TeamPage:
    """The team again, with the reason that was typed for taking somebody off."""
    pool = watching.pool(db.session(), assessment.round, now())
    form = InviteForm.offering(pool, assessment, formdata=None)
    page = TeamPage.of(assessment, pool, form, require_user())
    return replace(
        page,
        reviewers=tuple(
            replace(line, typed=typed, error=error) if line.assignment_id == assignment.id else line
            for line in page.reviewers
        ),
    )


def _to_cockpit(assessment: Assessment) -> ResponseReturnValue:
    address = url_for(".show_round", round_slug=assessment.round.slug, _anchor=assessment.city.slug)
    return redirect(address, 303)
