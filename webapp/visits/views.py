"""The visit to a city: its programme, and the notes that stay in the team."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, User, Visit, VisitNote, VisitSession
from reviews import visits
from reviews.errors import Stale, Unusable
from reviews.policy import Action
from reviews.queries import visits as stored
from reviews.questionnaires import AskedStatement
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user
from webapp.visit_notes import Draft, all_notes
from webapp.visits.calendar import calendar
from webapp.visits.forms import DaysForm, SessionForm
from webapp.visits.pages import DaysPage, NotesPage, PrintPage, SessionPage, VisitPage

blueprint = Blueprint(
    "visits", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/visit"
)


@blueprint.get("")
@guarded(Action.VISIT_READ, loaders.assessment)
def show_visit(assessment: Assessment) -> ResponseReturnValue:
    return render(VisitPage.of(assessment, _visit(assessment), require_user()))


@blueprint.get("/print")
@guarded(Action.VISIT_READ, loaders.assessment)
def show_print(assessment: Assessment) -> ResponseReturnValue:
    return render(PrintPage.of(assessment, _visit(assessment)))


@blueprint.get("/calendar")
@guarded(Action.VISIT_READ, loaders.assessment)
def download_calendar(assessment: Assessment) -> ResponseReturnValue:
    visit = _visit(assessment)
    if visit is None or not visit.sessions:
        # A calendar file without an appointment is none.
        return _to_visit(assessment)
    answer = Response(calendar(visit), content_type="text/calendar; charset=utf-8")
    return as_attachment(answer, f"visit-{assessment.city.slug}.ics")


@blueprint.get("/days")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def show_days(assessment: Assessment) -> ResponseReturnValue:
    return render(DaysPage.of(assessment, DaysForm.showing(_visit(assessment))))


@blueprint.post("/days")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def write_days(assessment: Assessment) -> ResponseReturnValue:
    form, visit = DaysForm(), _visit(assessment)
    if not form.validate():
        return render(DaysPage.of(assessment, form), 422)
    try:
        visit = _days_set(assessment, visit, form)
    except (Stale, Unusable) as error:
        db.session.rollback()
        if isinstance(error, Stale):
            form.base.data = str(error.number)
            return render(DaysPage.of(assessment, form, visit), 409)
        form.put_error(error.field, said(error))
        return render(DaysPage.of(assessment, form), 422)
    db.session.add(visit)
    db.session.commit()
    flash(gettext("The days of the visit are saved."))
    return _to_visit(assessment)


@blueprint.get("/sessions")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def show_new_session(assessment: Assessment) -> ResponseReturnValue:
    visit = _visit(assessment)
    if visit is None:
        return redirect(address_in(".show_days", assessment), 303)
    return render(_session_page(visit, SessionForm.offering(_team(visit), formdata=None)))


@blueprint.post("/sessions")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def add_session(assessment: Assessment) -> ResponseReturnValue:
    visit = _visit(assessment)
    if visit is None:
        return redirect(address_in(".show_days", assessment), 303)
    form = SessionForm.offering(_team(visit))
    if not form.validate():
        return render(_session_page(visit, form), 422)
    try:
        plan = form.plan(_team(visit))
        questionnaire = loaders.questionnaire(assessment.round)
        visits.add_session(visit, questionnaire, plan, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(_session_page(visit, form), 422)
    db.session.commit()
    flash(gettext("The session is in the programme."))
    return _to_visit(assessment)


@blueprint.get("/sessions/<id:session_id>")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def show_session(assessment: Assessment, session_id: int) -> ResponseReturnValue:
    session = _session(assessment, session_id)
    form = SessionForm.offering(_team(session.visit), session, formdata=None)
    return render(_session_page(session.visit, form, session))


@blueprint.post("/sessions/<id:session_id>")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def change_session(assessment: Assessment, session_id: int) -> ResponseReturnValue:
    session = _session(assessment, session_id)
    visit = session.visit
    form = SessionForm.offering(_team(visit))
    if not form.validate():
        return render(_session_page(visit, form, session), 422)
    try:
        _change(session, form)
    except (Stale, Unusable) as error:
        db.session.rollback()
        if isinstance(error, Stale):
            form.base.data = str(error.number)
            return render(_session_page(visit, form, session, stale=True), 409)
        form.put_error(error.field, said(error))
        return render(_session_page(visit, form, session), 422)
    db.session.commit()
    flash(gettext("The session is saved."))
    return _to_visit(assessment)


@blueprint.post("/sessions/<id:session_id>/call-off")
@guarded(Action.VISIT_WRITE, loaders.assessment)
def call_off_session(assessment: Assessment, session_id: int) -> ResponseReturnValue:
    session = _session(assessment, session_id)
    if request.form.get("sure") != "yes":
        form = SessionForm.offering(_team(session.visit), session, formdata=None)
        unsure = gettext("Tick the box if the session should be called off.")
        return render(_session_page(session.visit, form, session, unsure=unsure), 422)
    visits.call_off_session(session, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The session is called off."))
    return _to_visit(assessment)


@blueprint.get("/notes")
@guarded(Action.VISIT_NOTE_READ, loaders.assessment)
def show_notes(assessment: Assessment) -> ResponseReturnValue:
    return render(NotesPage.of(assessment, all_notes(assessment)))


@blueprint.post("/notes")
@guarded(Action.VISIT_NOTE_WRITE, loaders.assessment)
def write_note(assessment: Assessment) -> ResponseReturnValue:
    typed, code, session = (request.form.get(one, "") for one in ("text", "code", "session"))
    try:
        note = visits.write_note(
            assessment,
            session=_chosen_session(assessment, session),
            statement=_chosen_statement(assessment, code),
            text=typed,
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        draft = Draft(typed, code, said(error), error.field)
        notes = all_notes(assessment).refused(draft, session)
        return render(NotesPage.of(assessment, notes), 422)
    db.session.add(note)
    db.session.commit()
    flash(gettext("Your note is kept. The city and the coordinators never read it."))
    return _back(assessment)


@blueprint.post("/notes/change")
@guarded(Action.VISIT_NOTE_WRITE, loaders.assessment)
def change_note(assessment: Assessment) -> ResponseReturnValue:
    note = _own_note(assessment)
    typed = request.form.get("text", "")
    try:
        base = _version(request.form.get("base", ""))
        visits.change_note(note, text=typed, base=base, by=require_user(), now=now())
    except (Stale, Unusable) as error:
        db.session.rollback()
        stale = isinstance(error, Stale)
        notes = all_notes(assessment).refused_change(
            note.id, typed, problem="" if stale else said(error), stale=stale
        )
        return render(NotesPage.of(assessment, notes), STATUS[type(error)])
    db.session.commit()
    flash(gettext("Your note is saved."))
    return _back(assessment)


@blueprint.post("/notes/delete")
@guarded(Action.VISIT_NOTE_WRITE, loaders.assessment)
def delete_note(assessment: Assessment) -> ResponseReturnValue:
    note = _own_note(assessment)
    visits.take_back_note(note, by=require_user(), now=now())
    db.session.delete(note)
    db.session.commit()
    flash(gettext("Your note is deleted."))
    return _back(assessment)


def _visit(assessment: Assessment) -> Visit | None:
    return stored.visit(db.session(), assessment)


def _session(assessment: Assessment, session_id: int) -> VisitSession:
    visit = loaders.found(_visit(assessment))
    return loaders.found(next((one for one in visit.sessions if one.id == session_id), None))


def _team(visit: Visit) -> list[User]:
    return [one.reviewer for one in visits.team(visit.assessment)]


def _session_page(
    visit: Visit,
    form: SessionForm,
    session: VisitSession | None = None,
    *,
    stale: bool = False,
    unsure: str = "",
) -> SessionPage:
    questionnaire = loaders.questionnaire(visit.assessment.round)
    return SessionPage.of(visit, form, questionnaire, session, stale=stale, unsure=unsure)


def _days_set(assessment: Assessment, visit: Visit | None, form: DaysForm) -> Visit:
    first, last = form.first_day.data, form.last_day.data
    if first is None or last is None:
        raise LookupError("no day was entered")
    return visits.set_days(
        assessment,
        visit,
        first_day=first,
        last_day=last,
        meeting_point=form.meeting_point.data or "",
        base=form.version,
        by=require_user(),
        now=now(),
    )


def _change(session: VisitSession, form: SessionForm) -> None:
    visits.change_session(
        session,
        loaders.questionnaire(session.assessment.round),
        form.plan(_team(session.visit)),
        base=form.version,
        by=require_user(),
        now=now(),
    )


def _chosen_session(assessment: Assessment, given: str) -> VisitSession | None:
    visit = _visit(assessment)
    there: Iterable[VisitSession] = visit.sessions if visit else ()
    session = next((one for one in there if str(one.id) == given and not one.called_off_at), None)
    if given and session is None:
        raise Unusable("This session is not in the programme any more.", field="session")
    return session


def _chosen_statement(assessment: Assessment, given: str) -> AskedStatement | None:
    code = given.strip().upper()
    statement = loaders.questionnaire(assessment.round).statement(code)
    if code and statement is None:
        raise Unusable("There is no statement with this code.", field="code")
    return statement


def _own_note(assessment: Assessment) -> VisitNote:
    given = request.form.get("note", "")
    notes = stored.own_notes(db.session(), assessment, require_user())
    note = next((one for one in notes if str(one.id) == given), None)
    if note is None:
        raise Unusable("This note is not there any more. Load the page again.", field="note")
    return note


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable("The version is not a number.", field="base")
    return int(text)


def _to_visit(assessment: Assessment) -> ResponseReturnValue:
    return redirect(address_in(".show_visit", assessment), 303)


def _back(assessment: Assessment) -> ResponseReturnValue:
    """To the page on which the note was written: that of a statement, or that of all notes."""
    kind, code = request.form.get("back", ""), request.form.get("on", "")
    on_a_statement = loaders.questionnaire(assessment.round).statement(code) is not None
    if kind == "consensus" and on_a_statement and assessment.consensus is not None:
        address = address_in(
            "consensus.show_agreed_level", assessment, code=code, _anchor="visit-notes"
        )
        return redirect(address, 303)
    own = next((one for one in visits.team(assessment) if one.reviewer is require_user()), None)
    if kind == "review" and on_a_statement and own is not None:
        address = url_for(
            "reviewing.show_score", assignment_id=own.id, code=code, _anchor="visit-notes"
        )
        return redirect(address, 303)
    return redirect(address_in(".show_notes", assessment), 303)
