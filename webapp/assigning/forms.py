"""What coordinators send about seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput, GovSelect
from wtforms.fields import BooleanField, SelectField, SelectMultipleField, StringField

from reviews.pool import LANGUAGES
from webapp.words import language_words


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class SeatForm(RuledForm):
    reviewer = SelectField(
        lazy_gettext("Reviewer"),
        widget=GovSelect(),
        description=lazy_gettext(
            "Who cannot be chosen is not in this list; the table below says why"
        ),
        validate_choice=False,
    )
    lead = BooleanField(
        lazy_gettext("Leads the team"),
        widget=GovCheckboxInput(),
    )

    @classmethod
    def offering(cls, people: Sequence[tuple[int, str]], **rest: Any) -> SeatForm:
        """The form with everybody who can be chosen, by number and words."""
        form = cls(**rest)
        form.reviewer.choices = [
            ("", gettext("Choose a reviewer")),
            *((str(number), words) for number, words in people),
        ]
        return form


class LanguagesForm(RuledForm):
    languages = SelectMultipleField(
        lazy_gettext("Languages of its documents"),
        widget=GovCheckboxesInput(),
        description=lazy_gettext("A team should have somebody who reads at least one of them"),
        validate_choice=False,
    )

    @classmethod
    def offering(cls, **rest: Any) -> LanguagesForm:
        form = cls(**rest)
        named = [(code, language_words(code)) for code in LANGUAGES]
        form.languages.choices = sorted(named, key=lambda one: one[1])
        return form


class ReplaceForm(RuledForm):
    """Drawn by hand: there is one per reviewer on a page."""

    instead = StringField()
    reason = StringField()
