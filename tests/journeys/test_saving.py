"""Nothing typed is ever lost: what a person sees and what is stored when saving goes wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from models import Answer, Assessment, AssessmentState, City, Round, SignIn
from tests.faults.serving import Server
from tests.journeys.people import Person
from webapp.clock import now
from webapp.extensions import db

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    # It is the browser that is looked at; tests/faults has both databases.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
CITY = "/rounds/2026/vinterhamra"
STATEMENT = f"{CITY}/statements/EM2.3"
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('cityreview:')).length"
LABEL = "What shows this?"


def box(person):
    return person.page.get_by_label(LABEL)


def type_more(person, text):
    """Type at the end, as a person does, key by key."""
    box(person).press("Control+End")
    person.page.keyboard.type(text)


def stored(demo, code="EM2.3"):
    """The city's text and how often it was saved."""
    with demo.app_context():
        return db.session.execute(
            select(Answer.text, Answer.number)
            .join(Answer.assessment)
            .join(Assessment.city)
            .join(Assessment.round)
            .where(
                City.slug == "vinterhamra",
                Round.slug == "2026",
                Answer.statement_id == _statement_id(code),
            )
        ).one_or_none()


def _statement_id(code):
    from webapp.loaders import questionnaire

    round_ = db.session.scalars(select(Round).where(Round.slug == "2026")).one()
    return questionnaire(round_).statement(code).id


def on_patch(person, answer, times=1):
    """Let something else than the server answer the next saves."""
    person.page.route("**/statements/*", answer, times=times)


def another_window(person):
    """The same person's second window."""
    second = Person.__new__(Person)
    second.__dict__ |= person.__dict__ | {"page": person.context.new_page()}
    second.page.set_default_timeout(10_000)
    return second


def test_a_server_that_is_killed_between_keystrokes_costs_nothing(demo_url, tmp_path, chromium):
    server = Server(demo_url, tmp_path)
    server.start()
    lead = Person(chromium.new_context(), server.address, script=True)
    try:
        lead.sign_in(LEAD)
        lead.open(STATEMENT)
        box(lead).fill("Before, ")
        lead.sees_state("Saved")
        type_more(lead, "during")
        server.kill()
        type_more(lead, " and after.")
        lead.sees_state("Not saved: no connection.")
        lead.sees_state("Your text is kept in this browser and will be sent again.")
        lead.look()

        server.start()

        lead.sees_state("Saved")
        lead.page.reload()
        expect(box(lead)).to_have_value("Before, during and after.")
        assert lead.page.evaluate(KEPT) == 0
    finally:
        lead.leave()
        server.kill()


