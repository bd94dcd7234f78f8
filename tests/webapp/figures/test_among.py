"""The group's figures and a city's place: nothing hidden is said, and no rank stands alone."""

from __future__ import annotations

import pytest

from benchmarks.compute import compute
from tests.benchmarks.charts.looking import calibrated, changed, names
from tests.benchmarks.tables import the_frames
from webapp.figures import among

CITY = names(12)[0]
HERE = {"group": "all", "city": CITY, "code": "overall"}


@pytest.fixture(autouse=True)
def speaking(app):
    """The words of a page need the application's language."""
    with app.test_request_context():
        yield


def test_the_group_is_shown_by_role_for_self_peers_and_calibrated():
    result = calibrated(12)
    stats = result.peer_stats.query("group_id == 'all'").set_index(["code", "series"])
    row = stats.loc[("buyer", "peer_calibrated")]

    table = among.everybody(result, "2026", {})

    assert [line[:2] for line in table.rows[:4]] == [
        ("Overall", "Self"),
        ("Overall", "Peers"),
        ("Overall", "Calibrated"),
        ("Policy-maker", "Self"),
    ]
    assert len(table.rows) == 15
    assert table.rows[-1] == (
        *("Buyer", "Calibrated", "12", f"{row['median']:.0f}", f"{row['mean']:.0f}"),
        f"{row['q1']:.0f} to {row['q3']:.0f}",
    )
    assert "Hidden" not in table.headings


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("suppressed_small_n", "hidden: fewer than 5 other cities without a name in it"),
        ("suppressed_complementary", "hidden: would reveal a single city"),
    ],
)
def test_a_hidden_figure_is_a_dash_with_its_reason(reason, words):
    here = {"group_id": "all", "code": "buyer", "series": "peer"}
    nothing = dict.fromkeys(["mean", "median", "q1", "q3"], float("nan"))
    hidden = changed(calibrated(12), "peer_stats", here, suppressed=True, reason=reason, **nothing)

    table = among.everybody(hidden, "2026", {})

    assert table.rows[-2] == ("Buyer", "Peers", "12", "–", "–", "–", words)
    assert [line[-1] for line in table.rows].count("") == 14


def test_quartiles_of_six_cities_are_hidden_alone():
    table = among.everybody(calibrated(6), "2026", {})

    assert {line[5:] for line in table.rows} == {("–", "no quartiles: fewer than 8 other cities")}
    assert all(line[3] != "–" for line in table.rows)


def test_what_nobody_answered_is_said():
    table = among.everybody(compute(the_frames("2026 Ghent PM1.1 self - 3")), "2026", {})

    assert ("Overall", "Peers", "0", "–", "–", "–", "hidden: no answers") in table.rows


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ("above", "clearly above the group median"),
        ("below", "clearly below the group median"),
        ("not distinguishable", "not distinguishable from the group median"),
    ],
)
def test_a_band_is_said_in_words(band, words):
    result = changed(calibrated(12), "ranks", HERE, band=band)

    assert among.standing(result, "2026", CITY, {}).rows[0][2] == words


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((2.0, 3.0, 5.0), "2 to 5 of 12, middle 3"),
        ((2.95, 4.0, 4.05), "2 to 5 of 12, middle 4"),
        ((1.0, 1.0, 1.0), "1 of 12"),
    ],
)
def test_a_rank_comes_with_its_interval_rounded_outwards(ends, words):
    lo, middle, hi = ends
    result = changed(
        calibrated(12), "ranks", HERE, rank_p05=lo, rank_median=middle, rank_p95=hi
    )  # fmt: skip

    assert among.standing(result, "2026", CITY, {}).rows[0][3] == words


def test_the_points_of_a_city_come_with_their_interval_within_the_scale():
    here = {"city": CITY, "code": "overall", "series": "peer_calibrated"}
    result = changed(calibrated(12), "scores", here, value=97.4, lo=91.6, hi=103.2)

    assert among.standing(result, "2026", CITY, {}).rows[0][1] == "97 (92 to 100)"


def test_without_calibration_there_is_no_rank_and_it_says_why():
    marks = [
        f"2026 {city} {code} {who} {level}"
        for city, level in (("Ghent", 3), ("Lyon", 1), ("Oslo", 2))
        for code in ("PM1.1", "PM1.2", "PM2.1", "BU1.1")
        for who in ("self -", "peer ann")
    ]

    table = among.standing(compute(the_frames(*marks)), "2026", "Ghent", {})

    assert table.rows[0] == (
        "Overall",
        "75",
        "not distinguishable from the group median",
        "no rank: too few reviewers per city",
    )


def test_a_city_without_reviews_has_no_rank_and_no_band():
    marks = ["2026 Ghent PM1.1 self - 3", "2026 Lyon PM1.1 peer ann 3"]

    table = among.standing(compute(the_frames(*marks)), "2026", "Ghent", {})

    assert table.rows[0] == ("Overall", "no answers", "–", "no rank: no answers")
