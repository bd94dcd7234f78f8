"""The library of a city: filled once, cited often, and handed out to those who may read it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile

import pytest
from sqlalchemy import event, func, select, update

from models import (
    Assessment,
    AssessmentState,
    Citation,
    City,
    Entry,
    Evidence,
    EvidenceVersion,
    Round,
    User,
)
from reviews import assessments, submissions
from reviews.queries import answers
from tests.browser import Browser, words
from tests.personas import questionnaire_of
from tests.uploads import DOCX, ODT, PDF, XLSX, docx, jpeg, odt, place, png, xlsx
from webapp.clock import now
from webapp.extensions import db
from webapp.storage import stored_before

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD = "lead.vinterhamra@example.org"


def add(browser, content=None, name="report.pdf", *, code="PM1.1", **rest):
    """Add a file, or with an address a link, for a statement."""
    form = dict(rest) if content is None else {"file": (io.BytesIO(content), name), **rest}
    where = {"statement": code} if code else {}
    return browser.post("evidence.add_evidence", form, **where, **HERE)


def rows(demo, table=Evidence):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def latest(demo):
    """The newest version, with its document."""
    with demo.app_context():
        newest = select(EvidenceVersion).order_by(EvidenceVersion.id.desc()).limit(1)
        version = db.session.scalars(newest).one()
        assert version.evidence.citations is not None
        return version


def newest_use(demo):
    with demo.app_context():
        return db.session.scalar(select(func.max(Citation.id)))


def download(browser, demo, **rest):
    version = latest(demo)
    there = {"evidence_id": version.evidence.id, "number": version.number, **HERE, **rest}
    return browser.get("evidence.download_evidence", **there)


def stored(demo):
    """How many objects the evidence store holds."""
    with demo.app_context():
        return len(list(stored_before(now().replace(year=9999))))


def deeds(demo):
    """What was done with evidence since the demonstration was built, the newest last."""
    with demo.app_context():
        entries = select(Entry).where(Entry.action.like("evidence:%"))
        newest = db.session.scalars(entries.order_by(Entry.sequence.desc()).limit(8)).all()
        return [(one.action, one.facts) for one in reversed(newest)]


# Adding.


def test_a_link_is_added_with_its_first_use(demo):
    browser = Browser(demo, LEAD)

    answer = add(
        browser,
        address="https://example.org/new-plan",
        title="Our plan",
        pointer="page 3",
        claim="The council adopted it.",
        confidentiality="public",
        document_kind="plan",
    )

    assert answer.location == "/rounds/2026/vinterhamra/statements/PM1.1#evidence"
    page = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    assert "Our plan Web page, page 3 The council adopted it." in words(page)
    assert 'href="https://example.org/new-plan" rel="noopener noreferrer nofollow"' in page.text


def test_a_document_that_is_added_for_no_statement_has_a_page_of_its_own(demo):
    browser = Browser(demo, LEAD)

    answer = add(
        browser,
        PDF,
        code=None,
        title="Budget",
        document_kind="budget",
        language="sv",
        abstract="Who gets what.",
        valid_until=["30", "6", "2099"],
        confidentiality="city",
    )

    page = browser.get(answer.location)
    assert "Kind of document Budget Language Swedish Abstract Who gets what." in words(page)
    assert "Valid until 30 June 2099 Who may see it City only" in words(page)
    assert hashlib.sha256(PDF).hexdigest() in words(page)
    assert "No statement cites it." in words(page)


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
    typed = {"title": "My title", "pointer": "page 3", "abstract": "In a few words."}

    answer = add(Browser(demo, LEAD), address=address, valid_until=["1", "2", "2030"], **typed)

    assert answer.status_code == 422
    assert all(
        kept in answer.text for kept in ('value="My title"', 'value="page 3"', "a few words")
    )
    assert "Give a full web address" in words(answer)
    assert rows(demo) == before


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("valid_until", ["31", "2", "2030"], "This day does not exist."),
        ("abstract", "a" * 1001, "This text has 1001 characters"),
        ("claim", "c" * 501, "This text has 501 characters"),
        ("pointer", "p" * 201, "This text has 201 characters"),
        ("document_kind", "rumour", "Choose one from the list."),
        ("confidentiality", "nobody", "Choose one from the list."),
        ("language", "tlh", "Choose a language from the list."),
        ("title", "nul\0", "a character that cannot be stored"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_no_file_stays(demo, field, given, said):
    before, files = rows(demo), stored(demo)

    answer = add(Browser(demo, LEAD), PDF, **{"title": "Kept title", field: given})

    assert (answer.status_code, rows(demo), stored(demo)) == (422, before, files)
    assert said in words(answer)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "report.pdf", "application/pdf"),
        (png(), "map.png", "image/png"),
        (jpeg(), "photo.jpg", "image/jpeg"),
        (odt(), "plan.odt", ODT),
        (docx(), "plan.docx", DOCX),
        (xlsx(), "figures.xlsx", XLSX),
    ],
)
def test_a_file_comes_back_byte_for_byte_as_an_attachment(demo, content, name, media_type):
    browser = Browser(demo, LEAD)
    assert add(browser, content, name).status_code == 303

    answer = download(browser, demo)

    assert (answer.data, answer.mimetype) == (content, media_type)
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["отчёт.pdf", "Αθήνα.pdf", "報告.pdf"])
def test_a_name_in_any_script_is_kept(demo, name):
    browser = Browser(demo, LEAD)
    add(browser, PDF, name)

    assert latest(demo).file_name == name
    assert "filename*=UTF-8''" in download(browser, demo).headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/pass;wd.pdf", "passwd.pdf"),
        ("x.pdf.exe", "x.pdf.exe.pdf"),
        ("x.pdf\0.html", "x.pdf.html.pdf"),
        ("x.p%64f", "x.p%64f.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("con.pdf", "file-con.pdf"),
        ("p" * 300 + ".pdf", "p" * 200 + ".pdf"),
        ("x\u202efdp.exe", "xfdp.exe.pdf"),
    ],
)
def test_a_name_is_cleaned_and_the_stored_one_is_random(demo, name, shown):
    browser = Browser(demo, LEAD)
    add(browser, PDF, name)

    kept = latest(demo)

    assert kept.file_name == shown
    assert re.fullmatch("[0-9a-f]{32}", kept.stored_as)
    assert f'filename="{shown}"' in download(browser, demo).headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"<html><script>alert(1)</script></html>", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415),
        (b"PK\x03\x04broken", 415),
        (docx({"word/vbaProject.bin": b"x"}), 415),
        (png(30_000, 30_000), 422),
    ],
    ids=["empty", "html", "svg", "damaged", "macro", "huge picture"],
)
def test_what_is_not_taken_is_refused_whatever_its_name(demo, content, status):
    before = rows(demo)

    answer = add(Browser(demo, LEAD), content, "report.pdf", title="Kept title")

    assert answer.status_code == status
    # A test client sends no file for a name without content.
    assert 'value="Kept title"' in answer.text
    assert rows(demo) == before


def test_a_photo_that_says_where_it_was_taken_is_added_with_a_word_about_it(demo):
    browser = Browser(demo, LEAD)

    answer = add(browser, jpeg(exif=place()), "photo.jpg")

    assert "This photo says where it was taken." in words(browser.get(answer.location))


def test_a_file_over_the_limit_is_refused_with_all_that_was_typed(demo):
    answer = add(Browser(demo, LEAD), PDF + b"0" * 100_000, title="Kept title")

    assert answer.status_code == 413
    assert 'value="Kept title"' in answer.text


def test_a_body_over_the_limit_is_refused_before_it_is_read(demo):
    answer = add(Browser(demo, LEAD), PDF + b"0" * 400_000)

    assert answer.status_code == 413
    assert "This is too large to be taken. Nothing was stored." in words(answer)


# Werkzeug leaves it to Python to close the file that it has begun.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_that_is_cut_leaves_nothing_and_the_next_try_works(demo):
    browser, before, files = Browser(demo, LEAD), rows(demo), stored(demo)
    edge = "boundary"
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    ).encode() + PDF

    answer = browser.client.post(
        "/rounds/2026/vinterhamra/evidence/new",
        input_stream=io.BytesIO(body),
        content_length=len(body) + 5_000,
        content_type=f"multipart/form-data; boundary={edge}",
    )

    assert (answer.status_code, rows(demo), stored(demo)) == (400, before, files)
    assert add(browser, PDF).status_code == 303


def test_the_same_file_is_not_stored_twice_and_the_one_that_is_there_is_offered(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan")
    before, files, there = rows(demo), stored(demo), latest(demo).evidence

    answer = add(browser, PDF, "again.pdf", code="PM1.2", title="Typed again", claim="A claim.")

    assert (answer.status_code, rows(demo), stored(demo)) == (409, before, files)
    assert f"This is in the library already: E{there.number}, The plan." in words(answer)
    assert 'value="Typed again"' in answer.text
    offer = re.search('href="([^"]+)">Cite it for PM1.2<', answer.text).group(1)
    page = browser.get(offer)
    assert f'<option value="{there.id}" selected>' in page.text


def test_the_same_address_is_not_added_twice(demo):
    browser = Browser(demo, LEAD)
    add(browser, address="https://example.org/once")

    answer = add(browser, code=None, address="https://example.org/once")

    assert answer.status_code == 409
    assert "Open it" in words(answer)


def test_another_city_may_have_the_same_file(demo):
    add(Browser(demo, LEAD), PDF)
    other = Browser(demo, "lead.roccamirna@example.org")

    form = {"file": (io.BytesIO(PDF), "plan.pdf")}
    answer = other.post("evidence.add_evidence", form, round_slug="2026", city_slug="roccamirna")

    assert answer.status_code == 303


def test_a_city_has_so_much_room_and_no_more(demo, monkeypatch):
    monkeypatch.setitem(demo.config, "EVIDENCE_QUOTA", 2 * len(PDF))
    browser = Browser(demo, LEAD)
    add(browser, PDF)

    answer = add(browser, PDF + b"0" * len(PDF), title="Kept title")

    assert answer.status_code == 413
    assert "The city's files would take more than the 0 MB" in words(answer)
    assert 'value="Kept title"' in answer.text


def test_the_script_of_the_page_gets_the_same_in_short(demo):
    browser = Browser(demo, LEAD)
    headers = {"Accept": "application/json"}
    there = browser.address("evidence.add_evidence", statement="PM1.1", **HERE)

    def send(**form):
        data = {"csrf_token": browser.token, **form}
        return browser.client.post(there, data=data, headers=headers)

    done = send(file=(io.BytesIO(PDF), "plan.pdf"))
    again = send(file=(io.BytesIO(PDF), "plan.pdf"))
    wrong = send(file=(io.BytesIO(b"text"), "plan.pdf"))

    assert done.json == {"location": "/rounds/2026/vinterhamra/statements/PM1.1#evidence"}
    number = latest(demo).evidence.number
    assert again.status_code == 409
    assert again.json["message"].startswith(f"This is in the library already: E{number}")
    assert again.json["offer"]["words"] == "Cite it for PM1.1"
    assert (wrong.status_code, wrong.json) == (
        415,
        {
            "message": "Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added.",
            "offer": None,
        },
    )


# The library.


def test_the_library_lists_each_document_once_with_its_uses(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan", valid_until=["1", "1", "2020"])
    document = latest(demo).evidence
    form = {"evidence": document.id, "pointer": "page 9"}
    browser.post("evidence.cite_evidence", form, code="PM1.2", **HERE)

    said = words(browser.get("evidence.show_library", **HERE))

    assert f"E{document.number} The plan Other PM1.1, PM1.2 1 January 2020 Out of date" in said
    assert "City and reviewers PDF, 1 kB" in said
    assert "Files take 1 kB of 500.0 MB." in said


def test_the_library_is_narrowed_by_kind_and_by_state(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan", document_kind="budget", valid_until=["1", "1", "2020"])
    add(browser, png(), "map.png", code=None, title="The map", document_kind="photo")

    def titles(**query):
        page = browser.get("evidence.show_library", **query, **HERE)
        return set(re.findall("The plan|The map|Draft of next year", words(page)))

    assert titles() == {"The plan", "The map", "Draft of next year"}
    assert titles(kind="photo") == {"The map"}
    assert titles(kind="budget") == {"The plan", "Draft of next year"}
    assert titles(show="unused") == {"The map", "Draft of next year"}
    assert titles(show="out-of-date", kind="budget") == {"The plan"}
    assert titles(kind="statistics") == set()


@pytest.mark.parametrize("query", [{"kind": "rumour"}, {"show": "secret"}, {"sort": "size"}])
def test_a_question_that_is_not_known_is_refused(demo, query):
    browser = Browser(demo, LEAD)

    assert browser.get("evidence.show_library", **query, **HERE).status_code == 422


def test_a_city_without_evidence_is_told_what_it_is_for(demo):
    here = {"round_slug": "2026", "city_slug": "hal-qamrija"}
    with demo.app_context():
        city = select(City.id).where(City.slug == "hal-qamrija").scalar_subquery()
        gone = update(Evidence).where(Evidence.city_id == city)
        db.session.execute(gone.values(withdrawn_at=now()))
        db.session.commit()

    page = Browser(demo, "lead.hal-qamrija@example.org").get("evidence.show_library", **here)

    assert "There is no evidence yet." in words(page)


def test_a_long_library_takes_as_many_questions_to_the_database_as_a_short_one(demo):
    browser = Browser(demo, LEAD)
    short = asked(demo, lambda: browser.get("evidence.show_library", **HERE))
    for code in ("PM1.1", "PM1.2", "PM1.3", "PM1.4"):
        add(browser, address=f"https://example.org/more/{code}", code=code)

    assert asked(demo, lambda: browser.get("evidence.show_library", **HERE)) == short


def asked(demo, ask):
    """How many statements the database gets meanwhile."""
    statements = []

    def heard(connection, cursor, statement, *rest):
        statements.append(statement)

    with demo.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", heard)
    ask()
    event.remove(engine, "before_cursor_execute", heard)
    return len(statements)


def test_what_is_said_about_a_document_is_edited(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan", valid_until=["1", "1", "2030"])
    here = {"evidence_id": latest(demo).evidence.id, **HERE}
    form = browser.get("evidence.show_edit_evidence", **here)
    assert all(f'value="{kept}"' in form.text for kept in ("The plan", "2030"))

    browser.post(
        "evidence.edit_evidence",
        {"title": "The new plan", "document_kind": "plan", "confidentiality": "city"},
        **here,
    )

    page = browser.get("evidence.show_evidence", **here)
    assert "The new plan Kind of document Strategy or plan" in words(page)
    assert "Valid until No date Who may see it City only" in words(page)


def test_a_document_keeps_its_title_and_what_was_typed_stays(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan")
    here = {"evidence_id": latest(demo).evidence.id, **HERE}

    answer = browser.post("evidence.edit_evidence", {"title": " ", "abstract": "Mine."}, **here)

    assert answer.status_code == 422
    assert "Give the document a title." in words(answer)
    assert "Mine." in answer.text


def test_a_new_version_takes_the_place_of_the_one_before_and_both_can_be_read(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan")
    here = {"evidence_id": latest(demo).evidence.id, **HERE}

    browser.post("evidence.add_version", {"file": (io.BytesIO(png()), "plan.png")}, **here)

    page = browser.get("evidence.show_evidence", **here)
    assert "Version 2: plan.png" in words(page)
    assert "Version 1: report.pdf" in words(page)
    answer = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    assert f"/evidence/{here['evidence_id']}/versions/2" in answer.text
    first, second = (
        browser.get("evidence.download_evidence", number=number, **here).data for number in (1, 2)
    )
    assert (first, second) == (PDF, png())


def test_a_version_that_is_there_already_is_no_new_one(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF)
    here = {"evidence_id": latest(demo).evidence.id, **HERE}

    answer = browser.post("evidence.add_version", {"file": (io.BytesIO(PDF), "plan.pdf")}, **here)

    assert answer.status_code == 409


def test_a_removed_document_leaves_the_pages_and_stays_in_the_database(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="A report to remove")
    here = {"evidence_id": latest(demo).evidence.id, **HERE}

    answer = browser.post("evidence.remove_evidence", **here)

    assert "A report to remove is removed from the library." in words(browser.get(answer.location))
    page = browser.get("assessments.show_answer", code="PM1.1", **HERE)
    assert "A report to remove" not in words(page)
    assert "A report to remove" not in words(browser.get("evidence.show_library", **HERE))
    assert "This document was removed" in words(browser.get("evidence.show_evidence", **here))
    assert download(browser, demo).data == PDF


def test_the_journal_says_what_was_done_and_holds_no_text(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="Secret title", claim="Secret claim")
    document, use = latest(demo).evidence, newest_use(demo)
    here = {"evidence_id": document.id, **HERE}
    browser.post("evidence.add_version", {"file": (io.BytesIO(png()), "secret.png")}, **here)
    facts = {"title": "Another secret", "document_kind": "plan", "confidentiality": "public"}
    browser.post("evidence.edit_evidence", facts, **here)
    browser.post("evidence.edit_citation", {"claim": "Secret"}, citation_id=use, **HERE)
    browser.post("evidence.withdraw_evidence", citation_id=use, **HERE)
    browser.post("evidence.restore_evidence", citation_id=use, **HERE)
    browser.post("evidence.remove_evidence", **here)

    number, sha256 = document.number, hashlib.sha256
    assert deeds(demo) == [
        ("evidence:add", {"evidence": number, "kind": "file", "sha256": sha256(PDF).hexdigest()}),
        ("evidence:cite", {"evidence": number, "statement": "PM1.1"}),
        (
            "evidence:add-version",
            {"evidence": number, "version": 2, "sha256": sha256(png()).hexdigest()},
        ),
        ("evidence:edit", {"evidence": number, "confidentiality": "public"}),
        ("evidence:edit-citation", {"evidence": number, "citation": use}),
        ("evidence:withdraw", {"evidence": number, "citation": use}),
        ("evidence:restore", {"evidence": number, "citation": use}),
        ("evidence:remove", {"evidence": number}),
    ]


# Uses.


def test_a_document_is_cited_under_a_second_statement(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="The plan")
    document = latest(demo).evidence
    assert "The plan" in words(browser.get("evidence.show_cite_evidence", code="PM1.2", **HERE))

    form = {"evidence": document.id, "pointer": "page 9", "claim": "It is paid for."}
    answer = browser.post("evidence.cite_evidence", form, code="PM1.2", **HERE)

    page = words(browser.get(answer.location))
    assert "The plan report.pdf, 1 kB, page 9 It is paid for." in page
    used = words(browser.get("evidence.show_evidence", evidence_id=document.id, **HERE))
    assert "PM1.1" in used
    assert "page 9 It is paid for." in used


@pytest.mark.parametrize("chosen", ["", "x", "0", "999999999", "elsewhere", "twice"])
def test_only_a_document_of_the_own_library_is_cited_and_only_once(demo, chosen):
    browser = Browser(demo, LEAD)
    add(browser, PDF)
    with demo.app_context():
        elsewhere = select(Evidence.id).join(Evidence.city).where(City.slug == "roccamirna")
        ids = {
            "elsewhere": db.session.scalars(elsewhere.limit(1)).one(),
            "twice": latest(demo).evidence.id,
        }
    before = rows(demo, Citation)

    form = {"evidence": ids.get(chosen, chosen), "claim": "My claim."}
    answer = browser.post("evidence.cite_evidence", form, code="PM1.1", **HERE)

    assert (answer.status_code, rows(demo, Citation)) == (422, before)
    assert "My claim." in answer.text


def test_a_use_is_edited(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, pointer="page 3", claim="It was adopted.")
    here = {"citation_id": newest_use(demo), **HERE}
    form = browser.get("evidence.show_citation", **here)
    assert 'value="page 3"' in form.text
    assert "It was adopted." in form.text

    refused = browser.post("evidence.edit_citation", {"pointer": "p" * 201}, **here)
    answer = browser.post("evidence.edit_citation", {"pointer": "page 4", "claim": "New."}, **here)

    assert refused.status_code == 422
    assert "page 4 New." in words(browser.get(answer.location))


def test_a_use_is_taken_away_and_taken_back(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="A report to take away")
    here = {"citation_id": newest_use(demo), **HERE}

    taken = browser.get(browser.post("evidence.withdraw_evidence", **here).location)
    undo = re.search('<form method="post" action="([^"]+/restore)">', taken.text).group(1)
    back = browser.get(browser.post(undo).location)

    assert "PM1.1 does not cite it any more. Undo" in words(taken)
    assert "A report to take away" not in words(taken)
    assert "PM1.1 cites it again." in words(back)
    assert "A report to take away" in words(back)


# The archive.


def archive_of(answer):
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_everything_is_handed_out_in_one_archive_with_an_index(demo):
    browser = Browser(demo, LEAD)
    add(browser, PDF, title="=The plan", pointer="page 3", claim="It was adopted.", language="sv")
    document = latest(demo).evidence
    here = {"evidence_id": document.id, **HERE}
    browser.post("evidence.add_version", {"file": (io.BytesIO(png()), "plan.png")}, **here)
    form = {"evidence": document.id, "pointer": "page 9"}
    browser.post("evidence.cite_evidence", form, code="PM1.2", **HERE)

    answer = browser.get("evidence.download_library", **HERE)

    assert answer.mimetype == "application/zip"
    assert "evidence-vinterhamra.zip" in answer.headers["Content-Disposition"]
    archive = archive_of(answer)
    assert archive.testzip() is None
    first, second = f"E{document.number:03d}-v1-report.pdf", f"E{document.number:03d}-v2-plan.png"
    assert archive.read(f"files/{first}") == PDF
    assert archive.read(f"files/{second}") == png()
    index = list(csv.reader(archive.read("index.csv").decode("utf-8-sig").splitlines()))
    assert index[0][:5] == ["Document", "Version", "Title", "Kind of document", "Language"]
    ours = [row for row in index if row[0] == f"E{document.number}"]
    assert [(row[1], row[2], row[9], row[10], *row[12:]) for row in ours] == [
        ("1", "'=The plan", f"files/{first}", hashlib.sha256(PDF).hexdigest(), "", "", ""),
        *(
            ("2", "'=The plan", f"files/{second}", hashlib.sha256(png()).hexdigest(), *use)
            for use in (("PM1.1", "page 3", "It was adopted."), ("PM1.2", "page 9", ""))
        ),
    ]
    page = archive.read("index.html").decode()
    assert "<h1>Evidence of Vinterhamra</h1>" in page
    assert f'<a href="files/{second}"' in page


def test_the_archive_holds_nothing_of_other_cities(demo):
    other = Browser(demo, "lead.roccamirna@example.org")
    form = {"file": (io.BytesIO(PDF), "plan.pdf"), "title": "Of Roccamirna"}
    other.post("evidence.add_evidence", form, round_slug="2026", city_slug="roccamirna")

    archive = archive_of(Browser(demo, LEAD).get("evidence.download_library", **HERE))

    assert not any(name.startswith("files/") for name in archive.namelist())
    assert b"Of Roccamirna" not in archive.read("index.csv")


# Who may read what.


def test_a_city_in_draft_shows_its_files_to_nobody_outside(demo):
    add(Browser(demo, LEAD), PDF)

    answers = [
        download(Browser(demo, email), demo).status_code
        for email in (
            "signatory.vinterhamra@example.org",
            "lead.roccamirna@example.org",
            "reviewer.roccamirna@example.org",
            "coordinator@example.org",
        )
    ]

    assert answers == [200, 404, 404, 409]


def test_evidence_of_one_city_is_not_found_under_another(demo):
    add(Browser(demo, LEAD), PDF)
    browser = Browser(demo, "lead.roccamirna@example.org")

    assert download(browser, demo, city_slug="roccamirna").status_code == 404
    page = browser.get(
        "evidence.show_evidence",
        evidence_id=latest(demo).evidence.id,
        round_slug="2026",
        city_slug="roccamirna",
    )
    assert page.status_code == 404


def test_a_link_has_no_file_to_download(demo):
    browser = Browser(demo, LEAD)
    add(browser, address="https://example.org/page")

    assert download(browser, demo).status_code == 404


def sign_by_hand(demo, slug="vinterhamra"):
    """Sign a city as it is now: nothing but the document and the state matters here."""
    with demo.app_context():
        rows = select(Assessment).join(Assessment.round).join(Assessment.city)
        one = db.session.scalars(rows.where(Round.slug == "2026", City.slug == slug)).one()
        signatory = select(User).where(User.email == f"signatory.{slug}@example.org")
        document = submissions.city_document(
            one, questionnaire_of(one), one.answers, answers.citations(db.session(), one)
        )
        db.session.execute(
            update(Assessment).where(Assessment.id == one.id).values(state=AssessmentState.LOCKED)
        )
        db.session.refresh(one)
        assessments.sign_off(
            one,
            questionnaire_of(one),
            document,
            shown=submissions.sha256(submissions.canonical(document)),
            by=db.session.scalars(signatory).one(),
            now=now(),
        )
        db.session.commit()


def test_outside_the_city_the_version_that_was_signed_is_read_and_no_other(demo):
    browser, office = Browser(demo, LEAD), Browser(demo, "coordinator@example.org")
    add(browser, PDF, title="The plan", claim="It was adopted.")
    here = {"evidence_id": latest(demo).evidence.id, **HERE}
    sign_by_hand(demo)
    office.post("rounds.send_back", {"reason": "Say more."}, **HERE)
    browser.post("evidence.add_version", {"file": (io.BytesIO(png()), "plan.png")}, **here)
    browser.post("evidence.remove_evidence", **here)
    sign_by_hand(demo)

    answers = [office.get("evidence.download_evidence", number=number, **here) for number in (1, 2)]

    assert [one.status_code for one in answers] == [200, 404]
    assert answers[0].data == PDF
    page = office.get("assessments.show_submission", version=1, **HERE)
    assert "The plan It was adopted." in words(page)
    assert f"/evidence/{here['evidence_id']}/versions/1" in page.text


def test_what_only_the_city_may_see_is_not_handed_out_after_it_was_signed_either(demo):
    browser, office = Browser(demo, LEAD), Browser(demo, "coordinator@example.org")
    add(browser, PDF, title="The plan")
    here = {"evidence_id": latest(demo).evidence.id, "number": 1, **HERE}
    sign_by_hand(demo)
    before = office.get("evidence.download_evidence", **here).status_code
    with demo.app_context():
        one = update(Evidence).where(Evidence.id == here["evidence_id"])
        db.session.execute(one.values(confidentiality="city"))
        db.session.commit()

    after = office.get("evidence.download_evidence", **here)

    assert (before, after.status_code) == (200, 404)
    assert browser.get("evidence.download_evidence", **here).data == PDF


def test_what_only_the_city_may_see_is_in_nothing_that_is_signed(demo):
    browser, office = Browser(demo, LEAD), Browser(demo, "coordinator@example.org")
    add(browser, PDF, "secret.pdf", title="A secret plan", confidentiality="city")
    assert "A secret plan" in words(browser.get("assessments.show_answer", code="PM1.1", **HERE))
    sign_by_hand(demo)

    page = office.get("assessments.show_submission", version=1, **HERE)
    document = office.get("assessments.download_submission", version=1, **HERE)

    assert page.status_code == document.status_code == 200
    assert "secret" not in page.text.lower()
    assert "secret" not in document.text.lower()
    here = {"evidence_id": latest(demo).evidence.id, "number": 1, **HERE}
    assert office.get("evidence.download_evidence", **here).status_code == 404


@pytest.mark.parametrize(
    "endpoint", ["evidence.show_library", "evidence.download_library", "evidence.show_evidence"]
)
@pytest.mark.parametrize(
    ("email", "status"),
    [("lead.roccamirna@example.org", 404), ("coordinator@example.org", 403)],
)
def test_the_library_is_the_citys_own(demo, endpoint, email, status):
    add(Browser(demo, LEAD), PDF)
    there = {"evidence_id": latest(demo).evidence.id} if endpoint.endswith("_evidence") else {}

    assert Browser(demo, email).get(endpoint, **there, **HERE).status_code == status


# Somebody who sees one part of the city only.

HELPER = "helper.vinterhamra@example.org"


def part_of(browser):
    """The first statement that a helper sees."""
    page = browser.get("assessments.show_assessment", **HERE)
    return re.search(r"/statements/([A-Z]{2}[0-9.]+)", page.text).group(1)


def test_a_helper_adds_and_cites_for_their_part_and_sees_no_library(demo):
    helper = Browser(demo, HELPER)
    code = part_of(helper)

    added = add(helper, PDF, code=code, title="Found by the helper")
    here = {"evidence_id": latest(demo).evidence.id, **HERE}

    assert added.status_code == 303
    assert "Found by the helper" in words(helper.get(added.location))
    assert download(helper, demo).data == PDF
    for endpoint in ("evidence.show_library", "evidence.download_library"):
        assert helper.get(endpoint, **HERE).status_code == 403
    for endpoint in ("show_evidence", "show_edit_evidence", "show_new_version"):
        assert helper.get(f"evidence.{endpoint}", **here).status_code == 403
    assert helper.post("evidence.remove_evidence", **here).status_code == 403


def test_a_helper_adds_nothing_for_no_statement_or_for_another_part(demo):
    helper = Browser(demo, HELPER)
    other = "EM2.3"
    assert part_of(helper) != other

    answers = [add(helper, PDF, code=code).status_code for code in (None, other)]

    assert answers == [403, 404]


def test_a_helper_reads_and_cites_only_what_is_cited_in_their_part(demo):
    lead, helper = Browser(demo, LEAD), Browser(demo, HELPER)
    code = part_of(helper)
    add(lead, PDF, code="EM2.3", title="Of another part")
    hidden, use = latest(demo).evidence, newest_use(demo)

    page = helper.get("evidence.show_cite_evidence", code=code, **HERE)
    cited = helper.post("evidence.cite_evidence", {"evidence": hidden.id}, code=code, **HERE)

    assert "Of another part" not in page.text
    assert cited.status_code == 422
    assert download(helper, demo).status_code == 404
    assert helper.get("evidence.show_citation", citation_id=use, **HERE).status_code == 404
    assert helper.post("evidence.withdraw_evidence", citation_id=use, **HERE).status_code == 404
    # Nor do they learn that somebody else has the same file.
    again = add(helper, PDF, code=code, title="Found by the helper")
    assert again.status_code == 303
