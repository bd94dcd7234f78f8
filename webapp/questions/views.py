"""Questions to the city: asked and taken back by a reviewer, answered by the city."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models import Assessment, Assignment
from reviews import letters
from reviews import questions as asking
from reviews.errors import BaseMissing, Stale, Unusable
from reviews.policy import Action, allowed
from reviews.queries import questions
from webapp import loaders
from webapp.clock import now
from webapp.days import day_of, last_second
from webapp.errors import STATUS, said
from webapp.extensions import db
from webapp.guard import guarded
from webapp.places import address_in
from webapp.question_threads import for_reviewer, lines_of
from webapp.questions.pages import (
    OwnQuestionsPage,
    QuestionsPage,
    StatementQuestionsPage,
    TeamQuestionsPage,
)
from webapp.rendering import render
from webapp.sessions import require_user

blueprint = Blueprint("questions", __name__)

CITY = "/rounds/<slug:round_slug>/<slug:city_slug>/questions"
REVIEW = "/reviews/<id:assignment_id>"


@blueprint.get(CITY)
@guarded(Action.QUESTION_READ, loaders.assessment)
def show_questions(assessment: Assessment) -> ResponseReturnValue:
    return render(_questions_page(assessment))


@blueprint.post(CITY)
@guarded(Action.QUESTION_ANSWER, loaders.assessment)
def answer_question(assessment: Assessment) -> ResponseReturnValue:
    key, typed = _key("question"), request.form.get("answer", "")
    seen = [one.id for one in loaders.asked(assessment).statements]
    question = questions.one_of_city(db.session(), assessment, seen, key)
    if question is None:
        raise Unusable("This question is not there any more. Load the page again.", field="answer")
    try:
        first = asking.answer(question, text=typed, base=_base(), by=require_user(), now=now())
    except (Stale, Unusable) as error:
        db.session.rollback()
        theirs = error.theirs["answer"] if isinstance(error, Stale) else ""
        page = _questions_page(assessment).refused(key, typed, said(error), theirs)
        return render(page, STATUS[type(error)])
    if first:
        db.session.add(letters.answer_letter(question.assignment, now=now()))
    db.session.commit()
    flash(gettext("Your answer is stored. The review team can read it."))
    return redirect(address_in(".show_questions", assessment), 303)


@blueprint.get(f"{CITY}/team")
@guarded(Action.CONSENSUS_READ, loaders.assessment)
def show_team_questions(assessment: Assessment) -> ResponseReturnValue:
    found = questions.of_team(db.session(), assessment)
    lines = lines_of(found, loaders.questionnaire(assessment.round), may_change=False)
    return render(TeamQuestionsPage.of(assessment, lines))


@blueprint.get(f"{REVIEW}/questions")
@guarded(Action.REVIEW_READ, loaders.assignment)
def show_own_questions(assignment: Assignment) -> ResponseReturnValue:
    who, at, assessment = require_user(), now(), assignment.assessment
    of_team = allowed(who, Action.CONSENSUS_READ, assessment, at)
    found = (
        questions.of_team(db.session(), assessment)
        if of_team
        else questions.own(db.session(), assignment)
    )
    withdraws = allowed(who, Action.QUESTION_WITHDRAW, assignment, at)
    lines = lines_of(found, loaders.questionnaire(assessment.round), may_change=withdraws)
    asks = allowed(who, Action.QUESTION_ASK, assignment, at)
    return render(OwnQuestionsPage.of(assignment, lines, of_team=of_team, may_ask=asks))


@blueprint.get(f"{REVIEW}/statements/<code:code>/questions")
@guarded(Action.REVIEW_READ, loaders.assignment)
def show_statement_questions(assignment: Assignment, code: str) -> ResponseReturnValue:
    statement = loaders.statement(assignment.assessment.round, code)
    there = for_reviewer(assignment, statement)
    return render(StatementQuestionsPage.of(assignment, statement, there))


@blueprint.post(f"{REVIEW}/statements/<code:code>/questions")
@guarded(Action.QUESTION_ASK, loaders.assignment)
def ask(assignment: Assignment, code: str) -> ResponseReturnValue:
    assessment = assignment.assessment
    statement = loaders.statement(assessment.round, code)
    typed, key = request.form.get("question", ""), _key("key")
    # The second click of the same form asks nothing more.
    if questions.one_own(db.session(), assignment, key) is not None:
        return _back_to_statement(assignment, code)
    at = now()
    due = last_second(day_of(at) + timedelta(days=asking.DAYS_TO_ANSWER))
    try:
        question = asking.ask(
            assignment, statement, text=typed, key=key, due=due, by=require_user(), now=at
        )
    except Unusable as error:
        db.session.rollback()
        there = for_reviewer(assignment, statement).refused(typed, said(error))
        return render(StatementQuestionsPage.of(assignment, statement, there), 422)
    db.session.add(question)
    for lead in questions.leads_to_tell(db.session(), assessment, at):
        db.session.add(letters.questions_letter(assessment, lead, now=at))
    db.session.commit()
    flash(gettext("The city has your question. It does not learn who asked."))
    return _back_to_statement(assignment, code)


@blueprint.post(f"{REVIEW}/questions/withdraw")
@guarded(Action.QUESTION_WITHDRAW, loaders.assignment)
def withdraw(assignment: Assignment) -> ResponseReturnValue:
    key, assessment = _key("question"), assignment.assessment
    question = questions.one_own(db.session(), assignment, key)
    if question is None:
        raise Unusable("This is no question of yours. Load the page again.", field="question")
    asking.withdraw(question, by=require_user(), now=now())
    db.session.flush()
    every = [one.id for one in loaders.questionnaire(assessment.round).statements]
    if not questions.count_of_city(db.session(), assessment, every).open:
        for letter in questions.letters_waiting(db.session(), assessment):
            db.session.delete(letter)
    db.session.commit()
    flash(gettext("The question is taken back. The city does not see it any more."))
    return redirect(url_for(".show_own_questions", assignment_id=assignment.id), 303)


def _questions_page(assessment: Assessment) -> QuestionsPage:
    seen = loaders.asked(assessment)
    answers = allowed(require_user(), Action.QUESTION_ANSWER, assessment, now())
    found = questions.of_city(db.session(), assessment, [one.id for one in seen.statements])
    lines = lines_of(found, seen, may_change=answers)
    return QuestionsPage.of(assessment, lines, may_answer=answers)


def _key(name: str) -> str:
    """The key of a question that a form names; no other text gets near the database."""
    given = request.form.get(name, "")
    return given if asking.is_key(given) else ""


def _base() -> int:
    """The save that the answer builds on, nought for none."""
    text = request.form.get("base", "")
    if not text:
        raise BaseMissing("Say which version you are changing.")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable("The version is not a number.", field="answer")
    return int(text)


def _back_to_statement(assignment: Assignment, code: str) -> ResponseReturnValue:
    address = url_for(
        "reviewing.show_score", assignment_id=assignment.id, code=code, _anchor="questions"
    )
    return redirect(address, 303)