def test_a_service_that_is_away_is_tried_again_when_it_said_so(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    asked = []

    def away(route):
        asked.append(route.request.post_data_json["key"])
        route.fulfill(status=503, headers={"Retry-After": "3"}, body="<h1>Away</h1>")

    on_patch(lead, away)
    begun = lead.page.evaluate("performance.now()")
    box(lead).fill("Typed during a restart.")
    lead.sees_state("Not saved: the service does not answer just now.")
    with lead.page.expect_request(lambda one: one.method == "PATCH") as again:
        pass

    assert again.value.post_data_json["key"] == asked[0]
    assert lead.page.evaluate("performance.now()") - begun > 3000
    lead.sees_state("Saved")
    assert stored(demo) == ("Typed during a restart.", 1)


def test_a_refused_token_is_replaced_and_the_save_repeated_once(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    statuses = []
    lead.page.on(
        "response",
        lambda one: one.request.method == "PATCH" and statuses.append(one.status),
    )
    lead.page.evaluate("document.body.dataset.token = 'of an earlier session'")

    box(lead).fill("With an old token.")

    lead.sees_state("Saved")
    assert (statuses, stored(demo)) == ([400, 200], ("With an old token.", 1))


def test_the_way_to_sign_in_again_is_where_the_text_waits(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    with demo.app_context():
        db.session.execute(update(SignIn).values(ended_at=now()))
        db.session.commit()
    box(lead).fill("Typed after the sign-in had ended.")
    lead.sees_state("Not saved: you are signed out.")
    lead.look()

    with lead.context.expect_page() as opened:
        lead.page.get_by_role("link", name="Sign in in another window").click()
    other = another_window(lead)
    other.page.close()
    other.page = opened.value
    other.page.get_by_label("E-mail address").fill(LEAD)
    other.page.get_by_label("Password", exact=True).fill("integrating-cities")
    other.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(other.page).to_have_url(re.compile("EM2.3"))

    lead.sees_state("Saved")
    assert stored(demo) == ("Typed after the sign-in had ended.", 1)


def test_nothing_is_sent_in_the_name_of_somebody_else(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    with demo.app_context():
        db.session.execute(update(SignIn).values(ended_at=now()))
        db.session.commit()
    other = another_window(lead)
    other.sign_in(CONTRIBUTOR)
    expect(other.page.get_by_role("heading", name="My tasks")).to_be_visible()

    box(lead).fill("By the lead.")

    lead.sees_state("somebody else is signed in in this browser")
    assert stored(demo) is None


def test_an_answer_that_was_lost_on_its_way_is_asked_for_again_and_counts_once(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)

    def lose(route):
        route.fetch()
        route.abort()

    on_patch(lead, lose)
    box(lead).fill("Stored, but nobody said so.")

    lead.sees_state("Saved")
    assert stored(demo) == ("Stored, but nobody said so.", 1)


def test_what_a_colleague_wrote_in_between_is_not_written_over_by_a_repeated_save(meet, demo):
    lead, contributor = meet(LEAD), meet(CONTRIBUTOR)
    lead.open(STATEMENT)

    def lose(route):
        route.fetch()
        contributor.open(STATEMENT)
        box(contributor).fill("Rewritten by a colleague.")
        contributor.sees_state("Saved")
        box(lead).fill("First, and typed on.")
        route.abort()

    on_patch(lead, lose)
    box(lead).fill("First")

    lead.sees_state("somebody else changed the same text")
    assert stored(demo) == ("Rewritten by a colleague.", 2)
    lead.press("Keep mine")
    lead.sees_state("Saved")
    assert stored(demo) == ("First, and typed on.", 3)


def test_two_texts_are_shown_with_their_differences_and_can_be_put_together(meet, demo):
    lead, contributor = meet(LEAD), meet(CONTRIBUTOR)
    for person in (lead, contributor):
        person.open(STATEMENT)
    box(lead).fill("Pay is compared each year.")
    lead.sees_state("Saved")
    box(contributor).fill("Pay is compared by the personnel office.")
    contributor.sees_state("somebody else changed the same text")
    contributor.look()
    dialogue = contributor.page.locator("[data-clash-dialogue]")
    expect(dialogue.get_by_role("heading", name=LABEL)).to_be_visible()
    expect(dialogue.locator("del")).to_have_text("only in what is stored: each year.")
    expect(dialogue.locator("ins")).to_have_text("only in yours: by the personnel office.")
    expect(box(contributor)).to_be_focused()

    # What is typed while the two are compared goes on counting.
    type_more(contributor, " Twice.")
    expect(dialogue.locator("ins")).to_have_text("only in yours: by the personnel office. Twice.")
    assert stored(demo) == ("Pay is compared each year.", 1)
    contributor.press("Put both into the form")

    contributor.sees_state("Saved")
    expect(dialogue).to_have_count(0)
    both = "Pay is compared each year. by the personnel office. Twice."
    expect(box(contributor)).to_have_value(both)
    assert stored(demo) == (both, 2)


def test_a_dialogue_that_was_left_open_comes_back_with_its_page(meet, demo):
    lead, contributor = meet(LEAD), meet(CONTRIBUTOR)
    for person in (lead, contributor):
        person.open(STATEMENT)
    box(lead).fill("By the lead.")
    lead.sees_state("Saved")
    box(contributor).fill("By the contributor.")
    contributor.sees_state("somebody else changed the same text")

    contributor.page.reload()

    contributor.sees_state("somebody else changed the same text")
    expect(box(contributor)).to_have_value("By the contributor.")
    contributor.press("Take what is stored")
    contributor.sees_state("Saved")
    assert (stored(demo), contributor.page.evaluate(KEPT)) == (("By the lead.", 1), 0)


def test_two_windows_of_one_person_do_not_lose_each_others_text(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    second = another_window(lead)
    second.open(STATEMENT)
    lead.context.set_offline(True)
    box(lead).fill("In the first window.")
    lead.sees_state("Not saved: no connection.")
    second.choose("2")
    second.sees_state("Not saved: no connection.")
    assert lead.page.evaluate(KEPT) == 2
    second.page.close()
    lead.page.close()
    lead.context.set_offline(False)

    lead.page = lead.context.new_page()
    lead.open(STATEMENT)

    expect(box(lead)).to_have_value("In the first window.")
    expect(lead.page.locator("input[name=mark][value='2']")).to_be_checked()
    lead.sees_state("Saved")
    assert lead.page.evaluate(KEPT) == 0
    assert stored(demo) == ("In the first window.", 2)


def test_a_full_store_is_said_and_the_text_is_sent_all_the_same(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    lead.page.evaluate("""() => {
        for (let size = 1 << 20; size >= 1; size >>= 1) {
            try {
                for (;;) localStorage.setItem(`full-${size}-${Math.random()}`, "x".repeat(size));
            } catch {}
        }
    }""")
    lead.context.set_offline(True)

    box(lead).fill("No room for this.")

    lead.sees_state("Keep this page open: your text is only here")
    lead.context.set_offline(False)
    lead.sees_state("Saved")
    assert stored(demo) == ("No room for this.", 1)


def test_a_text_that_is_far_too_long_is_refused_with_the_reason(meet):
    lead = meet(LEAD)
    lead.open(STATEMENT)

    box(lead).fill("é" * 70_000)

    lead.sees_state("Not saved: This text has 70000 characters; at most 10000 can be kept.")


def test_the_button_does_not_lose_what_it_cannot_send(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    box(lead).fill("By the button.")
    lead.press("Save")
    lead.sees("EM2.3 is saved.")
    lead.page.wait_for_load_state()
    lead.context.set_offline(True)
    type_more(lead, " Twice.")

    lead.press("Save")

    lead.sees_state("Not saved: no connection.")
    lead.context.set_offline(False)
    lead.sees_state("Saved")
    assert stored(demo) == ("By the button. Twice.", 2)


def test_a_text_that_comes_too_late_is_shown_until_it_is_thrown_away(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    lead.context.set_offline(True)
    box(lead).fill("Typed in a train.")
    lead.sees_state("Not saved: no connection.")
    lead.page.close()
    with demo.app_context():
        db.session.execute(update(Assessment).values(state=AssessmentState.LOCKED))
        db.session.commit()
    lead.context.set_offline(False)
    lead.page = lead.context.new_page()

    lead.open("/help")

    lead.sees("Something you typed is not stored")
    lead.sees("Typed in a train.")
    lead.look()
    lead.press("Throw this text away")
    expect(lead.page.get_by_text("Something you typed is not stored")).to_be_hidden()
    assert lead.page.evaluate(KEPT) == 0


def test_signing_out_sends_what_was_just_typed_and_keeps_nothing(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    box(lead).fill("Typed in the last moment.")

    lead.page.get_by_role("button", name="Sign out").click()

    expect(lead.page.get_by_role("heading", level=1)).to_contain_text("How fair is your city")
    assert (lead.page.evaluate(KEPT), stored(demo)) == (0, ("Typed in the last moment.", 1))
    lead.page.go_back()
    expect(lead.page.get_by_label("E-mail address")).to_be_visible()
    expect(box(lead)).to_have_count(0)


def test_signing_out_asks_before_it_throws_away_and_then_no_window_keeps_anything(meet, demo):
    lead = meet(LEAD)
    lead.open(STATEMENT)
    second = another_window(lead)
    second.open(f"{CITY}/statements/BU2.2")
    lead.page.bring_to_front()
    lead.page.route("**/statements/*", lambda route: route.abort())
    box(lead).fill("Never stored.")
    lead.sees_state("Not saved: no connection.")
    lead.page.get_by_role("button", name="Sign out").click()  # and no to the question
    lead.sees_state("Not saved: no connection.")
    assert lead.page.evaluate(KEPT) == 1

    lead.page.once("dialog", lambda dialog: dialog.accept())
    lead.page.get_by_role("button", name="Sign out").click()

    expect(lead.page.get_by_role("heading", level=1)).to_contain_text("How fair is your city")
    second.page.bring_to_front()
    box(second).fill("Typed after signing out in the other window.")
    second.sees_state("Not saved: you are signed out. Keep this page open")
    assert lead.page.evaluate("Object.keys(localStorage)") == []
    assert (stored(demo), stored(demo, "BU2.2")) == (None, None)


def test_a_page_that_the_back_button_brings_back_is_asked_for_anew(meet):
    lead = meet(LEAD)
    lead.open(STATEMENT)

    with lead.page.expect_navigation():
        lead.page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
        )
