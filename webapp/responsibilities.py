"""Responsibilities in words: who works on which part of a city's assessment, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from models import Part, User
from reviews.completeness import NOTHING, AnswerState, Progress, progress_of
from reviews.delegation import responsible
from reviews.questionnaires import Questionnaire
from webapp import filters
from webapp.clock import now


def title_of(questionnaire: Questionnaire, code: str) -> str:
    """The name of a role or a commitment."""
    for role in questionnaire.roles:
        if role.code == code:
            return gettext("%(role)s: all of it", role=role.title)
    titles = {part.code: f"{part.code} {part.title}" for part in questionnaire.commitments}
    return titles.get(code, code)


def due_words(due: datetime, *, done: bool = False) -> str:
    """Until when, and how late it is: a colour alone would not say so."""
    words = gettext("until %(date)s", date=filters.date(due))
    if done or now() <= due:
        return words
    return gettext("%(until)s, overdue", until=words)


@dataclass(frozen=True)
class Responsibility:
    """Who is responsible for one statement, in words; `mine` is for whoever looks."""

    words: str
    mine: bool


NOBODY = Responsibility("", mine=False)


@dataclass(frozen=True)
class Share:
    """How far one person is with what is theirs."""

    name: str
    done: int
    statements: int
    late: int


@dataclass(frozen=True)
class Responsibilities:
    """The statements that somebody is responsible for, by code, and how far each person is."""

    of: Mapping[str, Responsibility]
    shares: tuple[Share, ...]

    @classmethod
    def among(
        cls,
        parts: Iterable[Part],
        questionnaire: Questionnaire,
        answers: Mapping[int, AnswerState],
        who: User,
    ) -> Responsibilities:
        done = {
            one.code
            for one in questionnaire.statements
            if progress_of(answers.get(one.id, NOTHING)) is Progress.COMPLETE
        }
        given = responsible(questionnaire, parts)
        return cls(
            of={
                code: _responsibility(those, code in done, who)
                for code, those in given.items()
                if those
            },
            shares=_shares(given, done),
        )


def _responsibility(parts: tuple[Part, ...], done: bool, who: User) -> Responsibility:
    return Responsibility(
        words="; ".join(
            gettext(
                "%(name)s, %(until)s", name=one.person.name, until=due_words(one.due, done=done)
            )
            for one in parts
        ),
        mine=any(one.person is who for one in parts),
    )


def _shares(given: Mapping[str, tuple[Part, ...]], done: set[str]) -> tuple[Share, ...]:
    people = sorted({one.person for those in given.values() for one in those}, key=_by_name)
    shares = []
    for person in people:
        own = {
            code: part for code, those in given.items() for part in those if part.person is person
        }
        late = [code for code, part in own.items() if code not in done and part.due < now()]
        shares.append(Share(person.name, len(own.keys() & done), len(own), len(late)))
    return tuple(shares)


def _by_name(person: User) -> tuple[str, int]:
    return person.name, person.id
