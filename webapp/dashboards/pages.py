"""What the dashboard of a round shows: three answers, pictures, tables, and how they were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from flask import current_app, url_for
from flask_babel import gettext

from models import Round
from webapp import filters as written
from webapp.dashboards.forms import Asked, offered, usual
from webapp.dashboards.pictures import Picture, pictures
from webapp.dashboards.scopes import Scope, Source
from webapp.figures import agreement, among, findings, groups, log, outliers, tables
from webapp.figures.agreement import Agreement
from webapp.figures.cells import Table
from webapp.figures.findings import Answer
from webapp.figures.log import Log
from webapp.figures.outliers import Outlier
from webapp.figures.parts import Fact, fingerprints, of_snapshot
from webapp.figures.selects import Filter


@dataclass(frozen=True)
class EmptyBenchmarkPage:
    """A round in which nobody has signed yet."""

    title: str
    round: str
    round_slug: str
    cities: int
    left_out: tuple[str, ...]
    template: ClassVar[str] = "dashboards/empty.html"

    @classmethod
    def of(cls, scope: Scope) -> EmptyBenchmarkPage:
        return cls(
            title=gettext("Benchmark"),
            round=scope.source.round.title,
            round_slug=scope.slug,
            cities=len(scope.cities) + len(scope.left_out),
            left_out=scope.left_out,
        )


@dataclass(frozen=True)
class ApartPage:
    """A frozen round, for somebody too close to one of its cities: figures without that city would
    tell of it, beside those with it that everybody gets."""

    title: str
    round: str
    round_slug: str
    left_out: tuple[str, ...]
    template: ClassVar[str] = "dashboards/apart.html"

    @classmethod
    def of(cls, source: Source) -> ApartPage:
        return cls(
            title=gettext("Benchmark"),
            round=source.round.title,
            round_slug=source.round.slug,
            left_out=tuple(one.name for one in source.cities if one.id in source.hidden),
        )


@dataclass(frozen=True)
class FramePage:
    """What surrounds the figures."""

    title: str
    round: str
    round_slug: str
    template: ClassVar[str] = "dashboards/frame.html"

    @classmethod
    def of(cls, round_: Round) -> FramePage:
        return cls(gettext("Benchmark"), round_.title, round_.slug)


@dataclass(frozen=True)
class Reference:
    """Which figures these are, in one line, and their fingerprints."""

    frozen: bool
    words: str
    notes: tuple[str, ...]
    facts: tuple[Fact, ...]
    snapshots: str | None

    @classmethod
    def of(cls, scope: Scope) -> Reference:
        snapshot = scope.snapshot
        words = gettext(
            "Not frozen: these figures change with every submission and are for coordinators only."
        )
        if snapshot is not None:
            words = gettext(
                "Snapshot %(id)s, frozen on %(moment)s: these figures do not change.",
                id=f"{scope.slug}-{snapshot.number}",
                moment=written.date_time(snapshot.taken_at),
            )
        frozen = of_snapshot(snapshot) if snapshot is not None else ()
        return cls(
            frozen=snapshot is not None,
            words=words,
            notes=tuple(_notes(scope)),
            facts=(*frozen, *fingerprints(scope.result)),
            snapshots=_address_of_snapshots(scope.slug),
        )


def _notes(scope: Scope) -> Iterator[str]:
    """What should be known before any figure is read."""
    if scope.snapshot is not None and scope.source.of != scope.source.usual:
        yield gettext("There is a later snapshot.")
    if scope.outside:
        yield gettext(
            "Not in it, because their reports were not final at the first snapshot: %(names)s.",
            names=", ".join(scope.outside),
        )
    if scope.snapshot is not None and scope.left_out:
        yield gettext(
            "Computed for you from the frozen input, without what you have a conflict of interest"
            " with."
        )
    if scope.group != groups.EVERYBODY:
        yield gettext(
            "Only cities of one kind are shown: %(group)s (%(count)d).",
            group=groups.named(scope.group),
            count=len(scope.inside),
        )


def _address_of_snapshots(slug: str) -> str | None:
    endpoint = "snapshots.list_snapshots"
    there = endpoint in current_app.view_functions
    return url_for(endpoint, round_slug=slug) if there else None


@dataclass(frozen=True)
class Place:
    """A part of the page that the list of contents leads to."""

    anchor: str
    words: str


@dataclass(frozen=True)
class Reviewers:
    """What stands out among reviewers: those whose marks do not fit, and single marks."""

    flagged: Table
    singles: Table
    more: int

    @classmethod
    def of(cls, scope: Scope) -> Reviewers:
        return cls(
            flagged=outliers.flagged(scope.result, scope.slug, scope.labels),
            singles=outliers.singles(scope.outliers, scope.labels, partial(_in_consensus, scope)),
            more=max(0, len(scope.outliers) - outliers.MOST),
        )


def _in_consensus(scope: Scope, one: Outlier) -> str:
    return url_for(
        "consensus.show_agreed_level", round_slug=scope.slug, city_slug=one.city, code=one.code
    )


@dataclass(frozen=True)
class BenchmarkPage:
    title: str
    round_slug: str
    reference: Reference
    answers: tuple[Answer, ...]
    standing: Table
    filters: tuple[Filter, ...]
    filtered: bool
    contents: tuple[Place, ...]
    pictures: tuple[Picture, ...]
    radar: Picture
    severity: Picture
    city: Table | None
    roles: Table
    commitments: Table
    group: Table
    agreement: Agreement
    reviewers: Reviewers
    log: Log
    template: ClassVar[str] = "dashboards/benchmark.html"

    @classmethod
    def of(cls, whole: Scope, asked: Asked) -> BenchmarkPage:
        """The page of what an address asks for. Aborts with 422 where it asks for what there is
        not."""
        filters = asked.checked(whole)
        scope, city = whole.narrowed(asked.group), whole.narrowed(asked.group, beside=asked.city)
        result, slug = scope.result, scope.slug
        labels, everybody = city.labels_of(filters.city), scope.labels_of("")
        answer, standing = findings.standing(result, everybody)
        shown = {one.name: one for one in pictures(whole, asked, filters)}
        radar, severity = shown.pop("radar"), shown.pop("severity")
        one_of_them = filters.city in scope.scored
        whom = labels[filters.city] if filters.city else groups.named(scope.group)
        return cls(
            title=gettext("Benchmark"),
            round_slug=slug,
            reference=Reference.of(scope),
            answers=(
                answer,
                findings.parting(result, slug, everybody),
                findings.trust(scope.basis, result, slug, everybody),
            ),
            standing=standing,
            filters=offered(whole, asked.group, filters),
            filtered=asked.pinned(whole, filters) != usual(whole),
            contents=tuple(_contents(tuple(shown.values()))),
            pictures=tuple(shown.values()),
            radar=radar,
            severity=severity,
            city=among.standing(result, slug, filters.city, labels) if one_of_them else None,
            roles=tables.summary(
                city.result,
                slug,
                1,
                filters,
                labels,
                caption=gettext("%(whom)s: by role", whom=whom),
                address=_how_made(city, filters.city),
            ),
            commitments=tables.summary(
                city.result,
                slug,
                2,
                filters,
                labels,
                caption=gettext("%(whom)s: by commitment", whom=whom),
                address=_how_made(city, filters.city),
            ),
            group=among.everybody(result, slug, everybody),
            agreement=agreement.agreement(result, slug, everybody),
            reviewers=Reviewers.of(whole),
            log=log.log(whole.result, slug, everybody),
        )


def _how_made(scope: Scope, city: str) -> Callable[[str, str], str] | None:
    """Where the figures of a chosen city are taken apart."""

    def address(code: str, series: str) -> str:
        return url_for(
            "dashboards.show_figure",
            round_slug=scope.slug,
            code=code,
            city=city,
            series=series,
            of=scope.source.of,
        )

    return address if city else None


def _contents(shown: Sequence[Picture]) -> Iterator[Place]:
    for picture in shown:
        yield Place(f"{picture.name}-heading", picture.words)
    yield Place("radar", gettext("Radar"))
    yield Place("all-figures", gettext("All figures"))
    yield Place("group", gettext("The group"))
    yield Place("agreement", gettext("Agreement of reviewers"))
    yield Place("severity-heading", gettext("Severity of reviewers"))
    yield Place("outliers", gettext("What stands out"))
    yield Place("log", gettext("What is hidden, and why"))
