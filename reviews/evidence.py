"""The evidence library of a city: each document once, cited under as many statements as it shows.

What only the city may see (`Confidentiality.CITY`) is never part of what is signed, so nobody
outside the city learns that it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from models import (
    Assessment,
    AssessmentState,
    Citation,
    Confidentiality,
    DocumentKind,
    Evidence,
    EvidenceKind,
    EvidenceVersion,
    RoundState,
    User,
)
from reviews import texts
from reviews.errors import AlreadyThere, NotNow, TooLarge, Unusable, WrongKind
from reviews.journal import record
from reviews.questionnaires import AskedStatement

MEDIA_TYPES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
}
LANGUAGES = (
    *("bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr"),
    *("hu", "is", "it", "ka", "lt", "lv", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl"),
    *("sq", "sr", "sv", "tr", "uk"),
)
"""The languages that documents of European cities are in, as BCP 47 codes."""
ABSTRACT, CLAIM, ADDRESS = 1_000, 500, 2_000
"""The longest abstract, claim and web address, in characters."""


@dataclass(frozen=True)
class StoredFile:
    """A file that already lies in the evidence store: `size` in bytes, `media_type` by content."""

    name: str
    media_type: str
    size: int
    sha256: str
    stored_as: str


@dataclass(frozen=True)
class Link:
    """A web page, as somebody typed its address. It is never fetched by the server."""

    address: str


Source = Link | StoredFile
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class Facts:
    """What is said about a document; the title may be empty, `language` too."""

    title: str = ""
    document_kind: str = DocumentKind.OTHER
    language: str = ""
    abstract: str = ""
    valid_until: date | None = None
    confidentiality: str = Confidentiality.REVIEWERS


def room_for(size: int, *, used: int, quota: int) -> None:
    """Raise TooLarge when a city's files, `used` bytes of `quota`, leave no room for one more."""
    if used + size > quota:
        raise TooLarge(
            "The city's files would take more than the %(quota)d MB there are for them:"
            " %(left)d MB are left. Give a web address instead, or ask your coordinator.",
            field="file",
            quota=quota // 1_000_000,
            left=max(0, quota - used) // 1_000_000,
        )


def is_new(twin: EvidenceVersion | None, *, field: str) -> None:
    """Raise AlreadyThere when the city has the same file or address in its library."""
    if twin is not None:
        raise AlreadyThere(
            "This is in the library already: E%(number)d, %(title)s. Use that one.",
            field=field,
            number=twin.evidence.number,
            title=twin.evidence.title,
        )


def add(
    assessment: Assessment, source: Source, facts: Facts, *, number: int, by: User, now: datetime
) -> Evidence:
    """Put a document into the library of a city, as its `number`th.

    Raises NotNow, WrongKind for a file that is not taken, and Unusable.
    """
    _open(assessment)
    version = _version(source, 1, by=by, now=now)
    evidence = Evidence(
        city=assessment.city,
        number=number,
        title=_short(facts.title, "title") or _named(version),
        versions=[version],
    )
    _describe(evidence, facts)
    record(
        by,
        "evidence:add",
        assessment,
        now=now,
        evidence=number,
        kind=version.kind.value,
        sha256=version.sha256,
    )
    return evidence


def add_version(
    evidence: Evidence, assessment: Assessment, source: Source, *, by: User, now: datetime
) -> EvidenceVersion:
    """Replace a document for drafts; what is signed names its own version for good."""
    _open(assessment)
    _there(evidence)
    version = _version(source, evidence.current.number + 1, by=by, now=now)
    evidence.versions.append(version)
    record(
        by,
        "evidence:add-version",
        assessment,
        now=now,
        evidence=evidence.number,
        version=version.number,
        sha256=version.sha256,
    )
    return version


def edit(
    evidence: Evidence, assessment: Assessment, facts: Facts, *, by: User, now: datetime
) -> None:
    """Say something else about a document."""
    _open(assessment)
    _there(evidence)
    title = _short(facts.title, "title")
    if not title:
        raise Unusable("Give the document a title.", field="title")
    _describe(evidence, facts)
    evidence.title = title
    record(
        by,
        "evidence:edit",
        assessment,
        now=now,
        evidence=evidence.number,
        confidentiality=evidence.confidentiality.value,
    )


def remove(evidence: Evidence, assessment: Assessment, *, by: User, now: datetime) -> None:
    """Take a document out of the library, and away from all statements that can still change.

    Its rows and bytes stay: a signed version may name it.
    """
    _open(assessment)
    if evidence.withdrawn_at is not None:
        return
    for citation in evidence.citations:
        if citation.withdrawn_at is None and _can_change(citation.assessment):
            citation.withdrawn_at = now
    evidence.withdrawn_at = now
    record(by, "evidence:remove", assessment, now=now, evidence=evidence.number)


