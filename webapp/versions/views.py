"""What changed between two versions, and a signed version on paper."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from models import Assessment
from reviews import submissions, versions
from reviews.policy import Action
from reviews.queries import answers
from webapp import loaders
from webapp.downloads import as_attachment
from webapp.extensions import db
from webapp.guard import guarded
from webapp.printing import pdf
from webapp.rendering import render
from webapp.versions.pages import ChangesPage, PrintPage

blueprint = Blueprint("versions", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>")


@blueprint.get("/versions/<id:version>/since/<id:earlier>")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def show_changes(assessment: Assessment, version: int, earlier: int) -> ResponseReturnValue:
    if earlier > version:
        abort(404)
    questionnaire = loaders.questionnaire(assessment.round)
    before, after = (
        json.loads(loaders.signed_version(assessment, one).document) for one in (earlier, version)
    )
    changes = versions.changes(before, after, questionnaire)
    return render(
        ChangesPage.of(assessment, questionnaire, changes, earlier=earlier, later=version)
    )


@blueprint.get("/sign-off/changes")
@guarded(Action.ASSESSMENT_READ, loaders.assessment)
def show_draft_changes(assessment: Assessment) -> ResponseReturnValue:
    """What would be signed now beside what was signed last."""
    questionnaire = loaders.questionnaire(assessment.round)
    last = loaders.found(assessment.submissions[-1] if assessment.submissions else None)
    draft = submissions.city_document(
        assessment,
        questionnaire,
        assessment.answers,
        answers.citations(db.session(), assessment),
    )
    changes = versions.changes(json.loads(last.document), draft, questionnaire)
    return render(
        ChangesPage.of(assessment, questionnaire, changes, earlier=last.version, later=None)
    )


@blueprint.get("/versions/<id:version>/print")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def show_print(assessment: Assessment, version: int) -> ResponseReturnValue:
    return render(_on_paper(assessment, version))


@blueprint.get("/versions/<id:version>/document.pdf")
@guarded(Action.SUBMISSION_READ, loaders.assessment)
def download_pdf(assessment: Assessment, version: int) -> ResponseReturnValue:
    page = _on_paper(assessment, version)
    written = pdf(render(page).get_data(as_text=True), sha256=page.sha256)
    name = f"{assessment.city.slug}-{assessment.round.slug}-version-{version}.pdf"
    return as_attachment(Response(written, mimetype="application/pdf"), name)


def _on_paper(assessment: Assessment, version: int) -> PrintPage:
    submission = loaders.signed_version(assessment, version)
    return PrintPage.of(assessment, submission, loaders.questionnaire(assessment.round))
