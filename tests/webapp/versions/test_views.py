"""Signed versions as people meet them: what changed, on paper, as a PDF."""

from __future__ import annotations

import json
import re
import sys

import pytest
from sqlalchemy import select

from models import Submission, User
from reviews import submissions
from tests.browser import Browser, words
from webapp import printing
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

BACK = {"round_slug": "2026", "city_slug": "sint-willibrord"}
DONE = {"round_slug": "2026", "city_slug": "anemopoli"}
LEAD, SIGNATORY = "lead.sint-willibrord@example.org", "signatory.sint-willibrord@example.org"


def on_paper(document):
    """The words of a document as it is laid out, page by page."""
    return [" ".join(_texts(page._page_box)) for page in document.pages]


def _texts(box):
    if hasattr(box, "text"):
        yield box.text
    for part in getattr(box, "children", ()):
        yield from _texts(part)


def signed_again(demo):
    """A city that was sent back changes an answer and signs its second version."""
    lead, signatory = Browser(demo, LEAD), Browser(demo, SIGNATORY)
    page = lead.get("assessments.show_answer", code="PM1.1", **BACK)
    base = re.search(r'name="base" value="(\d+)"', page.text).group(1)
    form = {"base": base, "mark": "4", "text": "All of it is new."}
    assert lead.post("assessments.write_answer", form, code="PM1.1", **BACK).status_code == 303
    assert lead.post("assessments.lock", **BACK).status_code == 303
    page = signatory.get("assessments.show_sign_off", **BACK)
    form = {
        "shown": page.text.split('name="shown" value="')[1][:64],
        "password": DEMO_PASSWORD,
    }
    assert signatory.post("assessments.sign_off", form, **BACK).status_code == 303


def test_a_city_that_was_sent_back_sees_what_changed_since(demo):
    browser = Browser(demo, LEAD)
    sign_off = browser.get("assessments.show_sign_off", **BACK)

    page = browser.get("versions.show_draft_changes", **BACK)

    assert 'href="/rounds/2026/sint-willibrord/sign-off/changes"' in sign_off.text
    assert "2 of 54 answers differ between version 1 and what would be signed now." in words(page)
    assert re.findall(r'id="change-([A-Z0-9.]+)"', page.text) == ["BU1.1", "BU1.3"]
    assert "<del>" in page.text


def test_two_signed_versions_are_compared(demo):
    signed_again(demo)
    browser = Browser(demo, LEAD)
    receipt = browser.get("assessments.show_submission", version=2, **BACK)

    page = browser.get("versions.show_changes", version=2, earlier=1, **BACK)

    assert 'href="/rounds/2026/sint-willibrord/versions/2/since/1"' in receipt.text
    assert "3 of 54 answers differ between version 1 and version 2." in words(page)
    assert re.findall(r'id="change-([A-Z0-9.]+)"', page.text) == ["PM1.1", "BU1.1", "BU1.3"]
    assert "added: All of it is new." in words(page)


def test_versions_are_compared_forwards_and_only_those_there_are(demo):
    signed_again(demo)
    browser = Browser(demo, LEAD)

    answers = [
        browser.get("versions.show_changes", version=version, earlier=earlier, **BACK).status_code
        for version, earlier in ((1, 1), (1, 2), (3, 1), (2, 2))
    ]

    assert answers == [200, 404, 404, 200]


def test_a_city_that_signed_nothing_has_nothing_to_compare_with(demo):
    here = {"round_slug": "2026", "city_slug": "vinterhamra"}
    browser = Browser(demo, "lead.vinterhamra@example.org")

    assert browser.get("versions.show_draft_changes", **here).status_code == 404
    assert "What changed" not in words(browser.get("assessments.show_sign_off", **here))


def test_reviewers_learn_nothing_of_a_version_that_was_sent_back(demo):
    signed_again(demo)
    office = Browser(demo, "coordinator@example.org")

    assert office.get("versions.show_changes", version=2, earlier=1, **BACK).status_code == 200
    team = Browser(demo, "reviewer.tahtisalmi@example.org")
    assert team.get("versions.show_changes", version=2, earlier=1, **BACK).status_code == 404


