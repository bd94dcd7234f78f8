"""A city's own figures in words: no figure of few others, and no place without ten cities."""

from __future__ import annotations

import pytest

from benchmarks.audiences import for_city
from tests.benchmarks.charts.looking import a_result, calibrated, changed, names
from webapp.figures import own
from webapp.figures.own import City

pytestmark = pytest.mark.usefixtures("speaking_only")

NAME = names(12)[0]


def of(result):
    return City(for_city(result, NAME), "2026", NAME, {})


def test_the_answers_name_the_ends_the_gap_and_what_to_trust():
    city = of(calibrated(12))

    standing, parting, trust = own.standing(city), own.parting(city), own.trust(city)

    assert standing.lead.startswith("Calibrated: furthest as ")
    assert any("Half of the 12 cities, ours among them, have" in fact for fact in standing.facts)
    assert parting.lead.startswith("We put ourselves ")
    assert any(fact.startswith("All cities typically: ") for fact in parting.facts)
    assert trust.lead == "3 reviewers judged us, 3 at each statement."


def test_the_typical_gap_is_the_difference_of_the_two_means_that_are_shown():
    result = calibrated(12)
    means = result.peer_stats.query("group_id == 'all' and code == 'overall'").set_index("series")

    assert own.typical_gap(of(result)) == (
        means.at["self", "mean"] - means.at["peer_calibrated", "mean"]
    )


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ({"series": "self"}, {"suppressed": True}),
        ({"series": "self"}, {"n": 11}),
        ({}, {"n": 5}),
    ],
    ids=["hidden", "of other cities", "of four others"],
)
def test_there_is_no_typical_gap_of_few_or_different_cities(where, columns):
    here = {"group_id": "all", "code": "overall", **where}
    result = changed(calibrated(12), "peer_stats", here, **columns)

    assert own.typical_gap(of(result)) is None


def test_a_place_has_its_interval_and_is_there_from_ten_cities_on():
    nine = names(9)

    places = own.places(of(calibrated(12)))
    few = City(for_city(calibrated(9), nine[0]), "2026", nine[0], {})

    assert len(places.rows) == 5
    assert all(" of 12" in row[1] for row in places.rows)
    assert own.places(few) is None


def test_a_hidden_group_is_listed_with_its_reason_and_not_offered():
    shown, hidden = own.groups_shown(of(a_result(4)), ["all", "country:BE"], "self")

    assert shown == ()
    assert hidden == (
        ("all", "fewer than 5 other cities"),
        ("country:BE", "fewer than 5 other cities"),
    )


def test_beside_a_group_hidden_figures_are_dashes_with_their_reason():
    table = own.beside(of(a_result(4)), "all", "self", "")

    assert table.headings[-1] == "Hidden"
    assert {row[3:] for row in table.rows} == {("–", "–", "–", "fewer than 5 other cities")}


def test_the_widest_statements_come_first():
    rows = own.widest(of(calibrated(12)))

    sizes = [round(abs(row["gap"]), 9) for row in rows]
    assert len(rows) == 5
    assert sizes == sorted(sizes, reverse=True)
