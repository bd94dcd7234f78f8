"""What changed between two versions of a city's assessment, signed or still a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models import Answer
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.submissions import SignedEvidence


@dataclass(frozen=True)
class AnswerChange:
    """One answer that differs; `before` and `after` hold only the fields that do."""

    statement: AskedStatement
    before: Mapping[str, str]
    after: Mapping[str, str]
    evidence_gone: tuple[SignedEvidence, ...]
    evidence_new: tuple[SignedEvidence, ...]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], questionnaire: Questionnaire
) -> tuple[AnswerChange, ...]:
    """The answers that differ between two documents (submissions.city_document), in order."""
    old, new = _by_code(before), _by_code(after)
    found = (
        _change(statement, old[statement.code], new[statement.code])
        for statement in questionnaire.statements
    )
    return tuple(one for one in found if one is not None)


def _by_code(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {row["statement"]: row for row in document["answers"]}


def _change(
    statement: AskedStatement, old: Mapping[str, Any], new: Mapping[str, Any]
) -> AnswerChange | None:
    fields = [name for name in Answer.FIELDS if old[name] != new[name]]
    was = tuple(map(SignedEvidence.of, old["evidence"]))
    is_now = tuple(map(SignedEvidence.of, new["evidence"]))
    gone = tuple(one for one in was if one not in is_now)
    added = tuple(one for one in is_now if one not in was)
    if not (fields or gone or added):
        return None
    return AnswerChange(
        statement,
        {name: old[name] for name in fields},
        {name: new[name] for name in fields},
        gone,
        added,
    )
