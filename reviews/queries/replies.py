"""The findings of a report with what the city replies to them, and who may read it when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Finding, Reply, Report
from reviews import reports


def findings(session: Session, report: Report) -> Sequence[Finding]:
    """The findings that stand in a report, in their order, with the city's reply to each. The
    reply is the city's own until it is over: for others there is `shown_replies`."""
    rows = (
        select(Finding)
        .where(Finding.report_id == report.id, Finding.withdrawn_at.is_(None), Finding.number > 0)
        .options(joinedload(Finding.reply).joinedload(Reply.changed_by))
        .order_by(Finding.place)
    )
    return session.scalars(rows).all()


def shown_replies(session: Session, report: Report, now: datetime) -> dict[int, Reply]:
    """What the city replied, by the place of the finding, for whoever is not of the city: nothing
    before the reply is signed or its date has passed."""
    if not reports.reply_is_over(report, now):
        return {}
    rows = (
        select(Reply)
        .join(Reply.finding)
        .where(Finding.report_id == report.id, Finding.withdrawn_at.is_(None))
        .options(contains_eager(Reply.finding))
        .order_by(Finding.place)
    )
    return {one.finding.place: one for one in session.scalars(rows) if one.text.strip()}
