"""Evidence: added as a link or a file, withdrawn, and handed out to those who may read it."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import func, select

from models import Citation, Evidence
from tests.browser import Browser, words
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD = "lead.vinterhamra@example.org"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def office(member: str, content: str = "x") -> bytes:
    """The smallest ZIP that has the member which makes it an office file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, content)
    return packed.getvalue()


def odt() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return packed.getvalue()


def add(browser, content, name="report.pdf", **rest):
    form = {"file": (io.BytesIO(content), name), **rest}
    return browser.post("evidence.add_evidence", form, code="PM1.1", **HERE)


def rows(demo, table=Evidence):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def latest(demo):
    with demo.app_context():
        return db.session.scalars(select(Evidence).order_by(Evidence.id.desc()).limit(1)).one()


def test_a_link_is_added_and_shown_with_where_to_look(demo):
    browser = Browser(demo, LEAD)
    form = {"address": "https://example.org/plan", "title": "Our plan", "pointer": "page 3"}

    answer = browser.post("evidence.add_evidence", form, code="PM1.1", **HERE)

    assert answer.location == "/rounds/2026/vinterhamra/statements/PM1.1#evidence"
    page = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    assert "Our plan Web page, page 3" in words(page)
    assert 'href="https://example.org/plan" rel="noopener noreferrer nofollow"' in page.text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.org",
        "example.org",
        "https://",
        "",
    ],
)
def test_only_web_addresses_are_links_and_what_was_typed_stays(demo, address):
    before = rows(demo)
    form = {"address": address, "title": "My title", "pointer": "page 3"}

    answer = Browser(demo, LEAD).post("evidence.add_evidence", form, code="PM1.1", **HERE)

    assert answer.status_code == 422
    assert 'value="My title"' in answer.text
    assert "Give a full web address" in words(answer)
    assert rows(demo) == before


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "report.pdf", "application/pdf"),
        (PNG, "map.png", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 64, "photo.jpg", "image/jpeg"),
        (odt(), "plan.odt", "application/vnd.oasis.opendocument.text"),
        (
            office("word/document.xml"),
            "plan.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            office("xl/workbook.xml"),
            "figures.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_a_file_comes_back_byte_for_byte_as_an_attachment(demo, content, name, media_type):
    browser = Browser(demo, LEAD)
    assert add(browser, content, name).status_code == 303

    answer = browser.get("evidence.download_evidence", evidence_id=latest(demo).id, **HERE)

    assert (answer.data, answer.mimetype) == (content, media_type)
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["отчёт.pdf", "Αθήνα.pdf", "報告.pdf"])
def test_a_name_in_any_script_is_kept(demo, name):
    browser = Browser(demo, LEAD)
    add(browser, PDF, name)

    answer = browser.get("evidence.download_evidence", evidence_id=latest(demo).id, **HERE)

    assert latest(demo).file_name == name
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ\x90\x00" + b"\0" * 60,
        b"just text",
        office("other/part.xml"),
        b"PK\x03\x04broken",
    ],
)
def test_a_kind_that_is_not_allowed_is_refused_whatever_its_name(demo, content):
    before = rows(demo)

    answer = add(Browser(demo, LEAD), content, "report.pdf", title="Kept title")

    assert answer.status_code == 422
    assert 'value="Kept title"' in answer.text
    assert rows(demo) == before


def test_a_file_over_the_limit_is_refused(demo):
    answer = add(Browser(demo, LEAD), PDF + b"0" * 400_000)

    assert answer.status_code == 413


def test_the_stored_name_is_random_and_the_shown_name_is_the_last_part_only(demo):
    add(Browser(demo, LEAD), PDF, "../../etc/pass;wd.pdf")

    kept = latest(demo)

    assert (kept.file_name, len(kept.stored_as)) == ("passwd.pdf", 32)


def test_withdrawn_evidence_leaves_the_page_and_stays_in_the_database(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="A report to withdraw")
    with demo.app_context():
        citation = db.session.scalar(select(func.max(Citation.id)))

    browser.post("evidence.withdraw_evidence", citation_id=citation, **HERE)

    page = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    assert "A report to withdraw" not in words(page)
    assert latest(demo).title == "A report to withdraw"


def test_a_city_in_draft_shows_its_files_to_nobody_outside(demo):
    add(Browser(demo, LEAD), PDF)
    evidence_id = latest(demo).id

    answers = {
        email: Browser(demo, email)
        .get("evidence.download_evidence", evidence_id=evidence_id, **HERE)
        .status_code
        for email in (
            "signatory.vinterhamra@example.org",
            "lead.roccamirna@example.org",
            "reviewer.roccamirna@example.org",
            "coordinator@example.org",
        )
    }

    assert list(answers.values()) == [200, 404, 404, 409]


def test_evidence_of_one_city_is_not_found_under_another(demo):
    add(Browser(demo, LEAD), PDF)

    answer = Browser(demo, "lead.roccamirna@example.org").get(
        "evidence.download_evidence",
        evidence_id=latest(demo).id,
        round_slug="2026",
        city_slug="roccamirna",
    )

    assert answer.status_code == 404
