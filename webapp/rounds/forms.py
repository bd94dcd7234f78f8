"""What coordinators send to set up a round and its teams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect, GovTextInput
from wtforms.fields import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired

from models import Assessment, City, Instrument, Round
from reviews.hats import conflicted
from reviews.queries.rounds import PoolMember
from webapp.days import DayField, day_of


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class DatesForm(RuledForm):
    answers_due = DayField(
        lazy_gettext("Cities answer and sign until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, for example 30 11 2026"),
    )
    reviews_due = DayField(
        lazy_gettext("Reviewers score until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, later than the answers"),
    )

    @classmethod
    def of(cls, round_: Round) -> DatesForm:
        """The form with the dates as they are."""
        return cls(
            formdata=None,
            answers_due=day_of(round_.answers_due),
            reviews_due=day_of(round_.reviews_due),
        )


def _blind_field() -> BooleanField:
    return BooleanField(
        lazy_gettext("Blind round: reviewers give their own level before they see the city's"),
        widget=GovCheckboxInput(),
        description=lazy_gettext(
            "The city's text and evidence are shown from the start. This cannot be changed once"
            " the round is open."
        ),
    )


class BlindForm(RuledForm):
    blind = _blind_field()


class NewRoundForm(RuledForm):
    title = StringField(
        lazy_gettext("Title"),
        widget=GovTextInput(),
        description=lazy_gettext("For example: Charter review 2027"),
        validators=[InputRequired(lazy_gettext("Give the round a title."))],
    )
    slug = StringField(
        lazy_gettext("Word in addresses"),
        widget=GovTextInput(),
        description=lazy_gettext("Small letters, digits and hyphens, such as 2027 or 2027-autumn"),
        validators=[InputRequired(lazy_gettext("Enter a word for the addresses of this round."))],
    )
    instrument = SelectField(
        lazy_gettext("Questionnaire"),
        widget=GovSelect(),
        description=lazy_gettext("It cannot be changed later"),
        validate_choice=False,
    )
    answers_due = DayField(
        lazy_gettext("Cities answer and sign until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, for example 30 11 2026"),
    )
    reviews_due = DayField(
        lazy_gettext("Reviewers score until"),
        description=lazy_gettext("Until 23:59 of that day in Brussels, later than the answers"),
    )
    minimum_reviewers = StringField(
        lazy_gettext("Reviewers per city, at least"),
        widget=GovTextInput(),
        description=lazy_gettext("A number from 1 to 10. Three are a good choice."),
    )
    blind = _blind_field()

    @classmethod
    def offering(cls, instruments: Sequence[Instrument], **rest: Any) -> NewRoundForm:
        form = cls(**rest)
        form.instrument.choices = [
            ("", gettext("Choose a questionnaire")),
            *(
                (str(one.id), gettext("%(title)s, version %(version)s", title=one.title,
                                      version=one.version))
                for one in instruments
            ),
        ]  # fmt: skip
        return form

    @property
    def reviewers(self) -> int:
        """How many reviewers were asked for; 0, which the rules refuse, for what is no number."""
        given = (self.minimum_reviewers.data or "").strip()
        return int(given) if re.fullmatch("[0-9]{1,2}", given) else 0

    def instrument_of(self, instruments: Sequence[Instrument]) -> Instrument | None:
        return next((one for one in instruments if str(one.id) == self.instrument.data), None)


class CityForm(RuledForm):
    city = SelectField(lazy_gettext("City"), widget=GovSelect(), validate_choice=False)

    @classmethod
    def offering(cls, cities: Sequence[City], **rest: Any) -> CityForm:
        form = cls(**rest)
        form.city.choices = [
            ("", gettext("Choose a city")),
            *((city.slug, f"{city.name} ({city.country})") for city in cities),
        ]
        return form


class InviteForm(RuledForm):
    reviewer = SelectField(
        lazy_gettext("Reviewer"),
        widget=GovSelect(),
        description=lazy_gettext("People with a conflict of interest are not in this list"),
        validate_choice=False,
    )
    lead = BooleanField(lazy_gettext("Leads the team"), widget=GovCheckboxInput())

    @classmethod
    def offering(
        cls, pool: Sequence[PoolMember], assessment: Assessment, **rest: Any
    ) -> InviteForm:
        """The form with everybody who may review this city and was not asked yet."""
        asked = {assignment.reviewer for assignment in assessment.assignments}
        form = cls(**rest)
        form.reviewer.choices = [
            ("", gettext("Choose a reviewer")),
            *(
                (str(one.user.id), _in_list(one))
                for one in pool
                if one.user not in asked and not conflicted(one.user, assessment.city)
            ),
        ]
        return form


def _in_list(member: PoolMember) -> str:
    words = gettext("%(name)s, %(city)s", name=member.user.name, city=member.homes)
    if not member.reviews:
        return words
    return words + " " + gettext("(reviews in this round: %(count)d)", count=member.reviews)


class ReasonForm(RuledForm):
    reason = StringField()
