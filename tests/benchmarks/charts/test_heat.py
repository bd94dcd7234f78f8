"""Cities by commitments."""

import pytest
from matplotlib.collections import PolyCollection

from benchmarks.charts.heat import heat
from benchmarks.compute import compute
from tests.benchmarks.charts.looking import LABELS, a_result, overlaps, texts
from tests.benchmarks.tables import drawn, the_frames


def said(drawing):
    return [text.get_text() for text in texts(drawing.figure)]


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


def test_a_round_without_scores_is_not_found():
    with pytest.raises(LookupError, match="2031"):
        heat(compute(drawn(["Ghent"])), "2031", "peer")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 3, 12, 60])
def test_no_label_touches_another(count, narrow):
    drawing = heat(a_result(count), "2026", "peer", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert drawing.width == (390 if narrow else 720)
