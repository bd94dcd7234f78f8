"""Independent scoring: a reviewer gives each statement a level and sees nobody else's."""

from __future__ import annotations

from datetime import datetime

from models import (
    AssessmentState,
    Assignment,
    AssignmentState,
    ReviewSubmission,
    Revision,
    Score,
    User,
    marks,
)
from reviews import assigning, submissions, texts
from reviews.errors import Incomplete, NotNow, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Known, Sent, save


def give_score(
    score: Score, statement: AskedStatement, sent: Sent, known: Known, *, by: User, now: datetime
) -> Revision | None:
    """Write down a reviewer's own view of one statement. Raises as saving.save does."""
    assignment = score.assignment
    _at_work(assignment)
    if sent.content.get("mark", "") not in statement.score_marks:
        raise Unusable("Choose one of the levels of this statement.", field="mark")
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
    judged = {score.statement_id for score in assignment.scores if score.mark != marks.EMPTY}
    return tuple(one for one in questionnaire.statements if one.id not in judged)


def submit(
    assignment: Assignment, questionnaire: Questionnaire, *, by: User, now: datetime
) -> ReviewSubmission:
    """Freeze a finished review. Raises Incomplete with the codes that have no score."""
    _at_work(assignment)
    gaps = without_score(assignment, questionnaire)
    if gaps:
        raise Incomplete(
            "%(count)d statements have no score yet.",
            missing=[statement.code for statement in gaps],
            count=len(gaps),
        )
    document = submissions.canonical(
        submissions.review_document(assignment, questionnaire, assignment.scores)
    )
    submission = ReviewSubmission(
        document=document,
        sha256=submissions.sha256(document),
        packed=submissions.packed(
            questionnaire, {score.statement_id: score.mark for score in assignment.scores}
        ),
        submitted_at=now,
    )
    assignment.submission = submission
    assigning.finish(assignment)
    record(by, "review:submit", assignment, now=now, assignment=assignment.id)
    return submission


def _at_work(assignment: Assignment) -> None:
    if assignment.assessment.state is not AssessmentState.IN_REVIEW:
        raise NotNow("The review of this city has not been opened yet.")
    if assignment.assessment.consensus is not None:
        raise NotNow("Scores are closed once consensus is open.")
    if assignment.state not in (AssignmentState.ACCEPTED, AssignmentState.DRAFTING):
        raise NotNow(assigning.LIFE.refusals[assignment.state])
