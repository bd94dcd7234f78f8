"""The dumbbell of a city."""

import pytest

from benchmarks.charts.gap import gap
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, NAMES, a_result, overlaps, texts
from tests.benchmarks.tables import the_frames

MARKS = ["2026 Ghent PM1.1 self - 2", "2026 Ghent PM1.2 self - 2", "2026 Ghent PM2.1 self - 4",
         "2026 Ghent BU1.1 self - 1", "2026 Ghent PM1.1 peer ann 3", "2026 Ghent PM1.2 peer ann 3",
         "2026 Ghent PM2.1 peer ann 1"]  # fmt: skip


def test_the_widest_gap_upwards_is_on_top_and_what_is_not_known_at_the_foot():
    drawing = gap(compute(the_frames(*MARKS)), "2026", "Ghent")

    assert drawing.data["code"].tolist() == ["PM2", "PM1", "BU1"]
    assert drawing.data["gap"].tolist()[:2] == [75, -25]
    assert "no answers" in [text.get_text() for text in texts(drawing.figure)]


def test_the_words_name_the_three_widest():
    assert gap(compute(the_frames(*MARKS)), "2026", "Ghent").alt == (
        "Ghent: widest gaps of Self from Peers, in points: PM2 +75, PM1 \N{MINUS SIGN}25."
    )


def test_the_series_held_against_is_named():
    agreed = gap(compute(the_frames(*MARKS, "2026 Ghent PM2.1 agreed - 2")), "2026", "Ghent")

    assert ("Series", "Self, Agreed") in agreed.caption
    assert agreed.title == "Ghent: Self against Agreed, 2026"


def test_a_city_with_self_only_has_a_picture_and_a_plain_word():
    drawing = gap(compute(the_frames("2026 Ghent PM1.1 self - 2")), "2026", "Ghent")

    assert drawing.alt == "Ghent has no gap to show yet."
    assert overlaps(drawing) == []


def test_a_city_without_scores_is_not_found():
    with pytest.raises(LookupError, match="Atlantis"):
        gap(compute(the_frames(*MARKS)), "2026", "Atlantis")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("place", range(len(NAMES)))
def test_no_label_touches_another(place, narrow):
    drawing = gap(a_result(len(NAMES)), "2026", NAMES[place], labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("own", "other"), [(0, 0), (4, 4), (0, 4), (4, 0)])
def test_the_ends_of_the_scale_have_room_for_their_numbers(own, other, narrow):
    marks = [f"2026 Ghent PM2.1 self - {own}", f"2026 Ghent PM2.1 peer ann {other}"]

    drawing = gap(compute(the_frames(*marks)), "2026", "Ghent", narrow=narrow)

    assert overlaps(drawing) == []
