"""A city decides whether public figures bear its name."""

from __future__ import annotations

import pytest

from tests.browser import Browser, words
from webapp.demonstration import DEMO_PASSWORD

OPEN = {"round_slug": "2026", "city_slug": "svetlobryag"}
PUBLIC = {"round_slug": "2024", "city_slug": "vinterhamra"}
SIGNATORY = "signatory.svetlobryag@example.org"


def sign(browser, choice, where=OPEN, **rest):
    form = {"choice": choice, "password": DEMO_PASSWORD, "shown": ""}
    return browser.post("consents.sign", form | rest, **where)


def page_of(email, where=OPEN):
    return words(Browser(email[0], email[1]).get("consents.show_consent", **where))


def test_a_signatory_reads_what_each_choice_means_and_signs_one(demo):
    signatory = Browser(demo, SIGNATORY)
    before = words(signatory.get("consents.show_consent", **OPEN))

    answers = [sign(signatory, "named") for _ in range(2)]

    assert "What holds now: In groups only. Nobody has decided yet" in before
    assert "Светлобряг: 62 of 100 points as a policy maker" in before
    assert "Mean of 12 cities as policy makers: 58 of 100 points" in before
    assert "No benchmark of this round is frozen yet." in before
    assert [one.status_code for one in answers] == [303, 303]
    for email in (SIGNATORY, "lead.svetlobryag@example.org", "coordinator@example.org"):
        after = page_of((demo, email))
        assert "What holds now: By name." in after
        assert after.count("By name, Ivan Kolarov, ") == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"choice": "named", "password": "wrong password"}, "This is not your password."),
        ({"choice": "named", "password": ""}, "Enter your password."),
        ({"choice": "both"}, "Choose one of the two."),
        ({"choice": ""}, "Choose one of the two."),
    ],
)
def test_nothing_is_signed_without_a_choice_and_the_password(demo, given, message):
    signatory = Browser(demo, SIGNATORY)

    answer = signatory.post("consents.sign", {"password": DEMO_PASSWORD} | given, **OPEN)

    assert answer.status_code == 422
    assert message in words(answer)
    assert "Nobody has decided yet" in words(signatory.get("consents.show_consent", **OPEN))


def test_a_page_that_is_older_than_the_last_decision_decides_nothing(demo):
    signatory = Browser(demo, SIGNATORY)
    sign(signatory, "named")

    answer = sign(signatory, "group", shown="")

    assert answer.status_code == 409
    assert "has decided meanwhile" in words(answer)
    assert "What holds now: By name." in words(answer)


def test_a_lead_and_a_coordinator_read_and_do_not_decide(demo):
    for email in ("lead.svetlobryag@example.org", "coordinator@example.org"):
        browser = Browser(demo, email)

        page, answer = browser.get("consents.show_consent", **OPEN), sign(browser, "named")

        assert "The signatory of the city decides." in words(page)
        assert answer.status_code == 403


def test_once_figures_are_public_the_page_says_that_they_stay(demo):
    page = page_of((demo, "signatory.vinterhamra@example.org"), PUBLIC)

    assert (
        "Snapshot 1, frozen on 27 January 2025, 15:10 (Brussels), holds the city by name." in page
    )
    assert "figures with the name of the city are public. What is public stays" in page


def test_the_task_list_leads_there_once_the_city_has_signed(demo):
    lead = Browser(demo, "lead.svetlobryag@example.org").get("/rounds/2026/svetlobryag").text
    early = Browser(demo, "lead.sint-willibrord@example.org").get("/rounds/2026/sint-willibrord")

    assert 'href="/rounds/2026/svetlobryag/consent"' in lead
    assert "/consent" not in early.text
