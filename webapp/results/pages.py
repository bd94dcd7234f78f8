"""What everybody sees: the published editions, from their documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Edition
from reviews.queries.reports import PublishedCity, PublishedRound
from reviews.questionnaires import Questionnaire
from webapp.report_places import Link
from webapp.report_texts import ReportText


@dataclass(frozen=True)
class ResultsPage:
    """The rounds of which something is published."""

    title: str
    rounds: tuple[PublishedRound, ...]
    template: ClassVar[str] = "results/results.html"

    @classmethod
    def of(cls, rounds: Sequence[PublishedRound]) -> ResultsPage:
        return cls(title=gettext("Published results"), rounds=tuple(rounds))


@dataclass(frozen=True)
class RoundPage:
    """The cities of a round whose report is published."""

    title: str
    round_slug: str
    cities: tuple[PublishedCity, ...]
    benchmark: bool
    template: ClassVar[str] = "results/round.html"

    @classmethod
    def of(
        cls, round_: PublishedRound, cities: Sequence[PublishedCity], benchmark: bool
    ) -> RoundPage:
        """`benchmark` says whether there are figures of the round that everybody sees."""
        return cls(
            title=gettext("Results of %(round)s", round=round_.title),
            round_slug=round_.slug,
            cities=tuple(cities),
            benchmark=benchmark,
        )


@dataclass(frozen=True)
class EditionLine:
    number: int
    published_at: datetime
    sha256: str
    reason: str
    shown: bool


@dataclass(frozen=True)
class ResultPage:
    """One published edition of the report on a city, with all others."""

    title: str
    round: str
    round_slug: str
    city: str
    city_slug: str
    number: int
    latest: int
    published_at: datetime
    sha256: str
    text: ReportText
    editions: tuple[EditionLine, ...]
    reply_links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    template: ClassVar[str] = "results/result.html"

    @classmethod
    def of(
        cls, edition: Edition, editions: Sequence[Edition], questionnaire: Questionnaire
    ) -> ResultPage:
        """`editions` are all of the same report, the latest first."""
        assessment = edition.report.assessment
        return cls(
            title=gettext("Report on %(city)s", city=assessment.city.name),
            round=assessment.round.title,
            round_slug=assessment.round.slug,
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            number=edition.number,
            latest=editions[0].number,
            published_at=edition.published_at,
            sha256=edition.sha256,
            text=ReportText.of(json.loads(edition.document), questionnaire),
            editions=tuple(
                EditionLine(one.number, one.published_at, one.sha256, one.reason, one is edition)
                for one in editions
            ),
        )
