"""The heartbeat of a page: it says who looks at a statement, and hears who else does."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from models import Assessment, Presence
from reviews.errors import Unusable
from reviews.policy import Action
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.guard import guarded
from webapp.presences import presence_words
from webapp.sessions import require_user

blueprint = Blueprint("presence", __name__)


@blueprint.post("/rounds/<slug:round_slug>/<slug:city_slug>/statements/<code:code>/presence")
@guarded(Action.PRESENCE_SHOW, loaders.assessment)
def show_oneself(assessment: Assessment, code: str) -> ResponseReturnValue:
    """One row per person, overwritten each time, and no entry in the journal."""
    statement, who = loaders.statement(assessment, code), require_user()
    if not request.is_json:
        raise Unusable("This request cannot be read.", field="presence")
    row = db.session.get(Presence, who.id)
    if row is None:
        row = Presence(
            person_id=who.id,
            assessment_id=assessment.id,
            statement_id=statement.id,
            seen_at=now(),
        )
        db.session.add(row)
    row.assessment_id, row.statement_id, row.seen_at = assessment.id, statement.id, now()
    db.session.commit()
    return jsonify(words=presence_words(assessment, statement))
