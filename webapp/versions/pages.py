"""What the pages about signed versions show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext

from models import Assessment, Submission, marks
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.submissions import SignedEvidence
from reviews.versions import AnswerChange
from webapp.field_changes import FieldChange, field_changes
from webapp.places import Place


@dataclass(frozen=True)
class ChangedAnswer:
    """One answer that differs, in words."""

    code: str
    title: str
    fields: tuple[FieldChange, ...]
    evidence_gone: tuple[str, ...]
    evidence_new: tuple[str, ...]

    @classmethod
    def of(cls, change: AnswerChange) -> ChangedAnswer:
        return cls(
            code=change.statement.code,
            title=change.statement.title,
            fields=field_changes(change.before, change.after),
            evidence_gone=tuple(map(_named, change.evidence_gone)),
            evidence_new=tuple(map(_named, change.evidence_new)),
        )


def _named(evidence: SignedEvidence) -> str:
    facts = [evidence.title, evidence.address or evidence.file_name or "", evidence.pointer]
    if evidence.version > 1:
        facts.append(gettext("version %(number)d", number=evidence.version))
    return ", ".join(fact for fact in (*facts, evidence.claim) if fact)


@dataclass(frozen=True)
class ChangesPage:
    """The answers that differ between two versions. `later` is None for the draft."""

    title: str
    place: Place
    earlier: int
    later: int | None
    statements: int
    changes: tuple[ChangedAnswer, ...]
    template: ClassVar[str] = "versions/changes.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        questionnaire: Questionnaire,
        changes: Sequence[AnswerChange],
        *,
        earlier: int,
        later: int | None,
    ) -> ChangesPage:
        return cls(
            title=gettext("What changed since version %(number)d", number=earlier),
            place=Place.of(assessment),
            earlier=earlier,
            later=later,
            statements=len(questionnaire.statements),
            changes=tuple(map(ChangedAnswer.of, changes)),
        )


@dataclass(frozen=True)
class PrintedEvidence:
    """One piece of evidence on paper, with what it can be checked by."""

    title: str
    address: str | None
    file_name: str | None
    sha256: str | None
    pointer: str
    claim: str

    @classmethod
    def of(cls, signed: Mapping[str, Any]) -> PrintedEvidence:
        return cls(
            title=signed["title"],
            address=signed["address"],
            file_name=signed["file_name"],
            sha256=signed["sha256"],
            pointer=signed["pointer"],
            claim=signed.get("claim", ""),
        )


@dataclass(frozen=True)
class PrintedAnswer:
    code: str
    title: str
    statement: str
    mark: str
    level: str
    text: str
    remit_reason: str
    evidence: tuple[PrintedEvidence, ...]

    @classmethod
    def of(cls, statement: AskedStatement, signed: Mapping[str, Any]) -> PrintedAnswer:
        level = marks.level_of(signed["mark"])
        return cls(
            code=statement.code,
            title=statement.title,
            statement=statement.text,
            mark=signed["mark"],
            level=dict(statement.levels).get(level, "") if level is not None else "",
            text=signed["text"],
            remit_reason=signed["remit_reason"],
            evidence=tuple(map(PrintedEvidence.of, signed["evidence"])),
        )


@dataclass(frozen=True)
class PrintedCommitment:
    code: str
    title: str
    answers: tuple[PrintedAnswer, ...]


@dataclass(frozen=True)
class PrintedRole:
    title: str
    commitments: tuple[PrintedCommitment, ...]


@dataclass(frozen=True)
class PrintPage:
    """A signed version on paper: all of it, and what it can be checked by."""

    title: str
    place: Place
    version: int
    sha256: str
    signed_by: str
    signed_at: datetime
    moment: str
    instrument: str
    roles: tuple[PrintedRole, ...]
    template: ClassVar[str] = "versions/print.html"

    @classmethod
    def of(
        cls, assessment: Assessment, submission: Submission, questionnaire: Questionnaire
    ) -> PrintPage:
        signed = {row["statement"]: row for row in json.loads(submission.document)["answers"]}
        return cls(
            title=gettext(
                "%(city)s, %(round)s, signed version %(version)d",
                city=assessment.city.name,
                round=assessment.round.title,
                version=submission.version,
            ),
            place=Place.of(assessment),
            version=submission.version,
            sha256=submission.sha256,
            signed_by=submission.signed_by.name,
            signed_at=submission.signed_at,
            moment=submission.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            instrument=gettext(
                "%(title)s, version %(version)s",
                title=questionnaire.title,
                version=questionnaire.version,
            ),
            roles=tuple(
                PrintedRole(
                    title=role.title,
                    commitments=tuple(
                        PrintedCommitment(
                            code=part.code,
                            title=part.title,
                            answers=tuple(
                                PrintedAnswer.of(one, signed[one.code]) for one in part.statements
                            ),
                        )
                        for part in role.commitments
                    ),
                )
                for role in questionnaire.roles
            ),
        )
