"""What the dashboard of a round shows: three answers, pictures, tables, and how they were made."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from benchmarks.charts import calibration
from benchmarks.charts.drawing import WORDS
from benchmarks.config import BenchmarkConfig
from benchmarks.result import BenchmarkResult
from models import Round
from webapp.dashboards import agreement, among, charts, findings, tables
from webapp.dashboards.agreement import Agreement
from webapp.dashboards.cells import Labels, Table
from webapp.dashboards.charts import Filters
from webapp.dashboards.findings import Answer, Basis
from webapp.dashboards.forms import Filter, offered


@dataclass(frozen=True)
class Fact:
    term: str
    text: str


@dataclass(frozen=True)
class Download:
    words: str
    address: str


@dataclass(frozen=True)
class ChartPart:
    """A picture, its sentence, its table, its files, and how it was made."""

    name: str
    title: str
    svg: Markup
    narrow: Markup
    sentence: str
    table: Table
    downloads: tuple[Download, ...]
    made: tuple[Fact, ...]


@dataclass(frozen=True)
class Scope:
    """A round as one coordinator may compare it: its figures, and the names for them."""

    round: Round
    result: BenchmarkResult
    labels: Labels
    cities: Mapping[str, str]
    basis: Basis

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What everything on a page of this scope follows from."""
        names = tuple(sorted(self.labels.items()))
        return (self.round.slug, self.result.result_hash, names, self.basis)

    @property
    def roles(self) -> list[str]:
        tree = self.result.structure
        return list(tree.loc[tree["level"] == 1, "code"])

    def labels_of(self, city: str) -> Labels:
        """The names in figures of one city, or of all: what is not calibrated is not called so."""
        scores = self.result.scores
        return calibration.labelled(scores.loc[scores["city"] == city] if city else scores,
                                    self.labels)  # fmt: skip

    @property
    def scored(self) -> dict[str, str]:
        """The cities that have figures, by name."""
        there = set(self.result.scores["city"])
        return {slug: name for slug, name in self.cities.items() if slug in there}


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
            round=scope.round.title,
            round_slug=scope.round.slug,
            cities=scope.basis.cities,
            left_out=scope.basis.left_out,
        )


@dataclass(frozen=True)
class BenchmarkPage:
    title: str
    round: str
    round_slug: str
    answers: tuple[Answer, ...]
    standing: Table
    filters: tuple[Filter, ...]
    filtered: bool
    profile: ChartPart
    gap: ChartPart | None
    heat: ChartPart
    city: Table | None
    roles: Table
    commitments: Table
    group: Table
    agreement: Agreement
    template: ClassVar[str] = "dashboards/benchmark.html"

    @classmethod
    def of(cls, scope: Scope, filters: Filters, *, usual: str) -> BenchmarkPage:
        result, slug = scope.result, scope.round.slug
        labels, everybody = scope.labels_of(filters.city), scope.labels_of("")
        answer, standing = findings.standing(result, everybody)
        of_whom = labels[filters.city] if filters.city else gettext("All cities")
        return cls(
            title=gettext("Benchmark"),
            round=scope.round.title,
            round_slug=slug,
            answers=(
                answer,
                findings.parting(result, slug, everybody),
                findings.trust(scope.basis, result, slug, everybody),
            ),
            standing=standing,
            filters=offered(scope.roles, scope.scored, everybody, filters),
            filtered=filters != Filters(series=usual),
            profile=_chart("profile", scope, filters),
            gap=_gap_chart(scope, filters),
            heat=_chart("heat", scope, filters),
            city=among.standing(result, slug, filters.city, labels) if filters.city else None,
            roles=tables.summary(
                result,
                slug,
                1,
                filters,
                labels,
                caption=gettext("%(whom)s: by role", whom=of_whom),
            ),
            commitments=tables.summary(
                result,
                slug,
                2,
                filters,
                labels,
                caption=gettext("%(whom)s: by commitment", whom=of_whom),
            ),
            group=among.everybody(result, slug, everybody),
            agreement=agreement.agreement(result, slug, everybody),
        )


def _gap_chart(scope: Scope, filters: Filters) -> ChartPart | None:
    """Nothing to show where no review counts yet."""
    gaps = scope.result.gaps
    if filters.city:
        gaps = gaps.loc[gaps["city"] == filters.city]
    if gaps["gap"].notna().sum() == 0:
        return None
    try:
        return _chart("gap", scope, filters)
    except LookupError:
        return None


def _chart(name: str, scope: Scope, filters: Filters) -> ChartPart:
    made = charts.chart(name, scope.result, scope.round.slug, filters, scope.labels)
    asked: dict[str, Any] = {name: value for name, value in vars(filters).items() if value}
    return ChartPart(
        name=name,
        title=made.title,
        # Written by our own charts: every text in it was escaped there.
        svg=Markup(made.svg),  # noqa: S704
        narrow=Markup(made.narrow),  # noqa: S704
        sentence=made.alt,
        table=tables.of_chart(name, made.data, filters, scope.labels_of(filters.city)),
        downloads=tuple(
            Download(
                words,
                url_for(
                    "dashboards.download_chart",
                    round_slug=scope.round.slug,
                    chart=name,
                    ending=ending,
                    **asked,
                ),
            )
            for ending, words in (("csv", "CSV"), ("svg", "SVG"), ("png", "PNG"))
        ),
        made=(*(Fact(*pair) for pair in made.caption), *_how_made(scope, len(made.data))),
    )


def _how_made(scope: Scope, rows: int) -> tuple[Fact, ...]:
    result, basis = scope.result, scope.basis
    return (
        Fact(
            gettext("Input"),
            gettext(
                "The signed versions of %(signed)d cities, %(reviews)d submitted reviews of"
                " %(reviewed)d cities by %(reviewers)d people, the agreed levels of %(agreed)d"
                " cities. Drafts never count.",
                signed=basis.signed,
                reviews=basis.reviews,
                reviewed=basis.reviewed,
                reviewers=basis.reviewers,
                agreed=basis.agreed,
            ),
        ),
        Fact(gettext("Rules"), _rules(result.config)),
        Fact(gettext("Figures drawn"), str(rows)),
        Fact(gettext("Method"), result.method_version),
        Fact(gettext("Fingerprint of the data"), result.data_hash),
        Fact(gettext("Fingerprint of the choices"), result.config_hash),
    )


def _rules(config: BenchmarkConfig) -> str:
    return gettext(
        "A level becomes 0 to 100 by the ends of its own scale. Statements are averaged into"
        " commitments, commitments into roles, roles into the whole, by their weights over what"
        " applies to the city. A figure is shown where at least %(share)d %% of the weight that"
        " applies has a level. Calibrated scores tell severe from lenient reviewers by a model with"
        " random effects of cities, reviewers and statements.",
        share=round(100 * config.threshold),
    )


def labels_of(
    round_: Round, cities: Mapping[str, str], parts: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """The names of cities, roles, commitments, series and reasons, by their codes."""
    return {
        **{code: gettext(words) for code, words in WORDS.items()},
        **dict(parts),
        **cities,
        round_.slug: round_.title,
    }
