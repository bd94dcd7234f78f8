"""The answers of the last round, taken over and confirmed by people."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.exc import IntegrityError

from models import Answer, Assessment, Citation, City, Entry, Revision, Round, Statement, Submission
from tests.browser import Browser, words
from webapp.clock import now
from webapp.extensions import db

NEW = {"round_slug": "2026", "city_slug": "roccamirna"}
BEGUN = {"round_slug": "2026", "city_slug": "hal-qamrija"}
LEAD, CONTRIBUTOR = "lead.roccamirna@example.org", "contributor.roccamirna@example.org"
OFFER = "Take over the answers of Charter review 2024"


def of_city(city):
    return (
        select(Assessment.id)
        .join(Assessment.round)
        .join(Assessment.city)
        .where(Round.slug == "2026", City.slug == city)
        .scalar_subquery()
    )


def stored(demo, city, code="PM1.1"):
    """Mark, number and whether it is to be confirmed; None without an answer."""
    with demo.app_context():
        row = db.session.execute(
            select(Answer.mark, Answer.number, Answer.to_confirm)
            .join(Statement, Statement.id == Answer.statement_id)
            .where(Answer.assessment_id == of_city(city), Statement.code == code)
        ).one_or_none()
        return row and tuple(row)


def count(demo, table, *where):
    with demo.app_context():
        return db.session.scalar(select(func.count()).select_from(table).where(*where))


def last_entries(demo, most):
    with demo.app_context():
        rows = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(most))
        return [(one.action, one.facts) for one in rows]


def test_the_lead_takes_over_all_answers_with_their_evidence(demo):
    browser = Browser(demo, LEAD)
    assert OFFER in words(browser.get("assessments.show_assessment", **NEW))

    taken = browser.post("carrying.carry_over", **NEW)

    page = words(browser.get(taken.location))
    assert taken.location == "/rounds/2026/roccamirna"
    assert "54 answers are taken over from Charter review 2024." in page
    assert "0 of 54 statements are complete" in page
    assert "To be confirmed (54)" in page
    assert OFFER not in page
    assert count(demo, Answer, Answer.assessment_id == of_city("roccamirna")) == 54
    assert stored(demo, "roccamirna")[1:] == (1, True)
    cited = Citation.assessment_id == of_city("roccamirna")
    (carried,) = [one for one in last_entries(demo, 60) if one[0] == "assessment:carry-over"]
    assert carried[1]["answers"] == 54
    assert carried[1]["citations"] == count(demo, Citation, cited) > 10


def test_a_second_click_changes_nothing(demo):
    browser = Browser(demo, LEAD)
    browser.post("carrying.carry_over", **NEW)
    before = [count(demo, table) for table in (Answer, Revision, Entry, Citation)]

    again = browser.post("carrying.carry_over", **NEW)

    assert again.status_code == 303
    assert "nothing more to take over" in words(browser.get(again.location))
    assert [count(demo, table) for table in (Answer, Revision, Entry, Citation)] == before


def test_it_is_offered_to_the_lead_before_the_first_answer_only(demo):
    contributor = Browser(demo, CONTRIBUTOR)
    begun = Browser(demo, "lead.vinterhamra@example.org")

    pages = [
        contributor.get("assessments.show_assessment", **NEW),
        begun.get("assessments.show_assessment", round_slug="2026", city_slug="vinterhamra"),
    ]

    assert [OFFER in words(page) for page in pages] == [False, False]
    assert contributor.post("carrying.carry_over", **NEW).status_code == 403


def test_a_city_without_an_earlier_round_has_nothing_to_take_over(demo):
    with demo.app_context():
        rows = update(Round).where(Round.slug == "2024")
        db.session.execute(rows.values(created_at=now()))
        db.session.commit()
    browser = Browser(demo, LEAD)

    answer = browser.post("carrying.carry_over", **NEW)

    page = words(browser.get(answer.location))
    assert "nothing more to take over" in page
    assert OFFER not in page
    assert stored(demo, "roccamirna") is None


def test_the_statement_shows_the_last_round_and_what_the_peers_agreed_in_its_report(demo):
    page = words(
        Browser(demo, "contributor.hal-qamrija@example.org").get(
            "assessments.show_answer", code="SP1.1", **BEGUN
        )
    )

    assert "Taken over from Charter review 2024, to be confirmed" in page
    assert "Last round: Charter review 2024 What the city signed" in page
    assert "What the peers agreed Level" in page
    assert "The report of Charter review 2024" in page


def test_confirming_counts_once_and_leads_on_to_the_next(demo):
    browser = Browser(demo, "contributor.hal-qamrija@example.org")
    level = stored(demo, "hal-qamrija", "PM3.1")[0]

    for _ in range(2):
        answer = browser.post("carrying.confirm", code="PM3.1", **BEGUN)

    page = browser.get(answer.location)
    assert answer.status_code == 303
    assert "PM3.1 is confirmed." in words(page)
    assert "Confirm without a change" not in words(page)
    assert re.search(r'href="/rounds/2026/hal-qamrija/statements/PM3.2">Next to be', page.text)
    assert stored(demo, "hal-qamrija", "PM3.1") == (level, 1, False)
    # The task list says 9 of the demonstration and this one.
    listed = words(browser.get("assessments.show_assessment", **BEGUN))
    assert "10 of 54 statements are complete" in listed
    assert last_entries(demo, 1) == [("answer:confirm", {"statement": "PM3.1"})]


def test_a_change_by_the_script_confirms_too(demo):
    browser = Browser(demo, "contributor.hal-qamrija@example.org")
    level = stored(demo, "hal-qamrija", "PM3.1")[0]

    body = {"base": 1, "fields": {"text": "Since last year in all districts."}}
    saved = browser.patch("assessments.save_answer", body, code="PM3.1", **BEGUN)

    assert saved.status_code == 200
    assert stored(demo, "hal-qamrija", "PM3.1") == (level, 2, False)


def test_confirming_what_nobody_has_written_stores_nothing(demo):
    before = count(demo, Answer), count(demo, Entry)

    answer = Browser(demo, CONTRIBUTOR).post("carrying.confirm", code="PM1.1", **NEW)

    assert answer.status_code == 303
    assert (count(demo, Answer), count(demo, Entry)) == before


def test_what_is_to_be_confirmed_counts_nowhere_as_an_answer(demo):
    lead = words(Browser(demo, "lead.hal-qamrija@example.org").get("home.show_home"))
    office = words(
        Browser(demo, "coordinator@example.org").get("rounds.show_round", round_slug="2026")
    )

    assert "9 of 54" in lead
    assert re.search(r"Ħal Qamrija .*? 9 of 54", office)


def test_a_lock_is_refused_while_an_answer_is_to_be_confirmed(demo):
    with demo.app_context():
        rows = update(Answer).where(Answer.assessment_id == of_city("hal-qamrija"))
        codes = select(Statement.id).where(Statement.code.not_in(["EM1.1", "BU3.1"]))
        db.session.execute(rows.where(Answer.statement_id.in_(codes)).values(to_confirm=False))
        db.session.commit()

    answer = Browser(demo, "lead.hal-qamrija@example.org").post("assessments.lock", **BEGUN)

    assert answer.status_code == 422
    assert "2 statements have no complete answer yet." in words(answer)
    assert "Missing: EM1.1, BU3.1" in words(answer)


def test_statements_to_be_confirmed_can_be_listed_alone(demo):
    page = Browser(demo, "lead.hal-qamrija@example.org").get(
        "assessments.show_assessment", show="to-confirm", **BEGUN
    )

    assert page.text.count("To be confirmed</strong>") == 45
    assert "/statements/PM1.1" not in page.text.split("app-task-list")[1]


@pytest.mark.parametrize("code", ["PM1.1", "SP1.1"])
def test_a_statement_costs_few_queries(demo, code):
    browser, seen = Browser(demo, "lead.hal-qamrija@example.org"), []
    browser.get("assessments.show_answer", code=code, **BEGUN)
    with demo.app_context():
        engine = db.engine

        def note(conn, cursor, statement, *rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        browser.get("assessments.show_answer", code=code, **BEGUN)
        event.remove(engine, "before_cursor_execute", note)

    assert len(seen) < 40


def test_the_answer_stays_when_its_source_is_asked_for(demo):
    """The signed version that an answer comes from cannot be taken away under it."""
    source = select(Answer.carried_from_id).where(Answer.carried_from_id.is_not(None))
    table = Submission.__table__

    with demo.app_context(), pytest.raises(IntegrityError):
        db.session.execute(delete(table).where(table.c.id.in_(source)))
