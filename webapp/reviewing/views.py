"""A reviewer's own review: the invitation, the scores, their submission, the receipt."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assignment, AssignmentState, Score, marks
from reviews import assigning, scoring, verdicts
from reviews.errors import Incomplete, KeyReused, Stale, Unusable
from reviews.policy import Action, Verdict, allowed, verdict
from reviews.queries import revisions, scores
from reviews.questionnaires import AskedStatement
from reviews.saving import Sent
from webapp import loaders, visit_notes
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, Refused, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.last_rounds import published_levels
from webapp.question_threads import for_reviewer
from webapp.recommendations import open_recommendations
from webapp.rendering import Page, render
from webapp.reviewing.forms import ReplyForm, ScoreForm, VerdictForm
from webapp.reviewing.pages import (
    NO_REFUSAL,
    FinishedReviewPage,
    InvitationPage,
    Progress,
    Refusal,
    ReviewPage,
    SubmitPage,
    WaitingPage,
)
from webapp.reviewing.statements import (
    NO_VERDICT,
    CityView,
    ScorePage,
    VerdictAttempt,
)
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

blueprint = Blueprint("reviewing", __name__, url_prefix="/reviews/<id:assignment_id>")


@blueprint.get("")
@guarded(Action.ASSIGNMENT_READ, loaders.assignment)
def show_review(assignment: Assignment) -> ResponseReturnValue:
    return render(_review_page(assignment))


@blueprint.post("/accept")
@guarded(Action.ASSIGNMENT_REPLY, loaders.assignment)
def accept(assignment: Assignment) -> ResponseReturnValue:
    if not ReplyForm().has_declared:
        words = gettext("Tick the declaration. If you cannot, decline or declare the conflict.")
        return render(_review_page(assignment, Refusal(words, "declared")), 422)
    assigning.accept(assignment, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("You have accepted this review."))
    return _back_to(assignment)


@blueprint.post("/decline")
@guarded(Action.ASSIGNMENT_REPLY, loaders.assignment)
def decline(assignment: Assignment) -> ResponseReturnValue:
    reason = ReplyForm().decline_reason.data or ""
    try:
        assigning.decline(assignment, reason=reason, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        refusal = Refusal(said(error), "decline_reason", reason)
        return render(_review_page(assignment, refusal), 422)
    db.session.commit()
    flash(gettext("You have declined this review. Thank you for saying so."))
    return redirect(url_for("home.show_home"), 303)


@blueprint.post("/recuse")
@guarded(Action.ASSIGNMENT_RECUSE, loaders.assignment)
def recuse(assignment: Assignment) -> ResponseReturnValue:
    reason = ReplyForm().conflict_reason.data or ""
    try:
        assigning.recuse(assignment, reason=reason, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        refusal = Refusal(said(error), "conflict_reason", reason)
        return render(_review_page(assignment, refusal), 422)
    db.session.commit()
    flash(gettext("Your conflict of interest is noted. You have left this review."))
    return redirect(url_for("home.show_home"), 303)


@blueprint.get("/statements/<code:code>")
@guarded(Action.REVIEW_READ, loaders.assignment)
def show_score(assignment: Assignment, code: str) -> ResponseReturnValue:
    _wait_for_opening(assignment)
    statement = loaders.statement(assignment.assessment.round, code)
    return render(_score_page(loaders.score(assignment, statement), statement))


@blueprint.post("/statements/<code:code>")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def write_score(assignment: Assignment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assignment.assessment.round, code)
    score = loaders.score(assignment, statement)
    sent = ScoreForm().sent(Score.FIELDS)
    try:
        _save(score, statement, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        page = _score_page(score, statement, attempt=Attempt.of(sent, error))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(code)s is saved.", code=code))
    return redirect(url_for(".show_score", assignment_id=assignment.id, code=code), 303)


@blueprint.patch("/statements/<code:code>")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def save_score(assignment: Assignment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assignment.assessment.round, code)
    score = loaders.score(assignment, statement)
    _save(score, statement, sent_by_script(Score.FIELDS))
    db.session.commit()
    return saved(score)


@blueprint.post("/statements/<code:code>/evidence/<id:evidence_id>")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def write_verdict(assignment: Assignment, code: str, evidence_id: int) -> ResponseReturnValue:
    statement, form = loaders.statement(assignment.assessment.round, code), VerdictForm()
    signed = _signed_evidence(assignment, statement)
    if evidence_id not in signed:
        abort(404)
    choice, note = form.choice.data or "", form.note.data or ""
    try:
        verdicts.give_verdict(
            assignment,
            statement,
            signed,
            evidence=evidence_id,
            choice=choice,
            note=note,
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        attempt = VerdictAttempt(evidence_id, choice, note, said(error), error.field)
        score = loaders.score(assignment, statement)
        return render(_score_page(score, statement, verdict=attempt), 422)
    db.session.commit()
    flash(gettext("What you found in the evidence is noted."))
    back = url_for(
        ".show_score",
        assignment_id=assignment.id,
        code=code,
        _anchor=f"evidence-{evidence_id}",
    )
    return redirect(back, 303)


@blueprint.get("/submit")
@guarded(Action.REVIEW_READ, loaders.assignment)
def show_submit(assignment: Assignment) -> ResponseReturnValue:
    if assignment.state is AssignmentState.SUBMITTED:
        return redirect(url_for(".show_review", assignment_id=assignment.id))
    _wait_for_opening(assignment)
    return render(_submit_page(assignment))


def _submitted_already(assignment: Assignment) -> ResponseReturnValue | None:
    """The second click of whoever has submitted it."""
    return _back_to(assignment) if assignment.submission is not None else None


@blueprint.post("/submit")
@guarded(Action.REVIEW_SUBMIT, loaders.assignment, done=_submitted_already)
def submit(assignment: Assignment) -> ResponseReturnValue:
    questionnaire = loaders.questionnaire(assignment.assessment.round)
    try:
        scoring.submit(assignment, questionnaire, by=require_user(), now=now())
    except Incomplete:
        db.session.rollback()
        return render(_submit_page(assignment), 422)
    db.session.commit()
    flash(gettext("Your review is submitted."))
    return _back_to(assignment)


@blueprint.get("/document.json")
@guarded(Action.REVIEW_READ, loaders.assignment)
def download_review(assignment: Assignment) -> ResponseReturnValue:
    """The very characters that were hashed, so that the reviewer can check the hash."""
    submission = loaders.found(assignment.submission)
    document = Response(submission.document, mimetype="application/json")
    return as_attachment(document, f"review-{assignment.id}.json")


def _wait_for_opening(assignment: Assignment) -> None:
    """What a reviewer judges is the city's signed version: before it is open, there is nothing."""
    answer = verdict(require_user(), Action.SUBMISSION_READ, assignment, now())
    if answer is not Verdict.YES:
        raise Refused(answer)


