"""Published results, for everybody: nothing here asks who is there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from models import Edition
from reviews.queries import reports
from webapp import loaders
from webapp.downloads import as_attachment
from webapp.extensions import db
from webapp.guard import public
from webapp.rendering import Page, render
from webapp.results.pages import ResultPage, ResultsPage, RoundPage
from webapp.security import OPEN_TO_ALL
from webapp.sessions import signed_in

blueprint = Blueprint("results", __name__, url_prefix="/results")
CITY = "/<slug:round_slug>/<slug:city_slug>"


@blueprint.get("")
@public()
def show_results() -> ResponseReturnValue:
    return _open_to_all(ResultsPage.of(reports.published_rounds(db.session())))


@blueprint.get("/<slug:round_slug>")
@public()
def show_round(round_slug: str) -> ResponseReturnValue:
    rounds = reports.published_rounds(db.session())
    round_ = loaders.found(next((one for one in rounds if one.slug == round_slug), None))
    return _open_to_all(RoundPage.of(round_, reports.published_cities(db.session(), round_slug)))


@blueprint.get(CITY)
@public()
def show_result(round_slug: str, city_slug: str) -> ResponseReturnValue:
    editions = reports.editions(db.session(), round_slug, city_slug)
    return _result(loaders.found(next(iter(editions), None)), editions)


@blueprint.get(f"{CITY}/editions/<id:number>")
@public()
def show_edition(round_slug: str, city_slug: str, number: int) -> ResponseReturnValue:
    editions = reports.editions(db.session(), round_slug, city_slug)
    return _result(_numbered(editions, number), editions)


@blueprint.get(f"{CITY}/editions/<id:number>/document.json")
@public()
def download_edition(round_slug: str, city_slug: str, number: int) -> ResponseReturnValue:
    """The very characters that were hashed, so that anyone can check the hash."""
    edition = _numbered(reports.editions(db.session(), round_slug, city_slug), number)
    name = f"{city_slug}-{round_slug}-report-{number}.json"
    return as_attachment(Response(edition.document, mimetype="application/json"), name)


def _numbered(editions: Sequence[Edition], number: int) -> Edition:
    return loaders.found(next((one for one in editions if one.number == number), None))


def _result(edition: Edition, editions: Sequence[Edition]) -> ResponseReturnValue:
    """The texts of the statements are those of the very version that the document names."""
    named = json.loads(edition.document)["instrument"]
    instrument = loaders.instrument(code=named["code"], version=named["version"])
    questionnaire = loaders.questionnaire_of(instrument.id)
    return _open_to_all(ResultPage.of(edition, editions, questionnaire))


def _open_to_all(page: Page) -> Response:
    """A page that says the same to every visitor may be kept, as long as it is asked whether it
    still holds: a new edition changes its tag. What a person sees who is signed in is theirs."""
    response = render(page)
    if signed_in() is None:
        response.headers["Cache-Control"] = OPEN_TO_ALL
        response.add_etag()
        response.make_conditional(request)
    return response
