"""The visit: a programme that team, coordinators and city share; notes that stay in the team."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models import Assessment, Assignment, AssignmentState, User, Visit, VisitNote, VisitSession
from reviews import texts
from reviews.errors import NotNow, Stale, Unusable
from reviews.journal import record
from reviews.questionnaires import AskedStatement, Questionnaire

SHORTEST, LONGEST = 5, 720
"""Minutes that a session may last."""

MOST_DAYS = 31
MOST_SESSIONS = 100
MOST_CODES = 30

_TEAM = (AssignmentState.ACCEPTED, AssignmentState.DRAFTING, AssignmentState.SUBMITTED)


@dataclass(frozen=True)
class Plan:
    """What is said about one session; `about` is typed, codes with spaces or commas between."""

    starts_at: datetime
    day: date
    minutes: int
    title: str
    place: str
    people: str
    about: str
    led_by: User | None


def team(assessment: Assessment) -> tuple[Assignment, ...]:
    """Who takes part in the visit: those of the team who have accepted, the lead first."""
    there = [one for one in assessment.assignments if one.state in _TEAM]
    return tuple(sorted(there, key=lambda one: (not one.lead, one.id)))


def set_days(
    assessment: Assessment,
    visit: Visit | None,
    *,
    first_day: date,
    last_day: date,
    meeting_point: str,
    base: int,
    by: User,
    now: datetime,
) -> Visit:
    """Say when the visit is and where it begins. Raises Stale where `base`, 0 for no visit yet,
    is not what is stored."""
    if last_day < first_day:
        raise Unusable("The last day is before the first one.", field="last_day")
    if (last_day - first_day).days >= MOST_DAYS:
        raise Unusable("A visit lasts at most %(most)d days.", field="last_day", most=MOST_DAYS)
    where = texts.typed(meeting_point, field="meeting_point", limit=1_000).strip()
    if not where:
        raise Unusable("Say where the team and the city meet.", field="meeting_point")
    _is_current(base, visit.number if visit else 0)
    if visit is None:
        visit = Visit(
            assessment=assessment,
            first_day=first_day,
            last_day=last_day,
            meeting_point=where,
            changed_by=by,
            changed_at=now,
        )
    else:
        visit.first_day, visit.last_day, visit.meeting_point = first_day, last_day, where
        visit.changed_by, visit.changed_at, visit.number = by, now, visit.number + 1
    days = {"first": first_day.isoformat(), "last": last_day.isoformat()}
    record(by, "visit:plan", assessment, now=now, **days)
    return visit


def add_session(
    visit: Visit, questionnaire: Questionnaire, plan: Plan, *, by: User, now: datetime
) -> VisitSession:
    """Put a session into the programme."""
    if len(visit.sessions) >= MOST_SESSIONS:
        raise Unusable("A programme holds at most %(most)d sessions.", field="title",
                       most=MOST_SESSIONS)  # fmt: skip
    facts = _facts(visit, questionnaire, plan)
    session = VisitSession(**facts, changed_by=by, changed_at=now)
    visit.sessions.append(session)
    _record_session(session, "visit:add-session", by=by, now=now)
    return session


def change_session(
    session: VisitSession,
    questionnaire: Questionnaire,
    plan: Plan,
    *,
    base: int,
    by: User,
    now: datetime,
) -> None:
    """Write a session anew. Raises Stale where somebody else has changed it since `base`."""
    _refuse_called_off(session)
    facts = _facts(session.visit, questionnaire, plan)
    _is_current(base, session.number)
    for name, value in facts.items():
        setattr(session, name, value)
    _touch(session, by=by, now=now)
    _record_session(session, "visit:change-session", by=by, now=now)


def call_off_session(session: VisitSession, *, by: User, now: datetime) -> None:
    """Take a session out of the programme. Calendars hear of it; notes about it are kept."""
    _refuse_called_off(session)
    session.called_off_at = now
    _touch(session, by=by, now=now)
    _record_session(session, "visit:call-off-session", by=by, now=now)


def codes(questionnaire: Questionnaire, text: str) -> list[str]:
    """The commitments and statements that were typed, each once, in the questionnaire's order."""
    named = re.findall(r"[^\s,;]+", texts.typed(text, field="about", limit=1_000).upper())
    known = [code for part in questionnaire.commitments
             for code in (part.code, *(one.code for one in part.statements))]  # fmt: skip
    strange = next((one for one in named if one not in known), None)
    if strange is not None:
        raise Unusable(
            "There is no commitment or statement %(code)s. Use codes such as %(first)s.",
            field="about",
            code=strange[:20],
            first=known[0],
        )
    chosen = [code for code in known if code in named]
    if len(chosen) > MOST_CODES:
        raise Unusable("Name at most %(most)d codes.", field="about", most=MOST_CODES)
    return chosen