def test_the_pdf_is_a_download_that_readers_of_the_version_get(demo):
    browser = Browser(demo, "lead.anemopoli@example.org")

    answer = browser.get("versions.download_pdf", version=1, **DONE)

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-1.7")
    assert 'filename="anemopoli-2026-version-1.pdf"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("versions.download_pdf", version=2, **DONE).status_code == 404


def test_a_draft_has_no_pdf(demo):
    here = {"round_slug": "2026", "city_slug": "vinterhamra"}
    browser = Browser(demo, "lead.vinterhamra@example.org")

    assert browser.get("versions.download_pdf", version=1, **here).status_code == 404


def test_all_that_was_signed_is_on_paper_with_what_it_can_be_checked_by(demo):
    browser = Browser(demo, "lead.anemopoli@example.org")
    page = browser.get("versions.show_print", version=1, **DONE)
    with demo.app_context():
        rows = select(Submission).join(Submission.signed_by).where(User.email.contains("anemopoli"))
        signed = db.session.scalars(rows.order_by(Submission.id.desc())).first()
        answers = json.loads(signed.document)["answers"]
        sha256, signer, signed_at = signed.sha256, signed.signed_by.name, signed.signed_at
        address = browser.address("versions.show_print", version=1, **DONE)

        with demo.test_request_context(address):
            document = printing.laid_out(page.text)

    pages = on_paper(document)
    whole = re.sub(r"\s+", "", "".join(pages))
    missing = [
        text
        for answer in answers
        for text in (
            answer["statement"],
            answer["text"],
            answer["remit_reason"],
            *(one["title"] for one in answer["evidence"]),
            *(one["address"] or one["sha256"] for one in answer["evidence"]),
        )
        if re.sub(r"\s+", "", text) not in whole
    ]
    assert missing == []
    assert sha256 in whole
    assert re.sub(r"\s+", "", signer) in whole
    assert document.metadata.created == signed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert document.metadata.modified == document.metadata.created
    assert document.metadata.title == "Ανεμόπολη, Charter review 2026, signed version 1"
    assert all(f"{number} / {len(pages)}" in text for number, text in enumerate(pages, 1))
    written = document.write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=True)
    fonts = set(re.findall(rb"/FontName /[A-Z]{6}\+(Inter[A-Za-z-]+)", written))
    assert fonts >= {b"Inter-Latin", b"Inter-Latin-Bold", b"Inter-Greek-Bold"}
    assert b"pdfuaid:part" in written


def test_the_same_version_gives_the_same_paper(demo):
    browser = Browser(demo, "lead.anemopoli@example.org")

    first, second = (browser.get("versions.show_print", version=1, **DONE) for _ in range(2))

    assert first.data == second.data


@pytest.mark.parametrize("typed", ['<img src="https://example.org/x.png">', "<b>bold</b>"])
def test_what_people_typed_is_text_on_paper_and_fetches_nothing(demo, typed):
    signed_again(demo)
    with demo.app_context():
        rows = select(Submission).where(Submission.version == 2)
        signed = db.session.scalars(rows).one()
        document = json.loads(signed.document)
        document["answers"][0]["text"] = typed
        text = submissions.canonical(document)
        table = Submission.__table__
        db.session.execute(table.update().where(table.c.id == signed.id).values(document=text))
        db.session.commit()

    page = Browser(demo, LEAD).get("versions.show_print", version=2, **BACK)

    assert typed in words(page)
    with demo.test_request_context("/"):
        assert typed.replace(" ", "") in "".join(on_paper(printing.laid_out(page.text))).replace(
            " ", ""
        )


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.css",
        "file:///etc/passwd",
        "https://paper.invalid/rounds",
        "https://paper.invalid/static/../views.py",
        "https://paper.invalid/static/%2e%2e/views.py",
        "https://paper.invalid.example.org/static/print.css",
        "data:text/css,body{}",
    ],
)
def test_nothing_but_files_of_our_own_is_fetched(demo, address):
    with demo.test_request_context("/"), pytest.raises(ValueError, match="not a file of ours"):
        printing._own_file(address)


def test_a_server_without_the_libraries_says_so(demo, monkeypatch):
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    printing.pdf.cache_clear()

    client = Browser(demo, "lead.anemopoli@example.org").client
    answer = client.get("/rounds/2026/anemopoli/versions/1/document.pdf")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Print the page from your browser instead." in words(answer)
