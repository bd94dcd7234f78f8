"""Forms whose values the rules may refuse as well, and those that a person signs."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms.fields import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from models import User
from webapp.passwords import LONGEST, is_password


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class SigningForm(RuledForm):
    """The hash of what was shown, and the password once more."""

    shown = HiddenField()
    password = PasswordField(
        lazy_gettext("Your password, once more"),
        widget=GovPasswordInput(),
        validators=[InputRequired(lazy_gettext("Enter your password.")), Length(max=LONGEST)],
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # The last thing on the page, so the last in its list of errors.
        self._fields["password"] = self._fields.pop("password")

    def signed_by(self, who: User, *, otherwise: str) -> bool:
        """Whether the form is in order and the password is this person's; `otherwise` is said at
        the password."""
        if not self.validate():
            return False
        if not is_password(self.password.data, who.password_hash):
            self.put_error("password", otherwise)
            return False
        return True
