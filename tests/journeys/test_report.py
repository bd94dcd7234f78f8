"""The story of a report: written by the team, replied to, approved by two, read by everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import Assessment, Block, City, Report, Round, User
from reviews import reports
from reviews.saving import Known, Sent
from webapp import loaders
from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

REPORT = "/rounds/2026/anemopoli/report"
RESULT = "/results/2026/anemopoli"
LEADER, COORDINATOR, THIRD = (
    f"{one}@example.org" for one in ("reviewer.tahtisalmi", "coordinator", "third.coordinator")
)
CITY_LEAD, SIGNATORY = "lead.anemopoli@example.org", "signatory.anemopoli@example.org"


def write_the_rest(demo):
    """What seven more pages would do."""
    with demo.app_context():
        rows = select(Report).join(Report.assessment).join(Assessment.city).join(Assessment.round)
        report = db.session.scalars(
            rows.where(City.slug == "anemopoli", Round.slug == "2026")
        ).one()
        by = db.session.scalars(select(User).where(User.email == LEADER)).one()
        questionnaire = loaders.questionnaire(report.assessment.round)
        for gap in reports.lacking(report, questionnaire):
            role, _, block = gap.partition("/")
            section = loaders.section(report, role, Block(block))
            reports.write_section(section, Sent({"text": "Short."}, 0), Known(), by=by, now=now())
        db.session.commit()


def save(person):
    if person.script:
        person.sees_state("Saved")
    else:
        person.press("Save")


@pytest.mark.parametrize("script", [True, False])
def test_a_report_goes_from_the_first_word_to_everybody(meet, demo, script):
    leader = meet(LEADER, script=script)
    leader.follow("Report on Ανεμόπολη")
    leader.follow("Service provider: Findings and good practices is empty")
    leader.page.get_by_label("Text of this block").fill("The advice desk works in six languages.")
    save(leader)
    leader.look()
    leader.follow("History of this block")
    leader.open(f"{REPORT}/sections/service-provider-findings")
    leader.follow("Make a finding of this statement")
    leader.page.get_by_label("Recommendation", exact=True).check()
    leader.page.get_by_label("What have you found?").fill("Open a second desk.")
    leader.press("Add the finding")
    leader.sees("F3 is added.")
    leader.page.get_by_label("How urgent is it?").select_option(label="High priority")
    leader.page.get_by_label("Who should do it?").fill("The city council")
    save(leader)
    leader.look()
    write_the_rest(demo)
    leader.open(REPORT)
    leader.sees("Nothing is lacking.")

    coordinator = meet(COORDINATOR, script=script)
    coordinator.open("/rounds/2026")
    coordinator.open(REPORT)
    coordinator.follow("Send the report to the city")
    coordinator.press("Send the report to the city")
    coordinator.sees("With the city for reply until")
    coordinator.look()

    city = meet(CITY_LEAD, script=script)
    city.open(REPORT)
    city.page.locator("#F3").get_by_role("link", name="Reply").click()
    city.page.wait_for_url("**/reply/**", wait_until="load")
    city.page.get_by_role("textbox").first.fill("It opened in spring.")
    save(city)
    coordinator.open(REPORT)
    coordinator.sees("1 of 3 findings have a reply of the city.")
    expect(coordinator.page.get_by_role("main")).not_to_contain_text("It opened in spring.")
    signatory = meet(SIGNATORY, script=script)
    signatory.open(f"{REPORT}/reply/sign")
    signatory.page.get_by_label("Your password, once more").fill(DEMO_PASSWORD)
    signatory.press("Sign")
    signatory.sees("The reply is signed.")

    leader.open(REPORT)
    leader.sees("It opened in spring.")
    leader.follow("Answer the city")
    leader.page.get_by_label("We put the finding in new words").check()
    leader.page.get_by_label("The finding in its new words").fill("Keep both desks open.")
    leader.press("Store the answer")
    leader.sees("Keep both desks open.")
    leader.look()

    for email in (COORDINATOR, THIRD):
        person = coordinator if email == COORDINATOR else meet(email, script=script)
        person.open(f"{REPORT}/approval")
        person.page.get_by_label("I have read the whole report, and it may be published").check()
        person.press("Approve the report")
    visitor = meet(script=script)
    assert visitor.page.request.get(f"{visitor.site}{RESULT}").status == 404
    coordinator.open(f"{REPORT}/publication")
    coordinator.page.get_by_label("Your password, once more").fill(DEMO_PASSWORD)
    coordinator.press("Publish the report")
    coordinator.sees("This is what everybody reads.")
    coordinator.look()

    visitor.open("/")
    visitor.follow("Charter review 2026")
    visitor.follow("Ανεμόπολη")
    visitor.sees("Keep both desks open.")
    visitor.open(f"{RESULT}/editions/1")
    coordinator.open(f"{REPORT}/correction")
    coordinator.page.get_by_label("What is wrong?").fill("The name of the desk.")
    coordinator.press("Open the report for a correction")
    leader.open(REPORT)
    leader.sees("Why it is corrected: The name of the desk.")
    leader.open(f"{REPORT}/print")
