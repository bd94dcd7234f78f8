"""A city's evidence: kept in its library, cited under statements, handed out to who may read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Citation, Confidentiality, DocumentKind, Evidence, EvidenceVersion
from reviews import assessments
from reviews import evidence as library
from reviews.errors import AlreadyThere, Unusable
from reviews.evidence import Link, Source
from reviews.policy import Action, allowed
from reviews.queries import answers
from reviews.queries import evidence as shelves
from reviews.questionnaires import AskedStatement
from webapp import archives, loaders, storage
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, answers_as_json, said
from webapp.evidence.forms import AddForm, CiteForm, FactsForm, RuledForm, SourceForm, UseForm
from webapp.evidence.index import members
from webapp.evidence.pages import (
    AddPage,
    CitePage,
    DocumentPage,
    FactsPage,
    LibraryPage,
    NewVersionPage,
    Offer,
    UsePage,
)
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import Page, render
from webapp.sessions import require_user

blueprint = Blueprint("evidence", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>")


# The library.


@blueprint.get("/evidence")
@guarded(Action.LIBRARY_READ, loaders.assessment, query=("kind", "show"))
def show_library(assessment: Assessment) -> ResponseReturnValue:
    kind, state = request.args.get("kind", ""), request.args.get("show", "")
    if kind not in ("", *DocumentKind) or state not in LibraryPage.STATES:
        abort(422)
    session, city = db.session(), assessment.city
    return render(
        LibraryPage.of(
            assessment,
            shelves.library(session, city),
            shelves.uses(session, city),
            shelves.used_bytes(session, city),
            request.args,
            require_user(),
        )
    )


@blueprint.get("/evidence.zip")
@guarded(Action.LIBRARY_READ, loaders.assessment)
def download_library(assessment: Assessment) -> ResponseReturnValue:
    """All files with an index, for the city's own staff."""
    session, city = db.session(), assessment.city
    packed = members(
        city,
        shelves.library(session, city),
        shelves.uses(session, city),
        storage.reader(),
        now(),
    )
    answer = Response(archives.streamed(packed), mimetype="application/zip")
    return as_attachment(answer, f"evidence-{city.slug}.zip")


@blueprint.get("/evidence/new")
@guarded(Action.EVIDENCE_ADD, loaders.assessment, query=("statement",))
def show_add_evidence(assessment: Assessment) -> ResponseReturnValue:
    return render(AddPage.of(assessment, _asked_for(assessment), AddForm(formdata=None)))


@blueprint.post("/evidence/new")
@guarded(Action.EVIDENCE_ADD, loaders.assessment, query=("statement",), body="EVIDENCE_LIMIT")
def add_evidence(assessment: Assessment) -> ResponseReturnValue:
    statement, form = _asked_for(assessment), AddForm()
    if not form.validate():
        return _refused(AddPage.of(assessment, statement, form), form)
    by, at = require_user(), now()
    try:
        with _sent(assessment, form) as (source, notes):
            number = shelves.next_number(db.session(), assessment.city)
            added = library.add(assessment, source, form.facts, number=number, by=by, now=at)
            if statement is not None:
                pointer, claim = form.pointer.data or "", form.claim.data or ""
                library.cite(
                    added, assessment, statement, pointer=pointer, claim=claim, by=by, now=at
                )
            db.session.add(added)
            db.session.commit()
    except Unusable as error:
        db.session.rollback()
        offer = _offer(assessment, statement, error)
        return _refused(AddPage.of(assessment, statement, form, offer), form, error)
    flash(" ".join([gettext("It is in the library, as E%(number)d.", number=number), *notes]))
    if statement is not None:
        return _on_to(_statement_page(assessment, statement))
    return _on_to(_document_page(assessment, added))


