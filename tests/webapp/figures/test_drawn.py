"""The tables of the pictures: every figure with its interval, every dash with its reason."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel

from benchmarks.charts.coverage import coverage
from benchmarks.charts.radar import radar
from benchmarks.charts.ranks import ranks
from benchmarks.charts.severity import severity
from benchmarks.charts.spread import spread
from benchmarks.charts.trend import trend
from tests.benchmarks.charts.looking import a_result, calibrated, changed, names
from tests.benchmarks.charts.test_trend import BROKEN, two_rounds
from webapp.figures import tables
from webapp.figures.charts import Filters

CITY = names(12)[0]


@pytest.fixture(autouse=True)
def speaking():
    """The words of a page need a language, and nothing else of an application."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def table(name, drawing, city=""):
    made = tables.of_chart(name, drawing.data, Filters(city=city), {})
    assert {len(row) for row in made.rows} == {len(made.headings)}
    assert not made.groups or sum(group.span for group in made.groups) == len(made.headings)
    return made


def test_a_trend_says_change_certainty_and_what_it_rests_on():
    results = two_rounds(change=12.4, lo=3.6, hi=21.2, real=True)

    made = table("trend", trend(results, "c000"), "c000")

    assert made.rows[-2][0] == "Buyer"
    assert made.rows[-2][3:] == ("–", "", "")
    assert made.rows[-1][3:] == ("+12 (+4 to +21)", "a real change", "same 12 questions")


def test_a_trend_says_why_rounds_are_not_compared():
    made = table("trend", trend(two_rounds(**BROKEN, real=False), "c000"), "c000")

    assert made.rows[-1][3:] == ("–", "not compared", "asked differently before")


def test_reviewers_have_their_severity_with_its_interval_and_what_to_look_at():
    result = changed(calibrated(12), "raters", {"rater": "r003"}, flag="infit", infit=1.845)

    made = table("severity", severity(result, "2026"))

    assert made.rows[0] == (
        *("r003", "\N{MINUS SIGN}23 (\N{MINUS SIGN}27 to \N{MINUS SIGN}19)"),
        *("176", "4", "1.85", "uneven marks"),
    )
    assert made.rows[1][-1] == ""


def test_coverage_is_a_share_or_the_reason_why_there_is_none():
    made = table("coverage", coverage(a_result(3), "2026"))

    assert made.headings[:4] == ("City", "Series", "Overall", "Policy-maker")
    assert [row[1] for row in made.rows[:3]] == ["Self", "Peers", "Agreed"]
    assert any(cell == "no answers" for row in made.rows for cell in row)
    assert all(cell.endswith(" %") or cell == "no answers" for row in made.rows for cell in row[2:])


def test_a_place_never_stands_without_its_range():
    result = calibrated(12)
    gone = dict.fromkeys(["rank_median", "rank_p05", "rank_p95"], float("nan"))

    made = table("ranks", ranks(changed(result, "ranks", {"city": CITY}, **gone), "2026"))

    assert made.rows[-1][:2] == (CITY, "–")
    assert made.rows[-1][2].startswith("no rank: ")
    assert all(" to " in row[1] for row in made.rows[:-1])


@pytest.mark.parametrize("city", ["", CITY])
def test_the_spread_has_a_box_from_eight_cities_on(city):
    few = table("spread", spread(a_result(3), "2026", "peer"))
    many = table("spread", spread(a_result(12), "2026", "peer", city=city), city)

    assert few.headings == ("Part", "Cities", "Points of the cities")
    assert len(many.headings) == len(few.headings) + 3 + bool(city)


def test_a_radar_stands_beside_the_median_of_all():
    made = table("radar", radar(calibrated(12), "2026", CITY), CITY)

    assert made.headings[4] == "Median of all cities"
    assert [row[1] for row in made.rows] == ["Calibrated"] * 4
    assert all(" to " in row[2] for row in made.rows)
