"""What the pages of a self-assessment show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Answer, Assessment, Citation, EvidenceKind, Submission, User, marks
from reviews import completeness
from reviews.completeness import AnswerState, Progress
from reviews.policy import Action, allowed
from reviews.queries.revisions import Change
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp import filters
from webapp.assessments.forms import SignOffForm
from webapp.choices import for_city
from webapp.clock import now
from webapp.places import Place
from webapp.task_lists import RoleTasks, Task, task_list
from webapp.words import progress_words
from webapp.worksheets import NO_ATTEMPT, Attempt, Worksheet


@dataclass(frozen=True)
class AssessmentPage:
    """The task list of a city."""

    title: str
    place: Place
    roles: tuple[RoleTasks, ...]
    complete: int
    statements: int
    missing: tuple[AskedStatement, ...]
    versions: tuple[int, ...]
    sent_back_reason: str
    may_write: bool
    may_lock: bool
    may_unlock: bool
    may_sign: bool
    template: ClassVar[str] = "assessments/assessment.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        questionnaire: Questionnaire,
        answers: Mapping[int, AnswerState],
        who: User,
    ) -> AssessmentPage:
        missing = completeness.missing(questionnaire, answers)
        at = now()
        return cls(
            title=gettext("Self-assessment of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            roles=task_list(questionnaire, lambda one: _task(one, answers)),
            complete=len(questionnaire.statements) - len(missing),
            statements=len(questionnaire.statements),
            missing=missing,
            versions=tuple(one.version for one in assessment.submissions),
            sent_back_reason=assessment.sent_back_reason,
            may_write=allowed(who, Action.ANSWER_WRITE, assessment, at),
            may_lock=allowed(who, Action.ASSESSMENT_LOCK, assessment, at),
            may_unlock=allowed(who, Action.ASSESSMENT_UNLOCK, assessment, at),
            may_sign=allowed(who, Action.ASSESSMENT_SIGN, assessment, at),
        )


def _task(statement: AskedStatement, answers: Mapping[int, AnswerState]) -> Task:
    answer = answers.get(statement.id, completeness.NOTHING)
    progress = completeness.progress_of(answer)
    return Task(
        code=statement.code,
        title=statement.title,
        done=filters.mark(answer.mark) if progress is Progress.COMPLETE else "",
        state=progress_words(progress),
        begun=progress is Progress.DRAFT,
    )


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence under a statement."""

    citation_id: int
    evidence_id: int
    title: str
    address: str | None
    file_name: str | None
    size: int | None
    pointer: str

    @classmethod
    def of(cls, citation: Citation) -> EvidenceLine:
        one = citation.evidence
        link = one.kind is EvidenceKind.LINK
        return cls(
            citation_id=citation.id,
            evidence_id=one.id,
            title=one.title,
            address=one.address if link else None,
            file_name=one.file_name,
            size=one.size,
            pointer=citation.pointer,
        )


@dataclass(frozen=True)
class AnswerPage:
    """One statement and the city's answer to it."""

    title: str
    place: Place
    sheet: Worksheet
    evidence: tuple[EvidenceLine, ...]
    template: ClassVar[str] = "assessments/answer.html"

    @classmethod
    def of(
        cls,
        answer: Answer,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        citations: Sequence[Citation],
        who: User,
        attempt: Attempt = NO_ATTEMPT,
    ) -> AnswerPage:
        sheet = Worksheet.of(
            answer,
            statement,
            questionnaire,
            who,
            may_write=allowed(who, Action.ANSWER_WRITE, answer.assessment, now()),
            choose=for_city,
            attempt=attempt,
        )
        return cls(
            title=sheet.title,
            place=Place.of(answer.assessment),
            sheet=sheet,
            evidence=tuple(map(EvidenceLine.of, citations)),
        )


@dataclass(frozen=True)
class HistoryPage:
    title: str
    place: Place
    statement: AskedStatement
    changes: Sequence[Change]
    template: ClassVar[str] = "assessments/history.html"

    @classmethod
    def of(
        cls, assessment: Assessment, statement: AskedStatement, changes: Sequence[Change]
    ) -> HistoryPage:
        return cls(
            title=gettext("History of %(code)s", code=statement.code),
            place=Place.of(assessment),
            statement=statement,
            changes=changes,
        )


@dataclass(frozen=True)
class FrozenAnswer:
    """One answer of a document that is signed, or about to be."""

    code: str
    title: str
    mark: str
    level_text: str
    text: str
    remit_reason: str
    evidence: tuple[Mapping[str, str], ...]


def frozen_answers(
    document: Mapping[str, object], questionnaire: Questionnaire
) -> tuple[FrozenAnswer, ...]:
    """The answers of a document as it was hashed, in the order of the instrument."""
    rows = []
    for one in document["answers"]:  # type: ignore[attr-defined]
        statement = questionnaire.statement(one["statement"])
        if statement is None:
            raise LookupError(f"{one['statement']} is not in the instrument of this document")
        level = marks.level_of(one["mark"])
        rows.append(
            FrozenAnswer(
                code=statement.code,
                title=statement.title,
                mark=one["mark"],
                level_text=dict(statement.levels).get(level, "") if level is not None else "",
                text=one["text"],
                remit_reason=one["remit_reason"],
                evidence=tuple(one["evidence"]),
            )
        )
    return tuple(rows)


@dataclass(frozen=True)
class SignOffPage:
    """What the signatory is about to sign, with its hash."""

    title: str
    place: Place
    version: int
    sha256: str
    answers: tuple[FrozenAnswer, ...]
    form: SignOffForm
    may_sign: bool
    may_unlock: bool
    error: str = ""
    template: ClassVar[str] = "assessments/sign_off.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        questionnaire: Questionnaire,
        document: Mapping[str, object],
        sha256: str,
        form: SignOffForm,
        who: User,
        *,
        error: str = "",
    ) -> SignOffPage:
        return cls(
            title=gettext("Sign the self-assessment of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            version=assessment.version,
            sha256=sha256,
            answers=frozen_answers(document, questionnaire),
            form=form,
            may_sign=allowed(who, Action.ASSESSMENT_SIGN, assessment, now()),
            may_unlock=allowed(who, Action.ASSESSMENT_UNLOCK, assessment, now()),
            error=error,
        )


@dataclass(frozen=True)
class SubmissionPage:
    """A signed version: the receipt, and all that was signed."""

    title: str
    place: Place
    version: int
    sha256: str
    signed_by: str
    signed_at: datetime
    answers: tuple[FrozenAnswer, ...]
    may_send_back: bool
    may_open_review: bool
    template: ClassVar[str] = "assessments/submission.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        submission: Submission,
        questionnaire: Questionnaire,
        who: User,
    ) -> SubmissionPage:
        latest = submission.version == assessment.version
        return cls(
            title=gettext(
                "%(city)s, signed version %(version)d",
                city=assessment.city.name,
                version=submission.version,
            ),
            place=Place.of(assessment),
            version=submission.version,
            sha256=submission.sha256,
            signed_by=submission.signed_by.name,
            signed_at=submission.signed_at,
            answers=frozen_answers(json.loads(submission.document), questionnaire),
            may_send_back=latest and allowed(who, Action.ASSESSMENT_SEND_BACK, assessment, now()),
            may_open_review=latest and allowed(who, Action.REVIEW_OPEN, assessment, now()),
        )
