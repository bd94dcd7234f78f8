"""The story of a document: added once, cited twice, cut off, replaced, and taken home in a ZIP."""

from __future__ import annotations

import io
import zipfile

import pytest
from playwright.sync_api import expect

from tests.uploads import PDF

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

LEAD = "lead.vinterhamra@example.org"
CITY = "/rounds/2026/vinterhamra"


def choose_file(person, name, content=PDF):
    person.page.get_by_label("Or a file").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )


def test_a_document_is_added_once_and_cited_under_two_statements(meet):
    lead = meet(LEAD)
    lead.open(CITY)
    lead.follow("Evidence library")
    lead.look()
    lead.follow("Add a link or a file")
    lead.look()
    lead.page.get_by_label("Title").fill("Integration plan 2026")
    lead.page.get_by_label("Abstract (optional)").fill("What the city wants to reach.")
    lead.page.get_by_label("Kind of document").select_option("Strategy or plan")
    lead.page.get_by_label("Language").select_option("Swedish")
    choose_file(lead, "plan.pdf")
    lead.press("Add")
    lead.sees("It is in the library")
    lead.sees("No statement cites it.")
    lead.look()

    for code, pointer in (("EM2.3", "page 3"), ("BU2.2", "page 9")):
        lead.open(f"{CITY}/statements/{code}")
        lead.follow("Cite evidence from the library")
        lead.page.get_by_label("Document").select_option(
            label=lead.page.locator("option", has_text="Integration plan 2026").inner_text()
        )
        lead.page.get_by_label("Where to look (optional)").fill(pointer)
        lead.page.get_by_label("What it shows (optional)").fill(f"What {code} asks for.")
        lead.press("Cite it")
        lead.sees(f"{code} cites it now.")
        lead.sees(pointer)
    lead.look()

    lead.press("Take away")
    lead.sees("BU2.2 does not cite it any more.")
    lead.look()
    lead.press("Undo")
    lead.sees("BU2.2 cites it again.")

    lead.go(lead.page.get_by_role("link", name="in the library"))
    lead.sees("EM2.3")
    lead.sees("What BU2.2 asks for.")
    lead.follow("Add a new version")
    lead.look()
    choose_file(lead, "plan-2027.pdf", PDF + b"% another year")
    lead.press("Add this version")
    lead.sees("Version 2 is stored.")
    lead.sees("Version 1: plan.pdf")

    lead.open(f"{CITY}/evidence")
    lead.sees("EM2.3, BU2.2")
    with lead.page.expect_download() as started:
        lead.page.get_by_role("link", name="Download everything with an index (ZIP)").click()
    packed = zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes()))
    names = packed.namelist()
    assert {"index.html", "index.csv"} < set(names)
    assert [name.rpartition("-v")[2] for name in names if name.startswith("files/")] == [
        "1-plan.pdf",
        "2-plan-2027.pdf",
    ]
    assert "What BU2.2 asks for." in packed.read("index.csv").decode("utf-8-sig")


def test_an_upload_that_is_cut_is_sent_again_by_the_same_button(meet):
    lead = meet(LEAD)
    lead.open(f"{CITY}/evidence/new?statement=EM2.3")
    lead.page.get_by_label("Title").fill("Typed before the tunnel")
    choose_file(lead, "plan.pdf", PDF + b"0" * 90_000)
    lead.page.route("**/evidence/new**", lambda route: route.abort())
    lead.press("Add")
    lead.sees("The connection was cut and nothing was stored.")
    lead.look()
    expect(lead.page.get_by_label("Title")).to_have_value("Typed before the tunnel")

    lead.page.unroute("**/evidence/new**")
    lead.press("Add")

    lead.sees("It is in the library")
    lead.sees("Typed before the tunnel")
    lead.open(f"{CITY}/evidence/new?statement=BU2.2")
    lead.page.get_by_label("Title").fill("The same once more")
    choose_file(lead, "again.pdf", PDF + b"0" * 90_000)
    lead.press("Add")
    lead.sees("This is in the library already")
    lead.look()
    expect(lead.page.get_by_label("Title")).to_have_value("The same once more")
    lead.follow("Cite it for BU2.2")
    lead.press("Cite it")
    lead.sees("BU2.2 cites it now.")


def test_what_is_too_large_never_leaves_the_browser(meet):
    lead = meet(LEAD)
    lead.open(f"{CITY}/evidence/new")
    choose_file(lead, "large.pdf", PDF + b"0" * 150_000)
    sent = []
    lead.page.on("request", lambda request: sent.append(request.method))

    lead.press("Add")

    lead.sees("The file is larger than")
    assert "POST" not in sent


def test_the_same_works_without_a_script(meet):
    lead = meet(LEAD, script=False)
    lead.open(f"{CITY}/evidence/new?statement=EM2.3")
    lead.page.get_by_label("Title").fill("Integration plan 2026")
    choose_file(lead, "plan.txt", b"no kind that is taken")
    lead.press("Add")
    lead.sees("Only PDF, DOCX, XLSX, ODT, PNG and JPEG files can be added.")
    choose_file(lead, "plan.pdf")
    lead.press("Add")

    lead.sees("It is in the library")
    lead.sees("Integration plan 2026")
