"""A city's self-assessment: answered, locked, signed, sent back, taken into review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import (
    Answer,
    Assessment,
    AssessmentState,
    Revision,
    RoundState,
    Submission,
    User,
)
from reviews import completeness, submissions, texts
from reviews.completeness import AnswerState
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.journal import record
from reviews.machine import Machine, Step
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, save

Draft, Locked = AssessmentState.DRAFT, AssessmentState.LOCKED
Submitted, InReview = AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW

# fmt: off
LIFE = Machine(Draft, [
    Step("lock",        Draft,     Locked),
    Step("unlock",      Locked,    Draft),
    Step("sign_off",    Locked,    Submitted),
    Step("send_back",   Submitted, Draft),
    Step("open_review", Submitted, InReview),
], refusals={
    Draft:     "The city is still working on its assessment.",
    Locked:    "The assessment is locked for sign-off.",
    Submitted: "The assessment is signed and submitted.",
    InReview:  "The assessment is under review.",
})
# fmt: on


def save_answer(
    answer: Answer, statement: AskedStatement, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Write down the city's answer to one statement; an answer that was taken over is confirmed
    by it. Raises as saving.save does, and NotNow."""
    taking_answers(answer.assessment)
    if sent.content.get("mark", "") not in statement.answer_marks:
        raise Unusable("Choose one of the levels of this statement.", field="mark")
    revision = save(answer, _typed(sent), known, by=by, now=now)
    if revision is None:
        confirm(answer, statement, by=by, now=now)
    elif revision is not known.under_key:
        answer.to_confirm = False
        record(by, "answer:write", answer.assessment, now=now, statement=statement.code)
    return revision


def confirm(answer: Answer, statement: AskedStatement, *, by: User, now: datetime) -> None:
    """Say that an answer taken over from the last round still holds; twice counts once."""
    taking_answers(answer.assessment)
    if answer.to_confirm:
        answer.to_confirm = False
        record(by, "answer:confirm", answer.assessment, now=now, statement=statement.code)


def taking_answers(assessment: Assessment) -> None:
    """Raise NotNow unless the answers of a city can change."""
    if assessment.state is not Draft:
        raise NotNow("Answers are closed once the assessment is locked.")
    if assessment.round.state is not RoundState.OPEN:
        raise NotNow("The round is not open.")


def _typed(sent: Sent) -> Sent:
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    return Sent(content, sent.base, sent.key)


def lock(assessment: Assessment, questionnaire: Questionnaire, *, by: User, now: datetime) -> None:
    """Close the answers for sign-off. Raises Incomplete with the codes that lack an answer."""
    target = LIFE.after(assessment.state, "lock")
    if assessment.round.state is not RoundState.OPEN:
        raise NotNow("The round is not open.")
    gaps = completeness.missing(questionnaire, states_of(assessment))
    if gaps:
        raise Incomplete(
            "%(count)d statements have no complete answer yet.",
            missing=[statement.code for statement in gaps],
            count=len(gaps),
        )
    assessment.state = target
    record(by, "assessment:lock", assessment, now=now, version=assessment.version)


def states_of(assessment: Assessment) -> dict[int, AnswerState]:
    """What completeness needs to know of each answer, by statement id."""
    return {
        answer.statement_id: AnswerState(
            answer.mark,
            bool(answer.text.strip()),
            bool(answer.remit_reason.strip()),
            answer.to_confirm,
        )
        for answer in assessment.answers
    }


def unlock(assessment: Assessment, *, by: User, now: datetime) -> None:
    """Open the answers again, before anybody has signed."""
    assessment.state = LIFE.after(assessment.state, "unlock")
    record(by, "assessment:unlock", assessment, now=now, version=assessment.version)


def sign_off(
    assessment: Assessment,
    questionnaire: Questionnaire,
    document: Mapping[str, Any],
    *,
    shown: str,
    by: User,
    now: datetime,
) -> Submission:
    """Freeze the locked version under the hash that the signatory saw.

    Raises Stale when `shown` is not the hash of the document as it is now.
    """
    target = LIFE.after(assessment.state, "sign_off")
    text = submissions.canonical(document)
    if submissions.sha256(text) != shown:
        raise Stale(
            "The assessment has changed since you opened this page. Read it again before you sign.",
            theirs={},
            number=assessment.version,
        )
    submission = Submission(
        version=assessment.version,
        document=text,
        sha256=shown,
        packed=submissions.packed(
            questionnaire, {answer.statement_id: answer.mark for answer in assessment.answers}
        ),
        signed_by=by,
        signed_at=now,
    )
    assessment.submissions.append(submission)
    assessment.state = target
    record(by, "assessment:sign", assessment, now=now, version=submission.version, sha256=shown)
    return submission


def send_back(assessment: Assessment, *, reason: str, by: User, now: datetime) -> None:
    """Return a signed assessment to the city; its next version starts as a copy."""
    target = LIFE.after(assessment.state, "send_back")
    assessment.sent_back_reason = texts.reason(reason)
    assessment.version += 1
    assessment.state = target
    record(by, "assessment:send-back", assessment, now=now, version=assessment.version)


def open_review(assessment: Assessment, *, by: User, now: datetime) -> None:
    """Hand the signed version to the reviewers. From here on it cannot be sent back."""
    assessment.state = LIFE.after(assessment.state, "open_review")
    record(by, "review:open", assessment, now=now, version=assessment.version)


def counted(assessment: Assessment) -> Submission | None:
    """The signed version that reviewers see and that counts: the latest, once signed again."""
    if assessment.state in (Draft, Locked) or not assessment.submissions:
        return None
    return assessment.submissions[-1]
