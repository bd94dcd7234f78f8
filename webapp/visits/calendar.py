"""The programme of a visit as a calendar file (RFC 5545)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from flask_babel import gettext

from models import Visit, VisitSession
from reviews.visits import ends_at, leader

LONGEST_LINE = 75
"""Octets; the rest goes into lines that begin with a space."""


def calendar(visit: Visit) -> str:
    """All sessions. One that was called off is there, too, so that calendars take it out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cityreview//visit//EN",
             "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]  # fmt: skip
    for session in visit.sessions:
        lines += _event(session)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """A text as a value: its line ends, commas, semicolons and backslashes are told by letters,
    and other control characters are left out."""
    for sign, told in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, told)
    return "".join(one for one in text if one == "\t" or unicodedata.category(one) != "Cc")


def folded(line: str) -> Iterator[str]:
    """A line in pieces of 75 octets at most, no letter cut in two."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > LONGEST_LINE:
            yield piece
            piece = " "
        piece += letter
    yield piece


def _event(session: VisitSession) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:visit-session-{session.id}@cityreview"
    yield f"DTSTAMP:{_utc(session.changed_at)}"
    yield f"SEQUENCE:{session.number - 1}"
    yield f"DTSTART:{_utc(session.starts_at)}"
    yield f"DTEND:{_utc(ends_at(session))}"
    yield f"SUMMARY:{escaped(session.title)}"
    if session.place:
        yield f"LOCATION:{escaped(session.place)}"
    if words := "\n".join(_details(session)):
        yield f"DESCRIPTION:{escaped(words)}"
    yield f"STATUS:{'CANCELLED' if session.called_off_at else 'CONFIRMED'}"
    yield "END:VEVENT"


def _details(session: VisitSession) -> Iterator[str]:
    if session.people:
        yield gettext("Who is there: %(people)s", people=session.people)
    if session.about:
        yield gettext("About: %(codes)s", codes=", ".join(session.about))
    if led_by := leader(session):
        yield gettext("Led by: %(name)s", name=led_by.name)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
