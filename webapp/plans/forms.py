"""What is sent about a recommendation: the city's answer, and how far it is."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms.fields import StringField

from models import PlanStatus
from reviews.errors import Unusable
from webapp.saves import SavedForm


class PlanForm(SavedForm):
    response = StringField()
    action = StringField()
    owner = StringField()
    due = StringField()


class ProgressForm(FlaskForm):
    class Meta:
        csrf = False  # the guard has checked the token

    status = StringField()
    text = StringField()

    @property
    def chosen(self) -> PlanStatus:
        """Raises Unusable where nothing that exists is chosen."""
        given = self.status.data or ""
        if given not in list(PlanStatus):
            raise Unusable("Choose how far it is.", field="status")
        return PlanStatus(given)
