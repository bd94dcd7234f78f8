"""Notes of the visit, for the page of the notes and for the pages of one statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models import Assessment, VisitNote, VisitSession
from reviews import visits
from reviews.policy import Action, allowed
from reviews.queries import visits as stored
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp import loaders
from webapp.clock import now
from webapp.differences import Piece, difference
from webapp.extensions import db
from webapp.sessions import require_user


@dataclass(frozen=True)
class VisitNoteLine:
    """One note; `typed` is what its form holds, also where that could not be stored."""

    id: int
    text: str
    by: str
    at: datetime
    changed_at: datetime | None
    code: str
    session: str
    base: int
    typed: str
    problem: str = ""
    clash: tuple[tuple[Piece, ...], ...] = ()

    @classmethod
    def of(cls, note: VisitNote, codes: dict[int, str]) -> VisitNoteLine:
        return cls(
            id=note.id,
            text=note.text,
            by=note.written_by.name,
            at=note.written_at,
            changed_at=note.changed_at,
            code=codes[note.statement_id] if note.statement_id else "",
            session=note.session.title if note.session else "",
            base=note.number,
            typed=note.text,
        )


@dataclass(frozen=True)
class SessionChoice:
    """A session that a note can be about."""

    id: int
    title: str
    starts_at: datetime
    chosen: bool = False


@dataclass(frozen=True)
class Draft:
    """A note that was typed and could not be stored."""

    text: str = ""
    code: str = ""
    problem: str = ""
    problem_field: str = ""


@dataclass(frozen=True)
class VisitNotes:
    """One's own notes, and those of the others once the team sees each other's.

    `code` is the statement whose page this is part of, `back` that page's kind.
    """

    own: tuple[VisitNoteLine, ...]
    others: tuple[VisitNoteLine, ...]
    shared: bool
    sessions: tuple[SessionChoice, ...]
    may_write: bool
    code: str = ""
    back: str = ""
    draft: Draft = Draft()

    def refused(self, draft: Draft, session: str) -> VisitNotes:
        """The same with a new note that could not be stored."""
        sessions = tuple(replace(one, chosen=str(one.id) == session) for one in self.sessions)
        return replace(self, draft=draft, sessions=sessions)

    def refused_change(
        self, note_id: int, typed: str, *, problem: str = "", stale: bool = False
    ) -> VisitNotes:
        """The same with a changed note that could not be stored: for what is wrong with it, or
        because another window has stored something else."""

        def put(line: VisitNoteLine) -> VisitNoteLine:
            if line.id != note_id:
                return line
            clash = (difference(line.text, typed),) if stale else ()
            return replace(line, typed=typed, problem=problem, clash=clash)

        return replace(self, own=tuple(map(put, self.own)))

    @property
    def clash(self) -> tuple[tuple[Piece, ...], ...]:
        return tuple(pieces for line in self.own for pieces in line.clash)

    @property
    def problem(self) -> tuple[str, str]:
        """What is wrong with what was typed, and the field it is in."""
        if self.draft.problem:
            return self.draft.problem, f"visit-{self.draft.problem_field}"
        wrong = next((line for line in self.own if line.problem), None)
        return (wrong.problem, f"visit-note-{wrong.id}") if wrong else ("", "")


def all_notes(assessment: Assessment) -> VisitNotes:
    """All notes of a visit that the person may read, once the guard has let them read any."""
    return _notes(assessment, lambda note: True)


def at_statement(
    assessment: Assessment, statement: AskedStatement, *, back: str
) -> VisitNotes | None:
    """The notes under a statement, and those about sessions on it; nothing for whoever is not
    of the team. `back` is "review" or "consensus": where to return after writing one."""
    if not allowed(require_user(), Action.VISIT_NOTE_READ, assessment, now()):
        return None

    def about(note: VisitNote) -> bool:
        if note.statement_id is not None:
            return note.statement_id == statement.id
        return note.session is not None and visits.touches(note.session, statement)

    return replace(_notes(assessment, about), code=statement.code, back=back)


def _notes(assessment: Assessment, wanted: Callable[[VisitNote], bool]) -> VisitNotes:
    who, at = require_user(), now()
    shared = allowed(who, Action.CONSENSUS_READ, assessment, at)
    others = stored.notes_of_others(db.session(), assessment, who) if shared else []
    codes = _codes(loaders.questionnaire(assessment.round))

    def lines(notes: Sequence[VisitNote]) -> tuple[VisitNoteLine, ...]:
        return tuple(VisitNoteLine.of(note, codes) for note in notes if wanted(note))

    return VisitNotes(
        own=lines(stored.own_notes(db.session(), assessment, who)),
        others=lines(others),
        shared=shared,
        sessions=_choices(assessment),
        may_write=allowed(who, Action.VISIT_NOTE_WRITE, assessment, at),
    )


def _codes(questionnaire: Questionnaire) -> dict[int, str]:
    return {statement.id: statement.code for statement in questionnaire.statements}


def _choices(assessment: Assessment) -> tuple[SessionChoice, ...]:
    visit = stored.visit(db.session(), assessment)
    there: list[VisitSession] = visit.sessions if visit else []
    return tuple(
        SessionChoice(one.id, one.title, one.starts_at)
        for one in there
        if one.called_off_at is None
    )
