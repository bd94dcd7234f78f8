"""The right of reply: a city writes per finding and signs; the peers' answers appear beside."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Finding, Reply, Report
from reviews import replies
from reviews.errors import KeyReused, NotNow, Stale, Unusable
from reviews.policy import Action
from reviews.queries import replies as replying
from reviews.queries import revisions
from reviews.saving import Sent
from webapp import loaders
from webapp.clock import now
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.passwords import is_password
from webapp.places import address_in
from webapp.rendering import render
from webapp.replies.forms import ReplyForm, SignForm
from webapp.replies.pages import FindingPage, ReplyPage, SignPage
from webapp.saved_sheets import attempt_of
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

SAVES_SHOWN = 10

blueprint = Blueprint(
    "replies", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/report/reply"
)


@blueprint.get("")
@guarded(Action.REPLY_READ, loaders.assessment)
def show_reply(assessment: Assessment) -> ResponseReturnValue:
    report = _of(assessment)
    there = replying.findings(db.session(), report)
    return render(ReplyPage.of(report, there, require_user()))


@blueprint.get("/<id:place>")
@guarded(Action.REPLY_READ, loaders.assessment)
def show_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    return render(_page(assessment, place))


@blueprint.post("/<id:place>")
@guarded(Action.REPLY_WRITE, loaders.assessment)
def write_reply(assessment: Assessment, place: int) -> ResponseReturnValue:
    sent = ReplyForm().sent(Reply.FIELDS)
    try:
        _save(_finding(assessment, place), sent)
    except (Stale, Unusable, KeyReused, NotNow) as error:
        db.session.rollback()
        page = _page(assessment, place, attempt_of(sent, error))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("The reply to F%(place)d is saved.", place=place))
    return redirect(address_in(".show_finding", assessment, place=place), 303)


@blueprint.patch("/<id:place>")
@guarded(Action.REPLY_WRITE, loaders.assessment)
def save_reply(assessment: Assessment, place: int) -> ResponseReturnValue:
    reply = _save(_finding(assessment, place), sent_by_script(Reply.FIELDS))
    db.session.commit()
    return saved(reply)


@blueprint.get("/sign")
@guarded(Action.REPLY_READ, loaders.assessment)
def show_sign(assessment: Assessment) -> ResponseReturnValue:
    return render(_sign_page(assessment, SignForm(formdata=None)))


@blueprint.post("/sign")
@guarded(Action.REPLY_SIGN, loaders.assessment)
def sign(assessment: Assessment) -> ResponseReturnValue:
    form, user, report = SignForm(), require_user(), _of(assessment)
    shown = form.shown.data or ""
    if report.reply_signed_by is user and shown == replies.sha256(report):
        return _back_to(assessment)  # the second click
    if not form.validate():
        return render(_sign_page(assessment, form), 422)
    if not is_password(form.password.data, user.password_hash):
        error = gettext("This is not your password. Nothing was signed.")
        return render(_sign_page(assessment, form, error=error), 422)
    try:
        replies.sign(report, shown=shown, by=user, now=now())
    except Stale as stale:
        db.session.rollback()
        return render(_sign_page(assessment, form, error=said(stale)), 409)
    db.session.commit()
    flash(gettext("The reply is signed. The peers read it now."))
    return _back_to(assessment)


def _of(assessment: Assessment) -> Report:
    return loaders.found(assessment.report)


def _finding(assessment: Assessment, place: int) -> Finding:
    there = replying.findings(db.session(), _of(assessment))
    return loaders.found(next((one for one in there if one.place == place), None))


def _save(finding: Finding, sent: Sent) -> Reply:
    by, reply = require_user(), replies.open_reply(finding)
    known = revisions.known(db.session(), reply, sent, by)
    replies.write_reply(reply, sent, known, by=by, now=now())
    return reply


def _page(assessment: Assessment, place: int, attempt: Attempt = NO_ATTEMPT) -> FindingPage:
    report = _of(assessment)
    there = replying.findings(db.session(), report)
    finding = loaders.found(next((one for one in there if one.place == place), None))
    kept = finding.reply
    saves = revisions.history(db.session(), kept, most=SAVES_SHOWN) if kept else []
    return FindingPage.of(report, there, finding, saves, require_user(), attempt)


def _sign_page(assessment: Assessment, form: SignForm, *, error: str = "") -> SignPage:
    report = _of(assessment)
    there = replying.findings(db.session(), report)
    form.shown.data = sha256 = replies.sha256(report)
    return SignPage.of(report, there, sha256, form, require_user(), error=error)


def _back_to(assessment: Assessment) -> ResponseReturnValue:
    return redirect(address_in(".show_reply", assessment), 303)
