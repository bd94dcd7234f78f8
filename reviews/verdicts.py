"""Verdicts: what a reviewer found in each piece of evidence that the city names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models import Assignment, EvidenceVerdict, Sufficiency, User
from reviews import assigning, scoring, texts
from reviews.errors import Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement

LONGEST = 2_000


def give_verdict(
    assignment: Assignment,
    statement: AskedStatement,
    signed: Collection[int],
    *,
    evidence: int,
    choice: str,
    note: str,
    by: User,
    now: datetime,
) -> None:
    """Write down what was found in one piece of evidence, or take it back with an empty choice.

    `signed` are the ids of what the city has signed for this statement: nothing else is judged.
    """
    scoring.at_work(assignment)
    if evidence not in signed:
        raise Unusable("Choose a piece of evidence that the city names here.", field="evidence")
    words = texts.typed(note, field="note", limit=LONGEST)
    given = _given(assignment, statement, evidence)
    if choice == "":
        if words.strip():
            raise Unusable("Choose what you found; a note alone is not kept.", field="choice")
        if given is None:
            return
        assignment.verdicts.remove(given)
    elif choice not in list(Sufficiency):
        raise Unusable("Choose what you found.", field="choice")
    elif given is None:
        assignment.verdicts.append(
            EvidenceVerdict(
                statement_id=statement.id,
                evidence_id=evidence,
                sufficiency=Sufficiency(choice),
                note=words,
                changed_at=now,
            )
        )
    elif (given.sufficiency, given.note) == (choice, words):
        return
    else:
        given.sufficiency, given.note, given.changed_at = Sufficiency(choice), words, now
    assigning.start(assignment)
    record(
        by,
        "verdict:write",
        assignment,
        now=now,
        assignment=assignment.id,
        statement=statement.code,
        evidence=evidence,
    )


def _given(
    assignment: Assignment, statement: AskedStatement, evidence: int
) -> EvidenceVerdict | None:
    return next(
        (
            one
            for one in assignment.verdicts
            if one.statement_id == statement.id and one.evidence_id == evidence
        ),
        None,
    )
