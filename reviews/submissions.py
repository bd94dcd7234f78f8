"""The frozen forms of work: a canonical document, its hash, and packed scores."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models import Answer, Assessment, Assignment, Citation, Score, marks
from reviews.questionnaires import Questionnaire


def canonical(document: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spare space: the same document, the same characters."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def packed(questionnaire: Questionnaire, marked: Mapping[int, str]) -> bytes:
    """One signed byte per statement in the order of the instrument; `marked` by statement id."""
    levels = (
        marks.packed(marked.get(statement.id, marks.EMPTY))
        for statement in questionnaire.statements
    )
    return array("b", levels).tobytes()


def city_document(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Iterable[Answer],
    citations: Sequence[Citation],
) -> dict[str, Any]:
    """What a signatory signs. It holds no signer and no time, so its hash can be shown first."""
    by_statement = {answer.statement_id: answer for answer in answers}
    cited: dict[int, list[Citation]] = {}
    for citation in citations:
        cited.setdefault(citation.statement_id, []).append(citation)
    return {
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "version": assessment.version,
        "instrument": _named(questionnaire),
        "answers": [
            _answer(statement.code, by_statement.get(statement.id), cited.get(statement.id, []))
            for statement in questionnaire.statements
        ],
    }


def _answer(code: str, answer: Answer | None, cited: list[Citation]) -> dict[str, Any]:
    return {
        "statement": code,
        "mark": answer.mark if answer else marks.EMPTY,
        "text": answer.text if answer else "",
        "remit_reason": answer.remit_reason if answer else "",
        "evidence": [
            {
                "id": citation.evidence.id,
                "kind": citation.evidence.kind.value,
                "title": citation.evidence.title,
                "address": citation.evidence.address,
                "file_name": citation.evidence.file_name,
                "sha256": citation.evidence.sha256,
                "pointer": citation.pointer,
            }
            for citation in sorted(cited, key=lambda one: one.id)
        ],
    }


def review_document(
    assignment: Assignment, questionnaire: Questionnaire, scores: Iterable[Score]
) -> dict[str, Any]:
    """What a reviewer submits."""
    by_statement = {score.statement_id: score for score in scores}
    return {
        "assignment": assignment.id,
        "instrument": _named(questionnaire),
        "scores": [
            {
                "statement": statement.code,
                "mark": score.mark if (score := by_statement.get(statement.id)) else marks.EMPTY,
                "justification": score.justification if score else "",
            }
            for statement in questionnaire.statements
        ],
    }


def _named(questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "code": questionnaire.code,
        "version": questionnaire.version,
        "sha256": questionnaire.sha256,
    }
