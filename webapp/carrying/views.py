"""Taking over the answers of the last round, and confirming them one by one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from models import Assessment
from reviews import assessments, carrying
from reviews.carrying import Carried
from reviews.policy import Action
from reviews.queries import earlier
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.sessions import require_user

blueprint = Blueprint("carrying", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>")


@blueprint.post("/carry-over")
@guarded(Action.ASSESSMENT_CARRY_OVER, loaders.assessment)
def carry_over(assessment: Assessment) -> ResponseReturnValue:
    questionnaire = loaders.questionnaire(assessment.round)
    last = earlier.last_assessment(db.session(), assessment, questionnaire.code)
    carried = None
    if last is not None:
        carried = carrying.carry_over(
            assessment,
            questionnaire,
            last.submissions[-1],
            loaders.questionnaire(last.round),
            earlier.cited(db.session(), last),
            by=require_user(),
            now=now(),
        )
        db.session.commit()
    flash(_said(carried, last.round.title if last else ""))
    return redirect(address_in("assessments.show_assessment", assessment), 303)


def _said(carried: Carried | None, round_: str) -> str:
    if carried is None:
        return gettext("There is nothing more to take over from the last round.")
    return ngettext(
        "%(num)d answer is taken over from %(round)s. It counts once it is confirmed.",
        "%(num)d answers are taken over from %(round)s. Each counts once it is confirmed.",
        carried.answers,
        round=round_,
    )


@blueprint.post("/statements/<code:code>/confirm")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def confirm(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    answer = loaders.answer(assessment, statement)
    if answer.to_confirm:
        assessments.confirm(answer, statement, by=require_user(), now=now())
        db.session.commit()
    flash(gettext("%(code)s is confirmed.", code=code))
    return redirect(address_in("assessments.show_answer", assessment, code=code), 303)
