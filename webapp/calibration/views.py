"""The calibration case: scored and submitted by reviewers, opened and closed by coordinators."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import CalibrationReview, CalibrationScore, Round
from reviews import calibration, cases
from reviews.cases import Case
from reviews.errors import Incomplete, KeyReused, Stale, Unusable
from reviews.policy import Action
from reviews.queries import calibration as panels
from reviews.queries import revisions
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.saving import Sent
from webapp import loaders
from webapp.calibration.feedback import Feedback
from webapp.calibration.forms import CaseScoreForm
from webapp.calibration.pages import CasePage, CaseScorePage, FeedbackPage, SubmitCasePage
from webapp.calibration.results import Results, ResultsPage, ended
from webapp.clock import now
from webapp.errors import STATUS
from webapp.extensions import db
from webapp.guard import guarded
from webapp.rendering import render
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

blueprint = Blueprint("calibration", __name__, url_prefix="/rounds/<slug:round_slug>/calibration")


@blueprint.get("")
@guarded(Action.CALIBRATION_READ, loaders.calibration_review)
def show_case(review: CalibrationReview) -> ResponseReturnValue:
    case, questionnaire = _case(review), _questionnaire(review)
    if review.submitted_at is None:
        return render(CasePage.of(review, case, questionnaire))
    panel = panels.panel(db.session(), review)
    return render(FeedbackPage.of(review, case, questionnaire, panel))


@blueprint.get("/statements/<code:code>")
@guarded(Action.CALIBRATION_READ, loaders.calibration_review)
def show_score(review: CalibrationReview, code: str) -> ResponseReturnValue:
    statement = _statement(review, code)
    return render(_score_page(loaders.calibration_score(review, code), statement))


@blueprint.post("/statements/<code:code>")
@guarded(Action.CALIBRATION_SCORE, loaders.calibration_review)
def write_score(review: CalibrationReview, code: str) -> ResponseReturnValue:
    statement = _statement(review, code)
    score = loaders.calibration_score(review, code)
    sent = CaseScoreForm().sent(CalibrationScore.FIELDS)
    try:
        _save(score, statement, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        page = _score_page(score, statement, Attempt.of(sent, error))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(code)s is saved.", code=code))
    round_slug = review.case.round.slug
    return redirect(url_for(".show_score", round_slug=round_slug, code=code), 303)


@blueprint.patch("/statements/<code:code>")
@guarded(Action.CALIBRATION_SCORE, loaders.calibration_review)
def save_score(review: CalibrationReview, code: str) -> ResponseReturnValue:
    statement = _statement(review, code)
    score = loaders.calibration_score(review, code)
    _save(score, statement, sent_by_script(CalibrationScore.FIELDS))
    db.session.commit()
    return saved(score)


@blueprint.get("/submit")
@guarded(Action.CALIBRATION_READ, loaders.calibration_review)
def show_submit(review: CalibrationReview) -> ResponseReturnValue:
    if review.submitted_at is not None:
        return redirect(url_for(".show_case", round_slug=review.case.round.slug))
    return render(SubmitCasePage.of(review, _case(review), _questionnaire(review)))


def _submitted_already(review: CalibrationReview) -> ResponseReturnValue | None:
    """The second click of whoever has submitted it."""
    return _back_to(review.case.round, ".show_case") if review.submitted_at else None


@blueprint.post("/submit")
@guarded(Action.CALIBRATION_SUBMIT, loaders.calibration_review, done=_submitted_already)
def submit(review: CalibrationReview) -> ResponseReturnValue:
    if (shown := _submitted_already(review)) is not None:
        return shown
    case = _case(review)
    try:
        calibration.submit(review, case, by=require_user(), now=now())
    except Incomplete:
        db.session.rollback()
        return render(SubmitCasePage.of(review, case, _questionnaire(review)), 422)
    db.session.commit()
    flash(gettext("Your scores are submitted. Here is how they compare."))
    return _back_to(review.case.round, ".show_case")


@blueprint.get("/results")
@guarded(Action.CALIBRATION_READ_RESULTS, loaders.round_)
def show_results(round_: Round) -> ResponseReturnValue:
    return render(_results_page(round_))


@blueprint.post("/open")
@guarded(Action.CALIBRATION_OPEN, loaders.round_)
def open_case(round_: Round) -> ResponseReturnValue:
    questionnaire = loaders.questionnaire(round_)
    case = cases.of_questionnaire(questionnaire)
    try:
        opened = calibration.open_case(round_, case, questionnaire, by=require_user(), now=now())
    except Unusable:
        db.session.rollback()
        return render(_results_page(round_), 422)
    db.session.add(opened)
    db.session.commit()
    flash(gettext("The calibration case is open. The reviewers find it among their tasks."))
    return _back_to(round_, ".show_results")


@blueprint.post("/close")
@guarded(Action.CALIBRATION_CLOSE, loaders.round_)
def close_case(round_: Round) -> ResponseReturnValue:
    opened = loaders.found(round_.calibration)
    calibration.close_case(opened, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The calibration case is closed."))
    return _back_to(round_, ".show_results")


def _case(review: CalibrationReview) -> Case:
    return loaders.found(cases.shipped().get(review.case.code))


def _questionnaire(review: CalibrationReview) -> Questionnaire:
    return loaders.questionnaire(review.case.round)


def _statement(review: CalibrationReview, code: str) -> AskedStatement:
    """A statement of the case; of the rest of the questionnaire nothing is asked here."""
    if code not in _case(review).answers:
        abort(404)
    return loaders.statement(review.case.round, code)


def _save(score: CalibrationScore, statement: AskedStatement, sent: Sent) -> None:
    by = require_user()
    known = revisions.known(db.session(), score, sent, by)
    calibration.give_score(score, statement, sent, known, by=by, now=now())


def _score_page(
    score: CalibrationScore, statement: AskedStatement, attempt: Attempt = NO_ATTEMPT
) -> CaseScorePage:
    review = score.review
    case = _case(review)
    return CaseScorePage.of(
        score,
        statement,
        _questionnaire(review),
        case,
        require_user(),
        _feedback(score, statement, case),
        attempt,
    )


def _feedback(score: CalibrationScore, statement: AskedStatement, case: Case) -> Feedback | None:
    """The reference and the panel, for whoever has submitted; for nobody else is it looked up."""
    if score.review.submitted_at is None:
        return None
    panel = panels.panel(db.session(), score.review)
    return Feedback.of(statement, score.mark, case.references[statement.code], panel)


def _results_page(round_: Round) -> ResultsPage:
    questionnaire, opened = loaders.questionnaire(round_), round_.calibration
    if opened is None:
        return ResultsPage.of(
            round_, cases.of_questionnaire(questionnaire), None, None, require_user()
        )
    case = loaders.found(cases.shipped().get(opened.code))
    attendance = panels.attendance(db.session(), opened, now())
    results = None
    if ended(opened):
        results = Results.of(panels.submitted(db.session(), opened), case, questionnaire)
    return ResultsPage.of(round_, case, attendance, results, require_user())


def _back_to(round_: Round, endpoint: str) -> ResponseReturnValue:
    return redirect(url_for(endpoint, round_slug=round_.slug), 303)
