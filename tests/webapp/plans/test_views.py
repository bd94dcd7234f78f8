"""The plan of a city as people meet it: answered, carried out, looked at again, never public."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from models import Finding, PlanItem, PlanStatus, PlanUpdate, Report, ReportState
from reviews import plans, reports
from reviews.queries import plans as planning
from reviews.saving import Known, Sent
from tests.browser import words
from tests.reported import count, reported
from webapp.clock import now
from webapp.extensions import db

PUBLISHED = ReportState.PUBLISHED
FULL = {"response": "accepted", "action": "A desk.", "owner": "Housing", "due": "2099-06-30"}


@pytest.fixture
def city(app):
    return reported(app, PUBLISHED)


def answer(city, who="lead", base=0, **content):
    form = {"base": str(base), "key": f"a-fresh-key-{who}-{base}", **(content or FULL)}
    return city.browser(who).post("plans.write_item", form, place=4, **city.here)


def progress(city, status="under-way", text="Half of it.", who="lead"):
    form = {"status": status, "text": text}
    return city.browser(who).post("plans.report_progress", form, place=4, **city.here)


def review(city, status="under-way", text="Not all of it.", who="lead_reviewer"):
    form = {"status": status, "text": text}
    return city.browser(who).post("plans.review", form, place=4, **city.here)


def stored(city):
    with city.app.app_context():
        rows = (
            select(PlanItem.response, PlanItem.action, PlanItem.owner, PlanItem.due)
            .join(PlanItem.finding)
            .where(Finding.report_id == city.report_id)
        )
        return [tuple(row) for row in db.session.execute(rows)]


def page(city, who="lead", **query):
    return words(city.browser(who).get("plans.show_plan", **city.here, **query))


def item_page(city, who="lead"):
    return words(city.browser(who).get("plans.show_item", place=4, **city.here))


# The city's answer.


@pytest.mark.parametrize("who", ["lead", "contributor"])
def test_the_city_answers_a_recommendation(city, who):
    assert "F4, PM1.1: High priority Not answered A recommendation of the city." in page(city)

    answered = answer(city, who)

    assert (answered.status_code, stored(city)) == (303, [tuple(FULL.values())])
    told = page(city)
    assert "1 of 1 recommendations are answered" in told
    assert "Answer of the city Accepted Action or reason A desk. Who sees to it Housing" in told
    assert "Until 30 June 2099" in told
    assert city.deeds("plan:write") == [{"finding": 4}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"action": "A desk."}, "Say whether the city follows this recommendation."),
        ({"response": "not-accepted", "action": " "}, "Say why the city does not follow"),
        ({"response": "partly", "action": ""}, "Say why the city does not follow"),
        ({"response": "accepted", "action": "A desk."}, "Say who sees to it"),
        (FULL | {"due": ""}, "Say until which day."),
        (FULL | {"due": "30 June"}, "Enter a day that exists"),
        (FULL | {"response": "maybe"}, "Choose one of the answers."),
        (FULL | {"owner": "x" * 201}, "at most 200 can be kept"),
    ],
)
def test_what_lacks_or_cannot_be_kept_is_refused_with_what_was_typed(city, content, says):
    refused = answer(city, **content)

    assert (refused.status_code, says in words(refused), stored(city)) == (422, True, [])
    assert content.get("action", "").strip() in refused.text


def test_an_answer_saves_by_itself_also_before_it_is_complete(city):
    body = {"base": 0, "key": "0123456789abcdef", "fields": {"response": "accepted"}}
    lead = city.browser("lead")

    saves = [lead.patch("plans.save_item", body, place=4, **city.here) for _ in range(2)]

    assert [one.status_code for one in saves] == [200, 200]
    assert stored(city) == [("accepted", "", "", "")]
    assert "0 of 1 recommendations are answered" in page(city)
    bad = {"base": 1, "fields": {"due": "2026-02-30"}}
    assert lead.patch("plans.save_item", bad, place=4, **city.here).status_code == 422


def test_what_a_city_has_not_finished_answering_is_its_own(city):
    body = {"base": 0, "fields": {"action": "secretplan018"}}
    city.browser("lead").patch("plans.save_item", body, place=4, **city.here)

    seen = {
        who: [
            "secretplan018" in city.browser(who).get(f"plans.{name}", **city.here, **rest).text
            for name, rest in (
                ("show_plan", {}),
                ("show_item", {"place": 4}),
                ("download_plan", {}),
            )
        ]
        for who in ("signatory", "lead_reviewer", "coordinator")
    }

    assert seen == {
        "signatory": [True] * 3,
        "lead_reviewer": [False] * 3,
        "coordinator": [False] * 3,
    }


def test_two_colleagues_at_once_both_see_both_texts_in_words(city):
    answer(city, "lead")

    clash = answer(city, "contributor", response="not-accepted", action="No money.")

    assert (clash.status_code, stored(city)) == (409, [tuple(FULL.values())])
    assert "Stored now" in words(clash)
    assert "No money." in clash.text
    assert "not-accepted" not in words(clash)


def test_only_recommendations_that_were_published_have_a_page(city):
    lead = city.browser("lead")

    statuses = [
        lead.get("plans.show_item", place=place, **city.here).status_code for place in (1, 4, 99)
    ]

    assert statuses == [404, 200, 404]
    form = {"base": "0", **FULL}
    assert lead.post("plans.write_item", form, place=1, **city.here).status_code == 404
    assert count(city.app, PlanItem) == 0


def test_a_correction_that_is_not_out_changes_no_plan(city):
    answer(city)
    with city.app.app_context():
        report = city.report()
        reports.begin_correction(
            report,
            reason="A name.",
            by=report.assessment.assignments[0].reviewer,
            now=now(),
        )
        report.findings[3].text = "secretcorrection019"
        db.session.commit()

    assert "secretcorrection019" not in page(city)
    assert "A recommendation of the city." in page(city)


# Progress.


def test_the_city_reports_its_progress(city):
    answer(city)

    assert progress(city).status_code == 303
    assert progress(city, "done", "All of it.").status_code == 303

    told = item_page(city)
    assert "Under way Half of it. Joris Peeters," in told
    assert "Done All of it. Joris Peeters," in told
    assert "1 done, 0 overdue" in page(city)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"status": "", "text": "Typed."}, "Choose how far it is."),
        ({"status": "finished", "text": "Typed."}, "Choose how far it is."),
        ({"status": "done", "text": " "}, "Say in a few words how far it is."),
        ({"status": "done", "text": "y" * 2001}, "at most 2000 can be kept"),
    ],
)
def test_progress_that_says_nothing_is_refused_with_what_was_typed(city, form, says):
    answer(city)

    refused = progress(city, **form)

    assert (refused.status_code, says in words(refused)) == (422, True)
    assert form["text"] in refused.text
    assert count(city.app, PlanUpdate) == 0


def test_progress_waits_for_the_answer(city):
    refused = progress(city)

    assert (refused.status_code, count(city.app, PlanUpdate)) == (422, 0)
    assert "Answer the recommendation first" in words(refused)


def test_a_second_click_reports_nothing_twice(city):
    answer(city)

    assert [progress(city).status_code for _ in range(2)] == [303, 303]
    assert (count(city.app, PlanUpdate), len(city.deeds("plan:progress"))) == (1, 1)


def test_a_closed_round_still_takes_what_the_city_does_but_no_scores(app):
    city = reported(app, PUBLISHED, closed=True)

    done = [answer(city).status_code, progress(city).status_code, review(city).status_code]

    assert done == [303, 303, 303]
    with app.app_context():
        task = city.report().assessment.assignments[0].id
    form = {"mark": "3", "base": "0"}
    score = city.browser("lead_reviewer").post(
        "reviewing.write_score", form, assignment_id=task, code="PM1.1"
    )
    assert score.status_code in (403, 409)
    written = city.browser("lead").post("assessments.write_answer", form, code="PM1.1", **city.here)
    assert written.status_code == 409


# The review after ten months.


@pytest.mark.parametrize("who", ["lead_reviewer", "coordinator"])
def test_the_lead_of_the_peers_or_a_coordinator_reviews_it(app, who):
    city = reported(app, PUBLISHED, published=now() - timedelta(days=320))
    assert "0 of 1 recommendations are reviewed." in page(city)
    assert "The review of this plan is due since" in page(city)

    assert review(city, who=who).status_code == 303

    told = item_page(city)
    assert "Under way, in the review by the peers or a coordinator Not all of it." in told
    assert "is due since" not in page(city)
    assert "1 of 1 reviewed" in page(city)
    assert city.deeds("plan:review") == [{"finding": 4}]


def test_the_page_says_from_when_it_is_to_be_reviewed(city):
    assert "To be reviewed by the lead of the peers or a coordinator from" in page(city)


# Who may.


def test_who_reads_and_who_writes(city):
    everybody = list(city.emails)

    statuses = {
        who: (
            city.browser(who).get("plans.show_plan", **city.here).status_code,
            answer(city, who, base=0, **{"response": ""}).status_code,
            progress(city, status="", who=who).status_code,
            review(city, status="", who=who).status_code,
        )
        for who in everybody
    }

    assert statuses == {
        "lead": (200, 422, 422, 403),
        "contributor": (200, 422, 422, 403),
        "signatory": (200, 403, 403, 403),
        "limited": (403, 403, 403, 403),
        "lead_reviewer": (200, 403, 403, 422),
        "reviewer": (403, 403, 403, 403),
        "coordinator": (200, 403, 403, 422),
        "stranger": (404, 404, 404, 404),
    }


@pytest.mark.parametrize("state", [ReportState.WITH_CITY, ReportState.FINAL])
def test_there_is_no_plan_before_the_report_is_published(app, state):
    city = reported(app, state)

    assert city.browser("lead").get("plans.show_plan", **city.here).status_code == 409
    assert answer(city).status_code == 409


# Lists.


def fill(city, place, due="2099-06-30", status=None):
    """Answer one of several recommendations without a browser."""
    with city.app.app_context():
        report = city.report()
        lead = report.assessment.assignments[0].reviewer
        item = plans.open_item(planning.finding(db.session(), report, place))
        sent = Sent(FULL | {"due": due}, 0)
        plans.answer_item(item, sent, Known(), by=lead, now=now())
        if status:
            plans.report_progress(item, status, "So far.", by=lead, now=now())
        db.session.commit()


def test_the_list_is_filtered(app):
    city = reported(app, PUBLISHED, recommendations=4)
    fill(city, 4)
    fill(city, 5, due="2020-01-31", status=PlanStatus.UNDER_WAY)
    fill(city, 6, due="2020-01-31", status=PlanStatus.DONE)

    shown = {
        name: [place for place in (4, 5, 6, 7) if f"F{place}, PM1.1" in page(city, show=name)]
        for name in ("all", "unanswered", "open", "overdue", "done")
    }

    assert shown == {
        "all": [4, 5, 6, 7],
        "unanswered": [7],
        "open": [4, 5, 7],
        "overdue": [5],
        "done": [6],
    }
    assert "All (4) Not answered (1) Open (3) Overdue (1) Done (1)" in page(city)
    assert city.browser("lead").get("plans.show_plan", **city.here, show="x").status_code == 422


def test_a_report_without_recommendations_has_an_empty_plan(app):
    city = reported(app, PUBLISHED)
    with app.app_context():
        report = city.report()
        document = report.editions[0].document.replace('"recommendation"', '"strength"')
        db.session.execute(
            report.editions[0].__table__.update().values(document=document, sha256="0" * 64)
        )
        db.session.commit()

    assert "The report recommends nothing." in page(city)


def test_the_plan_is_downloaded_and_no_cell_runs(city):
    answer(city, **FULL | {"action": "=1+1", "owner": "+Housing"})
    progress(city, text="@SUM(A1)")

    got = city.browser("lead").get("plans.download_plan", **city.here)

    assert got.mimetype == "text/csv"
    assert (
        f"{city.here['city_slug']}-{city.here['round_slug']}-plan.csv"
        in got.headers["Content-Disposition"]
    )
    [row] = csv.DictReader(io.StringIO(got.data.decode("utf-8-sig")))
    assert (row["Recommendation"], row["Action or reason"], row["Who sees to it"]) == (
        "F4",
        "'=1+1",
        "'+Housing",
    )
    assert (row["Last update"], row["Until"], row["State"]) == (
        "'@SUM(A1)",
        "2099-06-30",
        "Under way",
    )


def test_coordinators_see_the_plans_of_their_round(app):
    city = reported(app, PUBLISHED, recommendations=3, published=now() - timedelta(days=320))
    fill(city, 4)
    fill(city, 5, due="2020-01-31")
    fill(city, 6, status=PlanStatus.DONE)

    told = words(city.browser("coordinator").get("plans.show_plans", round_slug=round_of(city)))

    assert "3 3 1 1 0" in told
    assert "Due now" in told
    assert (
        city.browser("lead").get("plans.show_plans", round_slug=round_of(city)).status_code == 404
    )


def round_of(city):
    return city.here["round_slug"]


def test_a_round_without_published_reports_says_so(app):
    city = reported(app)

    told = words(city.browser("coordinator").get("plans.show_plans", round_slug=round_of(city)))

    assert "No report of this round is published yet." in told


def test_a_coordinator_does_not_see_the_plan_of_a_city_too_close(app):
    city = reported(app, PUBLISHED)
    with app.app_context():
        from models import Conflict, User

        who = db.session.scalars(select(User).where(User.email == city.emails["coordinator"])).one()
        who.conflicts.append(
            Conflict(city=city.report().assessment.city, reason="A cousin.", declared_at=now())
        )
        db.session.commit()
    browser = city.browser("coordinator")

    told = words(browser.get("plans.show_plans", round_slug=round_of(city)))

    assert "No report of this round is published yet." in told
    assert browser.get("plans.show_plan", **city.here).status_code == 404


def queries(app, ask):
    seen = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    ask()
    event.listen(engine, "before_cursor_execute", note)
    assert ask().status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("endpoint", ["show_plan", "show_item", "download_plan", "show_plans"])
def test_a_page_costs_the_same_queries_for_one_recommendation_and_for_three(app, endpoint):
    def asking(number):
        city = reported(app, PUBLISHED, recommendations=number)
        for place in range(4, 4 + number):
            fill(city, place, status=PlanStatus.UNDER_WAY)
        who, here = "lead", {**city.here}
        if endpoint == "show_plans":
            who, here = "coordinator", {"round_slug": round_of(city)}
        if endpoint == "show_item":
            here["place"] = 4
        browser = city.browser(who)
        return lambda: browser.get(f"plans.{endpoint}", **here)

    assert queries(app, asking(1)) == queries(app, asking(3)) > 0


def test_the_overview_costs_the_same_queries_for_one_city_and_for_three(app):
    one = reported(app, PUBLISHED)
    fill(one, 4)
    browser = one.browser("coordinator")
    few = queries(app, lambda: browser.get("plans.show_plans", round_slug=round_of(one)))
    others = [reported(app, PUBLISHED) for _ in range(2)]
    for other in others:
        fill(other, 4)
    with app.app_context():
        round_id = one.report().assessment.round_id
        from models import Assessment

        ids = [db.session.get_one(Report, each.report_id).assessment_id for each in others]
        db.session.execute(
            update(Assessment).where(Assessment.id.in_(ids)).values(round_id=round_id)
        )
        db.session.commit()

    many = queries(app, lambda: browser.get("plans.show_plans", round_slug=round_of(one)))

    assert few == many > 0
    told = words(browser.get("plans.show_plans", round_slug=round_of(one)))
    assert told.count("1 1 0 0 0") == 3


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
def test_what_is_typed_is_shown_as_text(city, text):
    answer(city, **FULL | {"action": text, "owner": text[:40]})
    progress(city, text=text)

    for got in (
        city.browser("lead").get("plans.show_plan", **city.here),
        city.browser("lead_reviewer").get("plans.show_item", place=4, **city.here),
    ):
        assert text in words(got)
        assert "<script>alert" not in got.text


@pytest.mark.parametrize(
    ("who", "led"), [("lead", True), ("lead_reviewer", True), ("reviewer", False)]
)
def test_the_report_leads_to_the_plan_whoever_may_read_it(city, who, led):
    report = words(city.browser(who).get("reports.show_report", **city.here))

    assert ("The plan of the city" in report) is led
