"""What a signatory sends."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms.fields import RadioField
from wtforms.validators import AnyOf

from models import ConsentChoice
from webapp.signing import SigningForm
from webapp.words import consent_words


class ConsentForm(SigningForm):
    """By name or in groups only, and the password once more. `shown` says which word of the city
    was the last one on the page."""

    choice = RadioField(
        lazy_gettext("How does the city appear in public figures?"),
        widget=GovRadioInput(),
        validators=[
            AnyOf([one.value for one in ConsentChoice], lazy_gettext("Choose one of the two."))
        ],
        validate_choice=False,
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.choice.choices = [(one.value, consent_words(one)) for one in ConsentChoice]
