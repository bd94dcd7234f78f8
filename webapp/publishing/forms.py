"""What coordinators, and the lead reviewer who answers a city, send."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms.fields import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired

from models import PeersAnswer
from reviews.errors import Unusable
from webapp.days import DayField
from webapp.signing import RuledForm, SigningForm

DAYS = 21
"""How many days for its reply a city is offered."""


class SendForm(RuledForm):
    reply_due = DayField(
        lazy_gettext("The city replies until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, at least two weeks ahead"),
    )

    @classmethod
    def on(cls, today: date) -> SendForm:
        """The form with the day that is usual."""
        return cls(formdata=None, reply_due=today + timedelta(days=DAYS))


class AnswerForm(RuledForm):
    """What the peers answer to a reply; `seen` is when the answer that was shown was given."""

    seen = HiddenField()
    answer = StringField()
    answer_text = StringField()
    reworded = StringField()

    @property
    def given(self) -> PeersAnswer:
        """The answer. Raises Unusable where none of the three was chosen."""
        if self.answer.data not in list(PeersAnswer):
            raise Unusable("Choose one of the answers.", field="answer")
        return PeersAnswer(self.answer.data)


class ApprovalForm(RuledForm):
    """The hash of what was shown, and the word of the person to have read it."""

    shown = HiddenField()
    read = BooleanField(
        lazy_gettext("I have read the whole report, and it may be published"),
        widget=GovCheckboxInput(),
        validators=[DataRequired(lazy_gettext("Say that you have read the report."))],
    )


class PublicationForm(SigningForm):
    """The hash of what was shown, and the password once more."""


class CorrectionForm(RuledForm):
    reason = StringField()
