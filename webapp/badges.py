"""A mark as reviewers read it: a sign small enough for a table, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from models import marks
from reviews.questionnaires import AskedStatement
from webapp.words import confidence_words


@dataclass(frozen=True)
class Badge:
    """The sign of a mark, its name, and what the statement's scale says about it."""

    sign: str
    words: str
    text: str = ""


def badge_of(mark: str, statement: AskedStatement | None = None) -> Badge | None:
    """The badge of a mark, with the level's own text if its statement is given."""
    if mark == marks.EMPTY:
        return None
    if mark == marks.NOT_OUR_COMPETENCE:
        return Badge("n/a", gettext("Not the city's competence"))
    if mark == marks.CANNOT_JUDGE:
        return Badge("?", gettext("Cannot judge"))
    levels = {str(value): text for value, text in statement.levels} if statement else {}
    return Badge(mark, gettext("Level %(level)s", level=mark), levels.get(mark, ""))


def mark_words(mark: str) -> str:
    """A mark in words only."""
    badge = badge_of(mark)
    return badge.words if badge else gettext("No level yet")


def words_of_clash(
    theirs: Mapping[str, str], mine: Mapping[str, str], fields: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """What is stored beside what was sent, field by field, in words."""
    return tuple((_in_words(name, theirs[name]), _in_words(name, mine[name])) for name in fields)


def _in_words(name: str, value: str) -> str:
    if name in ("mark", "visit_mark"):
        return mark_words(value)
    return confidence_words(value) if name == "confidence" else value