def cite(
    evidence: Evidence,
    assessment: Assessment,
    statement: AskedStatement,
    *,
    pointer: str,
    claim: str,
    by: User,
    now: datetime,
) -> Citation:
    """Name a document under a statement, with where to look in it and what it shows there."""
    _open(assessment)
    _there(evidence)
    _used_once(evidence.citations, assessment, statement.id)
    citation = Citation(
        assessment=assessment,
        statement_id=statement.id,
        pointer=_short(pointer, "pointer"),
        claim=_claim(claim),
    )
    evidence.citations.append(citation)
    record(
        by,
        "evidence:cite",
        assessment,
        now=now,
        evidence=evidence.number,
        statement=statement.code,
    )
    return citation


def edit_citation(citation: Citation, *, pointer: str, claim: str, by: User, now: datetime) -> None:
    """Say something else about one use."""
    _open(citation.assessment)
    if citation.withdrawn_at is not None:
        raise NotNow("This use was taken away. Take it back first.")
    citation.pointer, citation.claim = _short(pointer, "pointer"), _claim(claim)
    record(
        by,
        "evidence:edit-citation",
        citation.assessment,
        now=now,
        evidence=citation.evidence.number,
        citation=citation.id,
    )


def withdraw(citation: Citation, *, by: User, now: datetime) -> None:
    """Take evidence away from a statement; what a signed version names stays readable."""
    _open(citation.assessment)
    if citation.withdrawn_at is not None:
        return
    citation.withdrawn_at = now
    _record_use(citation, "evidence:withdraw", by=by, now=now)


def restore(citation: Citation, *, by: User, now: datetime) -> None:
    """Take back that evidence was taken away from a statement."""
    _open(citation.assessment)
    if citation.withdrawn_at is None:
        return
    _there(citation.evidence)
    _used_once(citation.evidence.citations, citation.assessment, citation.statement_id)
    citation.withdrawn_at = None
    _record_use(citation, "evidence:restore", by=by, now=now)


def _record_use(citation: Citation, action: str, *, by: User, now: datetime) -> None:
    number = citation.evidence.number
    record(by, action, citation.assessment, now=now, evidence=number, citation=citation.id)


def _open(assessment: Assessment) -> None:
    if assessment.state is not AssessmentState.DRAFT:
        raise NotNow("Evidence is closed once the assessment is locked.")
    if assessment.round.state is not RoundState.OPEN:
        raise NotNow("The round is not open.")


def _can_change(assessment: Assessment) -> bool:
    return assessment.state is AssessmentState.DRAFT and assessment.round.state is RoundState.OPEN


def _there(evidence: Evidence) -> None:
    if evidence.withdrawn_at is not None:
        raise NotNow("This document was removed from the library.")


def _used_once(uses: Sequence[Citation], assessment: Assessment, statement_id: int) -> None:
    if any(
        use.withdrawn_at is None
        and use.assessment is assessment
        and use.statement_id == statement_id
        for use in uses
    ):
        raise Unusable(
            "This document is cited under this statement already. Edit that use instead.",
            field="evidence",
        )


def _version(source: Source, number: int, *, by: User, now: datetime) -> EvidenceVersion:
    if isinstance(source, Link):
        return EvidenceVersion(
            number=number,
            kind=EvidenceKind.LINK,
            address=web_address(source.address).geturl(),
            added_by=by,
            added_at=now,
        )
    if source.media_type not in MEDIA_TYPES:
        raise WrongKind("Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added.", field="file")
    return EvidenceVersion(
        number=number,
        kind=EvidenceKind.FILE,
        file_name=texts.typed(source.name, field="file", limit=255),
        media_type=source.media_type,
        size=source.size,
        sha256=source.sha256,
        stored_as=source.stored_as,
        added_by=by,
        added_at=now,
    )


def _named(version: EvidenceVersion) -> str:
    """What a document without a title is called."""
    site = urlsplit(version.address).hostname if version.address else None
    return (version.file_name or site or "")[: texts.SHORT]


def _describe(evidence: Evidence, facts: Facts) -> None:
    evidence.document_kind = _choice(DocumentKind, facts.document_kind, "document_kind")
    evidence.confidentiality = _choice(Confidentiality, facts.confidentiality, "confidentiality")
    if facts.language and facts.language not in LANGUAGES:
        raise Unusable("Choose a language from the list.", field="language")
    evidence.language = facts.language
    evidence.abstract = texts.typed(facts.abstract, field="abstract", limit=ABSTRACT).strip()
    evidence.valid_until = facts.valid_until


def _choice(choices: type[_Choice], given: str, field: str) -> _Choice:
    try:
        return choices(given)
    except ValueError:
        raise Unusable("Choose one from the list.", field=field) from None


def web_address(address: str) -> SplitResult:
    """A full web address, in parts. Raises Unusable for every other kind of address."""
    refusal = Unusable("Give a full web address that starts with https://", field="address")
    try:
        parts = urlsplit(texts.typed(address, field="address", limit=ADDRESS).strip())
    except ValueError:
        raise refusal from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusal
    return parts


def _short(text: str, field: str) -> str:
    return texts.typed(text, field=field, limit=texts.SHORT).strip()


def _claim(text: str) -> str:
    return texts.typed(text, field="claim", limit=CLAIM).strip()
