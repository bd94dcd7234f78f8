"""The three dashboards in a browser: of coordinators, of a city, and of everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    # What the pages show is tested on both databases elsewhere.
    pytest.mark.parametrize("demo_url", ["demo_sqlite"], indirect=True),
]

COORDINATOR = "coordinator@example.org"
LEAD, OTHER = "lead.vinterhamra@example.org", "lead.svetlobryag@example.org"
ROUND = "/rounds/2024/benchmark"
CITY = "/rounds/2024/vinterhamra/benchmark"
STARTS = {"csv": b"\xef\xbb\xbf", "svg": b"<svg", "png": b"\x89PNG"}


def pictures(person) -> list[str]:
    """The names of the pictures of a page, each with all that belongs to one, files included."""
    shown = person.page.locator("section:has(figure)").all()
    return [complete(person, one) for one in shown]


def complete(person, picture: Locator) -> str:
    drawn = picture.locator("figure svg[role=img]")
    sentence = picture.locator(".govuk-grid-row p").first
    files = [one.get_attribute("href") for one in picture.locator("a[download]").all()]
    made = picture.locator("details", has_text="How was this made?")
    table = picture.locator("details", has_text="The figures as a table")
    assert drawn.count() == 2  # for a desk and for a phone
    assert drawn.first.locator("title").text_content()
    assert drawn.first.locator("desc").text_content()
    assert sentence.text_content().endswith(".")
    assert "Fingerprint of the data" in made.locator("dl").text_content()
    assert table.locator("tbody tr").count() > 0
    assert [begins(person, one) for one in files] == list(STARTS)
    return picture.locator("h2").get_attribute("id").removesuffix("-heading")


def begins(person, address: str) -> str:
    """The kind of a file, by its first bytes."""
    file = person.page.request.get(f"{person.site}{address}")
    assert file.status == 200, address
    return next(kind for kind, start in STARTS.items() if file.body().startswith(start))


def asks(person, **choices: str) -> None:
    """Choose in the selects over the pictures, and show that."""
    for name, words in choices.items():
        person.page.locator(f"#filter-{name}").select_option(label=words)
    person.press("Show")


def opens(person, words: str) -> None:
    """Open, with the keyboard, the first thing that is folded in under these words."""
    found = person.page.locator("main summary", has_text=words).first
    found.press("Enter")
    expect(found.locator("..")).to_have_attribute("open", "")


def wears(person, tag: str) -> None:
    """What kind of figures the page says that it shows."""
    expect(person.page.locator("main .govuk-tag").first).to_have_text(tag)


def test_a_coordinator_asks_the_figures_of_a_round_down_to_a_statement(meet):
    coordinator = meet(COORDINATOR)
    coordinator.open("/rounds/2024")
    coordinator.follow("Benchmark of this round")
    wears(coordinator, "Frozen")
    coordinator.sees("Snapshot 2024-1, frozen on 27 January 2025")
    expected = ["profile", "gap", "heat", "spread", "ranks", "coverage", "severity"]
    assert pictures(coordinator) == expected
    for words in ("How was this made?", "The figures as a table", "Each of them"):
        opens(coordinator, words)
    coordinator.look()

    asks(coordinator, city="Puertalba", role="Buyer", series="Peers")
    coordinator.sees("Puertalba: by commitment")
    opens(coordinator, "Radar, for those who want it")
    expect(coordinator.page.locator("#radar svg:visible")).to_have_count(1)
    coordinator.look()
    coordinator.go(coordinator.page.get_by_label("Puertalba: by role").get_by_role("link").first)
    coordinator.sees("how it was made")
    for code in ("BU1 ", "BU1.2 "):
        parts = coordinator.page.get_by_label("Its parts").get_by_role("row")
        coordinator.go(parts.filter(has_text=code).get_by_role("link").first)
        expect(coordinator.page.get_by_role("heading", level=1)).to_contain_text(code)
        coordinator.look()
    coordinator.sees("Down to the answers")

    coordinator.open(f"{ROUND}?city=puertalba&role=buyer")
    coordinator.follow("Show everything")
    asks(coordinator, group="Share of migrants: lowest third (4 cities)")
    coordinator.sees("Only cities of one kind are shown: Share of migrants: lowest third (4).")
    coordinator.look()
    asks(coordinator, of="As it stands now (working figures)", group="All cities")
    wears(coordinator, "Working figures")
    coordinator.open("/rounds/2026/benchmark")
    wears(coordinator, "Working figures")
    coordinator.sees("Not frozen: these figures change with every submission")


def test_a_city_sees_where_it_stands_what_next_and_how_a_figure_was_made(meet):
    lead = meet(LEAD)
    lead.open("/rounds/2024/vinterhamra")
    lead.follow("Benchmark: where we stand")
    lead.sees("snapshot 2024-1. These figures do not change any more.")
    assert pictures(lead) == ["profile", "gap", "ranks", "radar"]
    lead.sees("There is no earlier frozen round with this city in it to compare with.")
    for words in ("Groups we belong to", "Our place as a picture", "Radar, for those"):
        opens(lead, words)
    lead.look()

    asks(lead, role="Buyer", series="Self")
    lead.sees("Self, points of 100; figures of the group are whole points")
    lead.look()
    lead.follow("Show everything")
    raising = lead.page.locator("#raising ~ ol li a")
    assert raising.count() >= 3
    learning = lead.page.locator("#learning ~ ul li a")
    assert learning.count() >= 3
    lead.go(lead.page.get_by_role("link", name="how this was made").first)
    lead.sees("how it was made")
    lead.look()
    lead.page.go_back()
    lead.go(lead.page.get_by_role("link", name="Our evidence").first)
    lead.page.go_back()
    lead.go(learning.first)
    assert "/results/2024/" in lead.page.url

    other = meet(OTHER)
    other.open("/rounds/2026/svetlobryag/benchmark")
    other.sees("There are no figures yet.")
    for address in (CITY, ROUND):
        assert other.page.request.get(f"{other.site}{address}").status == 404


def test_everybody_reads_what_is_public_with_the_keyboard_alone(meet):
    visitor = meet()
    visitor.open("/")
    visitor.follow("Charter review 2024")
    visitor.follow("The benchmark: how the cities stand together")
    visitor.sees("6 of 12 cities agreed to stand here under their name")

    for width, city in ((390, "Clairvaumont"), (1280, "Vinterhamra")):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        tab_to(visitor, "filter-city")
        visitor.page.keyboard.type(city)
        tab_to(visitor, "Show")
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Enter")
        profile = visitor.page.locator("section[aria-labelledby=profile-heading]")
        expect(profile.get_by_role("heading")).to_contain_text(city)
        expect(profile.locator("svg:visible")).to_have_count(1)

    assert "city=vinterhamra" in visitor.page.url
    visitor.look()
    assert pictures(visitor) == ["standing", "heat", "profile", "gap"]
    answers = [
        visitor.page.request.get(f"{visitor.site}/results/{one}/benchmark").status
        for one in ("1999", "2026")
    ]
    assert answers == [404, 404]


def tab_to(person, wanted: str) -> None:
    """Press Tab until the element of that id, or with these words, is reached."""
    seen = None
    for _ in range(120):
        person.page.keyboard.press("Tab")
        seen = person.page.evaluate("[document.activeElement.id, document.activeElement.innerText]")
        if wanted in seen:
            return
    raise AssertionError((wanted, seen))
