"""Plans of cities: one of them, all of a round, and what is still open when the next one begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from models import (
    Assessment,
    City,
    Edition,
    Finding,
    Instrument,
    PlanItem,
    PlanUpdate,
    Report,
    ReportState,
    Round,
)
from reviews import plans
from reviews.plans import Line


class CityPlan(NamedTuple):
    """The plan of one city; `first` is the first edition of its report."""

    assessment: Assessment
    first: Edition
    lines: tuple[Line, ...]


def plan_of(session: Session, assessment: Assessment) -> CityPlan | None:
    """The plan of a city; None while its report is not published."""
    report = assessment.report
    if report is None or report.state is not ReportState.PUBLISHED:
        return None
    return next(iter(_plans(session, [assessment])), None)


def plans_in(session: Session, round_: Round) -> list[CityPlan]:
    """The plans of a round, by the name of the city; as many queries for one as for many."""
    rows = (
        select(Assessment)
        .join(Assessment.report)
        .join(Assessment.city)
        .where(Assessment.round_id == round_.id, Report.state == ReportState.PUBLISHED)
        .options(
            contains_eager(Assessment.report),
            contains_eager(Assessment.city),
            joinedload(Assessment.round),
            joinedload(Assessment.consensus),
        )
        .order_by(City.name, City.id)
    )
    return _plans(session, session.scalars(rows).all())


def open_plan(session: Session, assessment: Assessment, code: str) -> CityPlan | None:
    """What the last published report before this round recommends and is still open; `code` is
    the one of the questionnaire, which outlives its versions."""
    rows = (
        select(Assessment)
        .join(Assessment.round)
        .join(Round.instrument)
        .join(Assessment.report)
        .where(
            Assessment.city_id == assessment.city.id,
            Round.created_at < assessment.round.created_at,
            Instrument.code == code,
            Report.state == ReportState.PUBLISHED,
        )
        .options(
            contains_eager(Assessment.round),
            contains_eager(Assessment.report),
            joinedload(Assessment.city),
            joinedload(Assessment.consensus),
        )
        .order_by(Round.created_at.desc(), Round.id.desc())
        .limit(1)
    )
    found = _plans(session, session.scalars(rows).all())
    if not found:
        return None
    still = tuple(one for one in found[0].lines if one.standing in plans.OPEN)
    return found[0]._replace(lines=still)


def finding(session: Session, report: Report, place: int) -> Finding | None:
    """The finding that a recommendation is, with what the city does about it."""
    rows = (
        select(Finding)
        .where(Finding.report_id == report.id, Finding.place == place)
        .options(
            joinedload(Finding.plan_item).options(
                joinedload(PlanItem.changed_by),
                selectinload(PlanItem.updates).joinedload(PlanUpdate.by),
            )
        )
    )
    return session.scalars(rows).one_or_none()


def _plans(session: Session, assessments: Iterable[Assessment]) -> list[CityPlan]:
    there = {one.report.id: one for one in assessments if one.report is not None}
    firsts, latest = _editions(session, there)
    items = _items(session, there)
    return [
        CityPlan(
            assessment,
            firsts[number],
            tuple(
                Line(one, items.get((number, one.place)))
                for one in plans.recommendations(latest[number])
            ),
        )
        for number, assessment in there.items()
    ]


def _editions(
    session: Session, reports: Collection[int]
) -> tuple[dict[int, Edition], dict[int, Edition]]:
    """The first and the latest edition of some reports, by the id of the report."""
    newest = (
        select(func.max(Edition.number))
        .where(Edition.report_id == Report.id)
        .correlate(Report)
        .scalar_subquery()
    )
    rows = (
        select(Edition)
        .join(Edition.report)
        .where(Edition.report_id.in_(reports), (Edition.number == 1) | (Edition.number == newest))
        .order_by(Edition.report_id, Edition.number)
    )
    found = session.scalars(rows).all()
    firsts = {one.report_id: one for one in found if one.number == 1}
    return firsts, {one.report_id: one for one in found}


def _items(session: Session, reports: Collection[int]) -> dict[tuple[int, int], PlanItem]:
    """What cities do about their recommendations, by the report and the place of the finding."""
    rows = (
        select(PlanItem)
        .join(PlanItem.finding)
        .where(Finding.report_id.in_(reports))
        .options(
            contains_eager(PlanItem.finding),
            joinedload(PlanItem.changed_by),
            selectinload(PlanItem.updates).joinedload(PlanUpdate.by),
        )
        .order_by(PlanItem.id)
    )
    return {(one.finding.report_id, one.finding.place): one for one in session.scalars(rows)}
