"""Agreement in the method's words, severity as a spread, and nobody's name."""

from __future__ import annotations

import pytest

from benchmarks.compute import compute
from tests.benchmarks.charts.looking import a_result, calibrated, changed
from tests.benchmarks.tables import the_frames
from webapp.figures.agreement import agreement, in_short
from webapp.figures.agreement import calibrated as worth

BUYER = {"role": "buyer", "metric": "krippendorff_alpha"}


@pytest.fixture(autouse=True)
def speaking(app):
    """The words of a page need the application's language."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.8, "good"),
        (0.7999, "tentative"),
        (0.667, "tentative"),
        (0.6669, "do not compare cities on this"),
        (-0.1, "do not compare cities on this"),
    ],
)
def test_an_alpha_is_read_in_the_words_of_the_method(value, words):
    result = changed(calibrated(12), "reliability", BUYER, value=value, lo=-0.2, hi=0.9005)

    row = agreement(result, "2026", {}).table.rows[-1]

    assert (row[0], row[2]) == ("Buyer", words)
    assert row[1].endswith("(−0.200 to 0.901)")


@pytest.mark.parametrize(
    ("status", "words"),
    [("no_variance", "all marks alike: nothing to say"), ("low_n", "too few marks to say")],
)
def test_an_alpha_that_is_not_there_says_why(status, words):
    nan = float("nan")
    result = changed(calibrated(12), "reliability", BUYER, value=nan, lo=nan, status=status)

    row = agreement(result, "2026", {}).table.rows[-1]

    assert row[1:3] == ("–", words)


def test_severity_is_a_spread_in_points():
    result = changed(calibrated(12), "variances", {"source": "rater"}, variance=146.41)

    assert agreement(result, "2026", {}).facts == (
        "Reviewers differ in severity by 12 points (standard deviation). The calibrated scores"
        " make good for it.",
    )


def test_in_short_the_roles_stand_by_what_their_alpha_allows():
    result = calibrated(12)
    for role, value in (("policy-maker", 0.9), ("service-provider", 0.7), ("employer", 0.9)):
        here = {"role": role, "metric": "krippendorff_alpha"}
        result = changed(result, "reliability", here, value=value)
    result = changed(result, "reliability", BUYER, value=0.1)

    assert list(in_short(result, "2026", {})) == [
        "Agreement of reviewers: good (Policy-maker, Employer); tentative (Service-provider);"
        " do not compare cities on this (Buyer)."
    ]


def test_what_calibrated_scores_are_worth_is_said():
    assert list(worth(calibrated(12), "2026", {})) == [
        "Calibrated scores have 95 % intervals, valid for differences between cities; their level"
        " is relative to the pool of reviewers."
    ]


def test_without_calibration_the_reason_and_the_parts_are_said():
    result = a_result(3)

    assert list(worth(result, "2026", {})) == [
        "Not calibrated: too few cities per reviewer. The peers' plain mean stands, without an"
        " interval: take no difference under five points for real.",
        "The review falls into 3 parts without a reviewer in common: compare cities within a part"
        " only.",
    ]
    assert agreement(result, "2026", {}).facts == ()


def test_without_reviews_there_is_nothing_to_say():
    result = compute(the_frames("2026 Ghent PM1.1 self - 3"))

    assert agreement(result, "2026", {}).table.rows == ()
    assert [*worth(result, "2026", {}), *in_short(result, "2026", {})] == []