def touches(session: VisitSession, statement: AskedStatement) -> bool:
    """Whether a session is about a statement, or about the commitment it belongs to."""
    return not {statement.code, statement.commitment_code}.isdisjoint(session.about)


def leader(session: VisitSession) -> User | None:
    """Who leads a session, if this person is still in the team."""
    there = [one.reviewer for one in team(session.assessment)]
    return session.led_by if session.led_by in there else None


def write_note(
    assessment: Assessment,
    *,
    session: VisitSession | None,
    statement: AskedStatement | None,
    text: str,
    by: User,
    now: datetime,
) -> VisitNote:
    """Write down what was seen or heard. The journal says neither where nor about what: the city
    and the coordinators may read it."""
    if session is None and statement is None:
        raise Unusable("Choose a session, a statement, or both.", field="session")
    note = VisitNote(
        assessment=assessment,
        session=session,
        statement_id=statement.id if statement else None,
        text=_words(text),
        written_by=by,
        written_at=now,
    )
    record(by, "visit-note:write", assessment, now=now)
    return note


def change_note(note: VisitNote, *, text: str, base: int, by: User, now: datetime) -> None:
    """Write an own note anew. Raises Stale where another window has changed it since `base`."""
    _refuse_others(note, by)
    words = _words(text)
    _is_current(base, note.number, {"text": note.text})
    note.text, note.changed_at, note.number = words, now, note.number + 1
    record(by, "visit-note:change", note.assessment, now=now)


def take_back_note(note: VisitNote, *, by: User, now: datetime) -> None:
    """Say good-bye to an own note; the caller deletes the row, and nothing of it is kept."""
    _refuse_others(note, by)
    record(by, "visit-note:delete", note.assessment, now=now)


def leads_two_at_once(session: VisitSession, others: Collection[VisitSession]) -> bool:
    """Whether the person who leads a session leads another one at the same time."""
    return session.led_by is not None and any(
        one is not session
        and one.led_by is session.led_by
        and one.starts_at < ends_at(session)
        and session.starts_at < ends_at(one)
        for one in others
    )


def ends_at(session: VisitSession) -> datetime:
    return session.starts_at + timedelta(minutes=session.minutes)


def _facts(visit: Visit, questionnaire: Questionnaire, plan: Plan) -> dict[str, Any]:
    if not visit.first_day <= plan.day <= visit.last_day:
        raise Unusable("This day is not one of the days of the visit.", field="day")
    if not SHORTEST <= plan.minutes <= LONGEST:
        raise Unusable(
            "A session lasts from %(least)d to %(most)d minutes.",
            field="minutes",
            least=SHORTEST,
            most=LONGEST,
        )
    title = texts.line(plan.title, field="title")
    if not title:
        raise Unusable("Give the session a title.", field="title")
    if plan.led_by and plan.led_by not in [one.reviewer for one in team(visit.assessment)]:
        raise Unusable("Choose a member of the team.", field="led_by")
    return {
        "starts_at": plan.starts_at,
        "minutes": plan.minutes,
        "title": title,
        "place": texts.line(plan.place, field="place"),
        "people": texts.typed(plan.people, field="people", limit=1_000).strip(),
        "about": codes(questionnaire, plan.about),
        "led_by": plan.led_by,
    }


def _touch(session: VisitSession, *, by: User, now: datetime) -> None:
    session.changed_by, session.changed_at = by, now
    session.number += 1


def _record_session(session: VisitSession, deed: str, *, by: User, now: datetime) -> None:
    starts = session.starts_at.isoformat()
    record(by, deed, session.assessment, now=now, session=session.id, starts=starts)


def _words(text: str) -> str:
    words = texts.typed(text, field="text").strip()
    if not words:
        raise Unusable("Write your note first.", field="text")
    return words


def _refuse_called_off(session: VisitSession) -> None:
    if session.called_off_at is not None:
        raise NotNow("This session was called off. Add a new one instead.")


def _refuse_others(note: VisitNote, by: User) -> None:
    if note.written_by is not by:
        raise NotNow("Only the person who wrote a note changes it.")


def _is_current(base: int, number: int, theirs: dict[str, str] | None = None) -> None:
    if base != number:
        raise Stale("Somebody else changed this meanwhile.", theirs=theirs or {}, number=number)
