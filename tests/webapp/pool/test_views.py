"""A reviewer's own profile: written, refused, and a former employer who ends every right."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    City,
    Conflict,
    ConflictKind,
    PlannedSeat,
    ReviewerProfile,
    ReviewSubmission,
    User,
)
from tests.browser import Browser, words
from tests.builders import a_reviewer, a_round, an_assessment, an_assignment, store
from webapp.extensions import db

REVIEWER = "reviewer.roccamirna@example.org"
GOOD = {
    "languages": ["it", "pt"],
    "roles": ["buyer"],
    "capacity": "2",
    "earlier_reviews": "5",
}


def profile(demo, email=REVIEWER):
    rows = select(
        ReviewerProfile.languages,
        ReviewerProfile.roles,
        ReviewerProfile.capacity,
        ReviewerProfile.earlier_reviews,
    ).join(ReviewerProfile.user)
    with demo.app_context():
        return tuple(db.session.execute(rows.where(User.email == email)).one())


def conflicts(demo, email=REVIEWER):
    rows = select(City.slug, Conflict.kind, Conflict.reason).join(Conflict.city)
    with demo.app_context():
        found = db.session.execute(rows.join(Conflict.user).where(User.email == email))
        return [tuple(row) for row in found]


def handed_in(demo, email=REVIEWER):
    rows = select(ReviewSubmission.id).join(ReviewSubmission.assignment).join(Assignment.reviewer)
    with demo.app_context():
        return len(db.session.scalars(rows.where(User.email == email)).all())


def test_the_own_profile_is_shown_and_written(demo):
    browser = Browser(demo, REVIEWER)
    page = browser.get("pool.show_profile")

    answer = browser.post("pool.write_profile", GOOD)

    assert (answer.status_code, answer.location) == (303, "/reviewer-profile")
    assert profile(demo) == ("it,pt", "buyer", 2, 5)
    assert f"Reviews handed in here {handed_in(demo)}" in words(page)
    chosen = set(re.findall(r'value="([a-z-]+)" checked', page.text))
    assert chosen == {"it", "en", "es", "mt", "service-provider"}
    assert 'href="/reviewer-profile"' in browser.get("home.show_home").text


def test_a_reviewer_without_a_profile_begins_with_three_cities(app):
    with app.app_context():
        reviewer = a_reviewer()
        task = an_assignment(of=an_assessment(round=a_round()), reviewer=reviewer)
        store(db.session, task)
        db.session.commit()
        email = reviewer.email
    browser = Browser(app, email)

    page = browser.get("pool.show_profile")
    stored = browser.post("pool.write_profile", {"capacity": "1", "earlier_reviews": "0"})

    assert re.search(r'name="capacity"[^>]*value="3"', page.text)
    assert stored.status_code == 303
    assert profile(app, email) == ("", "", 1, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"capacity": "11"}, "Enter a number from 0 to 10."),
        ({"capacity": "two"}, "Enter a number from 0 to 10."),
        ({"capacity": "-1"}, "Enter a number from 0 to 10."),
        ({"earlier_reviews": ""}, "Enter a number from 0 to 99."),
        ({"earlier_reviews": "9" * 40}, "Enter a number from 0 to 99."),
        ({"languages": ["xx"]}, "Choose languages from the list."),
        ({"roles": ["mayor"]}, "Choose roles from the list."),
        ({"roles": ["a\0b"]}, "Choose roles from the list."),
    ],
)
def test_what_cannot_be_stored_is_shown_again_with_the_reason(demo, change, says):
    before = profile(demo)

    page = Browser(demo, REVIEWER).post("pool.write_profile", {**GOOD, **change})

    assert (page.status_code, says in words(page)) == (422, True)
    assert profile(demo) == before
    if "roles" not in change:
        assert re.search(r'value="buyer"[^>]* checked', page.text)


def test_a_former_employer_is_stated_and_a_running_review_of_it_ends(demo):
    email = "reviewer.anemopoli@example.org"
    reviewer = Browser(demo, email)
    with demo.app_context():
        rows = select(Assignment).join(Assignment.reviewer).join(Assignment.assessment)
        city = Assessment.city.has(City.slug == "vilarmonde")
        found = rows.where(User.email == email, city).order_by(Assignment.id.desc())
        task = db.session.scalars(found).first().id
    assert reviewer.get("reviewing.show_review", assignment_id=task).status_code == 200

    answer = reviewer.post(
        "pool.state_employer", {"city": "vilarmonde", "reason": "I ran its libraries."}
    )

    assert answer.status_code == 303
    assert conflicts(demo, email) == [
        ("vilarmonde", ConflictKind.FORMER_EMPLOYER, "I ran its libraries.")
    ]
    assert reviewer.get("reviewing.show_review", assignment_id=task).status_code == 404
    with demo.app_context():
        assert db.session.get_one(Assignment, task).state is AssignmentState.RECUSED
    page = words(reviewer.get("pool.show_profile"))
    assert "Vilarmonde You worked there before" in page
    assert "I ran its libraries." in page


def test_whoever_is_planned_for_a_former_employer_is_planned_no_more_and_learns_nothing(demo):
    form = {"city": "hal-qamrija", "reason": "Long ago."}
    planned = Browser(demo, "reviewer.puertalba@example.org")
    other = Browser(demo, "reviewer.vilarmonde@example.org")

    pages = [
        words(browser.get(browser.post("pool.state_employer", form).location))
        for browser in (planned, other)
    ]

    with demo.app_context():
        assert db.session.scalars(select(PlannedSeat)).all() == []
    told = [re.search(r"You will not be asked to review [^.]+\.", page).group() for page in pages]
    assert told == ["You will not be asked to review Ħal Qamrija."] * 2
    assert not [page for page in pages if "planned" in page.lower()]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"city": "", "reason": "Long ago."}, "Choose a city from the list."),
        ({"city": "atlantis", "reason": "Long ago."}, "Choose a city from the list."),
        ({"city": "roccamirna", "reason": "Long ago."}, "Choose a city from the list."),
        ({"city": "puertalba", "reason": " "}, "Give a reason."),
        ({"city": "puertalba", "reason": "a\0b"}, "cannot be stored"),
        ({"city": "puertalba", "reason": "x" * 10_001}, "at most 10000 can be kept"),
    ],
)
def test_a_former_employer_that_cannot_be_stated_is_shown_again(demo, form, says):
    page = Browser(demo, REVIEWER).post("pool.state_employer", form)

    assert (page.status_code, says in words(page)) == (422, True)
    assert conflicts(demo) == []
    if form["reason"] == "Long ago.":
        assert "Long ago." in page.text


@pytest.mark.parametrize("who", ["lead.roccamirna", "coordinator", "admin"])
def test_who_does_not_review_has_no_such_profile(demo, who):
    browser = Browser(demo, f"{who}@example.org")

    answers = [
        browser.get("pool.show_profile").status_code,
        browser.post("pool.write_profile", GOOD).status_code,
        browser.post("pool.state_employer", {}).status_code,
    ]

    assert answers == [404] * 3
    assert 'href="/reviewer-profile"' not in browser.get("home.show_home").text


def test_the_reason_of_a_conflict_is_for_nobody_else(demo):
    reason = "A word that only its writer reads."
    Browser(demo, REVIEWER).post("pool.state_employer", {"city": "eichmunde", "reason": reason})

    pages = [
        Browser(demo, "coordinator@example.org").get(endpoint, **values).text
        for endpoint, values in (
            ("assigning.show_assignments", {"round_slug": "2026"}),
            ("assigning.show_seats", {"round_slug": "2026", "city_slug": "eichmunde"}),
            ("rounds.show_team", {"round_slug": "2026", "city_slug": "eichmunde"}),
        )
    ]

    assert [page for page in pages if reason in page] == []
    assert "worked for this city before" in pages[1]
