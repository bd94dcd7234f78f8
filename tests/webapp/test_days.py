"""Days as people type them, and the moments that they mean."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from webapp.days import DayField, day_of, last_second


class OneDay(Form):
    due = DayField("Due")


def typed(app, *parts):
    with app.test_request_context():
        form = OneDay(MultiDict([("due", part) for part in parts]))
        form.validate()
        return form.due.data, [str(error) for error in form.due.errors], form.due.raw_data


@pytest.fixture
def app():
    """Only the words are needed, so no database."""
    from flask import Flask
    from flask_babel import Babel

    app = Flask(__name__)
    Babel(app)
    return app


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("30", "11", "2026"), date(2026, 11, 30)),
        (("1", "2", "2027"), date(2027, 2, 1)),
        ((" 01 ", "02", "2027"), date(2027, 2, 1)),
        (("29", "2", "2028"), date(2028, 2, 29)),
    ],
)
def test_a_day_in_figures_is_read(app, parts, day):
    assert typed(app, *parts)[:2] == (day, [])


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), "Enter a date, for example 30 11 2026."),
        (("", "", ""), "Enter a date, for example 30 11 2026."),
        (("1", "", ""), "Enter day, month and year in figures, for example 30 11 2026."),
        (("x", "1", "2027"), "Enter day, month and year in figures, for example 30 11 2026."),
        (("٣", "1", "2027"), "Enter day, month and year in figures, for example 30 11 2026."),
        (("-1", "1", "2027"), "Enter day, month and year in figures, for example 30 11 2026."),
        (("now",), "Enter day, month and year in figures, for example 30 11 2026."),
        (("1", "1", "0000"), "Enter a year from 2000 to 2100."),
        (("1", "1", "9999"), "Enter a year from 2000 to 2100."),
        (("1", "1", "10000"), "Enter day, month and year in figures, for example 30 11 2026."),
        (("1", "1", "27"), "Enter day, month and year in figures, for example 30 11 2026."),
        (("1", "1", "1999"), "Enter a year from 2000 to 2100."),
        (("30", "2", "2027"), "This day does not exist. Check day and month."),
        (("29", "2", "2027"), "This day does not exist. Check day and month."),
        (("1", "13", "2027"), "This day does not exist. Check day and month."),
        (("0", "1", "2027"), "This day does not exist. Check day and month."),
    ],
)
def test_what_is_no_day_is_refused_with_a_hint(app, parts, said):
    assert typed(app, *parts)[:2] == (None, [said])


@pytest.mark.parametrize("parts", [(), ("1",), ("1", "2"), ("1", "2", "3", "4", "5")])
def test_the_three_inputs_show_again_whatever_was_sent(app, parts):
    assert len(typed(app, *parts)[2]) == 3


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 11, 30), datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)),
        (date(2027, 6, 30), datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC)),
        # The clocks change on these two days, long before their last second.
        (date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_day_lasts_until_its_last_second_in_brussels(day, moment):
    assert last_second(day) == moment
    assert day_of(moment) == day
