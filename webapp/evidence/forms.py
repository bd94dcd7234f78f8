"""What an officer sends to cite evidence."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextInput
from wtforms.fields import StringField


class EvidenceForm(FlaskForm):
    """A link or a file; the title may be left empty, the pointer says where to look in it."""

    class Meta:
        csrf = False  # the guard has checked the token

    address = StringField(
        lazy_gettext("Web address"),
        widget=GovTextInput(),
        description=lazy_gettext("Starts with https://"),
    )
    file = FileField(
        lazy_gettext("Or a file"),
        widget=GovFileInput(),
        description=lazy_gettext("PDF, DOCX, XLSX, ODT, PNG or JPEG, up to 20 MB"),
    )
    title = StringField(
        lazy_gettext("Title (optional)"),
        widget=GovTextInput(),
        description=lazy_gettext("What a reviewer reads in the list"),
    )
    pointer = StringField(
        lazy_gettext("Where to look (optional)"),
        widget=GovTextInput(),
        description=lazy_gettext("For example: page 12, table 3"),
    )

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else "address"].errors = [message]
