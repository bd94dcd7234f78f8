"""The frozen benchmarks of a round, for its coordinators: from the freezing to the public."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Round, Snapshot
from reviews import embargo, releases, snapshots
from reviews.errors import ConflictOfInterest, Incomplete, NotNow, RuleBroken, Unusable
from reviews.policy import Action
from reviews.queries import snapshots as kept
from webapp import loaders
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.rendering import render
from webapp.sessions import require_user
from webapp.snapshots.forms import ApprovalForm, CallOffForm, FirstForm, FurtherForm, ReleaseForm
from webapp.snapshots.pages import CheckPage, Forms, SnapshotPage, SnapshotsPage

blueprint = Blueprint("snapshots", __name__, url_prefix="/rounds/<slug:round_slug>/snapshots")
ONE = "/<id:number>"


@blueprint.get("")
@guarded(Action.SNAPSHOT_READ, loaders.round_)
def list_snapshots(round_: Round) -> ResponseReturnValue:
    return render(_list_page(round_, _fresh_form(round_)))


@blueprint.post("")
@guarded(Action.SNAPSHOT_TAKE, loaders.round_)
def take(round_: Round) -> ResponseReturnValue:
    form = FurtherForm() if round_.snapshots else FirstForm()
    if not form.validate():
        return render(_list_page(round_, form), 422)
    reason = form.reason.data or "" if isinstance(form, FurtherForm) else ""
    try:
        taken = _computing().freeze(
            db.session(),
            kept.around(db.session(), round_),
            reason=reason,
            by=require_user(),
            now=now(),
        )
    except (Incomplete, NotNow, Unusable) as refused:
        db.session.rollback()
        if isinstance(refused, Unusable):
            form.put_error(refused.field, said(refused))
            return render(_list_page(round_, form), 422)
        return render(_list_page(round_, form, error=said(refused)), STATUS[type(refused)])
    db.session.commit()
    flash(gettext("Snapshot %(number)d is frozen. It never changes.", number=taken.number))
    return _to(taken)


@blueprint.get(ONE)
@guarded(Action.SNAPSHOT_READ, loaders.snapshot)
def show_snapshot(snapshot: Snapshot) -> ResponseReturnValue:
    return render(_page(snapshot))


@blueprint.get(f"{ONE}/check")
@guarded(Action.SNAPSHOT_READ, loaders.snapshot)
def check_snapshot(snapshot: Snapshot) -> ResponseReturnValue:
    computing = _computing()
    sha256 = computing.recomputed(snapshot)
    return render(CheckPage.of(snapshot, sha256, computing.METHOD_VERSION))


@blueprint.get(f"{ONE}/<any(input, choices, result):part>/document.json")
@guarded(Action.SNAPSHOT_READ, loaders.snapshot)
def download_part(snapshot: Snapshot, part: str) -> ResponseReturnValue:
    """The very characters that were hashed, so that anyone who gets them can check the hash."""
    if releases.too_close(snapshot, require_user()):
        abort(403)
    stored = getattr(snapshot, part)
    text = stored if isinstance(stored, str) else snapshots.unpacked(stored)
    name = f"{snapshot.round.slug}-snapshot-{snapshot.number}-{part}.json"
    return as_attachment(Response(text, mimetype="application/json"), name)


@blueprint.post(f"{ONE}/approval")
@guarded(Action.RELEASE_APPROVE, loaders.snapshot)
def approve(snapshot: Snapshot) -> ResponseReturnValue:
    form, user = ApprovalForm(), require_user()
    if user in releases.approvers(snapshot):
        return _to(snapshot)  # the second click
    if releases.too_close(snapshot, user):
        abort(403)
    if not form.validate():
        return _refused(snapshot, approval=form)
    try:
        releases.approve(snapshot, shown=form.shown.data or "", by=user, now=now())
    except (NotNow, Unusable) as refused:
        return _refused(snapshot, refused, approval=form)
    db.session.commit()
    flash(gettext("Your approval of snapshot %(number)d is noted.", number=snapshot.number))
    return _to(snapshot)


@blueprint.post(f"{ONE}/release")
@guarded(Action.RELEASE_PUBLISH, loaders.snapshot)
def release(snapshot: Snapshot) -> ResponseReturnValue:
    form, user, at = ReleaseForm(), require_user(), now()
    if releases.too_close(snapshot, user):
        abort(403)
    if any(embargo.waits(one, at) or releases.is_public(one, at) for one in snapshot.releases):
        return _to(snapshot)  # the second click
    otherwise = gettext("This is not your password. Nothing was released.")
    if not form.signed_by(user, otherwise=otherwise):
        return _refused(snapshot, release=form)
    try:
        made = releases.release(
            snapshot,
            public_from=form.public_from(at),
            shown=form.shown.data or "",
            needed=_needed(),
            reason=form.reason.data or "",
            by=user,
            now=at,
        )
    except Unusable as unusable:
        field = "day" if unusable.field == "public_from" else unusable.field
        if field in form and field != "shown":
            form.put_error(field, said(unusable))
            return _refused(snapshot, release=form)
        return _refused(snapshot, unusable, release=form)
    except (Incomplete, NotNow) as refused:
        return _refused(snapshot, refused, release=form)
    db.session.commit()
    if embargo.waits(made, now()):
        flash(gettext("The figures are released and become public at the moment you chose."))
    else:
        flash(gettext("The figures are public."))
    return _to(snapshot)


@blueprint.post(f"{ONE}/call-off")
@guarded(Action.RELEASE_CALL_OFF, loaders.snapshot)
def call_off(snapshot: Snapshot) -> ResponseReturnValue:
    form = CallOffForm()
    made = next((one for one in snapshot.releases if str(one.number) == form.release.data), None)
    if made is None:
        error = Unusable("There is no such release. Look at what there is now.", field="release")
        return _refused(snapshot, error, call_off=form)
    try:
        embargo.call_off(made, by=require_user(), now=now())
    except NotNow as refused:
        return _refused(snapshot, refused, call_off=form)
    db.session.commit()
    flash(gettext("Release %(number)d is called off. Nothing becomes public.", number=made.number))
    return _to(snapshot)


def _needed() -> int:
    needed: int = current_app.config["PUBLICATION_APPROVERS"]
    return needed


def _fresh_form(round_: Round) -> FirstForm | FurtherForm:
    return FurtherForm(formdata=None) if round_.snapshots else FirstForm(formdata=None)


def _list_page(round_: Round, form: FirstForm | FurtherForm, *, error: str = "") -> SnapshotsPage:
    there = kept.around(db.session(), round_)
    return SnapshotsPage.of(there, require_user(), _needed(), form, error=error)


def _page(snapshot: Snapshot, *, error: str = "", **given: Any) -> SnapshotPage:
    """The page of a snapshot, with the forms that were `given` as they were sent."""
    kept.around(db.session(), snapshot.round)
    forms = Forms.fresh(**given)
    return SnapshotPage.of(snapshot, require_user(), _needed(), forms, error=error)


def _refused(
    snapshot: Snapshot, refused: RuleBroken | None = None, **given: Any
) -> ResponseReturnValue:
    """The page again, with what was sent and why it was not taken."""
    db.session.rollback()
    if refused is None:
        return render(_page(snapshot, **given), 422)
    status = 403 if isinstance(refused, ConflictOfInterest) else STATUS[type(refused)]
    return render(_page(snapshot, error=said(refused), **given), status)


def _to(snapshot: Snapshot) -> ResponseReturnValue:
    address = url_for(".show_snapshot", round_slug=snapshot.round.slug, number=snapshot.number)
    return redirect(address, 303)


def _computing() -> ModuleType:
    """Loaded with the first figures: pandas takes a second that no other page should wait for."""
    from webapp.figures import computing

    return computing
