"""The dumbbell of a city."""

import pytest

from benchmarks.charts import marks, style
from benchmarks.charts.bias import bias
from benchmarks.charts.gap import gap
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

BAR = marks.LOOKS["self"].edge
MARKS = ["2026 Ghent PM1.1 self - 2", "2026 Ghent PM1.2 self - 2", "2026 Ghent PM2.1 self - 4",
         "2026 Ghent BU1.1 self - 1", "2026 Ghent PM1.1 peer ann 3", "2026 Ghent PM1.2 peer ann 3",
         "2026 Ghent PM2.1 peer ann 1"]  # fmt: skip


def test_the_widest_gap_upwards_is_on_top_and_what_is_not_known_at_the_foot():
    drawing = gap(compute(the_frames(*MARKS)), "2026", "Ghent")

    assert drawing.data["code"].tolist() == ["PM2", "PM1", "BU1"]
    assert drawing.data["gap"].tolist()[:2] == [75, -25]
    assert "no answers" in said(drawing)


def test_the_words_name_the_three_widest():
    assert gap(compute(the_frames(*MARKS)), "2026", "Ghent").alt == (
        "Ghent: widest gaps of Self from Peers, in points: PM2 +75, PM1 \N{MINUS SIGN}25."
    )


def test_the_series_held_against_is_named():
    own = [mark for mark in MARKS if "self" in mark]
    agreed = gap(compute(the_frames(*own, "2026 Ghent PM2.1 agreed - 2")), "2026", "Ghent")

    assert ("Series", "Self, Agreed") in agreed.caption
    assert agreed.title == "Ghent: Self against Agreed, 2026"
    assert "Not calibrated" not in dict(agreed.caption)


def test_without_calibration_it_is_the_peers_that_self_is_held_against():
    drawing = gap(compute(the_frames(*MARKS)), "2026", "Ghent")

    assert drawing.title == "Ghent: Self against Peers, 2026"
    assert drawing.data["against"].unique().tolist() == ["peer_calibrated"]
    assert dict(drawing.caption)["Not calibrated"] == (
        "too few reviewers per city; the peers' plain mean stands"
    )
    assert drawing.data["word"].isna().all()


def a_gap(label, lo, hi):
    """One city's gap of 20 points on PM1 with this interval, all others without any."""
    city = names(12)[0]
    blank = changed(calibrated(12), "gaps", {"city": city}, gap=float("nan"), reason="no_data")
    here = {"city": city, "code": "PM1"}
    sides = {"self": 70.0, "other": 50.0, "gap": 20.0, "reason": None}
    return gap(changed(blank, "gaps", here, lo=lo, hi=hi, label=label, **sides), "2026", city)


def test_a_gap_has_a_bar_where_self_stands_and_a_word_in_picture_table_and_sentence():
    drawing = a_gap("higher", 8.0, 32.0)

    left, right = (spans(drawing, style.GRID)[0][end] for end in (0, 1))
    bar = [left + (right - left) * at / 100 for at in (58, 82)]
    assert spans(drawing, BAR)[0] == pytest.approx(bar)
    assert {"higher", "+20"} <= set(said(drawing))
    assert drawing.data.loc[0, ["lo", "hi", "word"]].tolist() == [8.0, 32.0, "higher"]
    assert drawing.alt.endswith("in points: PM1 +20 (higher).")
    assert ("Bars", "95 % intervals of the gap") in drawing.caption


def test_a_bar_beyond_the_scale_ends_where_the_scale_does():
    drawing = a_gap("unclear", -70.0, 110.0)

    assert spans(drawing, BAR)[0] == spans(drawing, style.GRID)[0]
    assert drawing.data.loc[0, ["lo", "hi"]].tolist() == [-70.0, 110.0]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("lo", "hi"), [(-150.0, 150.0), (-1.0, 1.0), (19.0, 60.0)])
def test_bars_leave_room_for_the_numbers(lo, hi, narrow):
    city = names(12)[0]
    result = changed(calibrated(12), "gaps", {"city": city}, lo=lo, hi=hi, label="in line")

    assert overlaps(gap(result, "2026", city, labels=LABELS, narrow=narrow)) == []


def test_all_cities_together_say_how_many_are_surely_higher_or_lower():
    result = calibrated(12)
    rows = result.gaps.query("code == 'BU1' and gap == gap")

    drawing = bias(result, "2026")

    first = drawing.data.set_index("code").loc["BU1"]
    assert first[["higher", "in line", "lower", "unclear"]].tolist() == [
        int((rows["label"] == word).sum()) for word in ("higher", "in line", "lower", "unclear")
    ]
    assert first["n_cities"] == 12
    assert drawing.alt.endswith("BU1 is higher in 3, unclear in 9 of 12 cities.")
    assert "claim" not in drawing.alt


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
