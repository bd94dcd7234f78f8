"""What is known of earlier saves, for saving and for the history of one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from models import (
    AgreedLevel,
    Answer,
    Assessment,
    Assignment,
    CalibrationScore,
    Finding,
    PlanItem,
    Reply,
    ReportSection,
    Revision,
    Score,
    User,
)
from reviews.saving import Kept, Known, Sent

_OWNER = {
    Answer: Revision.answer_id,
    Score: Revision.score_id,
    AgreedLevel: Revision.agreed_level_id,
    ReportSection: Revision.report_section_id,
    Finding: Revision.finding_id,
    Reply: Revision.reply_id,
    PlanItem: Revision.plan_item_id,
    CalibrationScore: Revision.calibration_score_id,
}


Save = tuple[int, dict[str, str]]
"""The number of one save, and all that was stored after it."""


class Change(NamedTuple):
    """One save in the history: `content` is all that was stored after it."""

    number: int
    content: dict[str, str]
    by: str
    at: datetime


def known(session: Session, kept: Kept, sent: Sent, by: User) -> Known:
    """The save under the same key, and the content at the base that a save names, where that
    is not what is stored now anyway."""
    under_key = None
    if sent.key is not None:
        under_key = session.scalars(
            select(Revision).where(Revision.by_id == by.id, Revision.key == sent.key)
        ).one_or_none()
    at_base = None
    if kept.id is not None and sent.base not in (None, kept.number):
        at_base = session.scalars(
            select(Revision).where(_of(kept), Revision.number == sent.base)
        ).one_or_none()
    return Known(under_key, at_base)


def contents_at(
    session: Session, assessment: Assessment, numbers: Mapping[int, int]
) -> dict[int, dict[str, str]]:
    """What answers held at one save each; `numbers` and result by statement id."""
    if not numbers:
        return {}
    rows = session.execute(
        select(Answer.statement_id, Revision.content)
        .join(Answer, Revision.answer_id == Answer.id)
        .where(
            Answer.assessment_id == assessment.id,
            tuple_(Answer.statement_id, Revision.number).in_(list(numbers.items())),
        )
        .order_by(Answer.statement_id)
    )
    return {statement: content for statement, content in rows}


def scores_at(
    session: Session, assignment: Assignment, numbers: Mapping[int, int]
) -> dict[int, dict[str, str]]:
    """What one reviewer's scores held at one save each; by statement id as well."""
    if not numbers:
        return {}
    rows = session.execute(
        select(Score.statement_id, Revision.content)
        .join(Score, Revision.score_id == Score.id)
        .where(
            Score.assignment_id == assignment.id,
            tuple_(Score.statement_id, Revision.number).in_(list(numbers.items())),
        )
        .order_by(Score.statement_id)
    )
    return {statement: content for statement, content in rows}


def history(
    session: Session, kept: Kept, *, before: int | None = None, most: int
) -> Sequence[Change]:
    """The latest saves of one thing, or the latest before one of them, the last one first."""
    if kept.id is None:
        return []
    rows = (
        select(Revision.number, Revision.content, User.name, Revision.at)
        .join(Revision.by)
        .where(_of(kept))
        .order_by(Revision.number.desc())
        .limit(most)
    )
    if before is not None:
        rows = rows.where(Revision.number < before)
    return [Change(*row) for row in session.execute(rows)]


def saves_of(session: Session, things: Sequence[Kept]) -> list[tuple[Kept, list[Save]]]:
    """All saves of each of many things in their order; in one query per kind of thing."""
    found: dict[Kept, list[Save]] = {one: [] for one in things}
    for kind, owner in _OWNER.items():
        by_id: dict[int | None, Kept] = {one.id: one for one in things if type(one) is kind}
        if by_id:
            rows = session.execute(
                select(owner, Revision.number, Revision.content)
                .where(owner.in_(by_id))
                .order_by(owner, Revision.number)
            )
            for thing, number, content in rows:
                found[by_id[thing]].append((number, content))
    return list(found.items())


def content_at(session: Session, kept: Kept, number: int) -> dict[str, str] | None:
    """All that was stored after one save; None where there is no such save."""
    return session.scalar(select(Revision.content).where(_of(kept), Revision.number == number))


def _of(kept: Kept) -> ColumnElement[bool]:
    return _OWNER[type(kept)] == kept.id
