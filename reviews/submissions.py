"""The frozen forms of work: a canonical document, its hash, and packed scores."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from models import (
    Answer,
    Assessment,
    Assignment,
    Citation,
    Confidentiality,
    EvidenceVerdict,
    Score,
    Sufficiency,
    View,
    counted,
    marks,
)
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


def unpacked(packed: bytes, *, missing: str) -> tuple[str, ...]:
    """The marks behind the bytes; `missing` is the mark for a byte without a level."""
    words = {
        marks.PACKED_NOT_APPLICABLE: marks.NOT_OUR_COMPETENCE,
        marks.PACKED_MISSING: missing,
    }
    return tuple(words.get(level, str(level)) for level in array("b", packed))


def city_document(
    assessment: Assessment,
    questionnaire: Questionnaire,
    answers: Iterable[Answer],
    citations: Sequence[Citation],
) -> dict[str, Any]:
    """What a signatory signs. It holds no signer and no time, so its hash can be shown first.

    Evidence that only the city may see is left out: reviewers and coordinators read this.
    """
    by_statement = {answer.statement_id: answer for answer in answers}
    cited: dict[int, list[Citation]] = {}
    for citation in citations:
        if citation.evidence.confidentiality is Confidentiality.CITY:
            continue
        cited.setdefault(citation.statement_id, []).append(citation)
    return {
        "round": assessment.round.slug,
        "city": assessment.city.slug,
        "version": assessment.version,
        "instrument": named(questionnaire),
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
        "evidence": [cited_as(citation) for citation in sorted(cited, key=lambda one: one.id)],
    }


def cited_as(citation: Citation) -> dict[str, Any]:
    """One use of evidence, with the version that it has now."""
    evidence = citation.evidence
    version = evidence.current
    return {
        "id": evidence.id,
        "version": version.number,
        "kind": version.kind.value,
        "title": evidence.title,
        "document_kind": evidence.document_kind.value,
        "language": evidence.language,
        "abstract": evidence.abstract,
        "valid_until": evidence.valid_until.isoformat() if evidence.valid_until else None,
        "confidentiality": evidence.confidentiality.value,
        "address": version.address,
        "file_name": version.file_name,
        "sha256": version.sha256,
        "pointer": citation.pointer,
        "claim": citation.claim,
    }


@dataclass(frozen=True)
class SignedEvidence:
    """One use of evidence as a signed document names it, for whoever reads that document.

    Documents that were signed before evidence had versions name the first one, and fewer facts.
    """

    id: int
    title: str
    address: str | None
    file_name: str | None
    pointer: str
    version: int = 1
    claim: str = ""
    abstract: str = ""
    language: str = ""
    valid_until: date | None = None

    @classmethod
    def of(cls, signed: Mapping[str, Any]) -> SignedEvidence:
        known = {one.name for one in fields(cls)}
        facts = {name: fact for name, fact in signed.items() if name in known}
        if facts.get("valid_until"):
            facts["valid_until"] = date.fromisoformat(facts["valid_until"])
        return cls(**facts)


def review_document(
    assignment: Assignment, questionnaire: Questionnaire, scores: Iterable[Score]
) -> dict[str, Any]:
    """What a reviewer submits: each view whole, and what was found in the evidence."""
    by_statement = {score.statement_id: score for score in scores}
    found: dict[int, list[EvidenceVerdict]] = {}
    for verdict in assignment.verdicts:
        found.setdefault(verdict.statement_id, []).append(verdict)
    return {
        "assignment": assignment.id,
        "instrument": named(questionnaire),
        "scores": [
            _score(statement.code, by_statement.get(statement.id), found.get(statement.id, []))
            for statement in questionnaire.statements
        ],
    }


def _score(code: str, score: Score | None, found: list[EvidenceVerdict]) -> dict[str, Any]:
    content = {name: getattr(score, name) if score else "" for name in Score.FIELDS}
    verdicts = [
        {"evidence": one.evidence_id, "sufficiency": one.sufficiency.value, "note": one.note}
        for one in sorted(found, key=lambda one: one.evidence_id)
    ]
    return {"statement": code, **content, "verdicts": verdicts}


@dataclass(frozen=True)
class SubmittedVerdict:
    """What a reviewer found in one piece of evidence, as it was submitted."""

    evidence: int
    sufficiency: Sufficiency
    note: str


@dataclass(frozen=True)
class SubmittedScore:
    """One score as a submitted document names it, for whoever reads that document.

    Documents from before there was a view after the visit name the one from the desk only.
    """

    desk: View
    visit: View
    confidence: str
    verdicts: tuple[SubmittedVerdict, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> SubmittedScore:
        return cls(
            desk=View(row["mark"], row["justification"]),
            visit=View(row.get("visit_mark", marks.EMPTY), row.get("visit_justification", "")),
            confidence=row.get("confidence", ""),
            verdicts=tuple(
                SubmittedVerdict(one["evidence"], Sufficiency(one["sufficiency"]), one["note"])
                for one in row.get("verdicts", ())
            ),
        )

    @property
    def view(self) -> View:
        """The mark that counts, with its words."""
        return counted(self.desk, self.visit)


def named(questionnaire: Questionnaire) -> dict[str, Any]:
    """Which instrument a document is about."""
    return {
        "code": questionnaire.code,
        "version": questionnaire.version,
        "sha256": questionnaire.sha256,
    }
