"""A report on its way out: to the city, through the answers and two approvals, to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Finding, Report, ReportState
from reviews import letters, replies, submissions
from reviews import reports as publishing
from reviews.errors import Incomplete, NotNow, Stale, Unusable
from reviews.policy import Action
from reviews.queries import journal, reports
from reviews.reports import OwnWork
from webapp import loaders
from webapp.clock import now
from webapp.days import day_of
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.passwords import is_password
from webapp.places import address_in
from webapp.publishing.forms import (
    AnswerForm,
    ApprovalForm,
    CorrectionForm,
    PublicationForm,
    SendForm,
)
from webapp.publishing.pages import (
    AnswerPage,
    ApprovalPage,
    CorrectionPage,
    PublicationPage,
    Release,
    SendPage,
    Typed,
)
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint(
    "publishing", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/report"
)


@blueprint.get("/send")
@guarded(Action.REPORT_SEND, loaders.assessment)
def show_send(assessment: Assessment) -> ResponseReturnValue:
    return render(_send_page(assessment, SendForm.on(day_of(now()))))


def _sent_already(assessment: Assessment) -> ResponseReturnValue | None:
    """The second click of whoever has sent it."""
    doer = journal.last_doer(db.session(), assessment, "report:send")
    sent = assessment.report is not None and assessment.report.state is ReportState.WITH_CITY
    return _to_report(assessment) if sent and doer == require_user().id else None


@blueprint.post("/send")
@guarded(Action.REPORT_SEND, loaders.assessment, done=_sent_already)
def send(assessment: Assessment) -> ResponseReturnValue:
    form, at = SendForm(), now()
    if not form.validate():
        return render(_send_page(assessment, form), 422)
    report = reports.around(db.session(), loaders.report(assessment))
    questionnaire = loaders.questionnaire(assessment.round)
    due = form.reply_due.last_second
    try:
        publishing.send_to_city(report, questionnaire, due, by=require_user(), now=at)
    except (Incomplete, Unusable) as error:
        db.session.rollback()
        if isinstance(error, Unusable):
            form.put_error(error.field, said(error))
        return render(_send_page(assessment, form), 422)
    for person in reports.to_tell(db.session(), assessment, at):
        db.session.add(letters.report_letter(assessment, person, now=at))
    db.session.commit()
    flash(gettext("The report is with the city. Its leads and signatories are told by mail."))
    return _to_report(assessment)


@blueprint.get("/answers/<id:place>")
@guarded(Action.REPLY_ANSWER, loaders.assessment)
def show_answer(assessment: Assessment, place: int) -> ResponseReturnValue:
    return render(_answer_page(_finding(assessment, place)))


@blueprint.post("/answers/<id:place>")
@guarded(Action.REPLY_ANSWER, loaders.assessment)
def write_answer(assessment: Assessment, place: int) -> ResponseReturnValue:
    form, finding = AnswerForm(), _finding(assessment, place)
    try:
        _answer(finding, form)
    except (Stale, Unusable, NotNow) as error:
        db.session.rollback()
        at = error.field if isinstance(error, Unusable) else ""
        page = _answer_page(finding, typed=_typed(form), problem=said(error), problem_field=at)
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("The answer on F%(number)d is stored.", number=place))
    return _to_report(assessment, f"F{place}")


@blueprint.get("/approval")
@guarded(Action.REPORT_APPROVE, loaders.assessment)
def show_approval(assessment: Assessment) -> ResponseReturnValue:
    return render(_approval_page(assessment, ApprovalForm(formdata=None)))


def _approved_already(assessment: Assessment) -> ResponseReturnValue | None:
    """The second click of whoever has approved it as the last one needed."""
    report = assessment.report
    if report is None or require_user() not in publishing.approvers(report):
        return None
    return _to_report(assessment)


@blueprint.post("/approval")
@guarded(Action.REPORT_APPROVE, loaders.assessment, done=_approved_already)
def approve(assessment: Assessment) -> ResponseReturnValue:
    form, user, report = ApprovalForm(), require_user(), loaders.report(assessment)
    if not form.validate():
        return render(_approval_page(assessment, form), 422)
    try:
        _check_shown(report, form.shown.data or "")
        publishing.approve(
            report,
            editors=reports.editors(db.session(), report),
            needed=_needed(),
            by=user,
            now=now(),
        )
    except (Stale, NotNow, Incomplete, OwnWork, Unusable) as error:
        db.session.rollback()
        status = 403 if isinstance(error, OwnWork) else STATUS[type(error)]
        return render(_approval_page(assessment, form, error=said(error)), status)
    db.session.commit()
    final = len(publishing.approvers(report)) >= _needed()
    flash(
        gettext("The report is approved and can be published.")
        if final
        else gettext("Your approval is noted. One more coordinator has to approve.")
    )
    return _to_report(assessment)


@blueprint.get("/publication")
@guarded(Action.REPORT_PUBLISH, loaders.assessment)
def show_publication(assessment: Assessment) -> ResponseReturnValue:
    return render(_publication_page(assessment, PublicationForm(formdata=None)))


@blueprint.post("/publication")
@guarded(Action.REPORT_PUBLISH, loaders.assessment)
def publish(assessment: Assessment) -> ResponseReturnValue:
    form, user, report = PublicationForm(), require_user(), loaders.report(assessment)
    shown = form.shown.data or ""
    if any(one.sha256 == shown and one.published_by is user for one in report.editions):
        return _to_result(assessment)  # the second click
    if not form.validate():
        return render(_publication_page(assessment, form), 422)
    if not is_password(form.password.data, user.password_hash):
        error = gettext("This is not your password. Nothing was published.")
        return render(_publication_page(assessment, form, error=error), 422)
    try:
        publishing.publish(
            report, _document(report), shown=shown, needed=_needed(), by=user, now=now()
        )
    except (Stale, NotNow, Incomplete) as refused:
        db.session.rollback()
        page = _publication_page(assessment, form, error=said(refused))
        return render(page, STATUS[type(refused)])
    db.session.commit()
    flash(gettext("The report is published. This is what everybody reads."))
    return _to_result(assessment)


@blueprint.get("/correction")
@guarded(Action.REPORT_CORRECT, loaders.assessment)
def show_correction(assessment: Assessment) -> ResponseReturnValue:
    return render(CorrectionPage.of(loaders.report(assessment)))


@blueprint.post("/correction")
@guarded(Action.REPORT_CORRECT, loaders.assessment)
def begin_correction(assessment: Assessment) -> ResponseReturnValue:
    form, report = CorrectionForm(), loaders.report(assessment)
    typed = form.reason.data or ""
    try:
        publishing.begin_correction(report, reason=typed, by=require_user(), now=now())
    except (Unusable, NotNow) as error:
        db.session.rollback()
        page = CorrectionPage.of(report, typed=typed, problem=said(error))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("The lead reviewer can change the report now. What is published stays."))
    return _to_report(assessment)


def _needed() -> int:
    needed: int = current_app.config["PUBLICATION_APPROVERS"]
    return needed


def _document(report: Report) -> dict[str, Any]:
    questionnaire = loaders.questionnaire(report.assessment.round)
    return reports.document(db.session(), report, questionnaire, now())


def _sha256(document: Mapping[str, Any]) -> str:
    return submissions.sha256(submissions.canonical(document))


def _check_shown(report: Report, shown: str) -> None:
    """Raise Stale where the report is not what the person has read."""
    if _sha256(_document(report)) != shown:
        raise Stale(
            "The report has changed since you opened this page. Read it again before you approve.",
            theirs={},
            number=publishing.next_edition(report),
        )


def _finding(assessment: Assessment, place: int) -> Finding:
    report = reports.around(db.session(), loaders.report(assessment))
    standing = publishing.standing(report)
    finding = loaders.found(next((one for one in standing if one.place == place), None))
    if publishing.reply_is_over(report, now()):
        loaders.found(finding.reply.text.strip() or None if finding.reply else None)
    return finding


def _answer(finding: Finding, form: AnswerForm) -> None:
    given = form.given
    if not publishing.reply_is_over(finding.report, now()):
        raise NotNow("The city can still reply.")
    reply = loaders.found(finding.reply)
    if (form.seen.data or "") != (reply.answered_at.isoformat() if reply.answered_at else ""):
        raise Stale(
            "Somebody else has answered meanwhile: see below. Your answer is still in the form.",
            theirs={},
            number=0,
        )
    replies.answer(
        reply,
        given,
        text=form.answer_text.data or "",
        reworded=form.reworded.data or "",
        by=require_user(),
        now=now(),
    )


def _typed(form: AnswerForm) -> Typed:
    return Typed(form.answer.data or "", form.answer_text.data or "", form.reworded.data or "")


def _send_page(assessment: Assessment, form: SendForm) -> SendPage:
    report = reports.around(db.session(), loaders.report(assessment))
    told = reports.to_tell(db.session(), assessment, now())
    return SendPage.of(report, loaders.questionnaire(assessment.round), told, form)


def _answer_page(finding: Finding, **rest: Any) -> AnswerPage:
    questionnaire = loaders.questionnaire(finding.assessment.round)
    return AnswerPage.of(finding, _document(finding.report), questionnaire, **rest)


def _release(report: Report) -> Release:
    document = _document(report)
    questionnaire = loaders.questionnaire(report.assessment.round)
    return Release.of(report, questionnaire, document, _sha256(document), _needed())


def _approval_page(assessment: Assessment, form: ApprovalForm, *, error: str = "") -> ApprovalPage:
    report = loaders.report(assessment)
    release = _release(report)
    form.shown.data = release.sha256
    editors = reports.editors(db.session(), report)
    writers = reports.names(db.session(), editors)
    return ApprovalPage.of(report, release, writers, editors, form, require_user(), error=error)


def _publication_page(
    assessment: Assessment, form: PublicationForm, *, error: str = ""
) -> PublicationPage:
    report = loaders.report(assessment)
    release = _release(report)
    form.shown.data = release.sha256
    return PublicationPage.of(report, release, form, error=error)


def _to_report(assessment: Assessment, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(address_in("reports.show_report", assessment, _anchor=anchor), 303)


def _to_result(assessment: Assessment) -> ResponseReturnValue:
    return redirect(address_in("results.show_result", assessment), 303)
