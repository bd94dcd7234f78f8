"""Days and times that people choose: small inputs in, moments in Brussels out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import gettext
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovTextInput
from wtforms.fields import Field

from reviews.errors import Unusable
from webapp.clock import BRUSSELS

YEARS = range(2000, 2101)
_PARTS = (r"[0-9]{1,2}", r"[0-9]{1,2}", r"[0-9]{4}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.h]([0-5][0-9])")


class DayField(Field):
    """A day as day, month and year; three inputs of one name."""

    widget = GovDateInput()
    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = [str(value).strip() for value in valuelist]
        # The widget shows again exactly three texts, whatever was sent.
        self.raw_data = [*given, "", "", ""][:3]
        self.data = None
        self.data = _day(given)

    @property
    def last_second(self) -> datetime:
        """The end of the day, once the form was found to be in order."""
        if self.data is None:
            raise LookupError("no day was entered")
        return last_second(self.data)

    def _value(self) -> str:
        return ""


def _day(given: list[str]) -> date:
    if not any(given):
        raise ValueError(gettext("Enter a date, for example 30 11 2026."))
    if len(given) != len(_PARTS) or not all(map(re.fullmatch, _PARTS, given)):
        raise ValueError(gettext("Enter day, month and year in figures, for example 30 11 2026."))
    day, month, year = map(int, given)
    if year not in YEARS:
        raise ValueError(
            gettext("Enter a year from %(first)d to %(last)d.", first=YEARS[0], last=YEARS[-1])
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(gettext("This day does not exist. Check day and month.")) from None


class ClockField(Field):
    """A time of day such as 9:30."""

    widget = GovTextInput()
    data: time | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        found = _CLOCK.fullmatch(str(valuelist[0]).strip()) if valuelist else None
        if found is None:
            raise ValueError(gettext("Enter a time of day, for example 9:30 or 14:00."))
        self.data = time(int(found[1]), int(found[2]))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""


def moment(day: date, clock: time, *, field: str) -> datetime:
    """A time on a day in Brussels. Raises Unusable for one that is not there, or there twice."""
    local = datetime.combine(day, clock, BRUSSELS)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise Unusable("The clocks change at this time. Choose another time.", field=field)
    return local.astimezone(UTC)


def last_second(day: date) -> datetime:
    """The end of a day in Brussels: its last minute, 23:59, still counts as a whole."""
    return datetime.combine(day, time(23, 59, 59), BRUSSELS).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day that it is in Brussels."""
    return moment.astimezone(BRUSSELS).date()
