"""The start page, help, and the registry of signatories."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reviews.queries import calibration, reports, work
from reviews.registry import registry
from webapp.clock import now
from webapp.extensions import db
from webapp.guard import public
from webapp.home.pages import CharterPage, HelpPage, HomePage, WelcomePage
from webapp.rendering import render
from webapp.sessions import signed_in

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public()
def show_home() -> ResponseReturnValue:
    who = signed_in()
    if who is None:
        published = tuple(reports.published_rounds(db.session()))
        return render(WelcomePage(gettext("How fair is your city to migrants?"), published))
    at = now()
    return render(
        HomePage.of(
            who,
            work.cities_of(db.session(), who, at),
            work.reviews_of(db.session(), who, at),
            work.rounds_of(db.session(), who, at),
            calibration.tasks_of(db.session(), who, at),
        )
    )


@blueprint.get("/charter")
@public()
def show_charter() -> ResponseReturnValue:
    return render(CharterPage(gettext("The Charter on Integrating Cities"), registry()))


@blueprint.get("/help")
@public()
def show_help() -> ResponseReturnValue:
    return render(HelpPage(gettext("Help")))
