"""Notes inside a city: written under a statement, meant for colleagues, resolved, reopened."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from models import Assessment, Mention, Note, User
from reviews import texts
from reviews.errors import Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement

LONGEST = 2_000


def write_note(
    assessment: Assessment,
    statement: AskedStatement,
    *,
    text: str,
    mentioned: Collection[User],
    by: User,
    now: datetime,
) -> Note:
    """Leave a note for the people of the own city."""
    words = texts.typed(text, field="text", limit=LONGEST).strip()
    if not words:
        raise Unusable("Write your note first.", field="text")
    note = Note(
        assessment=assessment,
        statement_id=statement.id,
        text=words,
        written_by=by,
        written_at=now,
        mentions=[Mention(person=person) for person in mentioned],
    )
    record(
        by,
        "note:write",
        assessment,
        now=now,
        statement=statement.code,
        mentioned=[person.id for person in mentioned],
    )
    return note


def settle(note: Note, *, resolved: bool, by: User, now: datetime) -> None:
    """Resolve a note or open it again; where it is so already, nothing happens."""
    if (note.resolved_at is not None) is resolved:
        return
    note.resolved_by, note.resolved_at = (by, now) if resolved else (None, None)
    verb = "note:resolve" if resolved else "note:reopen"
    record(by, verb, note.assessment, now=now, note=note.id)
