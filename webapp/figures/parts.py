"""A picture on a page: its sentence, its table, its files, and how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from benchmarks.charts.drawing import WORDS
from benchmarks.config import BenchmarkConfig
from benchmarks.result import BenchmarkResult
from models import Snapshot
from reviews.questionnaires import Questionnaire
from webapp.figures.cells import Table
from webapp.figures.charts import Chart

ENDINGS = (("csv", "CSV"), ("svg", "SVG"), ("png", "PNG"))


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
    """What components/chart.html shows."""

    name: str
    title: str
    svg: Markup
    narrow: Markup
    sentence: str
    table: Table
    downloads: tuple[Download, ...]
    made: tuple[Fact, ...]

    @classmethod
    def of(
        cls,
        name: str,
        chart: Chart,
        table: Table,
        addresses: Mapping[str, str],
        made: Sequence[Fact],
    ) -> ChartPart:
        """`addresses` of its files by ending: csv, svg, png. `made` follows what the chart says
        of itself."""
        return cls(
            name=name,
            title=chart.title,
            # Written by our own charts: every text in it was escaped there.
            svg=Markup(chart.svg),  # noqa: S704
            narrow=Markup(chart.narrow),  # noqa: S704
            sentence=chart.alt,
            table=table,
            downloads=tuple(Download(words, addresses[ending]) for ending, words in ENDINGS),
            made=(*(Fact(*pair) for pair in chart.caption), *made),
        )


def fingerprints(result: BenchmarkResult) -> tuple[Fact, ...]:
    """By which rules and from what exactly the figures of a result were made."""
    return (
        Fact(gettext("Rules"), _rules(result.config)),
        Fact(gettext("Method"), result.method_version),
        Fact(gettext("Fingerprint of the data"), result.data_hash),
        Fact(gettext("Fingerprint of the choices"), result.config_hash),
    )


def of_snapshot(snapshot: Snapshot) -> tuple[Fact, ...]:
    """Which frozen figures these are."""
    return (
        Fact(gettext("Snapshot"), f"{snapshot.round.slug}-{snapshot.number}"),
        Fact(gettext("Fingerprint of the frozen input"), snapshot.input_sha256),
        Fact(gettext("Fingerprint of the frozen result"), snapshot.result_sha256),
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
    round_slug: str, title: str, cities: Mapping[str, str], questionnaire: Questionnaire
) -> dict[str, str]:
    """The names of cities, roles, commitments, series and reasons, by their codes."""
    return {
        **{code: gettext(words) for code, words in WORDS.items()},
        **{one.code: one.title for one in questionnaire.roles},
        **{one.code: one.title for one in questionnaire.commitments},
        **cities,
        round_slug: title,
    }
