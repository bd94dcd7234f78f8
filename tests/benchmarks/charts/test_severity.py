"""The forest plot of reviewers."""

from dataclasses import replace

import pytest

from benchmarks.charts import marks, style
from benchmarks.charts.severity import severity
from tests.benchmarks.charts.looking import (
    NAMES,
    a_result,
    calibrated,
    changed,
    overlaps,
    said,
    spans,
)

FLAGS = {"r000": ("halo", 0.9), "r001": ("no_variance", 0.9), "r002": ("infit", 1.8)}


def flagged(result):
    for rater, (flag, infit) in FLAGS.items():
        result = changed(result, "raters", {"rater": rater}, flag=flag, infit=infit)
    return result


def test_reviewers_stand_from_lenient_to_severe_with_their_interval():
    result = calibrated(12)
    raters = result.raters.set_index("rater")

    data = severity(result, "2026").data

    assert data["severity"].is_monotonic_increasing
    assert data["rater"].tolist() == raters["severity"].sort_values().index.tolist()
    first = raters.loc[data.loc[0, "rater"]]
    reach = 1.96 * first["se"]
    assert data.loc[0, ["lo", "hi"]].tolist() == pytest.approx(
        [first["severity"] - reach, first["severity"] + reach]
    )


def test_the_axis_reaches_as_far_to_both_sides_and_zero_is_in_its_middle():
    drawing = severity(calibrated(12), "2026")

    numbers = said(drawing)
    assert numbers.count("\N{MINUS SIGN}30") == numbers.count("+30") == 2
    left, right = spans(drawing, style.GRID)[0]
    bars = spans(drawing, marks.LOOKS["peer_calibrated"].edge)
    first = drawing.data.loc[0]
    assert bars[0] == pytest.approx(
        [(left + right) / 2 + (right - left) / 2 * first[end] / 30 for end in ("lo", "hi")]
    )


def test_what_is_odd_is_a_word_and_is_explained():
    drawing = severity(flagged(calibrated(12)), "2026")

    assert {"little difference", "all marks alike", "uneven marks"} <= set(said(drawing))
    assert dict(drawing.caption)["All marks alike"] == "every mark is the same"
    assert "r001 (all marks alike)" in drawing.alt


def test_a_reviewer_has_the_name_that_the_labels_give_and_else_a_number():
    drawing = severity(calibrated(12), "2026", labels={"r003": "Ann Lee"})

    assert "Ann Lee" in said(drawing)
    assert "r004" in said(drawing)
    assert drawing.alt == (
        "9 reviewers: most lenient Ann Lee at \N{MINUS SIGN}23 points, most severe r001 at +14."
        " Nobody's marks look odd."
    )


def test_the_level_is_said_to_be_relative():
    assert ("Level", "relative: the severities of all reviewers add up to zero") in severity(
        calibrated(12), "2026"
    ).caption


def test_parts_without_a_reviewer_in_common_stand_apart():
    result = changed(calibrated(12), "raters", {"rater": "r003"}, component=2)

    drawing = severity(result, "2026")

    assert {"Part 1", "Part 2"} <= set(said(drawing))
    assert drawing.data["rater"].tolist()[-1] == "r003"
    assert ("Parts", "no reviewer in common: compare within one only") in drawing.caption
    assert overlaps(drawing) == []


def test_who_is_not_calibrated_is_counted_at_the_foot():
    result = changed(calibrated(12), "raters", {"rater": "r003"}, severity=float("nan"))
    parts = result.components.assign(calibrated=False, reason="few_cities_per_rater")

    drawing = severity(replace(result, components=parts), "2026")

    assert len(drawing.data) == 8
    assert dict(drawing.caption)["Not calibrated"] == "1 more, too few cities per reviewer"


def test_a_round_that_is_not_calibrated_has_no_severities():
    with pytest.raises(LookupError, match="2026"):
        severity(a_result(3), "2026")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("cities", "raters"), [(12, 9)])
def test_no_label_touches_another(cities, raters, narrow):
    result = flagged(calibrated(cities, raters))
    labels = dict(zip(result.raters["rater"], NAMES, strict=False))

    assert overlaps(severity(result, "2026", labels=labels, narrow=narrow)) == []
