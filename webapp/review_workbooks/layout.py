"""The workbook of a review: what is in it, and its columns in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext

from models import CONFIDENCES, Assignment, Score, Submission, marks
from reviews import review_workbooks, texts
from reviews.questionnaires import AskedStatement, Questionnaire
from reviews.review_workbooks import CONFIDENCE, MARKS
from reviews.workbooks import BASE, CODE
from webapp import filters
from webapp.badges import badge_of, mark_words
from webapp.sheet_changes import Fields
from webapp.sheet_layout import ABOUT
from webapp.words import confidence_words
from webapp.xlsx.writing import Column, Prose, Table, write_workbook

COLUMN_WORDS = {
    CODE: lazy_gettext("Code"),
    BASE: lazy_gettext("Number"),
    "mark": lazy_gettext("My level, from the desk"),
    "justification": lazy_gettext("What makes you think so?"),
    "visit_mark": lazy_gettext("My level after the visit"),
    "visit_justification": lazy_gettext("What did the visit show?"),
    "confidence": lazy_gettext("How sure are you?"),
}
_WIDTHS = {"mark": 26, "visit_mark": 26, "confidence": 16}
_IDENTITY_WORDS = {
    "format": lazy_gettext("Kind of sheet"),
    "review": lazy_gettext("Number of the review"),
    "round": lazy_gettext("Round"),
    "city": lazy_gettext("City"),
    "instrument": lazy_gettext("Questionnaire"),
    "sha256": lazy_gettext("Fingerprint of the questionnaire"),
    "version": lazy_gettext("Version that the city signed"),
}


def labels(statement: AskedStatement) -> dict[str, str]:
    """The words of the drop-down of a level, by mark."""
    offered = {str(value): f"{value}: {text}" for value, text in statement.levels}
    if statement.may_be_outside_remit:
        offered[marks.NOT_OUR_COMPETENCE] = mark_words(marks.NOT_OUR_COMPETENCE)
    return {**offered, marks.CANNOT_JUDGE: mark_words(marks.CANNOT_JUDGE)}


def understood(statement: AskedStatement) -> dict[str, str]:
    """The same with what no statement may be given, so that it is refused by its name."""
    return {**labels(statement), marks.NOT_OUR_COMPETENCE: mark_words(marks.NOT_OUR_COMPETENCE)}


def confidences() -> dict[str, str]:
    """How sure a reviewer may be, in words."""
    return {one: confidence_words(one) for one in CONFIDENCES}


def options(name: str, statement: AskedStatement) -> dict[str, str]:
    """What can be chosen in a field, in words by mark; nothing for a text."""
    if name in MARKS:
        return {mark: _in_words(statement, mark) for mark in [*labels(statement), marks.EMPTY]}
    return {**confidences(), "": gettext("Not said")} if name == CONFIDENCE else {}


def _in_words(statement: AskedStatement, mark: str) -> str:
    """A mark in words, with what the statement's scale says about it."""
    badge = badge_of(mark, statement)
    if badge is None:
        return mark_words(mark)
    return f"{badge.words}: {badge.text}" if badge.text else badge.words


FIELDS = Fields(COLUMN_WORDS, options)


def form_of(assignment: Assignment, questionnaire: Questionnaire, signed: Submission) -> bytes:
    """The form of a review as a workbook, with the own scores as they are now, beside what the
    city signed.

    Its date is that of the latest save, so that the same scores are the same bytes.
    """
    saves = [one.changed_at for one in assignment.scores if one.changed_at]
    latest = max(saves, default=signed.signed_at)
    title = gettext(
        "Review of %(city)s, %(round)s",
        city=assignment.assessment.city.name,
        round=assignment.assessment.round.title,
    )
    return write_workbook(
        [
            _scores(assignment, questionnaire, signed),
            _guidance(title),
            _about(assignment, questionnaire, title, latest),
        ],
        title=title,
        made_at=latest,
    )


