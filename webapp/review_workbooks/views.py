"""A review as an Excel workbook: handed out, taken in, compared, accepted row by row."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from models import Assignment, Score, SheetUpload
from reviews import assessments, review_workbooks, scoring, sheet_uploads
from reviews.errors import Unusable
from reviews.policy import Action, Verdict, verdict
from reviews.queries import revisions
from reviews.saving import Known, Sent
from reviews.sheet_uploads import Taken
from reviews.workbooks import Comparison, Reading
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import Refused, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.rendering import render
from webapp.review_workbooks.layout import COLUMN_WORDS, confidences, form_of, understood
from webapp.review_workbooks.pages import ReviewChangesPage, ReviewSheetPage
from webapp.saves import fresh_key
from webapp.sessions import require_user
from webapp.sheet_forms import ChangesForm, UploadForm
from webapp.sheet_layout import XLSX, find_form
from webapp.storage import shown_name
from webapp.xlsx.reading import read_workbook

blueprint = Blueprint("review_workbooks", __name__, url_prefix="/reviews/<id:assignment_id>/sheet")


@blueprint.get("")
@guarded(Action.REVIEW_READ, loaders.assignment)
def show_sheet(assignment: Assignment) -> ResponseReturnValue:
    _wait_for_opening(assignment)
    return render(_sheet_page(assignment, UploadForm(formdata=None)))


@blueprint.get("/download")
@guarded(Action.REVIEW_READ, loaders.assignment)
def download_sheet(assignment: Assignment) -> ResponseReturnValue:
    _wait_for_opening(assignment)
    assessment = assignment.assessment
    signed = loaders.found(assessments.counted(assessment))
    content = form_of(assignment, loaders.questionnaire(assessment.round), signed)
    name = f"review-{assessment.city.slug}-{assessment.round.slug}.xlsx"
    return as_attachment(Response(content, mimetype=XLSX), name)


@blueprint.post("")
@guarded(Action.SCORE_WRITE, loaders.assignment, body="WORKBOOK_LIMIT")
def upload_sheet(assignment: Assignment) -> ResponseReturnValue:
    form = UploadForm()
    try:
        reading = _read(assignment, form)
    except Unusable as error:
        db.session.rollback()
        form.file.errors = [said(error)]
        return render(_sheet_page(assignment, form), 422)
    upload = sheet_uploads.put_down(
        assignment.assessment,
        reading,
        file_name=shown_name(form.file.data.filename or ""),
        key=fresh_key(),
        by=require_user(),
        now=now(),
        instead_of=loaders.sheet_upload(assignment.assessment),
        assignment=assignment,
    )
    db.session.add(upload)
    db.session.commit()
    return _to("show_changes", assignment)


@blueprint.get("/changes")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def show_changes(assignment: Assignment) -> ResponseReturnValue:
    upload = _waiting(assignment)
    if upload is None:
        return redirect(url_for(".show_sheet", assignment_id=assignment.id))
    return render(ReviewChangesPage.of(assignment, upload, _compared(assignment, upload)))


@blueprint.post("/changes")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def take_changes(assignment: Assignment) -> ResponseReturnValue:
    upload, form = _waiting(assignment), ChangesForm()
    if upload is None or form.upload.data != upload.key:
        flash(gettext("Nothing was changed: that sheet was finished, or another one was sent in."))
        return _to("show_changes", assignment)
    compared = _compared(assignment, upload)
    decided = form.decisions(compared)
    taken = review_workbooks.take(
        upload, assignment, compared, decided, _known, by=require_user(), now=now()
    )
    left = _compared(assignment, upload)
    if taken.stale or taken.refused:
        problems = {code: said(error) for code, error in taken.refused.items()}
        page = ReviewChangesPage.of(
            assignment,
            upload,
            left,
            decided=decided,
            problems=problems,
            problem=_what_is_left(taken),
        )
        db.session.commit()
        return render(page, 422 if taken.refused else 409)
    flash(_what_was_done(assignment, taken))
    finished = not any(one.changes for one in left) and not upload.faults
    if finished:
        db.session.delete(upload)
    db.session.commit()
    if finished:
        return redirect(url_for("reviewing.show_review", assignment_id=assignment.id), 303)
    return _to("show_changes", assignment)


@blueprint.post("/changes/set-aside")
@guarded(Action.SCORE_WRITE, loaders.assignment)
def set_aside(assignment: Assignment) -> ResponseReturnValue:
    upload = _waiting(assignment)
    if upload is not None:
        sheet_uploads.set_aside(upload, by=require_user(), now=now())
        db.session.delete(upload)
        db.session.commit()
        flash(gettext("The sheet is set aside. Nothing more was taken from it."))
    return _to("show_sheet", assignment)


def _wait_for_opening(assignment: Assignment) -> None:
    """The sheet holds what the city signed, so it waits for the review to be open as well."""
    answer = verdict(require_user(), Action.SUBMISSION_READ, assignment, now())
    if answer is not Verdict.YES:
        raise Refused(answer)


def _sheet_page(assignment: Assignment, form: UploadForm) -> ReviewSheetPage:
    return ReviewSheetPage.of(assignment, form, _waiting(assignment), require_user())


def _read(assignment: Assignment, form: UploadForm) -> Reading:
    """What a sheet says. Raises Unusable."""
    if not form.file.data:
        raise Unusable("Choose the file that you filled in.", field="file")
    book = read_workbook(form.file.data.stream.read())
    found = find_form(book, COLUMN_WORDS, review_workbooks.FILLED)
    whole = loaders.questionnaire(assignment.assessment.round)
    review_workbooks.refuse_other(found.told, review_workbooks.identity(assignment, whole))
    codes = {one.id: one.code for one in whole.statements}
    numbers = {codes[one.statement_id]: one.number for one in assignment.scores}
    reading = review_workbooks.read(found.lines, whole, numbers, understood, confidences())
    faults = tuple(replace(one, place=found.place(one)) for one in reading.faults)
    return replace(reading, faults=faults)


def _waiting(assignment: Assignment) -> SheetUpload | None:
    upload = loaders.sheet_upload(assignment.assessment)
    there = sheet_uploads.waiting(upload, assignment.assessment, now(), assignment)
    return upload if there else None


def _compared(assignment: Assignment, upload: SheetUpload) -> list[Comparison]:
    """The rows that wait beside the scores as they are now."""
    whole = loaders.questionnaire(assignment.assessment.round)
    rows = sheet_uploads.rows_of(upload)
    ids = {one.code: one.id for one in whole.statements}
    bases = {ids[row.code]: row.base for row in rows if row.code in ids}
    earlier = revisions.scores_at(db.session(), assignment, bases)
    scores = {one.statement_id: one for one in assignment.scores}
    return sheet_uploads.comparisons(rows, whole, scores, earlier)


def _known(score: Score, sent: Sent) -> Known:
    return revisions.known(db.session(), score, sent, require_user())


def _what_was_done(assignment: Assignment, taken: Taken) -> str:
    whole = loaders.questionnaire(assignment.assessment.round)
    missing = scoring.without_score(assignment, whole)
    return gettext(
        "%(saved)s %(done)d of %(all)d statements are scored.",
        saved=_saved(taken),
        done=len(whole.statements) - len(missing),
        all=len(whole.statements),
    )


def _what_is_left(taken: Taken) -> str:
    return gettext(
        "%(saved)s Not saved, look at it again: %(codes)s.",
        saved=_saved(taken),
        codes=", ".join([*taken.stale, *taken.refused]),
    )


def _saved(taken: Taken) -> str:
    count = len(taken.saved)
    return ngettext("%(num)d score is saved.", "%(num)d scores are saved.", count)


def _to(view: str, assignment: Assignment) -> ResponseReturnValue:
    return redirect(url_for(f".{view}", assignment_id=assignment.id), 303)
