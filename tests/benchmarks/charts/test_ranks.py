"""Places, never without their interval."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.audiences import for_city
from benchmarks.charts.ranks import LOOKS, ranks
from tests.benchmarks.charts.looking import (
    LABELS,
    NAMES,
    a_result,
    calibrated,
    changed,
    names,
    said,
    spans,
)

CITY = NAMES[0]
NO_PLACE = dict.fromkeys(["rank_median", "rank_p05", "rank_p95"], np.nan)


def test_cities_stand_by_their_median_place_and_each_has_its_interval():
    data = ranks(calibrated(12), "2026", labels=LABELS).data

    assert data["rank_median"].is_monotonic_increasing
    assert data[["rank_p05", "rank_p95"]].notna().all(axis=None)
    assert list(data) == [
        *("city", "name", "rank_median", "rank_p05", "rank_p95", "band", "reason")
    ]


def test_a_place_is_said_with_its_ends_and_drawn_with_its_bar():
    here = {"group": "all", "code": "overall"}
    result = changed(calibrated(12), "ranks", here | {"city": CITY},
                     rank_median=6.5, rank_p05=1.0, rank_p95=12.0, band="below")  # fmt: skip

    drawing = ranks(result, "2026", labels=LABELS)

    assert "7 (1\N{EN DASH}12)" in said(drawing)
    bars = spans(drawing, LOOKS["not distinguishable"].edge)
    left, right = (next(t for t in drawing.figure.axes[0].texts if t.get_text() == tick)
                   for tick in ("1", "12"))  # fmt: skip
    assert (left.get_position()[0], right.get_position()[0]) in bars


def test_the_words_of_the_bands_stand_in_the_key_and_beside_each_city_where_there_is_room():
    wide, narrow = (ranks(calibrated(12), "2026", narrow=narrow) for narrow in (False, True))

    assert (said(wide).count("clearly below"), said(narrow).count("clearly below")) == (5, 1)


def test_who_has_no_interval_is_listed_apart_with_the_reason():
    result = calibrated(12)
    for city in names(12)[1:3]:
        result = changed(result, "ranks", {"city": city}, **NO_PLACE)
    here = {"city": names(12)[1], "series": "peer_calibrated"}
    result = changed(result, "scores", here, value=np.nan, reason="low_coverage")
    here = {"city": names(12)[2], "series": "peer_calibrated"}
    result = changed(result, "scores", here, calibrated=False)
    parts = result.components.iloc[[0, 0]].assign(
        component=[1, 2], calibrated=[True, False], reason=[None, "few_cities_per_rater"]
    )

    drawing = ranks(replace(result, components=parts), "2026", labels=LABELS)

    rest = drawing.data.tail(2)
    assert rest["city"].tolist() == [names(12)[2], names(12)[1]]
    assert rest["reason"].tolist() == ["few_cities_per_rater", "low_coverage"]
    assert rest["rank_median"].isna().all()
    assert {"too few cities per reviewer", "too few answers", "Not ranked"} <= set(said(drawing))
    assert drawing.caption[-1] == ("Not ranked", "2 cities")


def test_a_city_that_gets_its_own_place_only_learns_among_how_many():
    drawing = ranks(for_city(calibrated(12), CITY), "2026", city=CITY, labels=LABELS)

    assert drawing.data["city"].tolist() == [CITY]
    assert ("Places", "1 to 12, 1 is the highest score") in drawing.caption
    assert drawing.alt == (
        "Overall, places among 12 cities: of 1 city, 1 not distinguishable."
        f" Median rank with interval: {CITY} 8 (6\N{EN DASH}10)."
    )


def test_the_city_asked_for_stands_out():
    drawing = ranks(calibrated(12), "2026", city=CITY, labels=LABELS, narrow=True)

    bold = [text.get_text() for text in drawing.figure.axes[0].texts
            if text.get_fontweight() == "bold"]  # fmt: skip
    assert " ".join(bold) == f"{CITY} 8 (6\N{EN DASH}10)"


def test_without_calibration_nobody_is_ranked():
    with pytest.raises(LookupError, match="overall"):
        ranks(a_result(3), "2026")
