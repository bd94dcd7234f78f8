"""Dissent: one of a team does not agree with the agreed level of one statement, and says why."""

from __future__ import annotations

from datetime import datetime

from models import Assignment, Consensus, Dissent, User, marks
from reviews import texts
from reviews.consensus import refuse_closed
from reviews.errors import NotNow, Stale, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement


def dissent(
    consensus: Consensus,
    assignment: Assignment,
    statement: AskedStatement,
    *,
    shown: int,
    text: str,
    by: User,
    now: datetime,
) -> Dissent:
    """Say that one does not agree with the level of one statement, and why.

    Raises Stale when that level changed since `shown`.
    """
    refuse_closed(consensus)
    agreed = next((a for a in consensus.agreed_levels if a.statement_id == statement.id), None)
    if agreed is None or agreed.mark == marks.EMPTY:
        raise NotNow("There is no agreed level here yet. Talk about it in the team first.")
    if shown != agreed.number:
        raise Stale(
            "The agreed level has changed since you opened this page. Look at it again.",
            theirs={},
            number=agreed.number,
        )
    words = texts.typed(text, field="dissent").strip()
    if not words:
        raise Unusable("Say what you do not agree with.", field="dissent")
    there = own(consensus, assignment, statement)
    if there is None:
        there = Dissent(
            assignment=assignment,
            statement_id=statement.id,
            level_number=shown,
            given_at=now,
            text=words,
        )
        consensus.dissents.append(there)
    there.level_number, there.given_at, there.text = shown, now, words
    record(by, "consensus:dissent", consensus.assessment, now=now, statement=statement.code)
    return there


def withdraw(
    consensus: Consensus,
    assignment: Assignment,
    statement: AskedStatement,
    *,
    by: User,
    now: datetime,
) -> None:
    """Take one's dissent at one statement back; where there is none, nothing happens."""
    refuse_closed(consensus)
    there = own(consensus, assignment, statement)
    if there is not None:
        consensus.dissents.remove(there)
        facts = {"statement": statement.code}
        record(by, "consensus:withdraw-dissent", consensus.assessment, now=now, **facts)


def own(consensus: Consensus, assignment: Assignment, statement: AskedStatement) -> Dissent | None:
    """What one of the team has said against the level of one statement, if anything."""
    return next(
        (
            one
            for one in consensus.dissents
            if one.assignment is assignment and one.statement_id == statement.id
        ),
        None,
    )
