"""What the pages of a self-assessment show."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import ClassVar

from flask_babel import gettext, lazy_gettext

from models import (
    Answer,
    Assessment,
    Citation,
    Confidentiality,
    Note,
    Part,
    Submission,
    User,
    marks,
)
from reviews import completeness
from reviews.completeness import AnswerState, Progress
from reviews.hints import Hint
from reviews.policy import Action, allowed
from reviews.queries.questions import Count
from reviews.queries.revisions import Change
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import content_of
from reviews.submissions import SignedEvidence
from webapp import filters
from webapp.assessments.forms import SignOffForm
from webapp.choices import for_city
from webapp.clock import now
from webapp.days import day_of
from webapp.field_changes import FieldChange, field_changes
from webapp.last_rounds import LastRound
from webapp.note_threads import NoteThread
from webapp.places import Place
from webapp.question_threads import QuestionsAt
from webapp.recommendations import OpenRecommendations
from webapp.responsibilities import NOBODY, Responsibilities, Share
from webapp.saves import fresh_key
from webapp.task_lists import RoleTasks, Task, only, task_list
from webapp.words import oddity_words, progress_words
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
    filters: tuple[Filter, ...]
    shares: tuple[Share, ...]
    notes: tuple[OpenNote, ...]
    notes_for_me: int
    instrument: tuple[str, str]
    hints: tuple[HintLine, ...]
    last_round: str
    versions: tuple[int, ...]
    sent_back_reason: str
    questions: Count | None
    recommendations: OpenRecommendations | None
    steps: AfterReview
    may_read_whole: bool
    may_manage: bool
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
        parts: Sequence[Part],
        notes: Sequence[Note],
        who: User,
        *,
        show: str = "all",
        hints: Sequence[Hint] = (),
        last_round: str = "",
        questions: Count | None = None,
        recommendations: OpenRecommendations | None = None,
    ) -> AssessmentPage:
        """`questionnaire` is what the person sees of it, `notes` are the open ones on that;
        `last_round` is the one whose answers could be taken over; `questions` are the team's."""
        missing = completeness.missing(questionnaire, answers)
        work = Responsibilities.among(parts, questionnaire, answers, who)
        groups = {
            "all": {one.code for one in questionnaire.statements},
            "mine": {code for code, one in work.of.items() if one.mine},
            "missing": {one.code for one in missing},
            "to-confirm": {
                one.code for one in missing if answers.get(one.id, completeness.NOTHING).to_confirm
            },
        }
        codes = {one.id: one.code for one in questionnaire.statements}
        open_notes = tuple(OpenNote.of(one, codes[one.statement_id], who) for one in notes)
        at = now()
        whole = allowed(who, Action.ASSESSMENT_READ, assessment, at)
        manages = allowed(who, Action.COLLEAGUE_READ, assessment, at)
        return cls(
            title=gettext("Self-assessment of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            roles=only(
                task_list(questionnaire, lambda one: _task(one, answers, work)), groups[show]
            ),
            complete=len(questionnaire.statements) - len(missing),
            statements=len(questionnaire.statements),
            missing=missing,
            filters=tuple(
                Filter(name, str(words), len(groups[name]), chosen=name == show)
                for name, words in FILTERS.items()
                if groups[name] or name != "to-confirm"
            ),
            shares=work.shares if manages else (),
            notes=tuple(sorted(open_notes, key=lambda one: not one.for_me)),
            notes_for_me=sum(one.for_me for one in open_notes),
            instrument=(questionnaire.code, questionnaire.version),
            hints=tuple(map(HintLine.of, hints)),
            last_round=(
                last_round if allowed(who, Action.ASSESSMENT_CARRY_OVER, assessment, at) else ""
            ),
            versions=tuple(one.version for one in assessment.submissions) if whole else (),
            # The reason speaks of the whole assessment, so it is for those who see all of it.
            sent_back_reason=assessment.sent_back_reason if whole else "",
            questions=questions,
            recommendations=recommendations,
            steps=AfterReview.of(assessment, who),
            may_read_whole=whole,
            may_manage=manages,
            may_write=allowed(who, Action.ANSWER_WRITE, assessment, at),
            may_lock=allowed(who, Action.ASSESSMENT_LOCK, assessment, at),
            may_unlock=allowed(who, Action.ASSESSMENT_UNLOCK, assessment, at),
            may_sign=allowed(who, Action.ASSESSMENT_SIGN, assessment, at),
        )


