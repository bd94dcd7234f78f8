"""A city replies to its report, and works on the recommendations of the one before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

WITH_CITY = "/rounds/2026/clairvaumont/report/reply"
PLAN = "/rounds/2024/sint-willibrord/plan"
OWN_WORDS = "The second desk opened in June."


@pytest.mark.parametrize("script", [True, False])
def test_a_city_replies_to_each_finding_and_signs_the_whole(meet, script):
    lead = meet("lead.clairvaumont@example.org", script=script)
    lead.open(WITH_CITY)
    lead.go(lead.page.locator("a[href$='/reply/4']"))
    lead.look()
    lead.page.get_by_label("What does the city reply?").fill(OWN_WORDS)
    if script:
        lead.sees_state("Saved")
    lead.press("Save")
    lead.sees("The reply to F4 is saved.")
    lead.follow("Previous finding")
    lead.sees("Finding 3 of")
    lead.open(WITH_CITY)
    lead.sees("findings have a reply")

    signatory = meet("signatory.clairvaumont@example.org", script=script)
    signatory.open(WITH_CITY)
    signatory.follow("Read and sign")
    signatory.sees(OWN_WORDS)
    signatory.page.get_by_label("Your password, once more").fill("integrating-cities")
    signatory.press("Sign the reply")
    signatory.sees("The reply is signed. The peers read it now.")
    signatory.look()

    lead.open(WITH_CITY)
    lead.sees("The reply does not change any more.")


@pytest.mark.parametrize("script", [True, False])
def test_a_recommendation_is_answered_carried_out_and_opens_the_next_round(meet, script):
    lead = meet("lead.sint-willibrord@example.org", script=script)
    lead.open(PLAN)
    lead.sees("The review of this plan is due since")
    lead.follow("Answer it")
    lead.page.get_by_label("Accepted", exact=True).check()
    lead.page.get_by_label("What does the city do, or why not?").fill("A desk in each district.")
    if script:
        lead.sees_state("Saved")
    lead.press("Save")
    lead.sees("Say who sees to it: a function or a name.")
    lead.look()
    expect(lead.page.get_by_label("What does the city do, or why not?")).to_have_value(
        "A desk in each district."
    )
    lead.page.get_by_label("Who sees to it?").fill("Head of housing")
    lead.page.get_by_label("Until which day?").fill("2030-06-30")
    if script:
        lead.sees_state("Saved")
    lead.press("Save")
    lead.sees("The answer to F")
    address = lead.page.url.removeprefix(lead.site)

    lead.page.get_by_label("Under way").check()
    lead.page.get_by_label("In a few words").fill("The first desk is open.")
    lead.press("Note the progress")
    lead.sees("The first desk is open.")
    lead.look()
    lead.open(f"{PLAN}?show=open")
    lead.sees("30 June 2030")

    coordinator = meet("coordinator@example.org", script=script)
    coordinator.open("/rounds/2024/plans")
    coordinator.sees("Due now")
    coordinator.open(address)
    coordinator.page.get_by_label("Under way").check()
    coordinator.page.get_by_label("In a few words").fill("We saw the first desk.")
    coordinator.press("Note the review")
    coordinator.sees("in the review by the peers or a coordinator")

    lead.open("/rounds/2026/sint-willibrord")
    lead.sees("Still open from Charter review 2024")
    lead.page.get_by_text("Under way").first.click()
    lead.sees("A desk in each district.")
    lead.look()
