"""What reviewers send about a statement of the case."""

from __future__ import annotations

from wtforms.fields import StringField

from webapp.saves import SavedForm


class CaseScoreForm(SavedForm):
    mark = StringField()
    justification = StringField()
