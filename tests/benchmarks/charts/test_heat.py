"""Cities by commitments."""

from dataclasses import replace

import pytest
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from benchmarks.charts.heat import heat
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import (
    LABELS,
    a_result,
    calibrated,
    changed,
    names,
    overlaps,
    said,
)
from tests.benchmarks.tables import drawn, the_frames


def test_every_value_is_printed_and_what_does_not_apply_says_so_and_what_is_missing_is_hatched():
    result = compute(the_frames("2026 Ghent PM2.1 self - 3", "2026 Ghent BU1.1 self - na"))

    drawing = heat(result, "2026", "self")

    assert "75" in said(drawing)
    assert "n/a" in said(drawing)
    hatched = [c for c in drawing.figure.findobj(PolyCollection) if c.get_hatch()]
    assert [len(c.get_paths()) for c in hatched] == [1, 1]
    assert drawing.alt == (
        "Self of 1 city: highest on average PM2 at 75, lowest PM2 at 75 of 100; 1 cell is missing."
    )


def test_cities_stand_by_name_and_never_by_score():
    marks = [f"2026 {city} PM2.1 self - {n}" for city, n in [("oslo", 4), ("Bern", 1), ("Łódź", 2)]]

    drawing = heat(compute(the_frames(*marks)), "2026", "self")

    assert drawing.data["city"].unique().tolist() == ["Bern", "oslo", "Łódź"]


def test_only_the_cities_asked_for_are_in_picture_and_data():
    result = compute(drawn(["Ghent", "Lyon", "Oslo"]))

    drawing = heat(result, "2026", "peer", cities=["Ghent", "Oslo"])

    assert drawing.data["city"].unique().tolist() == ["Ghent", "Oslo"]
    assert "Lyon" not in said(drawing)
    assert ("Cities", "2") in drawing.caption


def test_the_calibrated_scores_are_shown_unless_another_series_is_asked_for():
    drawing = heat(calibrated(12), "2026")

    assert drawing.title == "Cities by commitment: Calibrated, 2026"
    assert set(drawing.data["series"]) == {"peer_calibrated"}
    assert drawing.data["calibrated"].all()
    assert drawing.data[["lo", "hi"]].notna().all(axis=None)
    assert drawing.caption[-1] == ("Level", "relative to the pool of reviewers")


def test_what_could_not_be_calibrated_is_not_called_so():
    drawing = heat(a_result(3), "2026")

    assert drawing.title == "Cities by commitment: Peers, not calibrated, 2026"
    assert drawing.alt.startswith("Peers, not calibrated of 3 cities: ")
    assert drawing.caption[-1] == (
        "Not calibrated",
        "too few cities per reviewer; the peers' plain mean stands",
    )


def test_a_score_beyond_the_scale_is_printed_as_its_end():
    here = {"city": names(12)[0], "series": "peer_calibrated"}
    low = changed(calibrated(12), "scores", here | {"code": "PM1"}, value=-3.0)

    drawing = heat(changed(low, "scores", here | {"code": "PM2"}, value=104.0), "2026")

    assert {"0", "100"} <= set(said(drawing)[said(drawing).index("PM1") :])
    assert drawing.data["value"].agg(["min", "max"]).tolist() == [-3.0, 104.0]


def test_cities_calibrated_apart_are_not_compared_silently():
    result = calibrated(12)
    parts = result.components.iloc[[0, 0]].assign(component=[1, 2])

    drawing = heat(replace(result, components=parts.reset_index(drop=True)), "2026")

    assert drawing.caption[-1] == (
        "Parts",
        "2 without a reviewer in common: compare within one only",
    )


def test_a_city_that_is_not_calibrated_among_others_is_counted():
    here = {"city": names(12)[0], "series": "peer_calibrated"}
    result = changed(calibrated(12), "scores", here, calibrated=False)
    parts = result.components.iloc[[0, 0]].assign(
        component=[1, 2], calibrated=[True, False], reason=[None, "few_cities_per_rater"]
    )

    drawing = heat(replace(result, components=parts.reset_index(drop=True)), "2026")

    assert dict(drawing.caption)["Not calibrated"] == (
        "1 of 12 cities, too few cities per reviewer; the peers' plain mean stands"
    )
    assert drawing.title == "Cities by commitment: Calibrated, 2026"


def test_what_may_not_be_shown_is_a_dash_whose_reason_is_said_and_is_not_called_missing():
    hidden = {"value": float("nan"), "reason": "suppressed_small_n"}
    here = {"city": names(12)[0], "code": "PM1", "series": "peer"}

    drawing = heat(changed(calibrated(12), "scores", here, **hidden), "2026", "peer")

    assert said(drawing).count("\N{EN DASH}") == 1
    assert dict(drawing.caption)["\N{EN DASH}"] == "hidden, fewer than 5 other cities"
    assert drawing.alt.endswith("; no cells are missing.")


def test_a_dot_stands_over_the_columns_of_a_role_on_which_reviewers_agree_too_little():
    alpha = {"metric": "krippendorff_alpha"}
    good = changed(calibrated(12), "reliability", alpha, value=0.667)
    result = changed(good, "reliability", alpha | {"role": "employer"}, value=0.6669)

    drawing = heat(result, "2026", "peer")

    assert dict(drawing.caption)["Dot"] == (
        "alpha of the reviewers below 0.667, do not compare cities on this: Employer"
    )
    assert [len(dots.get_xdata()) for dots in drawing.figure.findobj(Line2D)
            if dots.get_marker() == "o"] == [3]  # fmt: skip
    assert "Dot" not in dict(heat(result, "2026", "self").caption)


def test_a_round_without_scores_is_not_found():
    with pytest.raises(LookupError, match="2031"):
        heat(compute(drawn(["Ghent"])), "2031", "peer")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_no_label_touches_another(count, narrow):
    drawing = heat(a_result(count), "2026", "peer", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)
