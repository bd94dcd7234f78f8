"""What officers and signatories send."""

from __future__ import annotations

from wtforms.fields import StringField

from webapp.saves import SavedForm
from webapp.signing import SigningForm


class AnswerForm(SavedForm):
    mark = StringField()
    text = StringField()
    remit_reason = StringField()


class SignOffForm(SigningForm):
    """The hash of what was shown, and the password once more."""