def _scores(assignment: Assignment, questionnaire: Questionnaire, signed: Submission) -> Table:
    answers = {one["statement"]: one for one in json.loads(signed.document)["answers"]}
    scores = {one.statement_id: one for one in assignment.scores}
    lines, levels = [], []
    for commitment in questionnaire.commitments:
        for statement in commitment.statements:
            score = scores.get(statement.id)
            hidden = review_workbooks.city_level_hidden(assignment, score)
            lines.append(
                (
                    statement.code,
                    str(score.number if score else 0),
                    f"{commitment.code} {commitment.title}",
                    f"{statement.title}\n{statement.text}",
                    *_of_city(statement, answers[statement.code], hidden=hidden),
                    "\n".join(f"{value}: {text}" for value, text in statement.levels),
                    *_filled(statement, score),
                )
            )
            levels.append(tuple(labels(statement).values()))
    sure = tuple(confidences().values())
    return Table(
        name=gettext("Scores"),
        columns=(
            Column(CODE, str(COLUMN_WORDS[CODE]), 7),
            Column(BASE, str(COLUMN_WORDS[BASE]), hidden=True),
            Column("commitment", gettext("Commitment"), 16),
            Column("asked", gettext("Statement"), 32),
            Column("city_level", gettext("Level that the city gives itself"), 26),
            Column("city_text", gettext("What the city says"), 46),
            Column("levels", gettext("Levels"), 46),
            *map(_to_fill, review_workbooks.FILLED),
        ),
        lines=lines,
        choices={
            **dict.fromkeys(MARKS, levels),
            CONFIDENCE: [sure] * len(lines),
        },
        fixed=1,
    )


def _to_fill(name: str) -> Column:
    words, width = str(COLUMN_WORDS[name]), _WIDTHS.get(name, 46)
    return Column(name, words, width, fill=True, most=0 if name in _WIDTHS else texts.LONG)


def _of_city(
    statement: AskedStatement, answer: Mapping[str, Any], *, hidden: bool
) -> tuple[str, str]:
    """The level and the words that a city signed. Where its level is not to be seen yet, neither
    is its reason for "not our competence", which would tell it."""
    if hidden:
        return gettext("Give your own level first"), answer["text"]
    said = "\n".join(text for text in (answer["text"], answer["remit_reason"]) if text)
    return _in_words(statement, answer["mark"]), said


def _filled(statement: AskedStatement, score: Score | None) -> tuple[str, ...]:
    if score is None:
        return ("",) * len(review_workbooks.FILLED)
    offered = labels(statement)
    return tuple(
        offered.get(value, "")
        if name in MARKS
        else (confidences().get(value, "") if name == CONFIDENCE else value)
        for name in review_workbooks.FILLED
        for value in [getattr(score, name)]
    )


def _guidance(title: str) -> Prose:
    return Prose(
        name=gettext("How to fill in"),
        heading=title,
        paragraphs=[
            gettext("Only the white columns at the right of the scores can change."),
            gettext(
                "Levels: choose from the list, or type the number of the level. Empty means that "
                'you have not judged yet; "%(words)s" is a judgement, too.',
                words=mark_words(marks.CANNOT_JUDGE),
            ),
            gettext(
                "Say why in at most 10,000 characters. Alt+Enter begins a new line. Leave the "
                "columns about the visit empty until you have been there."
            ),
            gettext(
                "Save as Excel workbook (.xlsx) and send it in on the page that this file comes "
                "from. Each change is shown before anything is stored, and what you have changed "
                "there meanwhile is never overwritten unseen."
            ),
            gettext(
                "This file holds your own view. Keep it to yourself: nobody in the team reads it "
                "before all reviews are in."
            ),
        ],
    )


def _about(
    assignment: Assignment, questionnaire: Questionnaire, title: str, latest: datetime
) -> Table:
    facts = review_workbooks.identity(assignment, questionnaire)
    return Table(
        name=gettext("About"),
        columns=(
            Column("words", gettext("About this workbook"), 34),
            Column("value", title, 70),
            Column(ABOUT, "", hidden=True),
        ),
        lines=[
            *((str(words), facts[name], name) for name, words in _IDENTITY_WORDS.items()),
            (gettext("Scores as of"), filters.date_time(latest), "as_of"),
        ],
    )
