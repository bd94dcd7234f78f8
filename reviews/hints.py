"""Hints: what is complete and still looks odd. Nobody is kept from signing by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models import marks
from reviews.completeness import NOTHING, AnswerState
from reviews.questionnaires import AskedStatement, Questionnaire


class Oddity(StrEnum):
    NO_EVIDENCE = "no-evidence"
    NO_TEXT = "no-text"
    OUT_OF_DATE = "out-of-date"


class Hint(NamedTuple):
    statement: AskedStatement
    oddity: Oddity


def hints(
    questionnaire: Questionnaire,
    answers: Mapping[int, AnswerState],
    cited: Mapping[int, Sequence[date | None]],
    today: date,
) -> tuple[Hint, ...]:
    """What to look at again, in the order of the instrument.

    By statement id: `answers`, and in `cited` until when each piece of evidence is valid that
    readers of the signed version will see; None for one without such a date.
    """
    middle = (questionnaire.scale_minimum + questionnaire.scale_maximum) / 2
    return tuple(
        Hint(statement, oddity)
        for statement in questionnaire.statements
        for oddity in _odd(
            statement,
            answers.get(statement.id, NOTHING),
            cited.get(statement.id, ()),
            middle=middle,
            today=today,
        )
    )


def _odd(
    statement: AskedStatement,
    answer: AnswerState,
    cited: Sequence[date | None],
    *,
    middle: float,
    today: date,
) -> Iterator[Oddity]:
    level = None if answer.to_confirm else marks.level_of(answer.mark)
    if level is not None and level > middle and not cited:
        yield Oddity.NO_EVIDENCE
    if level is not None and level == statement.levels[-1][0] and not answer.has_text:
        yield Oddity.NO_TEXT
    if any(until is not None and until < today for until in cited):
        yield Oddity.OUT_OF_DATE
