"""The public benchmark of a round: figures of groups, and of the cities that agreed to be named."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask import url_for
from flask_babel import get_locale, gettext

from benchmarks import audiences
from benchmarks.charts import calibration
from benchmarks.charts.drawing import named
from benchmarks.result import SERIES, BenchmarkResult
from models import PrintoutKind, Release, Round
from reviews import releases
from reviews.queries import printouts, rounds
from reviews.queries import snapshots as kept
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.figures import agreement, among, charts, computing, files, in_groups, tables
from webapp.figures.agreement import Agreement
from webapp.figures.cells import Labels, Table
from webapp.figures.charts import Filters, Subject
from webapp.figures.findings import Answer
from webapp.figures.parts import ENDINGS, ChartPart, Fact, fingerprints, labels_of, of_snapshot
from webapp.figures.selects import Filter, asked

OF_CITY = ("profile", "gap", "trend")
FILES = {"comparative": PrintoutKind.COMPARATIVE, "data": PrintoutKind.DATA_PACKAGE}


@dataclass(frozen=True)
class ReleaseLine:
    """One release in the list of all that were public; only the last one is shown."""

    number: int
    snapshot: str
    public_from: datetime
    sha256: str
    reason: str
    shown: bool


@dataclass(frozen=True)
class Published:
    """What is public of a round now: the figures, and the names for them."""

    round_slug: str
    title: str
    releases: tuple[ReleaseLine, ...]
    result: BenchmarkResult
    earlier: tuple[BenchmarkResult, ...]
    labels: Labels
    cities: Mapping[str, str]
    count: int
    made: tuple[Fact, ...]
    files: tuple[str, ...]

    @classmethod
    def of(cls, release: Release) -> Published:
        snapshot, round_ = release.snapshot, release.round
        before = _before(round_, release)
        result = audiences.for_everybody(
            computing.of_snapshot(snapshot),
            before=before.snapshot.named if before is not None else (),
        )
        names = {one.slug: one.name for one in rounds.cities_in(db.session(), round_)}
        cities = {slug: name for slug, name in names.items() if slug in snapshot.named}
        titles = {round_.slug: round_.title}
        if before is not None:
            titles[before.round.slug] = before.round.title
        questionnaire = loaders.questionnaire(round_)
        return cls(
            round_slug=round_.slug,
            title=round_.title,
            releases=_lines(release),
            result=result,
            earlier=_earlier(before),
            labels={**titles, **labels_of(round_.slug, round_.title, cities, questionnaire)},
            cities=dict(sorted(cities.items(), key=lambda one: (one[1].casefold(), one[0]))),
            count=len(snapshot.cities),
            made=(*of_snapshot(snapshot), *fingerprints(result)),
            files=tuple(
                name
                for name, kind in FILES.items()
                if printouts.ready(db.session(), snapshot, kind) is not None
            ),
        )

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What everything on its page follows from."""
        return ("public", *self.subject.key, self.releases, self.files, self.count)

    @property
    def subject(self) -> Subject:
        return Subject(self.result, self.round_slug, self.labels, self.earlier)

    def filters(self) -> Filters:
        """What this request asks for; a city that is not named is asked for as one that is not."""
        found = asked({"city": list(self.cities), "series": SERIES})
        usual = in_groups.surest(self.result, self.round_slug)
        return Filters(city=found["city"], series=found["series"] or usual)

    def labels_for(self, city: str) -> Labels:
        """The names in figures of one city, or of all: what is not calibrated is not called so."""
        scores, parts = self.result.scores, self.result.components
        here = scores.loc[scores["city"] == city] if city else parts
        return calibration.labelled(here.loc[here["round"] == self.round_slug], self.labels)


def _before(round_: Round, release: Release) -> Release | None:
    """The public release of the earlier round, if changes were reckoned from its very figures."""
    there = computing.earlier_of(release.snapshot)
    if there is None:
        return None
    before = kept.public(db.session(), there[0], now())
    return before if before is not None and before.snapshot.number == there[1] else None


def _earlier(before: Release | None) -> tuple[BenchmarkResult, ...]:
    if before is None:
        return ()
    return (audiences.for_everybody(computing.of_snapshot(before.snapshot)),)


