"""The words that every chart shares."""

import pytest

from benchmarks.charts.drawing import WORDS, named, plain, points, role_named, score, span


@pytest.mark.parametrize(
    ("value", "shown"),
    [(62.5, "63"), (63.5, "64"), (62.49999999999999, "63"), (0.4, "0"), (-2.5, "\u22123")],
)
def test_points_are_rounded_half_up_whatever_the_last_bit_says(value, shown):
    assert points(value) == shown


def test_a_score_is_shown_within_its_scale():
    assert [score(value) for value in (-3.2, 0.4, 99.5, 104)] == ["0", "0", "100", "100"]


@pytest.mark.parametrize(
    "reason",
    [
        *("no_data", "low_coverage", "single_rater", "not_applicable", "suppressed_small_n"),
        *("suppressed_complementary", "unlinked", "few_raters_per_city"),
        *("few_cities_per_rater", "no_rater_variance"),
    ],
)
def test_every_reason_has_words(reason):
    assert "_" not in named(reason, None)
    assert reason in WORDS


def test_a_gap_carries_its_sign_and_nothing_has_none():
    assert [points(value, True) for value in (3, -3, 0, -0.2)] == ["+3", "\u22123", "0", "0"]


def test_a_span_names_both_ends_or_the_one_there_is():
    nan = float("nan")

    assert [span([66.6, nan, 100], " %"), span([3, 3]), span([nan])] == ["67–100 %", "3", "–"]


def test_what_a_file_cannot_hold_is_left_out():
    assert plain("Gh\x00ent \ud800\n  a\u202eb") == "Gh ent ? a b"


def test_a_name_is_the_label_or_our_word_or_the_code():
    assert [named("PM1", {"PM1": "Message"}), named("peer", None), named("PM1", None)] == [
        "Message",
        "Peers",
        "PM1",
    ]
    assert role_named("policy-maker", None) == "Policy-maker"
