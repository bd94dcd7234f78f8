"""Rounds as their coordinators prepare, watch and staff them, and as nobody else sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from models import (
    Assessment,
    AssessmentState,
    Assignment,
    AssignmentState,
    City,
    Conflict,
    Entry,
    PlatformRole,
    Round,
    RoundState,
    User,
)
from reviews.rounds import RESERVED_CITY_SLUGS
from tests.browser import Browser, words
from tests.builders import (
    a_city,
    a_coordinator,
    a_round,
    a_user,
    an_assessment,
    an_assignment,
    store,
)
from webapp.clock import now
from webapp.extensions import db

COORDINATOR, SECOND = "coordinator@example.org", "second.coordinator@example.org"
OTHER = "other.office@example.org"
ROUND = {"round_slug": "2026"}
WAITING = {"round_slug": "2026", "city_slug": "brzozogrod"}
REVIEWED = {"round_slug": "2026", "city_slug": "vilarmonde"}
NEW = {
    "title": "Charter review 2031",
    "slug": "2031",
    "minimum_reviewers": "3",
    "answers_due": ["30", "5", "2031"],
    "reviews_due": ["28", "11", "2031"],
}


def found(demo, query):
    with demo.app_context():
        return db.session.scalars(query).all()


def the_round(slug="2026"):
    return select(Round).where(Round.slug == slug)


def the_assessment(city):
    return (
        select(Assessment)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == "2026", City.slug == city)
    )


def the_assignment(city, reviewer):
    return (
        select(Assignment)
        .join(Assignment.reviewer)
        .where(
            Assignment.assessment_id.in_(the_assessment(city).with_only_columns(Assessment.id)),
            User.email == f"reviewer.{reviewer}@example.org",
        )
    )


def person(demo, local):
    return found(demo, select(User).where(User.email == f"{local}@example.org"))[0].id


def last_deed(demo):
    return found(demo, select(Entry).order_by(Entry.sequence.desc()).limit(1))[0].action


def the_instrument(demo):
    return str(found(demo, select(Round.instrument_id).limit(1))[0])


@pytest.fixture
def other_office(demo):
    """A coordinator who has nothing to do with the rounds there are."""
    with demo.app_context():
        db.session.add(
            User(
                email=OTHER,
                name="Otto Kranz",
                password_hash="none",
                created_at=now(),
                platform_role=PlatformRole.COORDINATOR,
            )
        )
        db.session.commit()


OF_COORDINATORS = [
    ("get", "rounds.show_round", ROUND),
    ("get", "rounds.show_set_up", ROUND),
    ("post", "rounds.move_dates", ROUND),
    ("post", "rounds.add_city", ROUND),
    ("post", "rounds.open_round", ROUND),
]
OF_A_CITY = [
    ("get", "rounds.show_team", WAITING),
    ("post", "rounds.invite_reviewer", WAITING),
    ("post", "rounds.send_back", WAITING),
    ("post", "rounds.open_review", WAITING),
    ("post", "rounds.revoke_reviewer", WAITING | {"assignment_id": 1}),
]


@pytest.mark.parametrize(("method", "endpoint", "values"), OF_COORDINATORS)
def test_a_round_does_not_exist_for_those_who_do_not_coordinate_it(
    demo, other_office, method, endpoint, values
):
    people = (OTHER, "lead.brzozogrod@example.org", "reviewer.roccamirna@example.org",
              "admin@example.org")  # fmt: skip

    answers = {who: getattr(Browser(demo, who), method)(endpoint, **values) for who in people}

    assert {who: answer.status_code for who, answer in answers.items()} == dict.fromkeys(
        people, 404
    )


@pytest.mark.parametrize(("method", "endpoint", "values"), OF_A_CITY)
def test_a_citys_team_does_not_exist_for_strangers(demo, other_office, method, endpoint, values):
    people = (OTHER, "lead.roccamirna@example.org", "reviewer.puertalba@example.org")

    answers = {who: getattr(Browser(demo, who), method)(endpoint, **values) for who in people}

    assert {who: answer.status_code for who, answer in answers.items()} == dict.fromkeys(
        people, 404
    )


@pytest.mark.parametrize("endpoint", ["invite_reviewer", "send_back", "open_review"])
def test_an_officer_knows_the_city_but_may_not_act_as_its_coordinator(demo, endpoint):
    answer = Browser(demo, "lead.brzozogrod@example.org").post(f"rounds.{endpoint}", **WAITING)

    assert answer.status_code == 403
    assert found(demo, the_assessment("brzozogrod"))[0].state is AssessmentState.SUBMITTED


@pytest.mark.parametrize("endpoint", ["rounds.list_rounds", "rounds.show_new_round"])
def test_only_the_rounds_office_lists_and_prepares_rounds(demo, other_office, endpoint):
    people = (COORDINATOR, OTHER, "lead.brzozogrod@example.org", "admin@example.org")

    statuses = [Browser(demo, who).get(endpoint).status_code for who in people]

    assert statuses == [200, 200, 404, 404]


def test_the_list_holds_the_rounds_that_one_coordinates_and_no_others(demo, other_office):
    mine = words(Browser(demo, COORDINATOR).get("rounds.list_rounds"))
    theirs = words(Browser(demo, OTHER).get("rounds.list_rounds"))

    assert "Charter review 2026 Open 12" in mine
    assert "Charter review 2024 Closed 12" in mine
    assert "Charter review" not in theirs


def test_a_round_is_prepared_until_the_last_second_of_a_day_in_brussels(demo):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("rounds.create_round", NEW | {"instrument": the_instrument(demo)})

    (made,) = found(demo, the_round("2031"))
    assert (answer.status_code, answer.location) == (303, "/rounds/2031/set-up")
    assert (made.title, made.minimum_reviewers, made.state) == (
        "Charter review 2031",
        3,
        RoundState.PREPARING,
    )
    # Summer time in May, winter time in November.
    assert made.answers_due == datetime(2031, 5, 30, 21, 59, 59, tzinfo=UTC)
    assert made.reviews_due == datetime(2031, 11, 28, 22, 59, 59, tzinfo=UTC)
    assert browser.get("rounds.show_round", round_slug="2031").status_code == 200
    assert last_deed(demo) == "round:create"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("slug", "2026", "There is a round with this word already."),
        ("slug", "new", "Use small letters, digits and hyphens"),
        ("slug", "Übersicht", "Use small letters, digits and hyphens"),
        ("slug", "-".join("abcdefghijk"), "Use small letters, digits and hyphens"),
        ("title", " ", "Give the round a title."),
        ("title", "nul\0", "cannot be stored"),
        ("instrument", "999999", "Choose a published questionnaire."),
        ("minimum_reviewers", "３", "Choose between 1 and 10 reviewers."),
        ("answers_due", ["1", "1", "2020"], "This date is in the past."),
        ("answers_due", ["30", "2", "2031"], "This day does not exist."),
        ("answers_due", ["1", "1", "9999"], "Enter a year from 2000 to 2100."),
        ("answers_due", ["1", "1", "10000"], "Enter day, month and year in figures"),
        ("answers_due", ["1", "1", "2031", "+02:00"], "Enter day, month and year in figures"),
        ("reviews_due", ["30", "5", "2031"], "Reviews are due after the answers."),
    ],
)
def test_a_round_with_something_wrong_is_not_prepared_and_the_page_says_what(
    demo, field, value, said
):
    form = NEW | {"instrument": the_instrument(demo), field: value}

    answer = Browser(demo, COORDINATOR).post("rounds.create_round", form)

    assert answer.status_code == 422
    assert said in words(answer)
    assert len(found(demo, select(Round))) == 2


def test_a_refused_round_keeps_what_was_typed(demo):
    answer = Browser(demo, COORDINATOR).post("rounds.create_round", NEW | {"slug": "2026"})

    assert 'value="Charter review 2031"' in answer.text
    assert 'value="2031"' in answer.text


def test_fields_that_nobody_asked_for_change_nothing(demo):
    more = {"state": "open", "created_at": "2020-01-01", "id": "1"}

    Browser(demo, COORDINATOR).post(
        "rounds.create_round", NEW | {"instrument": the_instrument(demo)} | more
    )

    assert found(demo, the_round("2031"))[0].state is RoundState.PREPARING


def test_the_cockpit_says_of_every_city_where_it_stands_and_what_it_waits_for(demo):
    page = words(Browser(demo, COORDINATOR).get("rounds.show_round", **ROUND))

    assert "Cities 12 Signed 7 Under review 3 Consensus closed 3" in page
    assert "Vinterhamra SE City is writing 35 days left 52 of 54" in page
    assert "2 statements have no level yet The city's turn" in page
    assert "Waiting for signature" in page
    assert "2 more reviewers are needed" in page
    assert "Friederike Lohmann (lead): Submitted" in page
    assert "Invitations without an answer: 1 Reviews not submitted yet: 2" in page
    assert "no longer: 2" in page
    assert "8 statements have no agreed level yet" in page


def test_the_cockpit_leads_to_signed_versions_and_open_consensus_only(demo):
    page = Browser(demo, COORDINATOR).get("rounds.show_round", **ROUND).text

    assert 'href="/rounds/2026/brzozogrod/versions/1"' in page
    assert 'href="/rounds/2026/puertalba/consensus"' in page
    assert "/rounds/2026/sint-willibrord/versions/1" not in page  # sent back: with the city again
    assert "/rounds/2026/vilarmonde/consensus" not in page


def test_a_coordinator_sees_no_more_than_the_line_of_the_own_city(demo):
    page = Browser(demo, SECOND).get("rounds.show_round", **ROUND)

    assert "Clairvaumont FR With the city for reply You are too close to this city" in words(page)
    assert "/rounds/2026/clairvaumont/" not in page.text
    assert "/rounds/2026/anemopoli/consensus" in page.text


def test_the_cockpit_asks_the_database_as_often_for_three_cities_as_for_one(app):
    rounds = [a_round(slug=slug, state=RoundState.OPEN) for slug in ("one", "three")]
    coordinator = a_coordinator(of=rounds[0])
    coordinator.round_memberships += a_coordinator(of=rounds[1]).round_memberships
    with app.app_context():
        things = [
            an_assignment(of=an_assessment(round=round_, state=AssessmentState.IN_REVIEW))
            for round_, count in zip(rounds, (1, 3), strict=True)
            for _ in range(count)
        ]
        store(db.session, *things, coordinator)
        db.session.commit()
        email = coordinator.email
    browser, asked = Browser(app, email), {}
    browser.get("rounds.show_round", round_slug="one")  # the questionnaire is read once only
    browser.get("rounds.show_round", round_slug="three")

    for slug in ("one", "three"):
        asked[slug] = statements_of(app, browser, slug)

    assert asked["one"] == asked["three"] > 0


def statements_of(app, browser, slug):
    count = 0

    def counted(*_):
        nonlocal count
        count += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", counted)
    try:
        assert browser.get("rounds.show_round", round_slug=slug).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    return count


def test_a_city_is_quiet_when_nothing_happened_for_two_weeks(app):
    round_ = a_round(slug="slow")
    coordinator = a_coordinator(of=round_)
    with app.app_context():
        assessment = an_assessment(of=a_city("Ghent"), round=round_)
        store(db.session, assessment, coordinator)
        entry = Entry(
            action="answer:write",
            at=now() - timedelta(days=20, hours=1),
            round_id=round_.id,
            city_id=assessment.city.id,
        )
        coordinator.deeds.add(entry)
        db.session.commit()
        email = coordinator.email

    page = words(Browser(app, email).get("rounds.show_round", round_slug="slow"))

    assert "quiet for 20 days" in page


def test_dates_move_later_and_the_journal_notes_it(demo):
    browser = Browser(demo, COORDINATOR)
    form = {"answers_due": ["1", "7", "2031"], "reviews_due": ["1", "10", "2031"]}

    answer = browser.post("rounds.move_dates", form, **ROUND)

    (round_,) = found(demo, the_round())
    assert (answer.status_code, answer.location) == (303, "/rounds/2026/set-up")
    assert round_.answers_due == datetime(2031, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert round_.reviews_due == datetime(2031, 10, 1, 21, 59, 59, tzinfo=UTC)
    assert last_deed(demo) == "round:set-up"


def test_an_earlier_date_needs_a_week_of_notice(demo):
    before = found(demo, the_round())[0].answers_due
    soon = now() + timedelta(days=3)
    form = {
        "answers_due": [str(soon.day), str(soon.month), str(soon.year)],
        "reviews_due": ["1", "10", "2031"],
    }

    answer = Browser(demo, COORDINATOR).post("rounds.move_dates", form, **ROUND)

    assert answer.status_code == 422
    assert "An earlier date must be more than seven days ahead." in words(answer)
    assert found(demo, the_round())[0].answers_due == before


def test_a_date_that_does_not_exist_moves_nothing(demo):
    form = {"answers_due": ["30", "2", "2031"], "reviews_due": ["1", "10", "2031"]}

    answer = Browser(demo, COORDINATOR).post("rounds.move_dates", form, **ROUND)

    assert answer.status_code == 422
    assert "This day does not exist." in words(answer)
    assert 'value="30"' in answer.text


def test_the_dates_of_a_closed_round_stay(demo):
    browser = Browser(demo, COORDINATOR)
    form = {"answers_due": ["1", "7", "2031"], "reviews_due": ["1", "10", "2031"]}

    assert browser.get("rounds.show_set_up", round_slug="2024").status_code == 409
    assert browser.post("rounds.move_dates", form, round_slug="2024").status_code == 409


def test_a_city_is_added_once_and_then_the_round_opens(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("rounds.create_round", NEW | {"instrument": the_instrument(demo)})
    here = {"round_slug": "2031"}

    too_early = browser.post("rounds.open_round", **here)
    first = browser.post("rounds.add_city", {"city": "puertalba"}, **here)
    again = browser.post("rounds.add_city", {"city": "puertalba"}, **here)
    opened = browser.post("rounds.open_round", **here)
    twice = browser.post("rounds.open_round", **here)

    assert "Choose at least one city first." in words(too_early)
    assert (first.status_code, opened.status_code) == (303, 303)
    assert (too_early.status_code, again.status_code, twice.status_code) == (422, 422, 409)
    assert "Choose a city from the list." in words(again)
    taking_part = the_round("2031").join(Round.assessments).with_only_columns(Assessment.city_id)
    assert len(found(demo, taking_part)) == 1
    assert found(demo, the_round("2031"))[0].state is RoundState.OPEN


@pytest.mark.parametrize("value", ["", "atlantis", "1"])
def test_a_city_that_is_not_in_the_list_is_refused(demo, value):
    answer = Browser(demo, COORDINATOR).post("rounds.add_city", {"city": value}, **ROUND)

    assert answer.status_code == 422
    assert len(found(demo, select(Assessment).join(Assessment.round).where(
        Round.slug == "2026"
    ))) == 12  # fmt: skip


@pytest.mark.parametrize("slug", sorted(RESERVED_CITY_SLUGS))
def test_a_city_whose_word_is_a_page_of_the_round_cannot_take_part(demo, slug):
    with demo.app_context():
        db.session.add(City(slug=slug, name="Open", country="BE"))
        db.session.commit()

    answer = Browser(demo, COORDINATOR).post("rounds.add_city", {"city": slug}, **ROUND)

    assert answer.status_code == 422
    assert f"A page of the round has the address {slug}" in words(answer)


def test_every_page_directly_under_a_round_is_a_word_that_no_city_can_have(demo):
    pages = {
        parts[3]
        for rule in demo.url_map.iter_rules()
        if len(parts := rule.rule.split("/")) >= 4
        and parts[1] == "rounds"
        and parts[2].startswith("<")
        and not parts[3].startswith("<")
    }

    assert pages <= RESERVED_CITY_SLUGS
    assert "benchmark" in pages


def test_a_reviewer_is_invited_and_leads(demo):
    browser = Browser(demo, COORDINATOR)
    form = {"reviewer": str(person(demo, "reviewer.roccamirna")), "lead": "y"}

    answer = browser.post("rounds.invite_reviewer", form, **WAITING)

    (made,) = found(demo, the_assignment("brzozogrod", "roccamirna"))
    assert (answer.status_code, answer.location) == (303, "/rounds/2026/brzozogrod/reviewers")
    assert (made.state, made.lead) == (AssignmentState.INVITED, True)
    assert last_deed(demo) == "reviewer:invite"
    page = words(browser.get("rounds.show_team", **WAITING))
    assert "Davide Morandin, leads the team Invited From Roccamirna" in page
    assert "One more reviewer is needed" in page


def test_people_of_the_city_are_not_offered_and_refused_all_the_same(demo):
    browser, own = Browser(demo, COORDINATOR), person(demo, "reviewer.brzozogrod")

    offered = browser.get("rounds.show_team", **WAITING).text
    answer = browser.post("rounds.invite_reviewer", {"reviewer": str(own)}, **WAITING)

    assert f'<option value="{own}"' not in offered
    assert f'<option value="{person(demo, "reviewer.roccamirna")}"' in offered
    assert answer.status_code == 422
    assert "cannot review Brzozogród: a conflict of interest." in words(answer)
    assert found(demo, the_assignment("brzozogrod", "brzozogrod")) == []


def test_a_declared_conflict_counts_like_the_own_city(demo):
    reviewer = person(demo, "reviewer.roccamirna")
    with demo.app_context():
        city = db.session.scalars(select(City).where(City.slug == "brzozogrod")).one()
        user = db.session.get_one(User, reviewer)
        user.conflicts.append(Conflict(city=city, reason="A cousin.", declared_at=now()))
        db.session.commit()
    browser = Browser(demo, COORDINATOR)

    offered = browser.get("rounds.show_team", **WAITING).text
    answer = browser.post("rounds.invite_reviewer", {"reviewer": str(reviewer)}, **WAITING)

    assert f'<option value="{reviewer}"' not in offered
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["", "0", "-1", "999999999", "1e3", "١", str(10**20)])
def test_somebody_outside_the_pool_cannot_be_invited(demo, who):
    answer = Browser(demo, COORDINATOR).post("rounds.invite_reviewer", {"reviewer": who}, **WAITING)

    assert answer.status_code == 422
    assert "Choose a reviewer from the list." in words(answer)


def test_an_officer_is_no_reviewer(demo):
    officer = str(person(demo, "lead.roccamirna"))

    answer = Browser(demo, COORDINATOR).post(
        "rounds.invite_reviewer", {"reviewer": officer}, **WAITING
    )

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("reviewer", "lead", "said"),
    [
        ("eichmunde", {}, "This reviewer was already invited here."),
        ("vinterhamra", {}, "a conflict of interest"),  # stepped back for one
        ("clairvaumont", {"lead": "y"}, "This city has a lead reviewer already."),
    ],
)
def test_a_team_takes_nobody_twice_and_no_second_lead(demo, reviewer, lead, said):
    form = {"reviewer": str(person(demo, f"reviewer.{reviewer}"))} | (
        {"lead": lead} if lead else {}
    )

    answer = Browser(demo, COORDINATOR).post("rounds.invite_reviewer", form, **REVIEWED)

    assert answer.status_code == 422
    assert said in words(answer)


def test_nobody_is_invited_before_the_city_has_signed(demo):
    here = {"round_slug": "2026", "city_slug": "vinterhamra"}
    form = {"reviewer": str(person(demo, "reviewer.roccamirna"))}
    browser = Browser(demo, COORDINATOR)

    assert browser.get("rounds.show_team", **here).status_code == 200
    assert browser.post("rounds.invite_reviewer", form, **here).status_code == 409


def test_a_reviewer_is_taken_off_with_a_reason_that_only_coordinators_read(demo):
    (task,) = found(demo, the_assignment("vilarmonde", "anemopoli"))
    browser = Browser(demo, COORDINATOR)

    answer = browser.post(
        "rounds.revoke_reviewer", {"reason": "Ill until June."}, assignment_id=task.id, **REVIEWED
    )

    (after,) = found(demo, the_assignment("vilarmonde", "anemopoli"))
    assert answer.status_code == 303
    assert (after.state, after.ended_reason) == (AssignmentState.REVOKED, "Ill until June.")
    assert last_deed(demo) == "reviewer:revoke"
    assert "Ill until June." in words(browser.get("rounds.show_team", **REVIEWED))
    officer = Browser(demo, "lead.vilarmonde@example.org").get("rounds.show_team", **REVIEWED)
    assert "Ill until June." not in officer.text


@pytest.mark.parametrize(
    ("reason", "said"), [(" ", "Give a reason."), ("x" * 10_001, "at most 10000 can be kept")]
)
def test_taking_somebody_off_without_a_usable_reason_keeps_what_was_typed(demo, reason, said):
    (task,) = found(demo, the_assignment("vilarmonde", "anemopoli"))

    answer = Browser(demo, COORDINATOR).post(
        "rounds.revoke_reviewer", {"reason": reason}, assignment_id=task.id, **REVIEWED
    )

    assert answer.status_code == 422
    assert said in words(answer)
    assert f"\n{reason}</textarea>" in answer.text
    assert found(demo, the_assignment("vilarmonde", "anemopoli"))[0].state is task.state


def test_a_submitted_review_is_taken_off_before_the_consensus_only(demo):
    (early,) = found(demo, the_assignment("vilarmonde", "eichmunde"))
    (late,) = found(demo, the_assignment("puertalba", "roccamirna"))
    agreeing = {**REVIEWED, "city_slug": "puertalba"}
    browser = Browser(demo, COORDINATOR)

    answers = [
        browser.post(
            "rounds.revoke_reviewer", {"reason": "Ill."}, assignment_id=task.id, **where
        ).status_code
        for task, where in ((early, REVIEWED), (late, agreeing))
    ]

    assert answers == [303, 409]
    assert (
        found(demo, the_assignment("vilarmonde", "eichmunde"))[0].state is AssignmentState.REVOKED
    )
    assert found(demo, the_assignment("puertalba", "roccamirna"))[0].state is late.state


def test_an_assignment_of_another_city_is_not_found_under_this_one(demo):
    (task,) = found(demo, the_assignment("vilarmonde", "anemopoli"))

    answer = Browser(demo, COORDINATOR).post(
        "rounds.revoke_reviewer", {"reason": "x"}, assignment_id=task.id, **WAITING
    )

    assert answer.status_code == 404
    assert found(demo, the_assignment("vilarmonde", "anemopoli"))[0].state is task.state


@pytest.mark.parametrize("who", ["lead.vilarmonde", "reviewer.brzozogrod"])
def test_the_city_and_its_reviewers_learn_names_but_not_how_far_anybody_is(demo, who):
    page = words(Browser(demo, f"{who}@example.org").get("rounds.show_team", **REVIEWED))

    assert "Friederike Lohmann, leads the team" in page
    assert "Giorgos Anastasiou" in page
    for secret in ("Submitted", "Scoring", "Accepted", "Invited", "Declined", "Stepped back",
                   "Álvaro Quesada", "adviser", "Invite a reviewer", "Take off"):  # fmt: skip
        assert secret not in page


def test_a_signed_assessment_goes_back_with_a_reason(demo):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("rounds.send_back", {"reason": "Add pages to BU1."}, **WAITING)

    (after,) = found(demo, the_assessment("brzozogrod"))
    assert (answer.status_code, answer.location) == (303, "/rounds/2026#brzozogrod")
    assert (after.state, after.version) == (AssessmentState.DRAFT, 2)
    assert after.sent_back_reason == "Add pages to BU1."
    assert last_deed(demo) == "assessment:send-back"


@pytest.mark.parametrize(
    ("reason", "said"), [("\n", "Give a reason."), ("ü" * 10_001, "at most 10000 can be kept")]
)
def test_sending_back_without_a_usable_reason_keeps_what_was_typed(demo, reason, said):
    answer = Browser(demo, COORDINATOR).post("rounds.send_back", {"reason": reason}, **WAITING)

    assert answer.status_code == 422
    assert said in words(answer)
    assert f"\n{reason}</textarea>" in answer.text
    assert found(demo, the_assessment("brzozogrod"))[0].state is AssessmentState.SUBMITTED


def test_a_review_opens_once_and_then_nothing_goes_back(demo):
    browser = Browser(demo, COORDINATOR)

    opened = browser.post("rounds.open_review", **WAITING)
    twice = browser.post("rounds.open_review", **WAITING)
    back = browser.post("rounds.send_back", {"reason": "Oh."}, **WAITING)

    assert (opened.status_code, twice.status_code, back.status_code) == (303, 409, 409)
    assert found(demo, the_assessment("brzozogrod"))[0].state is AssessmentState.IN_REVIEW


def test_a_coordinator_has_no_hand_in_the_own_city(demo):
    here = {"round_slug": "2026", "city_slug": "clairvaumont"}
    browser = Browser(demo, SECOND)

    posts = [
        browser.post(f"rounds.{endpoint}", {"reason": "x"}, **here).status_code
        for endpoint in ("invite_reviewer", "send_back", "open_review")
    ]
    team = words(browser.get("rounds.show_team", **here))

    assert posts == [403, 403, 403]  # an officer of it, and no more
    assert "Amira Haddad, leads the team" in team
    assert "Submitted" not in team


def test_looking_changes_nothing(demo):
    browser = Browser(demo, COORDINATOR)
    before = found(demo, select(func.count()).select_from(Entry))

    for endpoint, values in (
        ("rounds.list_rounds", {}),
        ("rounds.show_new_round", {}),
        ("rounds.show_round", ROUND),
        ("rounds.show_set_up", ROUND),
        ("rounds.show_team", REVIEWED),
    ):
        assert browser.get(endpoint, **values).status_code == 200

    assert found(demo, select(func.count()).select_from(Entry)) == before


def test_a_name_full_of_markup_is_shown_as_text(app):
    round_ = a_round(slug="odd", title="<script>alert(1)</script>{{7*7}}")
    coordinator = a_coordinator(of=round_)
    reviewer = a_user("<img src=x>", email="img@example.org")
    with app.app_context():
        task = an_assignment(
            of=an_assessment(
                of=a_city("</th><b>Ghent", slug="ghent"),
                round=round_,
                state=AssessmentState.IN_REVIEW,
            ),
            reviewer=reviewer,
        )
        store(db.session, task, coordinator)
        db.session.commit()
        email = coordinator.email

    page = Browser(app, email).get("rounds.show_round", round_slug="odd")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text
    assert "&lt;/th&gt;&lt;b&gt;Ghent" in page.text
    assert "<img" not in page.text
