"""What a paper is about: one city among the others, or a whole round, as its readers may see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from benchmarks import audiences
from benchmarks.charts import calibration
from benchmarks.result import BenchmarkResult
from models import Assessment, Snapshot
from reviews.queries import reports
from reviews.questionnaires import Questionnaire
from webapp import loaders
from webapp.figures import computing
from webapp.figures.cells import Labels
from webapp.figures.charts import Subject
from webapp.figures.parts import labels_of
from webapp.report_texts import ReportText


@dataclass(frozen=True)
class Mark:
    """Which frozen figures a paper shows, and the line at the foot of each page."""

    snapshot: str
    result_sha256: str
    input_sha256: str
    method: str
    moment: str
    foot: str

    @classmethod
    def of(cls, snapshot: Snapshot, whom: str) -> Mark:
        name = f"{snapshot.round.slug}-{snapshot.number}"
        short = snapshot.result_sha256[:12]
        return cls(
            snapshot=name,
            result_sha256=snapshot.result_sha256,
            input_sha256=snapshot.input_sha256,
            method=snapshot.method_version,
            moment=snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            foot=f"{whom} · {snapshot.round.title} · {name} · {short}",
        )


@dataclass(frozen=True)
class CityView:
    """One city of a snapshot: what its own people may see of it, and what its report says."""

    snapshot: Snapshot
    assessment: Assessment
    questionnaire: Questionnaire
    result: BenchmarkResult
    earlier: tuple[BenchmarkResult, ...]
    names: Labels
    document: Mapping[str, Any]

    @classmethod
    def of(
        cls, session: Session, snapshot: Snapshot, assessment: Assessment, now: datetime
    ) -> CityView:
        slug, round_ = assessment.city.slug, snapshot.round
        questionnaire = loaders.questionnaire(round_)
        return cls(
            snapshot=snapshot,
            assessment=assessment,
            questionnaire=questionnaire,
            result=audiences.for_city(computing.of_snapshot(snapshot), slug),
            earlier=_earlier(session, snapshot, slug),
            names=_labels(session, snapshot, questionnaire, {slug: assessment.city.name}),
            document=_document(session, assessment, questionnaire, now),
        )

    @property
    def city(self) -> str:
        return self.assessment.city.slug

    @property
    def name(self) -> str:
        return self.assessment.city.name

    @property
    def round_id(self) -> str:
        return self.snapshot.round.slug

    @cached_property
    def labels(self) -> Labels:
        """The names; what is not calibrated is not called so."""
        return calibration.labelled(self.result.scores, self.names)

    @property
    def subject(self) -> Subject:
        return Subject(self.result, self.round_id, self.names, self.earlier)

    @cached_property
    def report(self) -> ReportText:
        return ReportText.of(self.document, self.questionnaire)


@dataclass(frozen=True)
class RoundView:
    """A round of a snapshot as everybody may see it once it is public."""

    snapshot: Snapshot
    questionnaire: Questionnaire
    result: BenchmarkResult
    names: Labels
    reports: Mapping[str, ReportText]

    @classmethod
    def of(cls, session: Session, snapshot: Snapshot) -> RoundView:
        """`reports` are the published ones of the cities that are named, by slug."""
        round_ = snapshot.round
        questionnaire = loaders.questionnaire(round_)
        named = set(snapshot.named)
        there = [one for one in round_.assessments if one.city.slug in named]
        there.sort(key=lambda one: (one.city.name.casefold(), one.city.slug))
        cities = {one.city.slug: one.city.name for one in there}
        documents = ((one.city.slug, _published(one)) for one in there)
        return cls(
            snapshot=snapshot,
            questionnaire=questionnaire,
            result=audiences.for_everybody(computing.of_snapshot(snapshot)),
            names=_labels(session, snapshot, questionnaire, cities),
            reports={
                slug: ReportText.of(document, questionnaire)
                for slug, document in documents
                if document is not None
            },
        )

    @property
    def round_id(self) -> str:
        return self.snapshot.round.slug

    @cached_property
    def cities(self) -> dict[str, str]:
        """The cities that are named, by slug, in the order of their names."""
        return {slug: self.names[slug] for slug in self.names if slug in self.snapshot.named}

    @cached_property
    def labels(self) -> Labels:
        return calibration.labelled(self.result.scores, self.names)

    @property
    def subject(self) -> Subject:
        return Subject(self.result, self.round_id, self.names)


def _labels(
    session: Session, snapshot: Snapshot, questionnaire: Questionnaire, cities: Mapping[str, str]
) -> dict[str, str]:
    round_ = snapshot.round
    return {
        **{one.round.slug: one.round.title for one in computing.goes_back_to(session, snapshot)},
        **{one.code: one.title for one in questionnaire.statements},
        **labels_of(round_.slug, round_.title, cities, questionnaire),
    }


def _earlier(session: Session, snapshot: Snapshot, slug: str) -> tuple[BenchmarkResult, ...]:
    """The city in the very snapshots that its changes were reckoned from, the oldest first."""
    before = computing.goes_back_to(session, snapshot)
    there = (one for one in before if slug in one.cities)
    return tuple(audiences.for_city(computing.of_snapshot(one), slug) for one in there)


def _document(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, now: datetime
) -> Mapping[str, Any]:
    """The published report, or the final one while it waits to be published."""
    published = _published(assessment)
    if published is not None:
        return published
    return reports.document(session, loaders.report(assessment), questionnaire, now)


def _published(assessment: Assessment) -> Mapping[str, Any] | None:
    report = assessment.report
    if report is None or not report.editions:
        return None
    document: Mapping[str, Any] = json.loads(report.editions[-1].document)
    return document
