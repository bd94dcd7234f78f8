"""What a city sends when it replies."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms.fields import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from webapp.passwords import LONGEST
from webapp.saves import SavedForm


class ReplyForm(SavedForm):
    text = StringField()


class SignForm(FlaskForm):
    """The fingerprint of what was shown, and the password once more."""

    class Meta:
        csrf = False  # the guard has checked the token

    shown = HiddenField()
    password = PasswordField(
        lazy_gettext("Your password, once more"),
        widget=GovPasswordInput(),
        validators=[InputRequired(lazy_gettext("Enter your password.")), Length(max=LONGEST)],
    )
