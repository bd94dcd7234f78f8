"""Groups of cities that are alike: who is in which, and what a result of one group holds."""

from __future__ import annotations

import pytest

from reviews.queries.levels import CityRow
from tests.benchmarks.charts.looking import calibrated, names
from webapp.figures import groups

CITIES = [
    CityRow("ghent", "BE", 260_000, 0.1, "250-500k"),
    CityRow("namur", "BE", 110_000, 0.2, "<250k"),
    CityRow("lyon", "FR", 520_000, 0.3, "500k-1M"),
    CityRow("nancy", "FR", 105_000, 0.4, "<250k"),
]


@pytest.fixture(autouse=True)
def speaking(app):
    """The words of a page need the application's language."""
    with app.test_request_context():
        yield


def test_groups_of_two_or_more_stand_in_a_fixed_order():
    found = groups.members(CITIES, {"ghent", "namur", "lyon", "nancy"})

    assert list(found) == ["all", "country:BE", "country:FR", "size:<250k", "share:low"]
    assert found["size:<250k"] == ["namur", "nancy"]


def test_a_city_without_figures_is_in_no_group():
    found = groups.members(CITIES, {"ghent", "namur", "lyon"})

    assert list(found) == ["all", "country:BE", "share:low"]


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("all", "All cities"),
        ("country:BE", "Belgium"),
        ("size:<250k", "Fewer than 250,000 people"),
        ("share:high", "Share of migrants: highest third"),
        ("country:XX", "XX"),
    ],
)
def test_a_group_has_a_name_in_words(group, words):
    assert groups.named(group) == words


def test_a_result_of_a_group_holds_its_cities_and_its_figures_in_place_of_all():
    result = calibrated(12)
    one, *few = names(12)[:4]
    group = next(name for name in result.peer_stats["group_id"].unique() if name != "all")
    there = result.peer_stats.query("group_id == @group")

    part = groups.of_group(result, group, few, beside=one)

    assert set(part.scores["city"]) == {one, *few}
    assert set(part.gaps["city"]) == {one, *few}
    assert set(part.peer_stats["group_id"]) == {"all"}
    assert list(part.peer_stats["n"]) == list(there["n"])
    assert len(part.raters) == len(result.raters)
