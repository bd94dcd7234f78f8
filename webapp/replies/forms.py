"""What a city sends when it replies."""

from __future__ import annotations

from wtforms.fields import StringField

from webapp.saves import SavedForm
from webapp.signing import SigningForm


class ReplyForm(SavedForm):
    text = StringField()


class SignForm(SigningForm):
    """The fingerprint of what was shown, and the password once more."""
