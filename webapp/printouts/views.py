"""Files from the latest snapshot of a round: asked for, watched, downloaded."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Printout, PrintoutKind, PrintoutState, Round, Snapshot
from reviews import printouts
from reviews.errors import NotNow, Unusable
from reviews.policy import Action
from reviews.queries import printouts as made
from reviews.queries import snapshots
from webapp import loaders, work
from webapp.clock import now
from webapp.downloads import sandboxed
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.printouts.pages import FORMATS, CityPrintoutsPage, Known, PrintoutsPage
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint("printouts", __name__, url_prefix="/rounds/<slug:round_slug>")

OF_CITY = '/<slug:city_slug>/printouts/<any("city-report", brief):kind>/file'
OF_ROUND = '/printouts/<any(comparative, workbook, "data-package"):kind>/file'


@blueprint.get("/printouts")
@guarded(Action.PRINTOUT_READ, loaders.round_)
def show_printouts(round_: Round) -> ResponseReturnValue:
    snapshot = snapshots.latest(db.session(), round_)
    return render(PrintoutsPage.of(round_, snapshot, _there(snapshot, None), require_user()))


@blueprint.post("/printouts")
@guarded(Action.PRINTOUT_ASK, loaders.round_)
def ask_for_printout(round_: Round) -> ResponseReturnValue:
    _ask(round_, None, _kind(printouts.OF_ROUND))
    return redirect(url_for(".show_printouts", round_slug=round_.slug), 303)


@blueprint.get(OF_ROUND)
@guarded(Action.PRINTOUT_READ, loaders.round_)
def download_printout(round_: Round, kind: str) -> ResponseReturnValue:
    return _file(round_, None, PrintoutKind(kind), round_.slug)


@blueprint.get("/<slug:city_slug>/printouts")
@guarded(Action.CITY_PRINTOUT_READ, loaders.assessment)
def show_city_printouts(assessment: Assessment) -> ResponseReturnValue:
    snapshot = snapshots.latest(db.session(), assessment.round)
    there = _there(snapshot, assessment)
    return render(CityPrintoutsPage.of(assessment, snapshot, there, require_user()))


@blueprint.post("/<slug:city_slug>/printouts")
@guarded(Action.CITY_PRINTOUT_ASK, loaders.assessment)
def ask_for_city_printout(assessment: Assessment) -> ResponseReturnValue:
    _ask(assessment.round, assessment, _kind(printouts.OF_CITY))
    return redirect(address_in(".show_city_printouts", assessment), 303)


@blueprint.get(OF_CITY)
@guarded(Action.CITY_PRINTOUT_READ, loaders.assessment)
def download_city_printout(assessment: Assessment, kind: str) -> ResponseReturnValue:
    name = f"{assessment.city.slug}-{assessment.round.slug}"
    return _file(assessment.round, assessment, PrintoutKind(kind), name)


def _there(snapshot: Snapshot | None, about: Assessment | None) -> dict[PrintoutKind, Known]:
    """What was asked for from a snapshot, and whether a report has changed since it was made."""
    if snapshot is None:
        return {}
    found = made.of_snapshot(db.session(), snapshot, about)
    return {kind: Known(one, made.outdated(db.session(), one)) for kind, one in found.items()}


def _kind(offered: tuple[PrintoutKind, ...]) -> PrintoutKind:
    """What was asked for. Raises Unusable for what is not offered."""
    asked = request.form.get("kind", "")
    found = next((one for one in offered if one.value == asked), None)
    if found is None:
        raise Unusable("Choose a file from the list.", field="kind")
    return found


def _ask(round_: Round, about: Assessment | None, kind: PrintoutKind) -> None:
    """Store that a file is wanted, and only then tell the queue."""
    snapshot = snapshots.latest(db.session(), round_)
    if snapshot is None:
        raise NotNow("There is no snapshot of this round yet.")
    there = made.one(db.session(), snapshot, kind, about=about)
    printout = printouts.ask(
        snapshot,
        kind,
        about=about,
        there=there,
        outdated=made.outdated(db.session(), there),
        by=require_user(),
        now=now(),
    )
    db.session.add(printout)
    db.session.commit()
    work.tell(printout)
    if printout.state is PrintoutState.WAITING:
        flash(gettext("The file is being made. You get a mail when it is ready."))


def _file(
    round_: Round, about: Assessment | None, kind: PrintoutKind, name: str
) -> ResponseReturnValue:
    """The file itself. Raises NotNow before it is made, and as printouts.need_distance does."""
    snapshot = snapshots.latest(db.session(), round_)
    if snapshot is None:
        raise NotNow("There is no snapshot of this round yet.")
    printouts.need_distance(snapshot, about, require_user(), now())
    printout = made.one(db.session(), snapshot, kind, about=about)
    if printout is None or printout.state is not PrintoutState.READY:
        raise NotNow("This file is not made yet.")
    return _attached(printout, f"{name}-{snapshot.number}-{kind.value}")


def _attached(printout: Printout, name: str) -> Response:
    ending, mimetype = FORMATS[printout.kind]
    return sandboxed(made.content(db.session(), printout), f"{name}.{ending}", mimetype)
