"""What reviewers send."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms.fields import StringField

from webapp.saves import SavedForm


class ReplyForm(FlaskForm):
    """The answer to an invitation: a declaration that was ticked, or a reason."""

    class Meta:
        csrf = False  # the guard has checked the token

    declared = StringField()
    decline_reason = StringField()
    conflict_reason = StringField()

    @property
    def has_declared(self) -> bool:
        return bool(self.declared.data == "yes")


class ScoreForm(SavedForm):
    mark = StringField()
    justification = StringField()
    visit_mark = StringField()
    visit_justification = StringField()
    confidence = StringField()


class VerdictForm(FlaskForm):
    """What was found in one piece of evidence."""

    class Meta:
        csrf = False  # the guard has checked the token

    choice = StringField()
    note = StringField()
