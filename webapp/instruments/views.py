"""Questionnaires: which there are, and each of them whole."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models import Instrument
from reviews.policy import Action
from reviews.queries import instruments
from webapp import loaders
from webapp.extensions import db
from webapp.guard import guarded
from webapp.instruments.pages import EmptyFormPage, InstrumentPage, InstrumentsPage
from webapp.rendering import render

blueprint = Blueprint("instruments", __name__, url_prefix="/instruments")


@blueprint.get("")
@guarded(Action.INSTRUMENT_READ, loaders.nothing)
def list_instruments(_: None) -> ResponseReturnValue:
    return render(InstrumentsPage.of(instruments.readable(db.session())))


@blueprint.get("/<slug:code>/<version:version>")
@guarded(Action.INSTRUMENT_READ, loaders.instrument)
def show_instrument(instrument: Instrument) -> ResponseReturnValue:
    return render(InstrumentPage.of(instrument, loaders.questionnaire_of(instrument.id)))


@blueprint.get("/<slug:code>/<version:version>/print")
@guarded(Action.INSTRUMENT_READ, loaders.instrument)
def show_empty_form(instrument: Instrument) -> ResponseReturnValue:
    return render(EmptyFormPage.of(loaders.questionnaire_of(instrument.id)))
