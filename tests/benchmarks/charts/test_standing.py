"""All cities by role and commitment, with those that agreed to be named as marks."""

from functools import cache

import pytest

from benchmarks.audiences import for_everybody
from benchmarks.charts.standing import standing
from benchmarks.compute import compute
from benchmarks.config import BenchmarkConfig
from tests.benchmarks.charts.looking import (
    LABELS,
    NAMES,
    a_result,
    calibrated,
    names,
    overlaps,
    said,
    whole,
)


@cache
def public(count, named):
    """What everybody sees of a round of so many cities, of which so many are named."""
    config = BenchmarkConfig(draws=50, resamples=0, named=tuple(names(count)[:named]))
    return for_everybody(compute(whole(count), config))


def test_the_data_are_the_group_and_one_row_for_each_mark():
    result = public(12, 6)
    data = standing(result, "2026", "peer").data

    group, marks = data.loc[data["city"].isna()], data.loc[data["city"].notna()]
    assert group["code"].tolist() == [
        *("overall", "policy-maker", "PM1", "PM2", "PM3", "service-provider", "SP1", "SP2"),
        *("employer", "EM1", "EM2", "EM3", "buyer", "BU1", "BU2", "BU3"),
    ]
    assert set(marks["city"]) == set(names(6))
    assert group[["n", "median"]].notna().all(axis=None)
    assert marks[["n", "median", "q1", "q3"]].isna().all(axis=None)
    stats = result.peer_stats.set_index(["group_id", "code", "series"])
    assert group["median"].tolist() == [
        stats.at[("all", code, "peer"), "median"] for code in group["code"]
    ]
    scores = result.scores.set_index(["city", "code", "series"])["value"]
    assert marks["value"].tolist() == [
        scores[city, code, "peer"] for city, code in zip(marks["city"], marks["code"], strict=True)
    ]


def test_the_words_name_the_highest_the_lowest_and_the_widest_commitment():
    data = standing(public(12, 6), "2026", "peer").data.set_index("code")
    group = data.loc[data["city"].isna() & (data["role"] != data.index) & (data["role"] != "")]
    best, worst = group["median"].idxmax(), group["median"].idxmin()
    far = (group["q3"] - group["q1"]).idxmax()

    assert standing(public(12, 6), "2026", "peer").alt == (
        f"Peers, median of all cities: highest {best} at {group.at[best, 'median']:.0f},"
        f" lowest {worst} at {group.at[worst, 'median']:.0f} of 100. Furthest apart in {far}: the"
        f" middle half lies between {group.at[far, 'q1']:.0f} and {group.at[far, 'q3']:.0f}."
    )


def test_nobody_but_the_named_is_in_the_picture_in_the_data_or_in_the_words():
    drawing = standing(public(12, 6), "2026", "peer")
    texts = [
        *said(drawing),
        drawing.alt,
        drawing.title,
        drawing.data.to_csv(),
        *map(str, drawing.caption),
    ]

    assert [name for name in names(12)[6:] for text in texts if name in text] == []
    assert ("Named", "6") in drawing.caption
    assert ("Grey", "middle half and median of 12 cities, Peers") in drawing.caption


def test_of_a_group_that_is_too_small_only_the_named_are_left_and_it_says_why():
    drawing = standing(public(4, 2), "2026", "peer")

    assert drawing.alt == "Peers: no figure of the group may be shown by commitment."
    assert ("Group", "hidden: fewer than 5 other cities") in drawing.caption
    assert drawing.data[["median", "q1", "q3"]].isna().all(axis=None)
    assert not any("All cities" in text for text in said(drawing))


def test_without_anybody_named_each_line_that_is_hidden_says_why():
    drawing = standing(public(4, 0), "2026", "peer")

    assert said(drawing).count("hidden: fewer than 5 other cities") == 16
    assert drawing.data["city"].isna().all()


def test_a_round_without_figures_is_not_found():
    with pytest.raises(LookupError, match="2031"):
        standing(public(12, 6), "2031", "peer")


def test_what_could_not_be_calibrated_is_not_called_so():
    assert "Peers, not calibrated" in standing(a_result(12), "2026").title
    assert "Calibrated" in standing(calibrated(12), "2026").title


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("count", "named"), [(12, 6)])
def test_labels_never_touch_and_are_never_cut_off(count, named, narrow):
    drawing = standing(public(count, named), "2026", "peer", labels=LABELS, narrow=narrow)

    assert overlaps(drawing) == []
    assert set(NAMES[:3]) <= set(drawing.data["name"].dropna())
