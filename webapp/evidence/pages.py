"""What the page for adding evidence shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from models import Assessment
from reviews.questionnaires import AskedStatement
from webapp.evidence.forms import EvidenceForm


@dataclass(frozen=True)
class EvidencePage:
    title: str
    city: str
    city_slug: str
    round_slug: str
    statement: AskedStatement
    form: EvidenceForm
    template: ClassVar[str] = "evidence/add.html"

    @classmethod
    def of(
        cls, assessment: Assessment, statement: AskedStatement, form: EvidenceForm
    ) -> EvidencePage:
        return cls(
            title=gettext("Add evidence to %(code)s", code=statement.code),
            city=assessment.city.name,
            city_slug=assessment.city.slug,
            round_slug=assessment.round.slug,
            statement=statement,
            form=form,
        )
