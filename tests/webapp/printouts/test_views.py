"""Files to take away: asked for, watched, downloaded by whoever may."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from models import City, Conflict, Printout, User
from tests.browser import Browser, words
from webapp import work
from webapp.clock import now
from webapp.extensions import db

ROUND = {"round_slug": "2024"}
CITY = {"round_slug": "2024", "city_slug": "vinterhamra"}
COORDINATOR, CLOSE = "coordinator@example.org", "second.coordinator@example.org"
LEAD, STRANGER = "lead.vinterhamra@example.org", "lead.svetlobryag@example.org"


def count(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Printout))


def test_a_coordinator_asks_watches_and_downloads(demo):
    browser = Browser(demo, COORDINATOR)
    early = browser.get("printouts.download_printout", kind="data-package", **ROUND)

    asked = [
        browser.post("printouts.ask_for_printout", {"kind": "data-package"}, **ROUND)
        for _ in range(2)
    ]
    waiting = browser.get("printouts.show_printouts", **ROUND)
    work.take_up(demo)
    ready = browser.get("printouts.show_printouts", **ROUND)
    file = browser.get("printouts.download_printout", kind="data-package", **ROUND)

    assert early.status_code == 409
    assert ([one.status_code for one in asked], count(demo)) == ([303, 303], 1)
    assert "Open data package: 0 %" in words(waiting)
    assert "Look again" in words(waiting)
    assert "Download: Open data package" in words(ready)
    assert "Look again" not in words(ready)
    assert (file.status_code, file.mimetype, file.data[:2]) == (200, "application/zip", b"PK")
    assert 'filename="2024-1-data-package.zip"' in file.headers["Content-Disposition"]
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_city_has_its_own_files_and_nobody_elses(demo):
    lead, stranger = Browser(demo, LEAD), Browser(demo, STRANGER)

    asked = lead.post("printouts.ask_for_city_printout", {"kind": "brief"}, **CITY)
    work.take_up(demo)
    answers = {
        name: browser.get("printouts.download_city_printout", kind="brief", **CITY).status_code
        for name, browser in {
            "lead": lead,
            "coordinator": Browser(demo, COORDINATOR),
            "stranger": stranger,
        }.items()
    }

    assert asked.status_code == 303
    assert answers == {"lead": 200, "coordinator": 200, "stranger": 404}
    assert stranger.get("printouts.show_city_printouts", **CITY).status_code == 404
    assert lead.get("printouts.show_printouts", **ROUND).status_code == 404


@pytest.mark.parametrize("kind", ["", "brief", "everything"])
def test_what_is_not_offered_is_refused(demo, kind):
    browser = Browser(demo, COORDINATOR)

    answer = browser.post("printouts.ask_for_printout", {"kind": kind}, **ROUND)

    assert (answer.status_code, count(demo)) == (422, 0)
    assert "Choose a file from the list." in words(answer)


def test_a_coordinator_too_close_to_one_city_gets_no_file_of_any(demo):
    Browser(demo, COORDINATOR).post("printouts.ask_for_printout", {"kind": "workbook"}, **ROUND)
    work.take_up(demo)
    close = Browser(demo, CLOSE)

    page = close.get("printouts.show_printouts", **ROUND)
    answers = [
        close.get("printouts.download_printout", kind="workbook", **ROUND),
        close.post("printouts.ask_for_printout", {"kind": "comparative"}, **ROUND),
        close.post("printouts.ask_for_city_printout", {"kind": "brief"}, **CITY),
    ]

    assert "too close to one of the cities" in words(page)
    assert "Download" not in words(page)
    assert ([one.status_code for one in answers], count(demo)) == ([422, 422, 422], 1)


def test_a_right_that_has_ended_ends_the_download(demo):
    browser = Browser(demo, COORDINATOR)
    browser.post("printouts.ask_for_printout", {"kind": "workbook"}, **ROUND)
    work.take_up(demo)
    before = browser.get("printouts.download_printout", kind="workbook", **ROUND)

    with demo.app_context():
        who = db.session.scalars(select(User).where(User.email == COORDINATOR)).one()
        city = db.session.scalars(select(City).where(City.slug == "vinterhamra")).one()
        who.conflicts.append(Conflict(city=city, reason="I moved there.", declared_at=now()))
        db.session.commit()
    after = browser.get("printouts.download_printout", kind="workbook", **ROUND)

    assert (before.status_code, after.status_code) == (200, 422)


def test_without_a_snapshot_there_is_nothing_to_ask_for(demo):
    browser, there = Browser(demo, COORDINATOR), {"round_slug": "2026"}

    page = browser.get("printouts.show_printouts", **there)
    asked = browser.post("printouts.ask_for_printout", {"kind": "workbook"}, **there)

    assert "There is no snapshot of this round yet" in words(page)
    assert (asked.status_code, count(demo)) == (409, 0)
