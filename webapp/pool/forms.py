"""What reviewers send about themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms.fields import SelectField, SelectMultipleField, StringField, TextAreaField

from models import City, ReviewerProfile
from reviews.pool import LANGUAGES, ROLES, codes
from webapp.words import language_words

ROLE_WORDS = {
    "policy-maker": lazy_gettext("Policy-maker: decisions, rules, taking part"),
    "service-provider": lazy_gettext("Service provider: schools, housing, health, language"),
    "employer": lazy_gettext("Employer: the city's own staff"),
    "buyer": lazy_gettext("Buyer: contracts and tenders"),
}


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class ProfileForm(RuledForm):
    languages = SelectMultipleField(
        lazy_gettext("Languages in which you can read an assessment"),
        widget=GovCheckboxesInput(),
        description=lazy_gettext("Choose those in which you would understand a council decision"),
        validate_choice=False,
    )
    roles = SelectMultipleField(
        lazy_gettext("Parts of a city that you know from your own work"),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    capacity = StringField(
        lazy_gettext("Cities that you can review in one round"),
        widget=GovTextInput(),
        description=lazy_gettext(
            "A number from 0 to 10. Three make your scores easy to compare with those of others."
        ),
    )
    earlier_reviews = StringField(
        lazy_gettext("Reviews of cities that you did elsewhere"),
        widget=GovTextInput(),
        description=lazy_gettext("Do not count those that you handed in here"),
    )

    @classmethod
    def offering(cls, **rest: Any) -> ProfileForm:
        form = cls(**rest)
        named = [(code, language_words(code)) for code in LANGUAGES]
        form.languages.choices = sorted(named, key=lambda one: one[1])
        form.roles.choices = [(code, str(ROLE_WORDS[code])) for code in ROLES]
        return form

    @classmethod
    def of(cls, profile: ReviewerProfile) -> ProfileForm:
        """The form with what was said before."""
        return cls.offering(
            formdata=None,
            languages=sorted(codes(profile.languages)),
            roles=sorted(codes(profile.roles)),
            capacity=str(profile.capacity),
            earlier_reviews=str(profile.earlier_reviews),
        )

    @property
    def numbers(self) -> tuple[int, int]:
        """Both numbers; -1, which the rules refuse, for what is no number."""
        return _number(self.capacity.data), _number(self.earlier_reviews.data)


def _number(given: str | None) -> int:
    typed = (given or "").strip()
    return int(typed) if re.fullmatch("[0-9]{1,3}", typed) else -1


class EmployerForm(RuledForm):
    city = SelectField(lazy_gettext("City"), widget=GovSelect(), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("What you did there, and when"),
        widget=GovTextArea(),
        description=lazy_gettext("Coordinators see which city it is, and not what you write here."),
    )

    @classmethod
    def offering(cls, cities: Sequence[City], **rest: Any) -> EmployerForm:
        form = cls(**rest)
        form.city.choices = [
            ("", gettext("Choose a city")),
            *((city.slug, f"{city.name} ({city.country})") for city in cities),
        ]
        return form
