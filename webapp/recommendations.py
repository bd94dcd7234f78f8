"""What the last published report recommended and is still open, beside the work of this round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from models import Assessment, PlanItem, PlanResponse, Priority
from reviews import plans
from reviews.plans import Line
from reviews.policy import Action, allowed
from reviews.queries import plans as planning
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp import loaders
from webapp.clock import now
from webapp.days import day_of
from webapp.extensions import db
from webapp.places import address_in
from webapp.sessions import signed_in
from webapp.words import plan_response_words, priority_words, standing_words


@dataclass(frozen=True)
class OpenRecommendation:
    """One recommendation, with what the city has answered; `code` is the statement that it is
    about as this round calls it. Who in the city sees to it is the city's own."""

    place: int
    code: str
    text: str
    priority: str
    response: str
    action: str
    due: date | None
    words: str
    overdue: bool

    @property
    def id(self) -> str:
        return f"F{self.place}"

    @classmethod
    def of(cls, line: Line, code: str) -> OpenRecommendation:
        one = line.recommendation
        item = line.item if plans.answered(line.item) else None
        return cls(
            place=one.place,
            code=code,
            text=one.text,
            priority=priority_words(Priority(one.priority)) if one.priority else "",
            response=plan_response_words(PlanResponse(item.response)) if item else "",
            action=item.action if item else "",
            due=_due(item),
            words=standing_words(line.standing),
            overdue=plans.overdue(item, day_of(now())),
        )


@dataclass(frozen=True)
class OpenRecommendations:
    """Those of one city; `plan` is the address of its plan for whoever may read that."""

    round: str
    lines: tuple[OpenRecommendation, ...]
    plan: str

    def about(self, statement: AskedStatement) -> OpenRecommendations | None:
        """Those about one statement; None where there are none."""
        lines = tuple(one for one in self.lines if one.code == statement.code)
        return replace(self, lines=lines) if lines else None


def open_recommendations(assessment: Assessment) -> OpenRecommendations | None:
    """What the person may see of them; None where there is nothing to show."""
    who, at = signed_in(), now()
    if not allowed(who, Action.RECOMMENDATION_READ, assessment, at):
        return None
    questionnaire = loaders.questionnaire(assessment.round)
    found = planning.open_plan(db.session(), assessment, questionnaire.code)
    if found is None or not found.lines:
        return None
    last = found.assessment
    old = loaders.questionnaire(last.round)
    return OpenRecommendations(
        round=last.round.title,
        lines=tuple(
            OpenRecommendation.of(one, _code_now(one.recommendation.statement, old, questionnaire))
            for one in found.lines
        ),
        plan=(
            address_in("plans.show_plan", last, show="open")
            if allowed(who, Action.PLAN_READ, last, at)
            else ""
        ),
    )


def _code_now(code: str, old: Questionnaire, questionnaire: Questionnaire) -> str:
    """The code of the same statement in this round's questionnaire; nothing where it is gone."""
    was = old.statement(code)
    here = questionnaire.anchored(was.anchor) if was else None
    return here.code if here else ""


def _due(item: PlanItem | None) -> date | None:
    return date.fromisoformat(item.due) if item and item.due else None
