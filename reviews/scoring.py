"""Independent scoring: a reviewer gives each statement a level and sees nobody else's."""

from __future__ import annotations

from datetime import datetime

from models import (
    CONFIDENCES,
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    ReviewSubmission,
    Revision,
    Score,
    User,
    marks,
)
from reviews import assessments, assigning, submissions, texts
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, save

_AT_WORK = (AssignmentState.ACCEPTED, AssignmentState.DRAFTING)


def give_score(
    score: Score, statement: AskedStatement, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Write down a reviewer's own view of one statement. Raises as saving.save does."""
    assignment = score.assignment
    at_work(assignment)
    for field in ("mark", "visit_mark"):
        if sent.content.get(field, marks.EMPTY) not in statement.score_marks:
            raise Unusable("Choose one of the levels of this statement.", field=field)
    if sent.content.get("confidence", "") not in ("", *CONFIDENCES):
        raise Unusable("Say how sure you are: low, medium or high.", field="confidence")
    content = {name: texts.typed(text, field=name) for name, text in sent.content.items()}
    revision = save(score, Sent(content, sent.base, sent.key), known, by=by, now=now)
    if revision is not None and revision is not known.under_key:
        assigning.start(assignment)
        record(
            by,
            "score:write",
            assignment,
            now=now,
            assignment=assignment.id,
            statement=statement.code,
        )
    return revision


def without_score(
    assignment: Assignment, questionnaire: Questionnaire
) -> tuple[AskedStatement, ...]:
    """The statements that the reviewer has not judged yet."""
    judged = {score.statement_id for score in assignment.scores if score.view.mark != marks.EMPTY}
    return tuple(one for one in questionnaire.statements if one.id not in judged)


def lacks_words(mark: str, *, has_text: bool, city: str) -> bool:
    """Whether a reviewer still has to say why: where the mark that counts is another one than
    the city's own."""
    return mark not in (marks.EMPTY, city) and not has_text


def without_justification(
    assignment: Assignment, questionnaire: Questionnaire
) -> tuple[AskedStatement, ...]:
    """The statements where the reviewer departs from the city without a word."""
    signed = assessments.counted(assignment.assessment)
    own = submissions.unpacked(signed.packed if signed else b"", missing=marks.EMPTY)
    views = {score.statement_id: score.view for score in assignment.scores}
    return tuple(
        one
        for one, city in zip(questionnaire.statements, own, strict=True)
        if (view := views.get(one.id))
        and lacks_words(view.mark, has_text=bool(view.justification.strip()), city=city)
    )


def city_levels_hidden(assessment: Assessment, who: User | None) -> bool:
    """Whether a person has yet to give levels of their own before the city's are shown whole."""
    return assessment.round.blind and any(
        one.reviewer is who and one.state in _AT_WORK for one in assessment.assignments
    )


def submit(
    assignment: Assignment, questionnaire: Questionnaire, *, by: User, now: datetime
) -> ReviewSubmission:
    """Freeze a finished review. Raises Incomplete with the codes that have no score, or else
    with those that need a justification."""
    at_work(assignment)
    gaps = without_score(assignment, questionnaire)
    if gaps:
        raise Incomplete(
            "%(count)d statements have no score yet.",
            missing=[statement.code for statement in gaps],
            count=len(gaps),
        )
    silent = without_justification(assignment, questionnaire)
    if silent:
        raise Incomplete(
            "%(count)d scores differ from the city's and need a justification.",
            missing=[statement.code for statement in silent],
            count=len(silent),
        )
    document = submissions.canonical(
        submissions.review_document(assignment, questionnaire, assignment.scores)
    )
    submission = ReviewSubmission(
        document=document,
        sha256=submissions.sha256(document),
        packed=submissions.packed(
            questionnaire, {score.statement_id: score.view.mark for score in assignment.scores}
        ),
        submitted_at=now,
    )
    assignment.submission = submission
    assigning.finish(assignment)
    record(by, "review:submit", assignment, now=now, assignment=assignment.id)
    return submission


def at_work(assignment: Assignment) -> None:
    """Raise NotNow unless a reviewer is scoring just now."""
    if assignment.assessment.state is not AssessmentState.IN_REVIEW:
        raise NotNow("The review of this city has not been opened yet.")
    if assignment.assessment.consensus is not None:
        raise NotNow("Scores are closed once consensus is open.")
    if assignment.state not in _AT_WORK:
        raise NotNow(assigning.LIFE.refusals[assignment.state])
