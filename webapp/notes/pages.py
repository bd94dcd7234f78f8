"""What the page of the notes under one statement shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from models import Assessment
from reviews.questionnaires import AskedStatement
from webapp.note_threads import NoteThread
from webapp.places import Place


@dataclass(frozen=True)
class NotesPage:
    title: str
    place: Place
    statement: AskedStatement
    notes: NoteThread
    notes_alone: bool = True
    template: ClassVar[str] = "notes/notes.html"

    @property
    def code(self) -> str:
        return self.statement.code

    @classmethod
    def of(cls, assessment: Assessment, statement: AskedStatement, notes: NoteThread) -> NotesPage:
        return cls(
            title=gettext("Notes on %(code)s", code=statement.code),
            place=Place.of(assessment),
            statement=statement,
            notes=notes,
        )
