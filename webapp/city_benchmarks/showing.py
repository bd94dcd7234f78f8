"""What the people of a city get to see of its benchmark: frozen figures, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from flask import Response, abort, url_for
from flask_babel import get_locale, gettext

from benchmarks.audiences import for_city
from benchmarks.result import SERIES
from models import Assessment, Finding, Snapshot
from reviews import reports as writing
from reviews.errors import NotNow
from reviews.queries import reports
from reviews.queries import snapshots as kept
from webapp import loaders
from webapp.city_benchmarks.pages import (
    Asked,
    CityBenchmarkPage,
    CityFramePage,
    EmptyCityBenchmarkPage,
    View,
    facts,
    offered,
)
from webapp.extensions import db
from webapp.figures import charts, computing, files, groups, own
from webapp.figures.figure_pages import FigurePage, links_of, subject_of
from webapp.figures.learning import Published, Weakness, learning, proposed
from webapp.figures.making import Links, Making
from webapp.figures.parts import labels_of
from webapp.figures.selects import asked as chosen
from webapp.kept_pages import Content, content, framed
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user


def page(assessment: Assessment) -> Response:
    """The dashboard, or when there will be one. Frozen figures never change: nothing is read or
    drawn that was shown before."""
    snapshot = _snapshot(assessment)
    if snapshot is None:
        chosen({"role": _roles(assessment), "series": SERIES, "group": ()})
        return render(
            EmptyCityBenchmarkPage.of(assessment, kept.latest(db.session(), assessment.round))
        )
    asked, links = Asked.here(), _links(assessment)
    found = _findings(assessment)
    published = reports.published_cities(db.session(), assessment.round.slug)
    first = loaders.questionnaire(assessment.round).statements[0].code
    key = (
        *("city", snapshot.result_sha256, snapshot.number, asked, str(get_locale())),
        *(assessment.round.slug, assessment.round.title),
        *(assessment.city.slug, assessment.city.name),
        *(tuple((one.place, one.statement) for one in found), tuple(published)),
        # Two people of a city may be allowed to go on to different pages.
        *(links.answer(first), links.agreed(first)),
    )

    def made() -> Content:
        view = _view(assessment, snapshot)
        checked = _checked(view, asked)
        names = {one.slug: one.name for one in published}
        return content(
            CityBenchmarkPage.of(
                view, checked, offered(view, checked), found, _learning(view, names)
            )
        )

    return framed(CityFramePage.of(assessment), charts.pages.get(key, made))


def file(assessment: Assessment, chart: str, ending: str) -> Response | None:
    """A picture, or the table behind it; None where there is nothing to draw. Raises NotNow
    without figures of the city."""
    view = _figures(assessment)
    role = chosen({"role": view.roles})["role"]
    octets = files.octets(chart, ending, view.subject, Asked(role=role).filters(view.about.city))
    if octets is None:
        return None
    name = "-".join(filter(None, (assessment.round.slug, assessment.city.slug, chart, role)))
    return files.attached(octets, name, ending)


def figure(assessment: Assessment, code: str) -> Response | None:
    """How one figure was made; None where there is none of that code. Raises NotNow without
    figures of the city."""
    view = _figures(assessment)
    series = chosen({"series": SERIES})["series"]
    try:
        making = Making.of(view.about, code, series or view.city.surest, view.links, facts(view))
    except LookupError:
        return None
    crumbs = (
        (gettext("My tasks"), url_for("home.show_home")),
        (assessment.city.name, address_in("assessments.show_assessment", assessment)),
        (gettext("Benchmark"), address_in("city_benchmarks.show_city_benchmark", assessment)),
    )
    return render(FigurePage.of(assessment.city.name, assessment.round.title, crumbs, making))


def _figures(assessment: Assessment) -> View:
    snapshot = _snapshot(assessment)
    if snapshot is None:
        raise NotNow("There are no frozen figures of this city in this round.")
    return _view(assessment, snapshot)


def _snapshot(assessment: Assessment) -> Snapshot | None:
    """The latest snapshot of the round, if the city is in it."""
    latest = kept.latest(db.session(), assessment.round)
    return latest if latest is not None and assessment.city.slug in latest.cities else None


def _view(assessment: Assessment, snapshot: Snapshot) -> View:
    """The city in a snapshot."""
    city = assessment.city.slug
    questionnaire = loaders.questionnaire(assessment.round)
    result, inside = computing.of_snapshot(snapshot), computing.tables_of(snapshot).cities
    before = [one for one in computing.goes_back_to(db.session(), snapshot) if city in one.cities]
    members = groups.members(inside, snapshot.cities)
    labels = {
        **{one.round.slug: one.round.title for one in before},
        **labels_of(
            assessment.round.slug,
            assessment.round.title,
            {city: assessment.city.name},
            questionnaire,
        ),
    }
    return View(
        assessment=assessment,
        snapshot=snapshot,
        questionnaire=questionnaire,
        about=subject_of(questionnaire, result, assessment.round.slug, city, labels),
        earlier=tuple(for_city(computing.of_snapshot(one), city) for one in before),
        groups=tuple(name for name, cities in members.items() if city in cities),
        links=_links(assessment),
    )


def _links(assessment: Assessment) -> Links:
    def figure(code: str, series: str) -> str:
        return address_in("city_benchmarks.show_figure", assessment, code=code, series=series)

    return links_of(assessment, require_user(), figure)


def _checked(view: View, asked: Asked) -> Asked:
    """What the address asks for. What is not offered is refused, never ignored."""
    if asked.series and asked.series not in SERIES:
        abort(422)
    shown, _ = own.groups_shown(view.city, view.groups, asked.series or view.city.surest)
    for value, known in ((asked.role, view.roles), (asked.group, shown)):
        if value and value not in known:
            abort(422)
    return asked


def _roles(assessment: Assessment) -> list[str]:
    return [role.code for role in loaders.questionnaire(assessment.round).roles]


def _findings(assessment: Assessment) -> Sequence[Finding]:
    return writing.standing(assessment.report) if assessment.report is not None else ()


def _learning(view: View, names: Mapping[str, str]) -> tuple[Weakness, ...]:
    """The proposed cities, with their published practice; `names` are those with a report."""
    cities = computing.tables_of(view.snapshot).cities
    found = proposed(view.about, cities, view.snapshot.named, list(names))
    editions = _published(view.about.round_id, list(dict.fromkeys(found["city"])))
    return learning(view.about, found, names, editions)


def _published(round_slug: str, cities: Sequence[str]) -> Mapping[str, Published]:
    return {
        city: Published(
            url_for("results.show_result", round_slug=round_slug, city_slug=city),
            json.loads(reports.editions(db.session(), round_slug, city)[0].document),
        )
        for city in cities
    }
