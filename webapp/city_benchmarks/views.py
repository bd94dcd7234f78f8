"""The benchmark of one city, for its own people: the page, its files, and how a figure was made."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from models import Assessment
from reviews.policy import Action
from webapp import loaders
from webapp.guard import guarded

blueprint = Blueprint(
    "city_benchmarks",
    __name__,
    url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/benchmark",
)

QUESTIONS = ("role", "group", "series")
_FILE = "<any(profile, gap, radar, ranks, trend):chart>.<any(csv, svg, png):ending>"


@blueprint.get("")
@guarded(Action.CITY_BENCHMARK_READ, loaders.assessment, query=QUESTIONS)
def show_city_benchmark(assessment: Assessment) -> ResponseReturnValue:
    return _showing().page(assessment)


@blueprint.get(f"/{_FILE}")
@guarded(Action.CITY_BENCHMARK_READ, loaders.assessment, query=("role",))
def download_chart(assessment: Assessment, chart: str, ending: str) -> ResponseReturnValue:
    file: Response = loaders.found(_showing().file(assessment, chart, ending))
    return file


@blueprint.get("/figures/<part:code>")
@guarded(Action.CITY_BENCHMARK_READ, loaders.assessment, query=("series",))
def show_figure(assessment: Assessment, code: str) -> ResponseReturnValue:
    page: Response = loaders.found(_showing().figure(assessment, code))
    return page


def _showing() -> ModuleType:
    """Loaded with the first benchmark, as in webapp.dashboards.views."""
    from webapp.city_benchmarks import showing

    return showing
