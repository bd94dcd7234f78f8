"""The plan of a city: each recommendation answered, carried out, looked at again."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, PlanItem, Round
from reviews import plans
from reviews.errors import Incomplete, KeyReused, Stale, Unusable
from reviews.plans import Line
from reviews.policy import Action
from reviews.queries import plans as planning
from reviews.queries import revisions, rounds
from reviews.queries.plans import CityPlan
from webapp import loaders, sheets
from webapp.clock import now
from webapp.downloads import as_attachment
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.plans.forms import PlanForm, ProgressForm
from webapp.plans.pages import FILTERS, ItemPage, PlanPage, PlansPage, Progress, attempt_of
from webapp.plans.tables import table_of
from webapp.rendering import render
from webapp.saves import saved, sent_by_script
from webapp.sessions import require_user

blueprint = Blueprint("plans", __name__, url_prefix="/rounds/<slug:round_slug>")

CITY = "/<slug:city_slug>/plan"
ONE = f"{CITY}/<id:place>"


@blueprint.get("/plans")
@guarded(Action.ROUND_READ, loaders.round_)
def show_plans(round_: Round) -> ResponseReturnValue:
    """Without the cities that the coordinator is too close to."""
    hidden = rounds.too_close(db.session(), round_, require_user())
    there = planning.plans_in(db.session(), round_)
    return render(
        PlansPage.of(round_, [one for one in there if one.assessment.city.id not in hidden])
    )


@blueprint.get(CITY)
@guarded(Action.PLAN_READ, loaders.assessment, query=("show",))
def show_plan(assessment: Assessment) -> ResponseReturnValue:
    show = request.args.get("show", "all")
    if show not in FILTERS:
        abort(422)
    return render(PlanPage.of(_of(assessment), require_user(), show=show))


@blueprint.get(f"{CITY}/plan.csv")
@guarded(Action.PLAN_READ, loaders.assessment)
def download_plan(assessment: Assessment) -> ResponseReturnValue:
    page = PlanPage.of(_of(assessment), require_user(), show="all")
    table = sheets.csv_of(table_of(page))
    name = f"{assessment.city.slug}-{assessment.round.slug}-plan.csv"
    return as_attachment(Response(table, mimetype="text/csv"), name)


@blueprint.get(ONE)
@guarded(Action.PLAN_READ, loaders.assessment)
def show_item(assessment: Assessment, place: int) -> ResponseReturnValue:
    plan = _of(assessment)
    return render(ItemPage.of(plan, _line(plan, place), require_user()))


@blueprint.post(ONE)
@guarded(Action.PLAN_WRITE, loaders.assessment)
def write_item(assessment: Assessment, place: int) -> ResponseReturnValue:
    sent, by = PlanForm().sent(PlanItem.FIELDS), require_user()
    item = _item(assessment, place)
    try:
        known = revisions.known(db.session(), item, sent, by)
        plans.answer_item(item, sent, known, by=by, now=now())
    except (Stale, Unusable, KeyReused) as error:
        db.session.rollback()
        plan = _of(assessment)
        page = ItemPage.of(plan, _line(plan, place), by, attempt=attempt_of(sent, error))
        return render(page, STATUS[type(error)])
    db.session.commit()
    flash(gettext("The answer to F%(place)d is saved.", place=place))
    return _back_to(assessment, place)


@blueprint.patch(ONE)
@guarded(Action.PLAN_WRITE, loaders.assessment)
def save_item(assessment: Assessment, place: int) -> ResponseReturnValue:
    sent, by = sent_by_script(PlanItem.FIELDS), require_user()
    item = _item(assessment, place)
    known = revisions.known(db.session(), item, sent, by)
    plans.draft_item(item, sent, known, by=by, now=now())
    db.session.commit()
    return saved(item)


@blueprint.post(f"{ONE}/progress")
@guarded(Action.PLAN_WRITE, loaders.assessment)
def report_progress(assessment: Assessment, place: int) -> ResponseReturnValue:
    form, item = ProgressForm(), _item(assessment, place)
    try:
        plans.report_progress(item, form.chosen, form.text.data or "", by=require_user(), now=now())
    except (Unusable, Incomplete) as error:
        return _refused(assessment, place, form, error)
    db.session.commit()
    flash(gettext("The progress of F%(place)d is noted.", place=place))
    return _back_to(assessment, place)


@blueprint.post(f"{ONE}/review")
@guarded(Action.PLAN_REVIEW, loaders.assessment)
def review(assessment: Assessment, place: int) -> ResponseReturnValue:
    form, item = ProgressForm(), _item(assessment, place)
    try:
        plans.review(item, form.chosen, form.text.data or "", by=require_user(), now=now())
    except Unusable as error:
        return _refused(assessment, place, form, error)
    db.session.commit()
    flash(gettext("The review of F%(place)d is noted.", place=place))
    return _back_to(assessment, place)


def _of(assessment: Assessment) -> CityPlan:
    return loaders.found(planning.plan_of(db.session(), assessment))


def _line(plan: CityPlan, place: int) -> Line:
    there = (one for one in plan.lines if one.recommendation.place == place)
    return loaders.found(next(there, None))


def _item(assessment: Assessment, place: int) -> PlanItem:
    """What the city does about a recommendation that is published; opened empty if need be."""
    _line(_of(assessment), place)
    report = loaders.found(assessment.report)
    return plans.open_item(loaders.found(planning.finding(db.session(), report, place)))


def _refused(
    assessment: Assessment, place: int, form: ProgressForm, error: Unusable | Incomplete
) -> ResponseReturnValue:
    db.session.rollback()
    progress = Progress(
        status=form.status.data or "",
        text=form.text.data or "",
        problem=said(error),
        field=error.field if isinstance(error, Unusable) else "",
    )
    plan = _of(assessment)
    page = ItemPage.of(plan, _line(plan, place), require_user(), progress=progress)
    return render(page, STATUS[type(error)])


def _back_to(assessment: Assessment, place: int) -> ResponseReturnValue:
    return redirect(address_in(".show_item", assessment, place=place), 303)
