"""A reviewer's own profile: languages, roles, capacity, experience, former employers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import City, ReviewerProfile, User
from reviews import pool
from reviews.errors import Unusable
from reviews.hats import conflicted
from reviews.policy import Action
from reviews.queries import pool as staffing
from webapp import loaders
from webapp.clock import now
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.pool.forms import EmployerForm, ProfileForm
from webapp.pool.pages import ProfilePage
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint("pool", __name__, url_prefix="/reviewer-profile")


@blueprint.get("")
@guarded(Action.PROFILE_OWN, loaders.nothing)
def show_profile(_: None) -> ResponseReturnValue:
    return render(_page())


@blueprint.post("")
@guarded(Action.PROFILE_OWN, loaders.nothing)
def write_profile(_: None) -> ResponseReturnValue:
    form, who = ProfileForm.offering(), require_user()
    profile, (capacity, earlier_reviews) = _profile(who), form.numbers
    try:
        pool.write_profile(
            profile,
            languages=form.languages.data or (),
            roles=form.roles.data or (),
            capacity=capacity,
            earlier_reviews=earlier_reviews,
            by=who,
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_page(form=form), 422)
    db.session.add(profile)
    db.session.commit()
    flash(gettext("Your profile is stored."))
    return redirect(url_for(".show_profile"), 303)


@blueprint.post("/former-employers")
@guarded(Action.PROFILE_OWN, loaders.nothing)
def state_employer(_: None) -> ResponseReturnValue:
    who = require_user()
    form = EmployerForm.offering(_others(who))
    city = next((one for one in _others(who) if one.slug == form.city.data), None)
    try:
        if city is None:
            raise Unusable("Choose a city from the list.", field="city")
        _state(city, form.reason.data or "", who)
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_page(employer=form), 422)
    db.session.commit()
    flash(gettext("You will not be asked to review %(city)s.", city=city.name))
    return redirect(url_for(".show_profile", _anchor="employers"), 303)


def _profile(who: User) -> ReviewerProfile:
    kept = staffing.profile_of(db.session(), who)
    return kept or ReviewerProfile(user=who, changed_at=now())


def _others(who: User) -> list[City]:
    """The cities to which a person has no tie yet."""
    return [one for one in staffing.cities(db.session()) if not conflicted(who, one)]


def _state(city: City, reason: str, who: User) -> None:
    db.session.execute(staffing.locked_city(city)).all()
    pool.state_employer(
        city,
        reason=reason,
        tasks=staffing.tasks_of(db.session(), who, city),
        seats=staffing.seats_of(db.session(), who, city),
        by=who,
        now=now(),
    )


def _page(*, form: ProfileForm | None = None, employer: EmployerForm | None = None) -> ProfilePage:
    who = require_user()
    return ProfilePage.of(
        who,
        staffing.reviews_done(db.session(), who),
        form or ProfileForm.of(_profile(who)),
        employer or EmployerForm.offering(_others(who), formdata=None),
    )
