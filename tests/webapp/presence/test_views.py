"""Presence: who else of the own city is on a statement, for a minute, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models import CityMembership, Entry, Presence, User
from tests.browser import Browser, words
from webapp.clock import now
from webapp.extensions import db

HERE = {"round_slug": "2026", "city_slug": "vinterhamra"}
LEAD, CONTRIBUTOR = "lead.vinterhamra@example.org", "contributor.vinterhamra@example.org"
HELPER = "helper.vinterhamra@example.org"


def beat(browser, code="PM1.1", **there):
    headers = {"X-CSRFToken": browser.token, "Accept": "application/json"}
    address = browser.address("presence.show_oneself", code=code, **{**HERE, **there})
    return browser.client.post(address, json={}, headers=headers)


def page(demo, email, code="PM1.1"):
    return words(Browser(demo, email).get("assessments.show_answer", code=code, **HERE))


def test_two_people_on_one_statement_see_each_other(demo):
    ana, lead = Browser(demo, CONTRIBUTOR), Browser(demo, LEAD)

    first, second = beat(ana), beat(lead)

    assert (first.json, second.json) == (
        {"words": ""},
        {"words": "Elsa Nordgren is on this statement"},
    )
    assert beat(ana).json == {"words": "Johan Ekdahl is on this statement"}
    assert "Elsa Nordgren is on this statement" in page(demo, LEAD)
    assert "is on this statement" not in page(demo, LEAD, "PM1.2")


def test_three_people_are_named_together(demo):
    for email in (CONTRIBUTOR, LEAD):
        beat(Browser(demo, email), "SP1.1")

    said = beat(Browser(demo, HELPER), "SP1.1").json["words"]

    assert said == "Elsa Nordgren, Johan Ekdahl are on this statement"


def test_one_person_is_on_one_statement(demo):
    ana = Browser(demo, CONTRIBUTOR)
    beat(ana)
    beat(ana, "PM1.2")

    assert "is on this statement" not in page(demo, LEAD)
    assert "Elsa Nordgren is on this statement" in page(demo, LEAD, "PM1.2")
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(Presence)) == 1


def test_after_a_minute_nobody_is_there(demo):
    beat(Browser(demo, CONTRIBUTOR))
    with demo.app_context():
        db.session.execute(update(Presence).values(seen_at=now() - timedelta(seconds=60)))
        db.session.commit()

    assert "is on this statement" not in page(demo, LEAD)


def test_whoever_has_left_the_city_is_not_named(demo):
    beat(Browser(demo, CONTRIBUTOR))
    with demo.app_context():
        who = select(User.id).where(User.email == CONTRIBUTOR).scalar_subquery()
        db.session.execute(
            update(CityMembership).where(CityMembership.user_id == who).values(ended_at=now())
        )
        db.session.commit()

    assert "is on this statement" not in page(demo, LEAD)


@pytest.mark.parametrize("email", ["coordinator@example.org", "lead.eichmunde@example.org"])
def test_nobody_else_beats_or_hears(demo, email):
    assert beat(Browser(demo, email)).status_code in (403, 404)


def test_a_reviewer_neither_sees_staff_nor_is_seen(demo):
    there = {"city_slug": "vilarmonde"}
    lead = Browser(demo, "lead.vilarmonde@example.org")
    reviewer = Browser(demo, "reviewer.brzozogrod@example.org")
    beat(lead, **there)

    assert beat(reviewer, **there).status_code == 403
    with demo.app_context():
        assert db.session.scalar(select(func.count()).select_from(Presence)) == 1


def test_a_heartbeat_is_no_deed(demo):
    with demo.app_context():
        before = db.session.scalar(select(func.max(Entry.sequence)))

    beat(Browser(demo, CONTRIBUTOR))

    with demo.app_context():
        assert db.session.scalar(select(func.max(Entry.sequence))) == before


def test_a_heartbeat_without_its_token_is_refused(demo):
    browser = Browser(demo, CONTRIBUTOR)
    address = browser.address("presence.show_oneself", code="PM1.1", **HERE)

    assert browser.client.post(address, json={}).status_code == 400
