"""Evidence: cited under a statement, withdrawn, handed out again."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Citation, Evidence
from reviews import evidence as citing
from reviews.errors import Unusable
from reviews.policy import Action, allowed
from reviews.questionnaires import AskedStatement
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import said
from webapp.evidence.forms import EvidenceForm
from webapp.evidence.pages import EvidencePage
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.sessions import require_user
from webapp.storage import store_file, stored_bytes

blueprint = Blueprint("evidence", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>")


@blueprint.get("/statements/<code:code>/evidence")
@guarded(Action.EVIDENCE_ADD, loaders.assessment)
def show_add_evidence(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    return render(EvidencePage.of(assessment, statement, EvidenceForm(formdata=None)))


@blueprint.post("/statements/<code:code>/evidence")
@guarded(Action.EVIDENCE_ADD, loaders.assessment, body="EVIDENCE_LIMIT")
def add_evidence(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment.round, code)
    form = EvidenceForm()
    try:
        citation = _cite(assessment, statement, form)
    except Unusable as error:
        db.session.rollback()
        form.put_error(error.field, said(error))
        return render(EvidencePage.of(assessment, statement, form), 422)
    db.session.add(citation.evidence)
    db.session.commit()
    flash(gettext("The evidence is added."))
    return _back_to(assessment, code)


@blueprint.post("/citations/<id:citation_id>/withdraw")
@guarded(Action.EVIDENCE_WITHDRAW, loaders.citation)
def withdraw_evidence(citation: Citation) -> ResponseReturnValue:
    assessment = citation.assessment
    code = next(
        one.code
        for one in loaders.questionnaire(assessment.round).statements
        if one.id == citation.statement_id
    )
    citing.withdraw(citation, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("The evidence is taken away from this statement."))
    return _back_to(assessment, code)


@blueprint.get("/evidence/<id:evidence_id>")
@guarded(Action.EVIDENCE_READ, loaders.evidence)
def download_evidence(evidence: Evidence) -> ResponseReturnValue:
    """A file, always as an attachment: nothing that was uploaded runs in this site's name."""
    in_use = any(one.withdrawn_at is None for one in evidence.citations)
    if not in_use and not allowed(require_user(), Action.EVIDENCE_READ_DRAFT, evidence, now()):
        abort(404)
    stored_as = loaders.found(evidence.stored_as)
    answer = Response(stored_bytes(stored_as), mimetype=evidence.media_type)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Content-Length"] = str(evidence.size)
    return as_attachment(answer, evidence.file_name or "")


def _cite(assessment: Assessment, statement: AskedStatement, form: EvidenceForm) -> Citation:
    title, pointer = form.title.data or "", form.pointer.data or ""
    by, at = require_user(), now()
    if form.file.data:
        file = store_file(form.file.data.stream, form.file.data.filename or "")
        return citing.cite_file(
            assessment, statement, file, title=title, pointer=pointer, by=by, now=at
        )
    return citing.cite_link(
        assessment,
        statement,
        title=title,
        address=form.address.data or "",
        pointer=pointer,
        by=by,
        now=at,
    )


def _back_to(assessment: Assessment, code: str) -> ResponseReturnValue:
    address = address_in("assessments.show_answer", assessment, code=code, _anchor="evidence")
    return redirect(address, 303)
