"""The pictures of a round's dashboard, each with the reason where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from benchmarks.charts import calibration
from benchmarks.charts.drawing import named
from webapp.dashboards.forms import Asked
from webapp.dashboards.scopes import Scope
from webapp.figures import among, charts, parts, tables
from webapp.figures.charts import Filters
from webapp.figures.findings import Basis
from webapp.figures.parts import ENDINGS, ChartPart, Fact


@dataclass(frozen=True)
class Picture:
    """A place on the page for one picture: what is said before it, and why it is not there."""

    name: str
    words: str
    about: str
    chart: ChartPart | None
    why_not: str


def pictures(whole: Scope, asked: Asked, filters: Filters) -> Iterator[Picture]:
    """All of them, in the order of the page."""
    facts = (Fact(gettext("Input"), _input(whole.narrowed(asked.group).basis)), *_figures(whole))
    for name, words, about, why_not in _places(whole.narrowed(asked.group), filters):
        chart = _chart(name, whole, asked, filters, facts)
        yield Picture(name, words, about if chart else "", chart, "" if chart else why_not)


def drawn_from(name: str, whole: Scope, group: str, filters: Filters) -> tuple[Scope, Filters]:
    """What a picture is made of: of one city, that city with its group behind it; of many, the
    group alone, in which the city is marked if it is one of them."""
    if name in _OF_A_CITY:
        return whole.narrowed(group, beside=filters.city), filters
    scope = whole.narrowed(group)
    return scope, filters if filters.city in scope.scored else replace(filters, city="")


_OF_A_CITY = ("profile", "gap", "radar", "trend")


def _chart(
    name: str, whole: Scope, asked: Asked, filters: Filters, facts: tuple[Fact, ...]
) -> ChartPart | None:
    """One picture; None where there is nothing to draw."""
    scope, shown = drawn_from(name, whole, asked.group, filters)
    try:
        chart = charts.chart(name, scope.subject, shown)
    except LookupError as nothing:
        # A chart says so by this very error; those derived from it are mistakes of ours.
        if type(nothing) is not LookupError:
            raise
        return None
    here: dict[str, Any] = {**asked.pinned(whole, filters), "round_slug": scope.slug, "chart": name}
    addresses = {
        ending: url_for("dashboards.download_chart", ending=ending, **here) for ending, _ in ENDINGS
    }
    table = tables.of_chart(name, chart.data, shown, scope.labels_of(shown.city))
    return ChartPart.of(name, chart, table, addresses, facts)


def _figures(scope: Scope) -> Iterator[Fact]:
    """Which figures a picture is made of."""
    if scope.snapshot is not None:
        yield from parts.of_snapshot(scope.snapshot)
    if scope.left_out:
        without = gettext("Cities left out for a conflict of interest: %(count)d.",
                          count=len(scope.left_out))  # fmt: skip
        yield Fact(gettext("For you"), without)
    yield from parts.fingerprints(scope.result)


def _input(basis: Basis) -> str:
    return gettext(
        "The signed versions of %(signed)d cities, %(reviews)d submitted reviews of"
        " %(reviewed)d cities by %(reviewers)d people, the agreed levels of %(agreed)d"
        " cities. Drafts never count.",
        signed=basis.signed,
        reviews=basis.reviews,
        reviewed=basis.reviewed,
        reviewers=basis.reviewers,
        agreed=basis.agreed,
    )


def _places(scope: Scope, filters: Filters) -> Iterator[tuple[str, str, str, str]]:
    """Name, heading, what is said before the picture, and why there may be none."""
    labels = scope.labels_of("")
    series = named(filters.series, labels)
    none = gettext("No city has such scores here: %(series)s.", series=series)
    reviews = gettext(
        "No review counts here yet. Reviews enter the figures once the team of a city has opened"
        " its consensus."
    )
    yield "profile", gettext("Profile"), "", none
    yield "gap", gettext("Self against peers"), "", reviews
    yield "heat", gettext("Cities and commitments"), "", none
    yield "spread", gettext("Spread by role"), "", none
    yield (
        "ranks",
        gettext("Places"),
        gettext(
            "Places are drawn by lot many times within what is not known of the scores and of the"
            " weights. A city is called above or below where 95 in 100 draws say so."
        ),
        _no_places(scope),
    )
    yield "coverage", gettext("Coverage"), "", none
    yield "trend", gettext("Change over the rounds"), "", _no_trend(scope, filters)
    yield (
        "radar",
        gettext("Radar"),
        gettext("Lengths can be compared along one spoke, the area says nothing."),
        _no_radar(filters),
    )
    yield (
        "severity",
        gettext("Severity of reviewers"),
        gettext("For coordinators, and for each reviewer their own: never for cities."),
        _no_severity(scope, reviews),
    )


def _no_places(scope: Scope) -> str:
    why = among.why_no_ranks(scope.result, scope.slug, scope.labels)
    return gettext("There are no places: %(why)s.", why=why or gettext("fewer than 3 cities"))


def _no_trend(scope: Scope, filters: Filters) -> str:
    if not filters.city:
        return gettext("Choose one city above to see how it changed.")
    if not scope.earlier:
        return gettext("No earlier round with the same questionnaire has a snapshot.")
    return gettext("The city was in no earlier round.")


def _no_radar(filters: Filters) -> str:
    if not filters.city:
        return gettext("Choose one city above to see its radar.")
    return gettext("A radar needs three figures or more.")


def _no_severity(scope: Scope, reviews: str) -> str:
    why = calibration.why_not(scope.result, scope.slug, scope.labels)
    return gettext("Severity cannot be told: %(why)s.", why=why) if why else reviews
