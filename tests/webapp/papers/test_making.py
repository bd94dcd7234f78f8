"""Files from the demonstration's snapshot: papers, workbook, data package."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from models import Printout, PrintoutKind, Snapshot
from webapp.clock import now
from webapp.extensions import db
from webapp.papers import code_book, making
from webapp.papers.brief import BriefPage
from webapp.papers.city_report import CityReportPage
from webapp.papers.comparative import ComparativePage
from webapp.papers.subjects import CityView, RoundView
from webapp.rendering import on_paper

CITY = "svetlobryag"
"""A city that is in figures of groups only, with a name in Cyrillic letters."""
READ = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": {"True": True, "False": False}.__getitem__,
}


@contextmanager
def in_background(app: Flask) -> Iterator[Snapshot]:
    """As where files are made: a request of nobody, with the snapshot of the last round."""
    with app.test_request_context():
        yield db.session.scalars(select(Snapshot)).one()


def made(snapshot: Snapshot, kind: PrintoutKind, city: str = "") -> bytes:
    about = next((one for one in snapshot.round.assessments if one.city.slug == city), None)
    printout = Printout(
        snapshot=snapshot,
        kind=kind,
        asked_by=snapshot.taken_by,
        asked_at=now(),
        assessment=about,
    )
    return making.made(db.session(), printout, lambda _: None)


def view_of(snapshot: Snapshot, city: str) -> CityView:
    about = next(one for one in snapshot.round.assessments if one.city.slug == city)
    return CityView.of(db.session(), snapshot, about, now())


def opened(pdf: bytes) -> bytes:
    """What a PDF says of itself, which lies in it compressed."""
    parts = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"".join([pdf, *parts])


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", opened(pdf)))


def test_papers_are_tagged_and_the_same_bytes_each_time(demo):
    with in_background(demo) as snapshot:
        once, again = (made(snapshot, PrintoutKind.BRIEF, CITY) for _ in range(2))
        report = made(snapshot, PrintoutKind.CITY_REPORT, CITY)

    assert once == again
    assert (pages(once), pages(report) in range(6, 16)) == (1, True)
    for pdf in (once, report):
        inside = opened(pdf)
        assert b"/StructTreeRoot" in inside
        assert b"pdfuaid:part" in inside
        assert b"/Lang (en)" in inside
        assert b"Inter-Latin" in inside


def test_papers_show_a_city_its_own_figures_and_no_other_city_beside_one(demo):
    with in_background(demo) as snapshot:
        view = view_of(snapshot, CITY)
        papers = [on_paper(page.of(view)) for page in (CityReportPage, BriefPage)]
        others = {one.city.name for one in snapshot.round.assessments} - {view.name}
        team = set(view.report.team)

    for paper in papers:
        assert view.name in paper
        assert f"2024-{snapshot.number} · {snapshot.result_sha256[:12]}" in paper
        # The peers' cities stand in the report; no figure is theirs.
        assert {name for name in others if name in paper} <= team


def test_everybody_reads_of_named_cities_only(demo):
    with in_background(demo) as snapshot:
        view = RoundView.of(db.session(), snapshot)
        paper = on_paper(ComparativePage.of(view))
        packed = made(snapshot, PrintoutKind.DATA_PACKAGE)
        names = {one.city.slug: one.city.name for one in snapshot.round.assessments}

    hidden = set(names) - set(snapshot.named)
    everything = zipfile.ZipFile(io.BytesIO(packed))
    text = "".join(everything.read(name).decode() for name in everything.namelist())
    assert len(hidden) == 6
    assert {slug for slug in hidden if names[slug] in paper or slug in paper} == set()
    assert {slug for slug in hidden if names[slug] in text or slug in text} == set()
    assert all(names[slug] in paper and names[slug] in text for slug in snapshot.named)


def test_the_data_package_is_what_it_says(demo):
    with in_background(demo) as snapshot:
        once, again = (made(snapshot, PrintoutKind.DATA_PACKAGE) for _ in range(2))

    archive = zipfile.ZipFile(io.BytesIO(once))
    described = json.loads(archive.read("datapackage.json"))
    assert once == again
    assert (described["id"], described["licenses"][0]["name"]) == (
        snapshot.result_sha256,
        "to be chosen",
    )
    assert {one["path"] for one in described["resources"]} | {"datapackage.json", "README.txt"} == (
        set(archive.namelist())
    )
    for one in described["resources"]:
        octets = archive.read(one["path"])
        assert one["hash"] == f"sha256:{hashlib.sha256(octets).hexdigest()}"
        _read(octets.decode(one["encoding"]), one["schema"])


def _read(text: str, schema: dict) -> None:
    """Every cell by the type of its column."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == [one["name"] for one in schema["fields"]]
    for row in rows:
        for cell, one in zip(row, schema["fields"], strict=True):
            if cell not in schema["missingValues"]:
                READ[one["type"]](cell)


def test_the_workbook_holds_every_table_and_what_its_columns_mean(demo):
    with in_background(demo) as snapshot:
        once, again = (made(snapshot, PrintoutKind.WORKBOOK) for _ in range(2))

    book = CalamineWorkbook.from_filelike(io.BytesIO(once))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    explained = {(row[0], row[1]) for row in sheets["Code book"][1:]}
    assert once == again
    assert list(sheets) == ["About", "Code book", *code_book.TABLES]
    assert explained == {(name, column) for name in code_book.TABLES for column in sheets[name][0]}
    # Twelve cities, seventy codes, four series; a figure is a number.
    assert len(sheets["scores"]) == 1 + 12 * 70 * 4
    assert isinstance(sheets["scores"][1][4], float)


@pytest.mark.parametrize("most", [60])
def test_a_long_text_is_cut_between_words_for_the_mayor(demo, most):
    with in_background(demo) as snapshot:
        page = BriefPage.of(view_of(snapshot, CITY)).shortened(most)

    texts = [one.text for one in (*page.strengths, *page.to_do)]
    assert (len(page.strengths), len(page.to_do)) == (3, 3)
    assert max(map(len, texts)) <= most
