"""City reports: read, printed, and written by the team block by block and finding by finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Finding, Report, ReportSection, ReportState, User
from reviews import reports as writing
from reviews.errors import KeyReused, Stale, Unusable
from reviews.policy import Action, allowed
from reviews.queries import reports, revisions, scores
from reviews.saving import Sent
from webapp import loaders
from webapp.clock import now
from webapp.errors import STATUS
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.rendering import render
from webapp.report_places import Spot, spot
from webapp.reports.forms import FindingForm, SectionForm
from webapp.reports.pages import PrintPage, ReportPage
from webapp.reports.writing import FindingPage, HistoryPage, Material, SectionPage
from webapp.saved_sheets import attempt_of
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user
from webapp.worksheets import NO_ATTEMPT, Attempt

SAVES_A_PAGE = 30

blueprint = Blueprint(
    "reports", __name__, url_prefix="/rounds/<slug:round_slug>/<slug:city_slug>/report"
)


@blueprint.get("")
@guarded(Action.REPORT_READ, loaders.assessment)
def show_report(assessment: Assessment) -> ResponseReturnValue:
    report, who = loaders.report(assessment), require_user()
    document = _shown(report, who)
    return render(ReportPage.of(report, loaders.questionnaire(assessment.round), document, who))


@blueprint.get("/print")
@guarded(Action.REPORT_READ, loaders.assessment)
def show_print(assessment: Assessment) -> ResponseReturnValue:
    report = loaders.report(assessment)
    document = _shown(report, require_user())
    return render(PrintPage.of(report, loaders.questionnaire(assessment.round), document))


@blueprint.get("/sections/<slug:section>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def show_section(assessment: Assessment, section: str) -> ResponseReturnValue:
    kept, there = _section(assessment, section)
    return render(_section_page(kept, there))


@blueprint.post("/sections/<slug:section>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def write_section(assessment: Assessment, section: str) -> ResponseReturnValue:
    kept, there = _section(assessment, section)
    sent = SectionForm().sent(ReportSection.FIELDS)
    try:
        _save_section(kept, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        return render(_section_page(kept, there, attempt_of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("%(block)s is saved.", block=there.words))
    return redirect(address_in(".show_section", assessment, section=section), 303)


@blueprint.patch("/sections/<slug:section>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def save_section(assessment: Assessment, section: str) -> ResponseReturnValue:
    kept, _ = _section(assessment, section)
    _save_section(kept, sent_by_script(ReportSection.FIELDS))
    db.session.commit()
    return saved(kept)


@blueprint.get("/sections/<slug:section>/history")
@guarded(Action.REPORT_WRITE, loaders.assessment, query=("before",))
def show_section_history(assessment: Assessment, section: str) -> ResponseReturnValue:
    kept, there = _section(assessment, section)
    before = _save_number(request.args.get("before"))
    changes = revisions.history(db.session(), kept, before=before, most=SAVES_A_PAGE + 1)
    return render(HistoryPage.of(kept, there, changes, most=SAVES_A_PAGE))


@blueprint.post("/sections/<slug:section>/history/<id:number>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def restore_section(assessment: Assessment, section: str, number: int) -> ResponseReturnValue:
    """Write what was stored after an earlier save once more, as a new save."""
    kept, there = _section(assessment, section)
    content = loaders.found(revisions.content_at(db.session(), kept, number))
    sent = replace(SectionForm().sent(()), content=content)
    try:
        _save_section(kept, sent)
    except (Stale, KeyReused) as error:
        db.session.rollback()
        return render(_section_page(kept, there, attempt_of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("The text is as it was after save %(number)d.", number=number))
    return redirect(address_in(".show_section_history", assessment, section=section), 303)


@blueprint.get("/findings/new")
@guarded(Action.REPORT_WRITE, loaders.assessment, query=("statement",))
def show_new_finding(assessment: Assessment) -> ResponseReturnValue:
    writing.writing(loaders.report(assessment))
    code = request.args.get("statement", "")
    if code and loaders.questionnaire(assessment.round).statement(code) is None:
        abort(422)
    return render(_new_finding_page(assessment, Attempt(typed={"statement": code})))


@blueprint.post("/findings/new")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def add_finding(assessment: Assessment) -> ResponseReturnValue:
    report = loaders.report(assessment)
    writing.writing(report)
    sent = FindingForm().sent(Finding.FIELDS)
    earlier = _added(report, sent)
    if earlier is not None:
        return _to_finding(assessment, earlier)
    try:
        finding = writing.add_finding(report)
        _save_finding(finding, replace(sent, content=_whole(sent.content)))
    except (Unusable, KeyReused) as error:
        db.session.rollback()
        attempt = attempt_of(sent, error)
        return render(_new_finding_page(assessment, attempt), STATUS[type(error)])
    db.session.commit()
    flash(gettext("F%(number)d is added.", number=finding.place))
    return _to_finding(assessment, finding)


@blueprint.get("/findings/<id:place>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def show_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    return render(_finding_page(_finding(assessment, place)))


@blueprint.post("/findings/<id:place>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def write_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    finding = _finding(assessment, place)
    sent = FindingForm().sent(Finding.FIELDS)
    try:
        _save_finding(finding, sent)
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        return render(_finding_page(finding, attempt_of(sent, error)), STATUS[type(error)])
    db.session.commit()
    flash(gettext("F%(number)d is saved.", number=place))
    return _to_finding(assessment, finding)


@blueprint.patch("/findings/<id:place>")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def save_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    finding = _finding(assessment, place)
    _save_finding(finding, sent_by_script(Finding.FIELDS))
    db.session.commit()
    return saved(finding)


@blueprint.post("/findings/<id:place>/withdraw")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def withdraw_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    finding = _finding(assessment, place)
    writing.withdraw_finding(finding, by=require_user(), now=now())
    db.session.commit()
    flash(
        gettext("F%(number)d is taken out of the report. It is kept.", number=place),
        address_in(".restore_finding", assessment, place=place),
    )
    return redirect(address_in(".show_report", assessment), 303)


@blueprint.post("/findings/<id:place>/restore")
@guarded(Action.REPORT_WRITE, loaders.assessment)
def restore_finding(assessment: Assessment, place: int) -> ResponseReturnValue:
    finding = _finding(assessment, place)
    writing.restore_finding(finding, by=require_user(), now=now())
    db.session.commit()
    flash(gettext("F%(number)d is part of the report again.", number=place))
    return redirect(address_in(".show_report", assessment), 303)


def _shown(report: Report, who: User) -> Mapping[str, Any]:
    """What a person reads: what is published, once it is; whoever prepares a correction reads it
    as it stands, and nobody else does."""
    assessment, at = report.assessment, now()
    prepares = (Action.REPORT_WRITE, Action.REPORT_APPROVE)
    inside = any(allowed(who, one, assessment, at) for one in prepares)
    live = report.state is not ReportState.PUBLISHED or (report.correction_reason and inside)
    if not live:
        document: Mapping[str, Any] = json.loads(report.editions[-1].document)
        return document
    return reports.document(db.session(), report, loaders.questionnaire(assessment.round), at)


def _section(assessment: Assessment, slug: str) -> tuple[ReportSection, Spot]:
    report = loaders.report(assessment)
    writing.writing(report)
    there = loaders.found(spot(loaders.questionnaire(assessment.round), slug))
    return loaders.section(report, there.role, there.block), there


def _save_section(section: ReportSection, sent: Sent) -> None:
    by = require_user()
    known = revisions.known(db.session(), section, sent, by)
    writing.write_section(section, sent, known, by=by, now=now())


def _section_page(
    section: ReportSection, there: Spot, attempt: Attempt = NO_ATTEMPT
) -> SectionPage:
    assessment = section.assessment
    questionnaire = loaders.questionnaire(assessment.round)
    return SectionPage.of(section, there, questionnaire, _material(assessment), attempt)


def _material(assessment: Assessment) -> Material:
    """What the person may still read of the consensus and of what the city signed."""
    who, at, session = require_user(), now(), db.session()
    consensus = loaders.found(assessment.consensus)
    argued = allowed(who, Action.CONSENSUS_READ, assessment, at)
    signed = allowed(who, Action.SUBMISSION_READ, assessment, at)
    return Material(
        own=scores.city_marks(session, assessment),
        agreed=scores.agreed_marks(session, consensus),
        reasons=reports.reasons(session, assessment) if argued else {},
        answers=reports.signed_answers(session, assessment) if signed else {},
    )


def _finding(assessment: Assessment, place: int) -> Finding:
    report = loaders.report(assessment)
    writing.writing(report)
    return loaders.finding(report, place)


def _added(report: Report, sent: Sent) -> Finding | None:
    """The finding that the first click of the same form has added."""
    revision = revisions.known(db.session(), Finding(), sent, require_user()).under_key
    there = (one for one in report.findings if revision and revision.finding is one)
    return next(there, None)


def _whole(content: Mapping[str, str]) -> dict[str, str]:
    """A new finding says what it is: fields that were not sent are looked at as empty ones."""
    return {**dict.fromkeys(Finding.FIELDS, ""), **content}


def _save_finding(finding: Finding, sent: Sent) -> None:
    by, assessment = require_user(), finding.assessment
    codes = [one.code for one in loaders.questionnaire(assessment.round).statements]
    known = revisions.known(db.session(), finding, sent, by)
    writing.write_finding(finding, sent, known, statements=codes, by=by, now=now())


def _finding_page(finding: Finding, attempt: Attempt = NO_ATTEMPT) -> FindingPage:
    assessment = finding.assessment
    questionnaire = loaders.questionnaire(assessment.round)
    return FindingPage.of(assessment, finding, questionnaire, attempt)


def _new_finding_page(assessment: Assessment, attempt: Attempt) -> FindingPage:
    """A finding that is not there yet: not even in the report that this request has opened."""
    questionnaire = loaders.questionnaire(assessment.round)
    return FindingPage.of(assessment, Finding(), questionnaire, attempt)


def _to_finding(assessment: Assessment, finding: Finding) -> ResponseReturnValue:
    return redirect(address_in(".show_finding", assessment, place=finding.place), 303)


def _save_number(given: str | None) -> int | None:
    """The number of a save that stands after the question mark."""
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        abort(422)
    return int(given)
