"""What a lead officer sends about colleagues, and what a colleague sends to join."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovPasswordInput,
    GovSelect,
    GovTextInput,
)
from wtforms.fields import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from reviews.questionnaires import Questionnaire
from webapp.days import DayField
from webapp.passwords import LONGEST, SHORTEST


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class InviteForm(RuledForm):
    email = StringField(lazy_gettext("E-mail address"), widget=GovTextInput())
    name = StringField(lazy_gettext("Name"), widget=GovTextInput())
    limited = BooleanField(
        lazy_gettext("Sees only the parts that are given to them"), widget=GovCheckboxInput()
    )


class PartForm(RuledForm):
    code = SelectField(
        lazy_gettext("Role or commitment"), widget=GovSelect(), validate_choice=False
    )
    due = DayField(
        lazy_gettext("Until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, for example 30 11 2026"),
    )

    @classmethod
    def offering(cls, questionnaire: Questionnaire, **rest: Any) -> PartForm:
        """The form with all roles, each followed by its commitments."""
        form = cls(**rest)
        form.code.choices = [("", gettext("Choose a role or a commitment"))]
        for role in questionnaire.roles:
            whole = gettext("%(role)s: all of it", role=role.title)
            form.code.choices.append((role.code, whole))
            form.code.choices += [
                (part.code, f"{part.code} {part.title}") for part in role.commitments
            ]
        return form


class JoinForm(RuledForm):
    """For somebody without an account."""

    name = StringField(
        lazy_gettext("Your name"),
        widget=GovTextInput(),
        description=lazy_gettext("As your colleagues know you"),
        validators=[InputRequired(lazy_gettext("Enter your name."))],
    )
    password = PasswordField(
        lazy_gettext("Choose a password"),
        widget=GovPasswordInput(),
        description=lazy_gettext(
            "At least 12 characters. Three words that nobody guesses are fine."
        ),
        validators=[
            InputRequired(lazy_gettext("Choose a password.")),
            Length(
                min=SHORTEST,
                max=LONGEST,
                message=lazy_gettext("A password has at least 12 characters."),
            ),
        ],
    )
