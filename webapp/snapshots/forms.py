"""What coordinators send to freeze a benchmark and to make it public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from wtforms.fields import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired

from webapp.days import ClockField, DayField, moment
from webapp.signing import RuledForm, SigningForm

AT_ONCE, LATER = "at-once", "later"


class FirstForm(RuledForm):
    """The word of a coordinator that the set of cities is what it shall be for good."""

    fixed = BooleanField(
        lazy_gettext("These cities, and no others, are in the figures of this round for good"),
        widget=GovCheckboxInput(),
        validators=[DataRequired(lazy_gettext("Say that the cities are fixed for good."))],
    )


class FurtherForm(RuledForm):
    """Why there is one more snapshot."""

    reason = StringField(
        lazy_gettext("Why is there one more snapshot?"),
        widget=GovTextArea(),
        description=lazy_gettext("It is listed with the snapshot. Up to 10,000 characters."),
        validators=[DataRequired(lazy_gettext("Give a reason."))],
    )


class ApprovalForm(RuledForm):
    """The hash of what was shown, and the word of the person to have looked at it."""

    shown = HiddenField()
    read = BooleanField(
        lazy_gettext("I have looked at the figures of this snapshot, and they may become public"),
        widget=GovCheckboxInput(),
        validators=[DataRequired(lazy_gettext("Say that you have looked at the figures."))],
    )


class ReleaseForm(SigningForm):
    """From when on the figures are public, why there is one more release, and the password."""

    when = RadioField(
        lazy_gettext("From when on are these figures public?"),
        widget=GovRadioInput(),
        validators=[AnyOf((AT_ONCE, LATER), lazy_gettext("Choose from when on."))],
        validate_choice=False,
    )
    day = DayField(lazy_gettext("Day"), description=lazy_gettext("For example 30 11 2026"))
    clock = ClockField(
        lazy_gettext("Time"), description=lazy_gettext("In Brussels, for example 9:30")
    )
    reason = StringField(
        lazy_gettext("Why is there one more release?"),
        widget=GovTextArea(),
        description=lazy_gettext(
            "Everybody reads this beside the new figures. Up to 10,000 characters."
        ),
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.when.choices = [
            (AT_ONCE, gettext("At once")),
            (LATER, gettext("From a moment on, which I give below")),
        ]

    def validate(self, *rest: Any, **more: Any) -> bool:
        """Whether all is in order; without a later moment, day and time may be empty."""
        super().validate(*rest, **more)
        if self.when.data != LATER:
            self.day.errors, self.clock.errors = [], []
        return not self.errors

    def public_from(self, now: datetime) -> datetime:
        """The moment that was chosen, once `validate` has found the form in order. Raises Unusable
        for one that the clocks leave out or have twice."""
        if self.when.data == AT_ONCE:
            return now
        if self.day.data is None or self.clock.data is None:
            raise LookupError("no day or time was entered")
        return moment(self.day.data, self.clock.data, field="clock")


class CallOffForm(RuledForm):
    """The number of the release that is taken back."""

    release = HiddenField()
