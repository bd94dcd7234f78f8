"""The city's task list, its answers, lock, sign-off and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Answer, Assessment, Submission
from reviews import assessments, submissions
from reviews.errors import KeyReused, Stale, Unusable
from reviews.policy import Action, allowed
from reviews.queries import answers, revisions
from reviews.questionnaires import AskedStatement
from reviews.saving import Sent
from webapp import loaders
from webapp.assessments.forms import AnswerForm, SignOffForm
from webapp.assessments.pages import (
    AnswerPage,
    AssessmentPage,
    HistoryPage,
    SignOffPage,
    SubmissionPage,
)
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.passwords import is_password
from webapp.places import address_in
from webapp.rendering import render
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

blueprint = Blueprint(
    "assessments", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>"
)


@blueprint.get("")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_assessment(assessment: Assessment) -> ResponseReturnValue:
    return render(
        AssessmentPage.of(
            assessment,
            loaders.questionnaire(assessment.round),
            answers.states(db.session(), assessment),
            require_user(),
        )
    )


@blueprint.get("/statements/<code:code>")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_answer(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    return render(_page(loaders.answer(assessment, statement), statement))


@blueprint.post("/statements/<code:code>")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def write_answer(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    answer = loaders.answer(assessment, statement)
    sent = AnswerForm().sent(Answer.FIELDS)
    try:
        _save(answer, statement, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        return render(_page(answer, statement, Attempt.of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(code)s is saved.", code=code))
    return redirect(address_in(".show_answer", assessment, code=code), 303)


@blueprint.patch("/statements/<code:code>")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def save_answer(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    answer = loaders.answer(assessment, statement)
    _save(answer, statement, sent_by_script(Answer.FIELDS))
    db.session.commit()
    return saved(answer)


@blueprint.get("/statements/<code:code>/history")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_history(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    answer = loaders.answer(assessment, statement)
    changes = revisions.history(db.session(), answer)
    return render(HistoryPage.of(assessment, statement, changes))


@blueprint.post("/lock")
@guarded(Action.ASSESSMENT_LOCK, loaders.assessment)
def lock(assessment: Assessment) -> ResponseReturnValue:
    questionnaire = loaders.questionnaire(assessment.round)
    assessments.lock(assessment, questionnaire, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The assessment is locked. The signatory can sign it now."))
    return redirect(address_in(".show_assessment", assessment), 303)


@blueprint.post("/unlock")
@guarded(Action.ASSESSMENT_UNLOCK, loaders.assessment)
def unlock(assessment: Assessment) -> ResponseReturnValue:
    assessments.unlock(assessment, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The assessment is open for changes again."))
    return redirect(address_in(".show_assessment", assessment), 303)


@blueprint.get("/sign-off")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_sign_off(assessment: Assessment) -> ResponseReturnValue:
    return render(_sign_off_page(assessment, SignOffForm(formdata=None)))


@blueprint.post("/sign-off")
@guarded(Action.ASSESSMENT_SIGN, loaders.assessment)
def sign_off(assessment: Assessment) -> ResponseReturnValue:
    form, user = SignOffForm(), require_user()
    if not form.validate():
        return render(_sign_off_page(assessment, form), 422)
    if not is_password(form.password.data, user.password_hash):
        error = gettext("This is not your password. Nothing was signed.")
        return render(_sign_off_page(assessment, form, error=error), 422)
    try:
        submission = assessments.sign_off(
            assessment,
            loaders.questionnaire(assessment.round),
            _document(assessment),
            shown=form.shown.data or "",
            by=user,
            now=now(),
        )
    except Stale as stale:
        db.session.rollback()
        return render(_sign_off_page(assessment, form, error=said(stale)), 409)
    db.session.commit()
    flash(gettext("Signed and submitted."))
    return redirect(address_in(".show_submission", assessment, version=submission.version), 303)


@blueprint.get("/versions/<id:version>")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def show_submission(assessment: Assessment, version: int) -> ResponseReturnValue:
    submission = _readable(assessment, version)
    questionnaire = loaders.questionnaire(assessment.round)
    return render(SubmissionPage.of(assessment, submission, questionnaire, require_user()))


@blueprint.get("/versions/<id:version>/document.json")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def download_submission(assessment: Assessment, version: int) -> ResponseReturnValue:
    """The very characters that were hashed, so that anyone can check the hash."""
    submission = _readable(assessment, version)
    name = f"{assessment.city.slug}-{assessment.round.slug}-version-{version}.json"
    return as_attachment(Response(submission.document, mimetype="application/json"), name)


def _readable(assessment: Assessment, version: int) -> Submission:
    """A signed version; of those that were sent back, reviewers learn nothing."""
    counted = assessments.counted(assessment)
    earlier = counted is None or counted.version != version
    if earlier and not allowed(require_user(), Action.SUBMISSION_READ_EARLIER, assessment, now()):
        abort(404)
    return loaders.submission(assessment, version)


def _save(answer: Answer, statement: AskedStatement, sent: Sent) -> None:
    by = require_user()
    known = revisions.known(db.session(), answer, sent, by)
    assessments.save_answer(answer, statement, sent, known, by=by, now=now())


def _page(answer: Answer, statement: AskedStatement, attempt: Attempt = NO_ATTEMPT) -> AnswerPage:
    citations = answers.citations(db.session(), answer.assessment, statement.id)
    questionnaire = loaders.questionnaire(answer.assessment.round)
    return AnswerPage.of(answer, statement, questionnaire, citations, require_user(), attempt)


def _document(assessment: Assessment) -> dict[str, Any]:
    return submissions.city_document(
        assessment,
        loaders.questionnaire(assessment.round),
        assessment.answers,
        answers.citations(db.session(), assessment),
    )


def _sign_off_page(assessment: Assessment, form: SignOffForm, *, error: str = "") -> SignOffPage:
    document: Mapping[str, Any] = _document(assessment)
    sha256 = submissions.sha256(submissions.canonical(document))
    form.shown.data = sha256
    return SignOffPage.of(
        assessment,
        loaders.questionnaire(assessment.round),
        document,
        sha256,
        form,
        require_user(),
        error=error,
    )