@dataclass(frozen=True)
class AfterReview:
    """What there is for a city once it has signed: whether it is named in public, the visit, then
    the report, its reply, its plan, its benchmark, its files to take away."""

    visit: bool
    report: bool
    reply: bool
    plan: bool
    benchmark: bool
    files: bool
    consent: bool

    @classmethod
    def of(cls, assessment: Assessment, who: User) -> AfterReview:
        at = now()
        return cls(
            visit=allowed(who, Action.VISIT_READ, assessment, at),
            report=allowed(who, Action.REPORT_READ, assessment, at),
            reply=allowed(who, Action.REPLY_READ, assessment, at),
            plan=allowed(who, Action.PLAN_READ, assessment, at),
            benchmark=allowed(who, Action.CITY_BENCHMARK_READ, assessment, at),
            files=allowed(who, Action.CITY_PRINTOUT_READ, assessment, at),
            consent=allowed(who, Action.CONSENT_READ, assessment, at),
        )


FILTERS = {
    "all": lazy_gettext("All"),
    "mine": lazy_gettext("Mine"),
    "missing": lazy_gettext("Missing"),
    "to-confirm": lazy_gettext("To be confirmed"),
}
"""What may follow `?show=`, in words."""


@dataclass(frozen=True)
class Filter:
    """A link that shows some statements only, with how many those are."""

    name: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class HintLine:
    """A statement to look at again, and why."""

    code: str
    title: str
    words: str

    @classmethod
    def of(cls, hint: Hint) -> HintLine:
        return cls(hint.statement.code, hint.statement.title, oddity_words(hint.oddity))


@dataclass(frozen=True)
class OpenNote:
    """A note that waits, as a line of the task list."""

    code: str
    excerpt: str
    by: str
    at: datetime
    for_me: bool

    @classmethod
    def of(cls, note: Note, code: str, who: User) -> OpenNote:
        return cls(
            code=code,
            excerpt=shorten(note.text, 120, placeholder=" …"),
            by=note.written_by.name,
            at=note.written_at,
            for_me=any(one.person is who for one in note.mentions),
        )


def _task(
    statement: AskedStatement, answers: Mapping[int, AnswerState], work: Responsibilities
) -> Task:
    answer = answers.get(statement.id, completeness.NOTHING)
    progress = completeness.progress_of(answer)
    return Task(
        code=statement.code,
        title=statement.title,
        done=filters.mark(answer.mark) if progress is Progress.COMPLETE else "",
        state=progress_words(progress),
        begun=progress in (Progress.DRAFT, Progress.TO_CONFIRM),
        responsible=work.of.get(statement.code, NOBODY).words,
    )


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence under a statement."""

    citation_id: int
    evidence_id: int
    number: int
    version: int
    title: str
    address: str | None
    file_name: str | None
    size: int | None
    pointer: str
    claim: str
    city_only: bool
    out_of_date: bool

    @classmethod
    def of(cls, citation: Citation) -> EvidenceLine:
        one = citation.evidence
        current = one.current
        return cls(
            citation_id=citation.id,
            evidence_id=one.id,
            number=one.number,
            version=current.number,
            title=one.title,
            address=current.address,
            file_name=current.file_name,
            size=current.size,
            pointer=citation.pointer,
            claim=citation.claim,
            city_only=one.confidentiality is Confidentiality.CITY,
            out_of_date=one.valid_until is not None and one.valid_until < day_of(now()),
        )


@dataclass(frozen=True)
class AnswerPage:
    """One statement and the city's answer to it."""

    title: str
    place: Place
    sheet: Worksheet
    evidence: tuple[EvidenceLine, ...]
    may_read_library: bool
    notes: NoteThread | None
    present: str
    last: LastRound | None
    to_confirm: str
    next_to_confirm: AskedStatement | None
    notes_alone: bool = False
    questions: QuestionsAt | None = None
    recommendations: OpenRecommendations | None = None
    template: ClassVar[str] = "assessments/answer.html"

    @property
    def code(self) -> str:
        return self.sheet.statement.code

    @classmethod
    def of(
        cls,
        answer: Answer,
        statement: AskedStatement,
        questionnaire: Questionnaire,
        citations: Sequence[Citation],
        who: User,
        attempt: Attempt = NO_ATTEMPT,
        *,
        notes: NoteThread | None = None,
        present: str = "",
        last: LastRound | None = None,
        unconfirmed: Collection[int] = (),
        questions: QuestionsAt | None = None,
        recommendations: OpenRecommendations | None = None,
    ) -> AnswerPage:
        """`unconfirmed` are the ids of the statements whose answers are to be confirmed."""
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
            may_read_library=allowed(who, Action.LIBRARY_READ, answer.assessment, now()),
            notes=notes,
            present=present,
            last=last,
            to_confirm=(
                answer.carried_from.assessment.round.title
                if answer.to_confirm and answer.carried_from
                else ""
            ),
            next_to_confirm=_next(statement, questionnaire, unconfirmed),
            questions=questions,
            recommendations=recommendations,
        )


