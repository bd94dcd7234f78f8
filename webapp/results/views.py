"""Published results, for everybody: nothing here asks who is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import ModuleType

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from models import Edition, PrintoutKind, Release
from reviews.queries import printouts, reports, snapshots
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment, sandboxed
from webapp.extensions import db
from webapp.guard import public
from webapp.rendering import Page, render
from webapp.results.pages import ResultPage, ResultsPage, RoundPage
from webapp.security import OPEN_TO_ALL
from webapp.sessions import signed_in

blueprint = Blueprint("results", __name__, url_prefix="/results")
CITY = "/<slug:round_slug>/<slug:city_slug>"
BENCHMARK = "/<slug:round_slug>/benchmark"
QUESTIONS = ("city", "series")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@blueprint.get("")
@public()
def show_results() -> ResponseReturnValue:
    return _open_to_all(ResultsPage.of(reports.published_rounds(db.session())))


@blueprint.get("/<slug:round_slug>")
@public()
def show_round(round_slug: str) -> ResponseReturnValue:
    rounds = reports.published_rounds(db.session())
    round_ = loaders.found(next((one for one in rounds if one.slug == round_slug), None))
    cities = reports.published_cities(db.session(), round_slug)
    return _open_to_all(RoundPage.of(round_, cities, _released(round_slug) is not None))


@blueprint.get(BENCHMARK)
@public(query=QUESTIONS)
def show_benchmark(round_slug: str) -> ResponseReturnValue:
    return _open_to_all(_figures().page(_release(round_slug)))


_CHART = "<any(standing, heat, profile, gap, trend):chart>"


@blueprint.get(f"{BENCHMARK}/{_CHART}.<any(csv, svg, png):ending>")
@public(query=QUESTIONS)
def download_chart(round_slug: str, chart: str, ending: str) -> ResponseReturnValue:
    octets, name = loaders.found(_figures().file(_release(round_slug), chart, ending))
    return _file_for_all(octets, name)


@blueprint.get("/<slug:round_slug>/comparative.pdf")
@public()
def download_comparative(round_slug: str) -> ResponseReturnValue:
    return _printout(round_slug, PrintoutKind.COMPARATIVE, f"{round_slug}-comparative.pdf")


@blueprint.get("/<slug:round_slug>/data.zip")
@public()
def download_data(round_slug: str) -> ResponseReturnValue:
    return _printout(round_slug, PrintoutKind.DATA_PACKAGE, f"{round_slug}-data.zip")


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


def _released(round_slug: str) -> Release | None:
    return snapshots.public(db.session(), round_slug, now())


def _release(round_slug: str) -> Release:
    """The release that is public now. Before its moment there is no such address, whoever asks."""
    return loaders.found(_released(round_slug))


def _printout(round_slug: str, kind: PrintoutKind, name: str) -> Response:
    snapshot = _release(round_slug).snapshot
    there = loaders.found(printouts.ready(db.session(), snapshot, kind))
    return _file_for_all(printouts.content(db.session(), there), name)


def _file_for_all(octets: bytes, name: str) -> Response:
    return _kept_by_all(sandboxed(octets, name, MEDIA[name.rpartition(".")[2]]))


def _figures() -> ModuleType:
    """Loaded with the first benchmark: pandas and matplotlib take a second that no other page
    should wait for."""
    from webapp.results import figures

    return figures


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
    return _kept_by_all(render(page))


def _kept_by_all(response: Response) -> Response:
    if signed_in() is None:
        response.headers["Cache-Control"] = OPEN_TO_ALL
        response.add_etag()
        response.make_conditional(request)
    return response
