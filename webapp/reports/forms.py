"""What the team sends."""

from __future__ import annotations

from wtforms.fields import StringField

from webapp.saves import SavedForm


class SectionForm(SavedForm):
    text = StringField()


class FindingForm(SavedForm):
    kind = StringField()
    statement = StringField()
    text = StringField()
    priority = StringField()
    addressee = StringField()
