"""Colleagues: one is invited, joins, gets a commitment, asks; two are on one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from webapp.clock import BRUSSELS, now

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
CITY = "/rounds/2026/vinterhamra"


def test_a_colleague_joins_sees_the_own_commitment_and_asks_the_lead(meet):
    lead = meet(LEAD)
    lead.open(CITY)
    lead.follow("Colleagues and their parts")
    lead.page.get_by_label("E-mail address").fill("ana@vinterhamra.example")
    lead.page.get_by_label("Name", exact=True).fill("Ana Ruiz")
    lead.page.get_by_label("Sees only the parts that are given to them").check()
    lead.press("Invite")
    lead.sees("Give Ana Ruiz this link")
    lead.look()
    link = lead.page.get_by_label("Link to the invitation").input_value()

    ana = meet()
    ana.open(link.removeprefix(ana.site))
    ana.sees("Johan Ekdahl asks you to help Vinterhamra as a contributor.")
    ana.page.get_by_label("Choose a password").fill("short")
    ana.press("Accept and begin")
    ana.sees("A password has at least 12 characters.")
    ana.look()
    ana.page.get_by_label("Choose a password").fill("three words nobody guesses")
    ana.press("Accept and begin")
    ana.sees("No part of this assessment is given to you yet.")
    ana.look()

    lead.open(f"{CITY}/colleagues")
    lead.go(lead.page.get_by_role("link", name="Parts and rights of Ana Ruiz"))
    lead.look()
    lead.page.get_by_label("Role or commitment").select_option("EM2")
    day = now().astimezone(BRUSSELS) + timedelta(days=7)
    for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        lead.page.get_by_label(label, exact=True).fill(str(part))
    lead.press("Give this part")
    lead.sees("The part is given to Ana Ruiz.")
    lead.look()

    ana.open(f"{CITY}?show=mine")
    ana.sees("All (4)")
    ana.sees(f"until {day.day} ")
    expect(ana.page.get_by_text("PM1.1")).to_have_count(0)
    ana.follow("EM2.3 Pay, contracts and careers compared")
    ana.page.get_by_label("New note").fill("Who holds the pay comparison?")
    ana.page.get_by_label("Johan Ekdahl").check()
    ana.press("Add the note")
    ana.sees("Your note is there.")

    lead.open(CITY)
    lead.sees("EM2.3: Who holds the pay comparison?")
    lead.page.get_by_role("link", name="EM2.3: Who holds the pay comparison?").click()
    resolve = lead.page.get_by_role("button", name="Resolve the note of Ana Ruiz")
    lead.go(resolve)
    lead.sees("The note is resolved.")
    lead.look()


def test_two_people_on_one_statement_see_each_other(meet):
    lead, ana = meet(LEAD), meet(CONTRIBUTOR)
    with lead.page.expect_response(lambda answer: answer.url.endswith("/presence")):
        lead.open(f"{CITY}/statements/PM1.1")

    ana.open(f"{CITY}/statements/PM1.1")
    ana.sees("Johan Ekdahl is on this statement")

    # The next heartbeat, and not only the next page, brings the answer.
    lead.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    lead.sees("Elsa Nordgren is on this statement")
    lead.look()


def test_the_same_works_without_a_script(meet):
    lead, ana = meet(LEAD, script=False), meet(CONTRIBUTOR)
    with ana.page.expect_response(lambda answer: answer.url.endswith("/presence")):
        ana.open(f"{CITY}/statements/PM1.1")
    lead.open(f"{CITY}/statements/PM1.1")
    lead.sees("Elsa Nordgren is on this statement")
    lead.page.get_by_label("New note").fill("Said without a script.")
    lead.press("Add the note")
    lead.sees("Said without a script.")
    lead.open(CITY)
    lead.page.get_by_role("link", name="Mine (").click()
    lead.sees("All (54)")
