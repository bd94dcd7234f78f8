"""What a coordinator gets to see of one figure: everything but the marks of single reviewers."""

from __future__ import annotations

from flask import Response, abort, request, url_for
from flask_babel import gettext

from benchmarks.result import SERIES
from models import Round
from webapp import loaders
from webapp.dashboards import scopes
from webapp.dashboards.scopes import Source
from webapp.figures import parts
from webapp.figures.figure_pages import FigurePage, links_of, subject_of
from webapp.figures.making import Making
from webapp.rendering import render
from webapp.sessions import require_user


def page(round_: Round, code: str) -> Response | None:
    """How one figure of a city was made; None for a city or a code without figures, and for a city
    that the person is too close to."""
    city, series, of = (request.args.get(name, "") for name in ("city", "series", "of"))
    if not city or series not in ("", *SERIES):
        abort(422)
    who = require_user()
    source = Source.asked(round_, of, who)
    if source.apart:
        return None
    scope = scopes.read(source, who)
    if city not in scope.scored:
        return None
    about = subject_of(loaders.questionnaire(round_), scope.result, round_.slug, city, scope.labels)
    assessment = loaders.assessment(round_slug=round_.slug, city_slug=city)
    frozen = parts.of_snapshot(scope.snapshot) if scope.snapshot is not None else ()

    def address(code: str, series: str) -> str:
        return url_for(
            "dashboards.show_figure",
            round_slug=round_.slug,
            code=code,
            city=city,
            series=series,
            of=scope.source.of,
        )

    try:
        making = Making.of(
            about,
            code,
            series or SERIES[-1],
            links_of(assessment, who, address),
            (*frozen, *parts.fingerprints(scope.result)),
        )
    except LookupError:
        return None
    crumbs = (
        (gettext("Rounds"), url_for("rounds.list_rounds")),
        (round_.title, url_for("rounds.show_round", round_slug=round_.slug)),
        (
            gettext("Benchmark"),
            url_for(
                "dashboards.show_benchmark", round_slug=round_.slug, city=city, of=scope.source.of
            ),
        ),
    )
    return render(FigurePage.of(scope.cities[city], round_.title, crumbs, making))
