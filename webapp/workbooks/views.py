"""A city's form as an Excel workbook: handed out, taken in, compared, accepted row by row."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from models import Answer, Assessment, SheetUpload
from reviews import completeness, sheet_uploads, workbooks
from reviews.assessments import states_of
from reviews.errors import Unusable
from reviews.policy import Action
from reviews.queries import answers, revisions
from reviews.saving import Known, Sent
from reviews.sheet_uploads import Taken
from reviews.workbooks import Comparison, Reading
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.saves import fresh_key
from webapp.sessions import require_user
from webapp.sheet_forms import ChangesForm, UploadForm
from webapp.sheet_layout import XLSX, find_form
from webapp.storage import shown_name
from webapp.workbooks.layout import COLUMN_WORDS, form_of, understood
from webapp.workbooks.pages import ChangesPage, SheetPage
from webapp.xlsx.reading import read_workbook

blueprint = Blueprint(
    "workbooks", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/sheet"
)


@blueprint.get("")
@guarded(Action.ANSWER_READ, loaders.assessment)
def show_sheet(assessment: Assessment) -> ResponseReturnValue:
    return render(_sheet_page(assessment, UploadForm(formdata=None)))


@blueprint.get("/download")
@guarded(Action.ANSWER_READ, loaders.assessment)
def download_sheet(assessment: Assessment) -> ResponseReturnValue:
    content = form_of(
        assessment,
        loaders.asked(assessment),
        _answers(assessment),
        answers.citations(db.session(), assessment),
    )
    name = f"{assessment.city.slug}-{assessment.round.slug}.xlsx"
    return as_attachment(Response(content, mimetype=XLSX), name)


@blueprint.post("")
@guarded(Action.ANSWER_WRITE, loaders.assessment, body="WORKBOOK_LIMIT")
def upload_sheet(assessment: Assessment) -> ResponseReturnValue:
    form = UploadForm()
    try:
        reading = _read(assessment, form)
    except Unusable as error:
        db.session.rollback()
        form.file.errors = [said(error)]
        return render(_sheet_page(assessment, form), 422)
    upload = sheet_uploads.put_down(
        assessment,
        reading,
        file_name=shown_name(form.file.data.filename or ""),
        key=fresh_key(),
        by=require_user(),
        now=now(),
        instead_of=loaders.sheet_upload(assessment),
    )
    db.session.add(upload)
    db.session.commit()
    return redirect(address_in(".show_changes", assessment), 303)


@blueprint.get("/changes")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def show_changes(assessment: Assessment) -> ResponseReturnValue:
    upload = _waiting(assessment)
    if upload is None:
        return redirect(address_in(".show_sheet", assessment))
    return render(ChangesPage.of(upload, _compared(upload)))


@blueprint.post("/changes")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def take_changes(assessment: Assessment) -> ResponseReturnValue:
    upload, form = _waiting(assessment), ChangesForm()
    if upload is None or form.upload.data != upload.key:
        flash(gettext("Nothing was changed: that sheet was finished, or another one was sent in."))
        return redirect(address_in(".show_changes", assessment), 303)
    compared = _compared(upload)
    decided = form.decisions(compared)
    taken = sheet_uploads.take(
        upload, compared, decided, _answers(assessment), _known, by=require_user(), now=now()
    )
    left = _compared(upload)
    if taken.stale or taken.refused:
        problems = {code: said(error) for code, error in taken.refused.items()}
        page = ChangesPage.of(
            upload, left, decided=decided, problems=problems, problem=_what_is_left(taken)
        )
        db.session.commit()
        return render(page, 422 if taken.refused else 409)
    flash(_what_was_done(assessment, taken))
    finished = not any(one.changes for one in left) and not upload.faults
    if finished:
        db.session.delete(upload)
    db.session.commit()
    endpoint = "assessments.show_assessment" if finished else ".show_changes"
    return redirect(address_in(endpoint, assessment), 303)


@blueprint.post("/changes/set-aside")
@guarded(Action.ANSWER_WRITE, loaders.assessment)
def set_aside(assessment: Assessment) -> ResponseReturnValue:
    upload = loaders.sheet_upload(assessment)
    if upload is not None:
        sheet_uploads.set_aside(upload, by=require_user(), now=now())
        db.session.delete(upload)
        db.session.commit()
        flash(gettext("The sheet is set aside. Nothing more was taken from it."))
    return redirect(address_in(".show_sheet", assessment), 303)


def _sheet_page(assessment: Assessment, form: UploadForm) -> SheetPage:
    return SheetPage.of(assessment, form, _waiting(assessment), require_user())


def _read(assessment: Assessment, form: UploadForm) -> Reading:
    """What a sheet says. Raises Unusable."""
    if not form.file.data:
        raise Unusable("Choose the file that you filled in.", field="file")
    book = read_workbook(form.file.data.stream.read())
    found = find_form(book, COLUMN_WORDS, workbooks.FILLED)
    seen = loaders.asked(assessment)
    workbooks.refuse_other(found.told, workbooks.identity(assessment, seen))
    codes = {one.id: one.code for one in seen.statements}
    numbers = {codes.get(one.statement_id, ""): one.number for one in assessment.answers}
    reading = workbooks.read(found.lines, seen, numbers, understood)
    faults = tuple(replace(one, place=found.place(one)) for one in reading.faults)
    return replace(reading, faults=faults)


def _waiting(assessment: Assessment) -> SheetUpload | None:
    upload = loaders.sheet_upload(assessment)
    return upload if sheet_uploads.waiting(upload, assessment, now()) else None


def _answers(assessment: Assessment) -> dict[int, Answer]:
    return {one.statement_id: one for one in assessment.answers}


def _compared(upload: SheetUpload) -> list[Comparison]:
    """The rows that wait beside what is stored now, as far as the person may see."""
    seen = loaders.asked(upload.assessment)
    rows = sheet_uploads.rows_of(upload)
    ids = {one.code: one.id for one in seen.statements}
    bases = {ids[row.code]: row.base for row in rows if row.code in ids}
    earlier = revisions.contents_at(db.session(), upload.assessment, bases)
    return sheet_uploads.comparisons(rows, seen, _answers(upload.assessment), earlier)


def _known(answer: Answer, sent: Sent) -> Known:
    return revisions.known(db.session(), answer, sent, require_user())


def _what_was_done(assessment: Assessment, taken: Taken) -> str:
    seen = loaders.asked(assessment)
    complete = len(seen.statements) - len(completeness.missing(seen, states_of(assessment)))
    return gettext(
        "%(saved)s %(done)d of %(all)d statements are complete.",
        saved=_saved(taken),
        done=complete,
        all=len(seen.statements),
    )


def _what_is_left(taken: Taken) -> str:
    return gettext(
        "%(saved)s Not saved, look at it again: %(codes)s.",
        saved=_saved(taken),
        codes=", ".join([*taken.stale, *taken.refused]),
    )


def _saved(taken: Taken) -> str:
    count = len(taken.saved)
    return ngettext("%(num)d answer is saved.", "%(num)d answers are saved.", count)
