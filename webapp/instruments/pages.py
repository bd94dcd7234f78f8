"""What the pages of the questionnaires show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask_babel import gettext

from models import Instrument, InstrumentState
from reviews.queries.instruments import InstrumentLine
from reviews.questionnaires import AskedRole, Questionnaire
from webapp.words import kind_words


@dataclass(frozen=True)
class ListedInstrument:
    code: str
    version: str
    title: str
    language: str
    retired: bool
    published_at: datetime
    statements: int


@dataclass(frozen=True)
class InstrumentsPage:
    title: str
    instruments: tuple[ListedInstrument, ...]
    template: ClassVar[str] = "instruments/list.html"

    @classmethod
    def of(cls, lines: Sequence[InstrumentLine]) -> InstrumentsPage:
        return cls(
            title=gettext("Questionnaires"),
            instruments=tuple(
                ListedInstrument(
                    code=one.code,
                    version=one.version,
                    title=one.title,
                    language=one.language,
                    retired=one.state is InstrumentState.RETIRED,
                    published_at=one.published_at,
                    statements=one.statements,
                )
                for one in lines
            ),
        )


@dataclass(frozen=True)
class StatementPart:
    code: str
    title: str
    text: str
    kind: str
    guidance: str
    evidence_examples: tuple[str, ...]
    weight: str
    may_be_outside_remit: bool
    levels: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class CommitmentPart:
    code: str
    title: str
    text: str
    principles: str
    weight: str
    statements: tuple[StatementPart, ...]


@dataclass(frozen=True)
class RolePart:
    code: str
    title: str
    summary: str
    commitments: tuple[CommitmentPart, ...]


@dataclass(frozen=True)
class InstrumentPage:
    """The whole questionnaire, to read and to print."""

    title: str
    code: str
    version: str
    language: str
    retired: bool
    published_at: datetime | None
    sha256: str | None
    source: str
    introduction: tuple[str, ...]
    scale: str
    commitments: int
    statements: int
    roles: tuple[RolePart, ...]
    template: ClassVar[str] = "instruments/instrument.html"

    @classmethod
    def of(cls, instrument: Instrument, questionnaire: Questionnaire) -> InstrumentPage:
        return cls(
            title=questionnaire.title,
            code=questionnaire.code,
            version=questionnaire.version,
            language=instrument.language,
            retired=instrument.state is InstrumentState.RETIRED,
            published_at=instrument.published_at,
            sha256=questionnaire.sha256,
            source=questionnaire.source,
            introduction=_paragraphs(questionnaire.introduction),
            scale=gettext(
                "%(low)d to %(high)d",
                low=questionnaire.scale_minimum,
                high=questionnaire.scale_maximum,
            ),
            commitments=len(questionnaire.commitments),
            statements=len(questionnaire.statements),
            roles=tuple(map(_role, questionnaire.roles)),
        )


@dataclass(frozen=True)
class EmptyFormPage:
    """The whole questionnaire with room to write, to be filled in on paper."""

    title: str
    code: str
    version: str
    introduction: tuple[str, ...]
    roles: tuple[RolePart, ...]
    template: ClassVar[str] = "instruments/empty_form.html"

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> EmptyFormPage:
        return cls(
            title=questionnaire.title,
            code=questionnaire.code,
            version=questionnaire.version,
            introduction=_paragraphs(questionnaire.introduction),
            roles=tuple(map(_role, questionnaire.roles)),
        )


def _role(role: AskedRole) -> RolePart:
    return RolePart(
        code=role.code,
        title=role.title,
        summary=role.summary,
        commitments=tuple(
            CommitmentPart(
                code=commitment.code,
                title=commitment.title,
                text=commitment.text,
                principles=", ".join(commitment.principles),
                weight=f"{commitment.weight:g}",
                statements=tuple(
                    StatementPart(
                        code=one.code,
                        title=one.title,
                        text=one.text,
                        kind=kind_words(one.kind),
                        guidance=one.guidance,
                        evidence_examples=one.evidence_examples,
                        weight=f"{one.weight:g}",
                        may_be_outside_remit=one.may_be_outside_remit,
                        levels=one.levels,
                    )
                    for one in commitment.statements
                ),
            )
            for commitment in role.commitments
        ),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())
