"""The last round beside an answer: what the city signed then, and how the statement has changed."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from models import Assessment, Phase, marks
from reviews.phases import phase
from reviews.policy import Action, allowed
from reviews.queries import earlier, scores
from reviews.queries.scores import CityAnswer
from reviews.questionnaires import AskedStatement
from webapp import loaders
from webapp.badges import Badge, badge_of
from webapp.clock import now
from webapp.extensions import db
from webapp.field_changes import FieldChange, text_change
from webapp.places import address_in
from webapp.sessions import signed_in


@dataclass(frozen=True)
class Agreed:
    """What the peers agreed on, and why."""

    mark: str
    level: str
    reason: str


@dataclass(frozen=True)
class LastRound:
    """The same statement in the last round. `answer` and `agreed` are None where the person may
    not read them; `wording` is empty where the statement reads as it did; `report` is the address
    of that round's report for whoever may read it."""

    round: str
    answer: CityAnswer | None
    level: str
    agreed: Agreed | None
    wording: tuple[FieldChange, ...]
    report: str = ""


def last_round(assessment: Assessment, statement: AskedStatement) -> LastRound | None:
    """What the person may see of it; None where there is nothing to show."""
    session, who = db.session(), signed_in()
    questionnaire = loaders.questionnaire(assessment.round)
    last = earlier.last_assessment(session, assessment, questionnaire.code)
    old = loaders.questionnaire(last.round).anchored(statement.anchor) if last else None
    if last is None or old is None:
        return None
    answer = None
    if allowed(who, Action.SUBMISSION_READ, last, now()):
        answer = scores.city_answer(session, last, old.code)
    agreed = None
    if last.consensus is not None and allowed(who, Action.AGREED_LEVEL_READ, last, now()):
        agreed = earlier.agreed_level(session, last.consensus, old.id)
    wording = changed_wording(old, statement)
    if answer is None and not wording:
        return None
    return LastRound(
        round=last.round.title,
        answer=answer,
        level=_level(old, answer.mark) if answer else "",
        agreed=Agreed(agreed[0], _level(old, agreed[0]), agreed[1]) if agreed else None,
        wording=wording,
        report=(
            address_in("reports.show_report", last)
            if allowed(who, Action.REPORT_READ, last, now())
            else ""
        ),
    )


@dataclass(frozen=True)
class PublishedLevels:
    """What the city said and what its peers agreed on in the last round, as it was published."""

    round: str
    city: Badge | None
    agreed: Badge | None


def published_levels(assessment: Assessment, statement: AskedStatement) -> PublishedLevels | None:
    """The levels of the last round for whoever is no party to it: once its report is published."""
    session = db.session()
    questionnaire = loaders.questionnaire(assessment.round)
    last = earlier.last_assessment(session, assessment, questionnaire.code)
    if last is None or last.consensus is None or phase(last) is not Phase.PUBLISHED:
        return None
    old = loaders.questionnaire(last.round).anchored(statement.anchor)
    answer = scores.city_answer(session, last, old.code) if old else None
    if old is None or answer is None:
        return None
    agreed = earlier.agreed_level(session, last.consensus, old.id)
    return PublishedLevels(
        last.round.title,
        city=badge_of(answer.mark, old),
        agreed=badge_of(agreed[0], old) if agreed else None,
    )


def changed_wording(old: AskedStatement, new: AskedStatement) -> tuple[FieldChange, ...]:
    """Where a statement and the texts of its levels read differently now, word by word."""
    was, is_now = dict(old.levels), dict(new.levels)
    pairs = [(gettext("The statement"), old.text, new.text)] + [
        (gettext("Level %(level)s", level=value), was.get(value, ""), is_now.get(value, ""))
        for value in sorted({*was, *is_now})
    ]
    return tuple(
        text_change(words, before, after) for words, before, after in pairs if before != after
    )


def _level(statement: AskedStatement, mark: str) -> str:
    value = marks.level_of(mark)
    return dict(statement.levels).get(value, "") if value is not None else ""
