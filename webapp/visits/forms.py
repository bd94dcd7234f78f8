"""What the team and its coordinators send about a visit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovSelect, GovTextArea, GovTextInput
from wtforms.fields import Field, HiddenField, SelectField, StringField

from models import User, Visit, VisitSession
from reviews.errors import Unusable
from reviews.visits import Plan
from webapp.clock import BRUSSELS
from webapp.days import ClockField, DayField, day_of, moment


class MinutesField(Field):
    """A small whole number."""

    widget = GovTextInput()
    data: int | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not re.fullmatch(r"[0-9]{1,4}", text):
            raise ValueError(gettext("Enter a number of minutes, for example 90."))
        self.data = int(text)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data) if self.data is not None else ""


class VersionedForm(FlaskForm):
    """A form that names the version it changes, and whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    base = HiddenField()

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]

    @property
    def version(self) -> int:
        """Raises Unusable where no page of ours could have sent it."""
        text = self.base.data or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Unusable("The version is not a number.", field="base")
        return int(text)


class DaysForm(VersionedForm):
    first_day = DayField(
        lazy_gettext("First day"), description=lazy_gettext("For example 30 11 2026")
    )
    last_day = DayField(
        lazy_gettext("Last day"), description=lazy_gettext("The same day again if it is only one")
    )
    meeting_point = StringField(
        lazy_gettext("Where do the team and the city meet?"),
        widget=GovTextArea(),
        description=lazy_gettext("Place and time, for example: town hall, main door, 8:45"),
    )

    @classmethod
    def showing(cls, visit: Visit | None) -> DaysForm:
        """The form with what is stored, if anything is."""
        return cls(
            formdata=None,
            data={
                "base": str(visit.number if visit else 0),
                "first_day": visit.first_day if visit else None,
                "last_day": visit.last_day if visit else None,
                "meeting_point": visit.meeting_point if visit else "",
            },
        )


class SessionForm(VersionedForm):
    title = StringField(lazy_gettext("Title"), widget=GovTextInput())
    day = DayField(lazy_gettext("Day"), widget=GovDateInput())
    starts = ClockField(
        lazy_gettext("Start time"), description=lazy_gettext("In Brussels, for example 9:30")
    )
    minutes = MinutesField(
        lazy_gettext("How many minutes?"), description=lazy_gettext("From 5 to 720")
    )
    place = StringField(lazy_gettext("Place"), widget=GovTextInput())
    people = StringField(
        lazy_gettext("Who is there, by function?"),
        widget=GovTextArea(),
        description=lazy_gettext(
            "Functions only, for example: head of the housing department, two volunteers of a"
            " neighbourhood centre. Do not write names of persons."
        ),
    )
    about = StringField(
        lazy_gettext("Which commitments or statements is it about?"),
        widget=GovTextInput(),
        description=lazy_gettext("Their codes, with spaces between"),
    )
    led_by = SelectField(
        lazy_gettext("Who of the team leads it?"), widget=GovSelect(), validate_choice=False
    )

    @classmethod
    def offering(
        cls, team: Iterable[User], session: VisitSession | None = None, **rest: Any
    ) -> SessionForm:
        """The form with the team to choose from, and with a session where one is stored."""
        form = cls(data=_stored(session), **rest)
        form.led_by.choices = [
            ("", gettext("Nobody yet")),
            *((str(one.id), one.name) for one in team),
        ]
        return form

    def plan(self, team: Iterable[User]) -> Plan:
        """What was sent, once `validate` has found its form in order."""
        day, clock = self.day.data, self.starts.data
        if day is None or clock is None or self.minutes.data is None:
            raise LookupError("no day, time or length was entered")
        chosen = self.led_by.data or ""
        led_by = next((one for one in team if str(one.id) == chosen), None)
        if chosen and led_by is None:
            raise Unusable("Choose a member of the team.", field="led_by")
        return Plan(
            starts_at=moment(day, clock, field="starts"),
            day=day,
            minutes=self.minutes.data,
            title=self.title.data or "",
            place=self.place.data or "",
            people=self.people.data or "",
            about=self.about.data or "",
            led_by=led_by,
        )


def _stored(session: VisitSession | None) -> dict[str, Any]:
    if session is None:
        return {"base": "0", "minutes": 60}
    return {
        "base": str(session.number),
        "title": session.title,
        "day": day_of(session.starts_at),
        "starts": session.starts_at.astimezone(BRUSSELS).time(),
        "minutes": session.minutes,
        "place": session.place,
        "people": session.people,
        "about": " ".join(session.about),
        "led_by": str(session.led_by_id or ""),
    }
