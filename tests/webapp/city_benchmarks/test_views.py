"""The benchmark of a city: frozen figures of its own and of groups, down to how each was made."""

from __future__ import annotations

import csv
import io

from sqlalchemy import select

from models import City, Snapshot
from tests.browser import Browser, words
from webapp.extensions import db

LEAD = "lead.vinterhamra@example.org"
HERE = {"round_slug": "2024", "city_slug": "vinterhamra"}
PAGE, FILE, FIGURE = (
    f"city_benchmarks.{name}" for name in ("show_city_benchmark", "download_chart", "show_figure")
)


def a_snapshot():
    return db.session.scalars(select(Snapshot)).one()


def test_the_page_answers_shows_and_leads_on_and_names_only_who_agreed(demo):
    lead = Browser(demo, LEAD)

    page = words(lead.get(PAGE, **HERE))

    assert "Frozen on 27 January 2025 from the signed and reviewed work of 12 cities" in page
    for question in (
        "How do we stand in the four roles?",
        "Where do we and our peers part?",
        "Can the figures be trusted?",
    ):
        assert question in page
    for part in ("Our figures", "Beside others: All cities", "Our place", "Cities to learn from"):
        assert part in page
    assert "Share of migrants: highest third: fewer than 5 other cities" in page
    assert "There is no earlier frozen round" in page
    with demo.app_context():
        unnamed = set(a_snapshot().cities) - set(a_snapshot().named)
        names = db.session.scalars(select(City.name).where(City.slug.in_(unnamed))).all()
        sha = a_snapshot().result_sha256
    assert [name for name in names if name in page] == []
    assert sha in page
    assert "Benchmark: where we stand" in words(lead.get("assessments.show_assessment", **HERE))
    assert "The benchmark of the city" in words(lead.get("reports.show_report", **HERE))


def test_addresses_that_ask_for_what_there_is_not_are_refused(demo):
    lead = Browser(demo, LEAD)

    page = [
        lead.get(PAGE, **asked, **HERE).status_code
        for asked in (
            {"role": "buyer", "series": "self"},
            {"role": "nobody"},
            {"group": "country:SE"},
            {"group": "size:250-500k"},
            {"series": "rank"},
            {"city": "clairvaumont"},
        )
    ]
    figure = [
        lead.get(FIGURE, **asked, **HERE).status_code
        for asked in ({"code": "PM1.1"}, {"code": "XX1"}, {"code": "PM1", "series": "rank"})
    ]

    assert page == [200, 422, 422, 422, 422, 422]
    assert figure == [200, 404, 422]


def test_files_hold_the_figures_of_the_city_and_of_the_group_only(demo):
    lead = Browser(demo, LEAD)

    answers = {
        (chart, ending): lead.get(FILE, chart=chart, ending=ending, **HERE)
        for chart, ending in (
            ("profile", "csv"),
            ("gap", "svg"),
            ("radar", "png"),
            ("trend", "csv"),
        )
    }

    assert {key: one.status_code for key, one in answers.items()} == {
        ("profile", "csv"): 200,
        ("gap", "svg"): 200,
        ("radar", "png"): 200,
        # One frozen round: nothing to compare with.
        ("trend", "csv"): 404,
    }
    text = answers["profile", "csv"].data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["group_n"] for row in rows} == {"", "12"}
    assert "city" not in rows[0]


def test_a_figure_is_taken_apart_down_to_the_single_answer_for_its_city(demo):
    lead = Browser(demo, LEAD)

    role = words(lead.get(FIGURE, code="buyer", series="peer", **HERE))
    commitment = lead.get(FIGURE, code="BU1", series="peer", **HERE)

    assert "Together the parts come to 26.4: the figure above." in role
    # One reviewer marked BU1.3, so neither it nor what would give it away is there.
    assert "BU1.3 Training and help for buyers 0 – – 1" in words(commitment)
    assert "BU1.1 Equality in the buying rules 1 1 – 3" in words(commitment)
    assert 'href="/rounds/2024/vinterhamra/statements/BU1.2"' in commitment.text
    assert 'href="/rounds/2024/vinterhamra/report#levels-buyer"' in commitment.text


def test_coordinators_take_figures_apart_but_not_of_cities_they_are_close_to(demo):
    first, second = (
        Browser(demo, email)
        for email in ("coordinator@example.org", "second.coordinator@example.org")
    )

    def asked(who, city, **rest):
        found = who.get("dashboards.show_figure", round_slug="2024", code="BU1", city=city, **rest)
        return found.status_code

    assert [asked(first, city) for city in ("vinterhamra", "clairvaumont")] == [200, 200]
    assert [asked(second, city) for city in ("clairvaumont", "nowhere")] == [404, 404]
    assert asked(first, "vinterhamra", of="working") == 200
    assert [asked(first, "vinterhamra", of="9"), asked(first, "")] == [422, 422]
    page = words(
        first.get("dashboards.show_figure", round_slug="2024", code="BU1", city="vinterhamra",
                  series="peer")
    )  # fmt: skip
    assert "BU1.3 Training and help for buyers 0 – – 1" in page


def test_before_a_benchmark_is_frozen_the_page_says_when_it_will_be_there(demo):
    """Svetlobryag's report of 2026 is final, and nobody has frozen that round."""
    lead = Browser(demo, "lead.svetlobryag@example.org")
    here = {"round_slug": "2026", "city_slug": "svetlobryag"}

    page = lead.get(PAGE, **here)

    assert page.status_code == 200
    assert "There are no figures yet." in words(page)
    assert lead.get(PAGE, role="buyer", **here).status_code == 200
    assert lead.get(PAGE, role="nobody", **here).status_code == 422
    assert lead.get(FILE, chart="profile", ending="csv", **here).status_code == 409
    assert lead.get(FIGURE, code="BU1", **here).status_code == 409
