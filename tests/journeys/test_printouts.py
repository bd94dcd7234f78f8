"""Files to take away: asked for in a browser, made beside it, watched and downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from webapp import work

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages do is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

LEAD, COORDINATOR = "lead.vinterhamra@example.org", "coordinator@example.org"
MADE = "Download: One page for the mayor (PDF"


def fetched(person, words: str) -> bytes:
    """What the browser stores when somebody follows a link to a file."""
    with person.page.expect_download() as download:
        person.page.locator("main a", has_text=words).click()
    return Path(download.value.path()).read_bytes()


def test_files_are_asked_for_watched_and_downloaded(meet, demo):
    lead, other = meet(LEAD), meet(LEAD, script=False)
    lead.open("/rounds/2024/vinterhamra")
    lead.follow("Report and one-page brief as files")
    lead.press("Make it: One page for the mayor")
    lead.sees("One page for the mayor: 0 %")
    lead.look()
    other.open("/rounds/2024/vinterhamra/printouts")
    other.sees("One page for the mayor: 0 %")
    coordinator = meet(COORDINATOR)
    coordinator.open("/rounds/2024/printouts")
    coordinator.press("Make it: Open data package")
    coordinator.look()
    visitor = meet()
    visitor.open("/results/2024/benchmark")
    expect(visitor.page.get_by_role("main")).not_to_contain_text("All figures as open data")

    work.take_up(demo)

    # The script looks by itself; without it one looks again.
    expect(lead.page.get_by_role("main")).to_contain_text(MADE, timeout=30_000)
    other.follow("Look again")
    other.sees(MADE)
    lead.look()
    brief = fetched(lead, "Download: One page for the mayor")
    assert brief.startswith(b"%PDF")
    assert fetched(other, "Download: One page for the mayor") == brief
    visitor.open("/results/2024/benchmark")
    assert fetched(visitor, "All figures as open data").startswith(b"PK")
