"""What a coordinator gets to see of a round's benchmark: the page, and one file of a picture."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Response
from flask_babel import get_locale

from models import Round
from webapp.dashboards import scopes
from webapp.dashboards.forms import Asked
from webapp.dashboards.pages import ApartPage, BenchmarkPage, EmptyBenchmarkPage, FramePage
from webapp.dashboards.pictures import drawn_from
from webapp.dashboards.scopes import Scope, Source
from webapp.figures import charts, files
from webapp.kept_pages import content, framed
from webapp.rendering import render
from webapp.sessions import require_user

_PLAIN = str.maketrans({":": "-", "<": "under-", ">": "over-"})


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
    drawn, shown = drawn_from(chart, scope, asked.group, filters)
    octets = files.octets(chart, ending, drawn.subject, shown)
    if octets is None:
        return None
    group = asked.group.translate(_PLAIN)
    about = (round_.slug, scope.source.of, chart, filters.city, filters.role, group)
    return files.attached(octets, "-".join(filter(None, about)), ending)
