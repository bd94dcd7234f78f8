"""The dot plot of a city, and of all cities by role."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from benchmarks.charts import marks
from benchmarks.charts.profile import over_roles, profile
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import (
    LABELS,
    NAMES,
    a_result,
    calibrated,
    changed,
    names,
    overlaps,
    said,
    spans,
)
from tests.benchmarks.tables import the_frames

BAR = marks.LOOKS["peer_calibrated"].edge
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
    values = [100, 75, np.nan, 75, 25, 50, np.nan, 50, 0, 0, np.nan, 0]
    np.testing.assert_array_equal(data["value"].to_numpy(), values)


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
        ("Not calibrated", "too few reviewers per city; the peers' plain mean stands"),
        ("Group", "hidden: fewer than 5 other cities"),
    )


def test_a_commitment_without_any_value_says_why():
    drawing = profile(compute(the_frames("2026 Ghent PM1.1 self - 3")), "2026", "Ghent")

    assert (said(drawing).count("too few answers"), said(drawing).count("no answers")) == (1, 2)
    assert drawing.alt == "Ghent has no scores by commitment yet."


def test_a_city_without_scores_is_not_found():
    with pytest.raises(LookupError, match="Atlantis"):
        profile(compute(ALL), "2026", "Atlantis")
    with pytest.raises(LookupError, match="2031"):
        over_roles(compute(ALL), "2031")


def test_calibrated_scores_come_with_their_intervals_and_what_these_are_worth():
    result, city = calibrated(12), names(12)[0]

    drawing = profile(result, "2026", city)

    assert drawing.caption == (
        ("Round", "2026"),
        ("Cities", "1"),
        ("Series", "Self, Peers, Calibrated"),
        ("Coverage", "100 %"),
        ("Reviewers", "3"),
        ("Bars", "95 % intervals, valid for differences between cities"),
        ("Level", "relative to the pool of reviewers"),
        ("Grey", "middle half and median of 12 cities, Calibrated"),
    )
    assert len(spans(drawing, BAR)) == 11
    assert f"{city}, Calibrated: highest" in drawing.alt


def test_without_calibration_there_is_neither_bar_nor_disc_and_nobody_speaks_of_it():
    drawing = profile(compute(ALL), "2026", "Ghent")

    assert spans(drawing, BAR) == []
    assert "Calibrated" not in said(drawing)
    assert "alibrated" not in drawing.alt


def test_a_bar_beyond_the_scale_ends_where_the_scale_does_and_the_data_keep_what_it_is():
    city = names(12)[0]
    here = {"city": city, "code": "PM1", "series": "peer_calibrated"}
    result = changed(calibrated(12), "scores", here, value=103.0, lo=-8.0, hi=117.5)

    drawing = profile(result, "2026", city)

    row = drawing.data.query("code == 'PM1' and series == 'peer_calibrated'").iloc[0]
    left, right = (x for x in axis(drawing))
    assert (row["value"], row["lo"], row["hi"]) == (103.0, -8.0, 117.5)
    assert spans(drawing, BAR)[0] == (left, right)
    assert "highest PM1 at 100" in drawing.alt


def axis(drawing):
    """The ends of the scale in pixels."""
    at = {t.get_text(): t.get_position()[0] for t in drawing.figure.axes[0].texts}
    return at["0"], at["100"]


def test_what_everybody_may_see_of_the_group_lies_behind_a_citys_marks():
    result, city = calibrated(12), names(12)[0]
    stats = result.peer_stats.query("group_id == 'all' and series == 'peer_calibrated'")
    expected = stats.set_index("code").loc["PM1", ["n", "median", "q1", "q3"]].tolist()

    drawing = profile(result, "2026", city)

    columns = ["group_n", "group_median", "group_q1", "group_q3"]
    rows = drawing.data.set_index(["code", "series"])
    assert rows.loc[("PM1", "peer_calibrated"), columns].tolist() == expected
    assert rows.loc[("PM1", "peer"), columns].isna().all()
    assert rows["group_hidden"].isna().all()
    assert "All cities" in said(drawing)


def test_a_group_of_six_shows_its_median_and_says_why_not_its_quartiles():
    drawing = profile(calibrated(6), "2026", names(6)[0])

    assert drawing.caption[-2:] == (
        ("Grey", "median of 6 cities, Calibrated"),
        ("Group", "no quartiles: fewer than 8 other cities"),
    )
    rows = drawing.data.query("series == 'peer_calibrated'")
    assert rows["group_q1"].isna().all()
    assert rows["group_median"].notna().all()
    assert set(rows["group_hidden"]) == {"no quartiles: fewer than 8 other cities"}


def test_a_hidden_figure_of_the_group_is_nowhere_but_its_reason_is():
    here = {"group_id": "all", "code": "SP1", "series": "peer_calibrated"}
    hidden = dict.fromkeys(["mean", "median", "q1", "q3"], np.nan)
    result = changed(
        calibrated(12), "peer_stats", here,
        suppressed=True, reason="suppressed_complementary", **hidden,
    )  # fmt: skip

    shown, drawing = (profile(each, "2026", names(12)[0]) for each in (calibrated(12), result))

    row = drawing.data.query("code == 'SP1' and series == 'peer_calibrated'").iloc[0]
    assert row[["group_median", "group_q1", "group_q3"]].isna().all()
    assert row["group_hidden"] == "hidden: would reveal a single city"
    assert drawing.caption[-1] == ("Group", "SP1 hidden: would reveal a single city")
    assert len(bands(shown)) - len(bands(drawing)) == 1
    assert shown.alt == drawing.alt


def bands(drawing):
    return [each for each in drawing.figure.axes[0].collections
            if to_hex(each.get_facecolor()[0]) == marks.BAND]  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("place", range(len(NAMES)))
def test_no_label_touches_another_whatever_the_city_is_called(place, narrow):
    drawing = profile(a_result(len(NAMES)), "2026", NAMES[place], labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_all_cities_by_role_have_room(count, narrow):
    drawing = over_roles(a_result(count), "2026", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []


def test_the_means_by_role_are_over_the_cities_that_have_one():
    result = compute(the_frames("2026 Ghent BU1.1 self - 4", "2026 Lyon BU1.1 self - 1",
                                "2026 Oslo PM1.1 self - 1"))  # fmt: skip

    data = over_roles(result, "2026").data
    row = data[(data["code"] == "buyer") & (data["series"] == "self")]

    assert row[["value", "n_cities"]].to_numpy().tolist() == [[62.5, 2]]
