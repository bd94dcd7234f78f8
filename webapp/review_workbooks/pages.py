"""What the pages of the Excel round trip of a review show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assignment, SheetUpload, User
from reviews.policy import Action, allowed
from reviews.sheet_uploads import Decision
from reviews.workbooks import Comparison
from webapp.clock import now
from webapp.review_workbooks.layout import FIELDS
from webapp.sheet_changes import SheetChanges
from webapp.sheet_forms import UploadForm


@dataclass(frozen=True)
class ReviewSheetPage:
    """The form of a review: out as a workbook, and in again."""

    title: str
    assignment: int
    round: str
    city: str
    blind: bool
    form: UploadForm
    waiting: str
    may_write: bool
    template: ClassVar[str] = "review_workbooks/sheet.html"

    @classmethod
    def of(
        cls, assignment: Assignment, form: UploadForm, waiting: SheetUpload | None, who: User
    ) -> ReviewSheetPage:
        return cls(
            title=gettext("Review with Excel"),
            assignment=assignment.id,
            round=assignment.assessment.round.title,
            city=assignment.assessment.city.name,
            blind=assignment.assessment.round.blind,
            form=form,
            waiting=waiting.file_name if waiting else "",
            may_write=allowed(who, Action.SCORE_WRITE, assignment, now()),
        )


@dataclass(frozen=True)
class ReviewChangesPage:
    """All that a sheet would change in a review, before it does."""

    title: str
    assignment: int
    round: str
    city: str
    file_name: str
    at: datetime
    key: str
    problem: str
    sheet: SheetChanges
    template: ClassVar[str] = "review_workbooks/changes.html"

    @classmethod
    def of(
        cls,
        assignment: Assignment,
        upload: SheetUpload,
        compared: Sequence[Comparison],
        *,
        decided: Mapping[str, Decision] | None = None,
        problems: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> ReviewChangesPage:
        """`decided` and `problems` are what was just sent and could not be stored, by code."""
        return cls(
            title=gettext("What the sheet would change"),
            assignment=assignment.id,
            round=assignment.assessment.round.title,
            city=assignment.assessment.city.name,
            file_name=upload.file_name,
            at=upload.at,
            key=upload.key,
            problem=problem,
            sheet=SheetChanges.of(upload, compared, FIELDS, decided=decided, problems=problems),
        )
