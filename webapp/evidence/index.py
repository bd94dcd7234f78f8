"""The archive of a library: its files, and an index for people and one for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from flask import render_template
from flask_babel import gettext

from models import City, Evidence, EvidenceVersion
from reviews.queries.evidence import Use
from webapp.archives import Member
from webapp.evidence.pages import out_of_date
from webapp.sheets import neutral
from webapp.words import confidentiality_words, document_kind_words, language_words


class IndexRow(NamedTuple):
    """One use of one document; a document or an older version without use has a row, too."""

    document: str
    version: int
    title: str
    kind: str
    language: str
    abstract: str
    valid_until: str
    out_of_date: str
    confidentiality: str
    place: str
    sha256: str
    round: str
    statement: str
    pointer: str
    claim: str


@dataclass(frozen=True)
class IndexPage:
    """The index as a page that a browser shows from the unpacked archive."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[IndexRow, ...]
    template: ClassVar[str] = "evidence/index.html"


def members(
    city: City,
    library: Sequence[Evidence],
    uses: Sequence[Use],
    stored_bytes: Callable[[str], Iterator[bytes]],
    now: datetime,
) -> list[Member]:
    """What goes into the archive. The indexes are written now, files are read when asked for."""
    rows = tuple(_rows(library, uses))
    page = IndexPage(gettext("Evidence of %(city)s", city=city.name), _headings(), rows)
    html = render_template(page.template, page=page).encode()
    return [
        Member("index.html", now, [html]),
        Member("index.csv", now, [_csv(rows)]),
        *(
            Member(_place(version), version.added_at, _later(stored_bytes, version.stored_as))
            for one in reversed(library)
            for version in one.versions
            if version.stored_as
        ),
    ]


def _later(stored_bytes: Callable[[str], Iterator[bytes]], stored_as: str) -> Iterable[bytes]:
    yield from stored_bytes(stored_as)


def _rows(library: Sequence[Evidence], uses: Sequence[Use]) -> Iterator[IndexRow]:
    for one in reversed(library):
        for version in one.versions:
            here = [use for use in uses if use.evidence_id == one.id]
            for use in here if version is one.current and here else [None]:
                yield _row(one, version, use)


def _row(one: Evidence, version: EvidenceVersion, use: Use | None) -> IndexRow:
    return IndexRow(
        document=f"E{one.number}",
        version=version.number,
        title=one.title,
        kind=document_kind_words(one.document_kind),
        language=language_words(one.language) if one.language else "",
        abstract=one.abstract,
        valid_until=one.valid_until.isoformat() if one.valid_until else "",
        out_of_date=gettext("Out of date") if out_of_date(one) else "",
        confidentiality=confidentiality_words(one.confidentiality),
        place=version.address or _place(version),
        sha256=version.sha256 or "",
        round=use.round if use else "",
        statement=use.code if use else "",
        pointer=use.pointer if use else "",
        claim=use.claim if use else "",
    )


def _place(version: EvidenceVersion) -> str:
    """Where a file lies in the archive: sorted by number, and under its own name."""
    return f"files/E{version.evidence.number:03d}-v{version.number}-{version.file_name}"


def _csv(rows: Sequence[IndexRow]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_headings(), *(map(neutral, row) for row in rows)])
    return written.getvalue().encode("utf-8-sig")


def _headings() -> tuple[str, ...]:
    return (
        gettext("Document"),
        gettext("Version"),
        gettext("Title"),
        gettext("Kind of document"),
        gettext("Language"),
        gettext("Abstract"),
        gettext("Valid until"),
        gettext("Out of date"),
        gettext("Who may see it"),
        gettext("Address or file"),
        gettext("SHA-256"),
        gettext("Round"),
        gettext("Statement"),
        gettext("Where to look"),
        gettext("What it shows"),
    )
