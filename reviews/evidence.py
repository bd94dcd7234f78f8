"""Evidence: what may be cited under a statement, as a link or as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from models import (
    Assessment,
    AssessmentState,
    Citation,
    Evidence,
    EvidenceKind,
    RoundState,
    User,
)
from reviews import texts
from reviews.errors import NotNow, Unusable
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


@dataclass(frozen=True)
class StoredFile:
    """A file that already lies in the evidence store: `size` in bytes, `media_type` by content."""

    name: str
    media_type: str
    size: int
    sha256: str
    stored_as: str


def cite_link(
    assessment: Assessment,
    statement: AskedStatement,
    *,
    title: str,
    address: str,
    pointer: str,
    by: User,
    now: datetime,
) -> Citation:
    """Cite a web page. Only http and https; the address is never fetched by the server."""
    _open(assessment)
    parts = _address(address)
    evidence = Evidence(
        assessment=assessment,
        kind=EvidenceKind.LINK,
        title=_title(title, parts.hostname or ""),
        address=parts.geturl(),
        added_by=by,
        added_at=now,
    )
    return _cite(evidence, statement, pointer=pointer, by=by, now=now)


def cite_file(
    assessment: Assessment,
    statement: AskedStatement,
    file: StoredFile,
    *,
    title: str,
    pointer: str,
    by: User,
    now: datetime,
) -> Citation:
    """Cite a file of an allowed kind, whose bytes are in the store already."""
    _open(assessment)
    if file.media_type not in MEDIA_TYPES:
        raise Unusable("Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added.", field="file")
    evidence = Evidence(
        assessment=assessment,
        kind=EvidenceKind.FILE,
        title=_title(title, file.name),
        file_name=texts.typed(file.name, field="file", limit=255),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        stored_as=file.stored_as,
        added_by=by,
        added_at=now,
    )
    return _cite(evidence, statement, pointer=pointer, by=by, now=now)


def withdraw(citation: Citation, *, by: User, now: datetime) -> None:
    """Take evidence away from a statement; what a signed version names stays readable."""
    _open(citation.assessment)
    citation.withdrawn_at = now
    record(by, "evidence:withdraw", citation, now=now, evidence=citation.evidence.id)


def _open(assessment: Assessment) -> None:
    if assessment.state is not AssessmentState.DRAFT:
        raise NotNow("Evidence is closed once the assessment is locked.")
    if assessment.round.state is not RoundState.OPEN:
        raise NotNow("The round is not open.")


def _address(address: str) -> SplitResult:
    refusal = Unusable("Give a full web address that starts with https://", field="address")
    try:
        parts = urlsplit(_short(address, "address"))
    except ValueError:
        raise refusal from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusal
    return parts


def _title(title: str, otherwise: str) -> str:
    return _short(title, "title") or otherwise[: texts.SHORT]


def _short(text: str, field: str) -> str:
    limit = 2000 if field == "address" else texts.SHORT
    return texts.typed(text, field=field, limit=limit).strip()


def _cite(
    evidence: Evidence, statement: AskedStatement, *, pointer: str, by: User, now: datetime
) -> Citation:
    citation = Citation(statement_id=statement.id, pointer=_short(pointer, "pointer"))
    evidence.citations.append(citation)
    record(by, "evidence:add", evidence, now=now, statement=statement.code)
    return citation
