"""The coordinator's story: from a new round to the dashboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

COORDINATOR = "coordinator@example.org"


def fill_date(person, name, day, month, year):
    for part, value in (("day", day), ("month", month), ("year", year)):
        person.page.locator(f"#{name}-{part}").fill(value)


@pytest.mark.parametrize("script", [True, False])
def test_a_round_is_prepared_and_opened_and_its_city_starts(meet, script):
    coordinator = meet(COORDINATOR, script=script)
    coordinator.look()
    coordinator.follow("Prepare a new round")
    coordinator.page.get_by_label("Title").fill("Charter review 2028")
    coordinator.page.locator("#slug").fill("2028")
    fill_date(coordinator, "answers_due", "30", "4", "2028")
    fill_date(coordinator, "reviews_due", "31", "2", "2028")
    coordinator.press("Prepare the round")
    coordinator.look()
    expect(coordinator.page.locator("#slug")).to_have_value("2028")
    fill_date(coordinator, "reviews_due", "31", "7", "2028")
    coordinator.press("Prepare the round")
    coordinator.sees("Charter review 2028")
    coordinator.look()
    coordinator.open("/rounds/2028/set-up")
    coordinator.page.locator("select").first.select_option(label="Roccamirna (IT)")
    coordinator.press("Add")
    coordinator.look()
    coordinator.open("/rounds/2028")
    coordinator.press("Open the round")
    coordinator.sees("Roccamirna")
    coordinator.look()

    officer = meet("contributor.roccamirna@example.org", script=script)

    officer.sees("Roccamirna, Charter review 2028")
    officer.sees("30 April 2028, 23:59 (Brussels)")


def test_reviewers_are_invited_and_the_review_is_opened(meet):
    coordinator = meet(COORDINATOR)
    coordinator.open("/rounds/2026")
    coordinator.open("/rounds/2026/brzozogrod/reviewers")
    options = coordinator.page.locator("#reviewer option").all_inner_texts()
    assert options
    assert not [one for one in options if "Brzozogród" in one]
    coordinator.page.locator("#reviewer").select_option(index=1)
    coordinator.page.locator("#lead").check()
    coordinator.press("Invite")
    coordinator.look()
    coordinator.page.locator("#reviewer").select_option(index=1)
    coordinator.press("Invite")

    coordinator.press("Open the review")

    coordinator.sees("Under review")
    coordinator.look()


def test_a_signed_assessment_is_sent_back_with_a_reason(meet):
    coordinator = meet(COORDINATOR)
    coordinator.open("/rounds/2026/brzozogrod/versions/1")
    coordinator.page.get_by_text("Send back to the city").click()
    coordinator.page.get_by_label("Reason").fill("Three answers name no evidence.")
    coordinator.press("Send back")
    coordinator.look()

    officer = meet("lead.brzozogrod@example.org")
    officer.open("/rounds/2026/brzozogrod")

    officer.sees("Three answers name no evidence.")


def test_everyone_reads_the_public_pages_and_the_questionnaire_can_be_printed(meet):
    visitor = meet()
    for path in ("/", "/charter", "/help", "/sign-in"):
        visitor.open(path)
    coordinator = meet(COORDINATOR)
    for path in ("/instruments", "/instruments/charter-2010/1", "/account", "/rounds"):
        coordinator.open(path)
