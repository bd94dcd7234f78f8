"""The benchmark of a round, for its coordinators: the page, and the files behind each picture."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from models import Round
from reviews.policy import Action
from webapp import loaders
from webapp.guard import guarded

blueprint = Blueprint("dashboards", __name__, url_prefix="/rounds/<slug:round_slug>/benchmark")

QUESTIONS = ("role", "city", "series")


@blueprint.get("")
@guarded(Action.BENCHMARK_READ, loaders.round_, query=QUESTIONS)
def show_benchmark(round_: Round) -> ResponseReturnValue:
    return _showing().page(round_)


@blueprint.get("/<any(profile, gap, heat):chart>.<any(csv, svg, png):ending>")
@guarded(Action.BENCHMARK_READ, loaders.round_, query=QUESTIONS)
def download_chart(round_: Round, chart: str, ending: str) -> ResponseReturnValue:
    file: Response = loaders.found(_showing().file(round_, chart, ending))
    return file


def _showing() -> ModuleType:
    """Loaded with the first benchmark (the server does it before it forks): pandas and matplotlib
    take a second that no other command and no other page should wait for."""
    from webapp.dashboards import showing

    return showing
