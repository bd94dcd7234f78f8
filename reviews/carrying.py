"""Carrying over: what a city signed in its last round becomes answers to be confirmed in this."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models import Answer, Assessment, Citation, Submission, User, marks
from reviews import evidence
from reviews.assessments import taking_answers
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, save


class Carried(NamedTuple):
    """How many answers were taken over, and how many uses of evidence with them."""

    answers: int
    citations: int


def carry_over(
    assessment: Assessment,
    questionnaire: Questionnaire,
    last: Submission,
    before: Questionnaire,
    cited: Sequence[Citation],
    *,
    by: User,
    now: datetime,
) -> Carried | None:
    """Copy what a city signed in its last round into the answers it has not begun.

    `before` is the questionnaire of that round, `cited` what is cited there. A level that is not
    in the new scale is left out, and so is evidence that was removed from the library. None, and
    nothing done, where it was done before or there is nothing to copy. Raises NotNow.
    """
    taking_answers(assessment)
    if any(answer.carried_from is not None for answer in assessment.answers):
        return None
    there = {answer.statement_id: answer for answer in assessment.answers}
    signed = {row["statement"]: row for row in json.loads(last.document)["answers"]}
    carried = {}
    for statement in questionnaire.statements:
        old = before.anchored(statement.anchor)
        content = _content(statement, signed.get(old.code)) if old else {}
        answer = there.get(statement.id)
        if old is None or not any(content.values()) or (answer and answer.number):
            continue
        if answer is None:
            answer = Answer(statement_id=statement.id)
            assessment.answers.append(answer)
        save(answer, Sent(content, 0), Known(), by=by, now=now)
        answer.carried_from, answer.to_confirm = last, True
        carried[old.id] = statement
    if not carried:
        return None
    citations = _cite_again(assessment, carried, cited, by=by, now=now)
    record(
        by,
        "assessment:carry-over",
        assessment,
        now=now,
        round=last.assessment.round.slug,
        version=last.version,
        sha256=last.sha256,
        answers=len(carried),
        citations=citations,
    )
    return Carried(len(carried), citations)


def _content(statement: AskedStatement, signed: Mapping[str, Any] | None) -> dict[str, str]:
    if signed is None:
        return {}
    content = {name: str(signed[name]) for name in Answer.FIELDS}
    if content["mark"] not in statement.answer_marks:
        content["mark"] = marks.EMPTY
    return content


def _cite_again(
    assessment: Assessment,
    carried: Mapping[int, AskedStatement],
    cited: Sequence[Citation],
    *,
    by: User,
    now: datetime,
) -> int:
    """Cite the same documents under the statements, by the ids of the earlier ones."""
    count = 0
    for use in cited:
        statement = carried.get(use.statement_id)
        if statement is None or use.evidence.withdrawn_at is not None:
            continue
        if any(
            one.assessment is assessment
            and one.statement_id == statement.id
            and one.withdrawn_at is None
            for one in use.evidence.citations
        ):
            continue
        evidence.cite(
            use.evidence,
            assessment,
            statement,
            pointer=use.pointer,
            claim=use.claim,
            by=by,
            now=now,
        )
        count += 1
    return count