def _review_page(assignment: Assignment, refusal: Refusal = NO_REFUSAL) -> Page:
    return _PAGES[assignment.state](assignment, refusal)


def _invitation(assignment: Assignment, refusal: Refusal) -> Page:
    questionnaire = loaders.questionnaire(assignment.assessment.round)
    return InvitationPage.of(assignment, questionnaire, refusal)


def _at_work(assignment: Assignment, refusal: Refusal) -> Page:
    if not allowed(require_user(), Action.SUBMISSION_READ, assignment, now()):
        return WaitingPage.of(assignment, refusal)
    hidden = scoring.city_levels_hidden(assignment.assessment, require_user())
    return ReviewPage.of(
        assignment,
        loaders.questionnaire(assignment.assessment.round),
        _progress(assignment),
        None if hidden else scores.signed_version(db.session(), assignment.assessment),
        refusal,
        # How far a city is with them would sway as its levels do.
        recommendations=None if hidden else open_recommendations(assignment.assessment),
    )


def _finished(assignment: Assignment, refusal: Refusal) -> Page:
    assessment = assignment.assessment
    may_open = allowed(require_user(), Action.CONSENSUS_OPEN, assignment, now())
    return FinishedReviewPage.of(
        assignment,
        loaders.questionnaire(assessment.round),
        loaders.found(scores.receipt(db.session(), assignment)),
        scores.signed_version(db.session(), assessment),
        scores.team_progress(db.session(), assessment) if may_open else None,
        refusal,
    )


_PAGES = {
    AssignmentState.INVITED: _invitation,
    AssignmentState.ACCEPTED: _at_work,
    AssignmentState.DRAFTING: _at_work,
    AssignmentState.SUBMITTED: _finished,
}


def _save(score: Score, statement: AskedStatement, sent: Sent) -> None:
    by = require_user()
    known = revisions.known(db.session(), score, sent, by)
    scoring.give_score(score, statement, sent, known, by=by, now=now())


def _score_page(
    score: Score,
    statement: AskedStatement,
    *,
    attempt: Attempt = NO_ATTEMPT,
    verdict: VerdictAttempt = NO_VERDICT,
) -> ScorePage:
    assignment, who = score.assignment, require_user()
    assessment = assignment.assessment
    hidden = scoring.city_levels_hidden(assessment, who) and score.view.mark == marks.EMPTY
    city = CityView.of(
        loaders.found(scores.city_answer(db.session(), assessment, statement.code)),
        statement,
        scores.own_verdicts(db.session(), assignment, statement.id),
        hidden=hidden,
        attempt=verdict,
    )
    still_open = None if hidden else open_recommendations(assessment)
    return ScorePage.of(
        score,
        statement,
        loaders.questionnaire(assessment.round),
        city,
        _progress(assignment),
        who,
        # A level of the last round would sway as much as the one of this round.
        last=None if hidden else published_levels(assessment, statement),
        recommendations=still_open.about(statement) if still_open else None,
        questions=for_reviewer(assignment, statement),
        visit_notes=visit_notes.at_statement(assessment, statement, back="review"),
        attempt=attempt,
        verdict=verdict,
    )


def _signed_evidence(assignment: Assignment, statement: AskedStatement) -> frozenset[int]:
    """The evidence that the city has signed for a statement, by id."""
    answer = scores.city_answer(db.session(), assignment.assessment, statement.code)
    return frozenset(one.id for one in loaders.found(answer).evidence)


def _progress(assignment: Assignment) -> Progress:
    return Progress.of(
        loaders.questionnaire(assignment.assessment.round),
        scores.judgements(db.session(), assignment),
        scores.city_marks(db.session(), assignment.assessment),
    )


def _submit_page(assignment: Assignment) -> SubmitPage:
    return SubmitPage.of(
        assignment,
        loaders.questionnaire(assignment.assessment.round),
        _progress(assignment),
    )


def _back_to(assignment: Assignment) -> ResponseReturnValue:
    return redirect(url_for(".show_review", assignment_id=assignment.id), 303)