def _next(
    statement: AskedStatement, questionnaire: Questionnaire, wanted: Collection[int]
) -> AskedStatement | None:
    """The next of some statements, from the beginning again after the last one."""
    place = questionnaire.statements.index(statement)
    around = questionnaire.statements[place + 1 :] + questionnaire.statements[:place]
    return next((one for one in around if one.id in wanted), None)


@dataclass(frozen=True)
class SaveLine:
    """One save: what it changed, and all that was stored after it. `round` is the one that it
    was taken over from."""

    number: int
    by: str
    at: datetime
    round: str
    changes: tuple[FieldChange, ...]
    content: Mapping[str, str]
    may_restore: bool


@dataclass(frozen=True)
class HistoryPage:
    """The saves of one answer, the latest first; `older` is the number to go on from."""

    title: str
    place: Place
    statement: AskedStatement
    base: int
    key: str
    saves: tuple[SaveLine, ...]
    older: int | None
    template: ClassVar[str] = "assessments/history.html"

    @classmethod
    def of(
        cls,
        answer: Answer,
        statement: AskedStatement,
        changes: Sequence[Change],
        who: User,
        *,
        most: int,
    ) -> HistoryPage:
        """`changes` are `most` saves and, where there is one, the save before them."""
        may_write = allowed(who, Action.ANSWER_WRITE, answer.assessment, now())
        carried = answer.carried_from.assessment.round.title if answer.carried_from else ""
        empty = dict.fromkeys(Answer.FIELDS, "")
        before = [*(one.content for one in changes[1:]), empty]
        return cls(
            title=gettext("History of %(code)s", code=statement.code),
            place=Place.of(answer.assessment),
            statement=statement,
            base=answer.number,
            key=fresh_key(),
            saves=tuple(
                SaveLine(
                    number=one.number,
                    by=one.by,
                    at=one.at,
                    round=carried if one.number == 1 else "",
                    changes=field_changes(earlier, one.content),
                    content=one.content,
                    may_restore=may_write and one.content != content_of(answer),
                )
                for one, earlier in zip(changes[:most], before, strict=False)
            ),
            older=changes[most - 1].number if len(changes) > most else None,
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
    evidence: tuple[SignedEvidence, ...]


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
                evidence=tuple(map(SignedEvidence.of, one["evidence"])),
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
    hints: tuple[HintLine, ...]
    last_signed: int | None
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
        hints: Sequence[Hint] = (),
        error: str = "",
    ) -> SignOffPage:
        earlier = [one.version for one in assessment.submissions]
        return cls(
            title=gettext("Sign the self-assessment of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            version=assessment.version,
            sha256=sha256,
            answers=frozen_answers(document, questionnaire),
            hints=tuple(map(HintLine.of, hints)),
            last_signed=earlier[-1] if earlier and earlier[-1] < assessment.version else None,
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
    may_compare: bool
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
            may_compare=(
                submission.version > 1
                and allowed(who, Action.SUBMISSION_READ_EARLIER, assessment, now())
            ),
            may_send_back=latest and allowed(who, Action.ASSESSMENT_SEND_BACK, assessment, now()),
            may_open_review=latest and allowed(who, Action.REVIEW_OPEN, assessment, now()),
        )
