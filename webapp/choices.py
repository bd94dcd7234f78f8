"""The rows of a level picker: one for each mark that may be given to a statement."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from models import marks
from reviews.questionnaires import AskedStatement


@dataclass(frozen=True)
class Choice:
    """One row: the mark it stands for, its badge, its text, and whether it is chosen."""

    mark: str
    badge: str
    text: str
    chosen: bool


def for_city(statement: AskedStatement, chosen: str) -> tuple[Choice, ...]:
    """What a city may choose."""
    remit = gettext("Not our competence: another authority decides this.")
    return _choices(statement, chosen, remit=remit, judge=None)


def for_reviewer(statement: AskedStatement, chosen: str) -> tuple[Choice, ...]:
    """What a reviewer, or the team, may choose."""
    remit = gettext("Not the city's competence: another authority decides this.")
    judge = gettext("Cannot judge: the answer and the evidence do not let me decide.")
    return _choices(statement, chosen, remit=remit, judge=judge)


def _choices(
    statement: AskedStatement, chosen: str, *, remit: str, judge: str | None
) -> tuple[Choice, ...]:
    rows = [(str(value), str(value), text) for value, text in statement.levels]
    if statement.may_be_outside_remit:
        rows.append((marks.NOT_OUR_COMPETENCE, "n/a", remit))
    if judge is not None:
        rows.append((marks.CANNOT_JUDGE, "?", judge))
    if chosen != marks.EMPTY:
        rows.append((marks.EMPTY, "–", gettext("Take the choice back.")))
    return tuple(Choice(mark, badge, text, mark == chosen) for mark, badge, text in rows)