@blueprint.get("/evidence/<id:evidence_id>")
@guarded(Action.LIBRARY_READ, loaders.assessment)
def show_evidence(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document = loaders.evidence(assessment, evidence_id)
    uses = shelves.uses(db.session(), assessment.city, document)
    return render(DocumentPage.of(document, assessment, uses, require_user()))


@blueprint.get("/evidence/<id:evidence_id>/edit")
@guarded(Action.LIBRARY_WRITE, loaders.assessment)
def show_edit_evidence(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document = loaders.evidence(assessment, evidence_id)
    return render(FactsPage.of(document, assessment, FactsForm.about(document)))


@blueprint.post("/evidence/<id:evidence_id>/edit")
@guarded(Action.LIBRARY_WRITE, loaders.assessment)
def edit_evidence(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document, form = loaders.evidence(assessment, evidence_id), FactsForm()
    if not form.validate():
        return _refused(FactsPage.of(document, assessment, form), form)
    try:
        library.edit(document, assessment, form.facts, by=require_user(), now=now())
    except Unusable as error:
        db.session.rollback()
        return _refused(FactsPage.of(document, assessment, form), form, error)
    db.session.commit()
    flash(gettext("The change is saved."))
    return _on_to(_document_page(assessment, document))


@blueprint.get("/evidence/<id:evidence_id>/new-version")
@guarded(Action.LIBRARY_WRITE, loaders.assessment)
def show_new_version(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document = loaders.evidence(assessment, evidence_id)
    return render(NewVersionPage.of(document, assessment, SourceForm(formdata=None)))


@blueprint.post("/evidence/<id:evidence_id>/new-version")
@guarded(Action.LIBRARY_WRITE, loaders.assessment, body="EVIDENCE_LIMIT")
def add_version(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document, form = loaders.evidence(assessment, evidence_id), SourceForm()
    try:
        with _sent(assessment, form) as (source, notes):
            version = library.add_version(
                document, assessment, source, by=require_user(), now=now()
            )
            db.session.commit()
    except Unusable as error:
        db.session.rollback()
        offer = _offer(assessment, None, error)
        return _refused(NewVersionPage.of(document, assessment, form, offer), form, error)
    said_so = gettext(
        "Version %(number)d is stored. What is signed keeps the version it was signed with.",
        number=version.number,
    )
    flash(" ".join([said_so, *notes]))
    return _on_to(_document_page(assessment, document))


@blueprint.post("/evidence/<id:evidence_id>/remove")
@guarded(Action.LIBRARY_WRITE, loaders.assessment)
def remove_evidence(assessment: Assessment, evidence_id: int) -> ResponseReturnValue:
    document = loaders.evidence(assessment, evidence_id)
    library.remove(document, assessment, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(title)s is removed from the library.", title=document.title))
    return redirect(address_in(".show_library", assessment), 303)


@blueprint.get("/evidence/<id:evidence_id>/versions/<id:number>")
@guarded(Action.EVIDENCE_READ, loaders.assessment)
def download_evidence(assessment: Assessment, evidence_id: int, number: int) -> ResponseReturnValue:
    """A file, always as an attachment: nothing that was uploaded runs in this site's name."""
    document = loaders.evidence(assessment, evidence_id)
    version = loaders.found(next((one for one in document.versions if one.number == number), None))
    if not _may_read(assessment, version):
        abort(404)
    stored_as = loaders.found(version.stored_as)
    answer = Response(storage.reader()(stored_as), mimetype=version.media_type)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Content-Length"] = str(version.size)
    return as_attachment(answer, version.file_name or "")


# Uses under statements.


@blueprint.get("/statements/<code:code>/evidence")
@guarded(Action.EVIDENCE_ADD, loaders.assessment, query=("evidence",))
def show_cite_evidence(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assessment, code)
    form = CiteForm.offering(
        _to_choose_from(assessment), formdata=None, evidence=request.args.get("evidence", "")
    )
    return render(CitePage.of(assessment, statement, form))


@blueprint.post("/statements/<code:code>/evidence")
@guarded(Action.EVIDENCE_ADD, loaders.assessment)
def cite_evidence(assessment: Assessment, code: str) -> ResponseReturnValue:
    statement, choices = loaders.statement(assessment, code), _to_choose_from(assessment)
    form = CiteForm.offering(choices)
    try:
        citation = library.cite(
            _chosen(form, choices),
            assessment,
            statement,
            pointer=form.pointer.data or "",
            claim=form.claim.data or "",
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        return _refused(CitePage.of(assessment, statement, form), form, error)
    db.session.add(citation)
    db.session.commit()
    flash(gettext("%(code)s cites it now.", code=code))
    return redirect(_statement_page(assessment, statement), 303)


@blueprint.get("/citations/<id:citation_id>")
@guarded(Action.EVIDENCE_ADD, loaders.citation)
def show_citation(citation: Citation) -> ResponseReturnValue:
    return render(UsePage.of(citation, _statement_of(citation), UseForm.of(citation)))


@blueprint.post("/citations/<id:citation_id>")
@guarded(Action.EVIDENCE_ADD, loaders.citation)
def edit_citation(citation: Citation) -> ResponseReturnValue:
    statement, form = _statement_of(citation), UseForm()
    try:
        library.edit_citation(
            citation,
            pointer=form.pointer.data or "",
            claim=form.claim.data or "",
            by=require_user(),
            now=now(),
        )
    except Unusable as error:
        db.session.rollback()
        return _refused(UsePage.of(citation, statement, form), form, error)
    db.session.commit()
    flash(gettext("The change is saved."))
    return redirect(_statement_page(citation.assessment, statement), 303)


@blueprint.post("/citations/<id:citation_id>/withdraw")
@guarded(Action.EVIDENCE_WITHDRAW, loaders.citation)
def withdraw_evidence(citation: Citation) -> ResponseReturnValue:
    statement = _statement_of(citation)
    library.withdraw(citation, by=require_user(), now=now())
    db.session.commit()
    undo = address_in(".restore_evidence", citation.assessment, citation_id=citation.id)
    flash(gettext("%(code)s does not cite it any more.", code=statement.code), undo)
    return redirect(_statement_page(citation.assessment, statement), 303)


@blueprint.post("/citations/<id:citation_id>/restore")
@guarded(Action.EVIDENCE_WITHDRAW, loaders.citation)
def restore_evidence(citation: Citation) -> ResponseReturnValue:
    statement = _statement_of(citation)
    library.restore(citation, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("%(code)s cites it again.", code=statement.code))
    return redirect(_statement_page(citation.assessment, statement), 303)


def _asked_for(assessment: Assessment) -> AskedStatement | None:
    """The statement that the address names. Whoever sees only parts of a city adds for one."""
    code = request.args.get("statement")
    if code is not None:
        return loaders.statement(assessment, code)
    if not allowed(require_user(), Action.LIBRARY_WRITE, assessment, now()):
        abort(403)
    return None


def _statement_of(citation: Citation) -> AskedStatement:
    asked = loaders.asked(citation.assessment).statements
    return loaders.found(next((one for one in asked if one.id == citation.statement_id), None))


@contextmanager
def _sent(assessment: Assessment, form: AddForm | SourceForm) -> Iterator[tuple[Source, list[str]]]:
    """What was sent, stored, and what to know about it. If the rest fails, it is not kept."""
    loaders.lock_library(assessment)
    if not form.file.data:
        address = library.web_address(form.address.data or "").geturl()
        library.is_new(_twin(assessment, address=address), field="address")
        yield Link(address), []
        return
    upload = storage.Upload(form.file.data.stream, form.file.data.filename or "")
    library.is_new(_twin(assessment, sha256=upload.sha256), field="file")
    used = shelves.used_bytes(db.session(), assessment.city)
    library.room_for(upload.size, used=used, quota=storage.quota())
    file = upload.kept()
    try:
        yield file, [_note(one) for one in upload.content.notes]
    except Exception:
        storage.forget(file.stored_as)
        raise


def _note(note: str) -> str:
    return {
        "active": gettext("This PDF holds scripts or other files; some readers warn about that."),
        "locked": gettext("This PDF is locked with a password: check that others can open it."),
        "place": gettext("This photo says where it was taken."),
    }[note]


def _twin(assessment: Assessment, **same: str) -> EvidenceVersion | None:
    """The same thing in the library, if the person may see it there."""
    found = shelves.twin(db.session(), assessment.city, **same)
    seen = found is not None and found.evidence in _to_choose_from(assessment)
    return found if seen else None


def _to_choose_from(assessment: Assessment) -> Sequence[Evidence]:
    """The library; for whoever sees only parts of a city, what is cited in these parts."""
    there = shelves.library(db.session(), assessment.city)
    if allowed(require_user(), Action.LIBRARY_READ, assessment, now()):
        return there
    cited = {one.evidence for one in _cited_in_sight(assessment)}
    return [one for one in there if one in cited]


def _cited_in_sight(assessment: Assessment) -> list[Citation]:
    seen = {one.id for one in loaders.asked(assessment).statements}
    cited = answers.citations(db.session(), assessment)
    return [one for one in cited if one.statement_id in seen]


def _may_read(assessment: Assessment, version: EvidenceVersion) -> bool:
    """The city's staff read what they see; everybody else what was signed, and nothing that is
    for the city only."""
    who, at, document = require_user(), now(), version.evidence
    if allowed(who, Action.LIBRARY_READ, assessment, at):
        return True
    if allowed(who, Action.EVIDENCE_READ_DRAFT, assessment, at):
        return any(one.evidence is document for one in _cited_in_sight(assessment))
    if document.confidentiality is Confidentiality.CITY:
        return False
    counted = assessments.counted(assessment)
    versions = [counted.version] if counted else []
    if allowed(who, Action.SUBMISSION_READ_EARLIER, assessment, at):
        versions = [one.version for one in assessment.submissions]
    named = shelves.signed(db.session(), assessment, versions)
    return (document.id, version.number) in named


def _chosen(form: CiteForm, choices: Sequence[Evidence]) -> Evidence:
    chosen = next((one for one in choices if str(one.id) == form.evidence.data), None)
    if chosen is None:
        raise Unusable("Choose a document.", field="evidence")
    return chosen


def _offer(
    assessment: Assessment, statement: AskedStatement | None, error: Unusable
) -> Offer | None:
    """Where to go on with what is in the library already."""
    if not isinstance(error, AlreadyThere):
        return None
    there = next(one for one in _to_choose_from(assessment) if one.number == error.number)
    if statement is None:
        return Offer(gettext("Open it"), _document_page(assessment, there))
    address = address_in(".show_cite_evidence", assessment, code=statement.code, evidence=there.id)
    return Offer(gettext("Cite it for %(code)s", code=statement.code), address)


def _refused(page: Page, form: RuledForm, error: Unusable | None = None) -> ResponseReturnValue:
    """The page with all that was typed, and what is wrong; to the script only the latter."""
    if error is None:
        status, words = 422, " ".join(str(one) for every in form.errors.values() for one in every)
    else:
        status, words = STATUS[type(error)], said(error)
        form.put_error(error.field, words)
    if answers_as_json():
        offer = getattr(page, "offer", None)
        answer: Response = jsonify(
            message=words,
            offer={"words": offer.words, "address": offer.address} if offer else None,
        )
        answer.status_code = status
    else:
        answer = render(page, status)
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer


def _on_to(address: str) -> ResponseReturnValue:
    """Where a browser goes after an upload; the script in a page goes there by itself."""
    return jsonify(location=address) if answers_as_json() else redirect(address, 303)


def _statement_page(assessment: Assessment, statement: AskedStatement) -> str:
    return address_in(
        "assessments.show_answer", assessment, code=statement.code, _anchor="evidence"
    )


def _document_page(assessment: Assessment, document: Evidence) -> str:
    return address_in(".show_evidence", assessment, evidence_id=document.id)
