"""What the pages of a visit show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, User, Visit, VisitSession
from reviews.policy import Action, allowed
from reviews.questionnaires import AskedCommitment, Questionnaire
from reviews.visits import ends_at, leader, leads_two_at_once
from webapp.clock import now
from webapp.days import day_of
from webapp.places import Place
from webapp.visit_notes import VisitNotes
from webapp.visits.forms import DaysForm, SessionForm


@dataclass(frozen=True)
class SessionLine:
    """One session; `twice` where its leader leads another one at the same time, `outside` where
    it lies on no day of the visit."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    people: str
    about: tuple[str, ...]
    led_by: str
    twice: bool
    outside: bool
    changed_by: str
    changed_at: datetime

    @classmethod
    def of(cls, session: VisitSession, there: list[VisitSession]) -> SessionLine:
        led_by, visit = leader(session), session.visit
        return cls(
            id=session.id,
            title=session.title,
            starts_at=session.starts_at,
            ends_at=ends_at(session),
            place=session.place,
            people=session.people,
            about=tuple(session.about),
            led_by=led_by.name if led_by else "",
            twice=led_by is not None and leads_two_at_once(session, there),
            outside=not visit.first_day <= day_of(session.starts_at) <= visit.last_day,
            changed_by=session.changed_by.name,
            changed_at=session.changed_at,
        )


@dataclass(frozen=True)
class DayOfVisit:
    day: date
    sessions: tuple[SessionLine, ...]


@dataclass(frozen=True)
class Programme:
    """What is planned, day by day, and what was called off."""

    first_day: date
    last_day: date
    meeting_point: str
    changed_by: str
    changed_at: datetime
    days: tuple[DayOfVisit, ...]
    called_off: tuple[SessionLine, ...]

    @classmethod
    def of(cls, visit: Visit) -> Programme:
        there = [one for one in visit.sessions if one.called_off_at is None]
        there.sort(key=lambda one: (one.starts_at, one.id))
        return cls(
            first_day=visit.first_day,
            last_day=visit.last_day,
            meeting_point=visit.meeting_point,
            changed_by=visit.changed_by.name,
            changed_at=visit.changed_at,
            days=tuple(
                DayOfVisit(day, tuple(SessionLine.of(one, there) for one in sessions))
                for day, sessions in groupby(there, key=lambda one: day_of(one.starts_at))
            ),
            called_off=tuple(
                SessionLine.of(one, there) for one in visit.sessions if one.called_off_at
            ),
        )


@dataclass(frozen=True)
class VisitPage:
    """The programme on the screen."""

    title: str
    place: Place
    programme: Programme | None
    may_write: bool
    may_read_notes: bool
    template: ClassVar[str] = "visits/visit.html"

    @classmethod
    def of(cls, assessment: Assessment, visit: Visit | None, who: User) -> VisitPage:
        return cls(
            title=gettext("Visit to %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            programme=Programme.of(visit) if visit else None,
            may_write=allowed(who, Action.VISIT_WRITE, assessment, now()),
            may_read_notes=allowed(who, Action.VISIT_NOTE_READ, assessment, now()),
        )


@dataclass(frozen=True)
class PrintPage:
    """The programme on paper."""

    title: str
    place: Place
    programme: Programme | None
    template: ClassVar[str] = "visits/print.html"

    @classmethod
    def of(cls, assessment: Assessment, visit: Visit | None) -> PrintPage:
        return cls(
            title=gettext("Visit to %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            programme=Programme.of(visit) if visit else None,
        )


@dataclass(frozen=True)
class DaysPage:
    """When and where; `stored` is what somebody else has saved meanwhile."""

    title: str
    place: Place
    form: DaysForm
    stored: Programme | None
    template: ClassVar[str] = "visits/days.html"

    @classmethod
    def of(cls, assessment: Assessment, form: DaysForm, stored: Visit | None = None) -> DaysPage:
        return cls(
            title=gettext("Days of the visit"),
            place=Place.of(assessment),
            form=form,
            stored=Programme.of(stored) if stored else None,
        )


@dataclass(frozen=True)
class Code:
    """A commitment that a session can be about, with the codes of its statements."""

    code: str
    title: str
    statements: str

    @classmethod
    def of(cls, commitment: AskedCommitment) -> Code:
        codes = " ".join(one.code for one in commitment.statements)
        return cls(commitment.code, commitment.title, codes)


@dataclass(frozen=True)
class SessionPage:
    """One session, new or stored. `session` is its number, None for a new one; `stored` is what
    somebody else has saved meanwhile; `unsure` why it was not called off."""

    title: str
    place: Place
    form: SessionForm
    codes: tuple[Code, ...]
    session: int | None
    stored: SessionLine | None
    unsure: str
    template: ClassVar[str] = "visits/session.html"

    @classmethod
    def of(
        cls,
        visit: Visit,
        form: SessionForm,
        questionnaire: Questionnaire,
        session: VisitSession | None = None,
        *,
        stale: bool = False,
        unsure: str = "",
    ) -> SessionPage:
        stored = SessionLine.of(session, visit.sessions) if session and stale else None
        return cls(
            title=gettext("Change a session") if session else gettext("Add a session"),
            place=Place.of(visit.assessment),
            form=form,
            codes=_codes(questionnaire.commitments),
            session=session.id if session else None,
            stored=stored,
            unsure=unsure,
        )


@dataclass(frozen=True)
class NotesPage:
    """The notes of the visit that one of the team may read."""

    title: str
    place: Place
    visit_notes: VisitNotes
    template: ClassVar[str] = "visits/notes.html"

    @classmethod
    def of(cls, assessment: Assessment, notes: VisitNotes) -> NotesPage:
        return cls(
            title=gettext("Notes of the visit to %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            visit_notes=notes,
        )


def _codes(commitments: Iterable[AskedCommitment]) -> tuple[Code, ...]:
    return tuple(map(Code.of, commitments))
