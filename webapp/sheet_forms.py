"""What people send about a sheet that was filled in off line: the file, and their decisions."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms.fields import HiddenField

from reviews.errors import Unusable
from reviews.sheet_uploads import Choice, Decision
from reviews.workbooks import Comparison

_ABOUT_A_CLASH = {one.value: one for one in (Choice.THEIRS, Choice.MINE, Choice.COMBINED)}


class UploadForm(FlaskForm):
    class Meta:
        csrf = False  # the guard has checked the token

    file = FileField(
        lazy_gettext("The sheet you filled in"),
        widget=GovFileInput(),
        description=lazy_gettext("An Excel workbook (.xlsx) that was downloaded here, up to 5 MB"),
    )


class ChangesForm(FlaskForm):
    """The key of the upload whose rows were shown, and a choice per row: `take` once for each
    that was ticked, and for each that clashes `choice-CODE`, `seen-CODE` and the typed fields."""

    class Meta:
        csrf = False  # the guard has checked the token

    upload = HiddenField()

    def decisions(self, compared: Iterable[Comparison]) -> dict[str, Decision]:
        """What was decided, by code of the statement. Raises Unusable."""
        ticked = set(request.form.getlist("take"))
        decided = {}
        for one in compared:
            code = one.row.code
            choice = _ABOUT_A_CLASH.get(request.form.get(f"choice-{code}", ""))
            if choice is not None:
                seen = _number(request.form.get(f"seen-{code}", ""))
                decided[code] = Decision(choice, seen, _typed(code, one))
            elif code in ticked:
                decided[code] = Decision(Choice.TAKE)
        return decided


def _typed(code: str, one: Comparison) -> dict[str, str]:
    names = (name for name in one.row.content if f"{name}-{code}" in request.form)
    return {name: request.form[f"{name}-{code}"] for name in names}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable("The version is not a number.", field="seen")
    return int(text)
