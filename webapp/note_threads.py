"""The notes under a statement, for the page of the statement and the page of its notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models import Assessment, Note, User
from reviews import visibility
from reviews.policy import Action, allowed
from reviews.queries import delegation
from reviews.questionnaires import AskedStatement
from webapp import loaders
from webapp.clock import now
from webapp.extensions import db
from webapp.sessions import require_user


@dataclass(frozen=True)
class NoteLine:
    id: int
    text: str
    by: str
    at: datetime
    mentioned: tuple[str, ...]
    for_me: bool
    resolved_by: str
    resolved_at: datetime | None

    @classmethod
    def of(cls, note: Note, who: User) -> NoteLine:
        return cls(
            id=note.id,
            text=note.text,
            by=note.written_by.name,
            at=note.written_at,
            mentioned=tuple(one.person.name for one in note.mentions),
            for_me=any(one.person is who for one in note.mentions),
            resolved_by=note.resolved_by.name if note.resolved_by else "",
            resolved_at=note.resolved_at,
        )


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be mentioned."""

    id: int
    name: str
    chosen: bool


@dataclass(frozen=True)
class NoteThread:
    """Open notes first; what was typed and could not be stored is still there."""

    open: tuple[NoteLine, ...]
    resolved: tuple[NoteLine, ...]
    colleagues: tuple[Colleague, ...]
    may_write: bool
    typed: str = ""
    problem: str = ""

    @classmethod
    def of(
        cls, notes: Sequence[Note], colleagues: Sequence[User], who: User, *, may_write: bool
    ) -> NoteThread:
        lines = [NoteLine.of(note, who) for note in notes]
        return cls(
            open=tuple(line for line in lines if line.resolved_at is None),
            resolved=tuple(line for line in lines if line.resolved_at is not None),
            colleagues=tuple(Colleague(one.id, one.name, chosen=False) for one in colleagues),
            may_write=may_write,
        )

    def refused(self, typed: str, chosen: Collection[int], problem: str) -> NoteThread:
        """The same with what was typed and why it was not stored."""
        colleagues = tuple(replace(one, chosen=one.id in chosen) for one in self.colleagues)
        return replace(self, typed=typed, problem=problem, colleagues=colleagues)


def thread(assessment: Assessment, statement: AskedStatement) -> NoteThread | None:
    """The notes under a statement, or nothing for whoever may not read them now."""
    who = require_user()
    if not allowed(who, Action.NOTE_READ, assessment, now()):
        return None
    return NoteThread.of(
        delegation.notes(db.session(), assessment, [statement.id]),
        mentionable(assessment, statement),
        who,
        may_write=allowed(who, Action.NOTE_WRITE, assessment, now()),
    )


def mentionable(assessment: Assessment, statement: AskedStatement) -> list[User]:
    """The colleagues of the person who see this statement."""
    who, whole = require_user(), loaders.questionnaire(assessment.round)
    return [
        one
        for one in delegation.colleagues(db.session(), assessment.city, now())
        if one is not who
        and visibility.in_sight(one, assessment, whole, now()).statement(statement.code)
    ]
