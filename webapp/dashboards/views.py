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

QUESTIONS = ("of", "role", "city", "series", "group")
_CHART = (
    "<any(profile, gap, heat, spread, radar, ranks, trend, severity, coverage):chart>"
    ".<any(csv, svg, png):ending>"
)


@blueprint.get("")
@guarded(Action.BENCHMARK_READ, loaders.round_, query=QUESTIONS)
def show_benchmark(round_: Round) -> ResponseReturnValue:
    return _showing().page(round_)


@blueprint.get(f"/{_CHART}")
@guarded(Action.BENCHMARK_READ, loaders.round_, query=QUESTIONS)
def download_chart(round_: Round, chart: str, ending: str) -> ResponseReturnValue:
    file: Response = loaders.found(_showing().file(round_, chart, ending))
    return file


@blueprint.get("/figures/<part:code>")
@guarded(Action.BENCHMARK_READ, loaders.round_, query=("of", "city", "series"))
def show_figure(round_: Round, code: str) -> ResponseReturnValue:
    from webapp.dashboards import figure

    page: Response = loaders.found(figure.page(round_, code))
    return page


def _showing() -> ModuleType:
    """Loaded with the first benchmark (the server does it before it forks): pandas and matplotlib
    take a second that no other command and no other page should wait for."""
    from webapp.dashboards import showing

    return showing
