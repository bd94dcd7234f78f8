"""City reports: what their pages and documents are made of, and what everybody may read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import (
    AgreedLevel,
    Approval,
    Assessment,
    Assignment,
    AssignmentState,
    City,
    CityMembership,
    CityRole,
    Edition,
    Entry,
    Finding,
    Report,
    ReportSection,
    Revision,
    Round,
    Submission,
    User,
    marks,
)
from reviews import reports
from reviews.queries import delegation, scores
from reviews.questionnaires import Questionnaire
from reviews.report_documents import report_document

Ts = TypeVarTuple("Ts")

_CHANGES = ("finding:restore", "finding:withdraw", "reply:answer")
"""Deeds that change a report and leave no revision of their own."""
_TOLD = (CityRole.LEAD, CityRole.SIGNATORY)


class SignedAnswer(NamedTuple):
    """What a city signed about one statement, in its own words."""

    mark: str
    text: str
    remit_reason: str


class PublishedRound(NamedTuple):
    """A round of which something is published."""

    slug: str
    title: str
    cities: int


class PublishedCity(NamedTuple):
    """A city whose report is published, with the number and the day of the latest edition."""

    slug: str
    name: str
    country: str
    number: int
    published_at: datetime


def around(session: Session, report: Report) -> Report:
    """The report with its blocks, findings and replies, in as many queries for one as for many."""
    if report.id is not None:
        session.scalars(
            select(Report)
            .where(Report.id == report.id)
            .options(
                selectinload(Report.sections).joinedload(ReportSection.changed_by),
                selectinload(Report.findings).options(
                    joinedload(Finding.changed_by), joinedload(Finding.reply)
                ),
                selectinload(Report.approvals).joinedload(Approval.by),
                selectinload(Report.editions),
            )
        ).one()
    return report


def document(
    session: Session, report: Report, questionnaire: Questionnaire, now: datetime
) -> dict[str, Any]:
    """The report as one document, as it stands now. What a city is drafting as its reply is the
    city's alone, until it is signed or its date has passed."""
    assessment = report.assessment
    consensus = assessment.consensus
    whole = report_document(
        around(session, report),
        questionnaire,
        self_marks=scores.city_marks(session, assessment),
        agreed=scores.agreed_marks(session, consensus) if consensus is not None else {},
        team=homes(session, assessment),
    )
    if not reports.reply_is_over(report, now):
        for finding in whole["findings"]:
            finding.update(reply="", answer="", answer_text="", reworded="")
    return whole


def homes(session: Session, assessment: Assessment) -> Sequence[str]:
    """The cities that the peers of a city come from, by name."""
    rows = (
        select(City.name)
        .join(CityMembership, CityMembership.city_id == City.id)
        .join(Assignment, Assignment.reviewer_id == CityMembership.user_id)
        .where(
            Assignment.assessment_id == assessment.id,
            Assignment.state == AssignmentState.SUBMITTED,
            CityMembership.role == CityRole.REVIEWER,
        )
        .distinct()
        .order_by(City.name)
    )
    return session.scalars(rows).all()


def editors(session: Session, report: Report) -> frozenset[int]:
    """The ids of all who ever wrote in a report: none of them approves it."""
    writers = (
        select(Revision.by_id)
        .outerjoin(Revision.report_section)
        .outerjoin(Revision.finding)
        .where(or_(ReportSection.report_id == report.id, Finding.report_id == report.id))
        .distinct()
        .order_by(Revision.by_id)
    )
    changers = (
        select(Entry.actor_id)
        .where(
            Entry.round_id == report.assessment.round.id,
            Entry.city_id == report.assessment.city.id,
            Entry.action.in_(_CHANGES),
            Entry.actor_id.is_not(None),
        )
        .distinct()
        .order_by(Entry.actor_id)
    )
    found = {*session.scalars(writers), *session.scalars(changers)}
    return frozenset(one for one in found if one is not None)


def names(session: Session, ids: frozenset[int]) -> Sequence[str]:
    """The names of some people, in their order."""
    rows = select(User.name).where(User.id.in_(ids)).order_by(User.name, User.id)
    return session.scalars(rows).all()


def to_tell(session: Session, assessment: Assessment, now: datetime) -> list[User]:
    """The leads and signatories of a city, each once, by name."""
    there = delegation.memberships(session, assessment.city, now)
    return list(dict.fromkeys(one.user for one in there if one.role in _TOLD and one.user.active))


def reasons(session: Session, assessment: Assessment) -> dict[int, str]:
    """Why the team agreed on its levels, by statement id."""
    consensus = assessment.consensus
    if consensus is None:
        return {}
    rows = session.execute(
        select(AgreedLevel.statement_id, AgreedLevel.reason)
        .where(AgreedLevel.consensus_id == consensus.id, AgreedLevel.reason != "")
        .order_by(AgreedLevel.statement_id)
    )
    return {statement: reason for statement, reason in rows}


def signed_answers(session: Session, assessment: Assessment) -> dict[str, SignedAnswer]:
    """What a city signed last, by the code of the statement."""
    text = session.scalar(
        select(Submission.document)
        .where(Submission.assessment_id == assessment.id)
        .order_by(Submission.version.desc())
        .limit(1)
    )
    answers = json.loads(text)["answers"] if text else []
    return {
        one["statement"]: SignedAnswer(one["mark"] or marks.EMPTY, one["text"], one["remit_reason"])
        for one in answers
    }


def anything_published(session: Session) -> bool:
    """Whether there is a published report at all."""
    return bool(session.connection().scalar(_ANYTHING))


# The menu of every page asks this, so it is written out once.
_ANYTHING = select(exists().select_from(Edition))


def published_rounds(session: Session) -> list[PublishedRound]:
    """The rounds of which something is published, the newest first."""
    rows = session.execute(
        _published(select(Round.slug, Round.title, func.count(Report.id.distinct())))
        .group_by(Round.id, Round.slug, Round.title, Round.created_at)
        .order_by(Round.created_at.desc(), Round.id)
    )
    return [PublishedRound(*row) for row in rows]


def published_cities(session: Session, round_slug: str) -> list[PublishedCity]:
    """The cities of a round whose report is published, by name."""
    latest = func.max(Edition.number), func.max(Edition.published_at)
    rows = session.execute(
        _published(select(City.slug, City.name, City.country, *latest))
        .where(Round.slug == round_slug)
        .group_by(City.id, City.slug, City.name, City.country)
        .order_by(City.name, City.id)
    )
    return [PublishedCity(*row) for row in rows]


def editions(session: Session, round_slug: str, city_slug: str) -> Sequence[Edition]:
    """The published editions of the report on a city, the latest first; none before that."""
    rows = (
        select(Edition)
        .join(Edition.report)
        .join(Report.assessment)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == round_slug, City.slug == city_slug)
        .options(
            joinedload(Edition.report)
            .joinedload(Report.assessment)
            .options(joinedload(Assessment.round), joinedload(Assessment.city))
        )
        .order_by(Edition.number.desc())
    )
    return session.scalars(rows).all()


def _published(columns: Select[*Ts]) -> Select[*Ts]:
    return (
        columns.select_from(Edition)
        .join(Edition.report)
        .join(Report.assessment)
        .join(Assessment.round)
        .join(Assessment.city)
    )
