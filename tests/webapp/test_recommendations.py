"""The next round begins with what the last report recommended: for the city and its reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from models import AssessmentState, PlanStatus, ReportState, User
from reviews import plans
from reviews.queries import plans as planning
from reviews.saving import Known, Sent
from tests.browser import Browser, words
from tests.builders import NOW, a_round, an_assessment, an_assignment, store
from tests.reported import Reported, reported
from webapp.clock import now
from webapp.extensions import db

FULL = {"response": "accepted", "action": "A desk.", "owner": "secretowner021", "due": "2099-06-30"}
PUBLISHED = ReportState.PUBLISHED
MONTH = timedelta(days=30)


@dataclass
class NextRound:
    city: Reported
    here: dict[str, str]
    task: int
    reviewer: str

    def at(self, who: str, endpoint: str, **rest: object) -> str:
        email = self.reviewer if who == "next reviewer" else self.city.emails[who]
        browser = Browser(self.city.app, email)
        where = {"assignment_id": self.task} if endpoint.startswith("reviewing.") else self.here
        return words(browser.get(endpoint, **where, **rest))


def next_round(city: Reported, *, state: AssessmentState = AssessmentState.DRAFT) -> NextRound:
    """The same city in a later round with the same questionnaire."""
    with city.app.app_context():
        last = city.report().assessment
        due = now() + MONTH
        round_ = a_round(
            instrument=last.round.instrument,
            created_at=NOW,
            answers_due=due,
            reviews_due=due + MONTH,
        )
        this = an_assessment(of=last.city, round=round_, state=state)
        task = an_assignment(of=this)
        store(db.session(), this)
        db.session.commit()
        return NextRound(
            city=city,
            here={"round_slug": round_.slug, "city_slug": last.city.slug},
            task=task.id,
            reviewer=task.reviewer.email,
        )


def act(city: Reported, place: int = 4, status: PlanStatus | None = None, **content: str) -> None:
    with city.app.app_context():
        report = city.report()
        lead = db.session.scalars(select(User).where(User.email == city.emails["lead"])).one()
        item = plans.open_item(planning.finding(db.session(), report, place))
        plans.draft_item(item, Sent(content or FULL, 0), Known(), by=lead, now=now())
        if status:
            plans.report_progress(item, status, "So far.", by=lead, now=now())
        db.session.commit()


@pytest.fixture
def city(app):
    return reported(app, PUBLISHED, recommendations=3)


def test_the_city_finds_what_is_still_open_on_its_task_list(city):
    act(city, 4, PlanStatus.UNDER_WAY)
    act(city, 5, PlanStatus.DONE)
    here = next_round(city)

    page = here.at("lead", "assessments.show_assessment")

    assert "2 recommendations of the last report are still open." in page
    assert "F4, PM1.1: Under way A recommendation of the city. High priority" in page
    assert "Answer of the city: Accepted, until 30 June 2099 A desk." in page
    assert "F5" not in page
    assert "F6, PM1.1: Not answered" in page


def test_the_statement_shows_what_is_about_it_and_no_other_does(city):
    here = next_round(city)

    pages = [here.at("lead", "assessments.show_answer", code=code) for code in ("PM1.1", "PM1.2")]

    assert ["Still open from Review of 2026" in one for one in pages] == [True, False]


def test_the_reviewers_of_the_next_round_find_it_where_they_work(city):
    act(city, 4, PlanStatus.UNDER_WAY)
    here = next_round(city, state=AssessmentState.IN_REVIEW)

    review = here.at("next reviewer", "reviewing.show_review")
    scores = [
        here.at("next reviewer", "reviewing.show_score", code=code) for code in ("PM1.1", "PM1.2")
    ]

    assert "3 recommendations of the last report are still open." in review
    assert ["Answer of the city: Accepted" in one for one in scores] == [True, False]
    # Whose task it is, and the plan itself, are the city's.
    assert all("secretowner021" not in one for one in (review, *scores))
    assert all("The plan of the city" not in one for one in (review, *scores))


def test_what_a_city_has_not_finished_answering_is_not_shown(city):
    act(city, 4, response="accepted", action="secretplan020")
    here = next_round(city, state=AssessmentState.IN_REVIEW)

    assert "secretplan020" not in here.at("next reviewer", "reviewing.show_review")
    assert "secretplan020" not in here.at("lead", "assessments.show_assessment")


def test_a_colleague_who_sees_parts_only_sees_none_of_it(city):
    here = next_round(city)

    assert "Still open from" not in here.at("limited", "assessments.show_assessment")


@pytest.mark.parametrize("state", [ReportState.WITH_CITY, ReportState.FINAL])
def test_what_is_not_published_opens_no_round(app, state):
    here = next_round(reported(app, state))

    assert "Still open from" not in here.at("lead", "assessments.show_assessment")


def test_where_all_is_done_nothing_is_left(app):
    city = reported(app, PUBLISHED)
    act(city, 4, PlanStatus.DONE)

    assert "Still open from" not in next_round(city).at("lead", "assessments.show_assessment")


def test_a_round_before_is_shown_nothing_of_a_later_one(city):
    here = next_round(city)
    with city.app.app_context():
        city.report().assessment.round.created_at = NOW + timedelta(days=9)
        db.session.commit()

    assert "Still open from" not in here.at("lead", "assessments.show_assessment")


# What the peers agreed on in the last round.


@pytest.mark.parametrize("state", [ReportState.WITH_CITY, ReportState.FINAL, ReportState.PUBLISHED])
def test_the_city_reads_the_agreed_level_of_the_last_round_once_it_has_its_report(app, state):
    page = next_round(reported(app, state)).at("lead", "assessments.show_answer", code="PM1.1")

    assert "What the peers agreed Level 3: Level 3 of PM1.1." in page
    assert "The report of Review of 2026" in page


def test_before_that_it_does_not(app):
    page = next_round(reported(app, ReportState.DRAFTING)).at(
        "lead", "assessments.show_answer", code="PM1.1"
    )

    assert "The city reads the agreed level once the report of that round is with it." in page
    assert "The report of Review of 2026" not in page


@pytest.mark.parametrize("who", ["lead", "next reviewer"])
def test_the_page_costs_the_same_queries_for_one_and_for_three(app, who):
    def queries(number):
        city = reported(app, PUBLISHED, recommendations=number)
        for place in range(4, 4 + number):
            act(city, place, PlanStatus.UNDER_WAY)
        here = next_round(city, state=AssessmentState.IN_REVIEW)
        endpoint = "assessments.show_assessment" if who == "lead" else "reviewing.show_review"
        here.at(who, endpoint)
        seen = []
        with app.app_context():
            engine = db.engine

        def note(connection, cursor, statement, *rest):
            seen.append(statement)

        browser = Browser(app, here.reviewer if who == "next reviewer" else city.emails[who])
        where = {"assignment_id": here.task} if who == "next reviewer" else here.here
        event.listen(engine, "before_cursor_execute", note)
        assert browser.get(endpoint, **where).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    assert queries(1) == queries(3) > 0
