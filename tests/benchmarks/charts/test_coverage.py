"""How much of what applies has a level."""

import pytest

from benchmarks.charts.coverage import coverage
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, a_result, overlaps, said
from tests.benchmarks.tables import drawn, the_frames

MARKS = [
    *("2026 Ghent PM1.1 self - 2", "2026 Ghent PM1.2 self - 2", "2026 Ghent PM2.1 self - missing"),
    *("2026 Ghent BU1.1 self - na", "2026 Ghent PM1.1 peer ann 3", "2026 oslo PM1.1 self - 1"),
    "2026 oslo BU1.1 self - 1",
]


def shares(drawing, city, series):
    rows = drawing.data.query("city == @city and series == @series")
    return dict(zip(rows["code"], rows["coverage"].round(9), strict=True))


def test_every_city_has_its_share_of_the_whole_and_of_each_role():
    drawing = coverage(compute(the_frames(*MARKS)), "2026")

    assert shares(drawing, "Ghent", "self") == pytest.approx(
        {"overall": 0.5, "policy-maker": 0.5, "buyer": float("nan")}, nan_ok=True
    )
    assert drawing.data["enough"].tolist()[:2] == [False, False]
    assert ("Line", "67 %, from which on there is a score") in drawing.caption


def test_what_does_not_apply_and_what_has_no_answer_is_said():
    drawing = coverage(compute(the_frames(*MARKS, "2026 Bern PM1.1 self - 1")), "2026")

    assert {"n/a", "does not apply", "\N{EN DASH}", "no answers"} <= set(said(drawing))


def test_a_series_that_nobody_has_is_not_drawn():
    drawing = coverage(compute(the_frames(*MARKS)), "2026")

    assert set(drawing.data["series"]) == {"self", "peer"}
    assert ("Series", "Self, Peers") in drawing.caption


def test_cities_stand_by_name():
    drawing = coverage(compute(drawn(["oslo", "Bern", "Lyon"])), "2026")

    assert drawing.data["city"].unique().tolist() == ["Bern", "Lyon", "oslo"]


def test_the_words_name_the_lowest_and_count_who_is_below_what_a_score_asks_for():
    marks = ["2026 Ghent PM1.1 self - 2", "2026 Ghent PM1.2 self - 2", "2026 Ghent PM2.1 self - 4",
             "2026 Ghent BU1.1 self - 1", "2026 Oslo PM1.1 self - 2"]  # fmt: skip

    assert coverage(compute(the_frames(*marks)), "2026").alt == (
        "Coverage of 2 cities: lowest 13 % for Overall of Oslo, Self. Below 67 % somewhere:"
        " Self in 1 of 2."
    )


def test_a_round_without_levels_is_not_found():
    with pytest.raises(LookupError, match="2031"):
        coverage(compute(the_frames(*MARKS)), "2031")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1])
def test_no_label_touches_another(count, narrow):
    drawing = coverage(a_result(count), "2026", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)
