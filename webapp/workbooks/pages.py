"""What the pages of the Excel round trip show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, SheetUpload, User
from reviews.policy import Action, allowed
from reviews.sheet_uploads import Decision
from reviews.workbooks import Comparison
from webapp.clock import now
from webapp.places import Place
from webapp.sheet_changes import SheetChanges
from webapp.sheet_forms import UploadForm
from webapp.workbooks.layout import FIELDS


@dataclass(frozen=True)
class SheetPage:
    """The form of the city: out as a workbook, and in again."""

    title: str
    place: Place
    form: UploadForm
    waiting: str
    may_write: bool
    template: ClassVar[str] = "workbooks/sheet.html"

    @classmethod
    def of(
        cls, assessment: Assessment, form: UploadForm, waiting: SheetUpload | None, who: User
    ) -> SheetPage:
        return cls(
            title=gettext("Fill in with Excel"),
            place=Place.of(assessment),
            form=form,
            waiting=waiting.file_name if waiting else "",
            may_write=allowed(who, Action.ANSWER_WRITE, assessment, now()),
        )


@dataclass(frozen=True)
class ChangesPage:
    """All that a sheet would change, before it does."""

    title: str
    place: Place
    file_name: str
    at: datetime
    key: str
    problem: str
    sheet: SheetChanges
    template: ClassVar[str] = "workbooks/changes.html"

    @classmethod
    def of(
        cls,
        upload: SheetUpload,
        compared: Sequence[Comparison],
        *,
        decided: Mapping[str, Decision] | None = None,
        problems: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> ChangesPage:
        """`decided` and `problems` are what was just sent and could not be stored, by code."""
        return cls(
            title=gettext("What the sheet would change"),
            place=Place.of(upload.assessment),
            file_name=upload.file_name,
            at=upload.at,
            key=upload.key,
            problem=problem,
            sheet=SheetChanges.of(upload, compared, FIELDS, decided=decided, problems=problems),
        )
