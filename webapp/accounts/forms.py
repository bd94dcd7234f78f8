"""What a person types to sign in."""

from __future__ import annotations

import json
import re

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from wtforms.fields import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from webapp.passwords import LONGEST

_OWN_ADDRESS = re.compile(r"/(?![/\\])[A-Za-z0-9._~/?=&%+-]*")


class SignInForm(FlaskForm):
    """Address, password, where to go next, and what was typed before the sign-in ended."""

    class Meta:
        csrf = False  # the guard has checked the token

    email = StringField(
        lazy_gettext("E-mail address"),
        widget=GovTextInput(),
        validators=[InputRequired(lazy_gettext("Enter your e-mail address.")), Length(max=254)],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        widget=GovPasswordInput(),
        validators=[InputRequired(lazy_gettext("Enter your password.")), Length(max=LONGEST)],
    )
    next = HiddenField()
    kept = HiddenField()

    @property
    def next_address(self) -> str:
        return own_address(self.next.data)

    @property
    def kept_fields(self) -> dict[str, str]:
        """The fields of a form that was sent after the sign-in had ended."""
        try:
            fields = json.loads(self.kept.data or "{}")
        except ValueError:
            return {}
        if not isinstance(fields, dict):
            return {}
        return {str(name): value for name, value in fields.items() if isinstance(value, str)}


def own_address(address: str | None) -> str:
    """An address on this site, or the start page: nobody is sent elsewhere after signing in."""
    return address if address and _OWN_ADDRESS.fullmatch(address) else "/"
