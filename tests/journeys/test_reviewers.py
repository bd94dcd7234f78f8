"""The reviewers' story: each scores alone, then the team agrees."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LEADER, SECOND = "reviewer.clairvaumont@example.org", "reviewer.vilarmonde@example.org"
CONSENSUS = "/rounds/2026/tahtisalmi/consensus"


def finish_scoring(person):
    """Score what is left from the task list, then submit."""
    person.follow("Tähtisalmi, Charter review 2026")
    while person.page.get_by_role("link", name="Go on with").count():
        person.follow("Go on with")
        code = person.page.url.rsplit("/", 1)[1]
        person.choose("3")
        person.page.get_by_label("What makes you think so?").fill(f"My own reading of {code}.")
        if person.script:
            person.sees_state("Saved")
        else:
            person.press("Save")
        person.go(person.page.get_by_role("link", name="Review of Tähtisalmi"))
    person.look()
    person.follow("Look over and submit")
    person.press("Submit my review")
    person.look()


@pytest.mark.parametrize("script", [True, False])
def test_two_reviewers_score_alone_and_the_lead_closes_the_consensus(meet, script):
    second = meet(SECOND, script=script)
    finish_scoring(second)
    second.open("/")
    expect(second.page.locator(f"a[href='{CONSENSUS}']")).to_have_count(0)
    hidden = second.page.request.get(f"{second.site}{CONSENSUS}")
    assert hidden.status == 409

    leader = meet(LEADER, script=script)
    finish_scoring(leader)
    leader.press("Open the consensus")
    leader.look()
    leader.press("Take over where all agree")
    leader.look()
    leader.follow("Widest disagreement still open")
    while not leader.page.url.endswith("/consensus"):
        _agree_on_one(leader)
    leader.look()
    leader.press("I agree with the levels shown here")
    second.open(CONSENSUS)
    second.page.get_by_text("I do not agree").click()
    second.page.get_by_label("What do you not agree with?").fill("Housing is judged too mildly.")
    second.press("Record my dissent")
    second.sees("Housing is judged too mildly.")
    leader.open(CONSENSUS)
    leader.sees("Housing is judged too mildly.")
    leader.press("Close the consensus")

    leader.look()
    leader.sees("The agreed levels do not change any more.")


def _agree_on_one(person):
    """Agree on a level, then go on to the next open statement, or back when there is none."""
    person.choose("2")
    person.page.get_by_label("Why this level?").fill("Settled by the second document.")
    if person.script:
        person.sees_state("Saved")
    else:
        person.press("Save")
    onward = person.page.locator("main a", has_text="Next without an agreed level")
    back = person.page.get_by_role("link", name="Consensus on Tähtisalmi")
    person.go(onward if onward.count() else back)


def test_an_invited_reviewer_declares_to_be_free_of_conflict_and_accepts(meet):
    invited = meet("reviewer.svetlobryag@example.org")
    invited.look()
    invited.follow("Vilarmonde, Charter review 2026")
    invited.press("Accept the review")
    invited.look()
    invited.page.get_by_label("I have no conflict of interest").check()

    invited.press("Accept the review")

    invited.sees("0 of 54 statements are scored")
    invited.look()


def test_a_reviewer_who_declares_a_conflict_loses_the_review_at_once(meet):
    reviewer = meet("reviewer.svetlobryag@example.org")
    reviewer.follow("Vilarmonde, Charter review 2026")
    address = reviewer.page.url
    reviewer.page.get_by_text("I have a conflict of interest", exact=True).click()
    box = reviewer.page.locator("#conflict_reason")
    box.fill("My sister works in the housing department there.")
    reviewer.page.locator("form", has=box).get_by_role("button").click()

    gone = reviewer.page.request.get(address)

    assert gone.status == 404


def test_single_keys_choose_and_lead_on_once_they_are_switched_on_and_never_while_typing(meet):
    person = meet(SECOND)
    page = person.page
    person.open("/")
    person.follow("Tähtisalmi, Charter review 2026")
    person.follow("Go on with")
    first = page.url
    page.keyboard.press("1")
    expect(page.locator("input[name=mark]:checked")).to_have_count(0)

    page.get_by_label("Use single keys on these pages").check()
    page.keyboard.press("1")
    expect(page.locator("input[name=mark][value='1']")).to_be_checked()
    person.sees_state("Saved")
    page.get_by_label("What makes you think so?").fill("")
    page.get_by_label("What makes you think so?").press_sequentially("n3 o")
    expect(page.locator("input[name=mark][value='1']")).to_be_checked()
    person.sees_state("Saved")
    page.locator("h1").click()
    page.keyboard.press("o")

    expect(page).not_to_have_url(first)
    expect(page.get_by_label("Use single keys on these pages")).to_be_checked()
    person.look()


def test_the_visit_and_a_verdict_are_noted_beside_the_answer(meet):
    person = meet(SECOND)
    page = person.page
    person.open("/")
    person.follow("Tähtisalmi, Charter review 2026")
    person.go(page.locator(".app-task-list a").first)
    while not page.locator(".app-evidence-list").count():
        person.go(page.locator("a[rel=next]"))
    page.get_by_text("After the visit", exact=True).click()
    page.get_by_label("What did the visit show?").fill("Three desks do it.")
    page.get_by_role("radio", name="Fairly sure").check()
    person.sees_state("Saved")
    page.locator(".app-evidence-list summary").last.click()
    page.get_by_role("radio", name="Partly: it shows some of it").last.check()
    person.look()

    person.press("Note what I found")

    person.sees("What I found: Partly: it shows some of it")
    expect(page.get_by_label("What did the visit show?")).to_have_value("Three desks do it.")
    person.look()
