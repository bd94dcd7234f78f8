"""What the team sends."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms.fields import HiddenField, StringField

from reviews.errors import Unusable
from webapp.saves import SavedForm


class AgreedLevelForm(SavedForm):
    mark = StringField()
    reason = StringField()


class AssentForm(FlaskForm):
    """The number of the levels that were shown; and, from the form for it, a dissent."""

    class Meta:
        csrf = False  # the guard has checked the token

    shown = HiddenField()
    dissent = StringField()

    @property
    def number(self) -> int:
        """What was shown. Raises Unusable where no page of ours could have sent it."""
        text = self.shown.data or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Unusable("The version is not a number.", field="shown")
        return int(text)

    @property
    def words(self) -> str:
        """The dissent. Raises Unusable where its form was sent with nothing in it."""
        text: str = self.dissent.data or ""
        if self.dissent.raw_data and not text.strip():
            raise Unusable("Say what you do not agree with.", field="dissent")
        return text
