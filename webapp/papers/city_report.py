"""The report on one city, for its council: figures, what the peers found, what the city says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from benchmarks.charts.drawing import named, role_named
from benchmarks.result import SERIES
from reviews.queries.levels import WHOLE
from webapp.figures import agreement, among, cells, tables
from webapp.figures.cells import NOTHING, Labels, Table, coded, estimate
from webapp.figures.charts import Filters
from webapp.figures.findings import Answer
from webapp.figures.parts import Fact, fingerprints, of_snapshot
from webapp.papers import sentences
from webapp.papers.pictures import Picture, picture
from webapp.papers.subjects import CityView, Mark
from webapp.report_texts import ReportText

_PICTURES = ("profile", "gap", "radar", "trend")


@dataclass(frozen=True)
class CityReportPage:
    """All of a city that its own people may read, on paper."""

    title: str
    city: str
    round: str
    taken_at: datetime
    mark: Mark
    answers: tuple[Answer, ...]
    pictures: tuple[Picture, ...]
    standing: Table
    group: Table
    text: ReportText
    final: bool
    facts: tuple[Fact, ...]
    agreement: Table
    tables: tuple[Table, ...]
    template: ClassVar[str] = "papers/city_report.html"

    @classmethod
    def of(cls, view: CityView) -> CityReportPage:
        result, slug, labels = view.result, view.round_id, view.labels
        filters = Filters(city=view.city)
        drawn = (picture(name, view.subject, filters) for name in _PICTURES)
        report = view.assessment.report
        return cls(
            title=gettext("Peer review and benchmark of %(city)s", city=view.name),
            city=view.name,
            round=view.snapshot.round.title,
            taken_at=view.snapshot.taken_at,
            mark=Mark.of(view.snapshot, view.name),
            answers=(
                sentences.standing(view),
                sentences.parting(view),
                sentences.trust(view),
            ),
            pictures=tuple(one for one in drawn if one is not None),
            standing=among.standing(result, slug, view.city, labels),
            group=among.everybody(result, slug, labels),
            text=view.report,
            final=report is not None and not report.editions,
            facts=(*of_snapshot(view.snapshot), *fingerprints(result)),
            agreement=agreement.agreement(result, slug, labels).table,
            tables=(
                _summary(view, 1, gettext("By role")),
                _summary(view, 2, gettext("By commitment")),
                _gaps(view),
                _statements(view, labels),
            ),
        )


def _summary(view: CityView, level: int, caption: str) -> Table:
    filters = Filters(city=view.city)
    return tables.summary(view.result, view.round_id, level, filters, view.labels, caption=caption)


def _gaps(view: CityView) -> Table:
    """How far self and peers are apart, by role and by commitment."""
    gaps = view.result.gaps
    codes = [
        WHOLE,
        *(
            code
            for role in view.questionnaire.roles
            for code in (role.code, *(one.code for one in role.commitments))
        ),
    ]
    rows = gaps.loc[(gaps["round"] == view.round_id) & (gaps["city"] == view.city)]
    by_code = {row["code"]: row for row in rows.to_dict("records")}
    return Table(
        caption=gettext("Gaps between self and peers, over the statements that both have marked"),
        groups=(),
        headings=(
            gettext("Part"),
            gettext("Self"),
            gettext("Peers"),
            gettext("Gap (95 % interval)"),
            gettext("Self is"),
            gettext("Statements"),
        ),
        rows=tuple(
            (
                _part(code, view),
                cells.points_or_why(row["self"], row["reason"], view.labels),
                cells.points_or_why(row["other"]),
                cells.gap(row),
                _word(row["label"], view.labels),
                str(row["n_items"]),
            )
            for code in codes
            if (row := by_code.get(code)) is not None
        ),
        words=(4,),
    )


def _part(code: str, view: CityView) -> str:
    """A commitment by its code and name, a role by its name."""
    roles = {WHOLE, *(role.code for role in view.questionnaire.roles)}
    return role_named(code, view.labels) if code in roles else coded(code, view.labels)


def _word(label: object, labels: Labels) -> str:
    return named(label, labels) if isinstance(label, str) else NOTHING


def _statements(view: CityView, labels: Labels) -> Table:
    """Every statement in every series."""
    series = {each: sentences.scores_of(view, each) for each in SERIES}
    return Table(
        caption=gettext("Every statement, in points of 100"),
        groups=(),
        headings=(gettext("Statement"), *(named(each, labels) for each in SERIES)),
        rows=tuple(
            (
                coded(one.code, labels),
                *(
                    estimate(rows[one.code], labels) if one.code in rows else NOTHING
                    for rows in series.values()
                ),
            )
            for one in view.questionnaire.statements
        ),
    )
