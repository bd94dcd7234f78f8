"""How dates, levels and sizes are written for people."""

from __future__ import annotations

from datetime import date as Date  # `date` is a filter here
from datetime import datetime

from flask import Flask
from flask_babel import format_date, format_datetime, gettext

from models import marks
from webapp.clock import BRUSSELS, now
from webapp.words import language_words


def date(moment: datetime) -> str:
    """30 November 2026, on the day it is in Brussels."""
    return format_datetime(moment.astimezone(BRUSSELS), "d MMMM yyyy", rebase=False)


def day(date_: Date) -> str:
    """30 November 2026, for a day that stands for itself."""
    return format_date(date_, "d MMMM yyyy")


def date_time(moment: datetime) -> str:
    """30 November 2026, 23:59 (Brussels)."""
    written = format_datetime(moment.astimezone(BRUSSELS), "d MMMM yyyy, HH:mm", rebase=False)
    return gettext("%(moment)s (Brussels)", moment=written)


def clock_time(moment: datetime) -> str:
    """10:42, in Brussels."""
    return moment.astimezone(BRUSSELS).strftime("%H:%M")


def days_left(moment: datetime) -> str:
    """How long until a date, in words."""
    days = (moment.astimezone(BRUSSELS).date() - now().astimezone(BRUSSELS).date()).days
    if days < 0:
        return gettext("the date has passed")
    if days == 0:
        return gettext("today")
    return gettext("%(days)d days left", days=days) if days > 1 else gettext("1 day left")


def mark(value: str) -> str:
    """A mark in words."""
    if value == marks.NOT_OUR_COMPETENCE:
        return gettext("Not our competence")
    if value == marks.CANNOT_JUDGE:
        return gettext("Cannot judge")
    return gettext("Level %(level)s", level=value) if value else gettext("No level yet")


def size(octets: int) -> str:
    """1.4 MB, 230 kB."""
    if octets >= 1_000_000:
        return f"{octets / 1_000_000:.1f} MB"
    return f"{max(1, round(octets / 1000))} kB"


def register(app: Flask) -> None:
    app.add_template_filter(language_words, "language")
    for function in (date, day, date_time, clock_time, days_left, mark, size):
        app.add_template_filter(function)
