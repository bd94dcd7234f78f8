"""What the pages of a city's evidence library show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from flask import current_app
from flask_babel import gettext

from models import Assessment, Citation, DocumentKind, Evidence, EvidenceVersion, User
from reviews.evidence import MEDIA_TYPES
from reviews.policy import Action, allowed
from reviews.queries.evidence import Use
from reviews.questionnaires import AskedStatement
from webapp.clock import now
from webapp.days import day_of
from webapp.evidence.forms import AddForm, CiteForm, FactsForm, SourceForm, UseForm
from webapp.places import Place
from webapp.words import confidentiality_words, document_kind_words, language_words


@dataclass(frozen=True)
class VersionLine:
    """One version of a document: a link, or a file with its kind and its size in bytes."""

    number: int
    address: str | None
    file_name: str | None
    ending: str
    size: int | None
    sha256: str | None
    added_by: str
    added_at: datetime

    @classmethod
    def of(cls, version: EvidenceVersion) -> VersionLine:
        return cls(
            number=version.number,
            address=version.address,
            file_name=version.file_name,
            ending=MEDIA_TYPES.get(version.media_type or "", ""),
            size=version.size,
            sha256=version.sha256,
            added_by=version.added_by.name,
            added_at=version.added_at,
        )


@dataclass(frozen=True)
class DocumentLine:
    """One document of the library, in the words of its table."""

    id: int
    number: int
    title: str
    kind: str
    language: str
    abstract: str
    confidentiality: str
    valid_until: date | None
    out_of_date: bool
    codes: tuple[str, ...]
    versions: int
    current: VersionLine

    @classmethod
    def of(cls, evidence: Evidence, uses: Iterable[Use]) -> DocumentLine:
        return cls(
            id=evidence.id,
            number=evidence.number,
            title=evidence.title,
            kind=document_kind_words(evidence.document_kind),
            language=language_words(evidence.language) if evidence.language else "",
            abstract=evidence.abstract,
            confidentiality=confidentiality_words(evidence.confidentiality),
            valid_until=evidence.valid_until,
            out_of_date=out_of_date(evidence),
            codes=tuple(use.code for use in uses),
            versions=len(evidence.versions),
            current=VersionLine.of(evidence.current),
        )


def out_of_date(evidence: Evidence) -> bool:
    """Whether the last day on which a document is valid has passed in Brussels."""
    return evidence.valid_until is not None and evidence.valid_until < day_of(now())


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class LibraryPage:
    """All documents of a city, narrowed by kind and by state."""

    title: str
    place: Place
    documents: tuple[DocumentLine, ...]
    all: int
    kinds: tuple[Choice, ...]
    states: tuple[Choice, ...]
    narrowed: bool
    used: int
    quota: int
    may_write: bool
    template: ClassVar[str] = "evidence/library.html"

    STATES: ClassVar[tuple[str, ...]] = ("", "unused", "out-of-date")

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        library: Sequence[Evidence],
        uses: Sequence[Use],
        used: int,
        chosen: Mapping[str, str],
        who: User,
    ) -> LibraryPage:
        kind, state = chosen.get("kind", ""), chosen.get("show", "")
        here = [use for use in uses if use.round_slug == assessment.round.slug]
        lines = [
            (one, DocumentLine.of(one, [use for use in here if use.evidence_id == one.id]))
            for one in library
        ]
        words = (gettext("All"), gettext("Not used in this round"), gettext("Out of date"))
        return cls(
            title=gettext("Evidence of %(city)s", city=assessment.city.name),
            place=Place.of(assessment),
            documents=tuple(
                line
                for one, line in lines
                if kind in ("", one.document_kind) and _in_state(line, state)
            ),
            all=len(library),
            kinds=(
                Choice("", gettext("All kinds"), not kind),
                *(Choice(one, document_kind_words(one), one == kind) for one in DocumentKind),
            ),
            states=tuple(
                Choice(value, said, value == state)
                for value, said in zip(cls.STATES, words, strict=True)
            ),
            narrowed=bool(kind or state),
            used=used,
            quota=current_app.config["EVIDENCE_QUOTA"],
            may_write=allowed(who, Action.LIBRARY_WRITE, assessment, now()),
        )


def _in_state(line: DocumentLine, state: str) -> bool:
    return {"": True, "unused": not line.codes, "out-of-date": line.out_of_date}[state]


@dataclass(frozen=True)
class DocumentPage:
    """One document: what is said about it, its versions, and where it is used."""

    title: str
    place: Place
    document: DocumentLine
    versions: tuple[VersionLine, ...]
    uses: tuple[Use, ...]
    removed: bool
    may_write: bool
    template: ClassVar[str] = "evidence/document.html"

    @classmethod
    def of(
        cls, evidence: Evidence, assessment: Assessment, uses: Sequence[Use], who: User
    ) -> DocumentPage:
        removed = evidence.withdrawn_at is not None
        return cls(
            title=evidence.title,
            place=Place.of(assessment),
            document=DocumentLine.of(evidence, uses),
            versions=tuple(map(VersionLine.of, reversed(evidence.versions))),
            uses=tuple(uses),
            removed=removed,
            may_write=not removed and allowed(who, Action.LIBRARY_WRITE, assessment, now()),
        )


@dataclass(frozen=True)
class Offer:
    """A document to use instead of adding it again."""

    words: str
    address: str


@dataclass(frozen=True)
class AddPage:
    """A new document; for a statement, with its first use there."""

    title: str
    place: Place
    statement: AskedStatement | None
    form: AddForm
    offer: Offer | None
    limit: int
    template: ClassVar[str] = "evidence/add.html"

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        statement: AskedStatement | None,
        form: AddForm,
        offer: Offer | None = None,
    ) -> AddPage:
        title = (
            gettext("Add evidence for %(code)s", code=statement.code)
            if statement
            else gettext("Add evidence")
        )
        return cls(
            title=title,
            place=Place.of(assessment),
            statement=statement,
            form=form,
            offer=offer,
            limit=current_app.config["EVIDENCE_FILE_LIMIT"],
        )


@dataclass(frozen=True)
class NewVersionPage:
    title: str
    place: Place
    document: DocumentLine
    form: SourceForm
    offer: Offer | None
    limit: int
    template: ClassVar[str] = "evidence/new_version.html"

    @classmethod
    def of(
        cls,
        evidence: Evidence,
        assessment: Assessment,
        form: SourceForm,
        offer: Offer | None = None,
    ) -> NewVersionPage:
        return cls(
            title=gettext("A new version of %(title)s", title=evidence.title),
            place=Place.of(assessment),
            document=DocumentLine.of(evidence, ()),
            form=form,
            offer=offer,
            limit=current_app.config["EVIDENCE_FILE_LIMIT"],
        )


@dataclass(frozen=True)
class FactsPage:
    """What is said about a document, to be changed."""

    title: str
    place: Place
    document: DocumentLine
    form: FactsForm
    template: ClassVar[str] = "evidence/edit.html"

    @classmethod
    def of(cls, evidence: Evidence, assessment: Assessment, form: FactsForm) -> FactsPage:
        return cls(
            title=gettext("Edit what is said about E%(number)d", number=evidence.number),
            place=Place.of(assessment),
            document=DocumentLine.of(evidence, ()),
            form=form,
        )


@dataclass(frozen=True)
class CitePage:
    """A use under one statement: a document of the library, where to look and what it shows."""

    title: str
    place: Place
    statement: AskedStatement
    form: CiteForm
    any: bool
    template: ClassVar[str] = "evidence/cite.html"

    @classmethod
    def of(cls, assessment: Assessment, statement: AskedStatement, form: CiteForm) -> CitePage:
        return cls(
            title=gettext("Cite evidence for %(code)s", code=statement.code),
            place=Place.of(assessment),
            statement=statement,
            form=form,
            any=len(form.evidence.choices) > 1,
        )


@dataclass(frozen=True)
class UsePage:
    """One use, to be changed."""

    title: str
    place: Place
    statement: AskedStatement
    document: str
    citation: int
    form: UseForm
    template: ClassVar[str] = "evidence/use.html"

    @classmethod
    def of(cls, citation: Citation, statement: AskedStatement, form: UseForm) -> UsePage:
        return cls(
            title=gettext("Edit how %(code)s uses this document", code=statement.code),
            place=Place.of(citation.assessment),
            statement=statement,
            document=citation.evidence.title,
            citation=citation.id,
            form=form,
        )
