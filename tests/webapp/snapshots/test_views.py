"""From a frozen benchmark to the public: taken, checked, approved, released, called off."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Entry, Round, Snapshot
from reviews import releases
from tests.browser import Browser, words
from webapp.clock import BRUSSELS, now
from webapp.demonstration import DEMO_PASSWORD
from webapp.extensions import db

HERE, FIRST, SECOND = ({"round_slug": "2024"} | more for more in ({}, {"number": 1}, {"number": 2}))
COORDINATOR, CONFLICTED, THIRD = (
    f"{one}@example.org" for one in ("coordinator", "second.coordinator", "third.coordinator")
)
CITY = {"round_slug": "2024", "city_slug": "vinterhamra"}


def consent(demo, choice):
    """The signatory of a city that is named decides anew."""
    signatory = Browser(demo, "signatory.vinterhamra@example.org")
    page = signatory.get("consents.show_consent", **CITY).text
    shown = re.search(r'name="shown" value="(\d+)"', page).group(1)
    form = {"choice": choice, "password": DEMO_PASSWORD, "shown": shown}
    assert signatory.post("consents.sign", form, **CITY).status_code == 303


def take(browser, reason="A city has withdrawn its name."):
    return browser.post("snapshots.take", {"reason": reason}, **HERE)


def shown(browser, where=SECOND):
    page = words(browser.get("snapshots.show_snapshot", **where))
    return re.search(r"Fingerprint of the figures \(SHA-256\) ([0-9a-f]{64})", page).group(1)


def approve(browser, where=SECOND):
    return browser.post("snapshots.approve", {"read": "y", "shown": shown(browser)}, **where)


def release(browser, **rest):
    form = {
        "when": "at-once",
        "shown": shown(browser),
        "password": DEMO_PASSWORD,
        "reason": "A city has withdrawn its name.",
    }
    return browser.post("snapshots.release", form | rest, **SECOND)


def later(days):
    day = (now() + timedelta(days=days)).astimezone(BRUSSELS)
    return {
        "when": "later",
        "day": [str(day.day), str(day.month), str(day.year)],
        "clock": "14:00",
    }


def stage(browser, where=SECOND):
    page = words(browser.get("snapshots.show_snapshot", **where))
    return re.search(r"Snapshot \d (.+?) Frozen \d", page).group(1)


@pytest.fixture
def second(demo):
    """A second snapshot of the round, approved by two, in which a city is named no more."""
    consent(demo, "group")
    assert take(Browser(demo, COORDINATOR)).status_code == 303
    for email in (COORDINATOR, THIRD):
        assert approve(Browser(demo, email)).status_code == 303
    return Browser(demo, COORDINATOR)


# The list, and freezing.


def test_the_list_says_what_is_frozen_and_public_and_what_the_next_one_would_hold(demo):
    page = words(Browser(demo, COORDINATOR).get("snapshots.list_snapshots", **HERE))

    assert "12 6 Public since 31 January 2025, 09:10 (Brussels) The first one" in page
    assert "Release 1 of snapshot 1: Public since 31 January 2025, 09:10 (Brussels)." in page
    assert "Vinterhamra Report published Yes By name" in page
    assert "Puertalba Report published Yes In groups only (nothing was said)" in page
    assert "Why is there one more snapshot?" in page


def test_a_round_with_too_few_final_cities_says_so_and_freezes_nothing(demo):
    browser = Browser(demo, COORDINATOR)

    page = words(browser.get("snapshots.list_snapshots", round_slug="2026"))
    answer = browser.post("snapshots.take", {"fixed": "y"}, round_slug="2026")

    refusal = "A snapshot needs 6 cities with a final report. So far: 1."
    assert refusal in page
    assert "Cities in it: 1. Not final, and then never in the figures of this round: 11." in page
    assert (answer.status_code, refusal in words(answer)) == (422, True)


def test_the_first_snapshot_is_taken_by_whoever_says_that_the_cities_are_fixed(demo):
    answer = Browser(demo, COORDINATOR).post("snapshots.take", {}, round_slug="2026")

    assert answer.status_code == 422
    assert "Say that the cities are fixed for good." in words(answer)


def test_a_further_snapshot_needs_a_reason_and_something_new(demo):
    browser = Browser(demo, COORDINATOR)
    answers = [take(browser, reason) for reason in ("", "Just so.")]

    assert [one.status_code for one in answers] == [422, 409]
    assert "Give a reason." in words(answers[0])
    assert "Nothing has changed since the last snapshot." in words(answers[1])
    assert "Just so." in answers[1].text


def test_whoever_is_too_close_to_a_city_sees_the_snapshot_without_it(demo):
    browser = Browser(demo, CONFLICTED)
    list_ = words(browser.get("snapshots.list_snapshots", **HERE))
    page = words(browser.get("snapshots.show_snapshot", **FIRST))

    assert "11 5 Public since" in list_
    assert "Clairvaumont Not shown: you are too close to this city." in list_
    assert "Cities (11)" in page
    assert "Fingerprint of the" not in page
    for part in ("input", "choices", "result"):
        assert browser.get("snapshots.download_part", part=part, **FIRST).status_code == 403
    for endpoint in ("snapshots.approve", "snapshots.release"):
        assert browser.post(endpoint, {}, **FIRST).status_code == 403


# One snapshot.


def test_the_files_are_the_very_characters_that_were_hashed(demo):
    browser = Browser(demo, COORDINATOR)
    page = words(browser.get("snapshots.show_snapshot", **FIRST))

    for part, name in (("input", "input"), ("result", "figures")):
        file = browser.get("snapshots.download_part", part=part, **FIRST)
        assert (
            f"Fingerprint of the {name} (SHA-256) {hashlib.sha256(file.data).hexdigest()}" in page
        )
        assert f"2024-snapshot-1-{part}.json" in file.headers["Content-Disposition"]
    choices = browser.get("snapshots.download_part", part="choices", **FIRST)
    assert choices.json["threshold"] == pytest.approx(2 / 3)
    assert "67 % of the weight that applies" in page


def test_the_figures_are_computed_again_and_nothing_is_stored(demo):
    browser = Browser(demo, COORDINATOR)
    with demo.app_context():
        before = db.session.query(Entry).count()

    page = words(browser.get("snapshots.check_snapshot", **FIRST))

    assert "The same figures, to the last character." in page
    with demo.app_context():
        assert db.session.query(Entry).count() == before


@pytest.mark.parametrize("number", [3, 2**31 - 1])
def test_a_snapshot_that_there_is_not_is_nowhere(demo, number):
    browser = Browser(demo, COORDINATOR)

    answer = browser.get("snapshots.show_snapshot", round_slug="2024", number=number)

    assert answer.status_code == 404


# Release.


def test_a_further_release_goes_through_two_approvals_a_reason_and_a_password(demo):
    consent(demo, "group")
    browser, third = Browser(demo, COORDINATOR), Browser(demo, THIRD)
    list_ = words(browser.get("snapshots.list_snapshots", **HERE))
    take(browser)
    early = release(browser)
    unread = browser.post("snapshots.approve", {"shown": shown(browser)}, **SECOND)
    twice = [approve(browser).status_code for _ in range(2)]
    approve(third)
    wrong = release(third, password="not the password")
    unsaid = release(third, reason="")
    done = [release(third).status_code for _ in range(2)]

    assert "Changed since the last snapshot: Vinterhamra: in groups only now" in list_
    assert (early.status_code, unread.status_code, twice) == (422, 422, [303, 303])
    assert "2 coordinators must approve; 0 have." in words(early)
    assert (wrong.status_code, unsaid.status_code, done) == (422, 422, [303, 303])
    assert "This is not your password. Nothing was released." in words(wrong)
    assert "Give a reason." in words(unsaid)
    assert stage(browser).startswith("Public since")
    assert stage(browser, FIRST) == "Was public until a later release"
    page = words(browser.get("snapshots.list_snapshots", **HERE))
    assert "Release 2 of snapshot 2: Public since" in page
    assert "Reason: A city has withdrawn its name. Fingerprint" in page
    assert "Release 1 of snapshot 1: Was public from 31 January 2025, 09:10" in page


def test_a_moment_that_cannot_be_is_refused_and_nothing_is_lost(second):
    refusals = [
        (later(-1), "Choose a moment between now and a year ahead."),
        (later(400), "Choose a moment between now and a year ahead."),
        (later(2) | {"clock": "25:00"}, "Enter a time of day"),
        (later(2) | {"day": ["31", "2", "2027"]}, "This day does not exist."),
        (
            later(2) | {"day": ["28", "3", "2027"], "clock": "2:30"},
            "The clocks change at this time",
        ),
        ({"when": ""}, "Choose from when on."),
        ({"when": "never"}, "Choose from when on."),
    ]

    for given, message in refusals:
        answer = release(second, **given)
        assert (answer.status_code, message in words(answer)) == (422, True), message
        assert "A city has withdrawn its name." in re.search(
            r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL
        ).group(1)
    assert stage(second) == "Approved, not released"


def test_a_release_under_embargo_can_be_called_off_until_then(demo, second):
    released = release(second, **later(2))
    waiting = stage(second)
    strange = second.post("snapshots.call_off", {"release": "1"}, **SECOND)
    answer = second.post("snapshots.call_off", {"release": "2"}, **SECOND)
    public = second.post("snapshots.call_off", {"release": "1"}, **FIRST)

    assert released.status_code == 303
    assert re.fullmatch(r"Embargo until .+, 14:00 \(Brussels\)", waiting)
    assert (strange.status_code, answer.status_code, public.status_code) == (422, 303, 409)
    assert stage(second) == "Release called off"
    assert stage(second, FIRST).startswith("Public since 31 January 2025")
    with demo.app_context():
        round_ = db.session.scalars(select(Round).where(Round.slug == "2024")).one()
        assert releases.current(round_, now() + timedelta(days=3)).snapshot.number == 1


def test_a_city_that_withdraws_its_name_calls_off_what_waits_with_it(demo):
    consent(demo, "group")
    consent(demo, "named")
    signatory = Browser(demo, "signatory.clairvaumont@example.org")
    where = {"round_slug": "2024", "city_slug": "clairvaumont"}
    browser = Browser(demo, COORDINATOR)
    old = re.search(
        r'name="shown" value="(\d+)"', signatory.get("consents.show_consent", **where).text
    ).group(1)
    form = {"choice": "group", "password": DEMO_PASSWORD, "shown": old}
    assert signatory.post("consents.sign", form, **where).status_code == 303
    take(browser)
    for email in (COORDINATOR, THIRD):
        approve(Browser(demo, email))
    release(browser, **later(2))

    consent(demo, "group")

    assert stage(browser) == "Release called off"
    page = words(browser.get("snapshots.show_snapshot", **SECOND))
    assert "Called off by Birgitta Sandelin" in page
    assert "No longer to be named: Vinterhamra. Take a new snapshot." in page


def test_the_deeds_are_in_the_journal(demo, second):
    release(second)

    with demo.app_context():
        rows = db.session.scalars(select(Entry).order_by(Entry.sequence.desc()).limit(5)).all()
        deeds = [one.action for one in reversed(rows)]
        taken = db.session.scalars(select(Snapshot).where(Snapshot.number == 2)).one()
    assert deeds == [
        "consent:sign",
        "snapshot:take",
        "release:approve",
        "release:approve",
        "release:publish",
    ]
    assert "vinterhamra" not in taken.named
