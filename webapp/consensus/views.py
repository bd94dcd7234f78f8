"""The consensus of a team: opened, compared, agreed on, closed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import AgreedLevel, Assessment, Assignment, Consensus, User
from reviews import consensus as agreeing
from reviews import dissents
from reviews.consensus import Divergence
from reviews.errors import Incomplete, KeyReused, Stale, Unusable
from reviews.policy import Action, allowed
from reviews.queries import consensus as stored
from reviews.queries import revisions, scores
from reviews.queries.scores import TeamReview
from reviews.questionnaires import AskedStatement
from reviews.saving import Sent
from webapp import loaders, question_threads, visit_notes
from webapp.clock import now
from webapp.consensus.figures import Figures
from webapp.consensus.forms import AgreedLevelForm, AssentForm
from webapp.consensus.pages import ConsensusPage, NotYetPage, Show, Table
from webapp.consensus.statements import AgreedLevelPage, AroundPart, DissentPart, Refused
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

blueprint = Blueprint(
    "consensus",
    __name__,
    url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/consensus",
)


@blueprint.get("")
@guarded(Action.CONSENSUS_READ, loaders.assessment, query=("show",))
def show_consensus(assessment: Assessment) -> ResponseReturnValue:
    show = request.args.get("show", Show.ALL)
    if show not in tuple(Show):
        abort(422)
    return render(_consensus_page(assessment, show=Show(show)))


@blueprint.post("/open")
@guarded(Action.CONSENSUS_OPEN, loaders.assessment)
def open_consensus(assessment: Assessment) -> ResponseReturnValue:
    try:
        agreeing.open_consensus(assessment, by=require_user(), now=now())
    except Incomplete as error:
        db.session.rollback()
        return render(NotYetPage.of(assessment, said(error)), 422)
    db.session.commit()
    flash(gettext("The consensus is open. The team sees each other's scores now."))
    return _back_to(assessment)


@blueprint.post("/adopt")
@guarded(Action.AGREED_LEVEL_WRITE, loaders.assessment)
def adopt(assessment: Assessment) -> ResponseReturnValue:
    rows = _divergences(assessment, scores.team_reviews(db.session(), assessment))
    count = agreeing.adopt_unanimous(_of(assessment), rows, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(count)d levels are taken over, where all gave the same.", count=count))
    return _back_to(assessment)


@blueprint.post("/agree")
@guarded(Action.CONSENSUS_AGREE, loaders.assessment)
def agree(assessment: Assessment) -> ResponseReturnValue:
    form, user = AssentForm(), require_user()
    own = _own_review(assessment, user)
    try:
        agreeing.agree(
            _of(assessment), own, shown=form.number, dissent=form.words, by=user, now=now()
        )
    except (Stale, Unusable) as error:
        db.session.rollback()
        page = _consensus_page(
            assessment,
            error=said(error),
            error_field="dissent" if isinstance(error, Unusable) else "",
            dissent=form.dissent.data or "",
        )
        return render(page, 422 if isinstance(error, Unusable) else 409)
    db.session.commit()
    flash(gettext("Your answer is noted."))
    return _back_to(assessment)


@blueprint.post("/close")
@guarded(Action.CONSENSUS_CLOSE, loaders.assessment)
def close(assessment: Assessment) -> ResponseReturnValue:
    questionnaire = loaders.questionnaire(assessment.round)
    try:
        agreeing.close(_of(assessment), questionnaire, by=require_user(), now=now())
    except Incomplete as error:
        db.session.rollback()
        return render(_consensus_page(assessment, error=said(error), error_field="open"), 422)
    db.session.commit()
    flash(gettext("The consensus is closed."))
    return _back_to(assessment)


@blueprint.get("/statements/<code:code>")
@guarded(Action.CONSENSUS_READ, loaders.assessment)
def show_agreed_level(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    return render(_page(loaders.agreed_level(_of(assessment), statement), statement))


@blueprint.post("/statements/<code:code>")
@guarded(Action.AGREED_LEVEL_WRITE, loaders.assessment)
def write_agreed_level(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    agreed = loaders.agreed_level(_of(assessment), statement)
    sent = AgreedLevelForm().sent(AgreedLevel.FIELDS)
    try:
        _save(agreed, statement, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        return render(_page(agreed, statement, Attempt.of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(code)s is saved.", code=code))
    return redirect(address_in(".show_agreed_level", assessment, code=code), 303)


@blueprint.patch("/statements/<code:code>")
@guarded(Action.AGREED_LEVEL_WRITE, loaders.assessment)
def save_agreed_level(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    agreed = loaders.agreed_level(_of(assessment), statement)
    _save(agreed, statement, sent_by_script(AgreedLevel.FIELDS))
    db.session.commit()
    return saved(agreed)


@blueprint.post("/statements/<code:code>/dissent")
@guarded(Action.CONSENSUS_AGREE, loaders.assessment)
def dissent(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    form, user = AssentForm(), require_user()
    own, typed = _own_review(assessment, user), form.dissent.data or ""
    try:
        shown = form.number
        dissents.dissent(
            _of(assessment), own, statement, shown=shown, text=typed, by=user, now=now()
        )
    except (Stale, Unusable) as error:
        db.session.rollback()
        agreed = loaders.agreed_level(_of(assessment), statement)
        page = _page(agreed, statement, refused=Refused(typed, said(error)))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("Your dissent at %(code)s is noted.", code=code))
    return _to_dissent(assessment, code)


@blueprint.post("/statements/<code:code>/dissent/withdraw")
@guarded(Action.CONSENSUS_AGREE, loaders.assessment)
def withdraw_dissent(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    own = _own_review(assessment, require_user())
    dissents.withdraw(_of(assessment), own, statement, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("You have no dissent at %(code)s any more.", code=code))
    return _to_dissent(assessment, code)


def _of(assessment: Assessment) -> Consensus:
    return loaders.found(assessment.consensus)


def _own_review(assessment: Assessment, who: User) -> Assignment:
    team = agreeing.team(assessment)
    return loaders.found(next((one for one in team if one.reviewer is who), None))


def _divergences(assessment: Assessment, team: list[TeamReview]) -> list[Divergence]:
    questionnaire = loaders.questionnaire(assessment.round)
    return agreeing.divergences(questionnaire, [one.marks for one in team])


def _table(assessment: Assessment, team: list[TeamReview]) -> Table:
    return Table.of(
        loaders.questionnaire(assessment.round),
        team,
        scores.agreed_marks(db.session(), _of(assessment)),
        scores.city_marks(db.session(), assessment),
        stored.objections(db.session(), _of(assessment)),
    )


def _consensus_page(assessment: Assessment, **rest: Any) -> ConsensusPage:
    team = scores.team_reviews(db.session(), assessment)
    table = _table(assessment, team)
    figures = Figures.of(loaders.questionnaire(assessment.round), team, table.rows)
    return ConsensusPage.of(
        assessment, _of(assessment), team, table, figures, require_user(), **rest
    )


def _save(agreed: AgreedLevel, statement: AskedStatement, sent: Sent) -> None:
    by = require_user()
    assessment = agreed.assessment
    rows = _divergences(assessment, scores.team_reviews(db.session(), assessment))
    given = next(row.marks for row in rows if row.statement.id == statement.id)
    known = revisions.known(db.session(), agreed, sent, by)
    agreeing.set_agreed_level(agreed, statement, sent, known, given=given, by=by, now=now())


def _page(
    agreed: AgreedLevel,
    statement: AskedStatement,
    attempt: Attempt = NO_ATTEMPT,
    refused: Refused | None = None,
) -> AgreedLevelPage:
    assessment, who = agreed.assessment, require_user()
    return AgreedLevelPage.of(
        agreed,
        statement,
        loaders.questionnaire(assessment.round),
        scores.justifications(db.session(), assessment, statement.code),
        loaders.found(scores.city_answer(db.session(), assessment, statement.code)),
        _table(assessment, scores.team_reviews(db.session(), assessment)),
        _dissent_part(agreed, who, refused),
        AroundPart(
            questions=question_threads.for_team(assessment, statement),
            visit_notes=visit_notes.at_statement(assessment, statement, back="consensus"),
        ),
        who,
        attempt,
    )


def _dissent_part(agreed: AgreedLevel, who: User, refused: Refused | None) -> DissentPart:
    assessment = agreed.assessment
    team = agreeing.team(assessment)
    return DissentPart.of(
        agreed,
        stored.objections(db.session(), agreed.consensus),
        next((one.id for one in team if one.reviewer is who), None),
        may_agree=allowed(who, Action.CONSENSUS_AGREE, assessment, now()),
        refused=refused,
    )


def _to_dissent(assessment: Assessment, code: str) -> ResponseReturnValue:
    address = address_in(".show_agreed_level", assessment, code=code, _anchor="dissents")
    return redirect(address, 303)


def _back_to(assessment: Assessment) -> ResponseReturnValue:
    return redirect(address_in(".show_consensus", assessment), 303)
