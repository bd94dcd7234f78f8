"""What a coordinator gets to see of a round's benchmark: the page, and one file of a picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Response
from flask_babel import get_locale

from models import Round
from webapp import sheets
from webapp.dashboards import scopes
from webapp.dashboards.forms import Asked
from webapp.dashboards.pages import ApartPage, BenchmarkPage, EmptyBenchmarkPage, FramePage
from webapp.dashboards.pictures import drawn_from
from webapp.dashboards.scopes import Scope, Source
from webapp.downloads import as_attachment
from webapp.figures import charts
from webapp.figures.charts import Filters
from webapp.kept_pages import content, framed
from webapp.rendering import render
from webapp.sessions import require_user

_PLAIN = str.maketrans({":": "-", "<": "under-", ">": "over-"})
MEDIA = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


def page(round_: Round) -> Response:
    """The dashboard, or what is missing for one. Of frozen figures nothing is read that was shown
    before: they never change."""
    who, asked = require_user(), Asked.here()
    source = Source.asked(round_, asked.of, who)
    if source.apart:
        return render(ApartPage.of(source))
    if source.number is not None:
        return _shown(round_, source.key, asked, lambda: scopes.read(source, who))
    scope = scopes.read(source, who)
    if scope.scored:
        return _shown(round_, scope.key, asked, lambda: scope)
    asked.checked(scope)
    return render(EmptyBenchmarkPage.of(scope))


def _shown(
    round_: Round, key: tuple[Hashable, ...], asked: Asked, scope: Callable[[], Scope]
) -> Response:
    inside = charts.pages.get(
        (*key, asked, str(get_locale())), lambda: content(BenchmarkPage.of(scope(), asked))
    )
    return framed(FramePage.of(round_), inside)


def file(round_: Round, chart: str, ending: str) -> Response | None:
    """A picture, or the table behind it; None where there is nothing to draw."""
    who, asked = require_user(), Asked.here()
    source = Source.asked(round_, asked.of, who)
    if source.apart:
        return None
    scope = scopes.read(source, who)
    filters = asked.checked(scope)
    try:
        octets = _octets(chart, ending, *drawn_from(chart, scope, asked.group, filters))
    except LookupError as nothing:
        if type(nothing) is not LookupError:
            raise
        return None
    group = asked.group.translate(_PLAIN)
    about = (round_.slug, scope.source.of, chart, filters.city, filters.role, group)
    name = "-".join(filter(None, about))
    answer = Response(octets, mimetype=MEDIA[ending])
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return as_attachment(answer, f"{name}.{ending}")


def _octets(name: str, ending: str, scope: Scope, filters: Filters) -> bytes:
    asked = (name, scope.subject, filters)
    if ending == "png":
        return charts.png(*asked)
    made = charts.chart(*asked)
    return made.svg.encode() if ending == "svg" else sheets.csv_of(made.data)
