"""The officer's story: from the first missing statement to the signed receipt."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from models import SignIn
from webapp.clock import now
from webapp.extensions import db

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
SIGNATORY = "signatory.vinterhamra@example.org"
CITY = "/rounds/2026/vinterhamra"
# Not wait_for_function: what that asks again and again, the content policy of the page forbids.
UNTIL_NOTHING_IS_KEPT = """() => new Promise(done => {
    const look = () => localStorage.length ? requestAnimationFrame(look) : done();
    look();
})"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_city_is_filled_in_locked_and_signed(meet):
    lead = meet(LEAD)
    lead.look()
    lead.follow("Open the self-assessment of Vinterhamra")
    lead.sees("52 of 54 statements are complete")

    lead.follow("EM2.3 Pay, contracts and careers compared")
    lead.choose("2")
    lead.page.get_by_label("What shows this?").fill("The personnel office compares each year.")
    lead.sees_state("Saved")
    lead.page.reload()
    expect(lead.page.get_by_label("What shows this?")).to_have_value(
        "The personnel office compares each year."
    )
    lead.follow("Add a link or a file")
    lead.page.get_by_label("Web address").fill("https://example.org/report")
    lead.page.get_by_label("Title").fill("Yearly comparison")
    lead.press("Add")
    lead.sees("Yearly comparison")
    lead.follow("Add a link or a file")
    lead.page.get_by_label("Or a file").set_input_files(
        {"name": "figures.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    lead.press("Add")
    lead.sees("figures.pdf")
    lead.look()
    lead.follow("History of this answer")
    lead.open(f"{CITY}/statements/BU2.2")
    lead.choose("1")
    lead.sees_state("Saved")
    lead.open(CITY)
    lead.press("Lock for sign-off")
    lead.sees("The assessment is locked.")
    lead.open(f"{CITY}/statements/BU2.2")
    expect(lead.page.get_by_label("What shows this?")).to_have_count(0)

    signatory = meet(SIGNATORY)
    signatory.look()
    signatory.follow("Read and sign")
    shown = signatory.page.locator("code.app-hash").inner_text()
    signatory.page.get_by_label("Your password, once more").fill("not the password")
    signatory.press("Sign and submit")
    signatory.sees("This is not your password. Nothing was signed.")
    signatory.look()
    signatory.page.get_by_label("Your password, once more").fill("integrating-cities")
    signatory.press("Sign and submit")
    signatory.sees("Signed and submitted.")
    signatory.sees(shown)
    signatory.look()


def test_the_same_works_without_a_script(meet):
    lead = meet(LEAD, script=False)
    for code, level in (("EM2.3", "2"), ("BU2.2", "3")):
        lead.open(f"{CITY}/statements/{code}")
        lead.choose(level)
        lead.page.get_by_label("What shows this?").fill("As any visitor can see.")
        lead.press("Save")
        lead.sees(f"{code} is saved.")
    lead.open(CITY)
    lead.press("Lock for sign-off")
    lead.sees("The assessment is locked.")

    signatory = meet(SIGNATORY, script=False)
    signatory.open(f"{CITY}/sign-off")
    signatory.page.get_by_label("Your password, once more").fill("integrating-cities")
    signatory.press("Sign and submit")

    signatory.sees("Signed and submitted.")


def test_what_is_typed_without_a_connection_is_sent_when_it_is_back(meet):
    lead = meet(LEAD)
    lead.open(f"{CITY}/statements/EM2.3")
    lead.context.set_offline(True)
    lead.page.get_by_label("What shows this?").fill("Typed in a tunnel.")
    lead.sees_state("Not saved: no connection")

    lead.context.set_offline(False)

    lead.sees_state("Saved")
    lead.page.reload()
    expect(lead.page.get_by_label("What shows this?")).to_have_value("Typed in a tunnel.")


def close_the_lid_on(person, text):
    """Type something that cannot be sent, close the page, and come back with a connection."""
    person.open(f"{CITY}/statements/EM2.3")
    person.context.set_offline(True)
    person.page.get_by_label("What shows this?").fill(text)
    person.sees_state("Not saved: no connection")
    person.page.close()
    person.context.set_offline(False)
    person.page = person.context.new_page()


def test_a_text_that_never_left_is_there_again_after_the_page_was_closed(meet):
    lead = meet(LEAD)
    close_the_lid_on(lead, "Typed, then the lid was closed.")

    lead.page.goto(f"{lead.site}{CITY}/statements/EM2.3")

    lead.sees_state("Saved")
    expect(lead.page.get_by_label("What shows this?")).to_have_value(
        "Typed, then the lid was closed."
    )


def test_a_text_that_never_left_is_sent_from_the_next_page_too(meet):
    lead = meet(LEAD)
    close_the_lid_on(lead, "Typed, then the lid was closed.")

    with lead.page.expect_response(lambda answer: answer.request.method == "PATCH"):
        lead.page.goto(f"{lead.site}/help")

    lead.page.evaluate(UNTIL_NOTHING_IS_KEPT)
    lead.page.goto(f"{lead.site}{CITY}/statements/EM2.3/history")
    lead.sees("Typed, then the lid was closed.")


def test_a_sign_in_that_ends_while_typing_loses_nothing(meet, demo):
    lead = meet(LEAD)
    lead.open(f"{CITY}/statements/EM2.3")
    with demo.app_context():
        db.session.execute(update(SignIn).values(ended_at=now()))
        db.session.commit()
    lead.page.get_by_label("What shows this?").fill("Typed after the sign-in had ended.")
    lead.sees_state("Not saved: you are signed out.")

    second_tab = lead.context.new_page()
    first_tab, lead.page = lead.page, second_tab
    lead.sign_in(LEAD)
    expect(second_tab.get_by_role("heading", name="My tasks")).to_be_visible()
    lead.page = first_tab

    lead.sees_state("Saved")
    lead.page.reload()
    expect(lead.page.get_by_label("What shows this?")).to_have_value(
        "Typed after the sign-in had ended."
    )


def test_after_signing_out_the_browser_keeps_nothing(meet):
    lead = meet(LEAD)
    lead.open(f"{CITY}/statements/EM2.3")
    lead.context.set_offline(True)
    lead.page.get_by_label("What shows this?").fill("Not for the next person.")
    lead.sees_state("Not saved: no connection")
    lead.context.set_offline(False)
    lead.sees_state("Saved")

    lead.page.get_by_role("button", name="Sign out").click()

    expect(lead.page.get_by_role("heading", level=1)).to_contain_text("How fair is your city")
    assert lead.page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.parametrize(
    ("button", "kept"), [("Keep mine", "By the contributor."), ("Take what", "By the lead.")]
)
def test_two_people_at_one_text_see_both_and_choose(meet, button, kept):
    lead, contributor = meet(LEAD), meet(CONTRIBUTOR)
    for person in (lead, contributor):
        person.open(f"{CITY}/statements/EM2.3")
    lead.page.get_by_label("What shows this?").fill("By the lead.")
    lead.sees_state("Saved")

    contributor.page.get_by_label("What shows this?").fill("By the contributor.")
    contributor.sees_state("somebody else changed the same text")
    contributor.look()
    contributor.sees("only in what is stored: lead.")
    contributor.press(button)

    contributor.sees_state("Saved")
    contributor.page.reload()
    expect(contributor.page.get_by_label("What shows this?")).to_have_value(kept)


def test_two_people_at_different_fields_do_not_get_in_each_others_way(meet):
    lead, contributor = meet(LEAD), meet(CONTRIBUTOR)
    for person in (lead, contributor):
        person.open(f"{CITY}/statements/EM2.3")
    lead.page.get_by_label("What shows this?").fill("By the lead.")
    lead.sees_state("Saved")

    contributor.choose("3")

    contributor.sees_state("Saved")
    expect(contributor.page.get_by_label("What shows this?")).to_have_value("By the lead.")


def test_a_city_that_was_sent_back_reads_why_and_signs_the_next_version(meet):
    lead = meet("lead.sint-willibrord@example.org")
    lead.follow("Open the self-assessment")
    lead.sees("Sent back by the coordinator")
    lead.sees("Signed versions")
    lead.follow("Version 1")
    lead.sees("Fingerprint (SHA-256)")
