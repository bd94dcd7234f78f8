"""What the pages show on which the team writes: one block, one finding, their histories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Assessment, Finding, FindingKind, Priority, ReportSection
from reviews.queries.reports import SignedAnswer
from reviews.queries.revisions import Change
from reviews.questionnaires import AskedStatement, Questionnaire
from webapp.badges import Badge, badge_of
from webapp.field_changes import FieldChange, text_change
from webapp.places import Place
from webapp.report_places import Spot, spots
from webapp.saved_sheets import SavedSheet
from webapp.saves import fresh_key
from webapp.words import finding_kind_words, priority_words
from webapp.worksheets import NO_ATTEMPT, Attempt


@dataclass(frozen=True)
class MaterialLine:
    """One statement of a role: the levels, why the team agreed on its own, the city's answer.

    What a person may not read any more at this stage is empty.
    """

    code: str
    title: str
    own: Badge | None
    agreed: Badge | None
    reason: str
    answer: str


@dataclass(frozen=True)
class Material:
    """All that there is to build a block on, by statement id or code."""

    own: Sequence[str]
    agreed: Mapping[int, str]
    reasons: Mapping[int, str]
    answers: Mapping[str, SignedAnswer]

    def of(self, role: str, questionnaire: Questionnaire) -> tuple[MaterialLine, ...]:
        """The statements of one role; none for the introduction, which is about no role."""
        marks = dict(zip((one.id for one in questionnaire.statements), self.own, strict=True))
        return tuple(
            self._line(statement, marks[statement.id])
            for one in questionnaire.roles
            if one.code == role
            for statement in one.statements
        )

    def _line(self, statement: AskedStatement, own: str) -> MaterialLine:
        answer = self.answers.get(statement.code)
        return MaterialLine(
            code=statement.code,
            title=statement.title,
            own=badge_of(own),
            agreed=badge_of(self.agreed.get(statement.id, "")),
            reason=self.reasons.get(statement.id, ""),
            answer=(answer.text or answer.remit_reason) if answer else "",
        )


@dataclass(frozen=True)
class SectionPage:
    """One block being written, with what it can build on."""

    title: str
    place: Place
    spot: Spot
    sheet: SavedSheet
    material: tuple[MaterialLine, ...]
    previous: Spot | None
    next: Spot | None
    template: ClassVar[str] = "reports/section.html"

    @classmethod
    def of(
        cls,
        section: ReportSection,
        spot: Spot,
        questionnaire: Questionnaire,
        material: Material,
        attempt: Attempt = NO_ATTEMPT,
    ) -> SectionPage:
        order = spots(questionnaire)
        here = order.index(spot)
        return cls(
            title=spot.title,
            place=Place.of(section.assessment),
            spot=spot,
            sheet=SavedSheet.of(section, may_write=True, attempt=attempt),
            material=material.of(spot.role, questionnaire),
            previous=order[here - 1] if here else None,
            next=order[here + 1] if here + 1 < len(order) else None,
        )


@dataclass(frozen=True)
class SaveLine:
    """One save of a block: what it changed, and the whole text after it."""

    number: int
    by: str
    at: datetime
    change: FieldChange
    text: str
    may_restore: bool


@dataclass(frozen=True)
class HistoryPage:
    """The saves of one block, the latest first; `older` is the number to go on from."""

    title: str
    place: Place
    spot: Spot
    base: int
    key: str
    saves: tuple[SaveLine, ...]
    older: int | None
    template: ClassVar[str] = "reports/history.html"

    @classmethod
    def of(
        cls, section: ReportSection, spot: Spot, changes: Sequence[Change], *, most: int
    ) -> HistoryPage:
        """`changes` are `most` saves and, where there is one, the save before them."""
        before = [*(one.content["text"] for one in changes[1:]), ""]
        return cls(
            title=gettext("History: %(block)s", block=spot.words),
            place=Place.of(section.assessment),
            spot=spot,
            base=section.number,
            key=fresh_key(),
            saves=tuple(
                SaveLine(
                    number=one.number,
                    by=one.by,
                    at=one.at,
                    change=text_change(spot.title, earlier, one.content["text"]),
                    text=one.content["text"],
                    may_restore=one.content["text"] != section.text,
                )
                for one, earlier in zip(changes[:most], before, strict=False)
            ),
            older=changes[most - 1].number if len(changes) > most else None,
        )


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class FindingPage:
    """One finding being written; a new one has no number yet."""

    title: str
    place: Place
    number: int | None
    withdrawn: bool
    sheet: SavedSheet
    kinds: tuple[Option, ...]
    priorities: tuple[Option, ...]
    statements: tuple[Option, ...]
    template: ClassVar[str] = "reports/finding.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        finding: Finding,
        questionnaire: Questionnaire,
        attempt: Attempt = NO_ATTEMPT,
    ) -> FindingPage:
        sheet = SavedSheet.of(finding, may_write=True, attempt=attempt)
        stored, content = finding.number > 0, sheet.content
        return cls(
            title=(
                gettext("Finding F%(number)d", number=finding.place)
                if stored
                else gettext("A new finding")
            ),
            place=Place.of(assessment),
            number=finding.place if stored else None,
            withdrawn=finding.withdrawn_at is not None,
            sheet=sheet,
            kinds=tuple(
                Option(kind.value, finding_kind_words(kind), kind == content["kind"])
                for kind in FindingKind
            ),
            priorities=tuple(
                Option(one.value, priority_words(one), one == content["priority"])
                for one in Priority
            ),
            statements=tuple(
                Option(one.code, f"{one.code} {one.title}", one.code == content["statement"])
                for one in questionnaire.statements
            ),
        )