def _lines(shown: Release) -> tuple[ReleaseLine, ...]:
    """All that were public until now, the latest first."""
    at = now()
    there = [one for one in releases.releases(shown.round) if releases.is_public(one, at)]
    return tuple(
        ReleaseLine(
            number=one.number,
            snapshot=f"{shown.round.slug}-{one.snapshot.number}",
            public_from=one.public_from,
            sha256=one.snapshot.result_sha256,
            reason=one.reason,
            shown=one is shown,
        )
        for one in reversed(there)
    )


@dataclass(frozen=True)
class BenchmarkPage:
    title: str
    round: str
    round_slug: str
    release: ReleaseLine
    releases: tuple[ReleaseLine, ...]
    answers: tuple[Answer, ...]
    filters: tuple[Filter, ...]
    filtered: bool
    standing: ChartPart | None
    roles: Table
    others: Table | None
    hidden: tuple[str, ...]
    cities: tuple[str, ...]
    count: int
    heat: ChartPart | None
    city: str
    of_city: tuple[ChartPart, ...]
    agreement: Agreement
    made: tuple[Fact, ...]
    files: tuple[str, ...]
    template: ClassVar[str] = "results/benchmark.html"

    @classmethod
    def of(cls, public: Published, filters: Filters) -> BenchmarkPage:
        result, slug = public.result, public.round_slug
        labels = public.labels_for("")
        of_all = Filters(series=filters.series)
        parts = [_part(name, public, filters) for name in OF_CITY] if filters.city else []
        return cls(
            title=gettext("Benchmark of %(round)s", round=public.title),
            round=public.title,
            round_slug=slug,
            release=public.releases[0],
            releases=public.releases,
            answers=(
                in_groups.standing(result, slug, labels),
                in_groups.parting(result, slug, labels),
                in_groups.trust(result, slug, labels),
            ),
            filters=_offered(public, labels, filters),
            filtered=bool(filters.city) or filters.series != in_groups.surest(result, slug),
            standing=_part("standing", public, of_all),
            roles=among.everybody(result, slug, labels),
            others=in_groups.others(result, slug, filters.series, labels),
            hidden=in_groups.hidden(result, slug, labels),
            cities=tuple(public.cities.values()),
            count=public.count,
            heat=_part("heat", public, of_all),
            city=public.cities.get(filters.city, ""),
            of_city=tuple(part for part in parts if part is not None),
            agreement=agreement.agreement(result, slug, labels),
            made=public.made,
            files=public.files,
        )


def page(release: Release) -> BenchmarkPage:
    """The page of a release, as this request asks for it."""
    public = Published.of(release)
    filters = public.filters()
    return charts.pages.get(
        (*public.key, filters, str(get_locale())), lambda: BenchmarkPage.of(public, filters)
    )


def file(release: Release, name: str, ending: str) -> tuple[bytes, str] | None:
    """A picture, or the table behind it, and what to call it; None where there is none."""
    public = Published.of(release)
    filters = public.filters()
    if (name in OF_CITY) != bool(filters.city):
        return None
    octets = files.octets(name, ending, public.subject, filters)
    if octets is None:
        return None
    words = filter(None, (public.releases[0].snapshot, name, filters.city, filters.series))
    return octets, f"{'-'.join(words)}.{ending}"


def _part(name: str, public: Published, filters: Filters) -> ChartPart | None:
    """A picture with its table and files; None where there is nothing to draw."""
    try:
        made = charts.chart(name, public.subject, filters)
    except LookupError:
        return None
    where: dict[str, Any] = {
        "round_slug": public.round_slug,
        "chart": name,
        "series": filters.series,
    }
    if filters.city:
        where["city"] = filters.city
    return ChartPart.of(
        name,
        made,
        tables.of_chart(name, made.data, filters, public.labels_for(filters.city)),
        {
            ending: url_for("results.download_chart", ending=ending, **where)
            for ending, _ in ENDINGS
        },
        public.made,
    )


def _offered(public: Published, labels: Labels, chosen: Filters) -> tuple[Filter, ...]:
    cities = {"": gettext("No single city"), **public.cities}
    return (
        Filter.of(
            "series",
            gettext("Series"),
            {each: named(each, labels) for each in SERIES},
            chosen.series,
            gettext("Calibrated: the peers' scores, severe and lenient reviewers told apart."),
        ),
        Filter.of("city", gettext("A city that agreed to be named"), cities, chosen.city),
    )
