"""A city decides whether public figures may bear its name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, ConsentChoice
from reviews import consents
from reviews.policy import Action
from webapp import loaders
from webapp.clock import now
from webapp.consents.forms import ConsentForm
from webapp.consents.pages import ConsentPage, last_word
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint(
    "consents", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/consent"
)


@blueprint.get("")
@guarded(Action.CONSENT_READ, loaders.assessment)
def show_consent(assessment: Assessment) -> ResponseReturnValue:
    last = assessment.consents[-1].choice.value if assessment.consents else None
    form = ConsentForm(formdata=None, choice=last)
    return render(ConsentPage.of(assessment, require_user(), form))


@blueprint.post("")
@guarded(Action.CONSENT_SIGN, loaders.assessment)
def sign(assessment: Assessment) -> ResponseReturnValue:
    loaders.lock_round(assessment)
    form, user = ConsentForm(), require_user()
    otherwise = gettext("This is not your password. Nothing was signed.")
    if not form.signed_by(user, otherwise=otherwise):
        return render(ConsentPage.of(assessment, user, form), 422)
    if form.shown.data != last_word(assessment) and not _signed_already(assessment, form):
        error = gettext(
            "Somebody else of your city has decided meanwhile: see below. Sign again if you want to"
            " change that."
        )
        return render(ConsentPage.of(assessment, user, form, error=error), 409)
    consents.sign(assessment, ConsentChoice(form.choice.data), by=user, now=now())
    db.session.commit()
    flash(gettext("Your choice is signed."))
    return redirect(address_in(".show_consent", assessment), 303)


def _signed_already(assessment: Assessment, form: ConsentForm) -> bool:
    """Whether this is the second click of whoever has made this very choice."""
    last = assessment.consents[-1]
    return last.by is require_user() and last.choice == form.choice.data
