"""What officers send to fill their library and to cite from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms.fields import RadioField, SelectField, StringField

from models import Citation, Confidentiality, DocumentKind, Evidence
from reviews.evidence import LANGUAGES, Facts
from webapp.days import DayField
from webapp.words import document_kind_words, language_words


class OptionalDayField(DayField):
    """A day, or none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if any(str(value).strip() for value in valuelist):
            super().process_formdata(valuelist)
        else:
            self.raw_data, self.data = ["", "", ""], None


class RuledForm(FlaskForm):
    """A form whose values the rules may refuse as well."""

    class Meta:
        csrf = False  # the guard has checked the token

    def put_error(self, field: str, message: str) -> None:
        """Show a refusal of the rules at the field it is about."""
        self[field if field in self else next(iter(self)).name].errors = [message]


class SourceForm(RuledForm):
    """A link or a file."""

    address = StringField(
        lazy_gettext("Web address"),
        widget=GovTextInput(),
        description=lazy_gettext("Starts with https://"),
    )
    file = FileField(
        lazy_gettext("Or a file"),
        widget=GovFileInput(),
        description=lazy_gettext(
            "PDF, DOCX, XLSX, ODT, PNG or JPEG, up to 20 MB. It is kept as it is, with what it says"
            " about its author and, in a photo, about the place."
        ),
    )


class FactsForm(RuledForm):
    title = StringField(
        lazy_gettext("Title"),
        widget=GovTextInput(),
        description=lazy_gettext("What a reviewer reads in the list"),
    )
    document_kind = SelectField(
        lazy_gettext("Kind of document"),
        widget=GovSelect(),
        validate_choice=False,
        default=DocumentKind.OTHER.value,
    )
    language = SelectField(
        lazy_gettext("Language"), widget=GovSelect(), validate_choice=False, default=""
    )
    abstract = StringField(
        lazy_gettext("Abstract (optional)"),
        widget=GovTextArea(),
        description=lazy_gettext(
            "What is in it, in a few sentences that somebody can read who does not know the"
            " language. Up to 1,000 characters."
        ),
    )
    valid_until = OptionalDayField(
        lazy_gettext("Valid until (optional)"),
        description=lazy_gettext("After this day it is marked as out of date. Example: 31 12 2027"),
    )
    confidentiality = RadioField(
        lazy_gettext("Who may see it"),
        widget=GovRadioInput(),
        validate_choice=False,
        default=Confidentiality.REVIEWERS.value,
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.document_kind.choices = [
            (kind.value, document_kind_words(kind)) for kind in DocumentKind
        ]
        self.confidentiality.choices = [
            (
                Confidentiality.REVIEWERS.value,
                gettext("The city, its reviewers and the coordinators, once it is signed"),
            ),
            (Confidentiality.PUBLIC.value, gettext("It is public: anybody may see it")),
            (
                Confidentiality.CITY.value,
                gettext(
                    "Only our city: it is not part of what is signed, and nobody else learns of it"
                ),
            ),
        ]
        named = sorted((language_words(code), code) for code in LANGUAGES)
        self.language.choices = [
            ("", gettext("Not said")),
            *((code, words) for words, code in named),
        ]

    @property
    def facts(self) -> Facts:
        """What was typed, for the rules to look at."""
        return Facts(
            title=self.title.data or "",
            document_kind=self.document_kind.data or "",
            language=self.language.data or "",
            abstract=self.abstract.data or "",
            valid_until=self.valid_until.data,
            confidentiality=self.confidentiality.data or "",
        )

    @classmethod
    def about(cls, evidence: Evidence) -> FactsForm:
        """The form with what is said about a document now."""
        return cls(
            formdata=None,
            title=evidence.title,
            document_kind=evidence.document_kind.value,
            language=evidence.language,
            abstract=evidence.abstract,
            valid_until=evidence.valid_until,
            confidentiality=evidence.confidentiality.value,
        )


class UseForm(RuledForm):
    """Where to look in a document, and what that shows."""

    pointer = StringField(
        lazy_gettext("Where to look (optional)"),
        widget=GovTextInput(),
        description=lazy_gettext("For example: page 12, table 3"),
    )
    claim = StringField(
        lazy_gettext("What it shows (optional)"),
        widget=GovTextArea(),
        description=lazy_gettext(
            "For example: the council adopted the plan in 2024. Up to 500 characters."
        ),
    )

    @classmethod
    def of(cls, citation: Citation) -> UseForm:
        return cls(formdata=None, pointer=citation.pointer, claim=citation.claim)


class AddForm(SourceForm, FactsForm, UseForm):
    """A new document, and its first use if it is added for a statement."""


class CiteForm(UseForm):
    evidence = SelectField(
        lazy_gettext("Document"), widget=GovSelect(), validate_choice=False, default=""
    )

    @classmethod
    def offering(cls, library: Iterable[Evidence], **rest: Any) -> CiteForm:
        form = cls(**rest)
        form.evidence.choices = [
            ("", gettext("Choose a document")),
            *((str(one.id), f"E{one.number} {one.title}") for one in library),
        ]
        return form
