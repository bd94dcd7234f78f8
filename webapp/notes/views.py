"""Notes inside a city: written, resolved, opened again. Nobody else ever gets them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment
from reviews import notes
from reviews.errors import Unusable
from reviews.policy import Action
from reviews.queries import delegation
from reviews.questionnaires import AskedStatement
from webapp import loaders
from webapp.clock import now
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.note_threads import mentionable, thread
from webapp.notes.pages import NotesPage
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint(
    "notes",
    __name__,
    url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/statements/<code:code>/notes",
)


@blueprint.get("")
@guarded(Action.NOTE_READ, loaders.assessment)
def show_notes(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    there = loaders.found(thread(assessment, statement))
    return render(NotesPage.of(assessment, statement, there))


@blueprint.post("")
@guarded(Action.NOTE_WRITE, loaders.assessment)
def write_note(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    typed, chosen = request.form.get("note", ""), set(request.form.getlist("for"))
    people = [one for one in mentionable(assessment, statement) if str(one.id) in chosen]
    try:
        if len(people) < len(chosen):
            raise Unusable("One of these people cannot see this statement.", field="for")
        note = notes.write_note(
            assessment, statement, text=typed, mentioned=people, by=require_user(), now=now()
        )
    except Unusable as error:
        db.session.rollback()
        there = loaders.found(thread(assessment, statement))
        refused = there.refused(typed, {one.id for one in people}, said(error))
        return render(NotesPage.of(assessment, statement, refused), 422)
    db.session.add(note)
    db.session.commit()
    flash(gettext("Your note is there. Only the people of your city read it."))
    return _back(assessment, statement)


@blueprint.post("/settle")
@guarded(Action.NOTE_WRITE, loaders.assessment)
def settle(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    there = delegation.notes(db.session(), assessment, [statement.id])
    given, resolved = request.form.get("note"), request.form.get("resolved")
    note = next((one for one in there if str(one.id) == given), None)
    if note is None or resolved not in ("yes", "no"):
        raise Unusable("This note is not there any more. Load the page again.", field="note")
    notes.settle(note, resolved=resolved == "yes", by=require_user(), now=now())
    db.session.commit()
    flash(
        gettext("The note is resolved.")
        if resolved == "yes"
        else gettext("The note is open again.")
    )
    return _back(assessment, statement)


def _back(assessment: Assessment, statement: AskedStatement) -> ResponseReturnValue:
    address = address_in(
        "assessments.show_answer", assessment, code=statement.code, _anchor="notes"
    )
    return redirect(address, 303)
