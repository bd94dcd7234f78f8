"""The journal: one line per deed, called by every verb."""

from __future__ import annotations

from datetime import datetime

from models import Entry, Round, User


def record(by: User, action: str, thing: object, *, now: datetime, **facts: object) -> Entry:
    """Write down a deed in the name of the person who did it.

    `facts` are names and numbers of things, never a level, a score or a text.
    """
    round_, city = _where(thing)
    entry = Entry(action=action, at=now, round_id=round_, city_id=city, facts=facts)
    by.deeds.add(entry)
    return entry


def _where(thing: object) -> tuple[int | None, int | None]:
    if isinstance(thing, Round):
        return thing.id, None
    assessment = getattr(thing, "assessment", None)
    return (assessment.round.id, assessment.city.id) if assessment is not None else (None, None)
