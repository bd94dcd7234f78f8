"""One city on spokes."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from benchmarks.charts import marks
from benchmarks.charts.radar import DATA, radar
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, NAMES, calibrated, changed, said
from tests.benchmarks.tables import the_frames

CITY = NAMES[0]
HERE = {"city": CITY, "series": "peer_calibrated"}
ROLES = ["policy-maker", "service-provider", "employer", "buyer"]


def of_role(result, role, commitments):
    """The result in which a role is the only one, with the first of its commitments."""
    tree = result.structure
    own = list(tree.loc[tree["parent"] == role, "code"])[:commitments]
    kept = (tree["level"] == 0) | (tree["code"] == role) | tree["code"].isin(own)
    return replace(result, structure=tree.loc[kept])


def lines(drawing, colour):
    """The lines of a colour that go round: their places, NaN where they break."""
    found = [line for line in drawing.figure.findobj(Line2D) if line.get_color() == colour]
    return [line.get_xydata() for line in found if line.get_linestyle() != "None"]


def test_the_roles_stand_clockwise_as_the_charter_lists_them_the_first_upwards():
    result = calibrated(12)
    for code, value in zip(ROLES, [100, 50, 25, 75], strict=True):
        result = changed(result, "scores", {**HERE, "code": code}, value=value)

    drawing = radar(result, "2026", CITY, labels=LABELS)

    x, y = lines(drawing, marks.LOOKS["peer_calibrated"].edge)[0].T
    right, down = np.round(np.diff(x)), np.round(np.diff(y))
    assert drawing.data["code"].tolist() == ROLES
    assert [right.tolist(), down.tolist()] == [[80, -80, -120, 120], [160, 40, -40, -160]]


def test_a_missing_score_leaves_a_gap_and_is_no_nought():
    result = changed(calibrated(12), "scores", {**HERE, "code": "buyer"}, value=np.nan,
                     reason="low_coverage")  # fmt: skip

    drawing = radar(result, "2026", CITY, labels=LABELS)

    line = lines(drawing, marks.LOOKS["peer_calibrated"].edge)[0]
    assert np.isnan(line[:, 0]).tolist() == [False, False, False, True, False]
    assert drawing.data["reason"].tolist()[3] == "low_coverage"
    assert "\N{EN DASH}" in said(drawing)


def test_there_are_lines_and_no_areas_and_the_rings_are_numbered_from_nought():
    drawing = radar(calibrated(12), "2026", CITY, labels=LABELS)

    filled = [patch for patch in drawing.figure.axes[0].patches if isinstance(patch, Patch)
              and patch.get_fill() and patch.get_facecolor()[:3] != (1, 1, 1)]  # fmt: skip
    assert filled == []
    assert {"0", "25", "50", "75", "100"} <= set(said(drawing))


def test_beside_the_city_is_the_median_of_all_and_nothing_else():
    drawing = radar(calibrated(12), "2026", CITY, labels=LABELS)

    assert len(lines(drawing, marks.LOOKS["group"].edge)) == 2  # one of them in the key
    assert drawing.data["series"].unique().tolist() == ["peer_calibrated"]
    assert drawing.caption[-1] == ("Grey", "median of 12 cities, Calibrated")
    assert drawing.data["group_hidden"].isna().all()


def test_a_median_that_may_not_be_shown_is_not_drawn_and_the_reason_is_said():
    drawing = radar(calibrated(3, 3), "2026", CITY, labels=LABELS)

    assert lines(drawing, marks.LOOKS["group"].edge) == []
    assert drawing.data["group_median"].isna().all()
    assert drawing.caption[-1] == ("Group", "hidden: fewer than 5 other cities")


def test_the_words_name_the_highest_the_lowest_and_the_furthest_from_the_median():
    result = calibrated(12)
    for code, value in zip(ROLES, [41, 42, 43, 90], strict=True):
        result = changed(result, "scores", {**HERE, "code": code}, value=value)
    here = {"group_id": "all", "series": "peer_calibrated"}
    result = changed(result, "peer_stats", here, median=40)

    assert radar(result, "2026", CITY, labels=LABELS).alt == (
        f"{CITY}, Calibrated: highest Buyer of goods and services at 90, lowest Policy-maker at 41"
        " of 100. Furthest from the median of all cities: Buyer of goods and services, +50 points."
    )


def test_of_one_role_it_goes_through_the_commitments_and_lists_their_names():
    drawing = radar(of_role(calibrated(12), "policy-maker", 3), "2026", CITY, labels=LABELS)

    assert drawing.data["code"].tolist() == ["PM1", "PM2", "PM3"]
    assert said(drawing).count("PM1") == 2
    assert LABELS["PM3"] in said(drawing)


def test_with_fewer_than_three_scores_there_are_dots_and_the_same_columns():
    few = radar(of_role(calibrated(12), "policy-maker", 2), "2026", CITY, labels=LABELS)
    two = compute(the_frames("2026 Ghent PM1.1 self - 3", "2026 Ghent BU1.1 self - 4"))

    assert few.title == f"{CITY}: profile by commitment, 2026"
    assert few.data["code"].unique().tolist() == ["PM1", "PM2"]
    assert list(few.data) == DATA
    assert radar(two, "2026", "Ghent").title == "Ghent: profile by commitment, 2026"


def test_intervals_lie_along_the_spokes_of_calibrated_scores():
    result = changed(calibrated(12), "scores", {**HERE, "code": "policy-maker"},
                     value=50, lo=25, hi=75)  # fmt: skip

    drawing = radar(result, "2026", CITY, labels=LABELS)

    edge = marks.LOOKS["peer_calibrated"].edge
    strokes = [patch.get_path().vertices for patch in drawing.figure.axes[0].patches
               if same_color(patch.get_edgecolor(), edge)]  # fmt: skip
    (low, high) = strokes[0][:2]
    assert (low - high).tolist() == [0, 80]


def test_a_city_without_scores_is_not_found():
    with pytest.raises(LookupError, match="Atlantis"):
        radar(calibrated(12), "2026", "Atlantis")
