"""An officer on a train: the form goes out, is filled in off line, and comes in again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.workbooks import filled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
CITY = "/rounds/2026/vinterhamra"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("script", [True, False])
def test_a_form_goes_out_and_comes_back(meet, script):
    lead = meet(LEAD, script=script)
    lead.open(CITY)
    lead.follow("Fill in with Excel")
    lead.look()
    with lead.page.expect_download() as download:
        lead.page.get_by_role("link", name="Download the sheet of Vinterhamra").click()
    form = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "vinterhamra-2026.xlsx"

    colleague = meet(CONTRIBUTOR, script=script)
    colleague.open(f"{CITY}/statements/BU2.2")
    colleague.page.get_by_label("What shows this?").fill("A colleague wrote this at the office.")
    colleague.press("Save")
    if script:
        colleague.sees_state("Saved")

    changes = {
        "EM2.3": {"mark": 2, "text": "Written on a train.\nIn two lines."},
        "PM1.1": {"text": "Not to be taken."},
        "PM1.2": {"mark": "seven"},
        "BU2.2": {"mark": 1, "text": "Written on the same train."},
    }
    sheet = {"name": "form.xlsx", "mimeType": XLSX, "buffer": filled(form, changes)}
    lead.page.get_by_label("The sheet you filled in").set_input_files(sheet)
    with lead.page.expect_navigation():
        lead.press("Send in and compare")
    lead.look()
    lead.sees("Changed in the sheet: 2")
    lead.sees("Changed in the sheet and here: 1")
    lead.sees('"seven" is no level of this statement.')
    lead.sees("A colleague wrote this at the office.")
    lead.page.locator("label[for='take-PM1.1']").click()
    lead.page.locator("label[for='combined-BU2.2']").click()
    lead.page.get_by_label("Both together: What shows this?").fill("Written by both of us.")
    with lead.page.expect_navigation():
        lead.press("Take what is chosen")

    lead.sees("2 answers are saved. 54 of 54 statements are complete.")
    expect(lead.page.locator("#take-PM1\\.1")).not_to_be_checked()
    lead.look()
    with lead.page.expect_navigation():
        lead.press("Take nothing more of it")
    lead.sees("The sheet is set aside.")
    for code, text in (
        ("EM2.3", "Written on a train.\nIn two lines."),
        ("BU2.2", "Written by both of us."),
    ):
        lead.page.goto(f"{lead.site}{CITY}/statements/{code}")
        expect(lead.page.get_by_label("What shows this?")).to_have_value(text)
    lead.page.goto(f"{lead.site}{CITY}/statements/PM1.1")
    expect(lead.page.get_by_label("What shows this?")).not_to_have_value("Not to be taken.")


def test_the_sheet_of_another_city_is_refused_and_says_why(meet):
    other = meet("lead.eichmunde@example.org")
    form = other.page.request.get(f"{other.site}/rounds/2026/eichmunde/sheet/download").body()
    lead = meet(LEAD)
    lead.open(f"{CITY}/sheet")
    sheet = {"name": "form.xlsx", "mimeType": XLSX, "buffer": form}
    lead.page.get_by_label("The sheet you filled in").set_input_files(sheet)

    with lead.page.expect_navigation():
        lead.press("Send in and compare")

    lead.sees("This sheet is of eichmunde, and this is vinterhamra.")
    lead.look()
