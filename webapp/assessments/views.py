"""The city's task list, its answers, lock, sign-off and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Answer, Assessment, AssessmentState
from reviews import assessments, submissions
from reviews.completeness import AnswerState
from reviews.errors import KeyReused, Stale, Unusable
from reviews.hints import Hint, hints
from reviews.policy import Action, allowed
from reviews.queries import answers, delegation, earlier, journal, revisions
from reviews.questionnaires import AskedStatement
from reviews.saving import Sent
from webapp import loaders
from webapp.assessments.forms import AnswerForm, SignOffForm
from webapp.assessments.pages import (
    FILTERS,
    AnswerPage,
    AssessmentPage,
    HistoryPage,
    SignOffPage,
    SubmissionPage,
)
from webapp.clock import now
from webapp.days import day_of
from webapp.downloads import as_attachment
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.last_rounds import last_round
from webapp.note_threads import thread
from webapp.passwords import is_password
from webapp.places import address_in
from webapp.presences import presence_words
from webapp.question_threads import count_for_city, for_city
from webapp.recommendations import open_recommendations
from webapp.rendering import render
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

SAVES_A_PAGE = 30

blueprint = Blueprint(
    "assessments", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>"
)


@blueprint.get("")
@guarded(Action.ANSWER_READ, loaders.assessment, query=("show",))
def show_assessment(assessment: Assessment) -> ResponseReturnValue:
    show, questionnaire = request.args.get("show", "all"), loaders.asked(assessment)
    if show not in FILTERS:
        abort(422)
    who, reads_notes = require_user(), allowed(require_user(), Action.NOTE_READ, assessment, now())
    ids = [one.id for one in questionnaire.statements] if reads_notes else []
    last = earlier.last_assessment(db.session(), assessment, questionnaire.code)
    carried = earlier.carried(db.session(), assessment)
    states = answers.states(db.session(), assessment)
    return render(
        AssessmentPage.of(
            assessment,
            questionnaire,
            states,
            delegation.parts(db.session(), assessment),
            delegation.open_notes(db.session(), assessment, ids),
            who,
            show=show,
            hints=_hints(assessment, states),
            last_round=last.round.title if last and not carried else "",
            questions=count_for_city(assessment),
            recommendations=open_recommendations(assessment),
        )
    )


@blueprint.get("/statements/<code:code>")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_answer(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    return render(_page(loaders.answer(assessment, statement), statement))


@blueprint.post("/statements/<code:code>")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def write_answer(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
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
    statement = loaders.statement(assessment, code)
    answer = loaders.answer(assessment, statement)
    _save(answer, statement, sent_by_script(Answer.FIELDS))
    db.session.commit()
    return saved(answer)


@blueprint.get("/statements/<code:code>/history")
@guarded(Action.ANSWER_READ, loaders.assessment, query=("before",))
def show_history(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    answer = loaders.answer(assessment, statement)
    before = _save_number(request.args.get("before"))
    changes = revisions.history(db.session(), answer, before=before, most=SAVES_A_PAGE + 1)
    return render(HistoryPage.of(answer, statement, changes, require_user(), most=SAVES_A_PAGE))


@blueprint.post("/statements/<code:code>/history/<id:number>")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def restore_answer(assessment: Assessment, code: str, number: int) -> ResponseReturnValue:
    """Write what was stored after an earlier save once more, as a new save."""
    statement = loaders.statement(assessment, code)
    answer = loaders.answer(assessment, statement)
    content = loaders.found(revisions.content_at(db.session(), answer, number))
    sent = replace(AnswerForm().sent(()), content=content)
    try:
        _save(answer, statement, sent)
    except (Stale, KeyReused) as error:
        db.session.rollback()
        return render(_page(answer, statement, Attempt.of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(code)s is as it was after save %(number)d.", code=code, number=number))
    return redirect(address_in(".show_history", assessment, code=code), 303)


def _locked_already(assessment: Assessment) -> ResponseReturnValue | None:
    """The second click of whoever has locked it."""
    doer = journal.last_doer(db.session(), assessment, "assessment:lock")
    if assessment.state is not AssessmentState.LOCKED or doer != require_user().id:
        return None
    return redirect(address_in(".show_assessment", assessment), 303)


@blueprint.post("/lock")
@guarded(Action.ASSESSMENT_LOCK, loaders.assessment, done=_locked_already)
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
@guarded(Action.ASSESSMENT_READ, loaders.assessment)
def show_sign_off(assessment: Assessment) -> ResponseReturnValue:
    return render(_sign_off_page(assessment, SignOffForm(formdata=None)))


def _signed_already(assessment: Assessment) -> ResponseReturnValue | None:
    """The second click of whoever has signed the very same."""
    shown, who = SignOffForm().shown.data, require_user()
    for submission in assessment.submissions:
        if submission.sha256 == shown and submission.signed_by is who:
            return redirect(
                address_in(".show_submission", assessment, version=submission.version), 303
            )
    return None


@blueprint.post("/sign-off")
@guarded(Action.ASSESSMENT_SIGN, loaders.assessment, done=_signed_already)
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
    submission = loaders.signed_version(assessment, version)
    questionnaire = loaders.questionnaire(assessment.round)
    return render(SubmissionPage.of(assessment, submission, questionnaire, require_user()))


@blueprint.get("/versions/<id:version>/document.json")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def download_submission(assessment: Assessment, version: int) -> ResponseReturnValue:
    """The very characters that were hashed, so that anyone can check the hash."""
    submission = loaders.signed_version(assessment, version)
    name = f"{assessment.city.slug}-{assessment.round.slug}-version-{version}.json"
    return as_attachment(Response(submission.document, mimetype="application/json"), name)


def _save(answer: Answer, statement: AskedStatement, sent: Sent) -> None:
    by = require_user()
    known = revisions.known(db.session(), answer, sent, by)
    assessments.save_answer(answer, statement, sent, known, by=by, now=now())


def _page(answer: Answer, statement: AskedStatement, attempt: Attempt = NO_ATTEMPT) -> AnswerPage:
    citations = answers.citations(db.session(), answer.assessment, statement.id)
    still_open = open_recommendations(answer.assessment)
    return AnswerPage.of(
        answer,
        statement,
        loaders.asked(answer.assessment),
        citations,
        require_user(),
        attempt,
        notes=thread(answer.assessment, statement),
        present=presence_words(answer.assessment, statement),
        last=last_round(answer.assessment, statement),
        unconfirmed=[
            one
            for one, state in answers.states(db.session(), answer.assessment).items()
            if state.to_confirm
        ],
        questions=for_city(answer.assessment, statement),
        recommendations=still_open.about(statement) if still_open else None,
    )


def _hints(assessment: Assessment, states: Mapping[int, AnswerState]) -> tuple[Hint, ...]:
    cited = answers.cited_until(db.session(), assessment)
    return hints(loaders.asked(assessment), states, cited, day_of(now()))


def _save_number(given: str | None) -> int | None:
    """The number of a save that stands after the question mark."""
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        abort(422)
    return int(given)


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
        hints=_hints(assessment, assessments.states_of(assessment)),
        error=error,
    )
