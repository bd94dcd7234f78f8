"""The story of a release: a city signs, the figures are frozen, two approve, everybody reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from webapp.clock import now
from webapp.demonstration import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SIGNATORY = "signatory.puertalba@example.org"
COORDINATOR, THIRD = "coordinator@example.org", "third.coordinator@example.org"
SNAPSHOTS, PUBLIC = "/rounds/2024/snapshots", "/results/2024/benchmark"
BEFORE = "6 of 12 cities agreed to stand here under their name"
AFTER = "7 of 12 cities agreed to stand here under their name"


def give_password(person):
    person.page.get_by_label("Your password, once more").fill(DEMO_PASSWORD)


def approve(person):
    person.page.get_by_label("I have looked at the figures of this snapshot").check()
    person.press("Approve the snapshot")


def enter_day(person, day):
    parts = {"day": day.day, "month": day.month, "year": day.year}
    for part, value in parts.items():
        person.page.locator(f"#day-{part}").fill(str(value))


@pytest.mark.parametrize(
    ("demo_url", "script"),
    [("demo_sqlite", True), ("demo_postgresql", False)],
    indirect=["demo_url"],
)
def test_figures_with_one_more_name_go_from_the_signature_to_everybody(meet, script):
    signatory = meet(SIGNATORY, script=script)
    signatory.open("/rounds/2024/puertalba")
    signatory.follow("Our name in public figures")
    signatory.sees("What holds now: In groups only. Nobody has decided yet")
    signatory.press("Sign for Puertalba")
    signatory.sees("Choose one of the two.")
    signatory.look()
    signatory.page.get_by_label("By name").check()
    give_password(signatory)
    signatory.press("Sign for Puertalba")
    signatory.sees("What holds now: By name.")

    coordinator = meet(COORDINATOR, script=script)
    coordinator.open("/rounds/2024")
    coordinator.follow("Frozen benchmarks, and what becomes public")
    coordinator.sees("Changed since the last snapshot:")
    coordinator.press("Freeze the benchmark")
    coordinator.sees("Give a reason.")
    coordinator.look()
    coordinator.page.get_by_label("Why is there one more snapshot?").fill("Puertalba is named.")
    coordinator.press("Freeze the benchmark")
    coordinator.sees("Snapshot 2")
    coordinator.look()
    coordinator.follow("Compute it again from the frozen input, and compare")
    coordinator.sees("The same figures, to the last character.")
    coordinator.follow("Back to snapshot 2")
    approve(coordinator)
    third = meet(THIRD, script=script)
    third.open(f"{SNAPSHOTS}/2")
    approve(third)
    close = meet("second.coordinator@example.org", script=script)
    close.open(f"{SNAPSHOTS}/2")
    expect(close.page.get_by_role("main").get_by_role("button")).to_have_count(0)

    third.page.get_by_label("From a moment on, which I give below").check()
    third.page.get_by_label("Why is there one more release?").fill("One more city is named.")
    third.press("Release the figures")
    third.sees("Enter a date")
    third.look()
    tomorrow = now() + timedelta(days=1)
    expect(third.page.locator("#reason")).to_have_value("One more city is named.")
    enter_day(third, tomorrow)
    third.page.get_by_label("Time", exact=True).fill("9:30")
    give_password(third)
    third.press("Release the figures")
    third.sees("Until then you can call it off.")
    third.look()
    visitor = meet(script=script)
    visitor.open(PUBLIC)
    visitor.sees(BEFORE)

    third.press("Call release 2 off")
    third.look()
    visitor.open(PUBLIC)
    visitor.sees(BEFORE)
    third.page.get_by_label("At once").check()
    third.page.get_by_label("Why is there one more release?").fill("Puertalba is named.")
    give_password(third)
    third.press("Release the figures")
    third.sees("Public since")
    visitor.open(PUBLIC)
    visitor.sees(AFTER)
    visitor.sees("Puertalba is named.")
    visitor.sees("Release 1, 31 January 2025, snapshot 2024-1: replaced, no longer shown")
