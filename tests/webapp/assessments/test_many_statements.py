"""What a page asks of the database does not depend on how many statements there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Statement
from tests.browser import Browser
from tests.builders import a_city, a_long_instrument, a_round, an_assessment, an_officer, store
from tests.databases import engine_for
from webapp.clock import now
from webapp.extensions import db

COUNTS = (5, 80)
MONTH = timedelta(days=30)


@pytest.fixture
def cities(app, database_url):
    """Two cities that have answered all, one few and one many statements: the address of each
    and its lead."""
    found = {}
    engine = engine_for(database_url)
    with Session(engine) as session:
        for count in COUNTS:
            city = a_city(f"Town of {count}")
            lead = an_officer(of=city)
            due = now() + MONTH
            round_ = a_round(
                instrument=a_long_instrument(count), answers_due=due, reviews_due=due + MONTH
            )
            assessment = an_assessment(of=city, round=round_, answered="all")
            store(session, lead, assessment)
            here = {"round_slug": round_.slug, "city_slug": city.slug}
            found[count] = (lead.email, here)
        session.commit()
        assert session.query(Statement).count() == sum(COUNTS)
    engine.dispose()
    return found


def queries(app, ask):
    """How many statements one request sends, once what is kept for the process is there."""
    ask()
    seen = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert ask().status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("endpoint", ["show_assessment", "show_answer", "show_history"])
def test_a_page_costs_the_same_queries_for_few_statements_and_for_many(app, cities, endpoint):
    code = {} if endpoint == "show_assessment" else {"code": "PM1.3"}

    def reading(email, here):
        browser = Browser(app, email)
        return lambda: browser.get(f"assessments.{endpoint}", **code, **here)

    few, many = (queries(app, reading(*city)) for city in cities.values())

    assert few == many > 0


def test_a_save_costs_the_same_queries_for_few_statements_and_for_many(app, cities):
    def saving(email, here):
        browser, base = Browser(app, email), iter(range(1, 9))

        def save():
            number = next(base)
            body = {"base": number, "key": f"key-{number:08}", "fields": {"text": str(now())}}
            return browser.patch("assessments.save_answer", body, code="PM1.3", **here)

        return save

    few, many = (queries(app, saving(*city)) for city in cities.values())

    assert few == many > 0
