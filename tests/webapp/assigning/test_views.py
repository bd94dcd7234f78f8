"""Assignments as coordinators make them, and as nobody else learns of them before."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from models import (
    Assessment,
    Assignment,
    AssignmentState,
    City,
    Conflict,
    Entry,
    Letter,
    PlannedSeat,
    Round,
    User,
)
from tests.browser import Browser, words
from tests.builders import (
    a_coordinator,
    a_round,
    a_seat,
    an_assessment,
    an_assignment,
    store,
)
from webapp.clock import now
from webapp.extensions import db

COORDINATOR, SECOND = "coordinator@example.org", "second.coordinator@example.org"
ROUND = {"round_slug": "2026"}
SIGNED = {"round_slug": "2026", "city_slug": "brzozogrod"}
DRAFTING = {"round_slug": "2026", "city_slug": "hal-qamrija"}
REVIEWED = {"round_slug": "2026", "city_slug": "vilarmonde"}
SURE = {"sure": "yes"}


def seats(demo, city=None):
    """Who is planned for which city, in the order of planning."""
    rows = (
        select(City.slug, User.email, PlannedSeat.lead, PlannedSeat.by_hand)
        .select_from(PlannedSeat)
        .join(PlannedSeat.assessment)
        .join(Assessment.city)
        .join(PlannedSeat.reviewer)
        .order_by(PlannedSeat.id)
    )
    with demo.app_context():
        found = [tuple(row) for row in db.session.execute(rows)]
    return [row for row in found if city in (None, row[0])]


def seat_id(demo, city):
    with demo.app_context():
        rows = select(PlannedSeat.id).join(PlannedSeat.assessment).join(Assessment.city)
        return str(
            db.session.scalars(rows.where(City.slug == city).order_by(PlannedSeat.id)).first()
        )


def team(demo, city):
    rows = (
        select(User.email, Assignment.lead, Assignment.state)
        .select_from(Assignment)
        .join(Assignment.reviewer)
        .join(Assignment.assessment)
        .join(Assessment.city)
        .join(Assessment.round)
        .where(City.slug == city, Round.slug == "2026")
        .order_by(Assignment.id)
    )
    with demo.app_context():
        return [tuple(row) for row in db.session.execute(rows)]


def number(demo, home):
    with demo.app_context():
        rows = select(User.id).where(User.email == f"reviewer.{home}@example.org")
        return db.session.scalars(rows).one()


def task_id(demo, city, home):
    with demo.app_context():
        rows = (
            select(Assignment.id)
            .join(Assignment.assessment)
            .join(Assessment.city)
            .join(Assessment.round)
            .where(City.slug == city, Round.slug == "2026")
            .where(Assignment.reviewer_id == number(demo, home))
        )
        return db.session.scalars(rows).one()


def tie(demo, local, city):
    """Let somebody have a conflict with a city."""
    with demo.app_context():
        person = db.session.scalars(select(User).where(User.email == f"{local}@example.org")).one()
        place = db.session.scalars(select(City).where(City.slug == city)).one()
        person.conflicts.append(Conflict(city=place, reason="A cousin.", declared_at=now()))
        db.session.commit()


def letters_to(demo):
    with demo.app_context():
        rows = select(Letter.to).where(Letter.kind == "review").order_by(Letter.to)
        return db.session.scalars(rows).all()


def test_the_page_shows_teams_plans_and_the_pool_and_of_a_conflict_only_the_city(demo):
    page = Browser(demo, COORDINATOR).get("assigning.show_assignments", **ROUND)

    said = words(page)
    assert "Álvaro Quesada, Puertalba, leads the team: Planned, not told (by hand)" in said
    assert "Friederike Lohmann, Eichmünde, leads the team: Submitted" in said
    assert "knows: Policy-maker, Employer, Buyer; has done 7 reviews" in said
    assert "Nobody in the team reads Maltese" in said
    assert "Still planned until the city has signed: Ħal Qamrija." in said
    assert "aan de Lee Dutch, English Policy-maker, Buyer has done 3 reviews" in said
    assert "housing office" not in page.text


def test_a_plan_is_there_for_nobody_else(demo):
    planned, lead = "reviewer.puertalba@example.org", "lead.hal-qamrija@example.org"
    people = [planned, lead, "reviewer.eichmunde@example.org", "admin@example.org"]

    answers = [
        Browser(demo, who).get(endpoint, **values).status_code
        for who in people
        for endpoint, values in (
            ("assigning.show_assignments", ROUND),
            ("assigning.show_seats", DRAFTING),
        )
    ]

    assert set(answers) == {404}
    assert "Qamrija" not in words(Browser(demo, planned).get("home.show_home"))
    assert "Quesada" not in Browser(demo, lead).get("home.show_home").text
    tasks = Browser(demo, lead).get("assessments.show_assessment", **DRAFTING)
    assert "Quesada" not in tasks.text


def test_the_page_where_reviewers_are_invited_at_once_holds_no_plan(demo):
    page = Browser(demo, COORDINATOR).get("rounds.show_team", **DRAFTING)

    assert "Nobody has been invited yet." in words(page)


def test_a_proposal_fills_the_cities_and_tells_nobody(demo):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("assigning.propose", **ROUND)

    there = seats(demo)
    proposed = [row for row in there if not row[3]]
    cities = {"vinterhamra", "roccamirna", "hal-qamrija", "sint-willibrord", "eichmunde"}
    assert answer.status_code == 303
    assert {row[0] for row in proposed} == cities | {"brzozogrod"}
    assert {city: len(seats(demo, city)) for city in cities} == dict.fromkeys(cities, 2)
    assert {sum(row[2] for row in seats(demo, city)) for city in cities} == {1}
    assert seats(demo, "hal-qamrija")[0][1:] == ("reviewer.puertalba@example.org", True, True)
    assert not [row for row in there if row[1].split("@")[0] == f"reviewer.{row[0]}"]
    assert (team(demo, "brzozogrod"), letters_to(demo)) == ([], [])


def test_a_proposal_for_full_teams_adds_nothing_and_says_so(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.propose", **ROUND)
    before = seats(demo)

    browser.post("assigning.propose", **ROUND)

    assert seats(demo) == before
    page = words(browser.get("assigning.show_assignments", **ROUND))
    assert "No seat could be added. See what is missing below." in page


def test_a_city_is_staffed_by_hand(demo):
    browser = Browser(demo, COORDINATOR)
    first, second = number(demo, "roccamirna"), number(demo, "anemopoli")

    browser.post("assigning.add_seat", {"reviewer": first, "lead": "y"}, **SIGNED)
    browser.post("assigning.add_seat", {"reviewer": second}, **SIGNED)
    browser.post("assigning.remove_seat", {"seat": seat_id(demo, "brzozogrod")}, **SIGNED)
    led = browser.post("assigning.make_lead", {"seat": seat_id(demo, "brzozogrod")}, **SIGNED)

    assert led.status_code == 303
    assert seats(demo, "brzozogrod") == [
        ("brzozogrod", "reviewer.anemopoli@example.org", True, True)
    ]
    page = words(browser.get("assigning.show_seats", **SIGNED))
    assert "1 reviewer is missing" in page
    assert "Nobody in the team reads Polish" in page
    assert "Giorgos Anastasiou is planned to lead the team." in page


def test_why_somebody_cannot_be_chosen_is_said_and_they_are_not_offered(demo):
    browser = Browser(demo, COORDINATOR)

    page = browser.get("assigning.show_seats", **DRAFTING)

    said = words(page)
    assert "Jonas Wuyts Sint-Willibrordskapelle aan de Lee" in said
    assert "Cannot be chosen: worked for this city before" in said
    assert "Cannot be chosen: belongs to this city" in said
    assert "Cannot be chosen: is planned already" in said
    offered = re.findall(r'<option value="([0-9]+)"', page.text)
    assert str(number(demo, "sint-willibrord")) not in offered
    assert str(number(demo, "vinterhamra")) in offered


def test_what_speaks_against_somebody_is_said_and_does_not_forbid(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.add_seat", {"reviewer": number(demo, "hal-qamrija")}, **SIGNED)

    page = words(browser.get("assigning.show_seats", **DRAFTING))
    added = browser.post("assigning.add_seat", {"reviewer": number(demo, "brzozogrod")}, **DRAFTING)

    assert "does not read Maltese; people from this city review Brzozogród" in page
    assert added.status_code == 303
    after = words(browser.get("assigning.show_assignments", **ROUND))
    assert "People from here review Brzozogród, and people from there review this city" in after
    assert "1 pair of cities reviews each other" in after


@pytest.mark.parametrize(
    ("home", "says"),
    [
        ("hal-qamrija", "cannot review Ħal Qamrija: they belong to it."),
        ("sint-willibrord", "cannot review Ħal Qamrija: they worked for it before."),
        ("puertalba", "is planned for Ħal Qamrija already."),
    ],
)
def test_who_may_not_be_planned_is_refused_with_the_reason(demo, home, says):
    form = {"reviewer": number(demo, home), "lead": "y"}

    page = Browser(demo, COORDINATOR).post("assigning.add_seat", form, **DRAFTING)

    assert (page.status_code, says in words(page)) == (422, True)
    assert re.search(r'<input[^>]*name="lead"[^>]*checked', page.text)
    assert len(seats(demo, "hal-qamrija")) == 1


@pytest.mark.parametrize("given", ["", "999999", "x"])
def test_who_is_not_in_the_pool_cannot_be_chosen(demo, given):
    page = Browser(demo, COORDINATOR).post("assigning.add_seat", {"reviewer": given}, **DRAFTING)

    assert (page.status_code, "Choose a reviewer from the list." in words(page)) == (422, True)


@pytest.mark.parametrize("endpoint", ["remove_seat", "make_lead"])
def test_a_seat_of_another_city_is_not_there(demo, endpoint):
    other = {"seat": seat_id(demo, "hal-qamrija")}

    answer = Browser(demo, COORDINATOR).post(f"assigning.{endpoint}", other, **SIGNED)

    assert answer.status_code == 422
    assert len(seats(demo, "hal-qamrija")) == 1


@pytest.mark.parametrize("endpoint", ["announce", "drop"])
def test_what_cannot_be_taken_back_asks_first(demo, endpoint):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.add_seat", {"reviewer": number(demo, "roccamirna")}, **SIGNED)

    page = browser.post(f"assigning.{endpoint}", **ROUND)

    assert (page.status_code, "Tick the box if" in words(page)) == (422, True)
    assert (len(seats(demo)), team(demo, "brzozogrod")) == (2, [])


def test_announcing_invites_with_a_letter_each_and_only_where_the_city_has_signed(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.propose", **ROUND)
    asked = sorted(row[1] for row in seats(demo, "brzozogrod"))
    left = [row for row in seats(demo) if row[0] != "brzozogrod"]

    answer = browser.post("assigning.announce", SURE, **ROUND)

    assert answer.status_code == 303
    assert (seats(demo), letters_to(demo)) == (left, asked)
    assert sorted(row[0] for row in team(demo, "brzozogrod")) == asked
    assert {row[2] for row in team(demo, "brzozogrod")} == {AssignmentState.INVITED}
    home = words(Browser(demo, asked[0]).get("home.show_home"))
    assert "Brzozogród" in home
    page = words(browser.get("assigning.show_assignments", **ROUND))
    assert "2 invitations go out." in page


def test_the_letter_leads_to_the_review(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.add_seat", {"reviewer": number(demo, "roccamirna")}, **SIGNED)
    browser.post("assigning.announce", SURE, **ROUND)

    printed = demo.test_cli_runner().invoke(args=["letters", "send"]).output

    task = task_id(demo, "brzozogrod", "roccamirna")
    assert "To: reviewer.roccamirna@example.org\nSubject: Please review Brzozogród\n" in printed
    assert f"/reviews/{task}\n" in printed


def test_with_a_conflict_that_came_up_since_nobody_is_asked(demo):
    browser = Browser(demo, COORDINATOR)
    for home in ("anemopoli", "roccamirna"):
        browser.post("assigning.add_seat", {"reviewer": number(demo, home)}, **SIGNED)
    tie(demo, "reviewer.roccamirna", "brzozogrod")

    page = browser.post("assigning.announce", SURE, **ROUND)

    said = words(page)
    assert page.status_code == 422
    assert "cannot review Brzozogród: a conflict of interest was declared." in said
    assert "Cannot be invited: a conflict of interest was declared." in said
    assert (team(demo, "brzozogrod"), letters_to(demo), len(seats(demo))) == ([], [], 3)


def test_with_nobody_planned_for_a_city_that_has_signed_there_is_nothing_to_announce(demo):
    answer = Browser(demo, COORDINATOR).post("assigning.announce", SURE, **ROUND)

    assert (answer.status_code, len(seats(demo))) == (409, 1)


def test_a_plan_is_dropped_as_a_whole(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.propose", **ROUND)
    before = team(demo, "vilarmonde")

    browser.post("assigning.drop", SURE, **ROUND)

    assert (seats(demo), team(demo, "vilarmonde")) == ([], before)


def test_a_reviewer_is_replaced_and_their_rights_end_at_once(demo):
    task = task_id(demo, "vilarmonde", "anemopoli")
    before = Browser(demo, "reviewer.anemopoli@example.org")
    assert before.get("reviewing.show_review", assignment_id=task).status_code == 200

    answer = Browser(demo, COORDINATOR).post(
        "assigning.replace_reviewer",
        {"instead": number(demo, "roccamirna"), "reason": "Fell ill."},
        assignment_id=task,
        **REVIEWED,
    )

    assert answer.status_code == 303
    assert before.get("reviewing.show_review", assignment_id=task).status_code == 404
    assert team(demo, "vilarmonde")[-1] == (
        "reviewer.roccamirna@example.org",
        False,
        AssignmentState.INVITED,
    )
    assert letters_to(demo) == ["reviewer.roccamirna@example.org"]


@pytest.mark.parametrize(
    ("home", "reason", "says"),
    [
        ("roccamirna", " ", "Give a reason."),
        ("vilarmonde", "Fell ill.", "cannot review Vilarmonde: a conflict of interest."),
        ("eichmunde", "Fell ill.", "This reviewer was already invited here."),
        (None, "Fell ill.", "Choose a reviewer from the list."),
    ],
)
def test_a_replacement_that_cannot_be_made_changes_nothing(demo, home, reason, says):
    task, before = task_id(demo, "vilarmonde", "anemopoli"), team(demo, "vilarmonde")
    form = {"instead": number(demo, home) if home else "", "reason": reason}

    page = Browser(demo, COORDINATOR).post(
        "assigning.replace_reviewer", form, assignment_id=task, **REVIEWED
    )

    assert (page.status_code, says in words(page)) == (422, True)
    assert reason.strip() in words(page)
    assert (team(demo, "vilarmonde"), letters_to(demo)) == (before, [])


def test_a_coordinator_too_close_to_a_city_sees_no_team_of_it_and_plans_none(demo):
    Browser(demo, COORDINATOR).post(
        "assigning.add_seat", {"reviewer": number(demo, "roccamirna")}, **SIGNED
    )
    tie(demo, "second.coordinator", "brzozogrod")
    second = Browser(demo, SECOND)

    page = second.get("assigning.show_assignments", **ROUND)
    second.post("assigning.propose", **ROUND)
    proposed = seats(demo, "brzozogrod")
    announced = second.post("assigning.announce", SURE, **ROUND)
    second.post("assigning.drop", SURE, **ROUND)

    card = re.search(r'id="brzozogrod">.*?id="clairvaumont"', page.text, re.DOTALL).group()
    assert "Morandin" not in card
    assert "You are too close to this city" in card
    assert second.get("assigning.show_seats", **SIGNED).status_code == 404
    assert len(proposed) == 1
    assert announced.status_code == 409
    assert [row[0] for row in seats(demo)] == ["brzozogrod"]


def test_nothing_of_a_plan_is_written_down_with_the_city(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("assigning.propose", **ROUND)
    browser.post("assigning.remove_seat", {"seat": seat_id(demo, "hal-qamrija")}, **DRAFTING)

    with demo.app_context():
        rows = select(Entry).where(Entry.action.startswith("seat:"))
        found = db.session.scalars(rows).all()
        assert {one.city_id for one in found} == {None}
        assert {"seat:plan", "seat:propose", "seat:remove"} <= {one.action for one in found}


@pytest.mark.parametrize("endpoint", ["show_assignments", "show_seats"])
def test_a_page_costs_the_same_number_of_queries_for_one_city_and_for_three(app, endpoint):
    costs = []
    for count in (1, 3):
        with app.app_context():
            round_ = a_round()
            coordinator = a_coordinator(of=round_)
            there = [an_assessment(round=round_) for _ in range(count)]
            for one in there:
                a_seat(of=one)
                an_assignment(of=one)
            store(db.session, *there, coordinator)
            db.session.commit()
            email, slugs = coordinator.email, {"round_slug": round_.slug}
            if endpoint == "show_seats":
                slugs["city_slug"] = there[0].city.slug
            engine = db.engine
        browser, said = Browser(app, email), []
        browser.get(f"assigning.{endpoint}", **slugs)

        def note(connection, cursor, statement, *rest, said=said):
            said.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        page = browser.get(f"assigning.{endpoint}", **slugs)
        event.remove(engine, "before_cursor_execute", note)
        assert page.status_code == 200
        costs.append(len(said))

    assert costs[0] == costs[1]


def test_the_languages_of_a_city_are_set_and_asked_for(demo):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("assigning.set_languages", {"languages": ["es", "fi"]}, **DRAFTING)

    page = browser.get("assigning.show_seats", **DRAFTING)
    assert answer.status_code == 303
    assert "Documents of this city are in: Finnish, Spanish" in words(page)
    assert "reads Spanish" in words(page)
    assert "Nobody in the team reads" not in words(page)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "Choose at least one language."),
        (["xx"], "Choose languages from the list."),
        (["bg", "cs", "da", "de", "el", "en", "es"], "Choose at most 6 languages."),
    ],
)
def test_languages_that_are_none_or_too_many_are_refused(demo, given, says):
    page = Browser(demo, COORDINATOR).post(
        "assigning.set_languages", {"languages": given}, **DRAFTING
    )

    assert (page.status_code, says in words(page)) == (422, True)
    assert "Documents of this city are in: Maltese" in words(page)
