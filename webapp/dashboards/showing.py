"""What a coordinator gets to see of a round's benchmark: the page, and one file of a picture."""

from __future__ import annotations

from flask import Response
from flask_babel import get_locale

from benchmarks.result import SERIES
from models import Round
from reviews.queries import levels
from reviews.queries import rounds as watching
from reviews.questionnaires import Questionnaire
from webapp import loaders, sheets
from webapp.dashboards import charts
from webapp.dashboards.charts import Filters
from webapp.dashboards.findings import Basis
from webapp.dashboards.forms import filters_asked
from webapp.dashboards.pages import BenchmarkPage, EmptyBenchmarkPage, Scope, labels_of
from webapp.downloads import as_attachment
from webapp.extensions import db
from webapp.rendering import render
from webapp.sessions import require_user

MEDIA = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def page(round_: Round) -> Response:
    """The dashboard, or what is missing for one."""
    scope = _scope(round_)
    usual = charts.surest(scope.result)
    filters = _filters(scope, usual)
    if not scope.scored:
        return render(EmptyBenchmarkPage.of(scope))
    return render(
        charts.pages.get(
            (*scope.key, filters, str(get_locale())),
            lambda: BenchmarkPage.of(scope, filters, usual=usual),
        )
    )


def file(round_: Round, chart: str, ending: str) -> Response | None:
    """A picture, or the table behind it; None where there is nothing to draw."""
    scope = _scope(round_)
    filters = _filters(scope, charts.surest(scope.result))
    try:
        octets = _octets(chart, ending, scope, filters)
    except LookupError:
        return None
    name = "-".join(filter(None, (round_.slug, chart, filters.city, filters.role)))
    answer = Response(octets, mimetype=MEDIA[ending])
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return as_attachment(answer, f"{name}.{ending}")


def _octets(name: str, ending: str, scope: Scope, filters: Filters) -> bytes:
    asked = (name, scope.result, scope.round.slug, filters, scope.labels)
    if ending == "png":
        return charts.png(*asked)
    made = charts.chart(*asked)
    return made.svg.encode() if ending == "svg" else sheets.csv_of(made.data)


def _filters(scope: Scope, usual: str) -> Filters:
    return filters_asked(scope.roles, list(scope.scored), SERIES, usual=usual)


def _scope(round_: Round) -> Scope:
    """What the person may compare: the round without the cities they are too close to."""
    hidden = watching.too_close(db.session(), round_, require_user())
    found = levels.tables(db.session(), round_, without=hidden)
    taking_part = watching.cities_in(db.session(), round_)
    cities = {one.slug: one.name for one in taking_part if one.id not in hidden}
    left_out = [one.name for one in taking_part if one.id in hidden]
    result = charts.result_of(found)
    reviewers = [row.reviewer_id for row in found.assignments]
    return Scope(
        round=round_,
        result=result,
        labels=labels_of(round_, cities, _parts(loaders.questionnaire(round_))),
        cities=cities,
        basis=Basis.of(result, reviewers, cities, left_out),
    )


def _parts(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [
        *((role.code, role.title) for role in questionnaire.roles),
        *((one.code, one.title) for one in questionnaire.commitments),
    ]
