"""The dot plot of a city, and of all cities by role."""

import numpy as np
import pytest

from benchmarks.charts.profile import over_roles, profile
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, NAMES, a_result, overlaps, texts
from tests.benchmarks.tables import the_frames

ALL = the_frames(
    *(f"2026 Ghent {code} self - {n}" for code, n in
      [("PM1.1", 4), ("PM1.2", 4), ("PM2.1", 1), ("BU1.1", 0)]),
    "2026 Ghent PM1.1 peer ann 3", "2026 Ghent PM1.2 peer ann 3", "2026 Ghent PM2.1 peer ann 2",
    "2026 Ghent BU1.1 peer ann 0",
)  # fmt: skip


def test_the_data_beneath_are_what_was_drawn_in_the_order_of_the_charter():
    data = profile(compute(ALL), "2026", "Ghent").data

    assert data["code"].unique().tolist() == ["PM1", "PM2", "BU1"]
    assert data["role"].unique().tolist() == ["policy-maker", "buyer"]
    np.testing.assert_array_equal(data["value"].to_numpy(),
                                  [100, 75, np.nan, 25, 50, np.nan, 0, 0, np.nan])  # fmt: skip


def test_the_words_name_the_highest_the_lowest_and_the_widest_gap():
    assert profile(compute(ALL), "2026", "Ghent").alt == (
        "Ghent, Peers: highest PM1 at 75, lowest BU1 at 0 of 100."
        " Widest from Self: PM1, +25 points."
    )


def test_the_caption_states_round_cities_series_coverage_and_reviewers():
    assert profile(compute(ALL), "2026", "Ghent").caption == (
        ("Round", "2026"),
        ("Cities", "1"),
        ("Series", "Self, Peers"),
        ("Coverage", "100 %"),
        ("Reviewers", "1"),
    )


def test_a_commitment_without_any_value_says_why():
    drawing = profile(compute(the_frames("2026 Ghent PM1.1 self - 3")), "2026", "Ghent")

    said = [text.get_text() for text in texts(drawing.figure)]

    assert (said.count("too few answers"), said.count("no answers")) == (1, 2)
    assert drawing.alt == "Ghent has no scores by commitment yet."


def test_a_city_without_scores_is_not_found():
    with pytest.raises(LookupError, match="Atlantis"):
        profile(compute(ALL), "2026", "Atlantis")
    with pytest.raises(LookupError, match="2031"):
        over_roles(compute(ALL), "2031")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("place", range(len(NAMES)))
def test_no_label_touches_another_whatever_the_city_is_called(place, narrow):
    drawing = profile(a_result(len(NAMES)), "2026", NAMES[place], labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 3, 12, 60])
def test_all_cities_by_role_have_room(count, narrow):
    drawing = over_roles(a_result(count), "2026", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []


def test_the_means_by_role_are_over_the_cities_that_have_one():
    result = compute(the_frames("2026 Ghent BU1.1 self - 4", "2026 Lyon BU1.1 self - 1",
                                "2026 Oslo PM1.1 self - 1"))  # fmt: skip

    data = over_roles(result, "2026").data
    row = data[(data["code"] == "buyer") & (data["series"] == "self")]

    assert row[["value", "n_cities"]].to_numpy().tolist() == [[62.5, 2]]
