"""A city in its second round: it begins with what it signed, and sees what changed since."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from models import Answer, Assessment, City, Round, Statement
from webapp.extensions import db

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

CITY = "/rounds/2026/roccamirna"
LEAD, SIGNATORY = "lead.roccamirna@example.org", "signatory.roccamirna@example.org"
COORDINATOR = "coordinator@example.org"
LEFT = ("PM1.1", "PM1.2")


def confirm_the_rest(demo):
    """What 52 more clicks would do."""
    with demo.app_context():
        here = (
            select(Assessment.id)
            .join(Assessment.round)
            .join(Assessment.city)
            .where(Round.slug == "2026", City.slug == "roccamirna")
        )
        rest = select(Statement.id).where(Statement.code.not_in(LEFT))
        db.session.execute(
            update(Answer)
            .where(Answer.assessment_id.in_(here), Answer.statement_id.in_(rest))
            .values(to_confirm=False)
        )
        db.session.commit()


@pytest.mark.parametrize("script", [True, False])
def test_a_city_begins_with_its_last_round_and_signs_twice(meet, demo, script):
    lead = meet(LEAD, script=script)
    lead.open(CITY)
    lead.press("Take over the answers of Charter review 2024")
    lead.sees("54 answers are taken over from Charter review 2024.")
    lead.look()
    confirm_the_rest(demo)

    lead.open(f"{CITY}/statements/PM1.1")
    lead.sees("Taken over from Charter review 2024, to be confirmed")
    lead.sees("What the city signed")
    text = lead.page.get_by_label("What shows this?")
    before = text.input_value()
    text.fill("Since spring it is part of daily work.")
    if script:
        lead.sees_state("Saved")
    else:
        lead.press("Save")
    lead.open(f"{CITY}/statements/PM1.2")
    lead.press("Confirm without a change")
    lead.sees("PM1.2 is confirmed.")

    lead.open(f"{CITY}/statements/PM1.1/history")
    lead.sees("Since spring it is part of daily work.")
    lead.press("Restore this (save 1)")
    lead.sees("PM1.1 is as it was after save 1.")
    lead.look()
    lead.open(f"{CITY}/statements/PM1.1")
    expect(lead.page.get_by_label("What shows this?")).to_have_value(before)
    lead.open(CITY)
    lead.sees("54 of 54 statements are complete")
    lead.press("Lock for sign-off")

    signatory = meet(SIGNATORY, script=script)
    signatory.open(f"{CITY}/sign-off")
    signatory.page.get_by_label("Your password, once more").fill("integrating-cities")
    signatory.press("Sign and submit")
    signatory.sees("Signed and submitted.")
    signatory.look()
    with signatory.page.expect_download() as download:
        signatory.page.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename == "roccamirna-2026-version-1.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")
    signatory.open(f"{CITY}/versions/1/print")

    coordinator = meet(COORDINATOR, script=script)
    coordinator.open(f"{CITY}/versions/1")
    coordinator.page.get_by_text("Send back to the city").click()
    coordinator.page.get_by_label("Reason").fill("Say more about PM1.1.")
    coordinator.press("Send back")

    lead.open(f"{CITY}/statements/PM1.1")
    lead.page.get_by_label("What shows this?").fill(f"{before} The council reads it.")
    lead.press("Save")
    lead.sees("PM1.1 is saved.")
    lead.open(f"{CITY}/sign-off")
    lead.follow("What changed since version 1")
    lead.sees("1 of 54 answers differ between version 1 and what would be signed now.")
    expect(lead.page.locator("main ins")).to_contain_text("The council reads it.")


def test_the_questionnaire_can_be_printed_before_anything_is_begun(meet):
    lead = meet(LEAD)
    lead.open(CITY)
    lead.follow("Print the questionnaire")

    lead.sees("A public message of equal chances")
    assert lead.page.locator("article").count() == 54
